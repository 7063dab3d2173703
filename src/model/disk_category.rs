//! Categories of disks: how large a disk of each may be, and what else it can have.

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
