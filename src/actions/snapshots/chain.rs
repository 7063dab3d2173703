//! The chain that a disk has, which another snapshot of it belongs to.

use crate::actions::faults::Fault;
use crate::model::disk::Disk;
use crate::model::snapshot::Snapshot;
use crate::model::snapshot_filter::SnapshotFilter;
use crate::sandboxes::Write;

/// The chain of the newest snapshot of a disk. `None` if that names none, as an entry of a document need not, or is a copy that
/// came back: then the chain follows from the disk.
pub async fn begun(disk: &Disk, write: &mut Write) -> Result<Option<String>, Fault> {
    let of_disk = SnapshotFilter {
        region_id: Some(disk.region_id.clone()),
        disk_id: Some(disk.disk_id.clone()),
        ..SnapshotFilter::default()
    };
    let newest = write.matching::<Snapshot>(&of_disk, 1).await?.into_iter().next();
    let newest = newest.map(|newest| newest.resource).filter(|newest| newest.source_snapshot_id.is_none());
    Ok(newest.and_then(|newest| newest.snapshot_link_id))
}
