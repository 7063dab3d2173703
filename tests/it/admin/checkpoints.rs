//! Checkpoints: saving, restoring, comparing.

use ecs_mock::model::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::support::TestApp;

const SEED: &str = "Snapshots: [{SnapshotId: s-1, Tags: {a: b}}, {SnapshotId: s-2}]";
const BASE: &str = "/sandboxes/default";

#[actix_web::test]
async fn a_restore_puts_back_rows_clock_and_ids() {
    let app = TestApp::seeded(SEED).await;
    app.control("PUT", &format!("{BASE}/clock"), json!({"Mode": "frozen", "Time": "2030-01-01T00:00Z"})).await;
    let saved = app.control("PUT", &format!("{BASE}/checkpoints/start"), Value::Null).await;
    assert_eq!(saved.status, 201);
    let expected = json!({"Name": "start", "CreationTime": "2026-03-15T12:00:00Z", "SnapshotCount": 2,
        "Counts": {"Snapshots": 2, "Disks": 0, "Instances": 0, "Images": 0, "AutoSnapshotPolicies": 0}});
    assert_eq!(saved.json(), expected);
    let add = async || app.control("POST", &format!("{BASE}/snapshots"), json!({})).await.json();
    let first = add().await;
    assert_eq!(first["CreationTime"], "2030-01-01T00:00:00Z", "the sandbox's time");
    app.control("DELETE", &format!("{BASE}/snapshots/s-1"), Value::Null).await;
    app.control("PUT", &format!("{BASE}/clock"), json!({"Mode": "real"})).await;
    for _ in 0..2 {
        let restored = app.control("POST", &format!("{BASE}/checkpoints/start/restore"), Value::Null).await;
        assert_eq!(restored.status, 204);
        assert_eq!(app.ids("").await, ["s-1", "s-2"]);
        assert_eq!(add().await, first);
    }
    let reset = app.control("POST", &format!("{BASE}/reset?to=start"), Value::Null).await;
    assert_eq!(reset.status, 204, "a reset to a checkpoint is a restore");
    assert_eq!(app.ids("").await, ["s-1", "s-2"]);
}

#[actix_web::test]
async fn checkpoints_are_listed_replaced_and_deleted() {
    let app = TestApp::seeded(SEED).await;
    for name in ["b", "a"] {
        app.control("PUT", &format!("{BASE}/checkpoints/{name}"), Value::Null).await;
    }
    app.control("DELETE", &format!("{BASE}/snapshots/s-1"), Value::Null).await;
    app.control("PUT", &format!("{BASE}/checkpoints/b"), Value::Null).await;
    let list = app.control("GET", &format!("{BASE}/checkpoints"), Value::Null).await.json();
    let counts: Vec<_> =
        list["Checkpoints"].as_array().unwrap().iter().map(|one| (&one["Name"], &one["SnapshotCount"])).collect();
    assert_eq!(counts, [(&json!("a"), &json!(2)), (&json!("b"), &json!(1))]);
    assert_eq!(app.control("GET", &format!("{BASE}/checkpoints/b"), Value::Null).await.json(), list["Checkpoints"][1]);
    assert_eq!(app.control("DELETE", &format!("{BASE}/checkpoints/b"), Value::Null).await.status, 204);
    for (method, path) in [
        ("GET", "checkpoints/b"),
        ("DELETE", "checkpoints/b"),
        ("POST", "checkpoints/b/restore"),
        ("GET", "diff?from=b"),
        ("GET", "diff?from=now&to=b"),
    ] {
        assert_eq!(app.control(method, &format!("{BASE}/{path}"), Value::Null).await.status, 404, "{method} {path}");
    }
    for name in ["now", "seed", "empty", "a%20b"] {
        let reply = app.control("PUT", &format!("{BASE}/checkpoints/{name}"), Value::Null).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!("Name")), "{name}");
    }
    assert_eq!(app.control("GET", &format!("{BASE}/diff"), Value::Null).await.status, 400);
}

#[actix_web::test]
async fn a_diff_tells_what_was_added_removed_and_changed_field_by_field() {
    let app = TestApp::seeded(SEED).await;
    app.control("PUT", &format!("{BASE}/checkpoints/start"), Value::Null).await;
    let none = json!({"Added": [], "Removed": [], "Changed": []});
    let kinds = json!({"Disks": none, "Instances": none, "Images": none, "AutoSnapshotPolicies": none});
    let empty = json!({"Added": [], "Removed": [], "Changed": [], "Kinds": kinds});
    let diff = async |query: &str| app.control("GET", &format!("{BASE}/diff?{query}"), Value::Null).await.json();
    assert_eq!(diff("from=start").await, empty);
    app.control("PATCH", &format!("{BASE}/snapshots/s-1"), json!({"Status": "failed", "Tags": {"a": "c"}})).await;
    app.control("DELETE", &format!("{BASE}/snapshots/s-2"), Value::Null).await;
    let added = app.control("POST", &format!("{BASE}/snapshots"), json!({"SnapshotId": "s-0"})).await.json();
    let there = diff("from=start&to=now").await;
    assert_eq!(there["Added"], json!([added]));
    assert_eq!(there["Removed"][0]["SnapshotId"], "s-2");
    let fields = json!({
        "Status": {"From": null, "To": "failed"},
        "Tags": {"From": {"a": "b"}, "To": {"a": "c"}},
    });
    assert_eq!(there["Changed"], json!([{"SnapshotId": "s-1", "Fields": fields}]));
    let back = diff("from=now&to=start").await;
    assert_eq!((&back["Added"], &back["Removed"]), (&there["Removed"], &there["Added"]));
    app.control("POST", &format!("{BASE}/checkpoints/start/restore"), Value::Null).await;
    assert_eq!(diff("from=start").await, empty);
}

#[actix_web::test]
async fn a_backup_is_a_database_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let backups = folder.path().join("backups");
    let with_backups = |config| ecs_mock::app::Config { backups: Some(backups.clone()), ..config };
    let app =
        TestApp::configured(ecs_mock::seed::Source::None, with_backups, ecs_mock::admin::guard::Access::default())
            .await;
    app.control("POST", &format!("{BASE}/snapshots"), json!({"SnapshotId": "s-1"})).await;
    let reply = app.control("POST", "/backup", Value::Null).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let file = backups.join(reply.json()["File"].as_str().unwrap());
    let config = ecs_mock::app::Config::new(file, ecs_mock::seed::Source::None);
    let copy = ecs_mock::app::App::open(config).await.unwrap();
    let sandbox = copy.sandboxes.by_name("default").unwrap();
    assert_eq!(copy.sandboxes.resource::<Snapshot>(&sandbox, "s-1").await.unwrap().snapshot_id, "s-1");

    let without = TestApp::empty().await;
    let reply = without.control("POST", "/backup", Value::Null).await;
    assert_eq!(reply.status, 409);
    assert!(reply.json()["detail"].as_str().unwrap().contains("--backups"));
}
