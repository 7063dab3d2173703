//! DeleteDisk: what keeps a disk, which of its snapshots go with it, and what is told of one that is not there.

use serde_json::json;

use super::ids;
use crate::support::{Fault, NOW, TestApp, golden};

async fn delete(app: &TestApp, query: &str) {
    let reply = app.act(&format!("DeleteDisk&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{query}");
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("DeleteDisk&{query}")).await
}

#[actix_web::test]
async fn a_disk_is_found_in_any_region_and_is_gone() {
    let app =
        TestApp::seeded("Disks: [{DiskId: d-1, RegionId: cn-beijing}, {DiskId: d-2, Tags: {a: b}}, {DiskId: d-3}]")
            .await;
    delete(&app, "DiskId=d-1").await;
    delete(&app, "diskid=d-2&RegionId=us-west-1").await;
    assert_eq!(ids(&app, "").await, ["d-3"]);
    assert_eq!(ids(&app, "Tag.1.Key=a").await, [""; 0]);
    assert_eq!(super::described_in(&app, "cn-beijing", "").await["TotalCount"], 0);
}

#[actix_web::test]
async fn what_is_wrong_with_a_disk_has_its_row() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1}]
        Disks:
          - {DiskId: d-system, Type: system, InstanceId: i-1}
          - {DiskId: d-system-free, Type: system}
          - {DiskId: d-attached, InstanceId: i-1}
          - {DiskId: d-attaching, Status: Attaching}
          - {DiskId: d-detaching, Status: Detaching, InstanceId: i-1}
          - {DiskId: d-creating, Status: Creating}
          - {DiskId: d-reiniting, Status: ReIniting}
          - {DiskId: d-fixed, Portable: false}
        ",
    )
    .await;
    let status = "The current disk status does not support this operation.";
    for (disk, code, message) in [
        ("d-system", "DiskTypeViolation", "The specified disk is a system disk and cannot support the operation."),
        ("d-attached", "IncorrectDiskStatus", status),
        ("d-attaching", "IncorrectDiskStatus", status),
        ("d-detaching", "IncorrectDiskStatus", status),
        ("d-creating", "IncorrectDiskStatus.Initializing", status),
        ("d-reiniting", "IncorrectDiskStatus.Initializing", status),
        ("d-fixed", "DiskNotPortable", "The specified disk is not a portable disk."),
    ] {
        assert_eq!(refused(&app, &format!("DiskId={disk}")).await, Fault::new(403, code, message), "{disk}");
    }
    delete(&app, "DiskId=d-system-free").await;
    assert_eq!(ids(&app, "").await.len(), 7);
}

#[actix_web::test]
async fn an_unknown_id_is_an_error_unless_a_setting_says_otherwise() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}]").await;
    let unknown = Fault::new(404, "InvalidDiskId.NotFound", "The specified disk does not exist.");
    for id in ["d-unknown", "D-1"] {
        assert_eq!(refused(&app, &format!("DiskId={id}")).await, unknown, "{id}");
    }
    app.arrange("PATCH", "/settings", json!({"UnknownOnDelete": "ignore"})).await;
    delete(&app, "DiskId=d-unknown").await;
    let message = "The input parameter \"DiskId\" that is mandatory for processing this request is not supplied.";
    for query in ["", "DiskId="] {
        assert_eq!(refused(&app, query).await, Fault::new(400, "MissingParameter", message), "{query}");
    }
    assert_eq!(ids(&app, "").await, ["d-1"]);
}

#[actix_web::test]
async fn automatic_snapshots_go_if_the_disk_says_so_and_others_stay() {
    let app = TestApp::seeded(
        "
        Disks:
          - {DiskId: d-1}
          - {DiskId: d-2, DeleteAutoSnapshot: false}
          - {DiskId: d-3, SourceSnapshotId: s-timer-disk}
        Images: [{ImageId: m-1, SnapshotId: s-timer-image}]
        Snapshots:
          - {SnapshotId: s-user, SourceDiskId: d-1}
          - {SnapshotId: s-auto, SourceDiskId: d-1, SnapshotType: auto}
          - {SnapshotId: s-timer, SourceDiskId: d-1, SnapshotType: timer}
          - {SnapshotId: s-timer-disk, SourceDiskId: d-1, SnapshotType: timer}
          - {SnapshotId: s-timer-image, SourceDiskId: d-1, SnapshotType: timer}
          - {SnapshotId: s-kept, SourceDiskId: d-2, SnapshotType: timer}
        ",
    )
    .await;
    delete(&app, "DiskId=d-1").await;
    assert_eq!(app.ids("").await, ["s-kept", "s-timer-image", "s-user"], "what an image is made of stays, too");
    delete(&app, "DiskId=d-2").await;
    assert_eq!(app.ids("DiskId=d-2").await, ["s-kept"], "it still says which disk it is of");
    assert_eq!(app.ids("DiskId=d-1").await, ["s-timer-image", "s-user"]);
}

#[actix_web::test]
async fn a_locked_automatic_snapshot_stays_when_its_disk_goes() {
    let app = TestApp::seeded(
        "
        Disks: [{DiskId: d-1}]
        Snapshots:
          - {SnapshotId: s-auto, SourceDiskId: d-1, SnapshotType: auto}
          - SnapshotId: s-locked
            SourceDiskId: d-1
            SnapshotType: auto
            Lock: {LockDuration: 10, CoolOffPeriod: 1, LockCreationTime: 2026-03-14T12:00:00Z}
          - SnapshotId: s-lock-is-over
            SourceDiskId: d-1
            SnapshotType: auto
            Lock: {LockDuration: 1, LockCreationTime: 2026-03-14T12:00:00Z}
        ",
    )
    .await;
    delete(&app, "DiskId=d-1").await;
    assert_eq!(app.ids("").await, ["s-locked"]);
}

#[actix_web::test]
async fn a_snapshot_in_the_making_keeps_its_disk_and_all_that_is_its() {
    let app = TestApp::seeded(
        "
        Disks: [{DiskId: d-1}]
        Snapshots: [{SnapshotId: s-auto, SourceDiskId: d-1, SnapshotType: auto}]
        ",
    )
    .await;
    app.act("CreateSnapshot&DiskId=d-1").await;
    let message = "The operation is denied due to a snapshot of the specified disk is not completed yet.";
    assert_eq!(refused(&app, "DiskId=d-1").await, Fault::new(403, "DiskCreatingSnapshot", message));
    assert_eq!((app.ids("").await.len(), ids(&app, "").await.len()), (2, 1));
    app.clock.set(NOW.plus(2));
    delete(&app, "DiskId=d-1").await;
    assert_eq!((app.ids("").await.len(), ids(&app, "").await.len()), (1, 0));
}

#[actix_web::test]
async fn the_snapshot_that_a_disk_was_made_from_is_free_again() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]\nDisks: [{DiskId: d-1, SourceSnapshotId: s-1}]").await;
    assert_eq!(app.ids("Usage=disk").await, ["s-1"]);
    delete(&app, "DiskId=d-1").await;
    assert_eq!(app.ids("Usage=none").await, ["s-1"]);
    app.arrange("POST", "/disks", json!({"DiskId": "d-1"})).await;
    assert_eq!(app.entry("disks/d-1").await.get("SourceSnapshotId"), None);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Disks: [{DiskId: d-1}]", "DeleteDisk&DiskId=d-1").await;
}
