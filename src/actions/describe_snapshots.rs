//! DescribeSnapshots: the snapshots of a region that meet all given conditions, newest first, a page at a time.
//!
//! Checks run in three phases: presence (`MissingParameter`), format (`InvalidParameter`), values (the rows below). Within
//! a phase the order is that of the documentation's table of request parameters, parameters that joined the API later
//! coming last: RegionId, DryRun, Encrypted, Filter, PageNumber, PageSize, SnapshotIds, SnapshotLinkId, SnapshotType,
//! SourceDiskType, Status, Tag, Usage, Category, MaxResults, NextToken. The first failed check is the answer.

use serde::Serialize;

use super::{Action, Call, wrapped};
use crate::fault::{
    Fault, INVALID_REGION_ID, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_MISMATCH, INVALID_TAG_VALUE, Row,
};
use crate::model::filter::SnapshotFilter;
use crate::model::paging::Paging;
use crate::model::params::{Params, Reason, Refusal};
use crate::model::region;
use crate::model::snapshot::{Snapshot, SnapshotType, Status, Tag, Usage};
use crate::model::time::Time;
use crate::output::Output;
use crate::store::{Reads, snapshots};

pub const ACTION: Action = Action {
    name: "DescribeSnapshots",
    run: |call| Box::pin(run(call)),
    faults: &[
        &INVALID_REGION_ID,
        &INVALID_FILTER_KEY,
        &INVALID_FILTER_VALUE,
        &INVALID_SNAPSHOT_IDS,
        &INVALID_SNAPSHOT_LINK_ID,
        &INVALID_SNAPSHOT_TYPE,
        &INVALID_SOURCE_DISK_TYPE,
        &INVALID_STATUS,
        &INVALID_TAG_COUNT,
        &INVALID_TAG_MISMATCH,
        &INVALID_TAG_KEY,
        &INVALID_TAG_VALUE,
        &INVALID_USAGE,
        &INVALID_CATEGORY,
    ],
};

static INVALID_FILTER_KEY: Row = Row::new(404, "InvalidFilterKey.NotFound", "The specified FilterKey is not found.");
static INVALID_FILTER_VALUE: Row = Row::new(404, "InvalidFilterValue", "The specified FilterValue exceeds the limit.");
static INVALID_SNAPSHOT_IDS: Row =
    Row::new(403, "InvalidSnapshotIds.Malformed", "The amount of specified snapshot Ids exceeds the limit.");
static INVALID_SNAPSHOT_LINK_ID: Row =
    Row::new(404, "InvalidSnapshotLinkId.NotFound", "The specified snapshot link is not found.");
static INVALID_SNAPSHOT_TYPE: Row =
    Row::new(404, "InvalidSnapshotType.NotFound", "The specified SnapshotType is not found");
// The misspelling is the documentation's.
static INVALID_SOURCE_DISK_TYPE: Row =
    Row::new(404, "InvalidSourceDiskType", "The specifed SourceDiskType is not valid");
static INVALID_STATUS: Row = Row::new(404, "InvalidStatus.NotFound", "The specified Status is not found");
static INVALID_USAGE: Row = Row::new(404, "InvalidUsage", "The specified Usage is not valid");
static INVALID_CATEGORY: Row =
    Row::new(403, "InvalidSnapshotCategory.Malformed", "The specified Category is not valid.");

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

async fn run(call: &Call<'_>) -> Result<Box<dyn Output>, Fault> {
    let params = call.params;
    let region_id = params.required("RegionId")?;

    let (dry_run, filter, paging) = (params.boolean("DryRun"), SnapshotFilter::read(params), Paging::read(params));
    let refusals = [dry_run.err(), filter.as_ref().err().cloned(), paging.as_ref().err().cloned()];
    let malformed = refusals.into_iter().flatten().filter(|refusal| refusal.reason == Reason::Malformed);
    if let Some(first) = malformed.min_by_key(place) {
        return Err(first.into());
    }
    let paging = paging?;

    let mut connection = call.app.store.read(reads(params, region_id)).await?;
    let is_known = region::public(region_id).is_some()
        || snapshots::is_region_used(&mut connection, call.scope, region_id).await?;
    if !is_known {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    if let Some(link) = params.text("SnapshotLinkId") {
        let comes_first = |refusal: &&Refusal| place(refusal) < place_of("SnapshotLinkId");
        if let Some(refusal) = filter.as_ref().err().filter(comes_first) {
            return Err(fault(refusal));
        }
        if !snapshots::does_link_exist(&mut connection, call.scope, region_id, link).await? {
            return Err(Fault::from(&INVALID_SNAPSHOT_LINK_ID));
        }
    }
    let filter = filter.map_err(|refusal| fault(&refusal))?;
    let start = paging.start(&filter)?;

    let page = call.sandbox.page(&mut connection, call.scope, &filter, &start, paging.limit()).await?;
    let mut rows = page.snapshots;
    let next_token = paging.cut(&mut rows, &filter, Snapshot::position);
    Ok(Box::new(Reply {
        snapshots: Snapshots { items: rows.into_iter().map(|row| SnapshotItem::new(row, call.scope.now)).collect() },
        page_number: paging.page_number,
        page_size: paging.page_size,
        total_count: page.total_count,
        next_token,
    }))
}

/// The list itself is one read; the checks that ask the store come on top.
fn reads(params: &Params, region_id: &str) -> Reads {
    let is_single = region::public(region_id).is_some() && params.text("SnapshotLinkId").is_none();
    if is_single { Reads::One } else { Reads::Several }
}

/// Where a refusal's parameter stands in the order of checks.
fn place(refusal: &Refusal) -> usize {
    place_of(refusal.family())
}

fn place_of(parameter: &str) -> usize {
    CHECKED.iter().position(|checked| *checked == parameter).unwrap_or(CHECKED.len())
}

/// The row for a filter's value that is not permitted.
fn fault(refusal: &Refusal) -> Fault {
    let row = match (refusal.family(), refusal.reason) {
        ("Filter", Reason::NotPermitted) if refusal.parameter.ends_with("Key") => &INVALID_FILTER_KEY,
        ("Filter", _) => &INVALID_FILTER_VALUE,
        ("SnapshotIds", Reason::TooMany) => &INVALID_SNAPSHOT_IDS,
        ("SnapshotType", Reason::NotPermitted) => &INVALID_SNAPSHOT_TYPE,
        ("SourceDiskType", Reason::NotPermitted) => &INVALID_SOURCE_DISK_TYPE,
        ("Status", Reason::NotPermitted) => &INVALID_STATUS,
        ("Tag", Reason::TooMany) => &INVALID_TAG_COUNT,
        ("Tag", Reason::Unpaired) => &INVALID_TAG_MISMATCH,
        ("Tag", _) if refusal.parameter.ends_with("Key") => &INVALID_TAG_KEY,
        ("Tag", _) => &INVALID_TAG_VALUE,
        ("Usage", Reason::NotPermitted) => &INVALID_USAGE,
        ("Category", Reason::NotPermitted) => &INVALID_CATEGORY,
        _ => return Fault::from(refusal.clone()),
    };
    Fault::from(row)
}

wrapped!(Snapshots, "Snapshot");
wrapped!(Tags, "Tag");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    snapshots: Snapshots<SnapshotItem>,
    page_number: i32,
    page_size: i32,
    total_count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A snapshot as the reply shows it. `None` leaves a field out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapshotItem {
    creation_time: Time,
    last_modified_time: Time,
    description: String,
    source_disk_id: String,
    source_disk_type: String,
    source_storage_type: String,
    product_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_name: Option<String>,
    /// With its percent sign.
    progress: String,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    remain_time: Option<i64>,
    /// GiB.
    source_disk_size: i64,
    status: Status,
    snapshot_id: String,
    usage: Usage,
    snapshot_type: SnapshotType,
    category: String,
    encrypted: bool,
    #[serde(rename = "KMSKeyId")]
    kms_key_id: String,
    available: bool,
    region_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_link_id: Option<String>,
    #[serde(rename = "SnapshotSN", skip_serializing_if = "Option::is_none")]
    snapshot_sn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instant_access: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instant_access_retention_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_snapshot_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_region_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_snapshot_size_in_bytes: Option<i64>,
    tags: Tags<TagItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagItem {
    tag_value: String,
    tag_key: String,
}

impl SnapshotItem {
    fn new(snapshot: Snapshot, now: Time) -> Self {
        Self {
            last_modified_time: snapshot.last_modified_time.unwrap_or(snapshot.creation_time),
            progress: format!("{}%", snapshot.progress(now)),
            remain_time: snapshot.remain_time(now),
            status: snapshot.status(now),
            available: snapshot.is_available(now),
            creation_time: snapshot.creation_time,
            description: snapshot.description,
            source_disk_id: snapshot.source_disk_id,
            source_disk_type: snapshot.source_disk_type,
            source_storage_type: snapshot.source_storage_type,
            product_code: snapshot.product_code,
            snapshot_name: snapshot.snapshot_name,
            source_disk_size: snapshot.source_disk_size,
            snapshot_id: snapshot.snapshot_id,
            usage: snapshot.usage,
            snapshot_type: snapshot.snapshot_type,
            category: snapshot.category,
            encrypted: snapshot.encrypted,
            kms_key_id: snapshot.kms_key_id.unwrap_or_default(),
            region_id: snapshot.region_id,
            resource_group_id: snapshot.resource_group_id,
            retention_days: snapshot.retention_days,
            snapshot_link_id: snapshot.snapshot_link_id,
            snapshot_sn: snapshot.snapshot_sn,
            instant_access: snapshot.instant_access,
            instant_access_retention_days: snapshot.instant_access_retention_days,
            source_snapshot_id: snapshot.source_snapshot_id,
            source_region_id: snapshot.source_region_id,
            full_snapshot_size_in_bytes: snapshot.full_snapshot_size_in_bytes,
            tags: Tags {
                items: snapshot
                    .tags
                    .into_iter()
                    .map(|Tag { key, value }| TagItem { tag_value: value, tag_key: key })
                    .collect(),
            },
        }
    }
}
