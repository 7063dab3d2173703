//! What a group of snapshots has where a request asks for something.

use crate::actions::list::{Shown, optional, text};
use crate::model::snapshot_group::SnapshotGroup;
use crate::model::time::Time;
use crate::store::Stored;

pub fn snapshot_group<'r>(row: &'r Stored<SnapshotGroup>, name: &str, now: Time) -> Shown<'r> {
    let Stored { resource: group, derived } = row;
    match name {
        "InstanceId" => optional(group.instance_id.as_deref().or_else(|| derived.instance_id(now))),
        "Name" => optional(group.name.as_deref()),
        "RegionId" => text(&group.region_id),
        "ResourceGroupId" => optional(group.resource_group_id.as_deref()),
        "SnapshotGroupId" | "SnapshotGroupIds" => text(&group.snapshot_group_id),
        "Status" => text(derived.status(now).into()),
        _ => Shown::new(),
    }
}
