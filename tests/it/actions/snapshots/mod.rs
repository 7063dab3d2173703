mod create_snapshot;
mod delete_snapshot;
mod describe_snapshots;
mod modify_snapshot_attribute;
