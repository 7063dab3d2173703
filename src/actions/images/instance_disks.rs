//! CreateImage from an instance: a snapshot of each of its disks, as CreateSnapshot makes them, and the mappings of the image.
//!
//! Checks run from what can never be to what may be a moment later: the instance's existence, its lock, its status, its system
//! disk; then by disk their categories, their encryption, their statuses, and whether there is room for another snapshot.

use crate::actions::faults::{Fault, INCORRECT_DISK_STATUS, INVALID_INSTANCE_ID, Row};
use crate::actions::snapshots::chain;
use crate::actions::snapshots::room::{self, Missing};
use crate::model::disk::{self, Disk, DiskStatus};
use crate::model::image::DiskDeviceMapping;
use crate::model::instance::{Instance, InstanceStatus};
use crate::model::kind::By;
use crate::model::making::Making;
use crate::model::settings::Settings;
use crate::model::snapshot::{self, Snapshot};
use crate::sandboxes::Write;

use super::device_mappings::{self, ENCRYPTED};

pub static INCORRECT_INSTANCE_STATUS: Row =
    Row::new(400, "IncorrectInstanceStatus", "The current status of the instance does not support this operation.");
pub static INSTANCE_LOCKED: Row = Row::new(
    400,
    "InstanceLockedForSecurity",
    "The specified operation is denied as your instance is locked for security reasons.",
);
pub static INVALID_DISK_CATEGORY: Row =
    Row::new(400, "InvalidDiskCategory.CreateImage", "The specified diskCategory is not allowed to create image.");
/// The text is the documentation's: it says what the row is about.
pub static MISSING_SYSTEM_SNAPSHOT: Row = Row::new(403, "InvalidSystemSnapshot.Missing", "{}");
pub static CREATING_SNAPSHOT: Row =
    Row::new(403, "IncorrectDiskStatus.CreatingSnapshot", "A previous snapshot creation is in process.");
pub static QUOTA_EXCEED_CONCURRENT: Row = Row::new(
    403,
    "QuotaExceed.ConcurrentSnapshotQuota",
    "The number of snapshots being created for the disk {} has exceeded the concurrent quota (10). Please wait for the previous snapshots to complete before trying again.",
);
pub static QUOTA_EXCEED_SNAPSHOT: Row = Row::new(403, "QuotaExceed.Snapshot", "The snapshot quota exceeds.");

/// An instance of the region that an image can be made of.
pub async fn instance(write: &mut Write, region_id: &str, instance_id: &str) -> Result<Instance, Fault> {
    let instance = write.find_in::<Instance>(region_id, instance_id).await?.ok_or(&INVALID_INSTANCE_ID)?;
    if instance.is_locked_for_security() {
        return Err(Fault::from(&INSTANCE_LOCKED));
    }
    if !matches!(instance.status, InstanceStatus::Running | InstanceStatus::Stopped) {
        return Err(Fault::from(&INCORRECT_INSTANCE_STATUS));
    }
    Ok(instance)
}

/// Its disks, the system disk first, then in the order of their devices.
async fn disks(write: &mut Write, instance: &Instance) -> Result<Vec<Disk>, Fault> {
    let mut disks = Vec::new();
    for disk_id in write.naming(&disk::KIND, By::Column("instance_id"), &instance.instance_id).await? {
        disks.extend(write.find::<Disk>(&disk_id).await?.map(|found| found.resource));
    }
    disks.sort_by_key(|disk| (!disk.is_system(), disk.device.clone(), disk.disk_id.clone()));
    if !disks.first().is_some_and(Disk::is_system) {
        let message = format!("The instance {} has no system disk.", instance.instance_id);
        return Err(MISSING_SYSTEM_SNAPSHOT.about(&message));
    }
    for disk in &disks {
        check(write, disk).await?;
    }
    Ok(disks)
}

async fn check(write: &mut Write, disk: &Disk) -> Result<(), Fault> {
    if disk.is_ephemeral() {
        return Err(Fault::from(&INVALID_DISK_CATEGORY));
    }
    if disk.encrypted && disk.is_system() {
        return Err(Fault::from(&ENCRYPTED));
    }
    if disk.status() != DiskStatus::InUse {
        return Err(Fault::from(&INCORRECT_DISK_STATUS));
    }
    match room::missing(disk, write).await? {
        None => Ok(()),
        Some(Missing::Concurrent) => Err(QUOTA_EXCEED_CONCURRENT.about(&disk.disk_id)),
        Some(Missing::Next) => Err(Fault::from(&CREATING_SNAPSHOT)),
        Some(Missing::Quota) => Err(Fault::from(&QUOTA_EXCEED_SNAPSHOT)),
    }
}

/// Makes the snapshots of an image, and its mappings with them. No failure that is set for snapshots to come is one of these.
pub async fn snapshots(
    write: &mut Write,
    instance: &Instance,
    image_id: &str,
) -> Result<(Vec<DiskDeviceMapping>, Vec<Snapshot>), Fault> {
    let mut settings = Settings { fail_next_snapshots: 0, ..write.settings() };
    let making = Making::begin(&mut settings, write.now());
    let (mut mappings, mut snapshots) = (Vec::new(), Vec::new());
    for (letter, disk) in ('a'..='z').zip(disks(write, instance).await?) {
        let snapshot_id = write.new_id(&snapshot::KIND, &disk.region_id).await?;
        let mut snapshot = Snapshot {
            snapshot_name: Some(format!("SnapshotForImage-{image_id}")),
            ..making.of_disk(&disk, snapshot_id)
        };
        if let Some(link) = chain::begun(&disk, write).await? {
            snapshot.snapshot_link_id = Some(link);
        }
        write.put(&snapshot).await?;
        let disk_type = if disk.is_system() && letter == 'a' { "system" } else { "data" };
        let device = device_mappings::device(letter);
        mappings.push(device_mappings::mapping(disk_type, device, disk.size, Some(&snapshot)));
        snapshots.push(snapshot);
    }
    Ok((mappings, snapshots))
}
