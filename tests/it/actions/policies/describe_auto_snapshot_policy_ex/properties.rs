//! What holds for any state: filters agree with a naive evaluation.

use actix_web::rt::System;
use ecs_mock::model::auto_snapshot_policy::{self, AutoSnapshotPolicy};
use ecs_mock::model::auto_snapshot_policy_filter::AutoSnapshotPolicyFilter;
use ecs_mock::model::paging::Start;
use ecs_mock::model::tags::{Tag, TagFilter};
use ecs_mock::store::{Reads, lists};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::actions::naive::{boxed, fill, has_tags, ids};
use crate::support::{NOW, TestApp, property};

/// Few values for each field, so that filters meet them.
fn policy() -> impl Strategy<Value = AutoSnapshotPolicy> {
    let tags = (option::of(select(vec!["", "1", "2"])), option::of(select(vec!["1", "2"])));
    let place = (select(vec!["cn-hangzhou", "cn-hangzhou", "cn-beijing"]), -3..=3_i64);
    (place, select(vec!["", "a", "A"]), option::of(select(vec!["x", "y"])), tags).prop_map(
        |((region_id, age), name, group, tags)| {
            let tags = [("k", tags.0), ("l", tags.1)]
                .into_iter()
                .filter_map(|(key, value)| value.map(|value| Tag { key: key.to_owned(), value: value.to_owned() }));
            AutoSnapshotPolicy {
                region_id: region_id.to_owned(),
                creation_time: NOW.plus(age),
                auto_snapshot_policy_name: name.to_owned(),
                resource_group_id: group.map(str::to_owned),
                tags: tags.collect(),
                ..AutoSnapshotPolicy::default()
            }
        },
    )
}

/// Ids in an order that has nothing to do with anything else.
fn named(mut rows: Vec<AutoSnapshotPolicy>) -> Vec<AutoSnapshotPolicy> {
    for (index, row) in rows.iter_mut().enumerate() {
        row.auto_snapshot_policy_id = format!("sp-{}", (index * 37) % 101);
    }
    rows
}

fn filter() -> impl Strategy<Value = AutoSnapshotPolicyFilter> {
    let word = |words: Vec<&'static str>| option::weighted(0.3, select(words).prop_map(str::to_owned));
    let time = || option::weighted(0.2, (-3..=3_i64).prop_map(|offset| NOW.plus(offset)));
    let tag = (select(vec!["k", "l"]), option::of(select(vec!["", "1", "2"])));
    let ids = option::weighted(0.2, vec((0..101_u32).prop_map(|number| format!("sp-{number}")), 0..60));
    (word(vec!["a", "A", "b"]), word(vec!["x", "y", "z"]), time(), time(), vec(tag, 0..3), ids).prop_map(
        |(name, resource_group_id, created_from, created_until, tags, auto_snapshot_policy_ids)| {
            let mut tags: Vec<TagFilter> = tags
                .into_iter()
                .map(|(key, value)| TagFilter { key: key.to_owned(), value: value.map(str::to_owned) })
                .collect();
            tags.sort();
            tags.dedup();
            AutoSnapshotPolicyFilter {
                region_id: Some("cn-hangzhou".to_owned()),
                auto_snapshot_policy_ids,
                auto_snapshot_policy_name: name,
                resource_group_id,
                created_from,
                created_until,
                tags,
            }
        },
    )
}

/// What the documentation says of each parameter, one row at a time.
fn matches(row: &AutoSnapshotPolicy, filter: &AutoSnapshotPolicyFilter) -> bool {
    filter.region_id.as_ref() == Some(&row.region_id)
        && filter.auto_snapshot_policy_ids.as_ref().is_none_or(|ids| ids.contains(&row.auto_snapshot_policy_id))
        && filter.auto_snapshot_policy_name.as_ref().is_none_or(|name| *name == row.auto_snapshot_policy_name)
        && filter.resource_group_id.as_ref().is_none_or(|group| row.resource_group_id.as_ref() == Some(group))
        && filter.created_from.is_none_or(|from| from <= row.creation_time)
        && filter.created_until.is_none_or(|until| row.creation_time <= until)
        && has_tags(&row.tags, &filter.tags)
}

#[test]
fn filters_agree_with_a_naive_evaluation() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let cases = (vec(policy(), 0..60).prop_map(named), vec(filter(), 20));
    let outcome = property(40).run(&cases, |(rows, filters)| {
        system.block_on(async {
            fill(&app, vec![(&auto_snapshot_policy::KIND, ids("sp-", 101))], boxed(&rows).collect()).await;
            let sandboxes = &app.app().sandboxes;
            let view = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap();
            let mut session = app.app().store.read(Reads::One).await.unwrap();
            for filter in &filters {
                let start = Start::Offset(0);
                let page = lists::list::<AutoSnapshotPolicy>(&mut session, view.scope(), filter, &start, 1_000);
                let page = page.await.unwrap();
                let mut expected: Vec<&AutoSnapshotPolicy> = rows.iter().filter(|row| matches(row, filter)).collect();
                expected.sort_by_key(|row| (std::cmp::Reverse(row.creation_time), &row.auto_snapshot_policy_id));
                prop_assert_eq!(page.total_count, i64::try_from(expected.len()).unwrap(), "{:?}", filter);
                let found: Vec<&AutoSnapshotPolicy> = page.rows.iter().map(|row| &row.resource).collect();
                prop_assert_eq!(found, expected, "{:?}", filter);
            }
            Ok(())
        })
    });
    outcome.unwrap();
}
