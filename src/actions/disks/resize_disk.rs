//! ResizeDisk: a disk becomes larger, at once.
//!
//! Checks run in the order of the documentation's table of parameters, then come those of the disk, from what can never be to
//! what may be a moment later: its existence, its category, its status, its instance, its snapshots in the making, and at
//! last what the new size is to the old one.
//!
//! A resize offline wants the instance stopped or running; that it shows only after the next start makes no difference here.
//! One online wants the disk in use and the instance running.

use super::rows::{CREATING_SNAPSHOT, INSTANCE_LOCKED, INVALID_DISK_ID};
use serde::Serialize;

use super::around::{instance_of, is_being_snapshotted};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    Fault, IDEMPOTENT_PARAMETER_MISMATCH, INCORRECT_DISK_STATUS, INCORRECT_INSTANCE_STATUS, Row, Unreachable, rows,
};
use crate::actions::output::Output;
use crate::model::disk::{Disk, DiskStatus};
use crate::model::disk_category;
use crate::model::instance::InstanceStatus;
use crate::model::params::Params;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ResizeDisk",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: Some(&IDEMPOTENT_PARAMETER_MISMATCH),
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_TYPE = 400 "InvalidParam.Type" "The specified type is not supported.";
    INVALID_SYSTEM_DISK_SIZE = 400 "InvalidSystemDiskSize.ValueNotSupported" "The specified system disk size is invalid.";
    OPERATION_DENIED = 403 "OperationDenied" "The type of the disk does not support the operation.";
    TOO_SMALL = 403 "InvalidDiskSize.TooSmall" "Specified new disk size is less than the original disk size.";
    TOO_LARGE = 403 "InvalidDiskSize.TooLarge" "Specified new disk size is beyond the permitted range.";
    NOT_LARGER = 403 "InvalidDiskSize" "Specified new disk size is less than or equal the original disk size.";
    CATEGORY_NOT_SUPPORTED = 403 "InvalidDiskCategory.NotSupported" "The specified disk category is not supported.";
    CATEGORY_NOT_ONLINE = 403 "InvalidDiskCategory.NotSupported"
        "The specified disk category does not support resize online.";
    INSTANCE_NOT_ONLINE = 403 "IncorrectInstanceStatus"
        "The current status of the resource does not support resize online.";
    NOT_RUNNING = 403 "InvalidInstanceStatus.NotRunning"
        "The status of instance to which the disk attachs must be running when resizing online.";
    DISK_NOT_ONLINE = 403 "IncorrectDiskStatus" "The current status of the resource does not support resize online.";
    [
        INCORRECT_INSTANCE_STATUS, CREATING_SNAPSHOT, INSTANCE_LOCKED, INCORRECT_DISK_STATUS, INVALID_DISK_ID,
        IDEMPOTENT_PARAMETER_MISMATCH
    ]
    {
        "twin" 400 "InvalidDataDiskSize.ValueNotSupported"
            "The specified DataDisk.n.Size beyond the permitted range, or the capacity of snapshot exceeds the size limit of the specified disk category.";
        "parameter" 400 "InvalidParameter.Conflict" "{}";
        "twin" 400 "IncompleteParamter" "Some fields can not be null in this request.";
        "parameter" 400 "InvalidRegionId.MalFormed" "The specified RegionId is not valid.";
        "orders" 400 "LastOrderProcessing" "The previous order is still processing, please try again later.";
        "twin" 403 "OperationDenied"
            "The status of the disk or the instance that the disk is attaching with does not support the operation.";
        "arrears" 403 "InstanceExpiredOrInArrears"
            "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode).";
        "twin" 403 "DiskError" "Incorrect disk status.";
        "queued" 403 "Operation.Conflict" "The operation may conflicts with others.";
        "twin" 403 "InvalidDataDiskSize.ValueNotSupported"
            "The specified data disk size is not valid. The disk size must be larger than the original size.";
        "twin" 403 "InvalidDataDiskCategory.ValueNotSupported" "The specified Category of Data Disk is not valid.";
        "dangling" 404 "InvalidInstanceId.NotFound" "The specified InstanceId does not exist.";
        "dangling" 404 "InvalidInstanceId.NotFound" "The InstanceId provided does not exist in our records.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
        "superseded" 403 "InvalidDataDiskSize.ValueNotSupported"
            "The specified DataDisk.n.Size beyond the permitted range, or the capacity of snapshot exceeds the size limit of the specified disk category.";
        "superseded" 403 "DiskError" "IncorrectDiskStatus";
        "arrears" 403 "DiskInArrears" "The specified operation is denied as your disk owing fee.";
        "superseded" 400 "InvalidDataDiskCategory.ValueNotSupported" "{}";
        "superseded" 400 "InvalidDataDiskSize.ValueNotSupported" "{}";
        "superseded" 400 "InvalidSystemDiskSize.ValueNotSupported" "{}";
        "authorization" 403 "UserNotInTheWhiteList" "The user is not in disk white list.";
        "region" 403 "InvalidRegion.NotSupport" "The specified region does not support resize online.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK needs to be enabled.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "account" 403 "SecurityRisk.3DVerification"
            "We have detected a security risk with your default credit or debit card. Please proceed with verification via the link in your email.";
        "images" 400 "InvalidSystemDiskSize.ImageNotSupportResize" "The specified image does not support resize.";
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    /// Of subscription disks alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<String>,
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    checks.client_token();
    let disk_id = checks.reading().required("DiskId");
    checks.reading().required("NewSize");
    let new_size = checks.reading().integer("NewSize", i32::MIN..=i32::MAX, "an integer").unwrap_or_default();
    let kind = checks.text("Type", &INVALID_TYPE, |text| ["offline", "online"].contains(&text));
    checks.so_far()?;

    let mut disk = write.find::<Disk>(disk_id).await?.ok_or(&INVALID_DISK_ID)?.resource;
    check_disk(&disk, kind == Some("online"), write).await?;
    check_size(&disk, new_size)?;
    disk.size = new_size;
    write.put(&disk).await?;
    let order_id = disk.is_subscription().then(|| write.new_order_id());
    Ok(Box::new(Reply { order_id }))
}

async fn check_disk(disk: &Disk, is_online: bool, write: &mut Write) -> Result<(), Fault> {
    if disk.is_local() {
        return Err(Fault::from(&OPERATION_DENIED));
    }
    if disk_category::sizes_of(&disk.category, None).is_none() {
        return Err(Fault::from(&CATEGORY_NOT_SUPPORTED));
    }
    if is_online && disk.category == "cloud" {
        return Err(Fault::from(&CATEGORY_NOT_ONLINE));
    }
    if !disk.is_settled() {
        return Err(Fault::from(if is_online { &DISK_NOT_ONLINE } else { &INCORRECT_DISK_STATUS }));
    }
    if is_online && disk.status() != DiskStatus::InUse {
        return Err(Fault::from(&DISK_NOT_ONLINE));
    }
    if let Some(instance) = instance_of(disk, write).await? {
        if instance.is_locked_for_security() {
            return Err(Fault::from(&INSTANCE_LOCKED));
        }
        match (instance.status, is_online) {
            (InstanceStatus::Running, _) | (InstanceStatus::Stopped, false) => {}
            (InstanceStatus::Stopped, true) => return Err(Fault::from(&NOT_RUNNING)),
            (_, true) => return Err(Fault::from(&INSTANCE_NOT_ONLINE)),
            (_, false) => return Err(Fault::from(&INCORRECT_INSTANCE_STATUS)),
        }
    }
    if is_being_snapshotted(disk, write).await? {
        return Err(Fault::from(&CREATING_SNAPSHOT));
    }
    Ok(())
}

/// Disks only grow, and only as far as their category goes.
fn check_size(disk: &Disk, new_size: i32) -> Result<(), Fault> {
    if new_size < disk.size {
        return Err(Fault::from(&TOO_SMALL));
    }
    if new_size == disk.size {
        return Err(Fault::from(&NOT_LARGER));
    }
    if disk.is_system() && new_size > disk_category::largest_system_disk(&disk.category) {
        return Err(Fault::from(&INVALID_SYSTEM_DISK_SIZE));
    }
    let sizes = disk_category::sizes_of(&disk.category, disk.performance_level.as_deref());
    if sizes.is_some_and(|sizes| new_size > *sizes.end()) {
        return Err(Fault::from(&TOO_LARGE));
    }
    Ok(())
}
