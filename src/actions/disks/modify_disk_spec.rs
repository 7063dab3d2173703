//! ModifyDiskSpec: a disk is of another category, of another performance level, or has other provisioned IOPS, at once. In a
//! dedicated block storage cluster it is of one kind for good, and its performance is set in its place.
//!
//! Checks run in the order of the documentation's table of parameters. Then come those of the disk, from what can never be to
//! what may be a moment later: its existence, its category, its status, its instance. Then those of the change: whether the
//! category may follow on the present one, whether anything changes, whether level and size fit; and at last its snapshots.

use super::rows::{CREATING_SNAPSHOT, INVALID_DISK_ID, MULTI_ATTACH};
use serde::Serialize;

use super::around::{has_snapshot_of, instance_of, is_being_snapshotted};
use super::performance_control::PerformanceControl;
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{DRY_RUN_OPERATION, Fault, INCORRECT_DISK_STATUS, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::model::disk::{Disk, DiskStatus};
use crate::model::disk_category::{self, PERFORMANCE_LEVELS};
use crate::model::instance::InstanceStatus;
use crate::model::params::Params;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ModifyDiskSpec",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: true,
    client_token_mismatch: None,
    // Of regional disks, whose category cannot be changed.
    ignored: &["DestinationZoneId"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_PERFORMANCE_LEVEL = 400 "InvalidPerformanceLevel.Malformed"
        "The specified parameter PerformanceLevel is not valid.";
    INVALID_DISK_CATEGORY = 400 "InvalidDiskCategory.ValueNotSupported"
        "The specified parameter \"DiskCategory\" is not valid.";
    LEVEL_OF_ANOTHER_CATEGORY = 400 "InvalidPerformanceLevelParam.Mismatch"
        "The specified parameter PerformanceLevel should be null when DiskCategory is not cloud_essd.";
    IN_CLUSTER = 400 "OperationDenied.DiskInDedicatedBlockStorageCluster"
        "The disk in dedicated block storage cluster is not allowed to do this operation.";
    PROVISIONED_IOPS_UNSUPPORTED = 400 "ProvisionedIopsForDiskCategoryUnsupported"
        "The specified disk category does not support provisioned iops.";
    PROVISIONED_IOPS_EXCEEDED = 400 "InvalidProvisionedIops.LimitExceed" "The provisioned iops exceeds the limit.";
    MALFORMED_CONTROL = 400 "MalformedParameter.PerformanceControlOptions" "Parameter invalid, {}.";
    CONTROL_CONFLICT = 400 "InvalidPerformanceControlOptions.ModifyOperationUnsupported"
        "The specified performance control options are conflicts with disk category or performance level or ProvisionIOPS.";
    INSTANCE_STATUS_UNSUPPORTED = 400 "InvalidOperation.InstanceStatusUnsupported"
        "The specified instance status is not supported for this operation, expect status is Running or Stopped.";
    OPERATION_DENIED = 403 "OperationDenied" "The type of the disk does not support the operation.";
    LEVEL_TOO_LOW = 403 "InvalidPerformanceLevel.TooLow"
        "Specified new performance level is lower than the original performance level.";
    LEVEL_AND_SIZE = 403 "OperationDenied.PerformanceLevelNotMatch"
        "The specified PerformanceLevel and disk size do not match.";
    CATEGORY_NOT_SUPPORTED = 403 "InvalidDiskCategory.ValueNotSupported"
        "The current disk category of the resource does not support this operation.";
    DOWNGRADE = 403 "Downgrade.NotSupported" "Downgrade operation for prepay resource is not supported.";
    FLASH_SNAPSHOT = 403 "DiskHasFlashSnapshot"
        "The specified disk with flash snapshots do not support modify disk category.";
    NO_CHANGE = 403 "NoChangeInDiskCategoryAndPerformanceLevel"
        "There is no change between the parameters transmitted and the current.";
    TARGET_NOT_SUPPORTED = 403 "InvalidDiskCategory.NotSupported" "The specified disk category is not supported.";
    NOT_IN_CLUSTER = 403 "InvalidPerformanceParameter.DiskNotInDedicatedStorageCluster"
        "The specified disk not in dedicated storage cluster, can not modify performance control options.";
    UNDER_CONTROL = 403 "InvalidStatus.DiskUnderPerformanceControl"
        "The specified disk is under performance control, any modifications to the category or performance level of the specified disk are unsupported..";
    NOT_READY = 403 "InvalidStatus.DiskNotReady"
        "This specified disk is not ready, status needs to be either In_use or Available.";
    DETACHED_SYSTEM_DISK = 403 "InvalidDisk.DetachedSystemDisk"
        "The specified resource is/has a detached system disk {} , not support current operation.";
    [INCORRECT_DISK_STATUS, CREATING_SNAPSHOT, MULTI_ATTACH, INVALID_DISK_ID, DRY_RUN_OPERATION]
    {
        "replication" 400 "IncorrectDiskStatus.ReplicationStatusNotFound" "Disk replication status not found.";
        "replication" 400 "IncorrectDiskStatus.InReplication" "Disk already in replication.";
        "stock" 400 "QuotaExceed.DiskCapacity"
            "The used capacity of disk type has exceeded the quota in the zone, {}.";
        "authorization" 400 "NoPermission.Price"
            "The operation requires price permission. Please either apply for permission from your main account, or set the parameter AutoPay as true.";
        "authorization" 400 "NoPermission.Refund"
            "The operation requires refund permission. Please apply for permission from your main account.";
        "orders" 400 "InvalidOperation.InstanceRenewWithDowngradeInPlan"
            "The operation is denied due to the specified instance has renew with downgrade record in plan.";
        "regional" 400 "MissingParameter.DestinationZoneId"
            "The parameter DestinationZoneId must be specified when modifying the disk specification from a regional disk to a zone disk.";
        "regional" 400 "InvalidDestinationZoneId.Mismatch"
            "The specified DestinationZoneId of the regional disk with 'In-use' status should remain consistent with the ZoneId of instance.";
        "regional" 400 "InvalidOperation.MultiAttachRegionalDiskUnsupported"
            "The multi-attach regional disk with 'In-use' status attached to more than one instance is not allowed to modify disk spec.";
        "regional" 400 "InvalidDestinationZoneId.DiskCategoryUnsupported"
            "The specified disk category does not allow the DestinationZoneId parameter for this operation.";
        "arrears" 403 "DiskInArrears" "The specified operation is denied as your disk owing fee.";
        "arrears" 403 "InstanceExpiredOrInArrears"
            "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode).";
        "authorization" 403 "UserNotInTheWhiteList" "The user is not in modify disk category white list.";
        "region" 403 "InvalidRegion.NotSupport" "The specified region does not support modify disk category.";
        "types" 403 "InvalidInstanceType.NotSupportDiskCategory"
            "The instanceType of the specified instance does not support this disk category.";
        "instant" 403 "ModifyingDiskCategoryLimitExceed" "The amount of modifying disk category exceeds the limit.";
        // How long the period is, nobody says.
        "duration" 403 "DiskInCoolingPeriod" "There is a cooling period after the disk is successfully modified.";
        "stock" 403 "OperationDenied.NoStock"
            "The requested resource is sold out in the specified zone; try other types of resources or other regions and zones.";
        "instant" 403 "OperationDenied.DiskExpansionUnfinished"
            "The instance has not been restarted after a previous disk expansion.";
        "replication" 403 "InvalidOperation.DiskInReplicaPairsUnsupported"
            "The disk in replication pairs does not support this operation.";
        "types" 403 "InvalidDiskCategory.InstanceTypeUnsupported"
            "The current instance type does not support the specified disk category. Please check the list of disk category supported by the instance type and select an appropriate disk category for configuration.";
        "KMS" 403 "InvalidOperation.CMKNotEnabled" "The CMK (Customer Master Key) must be in an active state.";
        "KMS" 403 "InvalidOperation.CMKUnauthorized"
            "The CMK(Customer Master Key) lacks authorization to add tags to the ECS service.";
        "dangling" 404 "InvalidInstanceId.NotFound" "The specified InstanceId does not exist.";
        "internal" 404 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
        "authorization" 404 "InvalidDiskCategory.ValueUnauthorized" "The specified DiskCategory is not authorized.";
    }
}

/// The categories that disks can change to, from fast to slow.
const CATEGORIES: [&str; 5] = ["cloud_essd", "cloud_auto", "cloud_ssd", "cloud_essd_entry", "cloud_efficiency"];

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    /// Of everything but another level, which is there at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<String>,
    /// Of subscription disks alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<String>,
}

/// What is to be changed.
struct Asked<'a> {
    disk_id: &'a str,
    category: Option<&'a str>,
    level: Option<&'a str>,
    provisioned_iops: Option<i64>,
    control: Option<PerformanceControl>,
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::new(params);
    let category = checks.text("DiskCategory", &INVALID_DISK_CATEGORY, |text| CATEGORIES.contains(&text));
    let disk_id = checks.reading().required("DiskId");
    checks.reading().boolean("DryRun");
    let control = PerformanceControl::read(checks.reading());
    let level = checks.text("PerformanceLevel", &INVALID_PERFORMANCE_LEVEL, |text| PERFORMANCE_LEVELS.contains(&text));
    let provisioned_iops = checks.reading().long("ProvisionedIops", i64::MIN..=i64::MAX, "an integer");
    checks.value(provisioned_iops.is_none_or(|iops| iops >= 0), &PROVISIONED_IOPS_EXCEEDED);
    let is_spec_named = category.is_some() || level.is_some() || provisioned_iops.is_some();
    checks.value(control.is_none() || !is_spec_named, &CONTROL_CONFLICT);
    checks.so_far()?;
    Ok(Asked { disk_id, category, level, provisioned_iops, control })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    let disk = write.find::<Disk>(asked.disk_id).await?.ok_or(&INVALID_DISK_ID)?.resource;
    check_disk(&disk, write).await?;
    let changed = if let Some(control) = &asked.control {
        controlled(control, &disk)?
    } else {
        let changed = changed(&asked, &disk)?;
        check_snapshots(&disk, changed.category != disk.category, write).await?;
        changed
    };
    write.put(&changed).await?;
    let is_level_only = Disk { performance_level: disk.performance_level.clone(), ..changed } == disk;
    let task_id = (!is_level_only).then(|| write.new_task_id(&disk.region_id));
    let order_id = disk.is_subscription().then(|| write.new_order_id());
    Ok(Box::new(Reply { task_id, order_id }))
}

async fn check_disk(disk: &Disk, write: &mut Write) -> Result<(), Fault> {
    if disk.is_ephemeral() {
        return Err(Fault::from(&OPERATION_DENIED));
    }
    // Basic disks, and regional ones.
    if !CATEGORIES.contains(&disk.category.as_str()) {
        return Err(Fault::from(&CATEGORY_NOT_SUPPORTED));
    }
    if disk.is_multi_attach() {
        return Err(Fault::from(&MULTI_ATTACH));
    }
    match disk.status() {
        DiskStatus::Available | DiskStatus::InUse => {}
        DiskStatus::Attaching | DiskStatus::Detaching => return Err(Fault::from(&INCORRECT_DISK_STATUS)),
        DiskStatus::Creating | DiskStatus::ReIniting => return Err(Fault::from(&NOT_READY)),
    }
    match instance_of(disk, write).await? {
        None if disk.is_system() => Err(DETACHED_SYSTEM_DISK.about(&disk.disk_id)),
        Some(instance) if !matches!(instance.status, InstanceStatus::Running | InstanceStatus::Stopped) => {
            Err(Fault::from(&INSTANCE_STATUS_UNSUPPORTED))
        }
        _ => Ok(()),
    }
}

async fn check_snapshots(disk: &Disk, is_another_category: bool, write: &mut Write) -> Result<(), Fault> {
    if is_another_category && has_snapshot_of(disk, "flash", write).await? {
        return Err(Fault::from(&FLASH_SNAPSHOT));
    }
    if is_being_snapshotted(disk, write).await? {
        return Err(Fault::from(&CREATING_SNAPSHOT));
    }
    Ok(())
}

/// The disk with the performance that is asked for.
fn controlled(control: &PerformanceControl, disk: &Disk) -> Result<Disk, Fault> {
    if disk.storage_cluster_id.is_none() {
        return Err(Fault::from(&NOT_IN_CLUSTER));
    }
    let mut controlled = disk.clone();
    control.apply(&mut controlled).map_err(|parameter| MALFORMED_CONTROL.about(parameter))?;
    Ok(controlled)
}

/// The disk as it is asked for otherwise.
fn changed(asked: &Asked<'_>, disk: &Disk) -> Result<Disk, Fault> {
    if disk.performance_control_iops.is_some() || disk.performance_control_throughput.is_some() {
        return Err(Fault::from(&UNDER_CONTROL));
    }
    if disk.storage_cluster_id.is_some() {
        return Err(Fault::from(&IN_CLUSTER));
    }
    let mut changed = disk.clone();
    asked.category.unwrap_or(&disk.category).clone_into(&mut changed.category);
    let is_another_category = changed.category != disk.category;
    let (is_essd, is_auto) = (changed.category == "cloud_essd", changed.category == "cloud_auto");
    if asked.level.is_some() && !is_essd {
        return Err(Fault::from(&LEVEL_OF_ANOTHER_CATEGORY));
    }
    if asked.provisioned_iops.is_some() && !is_auto {
        return Err(Fault::from(&PROVISIONED_IOPS_UNSUPPORTED));
    }
    if is_another_category {
        (changed.performance_level, changed.provisioned_iops, changed.bursting_enabled) = (None, None, None);
        check_category(disk, &changed.category)?;
    }
    if is_essd {
        let level = asked.level.map(str::to_owned).or(changed.performance_level);
        changed.performance_level = Some(level.unwrap_or_else(|| "PL1".to_owned()));
    }
    if let Some(iops) = asked.provisioned_iops {
        if iops > disk_category::provisioned_iops(disk.size) {
            return Err(Fault::from(&PROVISIONED_IOPS_EXCEEDED));
        }
        changed.provisioned_iops = Some(iops);
    }
    if changed == *disk {
        return Err(Fault::from(&NO_CHANGE));
    }
    if is_essd && !is_another_category {
        check_level(disk, changed.performance_level.as_deref())?;
    }
    let sizes = disk_category::sizes_of(&changed.category, changed.performance_level.as_deref());
    if sizes.is_none_or(|sizes| !sizes.contains(&disk.size)) {
        return Err(Fault::from(if is_essd { &LEVEL_AND_SIZE } else { &INVALID_DISK_CATEGORY }));
    }
    Ok(changed)
}

/// Subscription disks never become slower, and an entry one becomes an ESSD or an AutoPL disk.
fn check_category(disk: &Disk, category: &str) -> Result<(), Fault> {
    let place = |category: &str| CATEGORIES.iter().position(|other| *other == category);
    if disk.category == "cloud_essd_entry" && !["cloud_essd", "cloud_auto"].contains(&category) {
        return Err(Fault::from(&TARGET_NOT_SUPPORTED));
    }
    if disk.is_subscription() && place(category) > place(&disk.category) {
        return Err(Fault::from(&DOWNGRADE));
    }
    Ok(())
}

/// Subscription disks never get a lower level, and no disk gets the lowest after a higher one.
fn check_level(disk: &Disk, level: Option<&str>) -> Result<(), Fault> {
    let before = disk.performance_level.as_deref().unwrap_or("PL1");
    let is_lower = level.is_some_and(|level| level < before);
    if is_lower && (disk.is_subscription() || level == Some("PL0")) {
        return Err(Fault::from(&LEVEL_TOO_LOW));
    }
    Ok(())
}
