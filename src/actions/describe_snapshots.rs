//! DescribeSnapshots: the snapshots of a region that meet all given conditions, newest first, a page at a time.
//!
//! Checks run in three phases: presence (`MissingParameter`), format (`InvalidParameter`), values (the rows below). Within
//! a phase the order is that of the documentation's table of request parameters, parameters that joined the API later
//! coming last: RegionId, DryRun, Encrypted, Filter, PageNumber, PageSize, SnapshotIds, SnapshotLinkId, SnapshotType,
//! SourceDiskType, Status, Tag, Usage, Category, MaxResults, NextToken. The first failed check is the answer.

use std::str::FromStr;

use serde::Serialize;

use super::shared::paging::Paging;
use super::shared::tags::{self, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_MISMATCH, INVALID_TAG_VALUE};
use super::{Action, Call, Output, output, wrapped};
use crate::fault::{Fault, INVALID_REGION_ID, Row};
use crate::model::filter::{Origin, Position, SnapshotFilter, Start};
use crate::model::region;
use crate::model::snapshot::{Snapshot, SnapshotType, Status, Tag, Usage};
use crate::model::time::Time;
use crate::store::{Reader, Reads, snapshots};
use crate::wire::params::Params;

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

/// SnapshotIds at most, duplicates counted.
const SNAPSHOT_IDS_LIMIT: usize = 100;

async fn run(call: &Call<'_>) -> Result<Output, Fault> {
    let request = Request::read(call.params)?;
    let mut connection = call.app.store.read(request.reads()).await?;
    let (filter, start) = request.check(call, &mut connection).await?;
    let page = snapshots::list(&mut connection, call.scope(), &filter, &start, request.paging.limit()).await?;
    let mut rows = page.snapshots;
    let next_token = request.paging.cut(&mut rows, &filter, |last| Position {
        creation_time: last.creation_time,
        snapshot_id: last.snapshot_id.clone(),
    });
    Ok(output(Reply {
        snapshots: Snapshots { items: rows.into_iter().map(|row| SnapshotItem::new(row, call.now)).collect() },
        page_number: request.paging.page_number,
        page_size: request.paging.page_size,
        total_count: page.total_count,
        next_token,
    }))
}

/// A request that is complete and well formed.
struct Request<'a> {
    params: &'a Params,
    region_id: &'a str,
    encrypted: bool,
    paging: Paging,
    snapshot_ids: Option<Vec<String>>,
}

impl<'a> Request<'a> {
    /// The phases presence and format.
    fn read(params: &'a Params) -> Result<Self, Fault> {
        let region_id = params.required("RegionId")?;

        params.boolean("DryRun")?;
        let encrypted = params.boolean("Encrypted")?.unwrap_or(false);
        let paging = Paging::numbered(params)?;
        let snapshot_ids = params.json_texts("SnapshotIds")?;
        let paging = paging.or_token(params)?;

        Ok(Self { params, region_id, encrypted, paging, snapshot_ids })
    }

    /// The list itself is one read; the checks that ask the store come on top.
    fn reads(&self) -> Reads {
        let is_single = region::public(self.region_id).is_some() && self.params.text("SnapshotLinkId").is_none();
        if is_single { Reads::One } else { Reads::Several }
    }

    /// The phase of values: what to look for, and from where on.
    async fn check(&self, call: &Call<'_>, connection: &mut Reader) -> Result<(SnapshotFilter, Start), Fault> {
        let params = self.params;
        self.check_region(call, connection).await?;
        let (created_from, created_until) = creation_times(params)?;
        if self.snapshot_ids.as_ref().is_some_and(|ids| ids.len() > SNAPSHOT_IDS_LIMIT) {
            return Err(Fault::from(&INVALID_SNAPSHOT_IDS));
        }
        self.check_snapshot_link(call, connection).await?;
        let origin = match params.text("SnapshotType") {
            None | Some("all") => None,
            Some("auto") => Some(Origin::Automatic),
            Some("user") => Some(Origin::User),
            Some(_) => return Err(Fault::from(&INVALID_SNAPSHOT_TYPE)),
        };
        let filter = SnapshotFilter {
            region_id: self.region_id.to_owned(),
            snapshot_ids: self.snapshot_ids.clone(),
            disk_id: params.owned("DiskId"),
            instance_id: params.owned("InstanceId"),
            snapshot_link_id: params.owned("SnapshotLinkId"),
            snapshot_name: params.owned("SnapshotName"),
            kms_key_id: params.owned("KMSKeyId"),
            resource_group_id: params.owned("ResourceGroupId"),
            encrypted: self.encrypted,
            created_from,
            created_until,
            origin,
            source_disk_type: lower_case(params, "SourceDiskType", &["system", "data"], &INVALID_SOURCE_DISK_TYPE)?,
            status: match params.text("Status") {
                Some("all") => None,
                _ => word::<Status>(params, "Status", &INVALID_STATUS)?,
            },
            tags: tags::filters(params)?,
            usage: word::<Usage>(params, "Usage", &INVALID_USAGE)?,
            category: lower_case(params, "Category", &["standard", "flash", "archive"], &INVALID_CATEGORY)?,
        };
        let start = self.paging.start(&filter)?;
        Ok((filter, start))
    }

    /// A region is known if it is public or if the sandbox has something there.
    async fn check_region(&self, call: &Call<'_>, connection: &mut Reader) -> Result<(), Fault> {
        let is_known = region::public(self.region_id).is_some()
            || snapshots::is_region_used(connection, call.scope(), self.region_id).await?;
        if is_known { Ok(()) } else { Err(Fault::from(&INVALID_REGION_ID)) }
    }

    async fn check_snapshot_link(&self, call: &Call<'_>, connection: &mut Reader) -> Result<(), Fault> {
        let Some(link) = self.params.text("SnapshotLinkId") else { return Ok(()) };
        if snapshots::does_link_exist(connection, call.scope(), self.region_id, link).await? {
            return Ok(());
        }
        Err(Fault::from(&INVALID_SNAPSHOT_LINK_ID))
    }
}

/// The bounds that `Filter.1` and `Filter.2` set on the creation time, both inclusive. Either key may stand in either slot.
fn creation_times(params: &Params) -> Result<(Option<Time>, Option<Time>), Fault> {
    let (mut from, mut until) = (None, None);
    for (key, value) in [("Filter.1.Key", "Filter.1.Value"), ("Filter.2.Key", "Filter.2.Value")] {
        let (key, value) = (params.text(key), params.text(value));
        let is_start = match key {
            None if value.is_none() => continue,
            Some("CreationStartTime") => true,
            Some("CreationEndTime") => false,
            None => return Err(Fault::from(&INVALID_FILTER_VALUE)),
            Some(_) => return Err(Fault::from(&INVALID_FILTER_KEY)),
        };
        let time: Time = value.and_then(|value| value.parse().ok()).ok_or(Fault::from(&INVALID_FILTER_VALUE))?;
        // Of two bounds of one kind both hold.
        if is_start {
            from = from.max(Some(time));
        } else {
            until = Some(until.map_or(time, |until: Time| until.min(time)));
        }
    }
    Ok((from, until))
}

/// One of the words of `T`, exactly as they are documented.
fn word<T: FromStr>(params: &Params, name: &str, row: &'static Row) -> Result<Option<T>, Fault> {
    params.text(name).map(str::parse).transpose().map_err(|_| Fault::from(row))
}

/// One of these words in any case, in lower case.
fn lower_case(params: &Params, name: &str, words: &[&str], row: &'static Row) -> Result<Option<String>, Fault> {
    let word = params.text(name).map(str::to_ascii_lowercase);
    match &word {
        Some(word) if !words.contains(&word.as_str()) => Err(Fault::from(row)),
        _ => Ok(word),
    }
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
