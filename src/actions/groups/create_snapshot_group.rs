//! CreateSnapshotGroup: a snapshot of each of several disks, made at one moment, in a group.
//!
//! Checks run in the order of the documentation's table of parameters: ClientToken, Description, DiskId, ExcludeDiskId, InstanceId,
//! InstantAccess, InstantAccessRetentionDays, Name, RegionId, ResourceGroupId, Tag. Then come the region and the instance, what the
//! disks are together (`disks`: that each is there and of the instance, their number, categories, multi-attachment, zone,
//! capacity), and at last each disk by id, as CreateSnapshot checks it.
//!
//! With an InstanceId, a DiskId can only be of a disk of that instance, as the documentation says. A disk to be left out that the
//! instance does not have is left out. What the sources say of the group's name, description, resource group and tags is of the
//! group alone; their samples show snapshots of groups with no tag but the one of the service, so that is all the snapshots get.

use serde::Serialize;

use super::disks::{
    self, CATEGORY_INCONSISTENT, DISK_NOT_SUPPORTED, MOST, NO_DISK, NOT_IN_SAME_ZONE, Named, SHARED_VOLUME,
    TOO_MANY_DISKS, TOO_MUCH_CAPACITY,
};
use super::rows::{INVALID_DESCRIPTION, INVALID_NAME};
use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_description, is_name};
use crate::actions::disks::rows::{CATEGORY_NOT_SUPPORTED, MULTI_ATTACH};
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, INCORRECT_DISK_STATUS, INVALID_INSTANCE_ID, INVALID_REGION_ID, INVALID_RESOURCE_GROUP,
    INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_VALUE, Row, Unreachable, rows,
};
use crate::actions::output::Output;
use crate::actions::snapshots::chain;
use crate::actions::snapshots::retention::INVALID_RETENTION_DAYS;
use crate::actions::snapshots::source_disk::{
    INCORRECT_INSTANCE_STATUS, INSTANCE_LOCKED, INVALID_DISK_ID, NEVER_ATTACHED, QUOTA_EXCEED_CONCURRENT,
    QUOTA_EXCEED_SNAPSHOT,
};
use crate::model::disk::Disk;
use crate::model::kind::Entry;
use crate::model::making::Making;
use crate::model::params::{Params, Reading, Reason, Refusal, Type};
use crate::model::snapshot::{self, Snapshot};
use crate::model::snapshot_group::{self, SnapshotGroup};
use crate::model::tags::{CREATE_FROM, Tag};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "CreateSnapshotGroup",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: Some(&IDEMPOTENT_PARAMETER_MISMATCH),
    ignored: &["StorageLocationArn"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    // The misspelling is the documentation's.
    MISSING_INSTANCE_ID = 400 "MissingParamter.InstanceId" "The specified InstanceId should not be null.";
    DISKS_AND_EXCLUDED = 400 "InvalidParam.ExcludeDiskIdsAndDiskIds.Conflict"
        "The use of parameter 'ExcludeDiskIds' and 'DiskIds' at the same time is not supported.";
    IDEMPOTENT_PARAMETER_MISMATCH = 403 "IdempotentParameterMismatch" "The specified clientToken is used.";
    // INVALID_TAG_COUNT is of CreateSnapshot alone. There is no other parameter of days than that of instant access.
    [
        INVALID_NAME, INVALID_DESCRIPTION, INVALID_RETENTION_DAYS, DUPLICATE_TAG_KEY, INVALID_TAG_COUNT, INVALID_TAG_KEY,
        INVALID_TAG_VALUE, INVALID_RESOURCE_GROUP, INVALID_REGION_ID, INVALID_INSTANCE_ID, INVALID_DISK_ID,
        DISK_NOT_SUPPORTED, NO_DISK, TOO_MANY_DISKS, CATEGORY_NOT_SUPPORTED, MULTI_ATTACH, SHARED_VOLUME,
        CATEGORY_INCONSISTENT, NOT_IN_SAME_ZONE, TOO_MUCH_CAPACITY, INCORRECT_DISK_STATUS, INCORRECT_INSTANCE_STATUS,
        INSTANCE_LOCKED, NEVER_ATTACHED, QUOTA_EXCEED_CONCURRENT, QUOTA_EXCEED_SNAPSHOT
    ]
    {
        "twin" 400 "InvalidSnapshotName.Malformed" "The specified SnapshotName is wrongly formed.";
        "allowed" 400 "DiskCategory.OperationNotSupported" "The special disk is encrypted, not support this operate.";
        "categories" 403 "IncorrectDiskStatus.CreatingSnapshot" "A previous snapshot creation is in process.";
        "use" 403 "IncorrectDiskStatus.NeverUsed" "The specified disk has never been used after creating.";
        "internal" 403 "CreateSnapshot.Failed" "The process of creating snapshot is failed.";
        "arrears" 403 "DiskInArrears" "The specified operation is denied as your disk has expired.";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance.";
        "account" 403 "InvalidAccountStatus.SnapshotServiceUnavailable" "Snapshot service has not been opened yet.";
        "volumes" 403 "IncorrectVolumeStatus" "The current volume status does not support this operation.";
        "internal" 403 "IncorrectDiskStatus.Invalid" "The specified device status invalid, restart instance and try again.";
        "support" 403 "IncorrectDiskType.NotSupport" "The specified device type is not supported.";
        "transfer" 403 "IncorrectDiskStatus.Transferring"
            "The specified device is transferring, you can retry after the process is finished.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK needs to be enabled.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "queued" 403 "IdempotentProcessing" "The previous idempotent request(s) is still processing.";
        "parameter" 403 "InvalidSnapshotCategory.Malformed" "The specified Category is not valid.";
        "authorization" 403 "InvalidOperation.Unauthorized" "The specified operation is unauthorized.";
        "regions" 403 "InvalidRegion.NotSupportSnapshotInstantAccessRegion" "The snapshot InstantAccess is not supported for this region.";
        "parameter" 403 "InvalidCategoryAndInstantAccess.Malformed"
            "The snapshot Category and InstantAccess can't be used together.";
        "twin" 403 "IncorrectDiskStatus.TooManyCreatingSnapshots" "The specified disk has too many unfinished snapshots.";
        "regions" 403 "InvalidRegion.NotSupport" "The specified region does not support creating snapshot group.";
        "lists" 403 "UserNotInTheWhiteList" "The user is not in the white list of creating snapshot group.";
        "internal" 403 "IncorrectDiskStatus.Invalid" "The specified disk status invalid, restart instance and try again.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKUnauthorized" "The CMK needs to be added ECS tag.";
        "location" 403 "InvalidParameter.UnauthorizedStorageLocationArn"
            "The operation has failed due to lack of permission for the specified \"StorageLocationArn\". Please use a resource with appropriate permission for the operation.";
        "boxes" 403 "InvalidOperation.SnapshotStorageLocationUnsupported"
            "Snapshots with storage location in CloudBox do not support the current operation.";
        "twin" 404 "InvalidDescription.Malformed" "The specified description is wrongly formed.";
        "volumes" 404 "InvalidVolumeId.NotFound" "The specified volume does not exist.";
        "KMS" 404 "InvalidKMSKeyId.NotFound" "The KMS key used by the disk does not exist.";
        "twin" 404 "InvalidInstanceId.NotFound" "The specified instance does not exist.";
        "internal" 500 "InternalError" "The request processing has failed due to some unknown error.";
        "internal" 500 "InternalError"
            "The request processing has failed due to some unknown error, exception or failure.";
        "gone" 403 "QuotaExceed.Tags" "%s";
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    snapshot_group_id: String,
}

/// What a request asks for.
struct Asked<'a> {
    disks: Named<'a>,
    description: Option<&'a str>,
    instant_access: Option<bool>,
    instant_access_retention_days: Option<i32>,
    name: Option<&'a str>,
    resource_group_id: Option<&'a str>,
    tags: Vec<Tag>,
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    let is_instance = refusal.parameter == "InstanceId" && refusal.reason == Reason::Missing;
    is_instance.then_some(&MISSING_INSTANCE_ID)
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    checks.client_token();
    let description = checks.text("Description", &INVALID_DESCRIPTION, is_description);
    let disk_ids = disk_ids(&mut checks, "DiskId.N", "DiskId");
    let exclude_disk_ids = disk_ids_to_exclude(&mut checks, &disk_ids);
    // Without disks, it is the instance that says which.
    let instance_id = checks.reading().text("InstanceId");
    if disk_ids.is_empty() && instance_id.is_none() {
        checks.reading().refuse(Refusal::new("InstanceId", Reason::Missing, "a value"));
    }
    // Instant access has no effect any more.
    let instant_access = checks.reading().boolean("InstantAccess");
    let instant_access_retention_days =
        checks.integer("InstantAccessRetentionDays", 1..=65_535, &INVALID_RETENTION_DAYS);
    let name = checks.text("Name", &INVALID_NAME, |text| is_name(text, ":_.-"));
    let region_id = checks.reading().required("RegionId");
    let resource_group_id = checks.resource_group_id();
    let tags = checks.tags();
    // Other than those of resources that are created one by one, the values of these must not be of the system either.
    checks.value(!tags.iter().any(|tag| tag.value.starts_with("acs:")), &INVALID_TAG_VALUE);
    checks.so_far()?;
    Ok(Asked {
        disks: Named { region_id, instance_id, disk_ids, exclude_disk_ids },
        description,
        instant_access,
        instant_access_retention_days,
        name,
        resource_group_id,
        tags,
    })
}

/// The ids of a list, whose N says how many there are at most.
fn disk_ids<'a>(checks: &mut Checks<'a>, name: &'static str, prefix: &'static str) -> Vec<&'a str> {
    checks.reading().ask(name, Type::Text, "at most 128 ids");
    let ids = checks.reading().params().listed(prefix);
    checks.value(ids.keys().all(|n| (1..=MOST).contains(n)), &TOO_MANY_DISKS);
    ids.into_values().collect()
}

fn disk_ids_to_exclude<'a>(checks: &mut Checks<'a>, disk_ids: &[&str]) -> Vec<&'a str> {
    let exclude_disk_ids = self::disk_ids(checks, "ExcludeDiskId.N", "ExcludeDiskId");
    checks.value(disk_ids.is_empty() || exclude_disk_ids.is_empty(), &DISKS_AND_EXCLUDED);
    exclude_disk_ids
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    let region_id = asked.disks.region_id;
    if !write.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let disks = disks::find(&asked.disks, write).await?;
    let mut snapshots = Vec::with_capacity(disks.len());
    for disk in &disks {
        snapshots.push(made(&asked, disk, write).await?);
    }
    let snapshot_group_id = write.new_id(&snapshot_group::KIND, region_id).await?;
    let mut snapshot_ids: Vec<String> = snapshots.iter().map(|snapshot| snapshot.snapshot_id.clone()).collect();
    snapshot_ids.sort();
    let group = SnapshotGroup {
        snapshot_group_id,
        region_id: region_id.to_owned(),
        name: asked.name.map(str::to_owned),
        description: asked.description.unwrap_or_default().to_owned(),
        creation_time: write.now(),
        instance_id: shared_instance(&disks),
        resource_group_id: asked.resource_group_id.map(str::to_owned),
        snapshot_ids,
        tags: asked.tags,
        ..SnapshotGroup::default()
    };
    let mut entries: Vec<&dyn Entry> = vec![&group];
    entries.extend(snapshots.iter().map(|snapshot| snapshot as &dyn Entry));
    write.put_all(&entries).await?;
    Ok(Box::new(Reply { snapshot_group_id: group.snapshot_group_id }))
}

/// The instance that all of the disks are attached to.
fn shared_instance(disks: &[Disk]) -> Option<String> {
    let first = disks.first()?.instance_id.as_ref()?;
    disks.iter().all(|disk| disk.instance_id.as_ref() == Some(first)).then(|| first.clone())
}

/// The snapshot of a disk, with a tag of the service that says which instance the disk is attached to.
async fn made(asked: &Asked<'_>, disk: &Disk, write: &mut Write) -> Result<Snapshot, Fault> {
    let mut settings = write.settings();
    let making = Making::begin(&mut settings, write.now());
    write.set_settings(settings);
    let snapshot_id = write.new_id(&snapshot::KIND, &disk.region_id).await?;
    let created_from = disk.instance_id.iter().map(|id| Tag { key: CREATE_FROM.to_owned(), value: id.clone() });
    let mut snapshot = Snapshot {
        instant_access: asked.instant_access,
        instant_access_retention_days: asked.instant_access_retention_days,
        tags: created_from.collect(),
        ..making.of_disk(disk, snapshot_id)
    };
    if let Some(link) = chain::begun(disk, write).await? {
        snapshot.snapshot_link_id = Some(link);
    }
    Ok(snapshot)
}
