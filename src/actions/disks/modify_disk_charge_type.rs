//! ModifyDiskChargeType: data disks of a subscription instance are paid for in advance, or again as they are used.
//!
//! Paid for in advance, a disk has the end of its instance's subscription. The way there is an order; one that is not paid
//! for at once (AutoPay) changes nothing, since nobody pays for it later.
//!
//! An instance that is not there has three rows in the documentation; the one is answered whose code other actions have too.
//! Checks run in the order of the documentation's table of parameters, then come those of the region, of the instance, and of
//! each disk as they are listed: all disks change or none.

use super::rows::MULTI_ATTACH;
use std::str::FromStr;

use serde::Serialize;

use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_client_token};
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::model::disk::Disk;
use crate::model::instance::{Instance, InstanceStatus};
use crate::model::kind::Entry;
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::time::Time;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ModifyDiskChargeType",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: Some(&IDEMPOTENCE_MISMATCH),
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    MISSING_REGION_ID = 400 "MissingParameter.RegionId" "RegionId should not be null.";
    MISSING_INSTANCE_ID = 400 "MissingParameter.InstanceIdNotSupported" "InstanceId should not be null.";
    CHARGE_TYPE_OF_INSTANCE = 400 "ChargeTypeViolation"
        "The operation is not permitted due to charge type of the instance.";
    INVALID_CLIENT_TOKEN = 400 "InvalidClientToken.ValueNotSupported" "The ClientToken provided is invalid.";
    IDEMPOTENCE_MISMATCH = 400 "Idempotence.SignatureMismatch"
        "There is a idempotence signature mismatch between this and last request.";
    THROTTLING = 400 "Throttling"
        "Request was denied due to request throttling, please try again after 5 minutes.";
    CHARGE_TYPE_OF_DISK = 400 "ChargeTypeViolation"
        "The operation is not permitted due to charge type of the disk.";
    INVALID_INSTANCE_ID = 400 "InvalidInstanceId.NotFound" "The specified InstanceId does not exist.";
    DETACHED_SYSTEM_DISK = 400 "InvalidDisk.DetachedSystemDisk"
        "The specified disk is a detached system disk, does not support this operation.";
    IN_CLUSTER = 400 "DISK_IN_DEDICATED_BLOCK_STORAGE_CLUSTER"
        "The disk in dedicated block storage cluster is not allowed to do this operation.";
    NOT_ATTACHED = 400 "InvalidOperation.DiskMustAttachedToInstance"
        "The specified data disks must have been attached to this instance.";
    INVALID_REGION_ID = 404 "InvalidRegionId.NotFound" "The RegionId provided does not exist.";
    INVALID_DISK_IDS = 404 "InvalidDiskIds.NotFound" "Some of the specified data disks do not exist.";
    NOT_PORTABLE = 404 "InvalidDiskIds.NotPortable" "The specified DiskId is not portable.";
    INSTANCE_STATUS = 404 "InvalidInstanceStatus.NotSupported" "The status of the specified instance is invalid.";
    [MULTI_ATTACH]
    {
        "types" 400 "InvalidInstanceType.ValueUnauthorized" "The specified InstanceType is not authorized.";
        "types" 400 "InvalidInstanceType.ValueNotSupported" "The specified InstanceType is not supported.";
        "twin" 400 "InvalidInstanceId.Released" "The specified Instance is not exist.";
        "orders" 400 "InvalidInstance.PurchaseNotFound" "The specified Instance has no purchase.";
        "orders" 400 "InvalidInstance.UnPaidOrder" "The specified Instance has unpaid order.";
        "arrears" 400 "Account.Arrearage" "Your account has been in arrears.";
        "types" 400 "InvalidInstanceType.ValueUnauthorized" "The specified InstanceType is not Supported.";
        "orders" 400 "OrderCreationFailed" "Create Order failed, please check your parameters and try it later.";
        "orders" 400 "InstanceDowngrade.QuotaExceed" "Quota of instance downgrade is exceed.";
        "orders" 400 "LastOrderProcessing" "The previous order is still processing, please try again later.";
        "orders" 400 "InvalidAction.WithActiveElasticUpgrade" "The instance has active Elastic Upgrade.";
        "authorization" 400 "NoPermission.Price"
            "The operation requires price permission. Please either apply for permission from your main account, or set the parameter AutoPay as true.";
        "authorization" 400 "NoPermission.Refund"
            "The operation requires refund permission. Please apply for permission from your main account.";
        "arrears" 400 "InstanceExpiredOrInArrears"
            "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode).";
        "orders" 400 "InvalidOrder.Overdue" "The specified account has overdue orders.";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance.";
        "twin" 403 "InvalidInstanceChargeType.NotFound"
            "The chargeType of the instance does not support this operation.";
        "orders" 403 "InvalidOperation.UnpaidOrder"
            "The specified instance has unpaid orders and does not support the current operation.";
        "account" 404 "PaymentMethodNotFound" "No billing method has been registered on the account.";
        "parameter" 404 "InvalidZoneId.NotFound" "The ZoneId provided does not exist in our records.";
        "parameter" 404 "InvalidRamRole.NotFound" "The specified parameter \"RAMRoleName\" does not exist.";
        "parameter" 404 "InvalidDataDiskSize.ValueNotSupported" "The specified parameter \"Size\" is not supported.";
        "authorization" 404 "InvalidAction.NotSupported" "The specified action is not supported.";
        "twin" 404 "InvalidInstanceId.NOT_FOUND" "The specified instance is not exist.";
        "twin" 404 "InvalidDiskIds.NotPortable" "The specified disk is not portable.";
        "superseded" 403 "Forbidden" "{}";
    }
}

/// Seconds that must have passed since a disk was changed before.
const PAUSE: i64 = 5 * 60;

/// The end of what has none.
const NEVER: &str = "2999-09-08T16:00Z";

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    /// Of what is to be paid for in advance.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
enum ChargeType {
    PrePaid,
    PostPaid,
}

/// A JSON array of 1 to 16 ids in a text, each once, in their order.
struct DiskIds(Vec<String>);

impl FromStr for DiskIds {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let sent: Vec<String> = serde_json::from_str(text).map_err(|_| ())?;
        if !(1..=16).contains(&sent.len()) {
            return Err(());
        }
        let mut ids: Vec<String> = Vec::with_capacity(sent.len());
        for id in sent {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(Self(ids))
    }
}

/// What is to be changed.
struct Asked<'a> {
    is_paid: bool,
    charge_type: ChargeType,
    disk_ids: Vec<String>,
    instance_id: &'a str,
    region_id: &'a str,
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    match (refusal.parameter.as_str(), refusal.reason) {
        ("RegionId", Reason::Missing) => Some(&MISSING_REGION_ID),
        ("InstanceId", Reason::Missing) => Some(&MISSING_INSTANCE_ID),
        _ => None,
    }
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    let is_paid = checks.reading().boolean("AutoPay").unwrap_or(true);
    checks.text("ClientToken", &INVALID_CLIENT_TOKEN, is_client_token);
    let charge_type = checks.reading().word("DiskChargeType", "PrePaid or PostPaid").unwrap_or(ChargeType::PrePaid);
    checks.reading().required("DiskIds");
    let disk_ids = checks.reading().parsed::<DiskIds>("DiskIds", "a JSON array of 1 to 16 ids in a text");
    let instance_id = checks.reading().required("InstanceId");
    let region_id = checks.reading().required("RegionId");
    checks.so_far()?;
    let disk_ids = disk_ids.map(|DiskIds(ids)| ids).unwrap_or_default();
    Ok(Asked { is_paid, charge_type, disk_ids, instance_id, region_id })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    if !write.is_region_known(asked.region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let instance = write.find::<Instance>(asked.instance_id).await?.ok_or(&INVALID_INSTANCE_ID)?.resource;
    check_instance(&instance, asked.region_id)?;
    let mut disks = Vec::with_capacity(asked.disk_ids.len());
    for disk_id in &asked.disk_ids {
        let mut disk = write.find::<Disk>(disk_id).await?.ok_or(&INVALID_DISK_IDS)?.resource;
        check_disk(&disk, &instance, asked.charge_type, write.now())?;
        change(&mut disk, &instance, asked.charge_type, write.now());
        disks.push(disk);
    }
    let is_order = asked.charge_type == ChargeType::PrePaid;
    if asked.is_paid || !is_order {
        let disks: Vec<&dyn Entry> = disks.iter().map(|disk| -> &dyn Entry { disk }).collect();
        write.put_all(&disks).await?;
    }
    let order_id = is_order.then(|| write.new_order_id());
    Ok(Box::new(Reply { order_id }))
}

fn check_instance(instance: &Instance, region_id: &str) -> Result<(), Fault> {
    if instance.region_id != region_id {
        return Err(Fault::from(&INVALID_INSTANCE_ID));
    }
    if !instance.is_subscription() {
        return Err(Fault::from(&CHARGE_TYPE_OF_INSTANCE));
    }
    if !matches!(instance.status, InstanceStatus::Running | InstanceStatus::Stopped) {
        return Err(Fault::from(&INSTANCE_STATUS));
    }
    Ok(())
}

fn check_disk(disk: &Disk, instance: &Instance, charge_type: ChargeType, now: Time) -> Result<(), Fault> {
    if disk.is_system() && disk.instance_id.is_none() {
        return Err(Fault::from(&DETACHED_SYSTEM_DISK));
    }
    if disk.instance_id.as_deref() != Some(&*instance.instance_id) {
        return Err(Fault::from(&NOT_ATTACHED));
    }
    // A system disk is paid for with its instance.
    if disk.is_system() || disk.portable == Some(false) {
        return Err(Fault::from(&NOT_PORTABLE));
    }
    if disk.is_multi_attach() {
        return Err(Fault::from(&MULTI_ATTACH));
    }
    if disk.storage_cluster_id.is_some() {
        return Err(Fault::from(&IN_CLUSTER));
    }
    // A clock may have been set back since.
    if disk.charge_type_modified_time.is_some_and(|before| (before..before.plus(PAUSE)).contains(&now)) {
        return Err(Fault::from(&THROTTLING));
    }
    if disk.disk_charge_type == <&str>::from(charge_type) {
        return Err(Fault::from(&CHARGE_TYPE_OF_DISK));
    }
    Ok(())
}

fn change(disk: &mut Disk, instance: &Instance, charge_type: ChargeType, now: Time) {
    let end = match charge_type {
        ChargeType::PrePaid => instance.expired_time.as_deref().unwrap_or(NEVER),
        ChargeType::PostPaid => NEVER,
    };
    <&str>::from(charge_type).clone_into(&mut disk.disk_charge_type);
    end.clone_into(&mut disk.expired_time);
    disk.charge_type_modified_time = Some(now);
}
