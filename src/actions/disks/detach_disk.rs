//! DetachDisk: takes a disk off its instance, at once; it stays in the zone that it is in. Both are found by their ids over all
//! regions of the account.
//!
//! A system disk comes off an instance that is stopped, and no other.

use super::rows::{DELETE_WITH_INSTANCE_CONFLICT, INSTANCE_LOCKED, INVALID_DISK_ID, NOT_PORTABLE};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    Fault, INCORRECT_DISK_STATUS, INCORRECT_INSTANCE_STATUS, INVALID_INSTANCE_ID, Row, Unreachable, rows,
};
use crate::actions::output::{Done, Output};
use crate::model::disk::{Disk, DiskStatus};
use crate::model::disk_category::is_elastic_ephemeral;
use crate::model::instance::{Instance, InstanceStatus};
use crate::model::params::Params;
use crate::sandboxes::Write;
use crate::store::Stored;

pub static ACTION: Action = Action {
    name: "DetachDisk",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    DEPENDENCY_VIOLATION = 403 "DependencyViolation"
        "The specified disk has not been attached on the specified instance.";
    DISK_TYPE_VIOLATION = 403 "DiskTypeViolation"
        "The specified disk is a system disk and cannot support the operation.";
    CATEGORY_NOT_SUPPORTED = 403 "InvalidOperation.DiskCategoryUnsupported"
        "The DetachDisk operation is not supported for elastic ephemeral disk.";
    INVALID_DELETE_WITH_INSTANCE = 403 "InvalidParameter.DeleteWithInstance"
        "The DeleteWithInstance for the elastic ephemeral disk must be set to true.";
    DETACHING = 403 "InvalidOperation.DiskDetachingFromThisEcs" "The specified disk is detaching from this ecs.";
    ALREADY_DETACHED = 404 "InvalidDisk.AlreadyDetached" "The specified disk has been detached.";
    [
        INCORRECT_DISK_STATUS, NOT_PORTABLE, INSTANCE_LOCKED, INCORRECT_INSTANCE_STATUS, DELETE_WITH_INSTANCE_CONFLICT,
        INVALID_INSTANCE_ID, INVALID_DISK_ID
    ]
    {
        "twin" 400 "InvalidParameter" "The input parameter is mandatory for processing this request is empty.";
        "parameter" 400 "InvalidRegionId.MalFormed" "The specified RegionId is not valid.";
        "types" 400 "InvalidOperation.InstanceTypeNotSupport"
            "The instance type of the specified instance does not support hot detach disk.";
        "queued" 400 "DisksDetachingOnEcsExceeded" "The number of disks detaching on the instance exceeds the limit.";
        "authorization" 403 "UserNotInTheWhiteList" "The user is not in disk white list.";
        "images" 403 "InvalidInstance.ImageCategory"
            "The image category of the specified instance does not support detaching system disk.";
        "images" 404 "InvalidDiskId.OperationNotSupported"
            "The operation is not supported due to base image not exist.";
        "internal" 500 "InternalError" "The request processing has failed due to some unknown error.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
    }
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    let delete_with_instance = checks.reading().boolean("DeleteWithInstance");
    let disk_id = checks.reading().required("DiskId");
    let instance_id = checks.reading().required("InstanceId");
    checks.so_far()?;

    let Stored { resource: mut disk, derived } = write.find::<Disk>(disk_id).await?.ok_or(&INVALID_DISK_ID)?;
    let instance = write.find::<Instance>(instance_id).await?.ok_or(&INVALID_INSTANCE_ID)?.resource;
    match &disk.instance_id {
        None => return Err(Fault::from(&ALREADY_DETACHED)),
        Some(other) if *other != instance.instance_id => return Err(Fault::from(&DEPENDENCY_VIOLATION)),
        Some(_) => {}
    }
    check_disk(&disk, delete_with_instance)?;
    check_instance(&disk, &instance)?;
    disk.stay_in(derived.zone_id);
    disk.instance_id = None;
    disk.device = None;
    disk.status = Some(DiskStatus::Available);
    disk.detached_time = Some(write.now());
    disk.delete_with_instance = delete_with_instance.unwrap_or(disk.is_system());
    write.put(&disk).await?;
    Ok(Box::new(Done {}))
}

fn check_disk(disk: &Disk, delete_with_instance: Option<bool>) -> Result<(), Fault> {
    let row = if is_elastic_ephemeral(&disk.category) {
        if delete_with_instance == Some(false) { &INVALID_DELETE_WITH_INSTANCE } else { &CATEGORY_NOT_SUPPORTED }
    } else if disk.is_local() || !disk.is_portable() && !disk.is_system() {
        &NOT_PORTABLE
    } else if delete_with_instance == Some(true) && disk.multi_attach() != "Disabled" {
        &DELETE_WITH_INSTANCE_CONFLICT
    } else {
        match disk.status() {
            DiskStatus::InUse => return Ok(()),
            DiskStatus::Detaching => &DETACHING,
            _ => &INCORRECT_DISK_STATUS,
        }
    };
    Err(Fault::from(row))
}

fn check_instance(disk: &Disk, instance: &Instance) -> Result<(), Fault> {
    let row = match instance.status {
        _ if instance.is_locked_for_security() => &INSTANCE_LOCKED,
        InstanceStatus::Running if disk.is_system() => &DISK_TYPE_VIOLATION,
        InstanceStatus::Running | InstanceStatus::Stopped => return Ok(()),
        _ => &INCORRECT_INSTANCE_STATUS,
    };
    Err(Fault::from(row))
}
