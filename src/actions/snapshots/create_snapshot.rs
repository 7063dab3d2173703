//! CreateSnapshot: a snapshot of a disk, found by its id over all regions of the account.
//!
//! Checks run in the order of the documentation's table of parameters: Category, ClientToken, Description, DiskId,
//! InstantAccess, InstantAccessRetentionDays, ResourceGroupId, RetentionDays, SnapshotName, Tag. Then come those of the disk,
//! from what can never be to what may be a moment later: its existence, its category, its status, its instance, whether it was
//! ever attached, the snapshots in the making, the quota.

use super::retention::INVALID_RETENTION_DAYS;
use serde::Serialize;

use super::chain;
use super::source_disk::{
    self, CREATING_SNAPSHOT, INCORRECT_INSTANCE_STATUS, INSTANCE_LOCKED, INVALID_DISK_ID, NEVER_ATTACHED,
    QUOTA_EXCEED_CONCURRENT, QUOTA_EXCEED_SNAPSHOT,
};
use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_client_token, is_description, is_name};
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, INCORRECT_DISK_STATUS, INVALID_DESCRIPTION, INVALID_RESOURCE_GROUP, INVALID_TAG_COUNT,
    INVALID_TAG_KEY, INVALID_TAG_VALUE, Row, Unreachable, rows,
};
use crate::actions::output::Output;
use crate::model::disk::Disk;
use crate::model::making::Making;
use crate::model::params::Params;
use crate::model::snapshot::{self, Snapshot};
use crate::model::tags::Tag;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "CreateSnapshot",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: Some(&IDEMPOTENT_PARAMETER_MISMATCH),
    ignored: &["StorageLocationArn"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_SNAPSHOT_NAME = 400 "InvalidSnapshotName.Malformed" "The specified SnapshotName is wrongly formed.";
    DISK_CATEGORY_NOT_SUPPORTED = 400 "DiskCategory.OperationNotSupported"
        "The type of the specified disk does not support creating a snapshot.";
    IDEMPOTENT_PARAMETER_MISMATCH = 403 "IdempotentParameterMismatch" "The specified clientToken is used.";
    INVALID_CATEGORY = 403 "InvalidSnapshotCategory.Malformed" "The specified Category is not valid.";
    CATEGORY_AND_INSTANT_ACCESS = 403 "InvalidCategoryAndInstantAccess.Malformed"
        "The snapshot Category and InstantAccess can't be used together.";
    INVALID_INSTANT_ACCESS_RETENTION_DAYS = 403 "InvalidInstantAccessRetentionDays.Malformed" "The specified InstantAccessRetentionDays is not valid.";
    INVALID_CLIENT_TOKEN = 403 "InvalidClientToken.Malformed"
        "The specified clientToken is improperly formatted. It must contain only ASCII characters and must not exceed 64 characters in length.";
    [
        INVALID_DISK_ID, INCORRECT_INSTANCE_STATUS, CREATING_SNAPSHOT, INSTANCE_LOCKED, NEVER_ATTACHED,
        QUOTA_EXCEED_SNAPSHOT, QUOTA_EXCEED_CONCURRENT, INVALID_RETENTION_DAYS, INCORRECT_DISK_STATUS, INVALID_DESCRIPTION, DUPLICATE_TAG_KEY, INVALID_TAG_COUNT,
        INVALID_TAG_KEY, INVALID_TAG_VALUE, INVALID_RESOURCE_GROUP
    ]
    {
        "KMS" 400 "InvalidParameter.KMSKeyId.NotFound" "The specified KMSKeyId does not exist.";
        "internal" 400 "CreateSnapshot.Failed" "The process of creating snapshot is failed.";
        "throttling" 403 "Throttling" "Request was denied due to user flow control.";
        "use" 403 "IncorrectDiskStatus.NeverUsed" "The specified disk has never been used after creating.";
        "arrears" 403 "DiskInArrears" "The specified operation is denied as your disk has expired.";
        "support" 403 "DiskId.ValueNotSupported" "The specified parameter diskid is not supported.";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance.";
        "account" 403 "InvalidAccountStatus.SnapshotServiceUnavailable" "Snapshot service has not been opened yet.";
        "volumes" 403 "IncorrectVolumeStatus" "The current volume status does not support this operation.";
        "internal" 403 "IncorrectDiskStatus.Invalid" "The specified disk status invalid, restart instance and try again.";
        "support" 403 "IncorrectDiskType.NotSupport" "The specified device type is not supported.";
        "transfer" 403 "IncorrectDiskStatus.Transferring"
            "The specified device is transferring, you can retry after the process is finished.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKUnauthorized" "ECS tags must be added to the CMK.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK needs to be enabled.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "queued" 403 "IdempotentProcessing" "The previous idempotent request(s) is still processing.";
        "authorization" 403 "InvalidAction.Unauthorized" "The specified action is not valid.";
        "region" 403 "InvalidRegion.NotSupportSnapshotInstantAccessRegion" "The snapshot InstantAccess is not supported for this region.";
        "internal" 403 "DISK_HAS_CREATING_SNAPSHOT"
            "The operation cannot be performed while a snapshot is being created for the disk.";
        "hibernation" 403 "HibernationConfigured.InstanceOperationForbidden"
            "The operation is not permitted due to limit of the hibernation configured instance.";
        "partners" 403 "QuotaExceed.SnapshotQuota"
            "The quota is insufficient, please contact your channel partner to increase the quota.";
        "boxes" 403 "CloudBoxNotSupportSnapshotWithInstantAccess"
            "The specified disk in CloudBox does not support to create a snapshot with InstantAccess.";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance to order postpaid product.";
        "copies" 403 "InvalidOperation.UnfinishedEncryptedSnapshotCopy"
            "This disk has unfinished encrypted copy snapshots in the target region.";
        "location" 403 "InvalidParameter.UnauthorizedStorageLocationArn"
            "The operation has failed due to lack of permission for the specified \"StorageLocationArn\". Please use a resource with appropriate permission for the operation.";
        "parameter" 404 "InvalidInstanceId.NotFound" "The specified InstanceId does not exist.";
        "volumes" 404 "InvalidVolumeId.NotFound" "The specified volume does not exist.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    snapshot_id: String,
}

/// What a request asks for.
struct Asked<'a> {
    disk_id: &'a str,
    category: Option<String>,
    description: Option<&'a str>,
    instant_access: Option<bool>,
    instant_access_retention_days: Option<i32>,
    resource_group_id: Option<&'a str>,
    retention_days: Option<i32>,
    snapshot_name: Option<&'a str>,
    tags: Vec<Tag>,
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::new(params);
    let category = checks.text("Category", &INVALID_CATEGORY, |text| {
        ["standard", "flash"].iter().any(|category| category.eq_ignore_ascii_case(text))
    });
    checks.text("ClientToken", &INVALID_CLIENT_TOKEN, is_client_token);
    let description = checks.text("Description", &INVALID_DESCRIPTION, is_description);
    let disk_id = checks.reading().required("DiskId");
    let instant_access = checks.reading().boolean("InstantAccess");
    checks.value(instant_access != Some(true) || category.is_none(), &CATEGORY_AND_INSTANT_ACCESS);
    let instant_access_retention_days =
        checks.integer("InstantAccessRetentionDays", 1..=65_535, &INVALID_INSTANT_ACCESS_RETENTION_DAYS);
    let resource_group_id = checks.resource_group_id();
    let retention_days = checks.integer("RetentionDays", 1..=65_536, &INVALID_RETENTION_DAYS);
    let snapshot_name =
        checks.text("SnapshotName", &INVALID_SNAPSHOT_NAME, |text| is_name(text, ":_.-") && !text.starts_with("auto"));
    let tags = checks.tags();
    checks.so_far()?;
    Ok(Asked {
        disk_id,
        category: category.map(str::to_ascii_lowercase),
        description,
        instant_access,
        instant_access_retention_days,
        resource_group_id,
        retention_days,
        snapshot_name,
        tags,
    })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    let disk = write.find::<Disk>(asked.disk_id).await?.ok_or(&INVALID_DISK_ID)?.resource;
    if disk.is_ephemeral() {
        return Err(Fault::from(&DISK_CATEGORY_NOT_SUPPORTED));
    }
    source_disk::check(&disk, write).await?;
    let snapshot = made(asked, &disk, write).await?;
    write.put(&snapshot).await?;
    Ok(Box::new(Reply { snapshot_id: snapshot.snapshot_id }))
}

async fn made(asked: Asked<'_>, disk: &Disk, write: &mut Write) -> Result<Snapshot, Fault> {
    let mut settings = write.settings();
    let making = Making::begin(&mut settings, write.now());
    write.set_settings(settings);
    let snapshot_id = write.new_id(&snapshot::KIND, &disk.region_id).await?;
    let mut snapshot = Snapshot {
        snapshot_name: asked.snapshot_name.map(str::to_owned),
        description: asked.description.unwrap_or_default().to_owned(),
        category: asked.category.unwrap_or_else(|| "standard".to_owned()),
        resource_group_id: asked.resource_group_id.map(str::to_owned),
        instant_access: asked.instant_access,
        instant_access_retention_days: asked.instant_access_retention_days,
        tags: asked.tags,
        ..making.of_disk(disk, snapshot_id)
    };
    if let Some(link) = chain::begun(disk, write).await? {
        snapshot.snapshot_link_id = Some(link);
    }
    if let Some(days) = asked.retention_days {
        snapshot.retain(days);
    }
    Ok(snapshot)
}
