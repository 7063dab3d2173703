//! Actions on snapshots.

pub mod create_snapshot;
pub mod delete_snapshot;
pub mod describe_snapshot_links;
pub mod describe_snapshot_monitor_data;
pub mod describe_snapshot_package;
pub mod describe_snapshots;
pub mod describe_snapshots_usage;
pub mod modify_snapshot_attribute;
