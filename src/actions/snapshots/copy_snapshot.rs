//! CopySnapshot: a copy of a snapshot in another region, which takes a time of its own.
//!
//! Checks run in the order of the documentation's table of parameters: ClientToken, DestinationRegionId,
//! DestinationSnapshotDescription, DestinationSnapshotName, Encrypted, KMSKeyId, RegionId, ResourceGroupId, RetentionDays, SnapshotId,
//! Tag. Then come those of the regions, then those of the snapshot: its existence, its status, its category, its encryption, the
//! copies in the making.
//!
//! Name and description are marked as required, with an empty default: they may be left out. A copy of an encrypted snapshot is
//! encrypted too; only who asks for one that is not is refused.

use serde::Serialize;

use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_description, is_name};
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, IDEMPOTENT_PARAMETER_MISMATCH, INVALID_RESOURCE_GROUP, INVALID_TAG_COUNT,
    INVALID_TAG_KEY, INVALID_TAG_VALUE, Row, SNAPSHOT_NOT_READY, Unreachable, rows,
};
use crate::actions::output::Output;
use crate::model::making::Making;
use crate::model::params::Params;
use crate::model::snapshot::{self, Snapshot, Status};
use crate::model::snapshot_filter::SnapshotFilter;
use crate::model::tags::Tag;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "CopySnapshot",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: Some(&IDEMPOTENT_PARAMETER_MISMATCH),
    ignored: &["Arn.N.AssumeRoleFor", "Arn.N.RoleType", "Arn.N.Rolearn", "DestinationStorageLocationArn"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    MALFORMED_REGION_ID = 400 "InvalidRegionId.MalFormed" "The specified RegionId is not valid.";
    INVALID_SNAPSHOT_ID = 403 "InvalidSnapshotId.NotFound" "The specified snapshot is not exists.";
    CATEGORY_NOT_SUPPORTED = 403 "InvalidSnapshotCategory.NotSupportCopy" "The specified snapshot's category does not support copy.";
    UNFINISHED_COPY = 403 "InvalidOperation.UnfinishedCrossRegionCopy" "This disk has unfinished cross-region copy snapshots in the target region.";
    SAME_REGION = 403 "InvalidOperation.NotSupportCopyInSameRegion" "Copying snapshot in the same region is not supported.";
    INVALID_SNAPSHOT_NAME = 403 "InvalidSnapshotName.Malformed" "The specified SnapshotName is wrongly formed.";
    INVALID_DESCRIPTION = 403 "InvalidDescription.Malformed" "The specified description is wrongly formed.";
    INVALID_RETENTION_DAYS = 403 "InvalidRetentionDays.Malformed" "The specified RetentionDays is not valid.";
    UNKNOWN_REGION_ID = 403 "InvalidRegionId.NotExists" "Region not exists.";
    KEY_WITHOUT_ENCRYPTED = 403 "InvalidEncrypted.NotMatchKmsKeyId" "The specified parameter Encrypted must be true when KmsKeyId is not empty.";
    DECRYPTION = 403 "InvalidEncrypted.NotSupportDecrypt" "Encrypted snapshot not support copy to decrypt snapshot.";
    UNFINISHED_ENCRYPTED_COPY = 403 "InvalidOperation.UnfinishedEncryptedSnapshotCopy" "This disk has unfinished encrypted copy snapshots in the target region.";
    ARCHIVE_NOT_SUPPORTED = 403 "OperationDenied.SnapshotCategoryNotSupportCopy" "The specified category of snapshot not support copy.";
    // Of these, the table has those of keys and values; the others are those of CreateSnapshot.
    [
        SNAPSHOT_NOT_READY, DUPLICATE_TAG_KEY, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_VALUE,
        INVALID_RESOURCE_GROUP, IDEMPOTENT_PARAMETER_MISMATCH
    ]
    {
        "internal" 400 "InvalidParameter.Arns" "The specified Arns is not valid.";
        "allowed" 403 "InvalidSnapshotId.EncryptedNotSupport" "The specified snapshot with encrypted does not support copy.";
        "lists" 403 "InvalidUser.NotInWhiteList" "The user is not in the white list of copying snapshot.";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance.";
        "account" 403 "InvalidAccountStatus.SnapshotServiceUnavailable" "Snapshot service has not been opened yet.";
        "authorization" 403 "InvalidOperation.Unauthorized" "The specified operation is unauthorized.";
        "regions" 403 "InvalidRegionId.NotSupportedEncryptedSnapshotCopy" "The specified region not support copy encrypted snapshot.";
        "regions" 403 "InvalidRegion.NotSupport" "The specified region does not support byok.";
        "algorithms" 403 "InvalidRegionId.NotSupportEncryptAlgorithm" "The current region does not support creating encrypted disks with EncryptAlgorithm.";
        "algorithms" 403 "InvalidEncryptAlgorithm" "The specified parameter EncryptAlgorithm is not valid.";
        "algorithms" 403 "InvalidEncrypted.NotMatchEncryptAlgorithm" "The specified parameter Encrypted must be true when EncryptAlgorithm is not empty.";
        "twin" 403 "InvalidSnapshotCategory.NotSupportCrossRegionCopy" "The specified snapshot is not support cross region copy.";
        "twin" 403 "InvalidSnapshotCategory.NotSupportEncryptedCopy" "The specified snapshot is not support encrypted copy.";
        "KMS" 403 "InvalidParameter.KmsNotEnabled" "The specified operation need enable KMS.";
        "KMS" 403 "InvalidParameter.DataEncryptedKeyCreateFailed" "Create kms data encrypted key fail. If you need further assistance, you can contact the KMS Technical Support.";
        "KMS" 403 "InvalidParameter.KMSKeyId.NotFound" "The specified KMSKeyId does not exist.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "KMS" 403 "InvalidKMSKeyId.NotSymmetric" "The specified parameter KmsKeyId must be symmetric.";
        "twin" 403 "InvalidEncrypted.NotMatchKmsKeyId" "The specified parameter Encrypted must be true when kmsKeyId is not null.";
        "partners" 403 "QuotaExceed.SnapshotQuota" "The quota is insufficient, please contact your channel partner to increase the quota.";
        "location" 403 "InvalidParameterDestinationStorageLocationArn.Unauthorized" "The operation has failed due to lack of permission for the specified \"DestinationStorageLocationArn\". Please use a resource with appropriate permission for the operation.";
        "location" 403 "InvalidParameterDestinationStorageLocationArn.RegionNotMatch" "The region information in the specified parameter \"DestinationStorageLocationArn\" is inconsistent with \"DestinationRegionId\". Please use the correct information for the operation.";
        "location" 403 "InvalidSnapshot.StorageLocationNotSupported" "The storage location of the current snapshot does not support this operation.";
        "allowed" 403 "InvalidSnapshot.EncryptedNotSupported" "The current operation does not support the use of encrypted snapshots.";
        "location" 403 "InvalidParameterDestinationStorageLocationArn.Malformed" "The specified DestinationStorageLocationArn is wrongly formed.";
        "regulations" 403 "OperationDenied.NonCompliantDestinationRegion" "The copy operation to the destination region is not in compliance with regulations.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK (Customer Master Key) must be in an active state.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKUnauthorized" "The CMK(Customer Master Key) lacks authorization to add tags to the ECS service.";
        "queued" 409 "InvalidOperation.Conflict" "Request was denied due to conflict with a previous request, please try again later.";
        "internal" 500 "InternalError" "The request processing has failed due to some unknown error, exception or failure.";
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    snapshot_id: String,
}

/// What a request asks for.
struct Asked<'a> {
    region_id: &'a str,
    snapshot_id: &'a str,
    destination_region_id: &'a str,
    description: Option<&'a str>,
    snapshot_name: Option<&'a str>,
    encrypted: Option<bool>,
    kms_key_id: Option<&'a str>,
    resource_group_id: Option<&'a str>,
    retention_days: Option<i32>,
    tags: Vec<Tag>,
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::new(params);
    checks.client_token();
    let destination_region_id = checks.reading().required("DestinationRegionId");
    let description = checks.text("DestinationSnapshotDescription", &INVALID_DESCRIPTION, is_description);
    let snapshot_name = checks.text("DestinationSnapshotName", &INVALID_SNAPSHOT_NAME, |text| is_name(text, ":_.-"));
    let encrypted = checks.reading().boolean("Encrypted");
    let kms_key_id = checks.text("KMSKeyId", &KEY_WITHOUT_ENCRYPTED, |_| encrypted == Some(true));
    let region_id = checks.reading().required("RegionId");
    let resource_group_id = checks.resource_group_id();
    let retention_days = checks.integer("RetentionDays", 1..=65_536, &INVALID_RETENTION_DAYS);
    let snapshot_id = checks.reading().required("SnapshotId");
    let tags = checks.tags();
    // Other than those of snapshots that are created, the values of these must not be of the system either.
    let is_system = |tag: &Tag| ["aliyun", "acs:"].iter().any(|prefix| tag.value.starts_with(prefix));
    checks.value(!tags.iter().any(is_system), &INVALID_TAG_VALUE);
    checks.so_far()?;
    Ok(Asked {
        region_id,
        snapshot_id,
        destination_region_id,
        description,
        snapshot_name,
        encrypted,
        kms_key_id,
        resource_group_id,
        retention_days,
        tags,
    })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    check_region(asked.region_id, write).await?;
    check_region(asked.destination_region_id, write).await?;
    if asked.region_id == asked.destination_region_id {
        return Err(Fault::from(&SAME_REGION));
    }
    let source = write.find_in::<Snapshot>(asked.region_id, asked.snapshot_id).await?.ok_or(&INVALID_SNAPSHOT_ID)?;
    check_source(&asked, &source, write).await?;
    let copy = made(asked, &source, write).await?;
    write.put(&copy).await?;
    Ok(Box::new(Reply { snapshot_id: copy.snapshot_id }))
}

/// Unknown regions have two rows: what no region is called, and what none is called here.
async fn check_region(region_id: &str, write: &mut Write) -> Result<(), Fault> {
    if write.is_region_known(region_id).await? {
        return Ok(());
    }
    let is_sign = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    Err(Fault::from(if region_id.chars().all(is_sign) { &UNKNOWN_REGION_ID } else { &MALFORMED_REGION_ID }))
}

async fn check_source(asked: &Asked<'_>, source: &Snapshot, write: &mut Write) -> Result<(), Fault> {
    if source.status(write.now()) != Status::Accomplished {
        return Err(Fault::from(&SNAPSHOT_NOT_READY));
    }
    // Local snapshots are called flash.
    if source.is_of_category("flash") {
        return Err(Fault::from(&CATEGORY_NOT_SUPPORTED));
    }
    if source.is_of_category("archive") {
        return Err(Fault::from(&ARCHIVE_NOT_SUPPORTED));
    }
    if source.encrypted && asked.encrypted == Some(false) {
        return Err(Fault::from(&DECRYPTION));
    }
    let of_disk = SnapshotFilter::of_disk(asked.destination_region_id, &source.source_disk_id);
    let progressing = SnapshotFilter { status: Some(Status::Progressing), ..of_disk };
    let mut copies = write.matching::<Snapshot>(&progressing, i64::MAX).await?;
    // In the region of the disk itself, its own snapshots are none.
    copies.retain(|snapshot| snapshot.resource.source_snapshot_id.is_some());
    if copies.iter().any(|copy| copy.resource.encrypted) {
        return Err(Fault::from(&UNFINISHED_ENCRYPTED_COPY));
    }
    if !copies.is_empty() {
        return Err(Fault::from(&UNFINISHED_COPY));
    }
    Ok(())
}

async fn made(asked: Asked<'_>, source: &Snapshot, write: &mut Write) -> Result<Snapshot, Fault> {
    let mut settings = write.settings();
    let making = Making::begin_copy(&mut settings, write.now());
    write.set_settings(settings);
    let snapshot_id = write.new_id(&snapshot::KIND, asked.destination_region_id).await?;
    let mut copy = Snapshot {
        snapshot_name: asked.snapshot_name.map(str::to_owned),
        description: asked.description.unwrap_or_default().to_owned(),
        encrypted: source.encrypted || asked.encrypted == Some(true),
        // Keys are of a region, so that of the source cannot be the copy's.
        kms_key_id: asked.kms_key_id.map(str::to_owned),
        resource_group_id: asked.resource_group_id.map(str::to_owned),
        tags: asked.tags,
        ..making.copy_of(source, asked.destination_region_id, snapshot_id)
    };
    if let Some(days) = asked.retention_days {
        copy.retain(days);
    }
    Ok(copy)
}
