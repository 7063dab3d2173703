//! Whether a disk has room for another snapshot. Each action that makes one has rows of its own for the answers.

use crate::actions::faults::Fault;
use crate::model::disk::Disk;
use crate::model::snapshot::{Snapshot, Status};
use crate::model::snapshot_filter::{SnapshotFilter, SnapshotTypeFilter};
use crate::sandboxes::Write;

/// What another snapshot would be too many of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Of those in the making, on a disk of the ESSD family.
    Concurrent,
    /// Of those in the making, on a disk of an older category, which makes one after the other.
    Next,
    /// Of those that nobody made automatically.
    Quota,
}

/// What there is no room for on a disk.
pub async fn missing(disk: &Disk, write: &mut Write) -> Result<Option<Missing>, Fault> {
    let of_disk = SnapshotFilter::of_disk(&disk.region_id, &disk.disk_id);
    let progressing = SnapshotFilter { status: Some(Status::Progressing), ..of_disk.clone() };
    let progressing = write.count::<Snapshot>(&progressing).await?;
    if usize::try_from(progressing).is_ok_and(|progressing| progressing >= disk.snapshots_at_once()) {
        return Ok(Some(if disk.is_essd() { Missing::Concurrent } else { Missing::Next }));
    }
    let manual = SnapshotFilter { snapshot_type: Some(SnapshotTypeFilter::User), ..of_disk };
    let quota = i64::from(write.settings().manual_snapshots_per_disk);
    let is_full = write.count::<Snapshot>(&manual).await? >= quota;
    Ok(is_full.then_some(Missing::Quota))
}
