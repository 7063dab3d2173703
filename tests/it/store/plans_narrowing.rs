//! The plans of explanations: each count searches an index, one resource is found by its key, and so it is in other sandboxes. And
//! how many rows are looked at where no index helps.

use ecs_mock::model::paging::Position;
use ecs_mock::model::snapshot::{self, Snapshot, Status, Usage};
use ecs_mock::model::snapshot_filter::SnapshotFilter;
use ecs_mock::model::tags::TagFilter;
use ecs_mock::store::Reads;
use ecs_mock::store::lists::Scope;
use ecs_mock::store::narrowing::{self, Sums, Walk};
use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

const SCOPE: Scope = Scope { sandbox_id: 1, state_id: 1, now: NOW };

fn in_region() -> SnapshotFilter {
    SnapshotFilter { region_id: Some("cn-hangzhou".to_owned()), ..SnapshotFilter::default() }
}

fn searches(plan: &[String], index: &str) -> bool {
    plan.iter().any(|step| step.starts_with("SEARCH") && step.contains(index))
}

#[actix_web::test]
async fn conditions_are_counted_and_met_by_indexes() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let tag = TagFilter { key: "env".to_owned(), value: Some("prod".to_owned()) };
    let by_tag = SnapshotFilter { tags: vec![tag], ..SnapshotFilter::default() };
    let named = SnapshotFilter { snapshot_name: Some("a".to_owned()), ..in_region() };
    let key = "sqlite_autoindex_snapshot_1 (state_id=? AND id=?)";
    let with_tag = SnapshotFilter { region_id: in_region().region_id, ..by_tag.clone() };
    for (filter, index) in [
        (named, "snapshot_by_name (state_id=? AND region_id=? AND snapshot_name=?)"),
        (in_region(), " (state_id=? AND region_id=?)"),
        (with_tag.clone(), "tag_0 USING COVERING INDEX tag_by_value"),
    ] {
        let [count, one, sums, merged, all_but_one] =
            narrowing::explain::<Snapshot>(&mut session, SCOPE, &filter, &with_tag, &by_tag).await.unwrap();
        assert!(searches(&count, index), "{count:#?}");
        // Neither of the lists is sorted or kept; the rows that they have in common are found by the key.
        assert!(merged.iter().any(|step| step == "MERGE (INTERSECT)") && searches(&merged, key), "{merged:#?}");
        for walk in [&sums, &merged, &all_but_one] {
            assert!(searches(walk, index) && searches(walk, "held USING"), "{walk:#?}");
            // The rows lie in the order of pages, and a walk ends where enough of them are found.
            assert!(!walk.iter().any(|step| step.contains("TEMP B-TREE")), "{walk:#?}");
        }
        assert!(searches(&one, key), "{one:#?}");
        let all = [count, one, sums, merged, all_but_one].concat();
        assert!(!all.iter().any(|step| step.starts_with("SCAN snapshot") || step.starts_with("SCAN tag")), "{all:#?}");
    }
}

#[actix_web::test]
async fn it_is_known_which_conditions_have_an_index() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let tag = TagFilter { key: "env".to_owned(), value: None };
    let of = SnapshotFilter::default;
    for (filter, has_one) in [
        (SnapshotFilter { disk_id: Some("d-1".to_owned()), ..of() }, true),
        (SnapshotFilter { snapshot_name: Some("a".to_owned()), ..of() }, true),
        (SnapshotFilter { kms_key_id: Some("k".to_owned()), ..of() }, true),
        (SnapshotFilter { snapshot_ids: Some(vec!["s-1".to_owned()]), ..of() }, true),
        (SnapshotFilter { created_from: Some(NOW), ..of() }, true),
        (SnapshotFilter { tags: vec![tag], ..of() }, true),
        (of(), false),
        (SnapshotFilter { encrypted: true, ..of() }, false),
        (SnapshotFilter { category: Some("archive".to_owned()), ..of() }, false),
    ] {
        let filter = SnapshotFilter { region_id: in_region().region_id, ..filter };
        let is_selective = narrowing::is_selective::<Snapshot>(&mut session, SCOPE, &filter).await.unwrap();
        assert_eq!(is_selective, has_one, "{filter:?}");
    }
}

#[actix_web::test]
async fn a_walk_looks_at_no_more_rows_than_it_may() {
    let app = TestApp::empty().await;
    let snapshots: Vec<Value> = (0..10)
        .map(|number| {
            let usage = if number % 2 == 0 { "image" } else { "none" };
            let status = if number < 4 { "failed" } else { "accomplished" };
            json!({"SnapshotId": format!("s-{number}"), "CreationTime": NOW.plus(-number).to_string(), "Usage": usage,
                "Status": status})
        })
        .collect();
    app.arrange("PUT", "/state", json!({"Snapshots": snapshots})).await;
    let sandboxes = &app.app().sandboxes;
    let view = sandboxes.view(&sandboxes.by_name("default").unwrap()).await.unwrap();
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let lists = [in_region()];
    let conditions = [
        SnapshotFilter { usage: Some(Usage::Image), ..SnapshotFilter::default() },
        SnapshotFilter { status: Some(Status::Failed), ..SnapshotFilter::default() },
    ];
    let third = Position { creation_time: NOW.plus(-3), id: "s-3".to_owned() };
    for (before, skip, limit, sums, expected) in [
        (None, 0, 100, Sums::Each, (10, vec![5, 4])),
        (None, 0, 100, Sums::Chain, (10, vec![5, 2])),
        (None, 0, 3, Sums::Each, (3, vec![2, 3])),
        (None, 3, 3, Sums::Each, (3, vec![1, 1])),
        (None, 9, 3, Sums::Chain, (1, vec![0, 0])),
        (Some(&third), 0, 100, Sums::Chain, (3, vec![2, 2])),
    ] {
        let walk = Walk { lists: &lists, conditions: &conditions, before, skip, limit };
        let walked = narrowing::sums::<Snapshot>(&mut session, view.scope(), &walk, sums).await.unwrap();
        assert_eq!((walked.rows, walked.sums), expected, "{walk:?} {sums:?}");
    }
    for (failing, limit, expected) in [
        (None, 100, vec![("s-1", 0), ("s-3", 0), ("s-4", 1)]),
        (None, 2, vec![("s-1", 0)]),
        (Some(1), 100, vec![("s-4", 1), ("s-6", 1), ("s-8", 1)]),
        (Some(1), 5, vec![("s-4", 1)]),
    ] {
        let walk = Walk { lists: &lists, conditions: &conditions, before: None, skip: 0, limit };
        let found = narrowing::all_but_one::<Snapshot>(&mut session, view.scope(), &walk, failing, 3).await.unwrap();
        let found: Vec<(&str, usize)> = found.iter().map(|(id, number)| (id.as_str(), *number)).collect();
        assert_eq!(found, expected, "{failing:?} of {limit}");
    }
}

#[actix_web::test]
async fn each_sandbox_is_asked_by_the_key() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plan = narrowing::explain_sandbox(&mut session, &snapshot::KIND, SCOPE).await.unwrap();
    assert!(searches(&plan, "sqlite_autoindex_snapshot_1 (state_id=? AND id=?)"), "{plan:#?}");
}
