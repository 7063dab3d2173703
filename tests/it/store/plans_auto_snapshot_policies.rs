//! The plan of each filter of automatic snapshot policies: which index it searches, and that pages need no sort.

use ecs_mock::model::auto_snapshot_policy::AutoSnapshotPolicy;
use ecs_mock::model::auto_snapshot_policy_filter::AutoSnapshotPolicyFilter;
use ecs_mock::model::paging::{Position, Start};
use ecs_mock::model::tags::TagFilter;

use super::plan;
use crate::support::{NOW, TestApp};

/// How the rows of the page are found, and how they are counted.
async fn searches(app: &TestApp, filter: &AutoSnapshotPolicyFilter, start: &Start) -> [String; 2] {
    let mut plan = plan::<AutoSnapshotPolicy>(app, filter, start, true).await;
    assert!(!plan.iter().any(|step| step.starts_with("SCAN auto_snapshot_policy")), "{plan:#?}");
    plan.retain(|step| {
        step.starts_with("SEARCH auto_snapshot_policy USING") && !step.contains("auto_snapshot_policy_by_expiration")
    });
    assert_eq!(plan.len(), 2, "one for the count, one for the page: {plan:#?}");
    let uncounted = self::plan::<AutoSnapshotPolicy>(app, filter, start, false).await;
    assert!(uncounted.contains(&plan[1]), "the same where the count is remembered: {uncounted:#?}");
    [plan.pop().unwrap(), plan.pop().unwrap()]
}

fn in_region() -> AutoSnapshotPolicyFilter {
    AutoSnapshotPolicyFilter { region_id: Some("cn-hangzhou".to_owned()), ..AutoSnapshotPolicyFilter::default() }
}

#[actix_web::test]
async fn each_filter_searches_its_index() {
    let app = TestApp::empty().await;
    let x = Some("x".to_owned());
    for (name, filter, expected) in [
        ("none", in_region(), "INDEX auto_snapshot_policy_by_creation (state_id=? AND region_id=?)"),
        (
            "AutoSnapshotPolicyId",
            AutoSnapshotPolicyFilter { auto_snapshot_policy_ids: Some(vec!["sp-1".to_owned()]), ..in_region() },
            "INDEX sqlite_autoindex_auto_snapshot_policy_1 (state_id=? AND id=?)",
        ),
        (
            "AutoSnapshotPolicyName",
            AutoSnapshotPolicyFilter { auto_snapshot_policy_name: x.clone(), ..in_region() },
            "INDEX auto_snapshot_policy_by_name (state_id=? AND region_id=? AND auto_snapshot_policy_name=?)",
        ),
        (
            "ResourceGroupId",
            AutoSnapshotPolicyFilter { resource_group_id: x.clone(), ..in_region() },
            "INDEX auto_snapshot_policy_by_resource_group (state_id=? AND region_id=? AND resource_group_id=?)",
        ),
        (
            "Filter.1",
            AutoSnapshotPolicyFilter { created_from: Some(NOW), ..in_region() },
            "INDEX auto_snapshot_policy_by_creation (state_id=? AND region_id=? AND reverse_time<?)",
        ),
        (
            "Filter.2",
            AutoSnapshotPolicyFilter { created_until: Some(NOW), ..in_region() },
            "INDEX auto_snapshot_policy_by_creation (state_id=? AND region_id=? AND reverse_time>?)",
        ),
    ] {
        let [page, count] = searches(&app, &filter, &Start::Offset(0)).await;
        assert!(page.ends_with(expected), "{name}: {page}");
        // Ids lead to rows in an order of their own; every other index has the order of the page, and all that a count asks.
        let steps = plan::<AutoSnapshotPolicy>(&app, &filter, &Start::Offset(0), true).await;
        let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
        assert_eq!(sorts, name == "AutoSnapshotPolicyId", "{name}");
        assert_eq!(count.contains("COVERING INDEX"), name != "AutoSnapshotPolicyId", "{name}: {count}");
    }
}

#[actix_web::test]
async fn tags_and_tokens_are_places_in_an_index() {
    let app = TestApp::empty().await;
    let start = Start::After(Position { creation_time: NOW, id: "sp-1".to_owned() });
    let [page, _] = searches(&app, &in_region(), &start).await;
    let place = "INDEX auto_snapshot_policy_by_creation (state_id=? AND region_id=? AND (reverse_time,id)>(?,?))";
    assert!(page.ends_with(place), "{page}");
    let tag = TagFilter { key: "k".to_owned(), value: Some("v".to_owned()) };
    let filter = AutoSnapshotPolicyFilter { tags: vec![tag], ..in_region() };
    let plan = plan::<AutoSnapshotPolicy>(&app, &filter, &start, false).await;
    let tags = "SEARCH tag_0 USING COVERING INDEX tag_by_value (state_id=? AND kind=? AND tag_key=? AND tag_value=? AND \
                region_id=? AND (reverse_time,id)>(?,?))";
    assert!(plan.iter().any(|step| step == tags), "{plan:#?}");
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:#?}");
}
