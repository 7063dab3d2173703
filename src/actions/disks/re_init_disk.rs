//! ReInitDisk: a disk of a stopped instance is made again what it was at first: a system disk from its image, a data disk from
//! the snapshot that it was made from, or empty.
//!
//! What changes is what is on the disk, which nothing here holds. So the disk stays as it is; the instance starts if that was
//! asked for, and has the key pair that came with a system disk.
//!
//! Checks look at the disk first, from what can never be to what may be a moment later, and then at what it is made from.

use super::around::{instance_of, is_being_snapshotted};
use super::rows::{CATEGORY_NOT_SUPPORTED, CREATING_SNAPSHOT, INSTANCE_LOCKED, INVALID_DISK_ID, MULTI_ATTACH};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INCORRECT_DISK_STATUS, INCORRECT_INSTANCE_STATUS, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::disk::{Disk, DiskStatus};
use crate::model::image::Image;
use crate::model::instance::{Instance, InstanceStatus};
use crate::model::params::Params;
use crate::model::snapshot::Snapshot;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ReInitDisk",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    // They are about what is inside a machine, which is not emulated.
    ignored: &["Password", "SecurityEnhancementStrategy"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    TOO_OLD = 403 "InvalidSnapshot.TooOld"
        "The disk is created from a snapshotId made before 2013-07-15, it cannot be re-initiated the specified disk any more since the detached first time.";
    SOURCE_SNAPSHOT_DELETED = 403 "InvalidSourceSnapshot"
        "The source snapshot of the disk has been deleted and cannot support the current operation.";
    NO_IMAGE = 404 "InvalidDiskId.OperationNotSupported" "The operation is not supported due to image not exist.";
    [
        CATEGORY_NOT_SUPPORTED, INCORRECT_DISK_STATUS, INCORRECT_INSTANCE_STATUS, INSTANCE_LOCKED, CREATING_SNAPSHOT,
        MULTI_ATTACH, INVALID_DISK_ID
    ]
    {
        // Instant access makes no difference any more.
        "superseded" 400 "DiskHasSnapshotsWithInstantAccessEnabled.OperationNotSupported"
            "The operation is not supported to the specified disk that have snapshots with InstantAccess enabled.";
        "parameter" 400 "InvalidRegionId.MalFormed" "The specified RegionId is not valid.";
        "twin" 403 "OperationDenied" "The snapshot which is used to create the specified disk has been deleted.";
        "arrears" 403 "InstanceExpiredOrInArrears"
            "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode).";
        "sharing" 403 "SharedImageDeleted" "The specified image by others shared is deleted.";
        "twin" 404 "InvalidImageId.NotFound" "The specified ImageId does not exist.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
        "twin" 403 "InvalidSourceSnapshot" "The snapshot which is used to create the specified disk has been deleted.";
    }
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    let is_started = checks.reading().boolean("AutoStartInstance").unwrap_or(false);
    let disk_id = checks.reading().required("DiskId");
    let key_pair_name = checks.reading().text("KeyPairName");
    checks.so_far()?;

    let disk = write.find::<Disk>(disk_id).await?.ok_or(&INVALID_DISK_ID)?.resource;
    let mut instance = check_disk(&disk, write).await?;
    if disk.is_system() {
        check_image(&disk, &instance, write).await?;
    } else {
        check_source(&disk, write).await?;
    }
    if let Some(key_pair_name) = key_pair_name.filter(|_| disk.is_system()) {
        instance.key_pair_name = Some(key_pair_name.to_owned());
    }
    if is_started {
        instance.start(write.now());
    }
    write.put(&instance).await?;
    Ok(Box::new(Done {}))
}

/// Its instance, which it must be attached to.
async fn check_disk(disk: &Disk, write: &mut Write) -> Result<Instance, Fault> {
    if disk.is_local() {
        return Err(Fault::from(&CATEGORY_NOT_SUPPORTED));
    }
    if disk.is_multi_attach() {
        return Err(Fault::from(&MULTI_ATTACH));
    }
    if disk.status() != DiskStatus::InUse {
        return Err(Fault::from(&INCORRECT_DISK_STATUS));
    }
    let instance = instance_of(disk, write).await?.ok_or(&INCORRECT_DISK_STATUS)?;
    if instance.is_locked_for_security() {
        return Err(Fault::from(&INSTANCE_LOCKED));
    }
    if instance.status != InstanceStatus::Stopped {
        return Err(Fault::from(&INCORRECT_INSTANCE_STATUS));
    }
    if is_being_snapshotted(disk, write).await? {
        return Err(Fault::from(&CREATING_SNAPSHOT));
    }
    Ok(instance)
}

/// Images of the account's own have ids that begin with `m-`, and can be deleted; those of others are there always.
async fn check_image(disk: &Disk, instance: &Instance, write: &mut Write) -> Result<(), Fault> {
    let image_id = disk.image_id.as_deref().unwrap_or(&instance.image_id);
    if image_id.starts_with("m-") && write.find::<Image>(image_id).await?.is_none() {
        return Err(Fault::from(&NO_IMAGE));
    }
    Ok(())
}

async fn check_source(disk: &Disk, write: &mut Write) -> Result<(), Fault> {
    let Some(snapshot_id) = &disk.source_snapshot_id else { return Ok(()) };
    let source = write.find::<Snapshot>(snapshot_id).await?.ok_or(&SOURCE_SNAPSHOT_DELETED)?.resource;
    if source.is_of_the_old_kind() && disk.was_detached() {
        return Err(Fault::from(&TOO_OLD));
    }
    Ok(())
}
