//! What images, disks and attachments add to snapshots, by whatever door they come and go.

use serde_json::{Value, json};

use crate::support::TestApp;

/// `s-1` is of a disk that is there, `s-2` of one that is gone, and `s-3` is used by what its entry alone tells of.
const SEED: &str = "
Instances: [{InstanceId: i-1}, {InstanceId: i-2}]
Disks: [{DiskId: d-1}]
Snapshots:
  - {SnapshotId: s-1, SourceDiskId: d-1, InstanceId: i-9}
  - {SnapshotId: s-2, SourceDiskId: d-2, InstanceId: i-2}
  - {SnapshotId: s-3, SourceDiskId: d-3, Usage: disk}
";

/// The usages of s-1, s-2 and s-3, and which of them belong to i-1 and i-2, in a sandbox.
async fn seen_in(app: &TestApp, key: &str) -> String {
    let describe = async |query: &str| {
        let query = format!("DescribeSnapshots&RegionId=cn-hangzhou&AccessKeyId={key}&PageSize=100&{query}");
        app.act(&query).await["Snapshots"]["Snapshot"].as_array().unwrap().clone()
    };
    let all = describe("").await;
    let usage = |id: &str| {
        let snapshot = all.iter().find(|snapshot| snapshot["SnapshotId"] == id);
        snapshot.map_or("gone", |snapshot| snapshot["Usage"].as_str().unwrap()).to_owned()
    };
    let usages = ["s-1", "s-2", "s-3"].map(usage);
    for (id, usage) in ["s-1", "s-2", "s-3"].iter().zip(&usages).filter(|(_, usage)| *usage != "gone") {
        let found = describe(&format!("Usage={usage}")).await;
        assert!(found.iter().any(|snapshot| snapshot["SnapshotId"] == *id), "the filter finds {id} by {usage}");
    }
    let mut text = usages.join(" ");
    for instance in ["i-1", "i-2", "i-9"] {
        let of_instance = describe(&format!("InstanceId={instance}")).await;
        let ids: Vec<&str> = of_instance.iter().map(|snapshot| snapshot["SnapshotId"].as_str().unwrap()).collect();
        if !ids.is_empty() {
            text = format!("{text}, {instance}: {}", ids.join(" "));
        }
    }
    text
}

async fn seen(app: &TestApp) -> String {
    seen_in(app, "testid").await
}

const AT_FIRST: &str = "none none disk, i-2: s-2";

#[actix_web::test]
async fn one_by_one() {
    let app = TestApp::seeded(SEED).await;
    assert_eq!(seen(&app).await, AT_FIRST);
    for (method, path, body, expected) in [
        ("POST", "/images", json!({"ImageId": "m-1", "SnapshotId": "s-1"}), "image none disk, i-2: s-2"),
        (
            "POST",
            "/images",
            json!({"ImageId": "m-2", "SnapshotIds": ["s-1", "s-3"]}),
            "image none image_disk, i-2: s-2",
        ),
        (
            "POST",
            "/disks",
            json!({"DiskId": "d-2", "SourceSnapshotId": "s-1", "InstanceId": "i-1"}),
            "image_disk none image_disk, i-1: s-2",
        ),
        ("PATCH", "/disks/d-1", json!({"InstanceId": "i-1"}), "image_disk none image_disk, i-1: s-1 s-2"),
        ("PATCH", "/disks/d-2", json!({"InstanceId": "i-2"}), "image_disk none image_disk, i-1: s-1, i-2: s-2"),
        ("PATCH", "/disks/d-2", json!({"InstanceId": null}), "image_disk none image_disk, i-1: s-1"),
        ("PATCH", "/disks/d-2", json!({"SourceSnapshotId": "s-2"}), "image disk image_disk, i-1: s-1"),
        ("DELETE", "/images/m-1", Value::Null, "image disk image_disk, i-1: s-1"),
        ("PATCH", "/images/m-2", json!({"DiskDeviceMappings": null}), "none disk disk, i-1: s-1"),
        ("DELETE", "/disks/d-2", Value::Null, "none none disk, i-1: s-1, i-2: s-2"),
        ("DELETE", "/instances/i-1", Value::Null, "none none disk, i-2: s-2"),
        ("DELETE", "/disks/d-1", Value::Null, "none none disk, i-2: s-2, i-9: s-1"),
        ("PATCH", "/snapshots/s-2", json!({"SourceDiskId": "d-4"}), "none none disk, i-2: s-2, i-9: s-1"),
        ("POST", "/disks", json!({"DiskId": "d-4", "InstanceId": "i-2"}), "none none disk, i-2: s-2, i-9: s-1"),
        ("PATCH", "/snapshots/s-1", json!({"SourceDiskId": "d-4"}), "none none disk, i-2: s-1 s-2"),
        ("PATCH", "/snapshots/s-3", json!({"Usage": null}), "none none none, i-2: s-1 s-2"),
        ("POST", "/disks", json!({"DiskId": "d-5", "SourceSnapshotId": "s-3"}), "none none disk, i-2: s-1 s-2"),
        ("DELETE", "/snapshots/s-3", Value::Null, "none none gone, i-2: s-1 s-2"),
        ("POST", "/snapshots", json!({"SnapshotId": "s-3"}), "none none disk, i-2: s-1 s-2"),
        ("DELETE", "/disks/d-5", Value::Null, "none none none, i-2: s-1 s-2"),
    ] {
        app.arrange(method, path, body.clone()).await;
        assert_eq!(seen(&app).await, expected, "after {method} {path} {body}");
    }
}

/// What adds to all three snapshots.
fn users() -> Value {
    json!({
        "Disks": [
            {"DiskId": "d-1", "InstanceId": "i-1", "SourceSnapshotId": "s-2"},
            {"DiskId": "d-2", "InstanceId": "i-1"},
        ],
        "Images": [{"ImageId": "m-1", "SnapshotIds": ["s-1", "s-3"]}],
    })
}

const USED: &str = "image disk image_disk, i-1: s-1 s-2";

#[actix_web::test]
async fn many_at_once() {
    let app = TestApp::seeded(SEED).await;
    for (method, path, body, expected) in [
        ("POST", "/state", users(), USED),
        ("PATCH", "/disks?RegionId=cn-hangzhou", json!({"InstanceId": "i-2"}), "image disk image_disk, i-2: s-1 s-2"),
        ("PATCH", "/disks?RegionId=cn-hangzhou", json!({"InstanceId": null}), "image disk image_disk"),
        (
            "PATCH",
            "/images?RegionId=cn-hangzhou",
            json!({"DiskDeviceMappings": [{"SnapshotId": "s-2"}]}),
            "none image_disk disk",
        ),
        ("DELETE", "/images?RegionId=cn-hangzhou", Value::Null, "none disk disk"),
        ("DELETE", "/disks?DiskIds=%5B%22d-2%22%5D", Value::Null, "none disk disk, i-2: s-2"),
        ("DELETE", "/disks?RegionId=cn-hangzhou", Value::Null, "none none disk, i-2: s-2, i-9: s-1"),
        ("POST", "/state", users(), USED),
        (
            "POST",
            "/state",
            json!({"Disks": [{"DiskId": "d-1"}], "Images": [{"ImageId": "m-1"}]}),
            "none none disk, i-1: s-2",
        ),
        ("DELETE", "/instances?RegionId=cn-hangzhou", Value::Null, "none none disk"),
    ] {
        app.arrange(method, path, body.clone()).await;
        assert_eq!(seen(&app).await, expected, "after {method} {path} {body}");
    }
}

#[actix_web::test]
async fn whole_states() {
    let app = TestApp::seeded(SEED).await;
    let first = app.arrange("GET", "/state", Value::Null).await;
    app.arrange("PUT", "/checkpoints/first", Value::Null).await;
    app.arrange("POST", "/state", users()).await;
    app.arrange("PUT", "/checkpoints/used", Value::Null).await;
    let used = app.arrange("GET", "/state", Value::Null).await;
    for (method, path, body, expected) in [
        ("PUT", "/state", first.clone(), AT_FIRST),
        ("PUT", "/state", used.clone(), USED),
        ("POST", "/checkpoints/first/restore", Value::Null, AT_FIRST),
        ("POST", "/checkpoints/used/restore", Value::Null, USED),
        ("POST", "/reset?to=seed", Value::Null, AT_FIRST),
        ("POST", "/reset?to=used", Value::Null, USED),
        ("POST", "/reset?to=empty", Value::Null, "gone gone gone"),
        ("POST", "/state", used.clone(), USED),
        ("PUT", "/state", json!({"Snapshots": used["Snapshots"]}), "none none disk, i-2: s-2, i-9: s-1"),
        (
            "POST",
            "/state",
            json!({"Instances": used["Instances"], "Disks": used["Disks"]}),
            "none disk disk, i-1: s-1 s-2",
        ),
    ] {
        app.arrange(method, path, body).await;
        assert_eq!(seen(&app).await, expected, "after {method} {path}");
    }
    app.arrange("POST", "/checkpoints/used/restore", Value::Null).await;
    for (name, from) in
        [("fork", json!({"Sandbox": "default"})), ("of-then", json!({"Sandbox": "default", "Checkpoint": "used"}))]
    {
        app.sandbox(name, from).await;
        assert_eq!(seen_in(&app, name).await, USED, "{name}");
        app.control("DELETE", &format!("/sandboxes/{name}/images/m-1"), Value::Null).await;
        assert_eq!(seen_in(&app, name).await, "none disk disk, i-1: s-1 s-2", "{name}");
    }
    assert_eq!(seen(&app).await, USED, "each has its own");
    app.sandbox("seeded", json!("seed")).await;
    assert_eq!(seen_in(&app, "seeded").await, AT_FIRST);
}

#[actix_web::test]
async fn more_than_one_transaction_takes() {
    let app = TestApp::seeded(SEED).await;
    // Of another region, so that they are in nobody's way.
    let others: Vec<Value> = (0..600)
        .map(|number| json!({"DiskId": format!("d-x{number}"), "RegionId": "cn-beijing", "SourceSnapshotId": "s-gone"}))
        .collect();
    let with_others = |document: &Value| {
        let mut document = document.clone();
        let disks = document["Disks"].as_array_mut().unwrap();
        disks.extend(others.iter().cloned());
        document
    };
    for (document, expected) in [
        (users(), USED),
        (json!({"Disks": [{"DiskId": "d-1"}], "Images": [{"ImageId": "m-1"}]}), "none none disk, i-1: s-2"),
        (json!({"Disks": [{"DiskId": "d-2", "SourceSnapshotId": "s-3"}]}), "none none disk"),
        (users(), USED),
    ] {
        app.arrange("POST", "/state", with_others(&document)).await;
        assert_eq!(seen(&app).await, expected, "after {document}");
    }
    assert_eq!(app.arrange("DELETE", "/disks?RegionId=cn-beijing", Value::Null).await["Removed"], 600);
    assert_eq!(seen(&app).await, USED);
}

#[actix_web::test]
async fn a_seed_with_users() {
    let document = format!(
        "{SEED}
Images: [{{ImageId: m-1, SnapshotIds: [s-1, s-3]}}]
"
    );
    let document = document.replace(
        "Disks: [{DiskId: d-1}]",
        "Disks: [{DiskId: d-1, InstanceId: i-1, SourceSnapshotId: s-2}, {DiskId: d-2, InstanceId: i-1}]",
    );
    let app = TestApp::seeded(&document).await;
    assert_eq!(seen(&app).await, USED);
    app.arrange("POST", "/reset?to=empty", Value::Null).await;
    app.arrange("POST", "/reset?to=seed", Value::Null).await;
    assert_eq!(seen(&app).await, USED);
}
