//! ResetDisk: a disk is rolled back to one of its own snapshots.
//!
//! What changes is what is on the disk, which nothing here holds. So the disk stays as it is, with its id, its size and its
//! place, and so do its snapshots, those made since included; the checks are all that there is to see.
//!
//! They look at the disk first, from what can never be to what may be a moment later, and then at the snapshot.

use super::around::{instance_of, is_being_snapshotted};
use super::rows::{CATEGORY_NOT_SUPPORTED, INSTANCE_LOCKED, INVALID_DISK_ID};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    DRY_RUN_OPERATION, Fault, INCORRECT_DISK_STATUS, INCORRECT_INSTANCE_STATUS, INVALID_SNAPSHOT_ID, Row,
    SNAPSHOT_NOT_READY, Unreachable, rows,
};
use crate::actions::output::{Done, Output};
use crate::model::disk::{Disk, DiskStatus};
use crate::model::instance::InstanceStatus;
use crate::model::params::Params;
use crate::model::snapshot::{Snapshot, Status};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ResetDisk",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: true,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    OF_ANOTHER_DISK = 403 "InvalidParameter.Mismatch" "The specified snapshot is not created from the specified disk.";
    ENCRYPTED = 403 "InvalidParameter.Mismatch" "Non-encrypted disk can not be reset by encrypted snapshot.";
    TOO_OLD = 403 "InvalidSnapshot.TooOld"
        "The snapshotId is created before 2013-07-15, it cannot be restored since the first time the disk detached.";
    // The misspelling is the documentation's.
    OPERATION_DENIED = 403 "OperationDenied" "The specified snapshot dees not support ResetDisk.";
    UNFINISHED_SNAPSHOT = 403 "IncorrectDiskStatus.HasUnfinishedSnapshot" "The current disk has unfinished snapshot.";
    RESET_IN_PROGRESS = 403 "InvalidOperation.DiskResetInProgress"
        "The operation cannot be performed because the disk has an ongoing reset task, please try again later.";
    [
        CATEGORY_NOT_SUPPORTED, INCORRECT_DISK_STATUS, INCORRECT_INSTANCE_STATUS, INSTANCE_LOCKED, SNAPSHOT_NOT_READY,
        INVALID_DISK_ID, INVALID_SNAPSHOT_ID, DRY_RUN_OPERATION
    ]
    {
        "parameter" 400 "InvalidRegionId.MalFormed" "The specified RegionId is not valid.";
        "internal" 400 "InternalError" "The requested services is not available now. Please try again later.";
        "arrears" 403 "InstanceExpiredOrInArrears"
            "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode).";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance.";
        "account" 403 "InvalidAccountStatus.SnapshotServiceUnavailable" "Snapshot service has not been opened yet.";
        "queued" 403 "Operation.Conflict" "The operation may conflicts with others.";
        "authorization" 403 "UserNotInTheWhiteList" "The user is not in disk white list.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKUnauthorized" "The CMK needs to be added ECS tag.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK needs to be enabled.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "KMS" 404 "InvalidParameter.KMSKeyId.NotFound" "The specified KMSKeyId does not exist.";
        "twin" 404 "Disk.NotFound" "The specified disk does not exist.";
        "dangling" 404 "InvalidInstanceId.NotFound" "The specified InstanceId does not exist.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
    }
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    let disk_id = checks.reading().required("DiskId");
    checks.reading().boolean("DryRun");
    let snapshot_id = checks.reading().required("SnapshotId");
    checks.so_far()?;

    let disk = write.find::<Disk>(disk_id).await?.ok_or(&INVALID_DISK_ID)?.resource;
    let snapshot = write.find::<Snapshot>(snapshot_id).await?.ok_or(&INVALID_SNAPSHOT_ID)?.resource;
    check_disk(&disk, write).await?;
    check_snapshot(&snapshot, &disk, write)?;
    if is_being_snapshotted(&disk, write).await? {
        return Err(Fault::from(&UNFINISHED_SNAPSHOT));
    }
    Ok(Box::new(Done {}))
}

async fn check_disk(disk: &Disk, write: &mut Write) -> Result<(), Fault> {
    if disk.is_ephemeral() {
        return Err(Fault::from(&CATEGORY_NOT_SUPPORTED));
    }
    if disk.status() == DiskStatus::ReIniting {
        return Err(Fault::from(&RESET_IN_PROGRESS));
    }
    if !disk.is_settled() {
        return Err(Fault::from(&INCORRECT_DISK_STATUS));
    }
    if let Some(instance) = instance_of(disk, write).await? {
        if instance.is_locked_for_security() {
            return Err(Fault::from(&INSTANCE_LOCKED));
        }
        if instance.status != InstanceStatus::Stopped {
            return Err(Fault::from(&INCORRECT_INSTANCE_STATUS));
        }
    }
    Ok(())
}

fn check_snapshot(snapshot: &Snapshot, disk: &Disk, write: &Write) -> Result<(), Fault> {
    // A copy cannot roll back any disk, and neither can one in the archive.
    let is_archived = snapshot.category.eq_ignore_ascii_case("archive");
    if snapshot.source_snapshot_id.is_some() || is_archived {
        return Err(Fault::from(&OPERATION_DENIED));
    }
    if snapshot.source_disk_id != disk.disk_id || snapshot.region_id != disk.region_id {
        return Err(Fault::from(&OF_ANOTHER_DISK));
    }
    if snapshot.status(write.now()) != Status::Accomplished {
        return Err(Fault::from(&SNAPSHOT_NOT_READY));
    }
    if snapshot.encrypted && !disk.encrypted {
        return Err(Fault::from(&ENCRYPTED));
    }
    if snapshot.is_of_the_old_kind() && disk.was_detached() {
        return Err(Fault::from(&TOO_OLD));
    }
    Ok(())
}
