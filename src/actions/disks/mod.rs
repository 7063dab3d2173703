//! Actions on disks.

pub mod modify_disk_charge_type;
pub mod modify_disk_spec;
pub mod re_init_disk;
pub mod reset_disk;
pub mod resize_disk;

mod around;
mod performance_control;
