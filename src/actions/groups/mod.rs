//! Actions on groups of snapshots.

pub mod create_snapshot_group;
pub mod delete_snapshot_group;
pub mod describe_snapshot_groups;
pub mod modify_snapshot_group;

mod disks;
mod rows;
mod shown;
