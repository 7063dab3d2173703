//! The plans of explanations: each count searches an index, one resource is found by its key, and so it is in other sandboxes.

use ecs_mock::model::snapshot::{self, Snapshot};
use ecs_mock::model::snapshot_filter::SnapshotFilter;
use ecs_mock::model::tags::TagFilter;
use ecs_mock::store::lists::Scope;
use ecs_mock::store::{Reads, narrowing};

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
    for (filter, index) in [
        (named, "snapshot_by_name (state_id=? AND region_id=? AND snapshot_name=?)"),
        (in_region(), " (state_id=? AND region_id=?)"),
        (
            SnapshotFilter { region_id: in_region().region_id, ..by_tag.clone() },
            "tag_0 USING COVERING INDEX tag_by_value",
        ),
    ] {
        let [count, one, all_but] =
            narrowing::explain::<Snapshot>(&mut session, SCOPE, &filter, &by_tag).await.unwrap();
        assert!(searches(&count, index), "{count:#?}");
        assert!(searches(&all_but, index) && searches(&all_but, key), "{all_but:#?}");
        assert!(searches(&one, key), "{one:#?}");
        let all = [count, one, all_but].concat();
        assert!(!all.iter().any(|step| step.starts_with("SCAN snapshot") || step.starts_with("SCAN tag")), "{all:#?}");
    }
}

#[actix_web::test]
async fn each_sandbox_is_asked_by_the_key() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plan = narrowing::explain_sandbox(&mut session, &snapshot::KIND, SCOPE).await.unwrap();
    assert!(searches(&plan, "sqlite_autoindex_snapshot_1 (state_id=? AND id=?)"), "{plan:#?}");
}
