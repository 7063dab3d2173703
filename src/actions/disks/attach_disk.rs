//! AttachDisk: puts a disk to an instance of its zone, at once. Both are found by their ids over all regions of the account.
//!
//! After the parameters come the checks of the disk, those of the instance, and those of both together; in each from what can
//! never be to what may be another time. A disk is attached to one instance at a time, one with MultiAttach too. Force,
//! KeyPairName and Password make no difference: nobody logs on, and nothing is lost by force.

use super::devices::{self, Devices};
use super::rows::{
    CATEGORY_NOT_SUPPORTED, DELETE_WITH_INSTANCE_CONFLICT, INSTANCE_LOCKED, INVALID_DISK_ID, NOT_PORTABLE,
};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INVALID_INSTANCE_ID, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::disk::{Disk, DiskStatus, FINANCIAL};
use crate::model::disk_category::is_regional;
use crate::model::instance::{Instance, InstanceStatus};
use crate::model::params::Params;
use crate::sandboxes::Write;
use crate::store::Stored;

pub static ACTION: Action = Action {
    name: "AttachDisk",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &["Force", "KeyPairName", "Password"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_DEVICE = 400 "InvalidDevice.Malformed" "The specified device is not valid.";
    INCORRECT_INSTANCE_STATUS = 400 "IncorrectInstanceStatus"
        "The current status of the resource does not support this operation.";
    NOT_BOOTABLE = 400 "InvalidDisk.DiskNotBootable"
        "The specified disk is not a bootable disk, can not be attached as system disk.";
    LIMIT_EXCEEDED = 403 "InstanceDiskLimitExceeded" "The amount of the disk on instance in question reach its limits.";
    DEVICE_IN_USE = 403 "InvalidDevice.InUse" "The specified device has been occupied.";
    NOT_IN_SAME_ZONE = 403 "ResourcesNotInSameZone" "The specified instance and disk are not in the same zone.";
    INSTANCE_IN_ARREARS = 403 "InstanceExpiredOrInArrears"
        "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode).";
    DISK_IN_ARREARS = 403 "DiskInArrears" "The specified operation is denied as your disk owing fee.";
    SYSTEM_DISK = 403 "DiskId.ValueNotSupported" "The specified parameter diskid is not supported.";
    INCORRECT_DISK_STATUS = 403 "IncorrectDiskStatus"
        "The current status of the disk does not support this operation. The expected disk status is Available.";
    ATTACHED_NUMBER_EXCEEDED = 403 "DiskAttachedNumberExceeded" "The attaching times of the specified disk exceeded.";
    DISK_IN_USE = 404 "InvalidDisk.InUse" "The specified disk has been occupied.";
    [
        CATEGORY_NOT_SUPPORTED, NOT_PORTABLE, INSTANCE_LOCKED, DELETE_WITH_INSTANCE_CONFLICT, INVALID_INSTANCE_ID,
        INVALID_DISK_ID
    ]
    {
        "twin" 400 "InvalidParameter" "The input parameter is mandatory for processing this request is empty.";
        "parameter" 400 "InvalidRegionId.MalFormed" "The specified RegionId is not valid.";
        "types" 400 "InvalidOperation.InstanceTypeNotSupport"
            "The instance type of the specified instance does not support hot attach disk.";
        "history" 400 "InvalidInstance.NotOriginInstance"
            "The specified disk can not attached to other instance as system disk.";
        "queued" 400 "OperationConflict.DisksAttachingParallellyExceed"
            "The number of disks attaching parallelly exceeds the limit.";
        "twin" 403 "DiskError" "IncorrectDiskStatus.";
        "twin" 403 "DiskId.StatusNotSupported" "The specified disk status is not supported.";
        "twin" 403 "IncorrectDiskStatus" "The operation is not supported in this status.";
        "authorization" 403 "UserNotInTheWhiteList" "The user is not in disk white list.";
        "types" 403 "InvalidInstanceType.NotSupportDiskCategory"
            "The instanceType of the specified instance does not support this disk category.";
        "types" 403 "InvalidOperation.DiskQueueNumberNotEnough"
            "The number of disk queues on the instance is not enough.";
        "twin" 404 "InvalidInstanceId.NotFound" "The InstanceId provided does not exist in our records.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
        "ports" 400 "InvalidDevice.Malformed" "The specified port is not valid.";
    }
}

/// What a request asks for.
struct Asked<'a> {
    /// As the system disk.
    bootable: bool,
    delete_with_instance: bool,
    device: Option<&'a str>,
    disk_id: &'a str,
    instance_id: &'a str,
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::new(params);
    let bootable = checks.reading().boolean("Bootable").unwrap_or(false);
    let delete_with_instance = checks.reading().boolean("DeleteWithInstance").unwrap_or(false);
    let is_right = |text: &str| if bootable { text == devices::SYSTEM } else { devices::is_device(text) };
    let device = checks.text("Device", &INVALID_DEVICE, is_right);
    let disk_id = checks.reading().required("DiskId");
    let instance_id = checks.reading().required("InstanceId");
    checks.so_far()?;
    Ok(Asked { bootable, delete_with_instance, device, disk_id, instance_id })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    let Stored { resource: mut disk, derived } = write.find::<Disk>(asked.disk_id).await?.ok_or(&INVALID_DISK_ID)?;
    check_disk(&disk, &asked)?;
    let instance = write.find::<Instance>(asked.instance_id).await?.ok_or(&INVALID_INSTANCE_ID)?.resource;
    check_instance(&instance)?;
    let is_near = is_regional(&disk.category) || derived.zone_id == instance.zone_id;
    if disk.region_id != instance.region_id || !is_near {
        return Err(Fault::from(&NOT_IN_SAME_ZONE));
    }
    let device = device(&asked, &Devices::of(write, &instance).await?)?;
    let now = write.now();
    disk.attach(&instance.instance_id, device, now);
    disk.delete_with_instance = asked.delete_with_instance;
    write.put(&disk).await?;
    Ok(Box::new(Done {}))
}

fn check_disk(disk: &Disk, asked: &Asked<'_>) -> Result<(), Fault> {
    let row = if disk.is_local() {
        &CATEGORY_NOT_SUPPORTED
    } else if asked.bootable && !disk.is_system() {
        &NOT_BOOTABLE
    } else if disk.is_system() && !asked.bootable {
        &SYSTEM_DISK
    } else if !disk.is_portable() && !disk.is_system() {
        &NOT_PORTABLE
    } else if asked.delete_with_instance && disk.multi_attach() != "Disabled" {
        &DELETE_WITH_INSTANCE_CONFLICT
    } else if disk.is_locked(FINANCIAL) {
        &DISK_IN_ARREARS
    } else {
        match disk.status() {
            DiskStatus::Available => return Ok(()),
            DiskStatus::InUse if disk.multi_attach() == "Disabled" => &DISK_IN_USE,
            DiskStatus::InUse => &ATTACHED_NUMBER_EXCEEDED,
            _ => &INCORRECT_DISK_STATUS,
        }
    };
    Err(Fault::from(row))
}

fn check_instance(instance: &Instance) -> Result<(), Fault> {
    if instance.is_locked_for_security() {
        return Err(Fault::from(&INSTANCE_LOCKED));
    }
    if instance.is_locked(FINANCIAL) {
        return Err(Fault::from(&INSTANCE_IN_ARREARS));
    }
    if !matches!(instance.status, InstanceStatus::Running | InstanceStatus::Stopped) {
        return Err(Fault::from(&INCORRECT_INSTANCE_STATUS));
    }
    Ok(())
}

/// The name that the instance has the disk under.
fn device(asked: &Asked<'_>, devices: &Devices) -> Result<String, Fault> {
    if !asked.bootable && devices.are_all_taken() {
        return Err(Fault::from(&LIMIT_EXCEEDED));
    }
    match asked.device.or(asked.bootable.then_some(devices::SYSTEM)) {
        Some(device) if devices.is_taken(device) => Err(Fault::from(&DEVICE_IN_USE)),
        Some(device) => Ok(device.to_owned()),
        None => devices.next_free().ok_or(Fault::from(&LIMIT_EXCEEDED)),
    }
}
