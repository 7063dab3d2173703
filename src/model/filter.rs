//! Which snapshots a request asks for, and which page of them.

use serde::Serialize;

use super::snapshot::{Status, Usage};
use super::time::Time;

/// Conditions on snapshots; all that are given hold at once (DescribeSnapshots). An empty filter matches everything in
/// its region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SnapshotFilter {
    pub region_id: String,
    /// `Some` of nothing matches nothing.
    pub snapshot_ids: Option<Vec<String>>,
    pub disk_id: Option<String>,
    pub instance_id: Option<String>,
    pub snapshot_link_id: Option<String>,
    pub snapshot_name: Option<String>,
    pub kms_key_id: Option<String>,
    pub resource_group_id: Option<String>,
    /// Only encrypted ones; `false` says nothing.
    pub encrypted: bool,
    pub status: Option<Status>,
    pub usage: Option<Usage>,
    pub origin: Option<Origin>,
    /// Lower case; compared in any case.
    pub source_disk_type: Option<String>,
    /// Lower case; compared in any case.
    pub category: Option<String>,
    /// Earliest creation time, inclusive.
    pub created_from: Option<Time>,
    /// Latest creation time, inclusive.
    pub created_until: Option<Time>,
    pub tags: Vec<TagFilter>,
}

/// Who made the snapshot: the values of the request parameter SnapshotType.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Origin {
    /// Stored as `auto` or `timer`.
    Automatic,
    /// Stored as `user`.
    User,
}

/// A tag that must be there; without a value, any value will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagFilter {
    pub key: String,
    pub value: Option<String>,
}

/// Where a page starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// After this many rows.
    Offset(i64),
    /// After the row at this place in the order, whether or not that row still exists.
    After(Position),
}

/// A place in the order of snapshots: newest first, then by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub creation_time: Time,
    pub snapshot_id: String,
}
