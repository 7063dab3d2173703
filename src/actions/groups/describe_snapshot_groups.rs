//! DescribeSnapshotGroups: the groups of snapshots of a region that meet all given conditions, each with its snapshots, a page at a
//! time. No source says in which order: they come as snapshots do, newest first, then by id.
//!
//! A group is there while one of its snapshots is; those that expired are neither shown nor counted. An InstanceId matches the one
//! that the group names, or, if it names none, the one that all of its snapshots belong to.

use std::collections::BTreeSet;

use serde::Serialize;

use super::rows::INVALID_REGION_ID;
use super::shown;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{DUPLICATE_TAG_KEY, Fault, Row, Unreachable, rows};
use crate::actions::list::{Described, List};
use crate::actions::output::Output;
use crate::actions::wrapped::{KeyValueTags, listed, page, wrapped};
use crate::model::filter::Filter as _;
use crate::model::instance::Instance;
use crate::model::instance_filter::InstanceFilter;
use crate::model::paging::{Paging, Sizes};
use crate::model::params::{Reading, Reason, Refusal};
use crate::model::snapshot::{Snapshot, Status};
use crate::model::snapshot_group::SnapshotGroup;
use crate::model::snapshot_group_filter::SnapshotGroupFilter;
use crate::model::tags;
use crate::model::time::Time;
use crate::store::Stored;

pub static ACTION: Action = Action {
    name: "DescribeSnapshotGroups",
    run: Run::List(|call| Box::pin(run(call)), &LIST),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &["AdditionalAttributes.N"],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

static LIST: List<SnapshotGroup> = List {
    asked: |call| Box::pin(asked(call)),
    read: SnapshotGroupFilter::read,
    paging: |reading| Paging::read_tokens(reading, Sizes::USUAL),
    implied: None,
    shown: shown::snapshot_group,
};

impl Described for SnapshotGroup {
    const LIST: &'static List<Self> = &LIST;
}

rows! {
    INVALID_STATUS = 403 "InvalidStatus.ValueNotSupported"
        "The specified parameter status is not valid. The expected status is progressing, accomplished or failed.";
    INVALID_INSTANCE_ID = 404 "InvalidInstanceId.NotFound" "The InstanceId provided does not exist in our records.";
    [DUPLICATE_TAG_KEY, INVALID_REGION_ID]
    {
        "attributes" 403 "InvalidSnapshotGroupId.MustBeOne"
            "The size of SnapshotGroupIds must be one when AdditionalAttributes has SNAPSHOT_GROUP_PROGRESS_STATUS.";
    }
}

/// The parameters that are checked, in the order in which they are.
const CHECKED: [&str; 10] = [
    "InstanceId",
    "MaxResults",
    "Name",
    "NextToken",
    "RegionId",
    "ResourceGroupId",
    "SnapshotGroupId",
    "SnapshotGroupIds",
    "Status",
    "Tag",
];

fn row(refusal: &Refusal) -> Option<&'static Row> {
    let is_status = refusal.family() == "Status" && refusal.reason == Reason::NotPermitted;
    is_status.then_some(&INVALID_STATUS)
}

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let (filter, paging) = (LIST.asked)(call).await?;
    let (rows, page_info) = page::<SnapshotGroup>(call, &filter, &paging).await?;
    call.view.tell_of_waiting(|| {
        let mut members = rows.iter().flat_map(|row| row.derived.members(rows.now()));
        members.any(|member| member.resource.remain_time(rows.now()).is_some())
    });
    Ok(Box::new(Reply { snapshot_groups: SnapshotGroups(rows), next_token: page_info.next_token }))
}

/// Makes all checks.
async fn asked(call: &ReadCall<'_>) -> Result<(SnapshotGroupFilter, Paging), Fault> {
    let mut checks = Checks::of(Reading::in_order(call.params, &CHECKED), row);
    let paging = (LIST.paging)(checks.reading());
    let region_id = checks.reading().required("RegionId");
    let filter = LIST.filter(checks.reading());
    let keys: Vec<&str> = tags::numbered(call.params).into_values().filter_map(|(key, _)| key).collect();
    checks.value(keys.iter().collect::<BTreeSet<_>>().len() == keys.len(), &DUPLICATE_TAG_KEY);
    checks.so_far()?;

    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    if let Some(instance_id) = &filter.instance_id {
        check_instance(call, region_id, instance_id).await?;
    }
    Ok((filter, paging))
}

/// Whether an instance is there, or a group is of it though it is gone.
async fn check_instance(call: &ReadCall<'_>, region_id: &str, instance_id: &str) -> Result<(), Fault> {
    let (region_id, instance_id) = (Some(region_id.to_owned()), instance_id.to_owned());
    let there = InstanceFilter { region_id: region_id.clone(), ..InstanceFilter::default() };
    if call.sandboxes.exists::<Instance>(&call.view, &there.by_ids(vec![instance_id.clone()])).await? {
        return Ok(());
    }
    let of_it = SnapshotGroupFilter { region_id, instance_id: Some(instance_id), ..SnapshotGroupFilter::default() };
    if call.sandboxes.exists::<SnapshotGroup>(&call.view, &of_it).await? {
        return Ok(());
    }
    Err(Fault::from(&INVALID_INSTANCE_ID))
}

listed!(SnapshotGroups, "SnapshotGroup", SnapshotGroup, SnapshotGroupItem);
wrapped!(Snapshots, "Snapshot");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    snapshot_groups: SnapshotGroups,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A group as the reply shows it. `None` leaves a field out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapshotGroupItem<'a> {
    status: Status,
    description: &'a str,
    snapshots: Snapshots<SnapshotItem<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    snapshot_group_id: &'a str,
    creation_time: Time,
    tags: KeyValueTags<'a>,
}

impl<'a> SnapshotGroupItem<'a> {
    fn new(Stored { resource: group, derived }: &'a Stored<SnapshotGroup>, now: Time) -> Self {
        let members = derived.members(now).map(|member| SnapshotItem::new(&member.resource, now));
        Self {
            status: derived.status(now),
            description: &group.description,
            snapshots: Snapshots { items: members.collect() },
            resource_group_id: group.resource_group_id.as_deref(),
            instance_id: group.instance_id.as_deref().or_else(|| derived.instance_id(now)),
            name: group.name.as_deref(),
            snapshot_group_id: &group.snapshot_group_id,
            creation_time: group.creation_time,
            tags: KeyValueTags::new(&group.tags),
        }
    }
}

/// A snapshot of a group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapshotItem<'a> {
    source_disk_id: &'a str,
    source_disk_type: &'a str,
    snapshot_id: &'a str,
    /// With its percent sign.
    progress: String,
    available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    instant_access: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instant_access_retention_days: Option<i32>,
    tags: KeyValueTags<'a>,
}

impl<'a> SnapshotItem<'a> {
    fn new(snapshot: &'a Snapshot, now: Time) -> Self {
        Self {
            source_disk_id: &snapshot.source_disk_id,
            source_disk_type: &snapshot.source_disk_type,
            snapshot_id: &snapshot.snapshot_id,
            progress: format!("{}%", snapshot.progress(now)),
            available: snapshot.is_available(now),
            instant_access: snapshot.instant_access,
            instant_access_retention_days: snapshot.instant_access_retention_days,
            tags: KeyValueTags::new(&snapshot.tags),
        }
    }
}
