//! Actions on disks.

pub mod attach_disk;
pub mod create_disk;
pub mod delete_disk;
pub mod describe_disks;
pub mod detach_disk;
pub mod modify_disk_attribute;

mod devices;
