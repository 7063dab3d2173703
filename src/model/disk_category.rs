//! Categories of disks: how large a disk of each may be, how fast it is, and what else it can have.

use std::ops::RangeInclusive;

/// Those that a disk can be made of, as they are named.
pub const CREATABLE: [&str; 9] = [
    "cloud",
    "cloud_efficiency",
    "cloud_ssd",
    "cloud_essd",
    "cloud_auto",
    "cloud_essd_entry",
    "cloud_regional_disk_auto",
    "elastic_ephemeral_disk_standard",
    "elastic_ephemeral_disk_premium",
];

/// Those of them that every zone has: the others are of several zones, or come with an instance.
pub const IN_EVERY_ZONE: &[&str] = CREATABLE.split_at(6).0;

/// The performance levels of ESSDs, from slow to fast.
pub const PERFORMANCE_LEVELS: [&str; 4] = ["PL0", "PL1", "PL2", "PL3"];

/// The largest disk that there is, in GiB.
pub const LARGEST: i32 = 65_536;

/// Sizes in GiB, whatever the performance level.
#[must_use]
pub fn sizes(category: &str) -> RangeInclusive<i32> {
    match category {
        "cloud" => 5..=2_000,
        "cloud_efficiency" | "cloud_ssd" => 20..=32_768,
        "cloud_essd_entry" => 10..=32_768,
        "cloud_regional_disk_auto" => 10..=LARGEST,
        "elastic_ephemeral_disk_standard" | "elastic_ephemeral_disk_premium" => 64..=8_192,
        _ => 1..=LARGEST,
    }
}

/// The smallest cloud_essd disk of a performance level, in GiB.
#[must_use]
pub fn smallest_of(performance_level: &str) -> i32 {
    match performance_level {
        "PL1" => 20,
        "PL2" => 461,
        "PL3" => 1_261,
        _ => 1,
    }
}

/// The sizes that a data disk of a category may have, in GiB. A level counts for ESSDs alone, whose own is PL1 unless they
/// say another. `None`: of the category nothing is known.
#[must_use]
pub fn sizes_of(category: &str, performance_level: Option<&str>) -> Option<RangeInclusive<i32>> {
    let sizes = CREATABLE.contains(&category).then(|| sizes(category))?;
    let of_level = if category == "cloud_essd" { smallest_of(performance_level.unwrap_or("PL1")) } else { 1 };
    Some(of_level.max(*sizes.start())..=*sizes.end())
}

/// The largest size of a system disk of a category, in GiB (ResizeDisk, NewSize).
#[must_use]
pub fn largest_system_disk(category: &str) -> i32 {
    if category == "cloud" { 500 } else { 2_048 }
}

/// Whether its disks are provisioned with IOPS of their own, and may do more for a while.
#[must_use]
pub fn is_provisioned(category: &str) -> bool {
    category == "cloud_auto"
}

/// The IOPS that a disk of such a category can be provisioned with at most, beside those that its size brings.
#[must_use]
pub fn provisioned_iops(size: i32) -> i64 {
    const MOST: i64 = 50_000;
    let size = i64::from(size);
    let baseline = (1_800 + 50 * size).min(MOST);
    (1_000 * size - baseline).clamp(0, MOST)
}

/// How the performance of a disk follows from its size: so much, and so much for each GiB, but never more than that.
struct Performance {
    level: &'static str,
    iops: (i64, i64, i64),
    /// In quarters of MB/s.
    throughput: (i64, i64, i64),
}

/// Of ESSDs (EBS performance, ESSDs).
const PERFORMANCE: &[Performance] = &[
    Performance { level: "PL0", iops: (1_800, 12, 10_000), throughput: (400, 1, 720) },
    Performance { level: "PL1", iops: (1_800, 50, 50_000), throughput: (480, 2, 1_400) },
    Performance { level: "PL2", iops: (1_800, 50, 100_000), throughput: (480, 2, 3_000) },
    Performance { level: "PL3", iops: (1_800, 50, 1_000_000), throughput: (480, 2, 16_000) },
];

/// The most IOPS, and the most MB/s, of an ESSD of this level and size. Without a level it is that of an AutoPL disk, which
/// is as fast as an ESSD of level PL1.
#[must_use]
pub fn largest_performance(performance_level: &str, size: i32) -> (i64, i64) {
    let row = PERFORMANCE.iter().find(|row| row.level == performance_level).unwrap_or(&PERFORMANCE[1]);
    let of = |(least, each, most): (i64, i64, i64)| (least + each * i64::from(size)).min(most);
    (of(row.iops), of(row.throughput) / 4)
}

/// Whether its disks are not in a zone but in several of a region.
#[must_use]
pub fn is_regional(category: &str) -> bool {
    category == "cloud_regional_disk_auto"
}

/// Whether its disks are elastic ephemeral ones, which are as old as what they are attached to.
#[must_use]
pub fn is_elastic_ephemeral(category: &str) -> bool {
    category.starts_with("elastic_ephemeral_")
}
