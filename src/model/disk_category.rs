//! The categories of cloud disks, and how large disks of each may be.

/// A category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskCategory {
    pub name: &'static str,
    /// GiB, of data disks.
    pub smallest: i32,
    pub largest: i32,
}

const fn category(name: &'static str, smallest: i32, largest: i32) -> DiskCategory {
    DiskCategory { name, smallest, largest }
}

/// Those that every zone has, in the order of the documentation (CreateDisk, Size).
pub const DISK_CATEGORIES: &[DiskCategory] = &[
    category("cloud", 5, 2_000),
    category("cloud_efficiency", 20, 32_768),
    category("cloud_ssd", 20, 32_768),
    category("cloud_essd", 1, 65_536),
    category("cloud_auto", 1, 65_536),
    category("cloud_essd_entry", 10, 32_768),
];
