//! ReInitDisk: which disks can be made again what they were, and what becomes of their instance.

use serde_json::{Value, json};

use super::{disk, instance};
use crate::support::{NOW, TestApp, golden};

const SEED: &str = "
Instances:
  - {InstanceId: i-1, Status: Stopped, StoppedMode: StopCharging, ImageId: m-1, KeyPairName: first}
  - {InstanceId: i-2, Status: Stopped, ImageId: m-gone}
  - {InstanceId: i-running}
  - {InstanceId: i-starting, Status: Starting}
  - {InstanceId: i-stopping, Status: Stopping}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-locked, Status: Running, OperationLocks: [{LockReason: security}]}
Images: [{ImageId: m-1}]
Disks:
  - {DiskId: d-system, InstanceId: i-1, Type: system}
  - {DiskId: d-public, InstanceId: i-2, Type: System, ImageId: centos_7_9_x64_20G.vhd, SourceSnapshotId: s-gone}
  - {DiskId: d-own, InstanceId: i-2, Type: system, ImageId: m-1}
  - {DiskId: d-lost, InstanceId: i-2, Type: system}
  - {DiskId: d-lost-too, InstanceId: i-1, Type: system, ImageId: m-gone}
  - {DiskId: d-empty, InstanceId: i-1, Size: 70}
  - {DiskId: d-made, InstanceId: i-1, SourceSnapshotId: s-1, DetachedTime: 2020-01-01T00:00:00Z}
  - {DiskId: d-orphan, InstanceId: i-1, SourceSnapshotId: s-gone}
  - {DiskId: d-old, InstanceId: i-1, SourceSnapshotId: s-old, DetachedTime: 2020-01-01T00:00:00Z}
  - {DiskId: d-old-kept, InstanceId: i-1, SourceSnapshotId: s-old}
  - {DiskId: d-elastic, InstanceId: i-1, Category: elastic_ephemeral_disk_premium}
  - {DiskId: d-local, InstanceId: i-1, Category: local_hdd_pro, MultiAttach: Enabled}
  - {DiskId: d-shared, InstanceId: i-1, MultiAttach: Enabled, Status: Attaching}
  - {DiskId: d-busy, InstanceId: i-1}
  - {DiskId: d-free}
  - {DiskId: d-attaching, InstanceId: i-running, Status: Attaching}
  - {DiskId: d-detaching, InstanceId: i-1, Status: Detaching}
  - {DiskId: d-reiniting, InstanceId: i-1, Status: ReIniting}
  - {DiskId: d-creating, Status: Creating}
  - {DiskId: d-running, InstanceId: i-running}
  - {DiskId: d-starting, InstanceId: i-starting}
  - {DiskId: d-stopping, InstanceId: i-stopping}
  - {DiskId: d-pending, InstanceId: i-pending}
  - {DiskId: d-locked, InstanceId: i-locked}
Snapshots:
  - {SnapshotId: s-1}
  - {SnapshotId: s-old, CreationTime: 2013-07-14T23:59:59Z}
  - {SnapshotId: s-busy, SourceDiskId: d-busy, Status: progressing}
";

const STATUS: &str = "The current status of the resource does not support this operation.";
const DISK_STATUS: &str = "The current disk status does not support this operation.";

#[actix_web::test]
async fn what_cannot_be_made_again_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let missing = "The input parameter \"DiskId\" that is mandatory for processing this request is not supplied.";
    let start = "The specified parameter \"AutoStartInstance\" is not valid.";
    let no_image = "The operation is not supported due to image not exist.";
    app.refuses_all(
        "ReInitDisk",
        &[
            ("", 400, "MissingParameter", missing),
            ("AutoStartInstance=x", 400, "MissingParameter", missing),
            ("DiskId=d-unknown&AutoStartInstance=x", 400, "InvalidParameter", start),
            ("DiskId=d-unknown", 404, "InvalidDiskId.NotFound", "The specified disk does not exist."),
            (
                "DiskId=d-local",
                400,
                "DiskCategory.OperationNotSupported",
                "The operation is not supported to the specified disk due to its disk category.",
            ),
            (
                "DiskId=d-shared",
                403,
                "InvalidOperation.MultiAttachDisk",
                "Multi attach disk does not support this operation.",
            ),
            ("DiskId=d-free", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-attaching", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-detaching", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-reiniting", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-creating", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-locked", 403, "InstanceLockedForSecurity", "The instance is locked due to security."),
            ("DiskId=d-running&AutoStartInstance=true", 403, "IncorrectInstanceStatus", STATUS),
            ("DiskId=d-starting", 403, "IncorrectInstanceStatus", STATUS),
            ("DiskId=d-stopping", 403, "IncorrectInstanceStatus", STATUS),
            ("DiskId=d-pending", 403, "IncorrectInstanceStatus", STATUS),
            (
                "DiskId=d-busy",
                403,
                "DiskCreatingSnapshot",
                "The operation is denied due to a snapshot of the specified disk is not completed yet.",
            ),
            ("DiskId=d-lost", 404, "InvalidDiskId.OperationNotSupported", no_image),
            ("DiskId=d-lost-too&AutoStartInstance=true", 404, "InvalidDiskId.OperationNotSupported", no_image),
            (
                "DiskId=d-orphan",
                403,
                "InvalidSourceSnapshot",
                "The source snapshot of the disk has been deleted and cannot support the current operation.",
            ),
            (
                "DiskId=d-old",
                403,
                "InvalidSnapshot.TooOld",
                "The disk is created from a snapshotId made before 2013-07-15, it cannot be re-initiated the specified disk \
                 any more since the detached first time.",
            ),
        ],
    )
    .await;
}

#[actix_web::test]
async fn the_disk_and_its_instance_stay_as_they_are() {
    let app = TestApp::seeded(SEED).await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    for id in ["d-system", "d-public", "d-own", "d-empty", "d-made", "d-old-kept", "d-elastic"] {
        let reply = app.act(&format!("ReInitDisk&DiskId={id}&AutoStartInstance=false")).await;
        assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{id}");
    }
    // The key pair is that of a system disk; what else is inside of a machine makes no difference.
    app.act("ReInitDisk&DiskId=d-empty&KeyPairName=second&Password=x&SecurityEnhancementStrategy=Active").await;
    assert_eq!(app.arrange("GET", "/state", Value::Null).await, before);
    assert_eq!(disk(&app, "d-empty").await["Status"], "In_use");

    app.act("ReInitDisk&DiskId=d-system&KeyPairName=second").await;
    let mut expected = instance(&app, "i-1").await;
    assert_eq!(expected["KeyPairName"].take(), "second");
    let mut first = before["Instances"].as_array().unwrap().iter().find(|one| one["InstanceId"] == "i-1").cloned();
    assert_eq!(first.as_mut().unwrap()["KeyPairName"].take(), "first");
    assert_eq!(first, Some(expected), "and nothing else is another");
}

#[actix_web::test]
async fn the_instance_starts_if_it_is_to() {
    let app = TestApp::seeded(SEED).await;
    app.clock.set(NOW.plus(60));
    app.act("ReInitDisk&DiskId=d-empty&AutoStartInstance=true").await;
    let after = instance(&app, "i-1").await;
    assert_eq!((&after["Status"], &after["StartTime"]), (&json!("Running"), &json!("2026-03-15T12:01Z")));
    assert_eq!(after["StoppedMode"], Value::Null);
    assert_eq!(app.refused("ReInitDisk&DiskId=d-empty").await.code, "IncorrectInstanceStatus");
}

#[actix_web::test]
async fn a_disk_whose_snapshot_was_deleted_by_force_is_what_it_is_for_good() {
    let app = TestApp::seeded(SEED).await;
    app.act("ReInitDisk&DiskId=d-made").await;
    assert_eq!(app.refused("DeleteSnapshot&SnapshotId=s-1").await.code, "SnapshotCreatedDisk");
    app.act("DeleteSnapshot&SnapshotId=s-1&Force=true").await;
    assert_eq!(app.refused("ReInitDisk&DiskId=d-made").await.code, "InvalidSourceSnapshot");
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    assert_eq!(app.refused("ReInitDisk&DiskId=d-own").await.code, "InvalidDiskId.OperationNotSupported");
    app.act("ReInitDisk&DiskId=d-public").await;
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "ReInitDisk&DiskId=d-empty").await;
}
