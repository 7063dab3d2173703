//! The plan of each filter of groups of snapshots: which index it searches, that pages need no sort, and how the snapshots of a
//! group are found.

use ecs_mock::model::paging::{Position, Start};
use ecs_mock::model::snapshot::Status;
use ecs_mock::model::snapshot_group::{self, SnapshotGroup};
use ecs_mock::model::snapshot_group_filter::SnapshotGroupFilter;
use ecs_mock::model::tags::TagFilter;
use ecs_mock::store::{Reads, derived};

use super::{plan, steps_of};
use crate::support::{NOW, TestApp};

fn in_region() -> SnapshotGroupFilter {
    SnapshotGroupFilter { region_id: Some("cn-hangzhou".to_owned()), ..SnapshotGroupFilter::default() }
}

#[actix_web::test]
async fn each_filter_searches_its_index() {
    let app = TestApp::empty().await;
    let x = Some("x".to_owned());
    let by_creation = "INDEX snapshot_group_by_creation (state_id=? AND region_id=?)";
    let by_id = "INDEX sqlite_autoindex_snapshot_group_1 (state_id=? AND id=?)";
    for (name, filter, expected) in [
        ("none", in_region(), by_creation),
        (
            "SnapshotGroupId",
            SnapshotGroupFilter { snapshot_group_ids: Some(vec!["ssg-1".to_owned()]), ..in_region() },
            by_id,
        ),
        (
            "Name",
            SnapshotGroupFilter { name: x.clone(), ..in_region() },
            "INDEX snapshot_group_by_name (state_id=? AND region_id=? AND name=?)",
        ),
        (
            "ResourceGroupId",
            SnapshotGroupFilter { resource_group_id: x.clone(), ..in_region() },
            "INDEX snapshot_group_by_resource_group (state_id=? AND region_id=? AND resource_group_id=?)",
        ),
        ("InstanceId", SnapshotGroupFilter { instance_id: x.clone(), ..in_region() }, by_creation),
        ("Status", SnapshotGroupFilter { statuses: vec![Status::Failed], ..in_region() }, by_creation),
    ] {
        let plan = plan::<SnapshotGroup>(&app, &filter, &Start::Offset(0), false).await;
        let found = steps_of(&plan, "snapshot_group");
        assert!(found.len() == 1 && found[0].ends_with(expected), "{name}: {plan:#?}");
        // Ids lead to rows in an order of their own; every other index has the order of the page.
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
        assert_eq!(sorts, expected == by_id, "{name}: {plan:#?}");
        // Whatever is asked of its snapshots, and what is shown of them, is found by the links of the group.
        for (table, key) in [
            ("link", "PRIMARY KEY (state_id=? AND kind=? AND id=?)"),
            ("snapshot", "INDEX sqlite_autoindex_snapshot_1 (state_id=? AND id=?)"),
        ] {
            let steps = steps_of(&plan, table);
            let is_found = |step: &&str| step.ends_with(key);
            assert!(!steps.is_empty() && steps.iter().all(is_found), "{name}: {plan:#?}");
        }
    }
}

#[actix_web::test]
async fn a_count_of_what_has_no_index_of_its_own_looks_at_no_row() {
    let app = TestApp::empty().await;
    let filter =
        SnapshotGroupFilter { instance_id: Some("x".to_owned()), statuses: vec![Status::Failed], ..in_region() };
    let plan = plan::<SnapshotGroup>(&app, &filter, &Start::Offset(0), true).await;
    let count = "SEARCH snapshot_group USING COVERING INDEX snapshot_group_by_creation (state_id=? AND region_id=?)";
    assert!(steps_of(&plan, "snapshot_group").contains(&count), "{plan:#?}");
    // The next change by the clock alone is that of a group or of a snapshot: a place in three indexes.
    for (table, index, column) in [
        ("snapshot_group", "snapshot_group_by_expiration", "expiration_time"),
        ("snapshot", "snapshot_by_expiration", "expiration_time"),
        ("snapshot", "snapshot_by_ready_time", "ready_time"),
    ] {
        let step = format!("SEARCH {table} USING COVERING INDEX {index} (state_id=? AND {column}>?)");
        assert!(steps_of(&plan, table).contains(&step.as_str()), "{plan:#?}");
    }
}

#[actix_web::test]
async fn tags_and_tokens_are_places_in_their_index() {
    let app = TestApp::empty().await;
    let tag = TagFilter { key: "k".to_owned(), value: Some("v".to_owned()) };
    let filter = SnapshotGroupFilter { tags: vec![tag], ..in_region() };
    let plan_of_tag = plan::<SnapshotGroup>(&app, &filter, &Start::Offset(0), false).await;
    let by_value = "SEARCH tag_0 USING COVERING INDEX tag_by_value \
                    (state_id=? AND kind=? AND tag_key=? AND tag_value=? AND region_id=?)";
    assert!(plan_of_tag.iter().any(|step| step == by_value), "{plan_of_tag:#?}");
    let start = Start::After(Position { creation_time: NOW, id: "ssg-1".to_owned() });
    let plan = plan::<SnapshotGroup>(&app, &in_region(), &start, false).await;
    let place = "INDEX snapshot_group_by_creation (state_id=? AND region_id=? AND (reverse_time,id)>(?,?))";
    assert!(steps_of(&plan, "snapshot_group")[0].ends_with(place), "{plan:#?}");
}

#[actix_web::test]
async fn the_groups_of_a_snapshot_are_found_by_its_links() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plan = derived::explain_linking(&mut session, &snapshot_group::KIND).await.unwrap();
    let steps = [
        "SEARCH link USING COVERING INDEX link_by_linked (state_id=? AND linked_id=? AND kind=?)",
        "SEARCH row USING COVERING INDEX sqlite_autoindex_snapshot_group_1 (state_id=? AND id=?)",
        "SEARCH snapshot_group USING INDEX sqlite_autoindex_snapshot_group_1 (state_id=? AND id=?)",
    ];
    for step in steps {
        assert!(plan.iter().any(|other| other == step), "{step}: {plan:#?}");
    }
    assert!(!plan.iter().any(|step| step.starts_with("SCAN ") && !step.contains("VIRTUAL")), "{plan:#?}");
}
