//! Actions on snapshots.

pub mod create_snapshot;
pub mod delete_snapshot;
pub mod describe_snapshots;
pub mod modify_snapshot_attribute;

pub mod room;
