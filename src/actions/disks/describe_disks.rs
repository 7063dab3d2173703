//! DescribeDisks: the disks of a region that meet all given conditions, newest first, a page at a time.
//!
//! Checks run in three phases: presence, format, values. Within a phase the order is that of the documentation's table of
//! request parameters, RegionId first. The first failed check is the answer. A ZoneId is known if it is one of the region's
//! or a disk is in it; a SnapshotId, if the snapshot is there or a disk was made from it.
//!
//! Texts that a disk does not have are there and empty; numbers and booleans are left out. How many IOPS a disk has is not
//! emulated, so AdditionalAttributes, which asks for that, makes no difference.

use super::shown;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INVALID_TAG_COUNT, INVALID_TAG_MISMATCH, Row, Unreachable, rows};
use crate::actions::list::{Described, List};
use crate::actions::output::Output;
use crate::actions::wrapped::{PageInfo, Rows, Tags, page, wrapped};
use crate::model::disk::{Disk, DiskStatus};
use crate::model::disk_filter::DiskFilter;
use crate::model::filter::Filter as _;
use crate::model::paging::{Paging, Sizes};
use crate::model::params::{Reading, Reason, Refusal};
use crate::model::region;
use crate::model::snapshot::Snapshot;
use crate::model::snapshot_filter::SnapshotFilter;
use crate::model::time::Time;
use crate::store::Stored;

pub static ACTION: Action = Action {
    name: "DescribeDisks",
    run: Run::List(|call| Box::pin(run(call)), &LIST),
    has_dry_run: true,
    client_token_mismatch: None,
    ignored: &["AdditionalAttributes.N"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

static LIST: List<Disk> = List {
    asked: |call| Box::pin(asked(call)),
    read: DiskFilter::read,
    paging: |reading| Paging::read_sized(reading, SIZES),
    implied: None,
    shown: shown::disk,
};

impl Described for Disk {
    const LIST: &'static List<Self> = &LIST;
}

rows! {
    INVALID_DISK_TYPE = 400 "InvalidDiskType.ValueNotSupported" "The specified disk type is not supported.";
    INVALID_CATEGORY = 400 "InvalidCategory.ValueNotSupported" "The specified disk category is not supported.";
    INVALID_STATUS = 400 "InvalidStatus.ValueNotSupported" "The specified disk status is not supported.";
    INVALID_REGION = 400 "InvalidRegion.NotFound" "The specified parameter RegionId is not valid.";
    INVALID_ZONE_ID = 400 "InvalidZoneId.NotFound" "The zoneId provided does not exist in our records.";
    // The misspelling is the documentation's.
    MISSING_REGION_ID = 400 "MissingParamter.RegionId" "The regionId should not be null.";
    INVALID_DISK_IDS = 400 "InvalidParameter.DiskIds" "The specified parameter diskIds is not valid.";
    INVALID_SNAPSHOT = 400 "InvalidSnapshot.NotFound" "The specified parameter SnapshotId is not valid.";
    TOO_MANY_DISK_IDS = 403 "InvalidDiskIds.Malformed" "The amount of specified disk Ids exceeds the limit.";
    SHARED_MISMATCH = 403 "InvalidParameter.MultiAttachAndEnableSharedNotMatch"
        "The parameter MultiAttach and EnableShared are not match.";
    INVALID_MULTI_ATTACH = 403 "InvalidParameter.MultiAttach" "The specified param MultiAttach is not valid.";
    INVALID_FILTER_KEY = 404 "InvalidFilterKey.NotFound" "The filter key is not found.";
    INVALID_FILTER_VALUE = 404 "InvalidFilterValue" "The filter value is not valid.";
    INVALID_CHARGE_TYPE = 404 "InvalidDiskChargeType.NotFound" "The DiskChargeType does not exist in our records.";
    INVALID_LOCK_REASON = 404 "InvalidLockReason.NotFound" "The specified LockReason is not found.";
    [INVALID_TAG_MISMATCH, INVALID_TAG_COUNT]
    {
        "twin" 400 "IncompleteParamter" "Some fields can not be null in this request.";
        "twin" 400 "InvalidParamter" "Some parameters are invalid in this request.";
        "authorization" 403 "UserNotInTheWhiteList" "The user is not in volume white list.";
        "twin" 404 "InvalidDiskIds.ValueNotSupported" "The specified parameter \"DiskIds\" is not supported.";
        "internal" 500 "InternalError" "The request processing has failed due to some unknown error.";
    }
}

/// The parameters that are checked, in the order in which they are.
const CHECKED: [&str; 24] = [
    "RegionId",
    "Filter",
    "Category",
    "DeleteAutoSnapshot",
    "DeleteWithInstance",
    "DiskChargeType",
    "DiskIds",
    "DiskType",
    "DryRun",
    "EnableAutoSnapshot",
    "EnableAutomatedSnapshotPolicy",
    "EnableShared",
    "Encrypted",
    "LockReason",
    "MaxResults",
    "MultiAttach",
    "NextToken",
    "PageNumber",
    "PageSize",
    "Portable",
    "SnapshotId",
    "Status",
    "Tag",
    "ZoneId",
];

/// MaxResults goes further than in most lists.
const SIZES: Sizes = Sizes { max_results: 500, ..Sizes::USUAL };

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let (filter, paging) = (LIST.asked)(call).await?;
    let (rows, page_info) = page::<Disk>(call, &filter, &paging).await?;
    let policy_id = filter.auto_snapshot_policy_id;
    Ok(Box::new(Reply { disks: Disks { rows, policy_id }, page_info }))
}

/// Makes all checks.
async fn asked(call: &ReadCall<'_>) -> Result<(DiskFilter, Paging), Fault> {
    let mut checks = Checks::of(Reading::in_order(call.params, &CHECKED), row);
    let region_id = checks.reading().required("RegionId");
    checks.reading().boolean("DryRun");
    let filter = LIST.filter(checks.reading());
    let paging = (LIST.paging)(checks.reading());
    checks.format()?;

    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION));
    }
    if let Some(snapshot_id) = &filter.snapshot_id {
        checks.before("SnapshotId")?;
        if !is_snapshot_known(call, region_id, snapshot_id).await? {
            return Err(Fault::from(&INVALID_SNAPSHOT));
        }
    }
    checks.so_far()?;
    if let Some(zone_id) = filter.zone_id.as_deref().filter(|zone_id| !region::is_zone(region_id, zone_id)) {
        let in_zone = DiskFilter { zone_id: Some(zone_id.to_owned()), ..in_region(region_id) };
        if !call.sandboxes.exists::<Disk>(&call.view, &in_zone).await? {
            return Err(Fault::from(&INVALID_ZONE_ID));
        }
    }
    Ok((filter, paging))
}

fn in_region(region_id: &str) -> DiskFilter {
    DiskFilter { region_id: Some(region_id.to_owned()), ..DiskFilter::default() }
}

async fn is_snapshot_known(call: &ReadCall<'_>, region_id: &str, snapshot_id: &str) -> Result<bool, Fault> {
    let made = DiskFilter { snapshot_id: Some(snapshot_id.to_owned()), ..in_region(region_id) };
    if call.sandboxes.exists::<Disk>(&call.view, &made).await? {
        return Ok(true);
    }
    let itself = SnapshotFilter { region_id: Some(region_id.to_owned()), ..SnapshotFilter::default() };
    let itself = itself.by_ids(vec![snapshot_id.to_owned()]);
    Ok(call.sandboxes.exists::<Snapshot>(&call.view, &itself).await?)
}

/// The row for a parameter that is refused.
fn row(refusal: &Refusal) -> Option<&'static Row> {
    Some(match (refusal.family(), refusal.reason) {
        ("RegionId", Reason::Missing) => &MISSING_REGION_ID,
        ("DiskIds", Reason::Malformed) => &INVALID_DISK_IDS,
        (_, Reason::Missing | Reason::Malformed) => return None,
        ("Category", _) => &INVALID_CATEGORY,
        ("DiskChargeType", _) => &INVALID_CHARGE_TYPE,
        ("DiskIds", _) => &TOO_MANY_DISK_IDS,
        ("DiskType", _) => &INVALID_DISK_TYPE,
        ("EnableShared", _) => &SHARED_MISMATCH,
        ("Filter", Reason::NotPermitted) if refusal.parameter.ends_with("Key") => &INVALID_FILTER_KEY,
        ("Filter", _) => &INVALID_FILTER_VALUE,
        ("LockReason", _) => &INVALID_LOCK_REASON,
        ("MultiAttach", _) => &INVALID_MULTI_ATTACH,
        ("Status", _) => &INVALID_STATUS,
        ("Tag", Reason::TooMany) => &INVALID_TAG_COUNT,
        ("Tag", Reason::Unpaired) => &INVALID_TAG_MISMATCH,
        _ => return None,
    })
}

wrapped!(Attachments, "Attachment");
wrapped!(MountInstances, "MountInstance");
wrapped!(OperationLocks, "OperationLock");
wrapped!(DiskItems, "Disk");

/// The disks of the page.
#[derive(Debug)]
struct Disks {
    rows: Rows<Disk>,
    /// The policy that the request asks for: each of them has it.
    policy_id: Option<String>,
}

impl serde::Serialize for Disks {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items = self.rows.iter().map(|row| DiskItem::new(row, self.policy_id.as_deref()));
        DiskItems { items: items.collect() }.serialize(serializer)
    }
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    disks: Disks,
    #[serde(flatten)]
    page_info: PageInfo,
}

/// A disk as the reply shows it. `None` leaves a field out.
#[allow(clippy::struct_excessive_bools, reason = "the API has them")]
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct DiskItem<'a> {
    disk_id: &'a str,
    region_id: &'a str,
    zone_id: &'a str,
    disk_name: &'a str,
    description: &'a str,
    creation_time: Time,
    category: &'a str,
    #[serde(rename = "Type")]
    disk_type: &'a str,
    /// GiB.
    size: i32,
    status: &'static str,
    instance_id: &'a str,
    device: &'a str,
    /// Empty for a disk of which that is not known, as the next one.
    attached_time: String,
    detached_time: String,
    attachments: Attachments<Attachment<'a>>,
    /// Of disks that several instances have at once, which there are none of.
    mount_instances: MountInstances<Attachment<'a>>,
    portable: bool,
    delete_with_instance: bool,
    delete_auto_snapshot: bool,
    enable_auto_snapshot: bool,
    /// Whether it has a policy.
    enable_automated_snapshot_policy: bool,
    /// The one that the request asks for, or the one that was applied first.
    auto_snapshot_policy_id: &'a str,
    encrypted: bool,
    #[serde(rename = "KMSKeyId")]
    kms_key_id: &'a str,
    multi_attach: &'a str,
    source_snapshot_id: &'a str,
    image_id: &'a str,
    disk_charge_type: &'a str,
    expired_time: &'a str,
    product_code: &'a str,
    resource_group_id: &'a str,
    serial_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    performance_level: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provisioned_iops: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bursting_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_cluster_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_set_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_set_partition_number: Option<i32>,
    operation_locks: OperationLocks<LockItem<'a>>,
    tags: Tags<'a>,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attachment<'a> {
    instance_id: &'a str,
    device: &'a str,
    attached_time: String,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct LockItem<'a> {
    lock_reason: &'a str,
}

impl<'a> DiskItem<'a> {
    fn new(Stored { resource: disk, derived }: &'a Stored<Disk>, policy_id: Option<&'a str>) -> Self {
        let policy_id = policy_id.or(derived.auto_snapshot_policy_id.as_deref());
        let text = |text: &'a Option<String>| text.as_deref().unwrap_or_default();
        let time = |time: Option<Time>| time.map(|time| time.to_string()).unwrap_or_default();
        let device = text(&disk.device);
        let attachment = disk.instance_id.as_deref().map(|instance_id| Attachment {
            instance_id,
            device,
            attached_time: time(disk.attached_time),
        });
        let status: DiskStatus = disk.status();
        let locks = disk.operation_locks.iter().map(|lock| LockItem { lock_reason: &lock.lock_reason });
        Self {
            disk_id: &disk.disk_id,
            region_id: &disk.region_id,
            zone_id: &derived.zone_id,
            disk_name: text(&disk.disk_name),
            description: &disk.description,
            creation_time: disk.creation_time,
            category: &disk.category,
            disk_type: &disk.disk_type,
            size: disk.size,
            status: status.into(),
            instance_id: text(&disk.instance_id),
            device,
            attached_time: time(disk.attached_time),
            detached_time: time(disk.detached_time),
            attachments: Attachments { items: attachment.into_iter().collect() },
            mount_instances: MountInstances { items: Vec::new() },
            portable: disk.is_portable(),
            delete_with_instance: disk.delete_with_instance,
            delete_auto_snapshot: disk.delete_auto_snapshot,
            enable_auto_snapshot: disk.enable_auto_snapshot,
            enable_automated_snapshot_policy: policy_id.is_some(),
            auto_snapshot_policy_id: policy_id.unwrap_or_default(),
            encrypted: disk.encrypted,
            kms_key_id: text(&disk.kms_key_id),
            multi_attach: disk.multi_attach(),
            source_snapshot_id: text(&disk.source_snapshot_id),
            image_id: text(&disk.image_id),
            disk_charge_type: &disk.disk_charge_type,
            expired_time: &disk.expired_time,
            product_code: &disk.product_code,
            resource_group_id: text(&disk.resource_group_id),
            serial_number: disk.serial_number.as_deref().unwrap_or_else(|| disk.disk_id.trim_start_matches("d-")),
            performance_level: disk.performance_level.as_deref(),
            provisioned_iops: disk.provisioned_iops,
            bursting_enabled: disk.bursting_enabled,
            storage_cluster_id: disk.storage_cluster_id.as_deref(),
            storage_set_id: disk.storage_set_id.as_deref(),
            storage_set_partition_number: disk.storage_set_partition_number,
            operation_locks: OperationLocks { items: locks.collect() },
            tags: Tags::new(&disk.tags),
        }
    }
}
