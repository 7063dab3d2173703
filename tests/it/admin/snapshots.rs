//! Fine changes between test cases.

use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-1, SourceDiskId: d-1, Tags: {env: prod}, Description: old}
  - {SnapshotId: s-2, SourceDiskId: d-1, RegionId: cn-beijing}
  - {SnapshotId: s-3, SourceDiskId: d-2}
";
const ALL: &str = "/sandboxes/default/snapshots";

#[actix_web::test]
async fn an_id_whose_snapshot_has_expired_is_free() {
    let app = TestApp::seeded(
        "Snapshots: [{SnapshotId: s-1, SnapshotName: old, ExpirationTime: '2026-03-15T13:00:00Z', Tags: {a: b, c: d}}]
Disks: [{DiskId: d-1, SourceSnapshotId: s-1}]",
    )
    .await;
    let post = async || app.control("POST", "/sandboxes/default/snapshots", json!({"SnapshotId": "s-1"})).await;
    assert_eq!(post().await.status, 409, "it is there yet");
    app.clock.set(NOW.plus(3_600));
    assert_eq!(app.ids("").await, [""; 0]);
    let added = post().await;
    assert_eq!((added.status, &added.json()["SnapshotName"]), (201, &Value::Null), "{}", added.body);
    assert_eq!(app.ids("").await, ["s-1"]);
    assert_eq!(app.ids("Tag.1.Key=a").await, [""; 0], "it is the new one and nothing of the old");
    let view = app.control("GET", "/sandboxes/default", Value::Null).await.json();
    assert_eq!((&view["SnapshotCount"], &view["TagCount"]), (&json!(1), &json!(0)));
    assert_eq!(post().await.status, 409, "and now it is there again");
}

#[actix_web::test]
async fn a_snapshot_is_added_shown_and_deleted() {
    let app = TestApp::seeded(SEED).await;
    let added = app.control("POST", ALL, json!({"SnapshotId": "s-9", "SourceDiskSize": "7"})).await;
    assert_eq!(added.status, 201);
    assert_eq!(added.json()["SourceDiskSize"], 7);
    let one = format!("{ALL}/s-9");
    assert_eq!(app.control("GET", &one, Value::Null).await.json(), added.json());
    let again = app.control("POST", ALL, json!({"SnapshotId": "s-9"})).await;
    assert_eq!((again.status, &again.json()["field"]), (409, &json!("SnapshotId")));
    assert_eq!(app.control("DELETE", &one, Value::Null).await.status, 204);
    for method in ["GET", "DELETE"] {
        assert_eq!(app.control(method, &one, Value::Null).await.status, 404, "{method}");
    }
    assert_eq!(app.control("PATCH", &one, json!({})).await.status, 404);
    let made_up = app.control("POST", ALL, json!({"RegionId": "us-west-1"})).await.json();
    assert!(made_up["SnapshotId"].as_str().unwrap().starts_with("s-rj9"), "{made_up}");
    for (body, field) in
        [(json!({"Status": "x"}), "Status"), (json!({"Size": 1}), "Size"), (json!({"Outcome": "failed"}), "Outcome")]
    {
        let reply = app.control("POST", ALL, body).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(field)));
    }
}

#[actix_web::test]
async fn a_merge_patch_pins_unpins_sets_and_unsets() {
    let app = TestApp::seeded(SEED).await;
    let patch = async |body: Value| {
        let reply = app.control("PATCH", &format!("{ALL}/s-1"), body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        app.describe("SnapshotIds=%5B%22s-1%22%5D").await["Snapshots"]["Snapshot"][0].clone()
    };
    let seen = patch(json!({"Status": "failed", "Progress": "37%"})).await;
    assert_eq!((&seen["Status"], &seen["Progress"]), (&json!("failed"), &json!("37%")));
    let seen = patch(json!({"Status": null, "Progress": null})).await;
    assert_eq!((&seen["Status"], &seen["Progress"]), (&json!("accomplished"), &json!("100%")), "null unpins");
    let seen = patch(json!({"Tags": {"app": "shop"}})).await;
    assert_eq!(seen["Tags"]["Tag"].as_array().unwrap().len(), 2, "a tag is added");
    let seen = patch(json!({"Tags": {"env": null}, "Description": null, "SnapshotName": "new"})).await;
    assert_eq!(seen["Tags"]["Tag"], json!([{"TagKey": "app", "TagValue": "shop"}]), "a tag is removed");
    assert_eq!((&seen["Description"], &seen["SnapshotName"]), (&json!(""), &json!("new")));
    for (body, field) in [
        (json!({"SnapshotId": "s-7"}), "SnapshotId"),
        (json!({"Usage": "x"}), "Usage"),
        (json!({"Tags": {"a": 1}}), "Tags"),
        (json!({"Colour": "red"}), "Colour"),
    ] {
        let reply = app.control("PATCH", &format!("{ALL}/s-1"), body).await;
        assert_eq!(reply.status, 400);
        assert!(reply.json()["field"].as_str().unwrap().starts_with(field), "{}", reply.body);
    }
    assert_eq!(app.control("PATCH", &format!("{ALL}/s-1"), json!([])).await.status, 400);
}

#[actix_web::test]
async fn lists_take_the_filters_and_the_paging_of_the_cloud_plane() {
    let app = TestApp::seeded(SEED).await;
    let list = async |query: &str| app.control("GET", &format!("{ALL}?{query}"), Value::Null).await;
    let ids = async |query: &str| {
        let reply = list(query).await.json();
        let entries = reply["Snapshots"].as_array().unwrap().iter();
        entries.map(|entry| entry["SnapshotId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, ["s-1", "s-2", "s-3"], "all regions");
    assert_eq!(ids("RegionId=cn-beijing").await, ["s-2"]);
    assert_eq!(ids("DiskId=d-1").await, ["s-1", "s-2"]);
    assert_eq!(ids("Tag.1.Key=env&Tag.1.Value=prod").await, ["s-1"]);
    assert_eq!(ids("PageSize=1&PageNumber=2").await, ["s-2"]);
    assert_eq!(list("PageSize=1").await.json()["TotalCount"], 3);
    for (query, field) in [
        ("Status=done", "Status"),
        ("PageSize=0", "PageSize"),
        ("Staus=failed", "Staus"),
        ("Tag.1.Value=x", "Tag.1.Value"),
        ("Filter.1.Key=x", "Filter.1.Key"),
    ] {
        let reply = list(query).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(field)), "{query}");
    }
}

#[actix_web::test]
async fn many_are_changed_or_deleted_by_a_filter_and_never_without_one() {
    let app = TestApp::seeded(SEED).await;
    let reply = app.control("PATCH", &format!("{ALL}?DiskId=d-1"), json!({"Status": "failed"})).await;
    assert_eq!(reply.json(), json!({"Inserted": 0, "Changed": 2, "Removed": 0, "Unchanged": 0}));
    assert_eq!(app.ids("Status=failed").await, ["s-1"]);
    for query in ["", "?Encrypted=false", "?Status=all", "?DiskId="] {
        for (method, body) in [("PATCH", json!({"Status": "failed"})), ("DELETE", Value::Null)] {
            let reply = app.control(method, &format!("{ALL}{query}"), body).await;
            assert_eq!(reply.status, 400, "{method} {query}");
        }
    }
    // One that cannot be changed, and none is.
    let reply = app.control("PATCH", &format!("{ALL}?Status=failed"), json!({"SnapshotId": "s-1"})).await;
    assert_eq!(reply.status, 400);
    let reply = app.control("DELETE", &format!("{ALL}?Status=failed"), Value::Null).await;
    assert_eq!(reply.json()["Removed"], 2);
    assert_eq!(app.ids("").await, ["s-3"]);
    let reply = app.control("DELETE", &format!("{ALL}?Status=failed"), Value::Null).await;
    assert_eq!((reply.status, &reply.json()["Removed"]), (200, &json!(0)));
    // Where none matches, a mistake is one nevertheless.
    let none = format!("{ALL}?Status=failed");
    let reply = app.control("PATCH", &none, json!({"Description": null, "Tags": {"a": null}})).await;
    assert_eq!((reply.status, reply.json()), (200, json!({"Inserted": 0, "Changed": 0, "Removed": 0, "Unchanged": 0})));
    for (patch, field) in [(json!({"SnapshotName": -1}), "SnapshotName"), (json!({"Sise": 1}), "Sise")] {
        let reply = app.control("PATCH", &none, patch).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(field)));
    }
}

#[actix_web::test]
async fn an_id_that_nobody_chose_is_one_that_nobody_has() {
    let app = TestApp::seeded(SEED).await;
    app.control("PUT", "/sandboxes/default/checkpoints/c", Value::Null).await;
    let add = async || app.control("POST", ALL, json!({})).await.json()["SnapshotId"].as_str().unwrap().to_owned();
    let (first, second) = (add().await, add().await);
    let state = app.control("GET", "/sandboxes/default/state", Value::Null).await.json();
    // The sequence starts over, and what it gave is there all the same.
    app.control("POST", "/sandboxes/default/checkpoints/c/restore", Value::Null).await;
    app.control("PUT", "/sandboxes/default/state", state).await;
    let third = add().await;
    assert!(third != first && third != second);
    let merged = app.control("POST", "/sandboxes/default/state", json!({"Snapshots": [{}, {}]})).await;
    assert_eq!(merged.json()["Inserted"], 2);
    assert_eq!(app.describe("PageSize=100").await["TotalCount"], 2 + 3 + 2, "nothing was overwritten");
    assert_eq!(app.control("POST", ALL, Value::Null).await.status, 400);
}
