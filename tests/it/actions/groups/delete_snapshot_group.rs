//! DeleteSnapshotGroup: the group goes with its snapshots, but for those that something keeps.

use serde_json::{Value, json};

use super::{ids, shown};
use crate::support::{Fault, NOW, TestApp, golden};

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-1}
  - {SnapshotId: s-2}
  - {SnapshotId: s-disk}
  - {SnapshotId: s-image}
  - {SnapshotId: s-locked, Lock: {LockDuration: 1}}
  - {SnapshotId: s-said, Usage: disk}
  - {SnapshotId: s-over, ExpirationTime: 2026-03-15T12:00:00Z}
  - {SnapshotId: s-other}
  - {SnapshotId: s-far, RegionId: cn-beijing}
Disks: [{DiskId: d-1, SourceSnapshotId: s-disk}]
Images: [{ImageId: m-1, SnapshotIds: [s-image]}]
SnapshotGroups:
  - {SnapshotGroupId: ssg-1, SnapshotIds: [s-said, s-2, s-over, s-locked, s-image, s-disk, s-1], Tags: {a: b}}
  - {SnapshotGroupId: ssg-2, SnapshotIds: [s-2, s-other]}
  - {SnapshotGroupId: ssg-over, SnapshotIds: [s-over]}
  - {SnapshotGroupId: ssg-far, RegionId: cn-beijing, SnapshotIds: [s-far]}
";

async fn delete(app: &TestApp, id: &str) -> Vec<Value> {
    let reply = app.act(&format!("DeleteSnapshotGroup&RegionId=cn-hangzhou&SnapshotGroupId={id}")).await;
    reply["OperationProgressSet"]["OperationProgress"].as_array().unwrap().clone()
}

fn unknown() -> Fault {
    let message = "The SnapshotGroupId provided does not exist in our records.";
    Fault::new(404, "InvalidSnapshotGroup.NotFound", message)
}

fn told(id: &str, status: &str, code: &str, message: &str) -> Value {
    json!({
        "OperationStatus": status,
        "ErrorCode": code,
        "ErrorMsg": message,
        "RelatedItemSet": {"RelatedItem": [{"Name": "SnapshotId", "Value": id}]},
    })
}

#[actix_web::test]
async fn each_snapshot_is_told_by_id_and_what_something_keeps_stays_without_the_group() {
    let app = TestApp::seeded(SEED).await;
    let image = ("SnapshotCreatedImage", "The snapshot has been used to create user defined image(s).");
    let disk = ("SnapshotCreatedDisk", "The snapshot has been used to create disk(s).");
    let locked = ("InvalidOperation.SnapshotLocked", "The specified snapshot is locked.");
    let expected = [
        told("s-1", "Success", "", ""),
        told("s-2", "Success", "", ""),
        told("s-disk", "Failed", disk.0, disk.1),
        told("s-image", "Failed", image.0, image.1),
        told("s-locked", "Failed", locked.0, locked.1),
        told("s-said", "Failed", disk.0, disk.1),
    ];
    assert_eq!(delete(&app, "ssg-1").await, expected);
    assert_eq!(ids(&app, "").await, ["ssg-2"], "and another group has lost one of its own");
    assert_eq!(app.entry("snapshot-groups/ssg-2").await["SnapshotIds"], json!(["s-other"]));
    let mut left = app.ids("").await;
    left.sort();
    assert_eq!(left, ["s-disk", "s-image", "s-locked", "s-other", "s-said"]);
    for (id, (code, message)) in [("s-image", image), ("s-disk", disk), ("s-locked", locked)] {
        let fault = app.refused(&format!("DeleteSnapshot&SnapshotId={id}")).await;
        assert_eq!(fault, Fault::new(403, code, message), "{id}: as it is told of one that is deleted alone");
    }
    app.act("DeleteSnapshot&SnapshotId=s-disk&Force=true").await;
    assert_eq!(ids(&app, "Tag.1.Key=a").await, [""; 0]);
    let again = app.refused("DeleteSnapshotGroup&RegionId=cn-hangzhou&SnapshotGroupId=ssg-1").await;
    assert_eq!(again, unknown());
}

#[actix_web::test]
async fn snapshots_in_the_making_are_no_longer_made() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1}]
        Disks:
          - {DiskId: d-1, Category: cloud_essd, InstanceId: i-1}
          - {DiskId: d-2, Category: cloud_essd, InstanceId: i-1}
        ",
    )
    .await;
    let made = app.act("CreateSnapshotGroup&RegionId=cn-hangzhou&InstanceId=i-1").await;
    let made = made["SnapshotGroupId"].as_str().unwrap().to_owned();
    assert_eq!(shown(&app, "Status.1=progressing").await.len(), 1);
    let statuses: Vec<Value> =
        delete(&app, &made).await.iter().map(|progress| progress["OperationStatus"].clone()).collect();
    assert_eq!(statuses, ["Success", "Success"]);
    app.clock.set(NOW.plus(100));
    assert_eq!(app.ids("").await, [""; 0]);
}

#[actix_web::test]
async fn a_group_that_is_not_there_is_an_error() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"UnknownOnDelete": "ignore"})).await;
    let text = "The SnapshotGroupId provided does not exist in our records.";
    app.refuses_all(
        "DeleteSnapshotGroup",
        &[
            ("RegionId=cn-hangzhou&SnapshotGroupId=ssg-9", 404, "InvalidSnapshotGroup.NotFound", text),
            ("RegionId=cn-hangzhou&SnapshotGroupId=s-1", 404, "InvalidSnapshotGroup.NotFound", text),
            ("RegionId=cn-hangzhou&SnapshotGroupId=ssg-far", 404, "InvalidSnapshotGroup.NotFound", text),
            ("RegionId=cn-hangzhou&SnapshotGroupId=ssg-over", 404, "InvalidSnapshotGroup.NotFound", text),
            ("RegionId=no-where&SnapshotGroupId=ssg-1", 404, "InvalidSnapshotGroup.NotFound", text),
        ],
    )
    .await;
    for (query, parameter) in [("SnapshotGroupId=ssg-1", "RegionId"), ("RegionId=cn-hangzhou", "SnapshotGroupId")] {
        let fault = app.refused(&format!("DeleteSnapshotGroup&{query}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "MissingParameter"), "{query}");
        assert!(fault.message.contains(parameter), "{fault:?}");
    }
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(
        "
        Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2, Usage: image}]
        SnapshotGroups: [{SnapshotGroupId: ssg-1, SnapshotIds: [s-2, s-1]}]
        ",
        "DeleteSnapshotGroup&RegionId=cn-hangzhou&SnapshotGroupId=ssg-1",
    )
    .await;
}
