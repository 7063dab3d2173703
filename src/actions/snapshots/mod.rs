//! Actions on snapshots.

pub mod create_snapshot;
pub mod delete_snapshot;
pub mod describe_snapshots;
