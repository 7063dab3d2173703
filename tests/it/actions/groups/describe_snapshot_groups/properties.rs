//! For any state, filters agree with a naive evaluation.

use actix_web::rt::System;
use ecs_mock::model::paging::Start;
use ecs_mock::model::snapshot::{self, Outcome, Snapshot, Status};
use ecs_mock::model::snapshot_group::{self, SnapshotGroup};
use ecs_mock::model::snapshot_group_filter::SnapshotGroupFilter;
use ecs_mock::model::tags::{Tag, TagFilter};
use ecs_mock::model::time::Time;
use ecs_mock::store::{Reads, lists};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::actions::naive::{boxed, fill, has_tags, ids, owned};
use crate::support::{NOW, TestApp, property};

const STATUSES: [Status; 3] = [Status::Progressing, Status::Accomplished, Status::Failed];
const SNAPSHOTS: usize = 12;
const GROUPS: usize = 20;

/// Few values for each field, so that filters meet them. Half of the snapshots are in each of two regions.
fn snapshot() -> impl Strategy<Value = Snapshot> {
    let time = || option::of((-3..=3_i64).prop_map(|offset| NOW.plus(offset)));
    let outcome = select(vec![Outcome::Accomplished, Outcome::Failed]);
    let instance = option::weighted(0.9, select(vec!["i-1", "i-1", "i-1", "i-2"]));
    let pinned = option::weighted(0.2, select(STATUSES.to_vec()));
    (time(), time(), outcome, instance, pinned).prop_map(|(ready, expiration, outcome, instance, pinned)| Snapshot {
        creation_time: NOW,
        source_disk_id: "d-gone".to_owned(),
        ready_time: ready,
        outcome: ready.map(|_| outcome),
        expiration_time: expiration,
        instance_id: owned(instance),
        pinned_status: pinned,
        ..Snapshot::default()
    })
}

fn group() -> impl Strategy<Value = (SnapshotGroup, Vec<usize>)> {
    let small = || option::of(select(vec!["x", "y"]));
    let members = subsequence((0..SNAPSHOTS / 2).collect::<Vec<_>>(), 0..4);
    let instance = option::weighted(0.3, select(vec!["i-1", "i-2"]));
    (small(), small(), instance, members, option::of(select(vec!["", "1"])), -2..=2_i64, any::<bool>()).prop_map(
        |(name, resource_group, instance, members, tag, offset, is_far)| {
            let group = SnapshotGroup {
                region_id: if is_far { "cn-beijing" } else { "cn-hangzhou" }.to_owned(),
                name: owned(name),
                resource_group_id: owned(resource_group),
                instance_id: owned(instance),
                creation_time: NOW.plus(offset),
                tags: tag.map(|value| Tag { key: "k".to_owned(), value: value.to_owned() }).into_iter().collect(),
                ..SnapshotGroup::default()
            };
            let members = members.into_iter().map(|number| number + if is_far { SNAPSHOTS / 2 } else { 0 });
            (group, members.collect())
        },
    )
}

fn filter() -> impl Strategy<Value = SnapshotGroupFilter> {
    let word = |words: Vec<&'static str>| option::weighted(0.2, select(words));
    let ids = option::weighted(0.2, vec((0..GROUPS).prop_map(|number| format!("ssg-{number}")), 0..15));
    let tag = option::weighted(0.2, option::of(select(vec!["", "1"])));
    let region = option::weighted(0.8, Just("cn-hangzhou"));
    let instance = option::weighted(0.3, select(vec!["i-1", "i-2", "i-3"]));
    let statuses = subsequence(STATUSES.to_vec(), 0..3);
    (region, ids, instance, word(vec!["x", "z"]), word(vec!["y"]), statuses, tag).prop_map(
        |(region, snapshot_group_ids, instance, name, resource_group, statuses, tag)| SnapshotGroupFilter {
            region_id: owned(region),
            snapshot_group_ids,
            instance_id: owned(instance),
            name: owned(name),
            resource_group_id: owned(resource_group),
            statuses,
            tags: tag.map(|value| TagFilter { key: "k".to_owned(), value: owned(value) }).into_iter().collect(),
        },
    )
}

fn status(snapshot: &Snapshot, now: Time) -> Status {
    match (snapshot.pinned_status, snapshot.ready_time) {
        (Some(status), _) => status,
        (None, Some(ready)) if ready > now => Status::Progressing,
        (None, Some(_)) if snapshot.outcome == Some(Outcome::Failed) => Status::Failed,
        _ => Status::Accomplished,
    }
}

/// What the documentation says of each parameter, one row at a time.
fn matches(row: &SnapshotGroup, all: &[Snapshot], filter: &SnapshotGroupFilter, now: Time) -> bool {
    let is = |wanted: &Option<String>, value: Option<&str>| wanted.is_none() || wanted.as_deref() == value;
    let is_there = |snapshot: &&Snapshot| {
        row.snapshot_ids.contains(&snapshot.snapshot_id) && snapshot.expiration_time.is_none_or(|time| now < time)
    };
    let members: Vec<&Snapshot> = all.iter().filter(is_there).collect();
    let has = |wanted| members.iter().any(|member| status(member, now) == wanted);
    let own_status = if has(Status::Failed) {
        Status::Failed
    } else if has(Status::Progressing) {
        Status::Progressing
    } else {
        Status::Accomplished
    };
    let first = members.first().and_then(|member| member.instance_id.as_deref());
    let shared = first.filter(|first| members.iter().all(|member| member.instance_id.as_deref() == Some(*first)));
    !members.is_empty()
        && is(&filter.region_id, Some(&row.region_id))
        && filter.snapshot_group_ids.as_ref().is_none_or(|ids| ids.contains(&row.snapshot_group_id))
        && is(&filter.name, row.name.as_deref())
        && is(&filter.resource_group_id, row.resource_group_id.as_deref())
        && is(&filter.instance_id, row.instance_id.as_deref().or(shared))
        && (filter.statuses.is_empty() || filter.statuses.contains(&own_status))
        && has_tags(&row.tags, &filter.tags)
}

/// Replaces what is in the sandbox by these.
async fn fill_with(app: &TestApp, groups: &[SnapshotGroup], snapshots: &[Snapshot]) {
    let gone = vec![(&snapshot_group::KIND, ids("ssg-", GROUPS)), (&snapshot::KIND, ids("s-", SNAPSHOTS))];
    fill(app, gone, boxed(snapshots).chain(boxed(groups)).collect()).await;
}

/// Snapshots and groups with ids, and with the regions and snapshots that they are to have.
fn state() -> impl Strategy<Value = (Vec<Snapshot>, Vec<SnapshotGroup>)> {
    (vec(snapshot(), SNAPSHOTS), vec(group(), 0..GROUPS)).prop_map(|(snapshots, groups)| {
        let snapshots = snapshots.into_iter().enumerate().map(|(number, snapshot)| Snapshot {
            snapshot_id: format!("s-{number}"),
            region_id: if number < SNAPSHOTS / 2 { "cn-hangzhou" } else { "cn-beijing" }.to_owned(),
            ..snapshot
        });
        let groups = groups.into_iter().enumerate().map(|(number, (group, members))| {
            let mut snapshot_ids: Vec<String> = members.iter().map(|member| format!("s-{member}")).collect();
            snapshot_ids.sort();
            SnapshotGroup { snapshot_group_id: format!("ssg-{}", (number * 7) % GROUPS), snapshot_ids, ..group }
        });
        (snapshots.collect(), groups.collect())
    })
}

#[test]
fn filters_agree_with_a_naive_evaluation() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let outcome =
        property(60).run(&(state(), vec(filter(), 20), -4..=4_i64), |((snapshots, rows), filters, offset)| {
            system.block_on(async {
                fill_with(&app, &rows, &snapshots).await;
                let now = NOW.plus(offset);
                let sandboxes = &app.app().sandboxes;
                let view = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap();
                let scope = lists::Scope { now, ..view.scope() };
                let mut session = app.app().store.read(Reads::One).await.unwrap();
                for filter in &filters {
                    let page =
                        lists::list::<SnapshotGroup>(&mut session, scope, filter, &Start::Offset(0), 1_000).await;
                    let page = page.unwrap();
                    let ids: Vec<&str> = page.rows.iter().map(|row| row.resource.snapshot_group_id.as_str()).collect();
                    let mut expected: Vec<&SnapshotGroup> =
                        rows.iter().filter(|row| matches(row, &snapshots, filter, now)).collect();
                    expected.sort_by_key(|row| (std::cmp::Reverse(row.creation_time), row.snapshot_group_id.clone()));
                    let expected: Vec<&str> = expected.iter().map(|row| row.snapshot_group_id.as_str()).collect();
                    prop_assert_eq!(page.total_count, i64::try_from(expected.len()).unwrap(), "{:?}", filter);
                    prop_assert_eq!(ids, expected, "{:?}", filter);
                    for row in &page.rows {
                        // A filter's SQL and what is shown say the same.
                        let status = row.derived.status(now);
                        prop_assert!(filter.statuses.is_empty() || filter.statuses.contains(&status));
                        let instance = row.resource.instance_id.as_deref().or_else(|| row.derived.instance_id(now));
                        prop_assert!(filter.instance_id.is_none() || filter.instance_id.as_deref() == instance);
                        prop_assert!(row.derived.members(now).count() > 0);
                    }
                }
                Ok(())
            })
        });
    outcome.unwrap();
}
