//! A snapshot as it is stored, and what follows from it at a given time.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

use super::paging::Position;
use super::time::Time;

/// Whether a snapshot is still being made (DescribeSnapshots, Status).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    Progressing,
    Accomplished,
    Failed,
}

/// What the snapshot is used for (DescribeSnapshots, Usage).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Usage {
    Image,
    Disk,
    ImageDisk,
    None,
}

/// Who made the snapshot (DescribeSnapshots, SnapshotType). The service names automatic ones `auto` in older replies and
/// `timer` in newer ones; both are kept as they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SnapshotType {
    Auto,
    Timer,
    User,
}

/// A tag of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// One snapshot. `None` is a field that the reply leaves out or works out, see the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub snapshot_id: String,
    pub region_id: String,
    pub snapshot_name: Option<String>,
    pub description: String,
    pub creation_time: Time,
    /// `None`: the creation time.
    pub last_modified_time: Option<Time>,
    pub source_disk_id: String,
    /// `system` or `data`, in the spelling it was given.
    pub source_disk_type: String,
    /// GiB.
    pub source_disk_size: i64,
    pub source_storage_type: String,
    /// The instance that the source disk is attached to. A filter only: replies do not show it.
    pub instance_id: Option<String>,
    pub encrypted: bool,
    pub kms_key_id: Option<String>,
    pub usage: Usage,
    pub snapshot_type: SnapshotType,
    /// `standard`, `flash` or `archive`, in the spelling it was given.
    pub category: String,
    pub product_code: String,
    pub resource_group_id: Option<String>,
    pub retention_days: Option<i64>,
    pub snapshot_link_id: Option<String>,
    pub snapshot_sn: Option<String>,
    pub instant_access: Option<bool>,
    pub instant_access_retention_days: Option<i64>,
    pub source_snapshot_id: Option<String>,
    pub source_region_id: Option<String>,
    pub full_snapshot_size_in_bytes: Option<i64>,
    /// `None`: available once accomplished.
    pub available: Option<bool>,
    /// Progressing before this time, `outcome` from then on. `None`: ready from the start.
    pub ready_time: Option<Time>,
    /// How making it ends: accomplished or failed.
    pub outcome: Status,
    /// A status that no clock changes.
    pub pinned_status: Option<Status>,
    /// A percentage that no clock changes.
    pub pinned_progress: Option<u8>,
    /// Gone from this time on.
    pub expiration_time: Option<Time>,
    /// Sorted by key; a key occurs once.
    pub tags: Vec<Tag>,
}

impl Snapshot {
    /// Its place in the order of lists.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { creation_time: self.creation_time, snapshot_id: self.snapshot_id.clone() }
    }

    /// The status at `now`. The store's SQL says the same for filters.
    #[must_use]
    pub fn status(&self, now: Time) -> Status {
        match (self.pinned_status, self.ready_time) {
            (Some(status), _) => status,
            (None, Some(ready)) if now < ready => Status::Progressing,
            (None, _) => self.outcome,
        }
    }

    /// The progress at `now`, 0 to 100 percent: the share of the time from creation to readiness that has passed,
    /// 100 only when accomplished. A failed snapshot keeps the last value it had.
    #[must_use]
    pub fn progress(&self, now: Time) -> u8 {
        if let Some(progress) = self.pinned_progress {
            return progress;
        }
        match (self.status(now), self.ready_time) {
            (Status::Accomplished, _) => 100,
            (_, None) => 0,
            (_, Some(ready)) => {
                let total = i128::from(ready.0) - i128::from(self.creation_time.0);
                let elapsed = i128::from(now.0) - i128::from(self.creation_time.0);
                let percent = if total > 0 { elapsed * 100 / total } else { 99 };
                u8::try_from(percent.clamp(0, 99)).unwrap_or(0)
            }
        }
    }

    /// Seconds until the snapshot is ready, as far as 32 bits count, which is what clients read; `None` unless it is
    /// progressing towards a known time.
    #[must_use]
    pub fn remain_time(&self, now: Time) -> Option<i64> {
        let ready = self.ready_time.filter(|_| self.status(now) == Status::Progressing)?;
        (now < ready).then(|| ready.0.saturating_sub(now.0).min(i64::from(i32::MAX)))
    }

    /// Whether a disk can be made from it at `now`.
    #[must_use]
    pub fn is_available(&self, now: Time) -> bool {
        self.available.unwrap_or_else(|| self.status(now) == Status::Accomplished)
    }

    /// Whether it is gone at `now`.
    #[must_use]
    pub fn is_expired(&self, now: Time) -> bool {
        self.expiration_time.is_some_and(|expiration| expiration <= now)
    }
}
