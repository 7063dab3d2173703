//! DescribeLockedSnapshots: the locks of the snapshots of a region, those that are over among them, a page at a time. No source says
//! in which order: they come as the snapshots do, newest first, then by id.

use std::collections::BTreeSet;

use serde::Serialize;

use super::locked_snapshot_info::LockedSnapshotInfo;
use super::shown;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::list::{Implied, List};
use crate::actions::output::Output;
use crate::actions::wrapped::page;
use crate::model::paging::{Paging, Sizes, Start};
use crate::model::params::{Reading, Reason, Refusal, Type};
use crate::model::snapshot::Snapshot;
use crate::model::snapshot_filter::{LockFilter, SnapshotFilter};

pub static ACTION: Action = Action {
    name: "DescribeLockedSnapshots",
    run: Run::List(|call| Box::pin(run(call)), &LIST),
    has_dry_run: true,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

static LIST: List<Snapshot> = List {
    asked: |call| Box::pin(asked(call)),
    read,
    paging: |reading| Paging::read_tokens(reading, Sizes::USUAL),
    implied: Some(Implied { name: "LockStatus", asked: "any", set: |filter| filter.lock = Some(LockFilter::Any) }),
    shown: shown::snapshot,
};

rows! {
    INVALID_LOCK_STATUS = 400 "InvalidLockStatus.Malformed"
        "The specified parameter LockStatus is invalid. Please check the valid range for this parameter.";
    INVALID_SNAPSHOT_LOCK = 404 "InvalidSnapshotLock.NotFound" "The specified snapshot(s) {} is(are) not locked.";
}

/// The parameters that are checked, in the order in which they are.
const CHECKED: [&str; 6] = ["DryRun", "LockStatus", "MaxResults", "NextToken", "RegionId", "SnapshotIds"];

/// N of SnapshotIds.N runs from 1 to this.
const IDS: u32 = 100;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    /// Without a wrapper around its items, as no other list of the API is.
    locked_snapshots_info: Vec<LockedSnapshotInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    let is_status = refusal.parameter == "LockStatus" && refusal.reason == Reason::NotPermitted;
    is_status.then_some(&INVALID_LOCK_STATUS)
}

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let (filter, paging) = (LIST.asked)(call).await?;
    let (rows, page_info) = page::<Snapshot>(call, &filter, &paging).await?;
    let infos = rows.iter().filter_map(|row| {
        let lock = row.resource.lock.as_ref()?;
        Some(LockedSnapshotInfo::new(&row.resource, lock, rows.now()))
    });
    Ok(Box::new(Reply { locked_snapshots_info: infos.collect(), next_token: page_info.next_token }))
}

/// Makes all checks.
async fn asked(call: &ReadCall<'_>) -> Result<(SnapshotFilter, Paging), Fault> {
    let mut checks = Checks::of(Reading::in_order(call.params, &CHECKED), row);
    checks.reading().boolean("DryRun");
    checks.reading().required("RegionId");
    let filter = LIST.filter(checks.reading());
    let paging = (LIST.paging)(checks.reading());
    checks.so_far()?;
    check_locked(call, &SnapshotFilter { lock: Some(LockFilter::Any), ..filter.clone() }).await?;
    Ok((filter, paging))
}

/// Reads the parameters that say which locks.
fn read(reading: &mut Reading<'_>) -> SnapshotFilter {
    let lock_status = reading.word("LockStatus", "compliance-cooloff, compliance or expired");
    SnapshotFilter {
        lock: lock_status.map(LockFilter::Status),
        region_id: reading.owned("RegionId"),
        snapshot_ids: ids(reading),
        ..SnapshotFilter::default()
    }
}

/// `SnapshotIds.N`, in order and each once; `None` if there is none.
fn ids(reading: &mut Reading<'_>) -> Option<Vec<String>> {
    reading.ask("SnapshotIds.N", Type::Text, "at most 100 ids");
    let ids = reading.params().listed("SnapshotIds");
    if let Some(n) = ids.keys().find(|n| !(1..=IDS).contains(*n)) {
        reading.refuse(Refusal::new(format!("SnapshotIds.{n}"), Reason::TooMany, "an N from 1 to 100"));
    }
    let ids: BTreeSet<&str> = ids.into_values().collect();
    (!ids.is_empty()).then(|| ids.into_iter().map(str::to_owned).collect())
}

/// Whether each snapshot that the request names has a lock, be it over.
async fn check_locked(call: &ReadCall<'_>, filter: &SnapshotFilter) -> Result<(), Fault> {
    let Some(ids) = &filter.snapshot_ids else { return Ok(()) };
    let limit = i64::from(IDS);
    let locked = call.sandboxes.page::<Snapshot>(&call.view, filter, &Start::Offset(0), limit).await?;
    let locked: BTreeSet<&str> = locked.page.rows.iter().map(|row| row.resource.snapshot_id.as_str()).collect();
    let others: Vec<&str> = ids.iter().map(String::as_str).filter(|id| !locked.contains(id)).collect();
    if others.is_empty() { Ok(()) } else { Err(INVALID_SNAPSHOT_LOCK.about(&others.join(","))) }
}
