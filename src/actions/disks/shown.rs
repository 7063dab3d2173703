//! What a disk has where a request asks for something.

use std::borrow::Cow;

use crate::actions::list::{Shown, optional, text, value};
use crate::model::disk::Disk;
use crate::model::time::Time;
use crate::store::Stored;

pub fn disk<'r>(row: &'r Stored<Disk>, name: &str, _now: Time) -> Shown<'r> {
    let Stored { resource: disk, derived } = row;
    match name {
        // Replies show no more than the one that was applied first.
        "AutoSnapshotPolicyId" => optional(derived.auto_snapshot_policy_id.as_deref()),
        "Category" => text(&disk.category),
        "CreationStartTime" | "CreationEndTime" => value(disk.creation_time),
        "DeleteAutoSnapshot" => value(disk.delete_auto_snapshot),
        "DeleteWithInstance" => value(disk.delete_with_instance),
        "DiskChargeType" => text(&disk.disk_charge_type),
        "DiskIds" => text(&disk.disk_id),
        "DiskName" => optional(disk.disk_name.as_deref()),
        "DiskType" => text(&disk.disk_type),
        "EnableAutoSnapshot" => value(disk.enable_auto_snapshot),
        "EnableAutomatedSnapshotPolicy" => value(derived.auto_snapshot_policy_id.is_some()),
        "EnableShared" => value(disk.multi_attach() != "Disabled"),
        "Encrypted" => value(disk.encrypted),
        "InstanceId" => optional(disk.instance_id.as_deref()),
        "KMSKeyId" => optional(disk.kms_key_id.as_deref()),
        "LockReason" => disk.operation_locks.iter().map(|lock| Cow::Borrowed(lock.lock_reason.as_str())).collect(),
        "MultiAttach" => text(disk.multi_attach()),
        "PerformanceLevel" => optional(disk.performance_level.as_deref()),
        "Portable" => value(disk.is_portable()),
        "RegionId" => text(&disk.region_id),
        "ResourceGroupId" => optional(disk.resource_group_id.as_deref()),
        "SnapshotId" => optional(disk.source_snapshot_id.as_deref()),
        "Status" => text(disk.status().into()),
        "ZoneId" => text(&derived.zone_id),
        _ => Shown::new(),
    }
}
