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
