//! CreateDisk: a disk of a zone, empty or with what a snapshot holds, that no instance has yet; or, with an InstanceId, one
//! that a subscription instance has at once and is paid for with it.
//!
//! Checks of parameters run in three phases: presence, format, values; in each in the order of the documentation's table. Then
//! come the region, the zone or the instance, the snapshot, and what the size follows from: a disk is as large as its snapshot
//! at least. Snapshots of system disks are taken too; a failed or archived one is not allowed, one that is not available yet is
//! not ready. An encrypted one makes encrypted disks only: Encrypted has to say so.

use serde::Serialize;

use super::devices::Devices;
use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_description, is_name, is_resource_group_id};
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, IDEMPOTENT_PARAMETER_MISMATCH, INVALID_INSTANCE_ID, INVALID_REGION_ID,
    INVALID_RESOURCE_GROUP, INVALID_SNAPSHOT_ID, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_VALUE, Row,
    SNAPSHOT_NOT_READY, Unreachable, rows,
};
use crate::actions::output::Output;
use crate::model::disk::{self, Disk, DiskStatus};
use crate::model::disk_category::{self, CREATABLE, LARGEST};
use crate::model::disk_filter::DiskFilter;
use crate::model::instance::Instance;
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::region;
use crate::model::snapshot::{Snapshot, Status};
use crate::model::tags::Tag;
use crate::model::time::Time;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "CreateDisk",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: Some(&IDEMPOTENT_PARAMETER_MISMATCH),
    ignored: &["AdvancedFeatures", "Arn.N.AssumeRoleFor", "Arn.N.RoleType", "Arn.N.Rolearn", "EncryptAlgorithm"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_SIZE = 400 "InvalidSize.ValueNotSupported" "The specified parameter Size is not valid.";
    INVALID_DISK_NAME = 400 "InvalidDiskName.Malformed" "The specified disk name is wrongly formed.";
    INVALID_DESCRIPTION = 400 "InvalidDescription.Malformed" "The specified description is wrongly formed.";
    MISSING_SIZE = 400 "MissingParameter" "The input parameter either \"SnapshotId\" or \"Size\" should be specified.";
    MISSING_ZONE_ID = 400 "MissingParameter" "The input parameter ZoneId that is mandatory for processing this request is not supplied.";
    INVALID_CATEGORY = 400 "InvalidDiskCategory.ValueNotSupported" "The specified parameter \"DiskCategory\" is not valid.";
    KMS_KEY_NOT_ENCRYPTED = 400 "InvalidEncrypted.NotMatchKmsKeyId" "The specified parameter Encrypted must be true when KmsKeyId is not empty.";
    INVALID_PERFORMANCE_LEVEL = 400 "InvalidPerformanceLevel.Malformed" "The specified parameter PerformanceLevel is not valid.";
    OTHER_KMS_KEY = 400 "InvalidKmsKeyId.NotMatchSnapshot" "The specified parameter KmsKeyId is different from the KmsKeyId of the snapshot.";
    NO_DECRYPTION = 400 "InvalidParameter.Encrypted" "Creating non-encrypted disks with encrypted snapshots is not supported.";
    REGIONAL_WITH_ZONE = 400 "InvalidZoneId.DiskCategoryUnsupported" "The specified disk category does not support setting the ZoneId.";
    PROVISIONED_IOPS_CATEGORY = 400 "ProvisionedIopsForDiskCategoryUnsupported" "The specified disk category does not support provisioned iops.";
    PROVISIONED_IOPS_LIMIT = 400 "InvalidProvisionedIops.LimitExceed" "The provisioned iops exceeds the limit.";
    BURSTING_CATEGORY = 400 "BurstingEnabledForDiskCategoryUnsupported" "The specified disk category does not support bursting enabled.";
    INSTANCE_LIMIT = 403 "InstanceDiskCategoryLimitExceed" "The total size of specified disk category in an instance exceeds.";
    SNAPSHOT_TOO_OLD = 403 "InvalidSnapshot.TooOld" "This operation is forbidden because the specified snapshot is created before 2013-07-15.";
    SNAPSHOT_TOO_LARGE = 403 "InvalidSnapshot.TooLarge" "The capacity of snapshot exceeds 2000GB.";
    SIZE_NOT_SUPPORTED = 403 "InvalidDiskSize.NotSupported" "The specified disk size is not supported.";
    ZONE_AND_INSTANCE = 403 "InvalidParam.ZoneIdAndInstanceId.Conflict" "The specified parameter 'ZoneId' and 'InstanceId' are not blank at the same time.";
    LEVEL_AND_SIZE = 403 "OperationDenied.PerformanceLevelNotMatch" "The specified PerformanceLevel and Size do not match.";
    SNAPSHOT_NOT_ALLOWED = 403 "OperationDenied.SnapshotNotAllowed" "The specified snapshot is not allowed to create disk.";
    INVALID_MULTI_ATTACH = 403 "InvalidParameter.MultiAttach" "The specified param MultiAttach is not valid.";
    MULTI_ATTACH_AND_INSTANCE = 403 "InvalidParameter.MultiAttachAndInstanceIdConflict" "The parameter MultiAttach and InstanceId are conflict.";
    EPHEMERAL_FROM_SNAPSHOT = 403 "InvalidOperation.CreateFromSnapshotUnsupported" "The elastic ephemeral disk cannot be created from snapshot.";
    SNAPSHOT_SIZE = 403 "InvalidDataDiskSize.ValueNotSupported" "The specified disk size is beyond the permitted range, or the snapshot capacity exceeds the size limit for the specified disk category.";
    SNAPSHOT_ENCRYPTED = 403 "InvalidEncrypted.NotMatchSnapshot" "The specified parameter Encrypted must be set to true when creating disks with encrypted snapshots.";
    INVALID_ZONE_ID = 404 "InvalidZoneId.NotFound" "The specified zone does not exist.";
    INVALID_PAY_METHOD = 403 "InvalidPayMethod" "The specified pay method is not valid.";
    [
        SNAPSHOT_NOT_READY, INVALID_SNAPSHOT_ID, INVALID_INSTANCE_ID, DUPLICATE_TAG_KEY, INVALID_TAG_KEY,
        INVALID_TAG_VALUE, INVALID_TAG_COUNT, INVALID_REGION_ID, INVALID_RESOURCE_GROUP, IDEMPOTENT_PARAMETER_MISMATCH
    ]
    {
        "stock" 400 "InvalidDiskCategory.NotSupported" "The specified disk category is not support.";
        "internal" 400 "InvalidParameter.Conflict" "%s";
        "stock" 400 "OperationDenied" "The specified Zone is not available or not authorized.";
        "twin" 400 "InvalidDiskSize.NotSupported" "The specified parameter size is not valid.";
        "twin" 400 "InvalidDiskSizeOrCategory" "The specified disk category or size is invalid.";
        "twin" 400 "InvalidParameter.EncryptedIllegal" "The specified parameter Encrypted must be true when kmsKeyId is not empty.";
        "stock" 400 "InvalidPerformanceLevel.ValueNotSupported" "The current ZoneId does not support PL0 of cloud_essd.";
        "local" 400 "InvalidDiskCategory.ConflictSnapshotCategory" "The specified disk category conflict with snapshot category.";
        "account" 400 "EncryptedOption.Conflict" "Disk encryption attributes conflict.";
        "stock" 400 "InvalidDataDiskCategory.NotSupported" "Specified disk category is not supported.";
        "twin" 403 "InvalidSnapshot.NotReady" "The specified snapshot creation is not completed yet.";
        "twin" 403 "OperationDenied" "The specified snapshot is not allowed to create disk.";
        "quota" 403 "QuotaExceed.PortableCloudDisk" "The quota of portable cloud disk exceeds.";
        "authorization" 403 "InvalidDiskCategory.ValueUnauthorized" "The disk category is not authorized.";
        "accepted" 403 "InvalidSnapshotId.NotDataDiskSnapshot" "The specified snapshot is system disk snapshot.";
        "grows" 403 "InvalidDiskSize.TooSmall" "Specified disk size is less than the size of snapshot.";
        "older" 403 "InvalidDiskSize.TooSmall" "Specified disk size is too small when choosing PL0 of cloud_essd.";
        "twin" 403 "OperationDenied" "The type of the disk does not support the operation.";
        "twin" 403 "InvalidDiskSize.NotSupported" "Disk size is not supported.";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance.";
        "account" 403 "InvalidAccountStatus.SnapshotServiceUnavailable" "Snapshot service has not been opened yet.";
        "stock" 403 "InvalidDiskCategory.NotSupported" "The specified disk category is not supported.";
        "quota" 403 "QuotaExceed.PostPaidDisk" "Living postPaid disks quota exceeded.";
        "twin" 403 "InvalidDescription.Malformed" "Specified parameter Description is not valid.";
        "twin" 403 "QuotaExceed.Tags" "%s";
        "queued" 403 "LastTokenProcessing" "The last token request is processing.";
        "stock" 403 "InvalidDataDiskCategory.ValueNotSupported" "The specified Category of Data Disk is not valid.";
        "account" 403 "InvalidEncrypted.NotMatchDiskDefaultEncryption" "Enabling disk default encryption prevents the creation of non-encrypted disks.";
        "twin" 404 "InvalidRegionId.NotFound" "The RegionId provided does not exist in our records.";
        "KMS" 404 "InvalidParameter.KMSKeyId.NotFound" "The specified KMSKeyId does not exist.";
        "twin" 404 "InvalidInstanceId.NotFound" "The InstanceId provided does not exist in our records.";
        "internal" 500 "InternalError" "The request processing has failed due to some unknown error.";
        "internal" 500 "InternalError" "The request processing has failed due to some unknown error, exception or failure.";
        "stock" 403 "InvalidDataDiskCategory.NotSupported" "Specified disk category is not supported.";
        "stock" 403 "InvalidDataDiskCategory.NotSupported" "%s";
        "arrears" 400 "Account.Arrearage" "Your account has an outstanding payment.";
        "stock" 400 "InvalidDataDiskCategory.ValueNotSupported" "%s";
        "authorization" 400 "RegionUnauthorized" "%s";
        "stock" 400 "Zone.NotOnSale" "%s";
        "twin" 400 "InvalidDataDiskSize.ValueNotSupported" "%s";
        "authorization" 403 "UserNotInTheWhiteList" "The user is not in disk white list.";
        "twin" 400 "InvalidParameter.EncryptedIllegal" "%s";
        "stock" 400 "InvalidParameter.EncryptedNotSupported" "%s";
        "account" 400 "EncryptedOption.Conflict" "%s";
        "KMS" 403 "InvalidRegion.NotSupport" "The specified region does not support byok.";
        "KMS" 403 "UserNotInTheWhiteList" "The user is not in byok white list.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK needs to be enabled.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "account" 403 "SecurityRisk.3DVerification" "We have detected a security risk with your default credit or debit card. Please proceed with verification via the link in your email.";
        "momentary" 403 "InvalidStatus.Upgrading" "The instance is upgrading; please try again later.";
    }
}

/// 2013-07-15T00:00:00Z: no disk is made of a snapshot from before.
const OLDEST: Time = Time(1_373_846_400);

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    disk_id: String,
    /// Of a disk that is paid for in advance.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<String>,
}

/// What a request asks for.
struct Asked<'a> {
    region_id: &'a str,
    zone_id: Option<&'a str>,
    instance_id: Option<&'a str>,
    snapshot_id: Option<&'a str>,
    category: &'a str,
    /// Of cloud_essd.
    performance_level: Option<&'a str>,
    size: Option<i32>,
    encrypted: Option<bool>,
    kms_key_id: Option<&'a str>,
    provisioned_iops: Option<i64>,
    /// The rest as it is.
    disk: Disk,
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    match (refusal.parameter.as_str(), refusal.reason) {
        ("Size", Reason::Missing) => Some(&MISSING_SIZE),
        ("ZoneId", Reason::Missing) => Some(&MISSING_ZONE_ID),
        _ => None,
    }
}

fn missing(checks: &mut Checks<'_>, name: &str) {
    checks.reading().refuse(Refusal::new(name, Reason::Missing, "a value"));
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    // What other parameters may say depends on these, so they are read first.
    let category = params.text("DiskCategory").unwrap_or("cloud");
    let (instance_id, snapshot_id) = (params.text("InstanceId"), params.text("SnapshotId"));

    let bursting_enabled = checks.reading().boolean("BurstingEnabled");
    checks.value(bursting_enabled != Some(true) || disk_category::is_provisioned(category), &BURSTING_CATEGORY);
    checks.client_token();
    let description = checks.text("Description", &INVALID_DESCRIPTION, is_description);
    checks.text("DiskCategory", &INVALID_CATEGORY, |text| CREATABLE.contains(&text));
    let disk_name = checks.text("DiskName", &INVALID_DISK_NAME, |text| is_name(text, ":_.-"));
    let encrypted = checks.reading().boolean("Encrypted");
    checks.reading().text("InstanceId");
    // A disk of a subscription instance has neither a key nor a group nor tags of its own.
    let of_its_own = instance_id.is_none();
    let kms_key_id = checks.reading().text("KMSKeyId").filter(|_| of_its_own);
    checks.value(kms_key_id.is_none() || encrypted == Some(true), &KMS_KEY_NOT_ENCRYPTED);
    let multi_attach =
        checks.text("MultiAttach", &INVALID_MULTI_ATTACH, |text| ["Disabled", "Enabled"].contains(&text));
    checks.value(of_its_own || multi_attach != Some("Enabled"), &MULTI_ATTACH_AND_INSTANCE);
    let levels = ["PL0", "PL1", "PL2", "PL3"];
    let level = checks.text("PerformanceLevel", &INVALID_PERFORMANCE_LEVEL, |text| levels.contains(&text));
    let performance_level = (category == "cloud_essd").then_some(level.unwrap_or("PL1"));
    let provisioned_iops = checks.reading().long("ProvisionedIops", 0..=i64::MAX, "a number from 0");
    checks.value(provisioned_iops.is_none() || disk_category::is_provisioned(category), &PROVISIONED_IOPS_CATEGORY);
    let region_id = checks.reading().required("RegionId");
    let is_group = |text: &str| is_resource_group_id(text) || !of_its_own;
    let resource_group_id = checks.text("ResourceGroupId", &INVALID_RESOURCE_GROUP, is_group).filter(|_| of_its_own);
    let size = checks.integer("Size", 1..=LARGEST, &INVALID_SIZE);
    if snapshot_id.is_none() && params.text("Size").is_none() {
        missing(&mut checks, "Size");
    }
    checks.reading().text("SnapshotId");
    let is_ephemeral = disk_category::is_elastic_ephemeral(category);
    checks.value(snapshot_id.is_none() || !is_ephemeral, &EPHEMERAL_FROM_SNAPSHOT);
    let storage_cluster_id = checks.reading().owned("StorageClusterId");
    let storage_set_id = checks.reading().owned("StorageSetId");
    let storage_set_partition_number =
        checks.reading().integer("StorageSetPartitionNumber", 2..=i32::MAX, "an integer from 2");
    let tags: Vec<Tag> = if of_its_own { checks.tags() } else { Vec::new() };
    let zone_id = checks.reading().text("ZoneId");
    let is_regional = disk_category::is_regional(category);
    if zone_id.is_none() && of_its_own && !is_regional {
        missing(&mut checks, "ZoneId");
    }
    checks.value(zone_id.is_none() || of_its_own, &ZONE_AND_INSTANCE);
    checks.value(zone_id.is_none() || !is_regional, &REGIONAL_WITH_ZONE);
    checks.so_far()?;
    let disk = Disk {
        region_id: region_id.to_owned(),
        zone_id: zone_id.map(str::to_owned),
        category: category.to_owned(),
        performance_level: performance_level.map(str::to_owned),
        disk_name: disk_name.map(str::to_owned),
        description: description.unwrap_or_default().to_owned(),
        bursting_enabled,
        provisioned_iops,
        multi_attach: multi_attach.map(str::to_owned),
        resource_group_id: resource_group_id.map(str::to_owned),
        storage_set_partition_number: storage_set_id.as_ref().map(|_| storage_set_partition_number.unwrap_or(2)),
        storage_cluster_id,
        storage_set_id,
        source_snapshot_id: snapshot_id.map(str::to_owned),
        tags,
        ..Disk::default()
    };
    Ok(Asked {
        region_id,
        zone_id,
        instance_id,
        snapshot_id,
        category,
        performance_level,
        size,
        encrypted,
        kms_key_id,
        provisioned_iops,
        disk,
    })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    if !write.is_region_known(asked.region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    if let Some(zone_id) = asked.zone_id {
        check_zone(asked.region_id, zone_id, write).await?;
    }
    let instance = match asked.instance_id {
        Some(instance_id) => Some(instance(instance_id, &asked, write).await?),
        None => None,
    };
    let snapshot = match asked.snapshot_id {
        Some(snapshot_id) => Some(snapshot(snapshot_id, &asked, write).await?),
        None => None,
    };
    let size = size(&asked, snapshot.as_ref())?;
    let (now, disk_id) = (write.now(), write.new_id(&disk::KIND, asked.region_id).await?);
    let key = asked.kms_key_id.or(snapshot.as_ref().and_then(|snapshot| snapshot.kms_key_id.as_deref()));
    let encrypted = asked.encrypted == Some(true);
    let mut disk = Disk {
        disk_id,
        creation_time: now,
        size,
        status: Some(DiskStatus::Available),
        never_attached: true,
        portable: Some(true),
        encrypted,
        kms_key_id: key.filter(|_| encrypted).map(str::to_owned),
        ..asked.disk
    };
    let mut order_id = None;
    if let Some(instance) = &instance {
        let devices = Devices::of(write, instance).await?;
        let device = devices.next_free().filter(|_| !devices.are_all_taken()).ok_or(&INSTANCE_LIMIT)?;
        disk.attach(&instance.instance_id, device, now);
        disk.zone_id = Some(instance.zone_id.clone());
        "PrePaid".clone_into(&mut disk.disk_charge_type);
        if let Some(expired_time) = &instance.expired_time {
            disk.expired_time.clone_from(expired_time);
        }
        order_id = Some(write.new_order_id());
    }
    write.put(&disk).await?;
    Ok(Box::new(Reply { disk_id: disk.disk_id, order_id }))
}

/// A zone is known if it is one of the region's, or a disk is in it.
async fn check_zone(region_id: &str, zone_id: &str, write: &mut Write) -> Result<(), Fault> {
    let (region, zone) = (Some(region_id.to_owned()), Some(zone_id.to_owned()));
    let in_zone = DiskFilter { region_id: region, zone_id: zone, ..DiskFilter::default() };
    if region::is_zone(region_id, zone_id) || write.count::<Disk>(&in_zone).await? > 0 {
        return Ok(());
    }
    Err(Fault::from(&INVALID_ZONE_ID))
}

/// The subscription instance that is to have the disk.
async fn instance(instance_id: &str, asked: &Asked<'_>, write: &mut Write) -> Result<Instance, Fault> {
    let instance = write.find::<Instance>(instance_id).await?.ok_or(&INVALID_INSTANCE_ID)?.resource;
    if instance.region_id != asked.region_id {
        return Err(Fault::from(&INVALID_INSTANCE_ID));
    }
    if instance.instance_charge_type.as_deref() != Some("PrePaid") {
        return Err(Fault::from(&INVALID_PAY_METHOD));
    }
    Ok(instance)
}

/// The snapshot that the disk is to be made from.
async fn snapshot(snapshot_id: &str, asked: &Asked<'_>, write: &mut Write) -> Result<Snapshot, Fault> {
    let snapshot = write.find::<Snapshot>(snapshot_id).await?.ok_or(&INVALID_SNAPSHOT_ID)?.resource;
    let now = write.now();
    let is_other_key = snapshot.kms_key_id.is_some()
        && asked.kms_key_id.is_some_and(|_| snapshot.kms_key_id.as_deref() != asked.kms_key_id);
    let row = if snapshot.region_id != asked.region_id {
        &INVALID_SNAPSHOT_ID
    } else if snapshot.status(now) == Status::Failed || snapshot.category.eq_ignore_ascii_case("archive") {
        &SNAPSHOT_NOT_ALLOWED
    } else if snapshot.creation_time < OLDEST {
        &SNAPSHOT_TOO_OLD
    } else if !snapshot.is_available(now) {
        &SNAPSHOT_NOT_READY
    } else if snapshot.encrypted && asked.encrypted == Some(false) {
        &NO_DECRYPTION
    } else if snapshot.encrypted && asked.encrypted.is_none() {
        &SNAPSHOT_ENCRYPTED
    } else if is_other_key {
        &OTHER_KMS_KEY
    } else {
        return Ok(snapshot);
    };
    Err(Fault::from(row))
}

/// How large the disk is: as asked for, and as its snapshot at least.
fn size(asked: &Asked<'_>, snapshot: Option<&Snapshot>) -> Result<i32, Fault> {
    let own = asked.size.unwrap_or_default();
    let size = own.max(snapshot.map_or(0, |snapshot| snapshot.source_disk_size));
    let is_of_snapshot = size > own;
    let sizes = disk_category::sizes(asked.category);
    let is_too_small = |level: &str| size < disk_category::smallest_of(level);
    let row = if is_of_snapshot && asked.category == "cloud" && size > *sizes.end() {
        &SNAPSHOT_TOO_LARGE
    } else if is_of_snapshot && !sizes.contains(&size) {
        &SNAPSHOT_SIZE
    } else if !sizes.contains(&size) {
        &SIZE_NOT_SUPPORTED
    } else if asked.performance_level.is_some_and(is_too_small) {
        &LEVEL_AND_SIZE
    } else if asked.provisioned_iops.is_some_and(|iops| iops > disk_category::provisioned_iops(size)) {
        &PROVISIONED_IOPS_LIMIT
    } else {
        return Ok(size);
    };
    Err(Fault::from(row))
}
