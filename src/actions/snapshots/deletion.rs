//! Whether a snapshot can be deleted now: what keeps it, with the rows that DeleteSnapshot answers.

use crate::actions::faults::Row;
use crate::model::snapshot::{Snapshot, Usage};
use crate::model::time::Time;
use crate::store::Stored;

pub static SNAPSHOT_CREATED_IMAGE: Row =
    Row::new(403, "SnapshotCreatedImage", "The snapshot has been used to create user defined image(s).");
pub static SNAPSHOT_CREATED_DISK: Row =
    Row::new(403, "SnapshotCreatedDisk", "The snapshot has been used to create disk(s).");
/// Ours: the table is older than locks.
pub static SNAPSHOT_LOCKED: Row = Row::new(403, "InvalidOperation.SnapshotLocked", "The specified snapshot is locked.");

/// What keeps a snapshot at `now`. Disks that were made from it keep it unless that is overridden by Force.
pub fn kept(snapshot: &Stored<Snapshot>, is_forced: bool, now: Time) -> Option<&'static Row> {
    // In the cool-off period as well: that is the time to undo the lock first.
    if snapshot.resource.lock_at(now).is_some() {
        return Some(&SNAPSHOT_LOCKED);
    }
    // What an entry of a document says of its use counts as much as the images and disks that are there.
    match snapshot.derived.usage {
        Usage::Image | Usage::ImageDisk => Some(&SNAPSHOT_CREATED_IMAGE),
        Usage::Disk if !is_forced => Some(&SNAPSHOT_CREATED_DISK),
        Usage::Disk | Usage::None => None,
    }
}
