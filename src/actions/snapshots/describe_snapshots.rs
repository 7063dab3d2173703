//! DescribeSnapshots: the snapshots of a region that meet all given conditions, newest first, a page at a time.
//!
//! Checks run in three phases: presence (`MissingParameter`), format (`InvalidParameter`), values (the rows below). Within
//! a phase the order is that of the documentation's table of request parameters, parameters that joined the API later
//! coming last: RegionId, DryRun, Encrypted, Filter, PageNumber, PageSize, SnapshotIds, SnapshotLinkId, SnapshotType,
//! SourceDiskType, Status, Tag, Usage, Category, MaxResults, NextToken. The first failed check is the answer.

use super::shown;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    Fault, INVALID_REGION_ID, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_MISMATCH, INVALID_TAG_VALUE, Row,
    Unreachable, of_tag, rows,
};
use crate::actions::list::{Described, List};
use crate::actions::output::Output;
use crate::actions::wrapped::{PageInfo, Tags, listed, page};
use crate::model::filter::Filter as _;
use crate::model::paging::Paging;
use crate::model::params::{Reading, Reason, Refusal};
use crate::model::snapshot::{Snapshot, SnapshotType, Status, Usage};
use crate::model::snapshot_filter::SnapshotFilter;
use crate::model::time::Time;
use crate::store::Stored;

pub static ACTION: Action = Action {
    name: "DescribeSnapshots",
    run: Run::List(|call| Box::pin(run(call)), &LIST),
    has_dry_run: true,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

static LIST: List<Snapshot> = List {
    asked: |call| Box::pin(asked(call)),
    read: SnapshotFilter::read,
    paging: Paging::read,
    implied: None,
    shown: shown::snapshot,
};

impl Described for Snapshot {
    const LIST: &'static List<Self> = &LIST;
}

rows! {
    INVALID_FILTER_KEY = 404 "InvalidFilterKey.NotFound" "The specified FilterKey is not found.";
    INVALID_FILTER_VALUE = 404 "InvalidFilterValue" "The specified FilterValue exceeds the limit.";
    INVALID_SNAPSHOT_IDS = 403 "InvalidSnapshotIds.Malformed" "The amount of specified snapshot Ids exceeds the limit.";
    INVALID_SNAPSHOT_LINK_ID = 404 "InvalidSnapshotLinkId.NotFound" "The specified snapshot link is not found.";
    INVALID_SNAPSHOT_TYPE = 404 "InvalidSnapshotType.NotFound" "The specified SnapshotType is not found";
    // The misspelling is the documentation's.
    INVALID_SOURCE_DISK_TYPE = 404 "InvalidSourceDiskType" "The specifed SourceDiskType is not valid";
    INVALID_STATUS = 404 "InvalidStatus.NotFound" "The specified Status is not found";
    INVALID_USAGE = 404 "InvalidUsage" "The specified Usage is not valid";
    INVALID_CATEGORY = 403 "InvalidSnapshotCategory.Malformed" "The specified Category is not valid.";
    [INVALID_REGION_ID, INVALID_TAG_COUNT, INVALID_TAG_MISMATCH, INVALID_TAG_KEY, INVALID_TAG_VALUE]
}

/// The parameters that are checked, in the order in which they are.
const CHECKED: [&str; 16] = [
    "RegionId",
    "DryRun",
    "Encrypted",
    "Filter",
    "PageNumber",
    "PageSize",
    "SnapshotIds",
    "SnapshotLinkId",
    "SnapshotType",
    "SourceDiskType",
    "Status",
    "Tag",
    "Usage",
    "Category",
    "MaxResults",
    "NextToken",
];

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let (filter, paging) = (LIST.asked)(call).await?;
    let (rows, page_info) = page::<Snapshot>(call, &filter, &paging).await?;
    call.view.tell_of_waiting(|| rows.iter().any(|row| row.resource.remain_time(rows.now()).is_some()));
    Ok(Box::new(Reply { snapshots: Snapshots(rows), page_info }))
}

/// Makes all checks.
async fn asked(call: &ReadCall<'_>) -> Result<(SnapshotFilter, Paging), Fault> {
    let mut checks = Checks::of(Reading::in_order(call.params, &CHECKED), row);
    let region_id = checks.reading().required("RegionId");
    checks.reading().boolean("DryRun");
    let filter = LIST.filter(checks.reading());
    let paging = (LIST.paging)(checks.reading());
    checks.format()?;

    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    if let Some(link) = call.params.text("SnapshotLinkId") {
        checks.before("SnapshotLinkId")?;
        let chain = SnapshotFilter {
            region_id: Some(region_id.to_owned()),
            snapshot_link_id: Some(link.to_owned()),
            ..SnapshotFilter::default()
        };
        if !call.sandboxes.exists::<Snapshot>(&call.view, &chain).await? {
            return Err(Fault::from(&INVALID_SNAPSHOT_LINK_ID));
        }
    }
    checks.so_far()?;
    Ok((filter, paging))
}

/// The row for a filter's value that is not permitted.
fn row(refusal: &Refusal) -> Option<&'static Row> {
    Some(match (refusal.family(), refusal.reason) {
        (_, Reason::Missing | Reason::Malformed) => return None,
        ("Filter", Reason::NotPermitted) if refusal.parameter.ends_with("Key") => &INVALID_FILTER_KEY,
        ("Filter", _) => &INVALID_FILTER_VALUE,
        ("SnapshotIds", _) => &INVALID_SNAPSHOT_IDS,
        ("SnapshotType", _) => &INVALID_SNAPSHOT_TYPE,
        ("SourceDiskType", _) => &INVALID_SOURCE_DISK_TYPE,
        ("Status", _) => &INVALID_STATUS,
        ("Tag", _) => of_tag(refusal),
        ("Usage", _) => &INVALID_USAGE,
        ("Category", _) => &INVALID_CATEGORY,
        _ => return None,
    })
}

listed!(Snapshots, "Snapshot", Snapshot, SnapshotItem);

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    snapshots: Snapshots,
    #[serde(flatten)]
    page_info: PageInfo,
}

/// A snapshot as the reply shows it. `None` leaves a field out.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapshotItem<'a> {
    creation_time: Time,
    last_modified_time: Time,
    description: &'a str,
    source_disk_id: &'a str,
    source_disk_type: &'a str,
    source_storage_type: &'a str,
    product_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_name: Option<&'a str>,
    /// With its percent sign.
    progress: String,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    remain_time: Option<i64>,
    /// GiB.
    source_disk_size: i32,
    status: Status,
    snapshot_id: &'a str,
    usage: Usage,
    snapshot_type: SnapshotType,
    category: &'a str,
    encrypted: bool,
    #[serde(rename = "KMSKeyId")]
    kms_key_id: &'a str,
    available: bool,
    region_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_days: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_link_id: Option<&'a str>,
    #[serde(rename = "SnapshotSN", skip_serializing_if = "Option::is_none")]
    snapshot_sn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instant_access: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instant_access_retention_days: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_snapshot_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_region_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_snapshot_size_in_bytes: Option<i64>,
    tags: Tags<'a>,
}

impl<'a> SnapshotItem<'a> {
    fn new(Stored { resource: snapshot, derived }: &'a Stored<Snapshot>, now: Time) -> Self {
        Self {
            last_modified_time: snapshot.last_modified_time.unwrap_or(snapshot.creation_time),
            progress: format!("{}%", snapshot.progress(now)),
            remain_time: snapshot.remain_time(now),
            status: snapshot.status(now),
            available: snapshot.is_available(now),
            usage: derived.usage,
            creation_time: snapshot.creation_time,
            description: &snapshot.description,
            source_disk_id: &snapshot.source_disk_id,
            source_disk_type: &snapshot.source_disk_type,
            source_storage_type: &snapshot.source_storage_type,
            product_code: &snapshot.product_code,
            snapshot_name: snapshot.snapshot_name.as_deref(),
            source_disk_size: snapshot.source_disk_size,
            snapshot_id: &snapshot.snapshot_id,
            snapshot_type: snapshot.snapshot_type,
            category: &snapshot.category,
            encrypted: snapshot.encrypted,
            kms_key_id: snapshot.kms_key_id.as_deref().unwrap_or_default(),
            region_id: &snapshot.region_id,
            resource_group_id: snapshot.resource_group_id.as_deref(),
            retention_days: snapshot.retention_days,
            snapshot_link_id: snapshot.snapshot_link_id.as_deref(),
            snapshot_sn: snapshot.snapshot_sn.as_deref(),
            instant_access: snapshot.instant_access,
            instant_access_retention_days: snapshot.instant_access_retention_days,
            source_snapshot_id: snapshot.source_snapshot_id.as_deref(),
            source_region_id: snapshot.source_region_id.as_deref(),
            full_snapshot_size_in_bytes: snapshot.full_snapshot_size_in_bytes,
            tags: Tags::new(&snapshot.tags),
        }
    }
}
