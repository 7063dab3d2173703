//! LockedSnapshotInfo: the lock of a snapshot as replies show it.

use serde::Serialize;

use crate::model::lock::{Lock, LockMode, LockStatus};
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LockedSnapshotInfo {
    snapshot_id: String,
    lock_mode: LockMode,
    lock_status: LockStatus,
    lock_creation_time: Time,
    /// Hours.
    cool_off_period: i32,
    cool_off_period_expired_time: Time,
    /// Days.
    lock_duration: i32,
    lock_duration_start_time: Time,
    lock_expired_time: Time,
}

impl LockedSnapshotInfo {
    /// What there is to be shown of this lock of a snapshot at `now`.
    pub fn new(snapshot: &Snapshot, lock: &Lock, now: Time) -> Self {
        Self {
            snapshot_id: snapshot.snapshot_id.clone(),
            lock_mode: lock.lock_mode,
            lock_status: lock.status(now),
            lock_creation_time: lock.lock_creation_time,
            cool_off_period: lock.cool_off_period,
            cool_off_period_expired_time: lock.cool_off_period_expired_time(),
            lock_duration: lock.lock_duration,
            lock_duration_start_time: lock.lock_duration_start_time,
            lock_expired_time: lock.expired_time(),
        }
    }
}
