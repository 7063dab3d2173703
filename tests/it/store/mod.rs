mod columns;
mod derived;
mod migration;
mod migration_planned_faults;
mod migration_retention;
mod open;
mod plans;
mod plans_auto_snapshot_policies;
mod plans_disks;
mod plans_due;
mod plans_images;
mod plans_instances;
mod plans_journals;
mod plans_locks;
mod plans_narrowing;
mod plans_planned_faults;
mod plans_snapshot_groups;
mod plans_sums;
mod plans_tags;
mod plans_timelines;
mod restore;
mod space;

use ecs_mock::model::paging::Start;
use ecs_mock::store::{Reads, Table, lists};

use crate::support::{NOW, TestApp};

/// The plan of a page of a list, with its count if `counts`.
async fn plan<R: Table>(app: &TestApp, filter: &R::Filter, start: &Start, counts: bool) -> Vec<String> {
    let scope = lists::Scope { sandbox_id: 1, state_id: 1, now: NOW };
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    lists::explain::<R>(&mut session, scope, filter, start, 10, counts).await.unwrap()
}

/// The steps of a plan that search this table, or go through all of it.
fn steps_of<'p>(plan: &'p [String], table: &str) -> Vec<&'p str> {
    let of_table = |step: &&str| {
        let of = step.strip_prefix("SEARCH ").or_else(|| step.strip_prefix("SCAN "));
        of.and_then(|of| of.strip_prefix(table)).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    plan.iter().map(String::as_str).filter(of_table).collect()
}

/// The scripts of migrations, in their order.
const SCRIPTS: [&str; 19] = [
    "V1 initial",
    "V2 access_keys",
    "V3 state_versions",
    "V4 tags_in_order",
    "V5 kinds",
    "V6 indexes",
    "V7 uptime",
    "V8 tag_counts",
    "V9 retention_and_locks",
    "V10 snapshot_bytes",
    "V11 disk_filters",
    "V12 image_and_instance_filters",
    "V13 snapshot_groups",
    "V14 auto_snapshot_policies",
    "V15 journal",
    "V16 planned_faults",
    "V17 journal_begins",
    "V18 planned_fault_counts",
    "V19 journal_batch",
];
