//! What actions on disks look at beside the disk: the instance that it is attached to, and its snapshots.

use crate::actions::faults::Fault;
use crate::model::disk::Disk;
use crate::model::instance::Instance;
use crate::model::snapshot::{Snapshot, Status};
use crate::model::snapshot_filter::SnapshotFilter;
use crate::sandboxes::Write;

/// The instance that it is attached to.
pub async fn instance_of(disk: &Disk, write: &mut Write) -> Result<Option<Instance>, Fault> {
    let Some(instance_id) = &disk.instance_id else { return Ok(None) };
    Ok(write.find::<Instance>(instance_id).await?.map(|found| found.resource))
}

/// Whether a snapshot of it is in the making.
pub async fn is_being_snapshotted(disk: &Disk, write: &mut Write) -> Result<bool, Fault> {
    let progressing = SnapshotFilter { status: Some(Status::Progressing), ..snapshots_of(disk) };
    Ok(write.count::<Snapshot>(&progressing).await? > 0)
}

/// Whether it has a snapshot of this category.
pub async fn has_snapshot_of(disk: &Disk, category: &str, write: &mut Write) -> Result<bool, Fault> {
    let of_category = SnapshotFilter { category: Some(category.to_owned()), ..snapshots_of(disk) };
    Ok(write.count::<Snapshot>(&of_category).await? > 0)
}

fn snapshots_of(disk: &Disk) -> SnapshotFilter {
    SnapshotFilter::of_disk(&disk.region_id, &disk.disk_id)
}
