//! What a timeline shows: plain rows, whoever has read them.

use crate::model::snapshot::Status;
use crate::model::time::Time;

/// Disks and what became of them, from a time until before another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    pub from: Time,
    pub until: Time,
    /// The sandbox's time.
    pub now: Time,
    pub lanes: Vec<Lane>,
}

/// A disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub disk_id: String,
    pub name: Option<String>,
    /// Only snapshots are left of it.
    pub is_gone: bool,
    pub snapshots: Snapshots,
    /// In the order of time.
    pub due: Vec<Due>,
}

/// Snapshots of a disk, in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Snapshots {
    Each(Vec<Point>),
    /// Too many to be shown one by one.
    Gathered(Vec<Bar>),
}

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub snapshot_id: String,
    pub region_id: String,
    pub name: Option<String>,
    pub time: Time,
    pub status: Status,
    /// Percent.
    pub progress: u8,
    /// `None`: for good.
    pub kept_until: Option<Time>,
    /// The snapshot that it is a copy of.
    pub copy_of: Option<String>,
    /// Images that are made of it.
    pub images: Vec<Image>,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub image_id: String,
    pub time: Time,
}

/// Snapshots that were made from a time until before another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub from: Time,
    pub until: Time,
    pub count: i64,
    /// Whether nobody counted further.
    pub is_more: bool,
}

impl Bar {
    /// How many, as people read it.
    #[must_use]
    pub fn counted(&self) -> String {
        if self.is_more { format!("{}+", self.count) } else { self.count.to_string() }
    }
}

/// A moment at which an automatic snapshot policy fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub time: Time,
    pub auto_snapshot_policy_id: String,
}
