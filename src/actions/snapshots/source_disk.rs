//! Whether a snapshot can be made of a disk now: what the actions check that make one as such, with their rows. What a disk can never
//! be snapshotted for, each of them says in its own words.

use super::room::{self, Missing};
use crate::actions::faults::{Fault, INCORRECT_DISK_STATUS, Row};
use crate::model::disk::Disk;
use crate::model::instance::{Instance, InstanceStatus};
use crate::sandboxes::Write;

pub static INVALID_DISK_ID: Row = Row::new(404, "InvalidDiskId.NotFound", "The specified DiskId does not exist.");
pub static INCORRECT_INSTANCE_STATUS: Row =
    Row::new(400, "IncorrectInstanceStatus", "The current status of the resource does not support this operation.");
pub static INSTANCE_LOCKED: Row =
    Row::new(403, "InstanceLockedForSecurity", "The disk attached instance is locked due to security.");
pub static NEVER_ATTACHED: Row =
    Row::new(403, "IncorrectDiskStatus.NeverAttached", "The specified disk has never been attached to any instance.");
pub static CREATING_SNAPSHOT: Row =
    Row::new(403, "IncorrectDiskStatus.CreatingSnapshot", "A previous snapshot creation is in process.");
pub static QUOTA_EXCEED_SNAPSHOT: Row = Row::new(403, "QuotaExceed.Snapshot", "The snapshot quota exceeds.");
pub static QUOTA_EXCEED_CONCURRENT: Row = Row::new(
    403,
    "QuotaExceed.ConcurrentSnapshotQuota",
    "The number of snapshots being created for the disk {} has exceeded the concurrent quota (10). Please wait for the previous snapshots to complete before trying again.",
);

/// From what the disk is to what may be a moment later: its status, its instance, whether it was ever attached, the snapshots in the
/// making, the quota.
pub async fn check(disk: &Disk, write: &mut Write) -> Result<(), Fault> {
    if !disk.is_settled() {
        return Err(Fault::from(&INCORRECT_DISK_STATUS));
    }
    if let Some(instance_id) = &disk.instance_id
        && let Some(instance) = write.find::<Instance>(instance_id).await?
    {
        if instance.resource.is_locked_for_security() {
            return Err(Fault::from(&INSTANCE_LOCKED));
        }
        if !matches!(instance.resource.status, InstanceStatus::Running | InstanceStatus::Stopped) {
            return Err(Fault::from(&INCORRECT_INSTANCE_STATUS));
        }
    }
    if disk.never_attached {
        return Err(Fault::from(&NEVER_ATTACHED));
    }
    match room::missing(disk, write).await? {
        None => Ok(()),
        Some(Missing::Concurrent) => Err(QUOTA_EXCEED_CONCURRENT.about(&disk.disk_id)),
        Some(Missing::Next) => Err(Fault::from(&CREATING_SNAPSHOT)),
        Some(Missing::Quota) => Err(Fault::from(&QUOTA_EXCEED_SNAPSHOT)),
    }
}
