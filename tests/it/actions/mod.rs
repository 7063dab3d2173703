mod catalogue;
mod describe_snapshots;
