//! How many automatic snapshots a disk may have, and which of them go.

use serde_json::{Value, json};

use super::{DAY, advance, begin, made, policy, set, snapshots, with};
use crate::support::TestApp;

/// The ids, oldest first.
async fn ids(app: &TestApp) -> Vec<String> {
    snapshots(app).await.iter().map(|snapshot| snapshot["SnapshotId"].as_str().unwrap().to_owned()).collect()
}

/// A disk that is full with two.
async fn full() -> TestApp {
    let app = begin(set(json!({"AutomaticSnapshotsPerDisk": 2}), json!({}))).await;
    advance(&app, 2 * DAY).await;
    app
}

async fn lock(app: &TestApp, id: &str, days: i64) {
    app.act(&format!(
        "LockSnapshot&SnapshotId={id}&RegionId=cn-hangzhou&LockMode=compliance&LockDuration={days}&CoolOffPeriod=0"
    ))
    .await;
}

#[actix_web::test]
async fn the_oldest_goes_for_a_new_one() {
    let app = full().await;
    let before = ids(&app).await;
    let due = app.arrange("GET", "/schedule", Value::Null).await["Due"][0].take();
    assert_eq!((&due["Removes"], &due["Skipped"]), (&json!([before[0]]), &Value::Null));
    assert_eq!(advance(&app, DAY).await, (1, 1));
    let after = ids(&app).await;
    assert_eq!((after.len(), &after[0]), (2, &before[1]));
}

#[actix_web::test]
async fn each_disk_has_its_own_and_those_that_somebody_made_do_not_count() {
    let mut document = set(json!({"AutomaticSnapshotsPerDisk": 1}), json!({"DiskIds": ["d-1", "d-2"]}));
    document["Snapshots"] =
        json!([{"SnapshotId": "s-1", "SourceDiskId": "d-1"}, {"SnapshotId": "s-2", "SourceDiskId": "d-1"}]);
    let app = begin(document).await;
    assert_eq!(advance(&app, DAY).await, (2, 0));
    assert_eq!(advance(&app, DAY).await, (2, 2));
    assert_eq!(ids(&app).await.len(), 4);
}

#[actix_web::test]
async fn automatic_ones_of_a_document_count_and_go_but_are_nobodys_that_policies_made() {
    let mut document = set(json!({"AutomaticSnapshotsPerDisk": 1}), json!({}));
    document["Snapshots"] = json!([
        {"SnapshotId": "s-auto", "SourceDiskId": "d-1", "SnapshotType": "auto", "CreationTime": "2020-01-01T00:00:00Z"},
        {"SnapshotId": "s-timer", "SourceDiskId": "d-1", "SnapshotType": "timer", "CreationTime": "2020-01-02T00:00:00Z"},
        {"SnapshotId": "s-far", "SourceDiskId": "d-1", "SnapshotType": "auto", "RegionId": "cn-beijing"},
    ]);
    let app = begin(document).await;
    assert_eq!(advance(&app, DAY).await, (1, 0));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T12:00:00Z cn-beijing", "d-1 2026-03-15T17:00:00Z"]);
}

#[actix_web::test]
async fn failed_ones_count() {
    let settings = json!({"AutomaticSnapshotsPerDisk": 1, "FailNextSnapshots": 1});
    let app = begin(set(settings, json!({}))).await;
    assert_eq!(advance(&app, 2 * DAY).await, (2, 1));
    assert_eq!(ids(&app).await.len(), 1);
}

#[actix_web::test]
async fn expired_ones_do_not_count() {
    let mut document = set(json!({"AutomaticSnapshotsPerDisk": 1}), json!({}));
    document["Snapshots"] = json!([
        {"SnapshotId": "s-1", "SourceDiskId": "d-1", "SnapshotType": "auto", "ExpirationTime": "2026-03-15T17:00:00Z"},
    ]);
    let app = begin(document).await;
    assert_eq!(advance(&app, DAY).await, (1, 0));
    assert_eq!(ids(&app).await.len(), 2, "the one of the document is there unseen");
}

#[actix_web::test]
async fn locked_ones_are_passed_over_while_their_lock_lasts() {
    let app = full().await;
    let before = ids(&app).await;
    lock(&app, &before[0], 2).await;
    assert_eq!(advance(&app, DAY).await, (1, 1));
    let after = ids(&app).await;
    assert!(after.contains(&before[0]) && !after.contains(&before[1]), "{after:?}");
    assert_eq!(advance(&app, 2 * DAY).await, (2, 2));
    assert!(!ids(&app).await.contains(&before[0]), "the lock is over");
}

#[actix_web::test]
async fn those_that_images_use_are_passed_over() {
    let app = full().await;
    let before = ids(&app).await;
    app.arrange("POST", "/images", json!({"ImageId": "m-1", "SnapshotIds": [before[0]]})).await;
    assert_eq!(advance(&app, DAY).await, (1, 1));
    let after = ids(&app).await;
    assert!(after.contains(&before[0]) && !after.contains(&before[1]), "{after:?}");
}

#[actix_web::test]
async fn if_none_can_go_no_new_one_is_made() {
    let app = full().await;
    let before = ids(&app).await;
    lock(&app, &before[0], 30).await;
    app.arrange("POST", "/images", json!({"ImageId": "m-1", "SnapshotIds": [before[1]]})).await;
    let due = app.arrange("GET", "/schedule", Value::Null).await["Due"][0].take();
    assert_eq!((&due["Removes"], &due["Skipped"]), (&json!([]), &json!("Quota")));
    assert_eq!(advance(&app, DAY).await, (0, 0));
    assert_eq!(ids(&app).await, before);
}

#[actix_web::test]
async fn a_lower_quota_takes_as_many_as_are_too_many() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    advance(&app, 5 * DAY).await;
    let before = ids(&app).await;
    app.arrange("PATCH", "/settings", json!({"AutomaticSnapshotsPerDisk": 2})).await;
    assert_eq!(ids(&app).await, before, "not before the next is made");
    assert_eq!(advance(&app, DAY).await, (1, 4));
    assert_eq!(ids(&app).await[0], before[4]);
}

#[actix_web::test]
async fn a_quota_of_none_makes_none() {
    let app = begin(set(json!({"AutomaticSnapshotsPerDisk": 0}), json!({}))).await;
    assert_eq!(advance(&app, 3 * DAY).await, (0, 0));
}

#[actix_web::test]
async fn where_no_room_can_be_made_nothing_goes() {
    let app = full().await;
    let before = ids(&app).await;
    app.arrange("PATCH", "/settings", json!({"AutomaticSnapshotsPerDisk": 0})).await;
    let due = app.arrange("GET", "/schedule", Value::Null).await["Due"][0].take();
    assert_eq!((&due["Removes"], &due["Skipped"]), (&json!([]), &json!("Quota")));
    assert_eq!(advance(&app, DAY).await, (0, 0));
    // One would have to go that is free and one that is locked.
    lock(&app, &before[1], 30).await;
    app.arrange("PATCH", "/settings", json!({"AutomaticSnapshotsPerDisk": 1})).await;
    assert_eq!(advance(&app, DAY).await, (0, 0));
    assert_eq!(ids(&app).await, before);
}
