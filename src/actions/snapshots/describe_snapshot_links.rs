//! DescribeSnapshotLinks: the chains of snapshots of a region, by SnapshotLinkId. Snapshots without one are in no chain.
//!
//! A chain is of the disk and of the instance that its newest snapshot is of, whose category and disk it shows; filters are about
//! those. All snapshots of the chain count, and those that failed are of no size.
//!
//! An InstanceId is unknown if the region has neither such an instance nor a chain of one: instances that snapshots name need not
//! be there.

use serde::Serialize;

use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::actions::wrapped::{PageInfo, wrapped};
use crate::journal::effects;
use crate::model::instance::Instance;
use crate::model::instance_filter::InstanceFilter;
use crate::model::named::named;
use crate::model::paging::{Paging, Position, Start};
use crate::model::params::{Reading, Reason, Refusal};
use crate::model::snapshot_links::LinkFilter;
use crate::model::time::Time;
use crate::store::snapshot_links::Link;

pub static ACTION: Action = Action {
    name: "DescribeSnapshotLinks",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    UNKNOWN_INSTANCE = 400 "InvalidInstanceId.NotFound" "The specified instanceId is not exists.";
    UNKNOWN_REGION = 400 "InvalidRegionId" "The specified regionId is invalid.";
    INVALID_LINK_IDS = 400 "InvalidSnapshotLinkIds" "The specified snapshotLinkIds is invalid.";
    INVALID_DISK_IDS = 400 "InvalidDiskIds" "The specified diskIds is invalid.";
    {
        "internal" 500 "InternalError" "The request processing has failed due to some unknown error.";
    }
}

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::of(Reading::new(call.params), row);
    let filter = LinkFilter::read(checks.reading());
    let paging = Paging::read(checks.reading());
    checks.so_far()?;
    if !call.is_region_known(&filter.region_id).await? {
        return Err(Fault::from(&UNKNOWN_REGION));
    }
    if let Some(instance_id) = &filter.instance_id
        && !is_known(call, &filter.region_id, instance_id).await?
    {
        return Err(Fault::from(&UNKNOWN_INSTANCE));
    }
    let start = paging.start(&filter)?;

    let page = call.sandboxes.links(&call.view, &filter, &start, paging.limit()).await?;
    let next_token = paging.next_token(&page.links, &filter, |link| {
        // The order is that of the ids alone.
        Position { creation_time: Time(0), id: link.snapshot_link_id.clone() }
    });
    let shown = paging.cut(&page.links);
    effects::see(shown.len(), named(shown.iter().map(|link| link.snapshot_link_id.as_str())));
    let items = shown.iter().map(LinkItem::new);
    let page_info = PageInfo {
        page_number: paging.page_number,
        page_size: paging.page_size,
        total_count: page.total_count,
        next_token,
    };
    Ok(Box::new(Reply { snapshot_links: SnapshotLinks { items: items.collect() }, page_info }))
}

/// Whether there is such an instance in the region, or a chain of one.
async fn is_known(call: &ReadCall<'_>, region_id: &str, instance_id: &str) -> Result<bool, Fault> {
    let instance = InstanceFilter {
        region_id: Some(region_id.to_owned()),
        instance_ids: Some(vec![instance_id.to_owned()]),
        ..InstanceFilter::default()
    };
    if call.sandboxes.exists::<Instance>(&call.view, &instance).await? {
        return Ok(true);
    }
    let chains = LinkFilter {
        region_id: region_id.to_owned(),
        instance_id: Some(instance_id.to_owned()),
        ..LinkFilter::default()
    };
    Ok(call.sandboxes.links(&call.view, &chains, &Start::Offset(0), 1).await?.total_count > 0)
}

/// The row for ids that are no JSON array of at most 100.
fn row(refusal: &Refusal) -> Option<&'static Row> {
    match (refusal.parameter.as_str(), refusal.reason) {
        (_, Reason::Missing) => None,
        ("DiskIds", _) => Some(&INVALID_DISK_IDS),
        ("SnapshotLinkIds", _) => Some(&INVALID_LINK_IDS),
        _ => None,
    }
}

wrapped!(SnapshotLinks, "SnapshotLink");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    snapshot_links: SnapshotLinks<LinkItem>,
    #[serde(flatten)]
    page_info: PageInfo,
}

/// A chain as the reply shows it. A text that there is none of is empty.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LinkItem {
    region_id: String,
    snapshot_link_id: String,
    instance_id: String,
    instance_name: String,
    source_disk_id: String,
    source_disk_name: String,
    source_disk_type: String,
    /// GiB.
    source_disk_size: i32,
    category: String,
    instant_access: bool,
    total_count: i64,
    /// Bytes.
    total_size: i64,
}

impl LinkItem {
    fn new(link: &Link) -> Self {
        let newest = &link.newest.resource;
        Self {
            region_id: newest.region_id.clone(),
            snapshot_link_id: link.snapshot_link_id.clone(),
            instance_id: link.newest.derived.instance_id.clone().unwrap_or_default(),
            instance_name: link.instance_name.clone().unwrap_or_default(),
            source_disk_id: newest.source_disk_id.clone(),
            source_disk_name: link.disk_name.clone().unwrap_or_default(),
            source_disk_type: newest.source_disk_type.clone(),
            source_disk_size: newest.source_disk_size,
            category: newest.category.clone(),
            instant_access: newest.instant_access.unwrap_or(false),
            total_count: link.sum.count,
            total_size: link.sum.bytes,
        }
    }
}
