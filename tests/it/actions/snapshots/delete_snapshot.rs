//! DeleteSnapshot: what keeps a snapshot, what does not, and what is told of one that is not there.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

async fn delete(app: &TestApp, query: &str) -> Value {
    app.act(&format!("DeleteSnapshot&{query}")).await
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("DeleteSnapshot&{query}")).await
}

fn unknown() -> Fault {
    Fault::new(404, "InvalidSnapshotId.NotFound", "The specified snapshot is not found.")
}

fn image() -> Fault {
    let message = "The snapshot has been used to create user defined image(s).";
    Fault::new(403, "SnapshotCreatedImage", message)
}

fn disk() -> Fault {
    Fault::new(403, "SnapshotCreatedDisk", "The snapshot has been used to create disk(s).")
}

#[actix_web::test]
async fn a_snapshot_is_found_in_any_region_and_is_gone() {
    let app = TestApp::seeded(
        "Snapshots: [{SnapshotId: s-1, Tags: {a: b}}, {SnapshotId: s-2, RegionId: us-west-1}, {SnapshotId: s-3}]",
    )
    .await;
    let reply = delete(&app, "SnapshotId=s-2").await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
    assert_eq!(app.describe_in("us-west-1", "").await["TotalCount"], 0);
    let xml = app.get("Action=DeleteSnapshot&RegionId=cn-beijing&snapshotid=s-1&Format=XML").await;
    assert_eq!(xml.status, 200, "a RegionId is no parameter, and names are read in any case");
    let tree = xml.xml();
    assert_eq!((tree.name.as_str(), tree.children.len()), ("DeleteSnapshotResponse", 1));
    assert_eq!(app.ids("").await, ["s-3"]);
    assert_eq!(app.ids("Tag.1.Key=a").await, [""; 0]);
}

#[actix_web::test]
async fn parameters_that_are_missing_or_malformed_are_named() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let message = "The input parameter SnapshotId that is mandatory for processing this request is not supplied.";
    for query in ["", "SnapshotId=", "Force=x"] {
        assert_eq!(refused(&app, query).await, Fault::new(400, "MissingParameter", message), "{query}");
    }
    let malformed = Fault::new(400, "InvalidParameter", "The specified parameter \"Force\" is not valid.");
    assert_eq!(refused(&app, "SnapshotId=s-1&Force=1").await, malformed);
    assert_eq!(refused(&app, "SnapshotId=s-unknown&Force=1").await, malformed, "before it is looked for");
    assert_eq!(app.ids("").await, ["s-1"]);
}

#[actix_web::test]
async fn an_unknown_id_is_an_error_unless_a_setting_says_otherwise() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1, ExpirationTime: 2026-03-15T12:00:01Z}]").await;
    for query in ["SnapshotId=s-unknown", "SnapshotId=S-1", "SnapshotId=s-unknown&Force=true"] {
        assert_eq!(refused(&app, query).await, unknown(), "{query}");
    }
    app.clock.set(NOW.plus(1));
    assert_eq!(refused(&app, "SnapshotId=s-1").await, unknown(), "its time is over");
    app.arrange("PATCH", "/settings", json!({"UnknownOnDelete": "ignore"})).await;
    for query in ["SnapshotId=s-unknown", "SnapshotId=s-1"] {
        assert_eq!(delete(&app, query).await.as_object().unwrap().len(), 1, "{query}");
    }
    app.arrange("PATCH", "/settings", json!({"UnknownOnDelete": null})).await;
    assert_eq!(refused(&app, "SnapshotId=s-unknown").await, unknown());
}

#[actix_web::test]
async fn what_an_entry_says_of_its_use_counts() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-disk, Usage: disk}
          - {SnapshotId: s-image, Usage: image}
          - {SnapshotId: s-both, Usage: image_disk}
          - {SnapshotId: s-none, Usage: none}
        ",
    )
    .await;
    for (id, force, fault) in [
        ("s-image", "", image()),
        ("s-image", "&Force=true", image()),
        ("s-both", "", image()),
        ("s-both", "&Force=true", image()),
        ("s-disk", "", disk()),
        ("s-disk", "&Force=false", disk()),
        ("s-disk", "&Force=", disk()),
    ] {
        assert_eq!(refused(&app, &format!("SnapshotId={id}{force}")).await, fault, "{id} {force}");
    }
    delete(&app, "SnapshotId=s-disk&Force=True").await;
    delete(&app, "SnapshotId=s-none").await;
    assert_eq!(app.ids("").await, ["s-both", "s-image"]);
}

#[actix_web::test]
async fn images_and_disks_of_the_state_count_while_they_are_there() {
    let app = TestApp::seeded(
        "
        Snapshots: [{SnapshotId: s-disk}, {SnapshotId: s-image}, {SnapshotId: s-both}]
        Disks:
          - {DiskId: d-1, SourceSnapshotId: s-disk}
          - {DiskId: d-2, SourceSnapshotId: s-both, RegionId: cn-beijing}
        Images:
          - {ImageId: m-1, SnapshotId: s-image}
          - {ImageId: m-2, DiskDeviceMappings: [{SnapshotId: s-image}, {SnapshotId: s-both}]}
        ",
    )
    .await;
    for (id, force, fault) in [
        ("s-image", "", image()),
        ("s-image", "&Force=true", image()),
        ("s-both", "&Force=true", image()),
        ("s-disk", "", disk()),
    ] {
        assert_eq!(refused(&app, &format!("SnapshotId={id}{force}")).await, fault, "{id} {force}");
    }
    app.arrange("DELETE", "/images/m-2", Value::Null).await;
    assert_eq!(refused(&app, "SnapshotId=s-image").await, image(), "another image is left");
    assert_eq!(refused(&app, "SnapshotId=s-both").await, disk(), "a disk is left");
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    delete(&app, "SnapshotId=s-image").await;
    delete(&app, "SnapshotId=s-both&Force=true").await;
    app.arrange("DELETE", "/disks/d-1", Value::Null).await;
    delete(&app, "SnapshotId=s-disk").await;
    assert_eq!(app.ids("").await, [""; 0]);
    let disk = app.entry("disks/d-2").await;
    assert_eq!(disk["SourceSnapshotId"], "s-both", "the disk still says where it comes from");
}

#[actix_web::test]
async fn a_locked_snapshot_stays_until_the_lock_is_over_or_undone() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1, Usage: disk}, {SnapshotId: s-2}]").await;
    let locked = Fault::new(403, "InvalidOperation.SnapshotLocked", "The specified snapshot is locked.");
    let lock = "RegionId=cn-hangzhou&LockMode=compliance&LockDuration=1&CoolOffPeriod=2";
    for id in ["s-1", "s-2"] {
        app.act(&format!("LockSnapshot&{lock}&SnapshotId={id}")).await;
        assert_eq!(refused(&app, &format!("SnapshotId={id}&Force=true")).await, locked, "in the cool-off period, too");
    }
    app.act("UnlockSnapshot&RegionId=cn-hangzhou&SnapshotId=s-2").await;
    delete(&app, "SnapshotId=s-2").await;
    app.clock.set(NOW.plus(86_399));
    assert_eq!(refused(&app, "SnapshotId=s-1&Force=true").await, locked);
    app.clock.set(NOW.plus(86_400));
    assert_eq!(refused(&app, "SnapshotId=s-1").await, disk(), "the lock is over, and the rest counts again");
    delete(&app, "SnapshotId=s-1&Force=true").await;
    assert_eq!(app.ids("").await, [""; 0]);
}

#[actix_web::test]
async fn a_snapshot_in_the_making_is_cancelled() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}]").await;
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 100})).await;
    let made = app.act("CreateSnapshot&DiskId=d-1").await["SnapshotId"].as_str().unwrap().to_owned();
    assert_eq!(app.ids("Status=progressing").await, [made.as_str()]);
    delete(&app, &format!("SnapshotId={made}")).await;
    app.clock.set(NOW.plus(1_000));
    assert_eq!(app.ids("").await, [""; 0], "it never becomes ready");
    assert_eq!(refused(&app, &format!("SnapshotId={made}")).await, unknown());
    app.act("CreateSnapshot&DiskId=d-1").await;
}

#[actix_web::test]
async fn there_is_neither_a_client_token_nor_a_dry_run() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    delete(&app, "SnapshotId=s-1&DryRun=true&ClientToken=t").await;
    assert_eq!(app.ids("").await, [""; 0]);
    assert_eq!(refused(&app, "SnapshotId=s-1&DryRun=true&ClientToken=t").await, unknown(), "nothing is remembered");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Snapshots: [{SnapshotId: s-1}]", "DeleteSnapshot&SnapshotId=s-1").await;
}
