//! What the documentation allows of disks by their category and, for ESSDs, their performance level: sizes, and how fast they
//! are.

use std::ops::RangeInclusive;

/// The performance levels of ESSDs, from slow to fast.
pub const PERFORMANCE_LEVELS: [&str; 4] = ["PL0", "PL1", "PL2", "PL3"];

/// Category, performance level, sizes of data disks in GiB (CreateDisk, Size).
const SIZES: &[(&str, Option<&str>, i32, i32)] = &[
    ("cloud", None, 5, 2_000),
    ("cloud_efficiency", None, 20, 32_768),
    ("cloud_ssd", None, 20, 32_768),
    ("cloud_essd", Some("PL0"), 1, 65_536),
    ("cloud_essd", Some("PL1"), 20, 65_536),
    ("cloud_essd", Some("PL2"), 461, 65_536),
    ("cloud_essd", Some("PL3"), 1_261, 65_536),
    ("cloud_auto", None, 1, 65_536),
    ("cloud_essd_entry", None, 10, 32_768),
    ("cloud_regional_disk_auto", None, 10, 65_536),
    ("elastic_ephemeral_disk_standard", None, 64, 8_192),
    ("elastic_ephemeral_disk_premium", None, 64, 8_192),
];

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

/// The sizes that a data disk of a category may have, in GiB. A level counts for ESSDs alone, whose own is PL1 unless they
/// say another. `None`: of the category nothing is known.
#[must_use]
pub fn sizes(category: &str, performance_level: Option<&str>) -> Option<RangeInclusive<i32>> {
    let level = (category == "cloud_essd").then(|| performance_level.unwrap_or("PL1"));
    let row = SIZES.iter().find(|(other, other_level, ..)| *other == category && *other_level == level)?;
    Some(row.2..=row.3)
}

/// The largest size of a system disk of a category, in GiB (ResizeDisk, NewSize).
#[must_use]
pub fn largest_system_disk(category: &str) -> i32 {
    if category == "cloud" { 500 } else { 2_048 }
}

/// How many IOPS can be provisioned for an AutoPL disk of this size beside those that it has anyway (ModifyDiskSpec,
/// ProvisionedIops).
#[must_use]
pub fn largest_provisioned_iops(size: i32) -> i64 {
    let size = i64::from(size);
    let baseline = (1_800 + 50 * size).min(50_000);
    (1_000 * size - baseline).clamp(0, 50_000)
}

/// The most IOPS, and the most MB/s, of an ESSD of this level and size. Without a level it is that of an AutoPL disk, which
/// is as fast as an ESSD of level PL1.
#[must_use]
pub fn largest_performance(performance_level: &str, size: i32) -> (i64, i64) {
    let row = PERFORMANCE.iter().find(|row| row.level == performance_level).unwrap_or(&PERFORMANCE[1]);
    let of = |(least, each, most): (i64, i64, i64)| (least + each * i64::from(size)).min(most);
    (of(row.iops), of(row.throughput) / 4)
}
