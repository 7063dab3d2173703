//! What a snapshot has where a request asks for something.

use crate::actions::list::{Shown, optional, text, value};
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;
use crate::store::Stored;

pub fn snapshot<'r>(row: &'r Stored<Snapshot>, name: &str, now: Time) -> Shown<'r> {
    let Stored { resource: snapshot, derived } = row;
    match name {
        "Category" => text(&snapshot.category),
        "CreationStartTime" | "CreationEndTime" => value(snapshot.creation_time),
        "DiskId" => text(&snapshot.source_disk_id),
        "Encrypted" => value(snapshot.encrypted),
        "InstanceId" => optional(derived.instance_id.as_deref()),
        "KMSKeyId" => optional(snapshot.kms_key_id.as_deref()),
        "LockStatus" => optional(snapshot.lock.as_ref().map(|lock| <&str>::from(lock.status(now)))),
        "RegionId" => text(&snapshot.region_id),
        "ResourceGroupId" => optional(snapshot.resource_group_id.as_deref()),
        "SnapshotIds" => text(&snapshot.snapshot_id),
        "SnapshotLinkId" => optional(snapshot.snapshot_link_id.as_deref()),
        "SnapshotName" => optional(snapshot.snapshot_name.as_deref()),
        "SnapshotType" => text(<&str>::from(snapshot.snapshot_type)),
        "SourceDiskType" => text(&snapshot.source_disk_type),
        "Status" => text(<&str>::from(snapshot.status(now))),
        "Usage" => text(<&str>::from(derived.usage)),
        _ => Shown::new(),
    }
}
