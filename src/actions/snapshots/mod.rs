//! Actions on snapshots.

pub mod copy_snapshot;
pub mod create_snapshot;
pub mod delete_snapshot;
pub mod describe_locked_snapshots;
pub mod describe_snapshot_links;
pub mod describe_snapshot_monitor_data;
pub mod describe_snapshot_package;
pub mod describe_snapshots;
pub mod describe_snapshots_usage;
pub mod lock_snapshot;
pub mod modify_snapshot_attribute;
pub mod modify_snapshot_category;
pub mod open_snapshot_service;
pub mod unlock_snapshot;

mod locked_snapshot_info;
mod shown;

pub mod chain;
pub mod deletion;
pub mod retention;
pub mod room;
pub mod source_disk;
