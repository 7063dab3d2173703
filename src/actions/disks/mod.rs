//! Actions on disks.

pub mod attach_disk;
pub mod create_disk;
pub mod delete_disk;
pub mod describe_disks;
pub mod detach_disk;
pub mod modify_disk_attribute;
pub mod modify_disk_charge_type;
pub mod modify_disk_spec;
pub mod re_init_disk;
pub mod reset_disk;
pub mod resize_disk;

mod around;
mod devices;
mod performance_control;
mod shown;

pub mod rows;
