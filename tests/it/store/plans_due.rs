//! The plans of what automatic snapshot policies ask for: which index each searches.

use ecs_mock::model::auto_snapshot_policy::AutoSnapshotPolicy;
use ecs_mock::model::tags::Tag;
use ecs_mock::store::{Reads, policies};

use crate::support::TestApp;

#[actix_web::test]
async fn disks_are_found_from_a_tag_by_way_of_its_instances() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let tag = |key: &str| Tag { key: key.to_owned(), value: "x".to_owned() };
    let policy = AutoSnapshotPolicy { target_tags: vec![tag("a"), tag("b")], ..AutoSnapshotPolicy::default() };
    let plan = policies::explain_disks_by_tags(&mut session, &policy).await.unwrap();
    for step in [
        "SEARCH tag_0 USING COVERING INDEX tag_by_value (state_id=? AND kind=? AND tag_key=? AND tag_value=? AND region_id=?)",
        "SEARCH tag_1 USING COVERING INDEX tag_by_value (state_id=? AND kind=? AND tag_key=? AND tag_value=? AND region_id=? AND reverse_time=? AND id=?)",
    ] {
        assert!(plan.iter().any(|other| other == step), "{step}: {plan:#?}");
    }
    let of_disks = plan.iter().find(|step| step.starts_with("SEARCH disk ")).unwrap();
    assert!(of_disks.contains("instance_id=?"), "{plan:#?}");
}

#[actix_web::test]
async fn snapshots_of_disks_are_found_by_their_disks() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plan = policies::explain_snapshots_of_disks(&mut session).await.unwrap();
    let step = "SEARCH snapshot USING INDEX snapshot_by_disk (state_id=? AND region_id=? AND source_disk_id=?)";
    assert!(plan.iter().any(|other| other == step), "{plan:#?}");
}

#[actix_web::test]
async fn what_expired_is_found_by_its_expiry() {
    let app = TestApp::empty().await;
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    let plan = policies::explain_expired(&mut session).await.unwrap();
    let step = "SEARCH snapshot USING INDEX snapshot_by_expiration (state_id=? AND expiration_time<?)";
    assert_eq!(plan, [step]);
}
