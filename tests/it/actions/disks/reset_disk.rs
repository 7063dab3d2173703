//! ResetDisk: which snapshots roll which disks back.

use serde_json::{Value, json};

use crate::support::{NOW, TestApp, golden};

const SEED: &str = "
Instances:
  - {InstanceId: i-stopped, Status: Stopped}
  - {InstanceId: i-running}
  - {InstanceId: i-starting, Status: Starting}
  - {InstanceId: i-stopping, Status: Stopping}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-locked, Status: Running, OperationLocks: [{LockReason: security}]}
Disks:
  - {DiskId: d-1, Size: 80, Tags: {a: b}}
  - {DiskId: d-stopped, InstanceId: i-stopped, Type: system, RegionId: us-west-1}
  - {DiskId: d-running, InstanceId: i-running}
  - {DiskId: d-starting, InstanceId: i-starting}
  - {DiskId: d-stopping, InstanceId: i-stopping}
  - {DiskId: d-pending, InstanceId: i-pending}
  - {DiskId: d-locked, InstanceId: i-locked}
  - {DiskId: d-local, Category: local_ssd_pro, Status: Creating}
  - {DiskId: d-elastic, Category: elastic_ephemeral_disk_standard}
  - {DiskId: d-attaching, Status: Attaching}
  - {DiskId: d-detaching, Status: Detaching}
  - {DiskId: d-creating, Status: Creating}
  - {DiskId: d-reiniting, Status: ReIniting}
  - {DiskId: d-encrypted, Encrypted: true}
  - {DiskId: d-busy, Category: cloud_essd}
  - {DiskId: d-detached, InstanceId: i-stopped, DetachedTime: 2020-01-01T00:00:00Z}
  - {DiskId: d-kept, InstanceId: i-stopped}
  - {DiskId: d-new, NeverAttached: true}
Snapshots:
  - {SnapshotId: s-1, SourceDiskId: d-1, SourceDiskSize: 40}
  - {SnapshotId: s-later, SourceDiskId: d-1, SourceDiskSize: 80}
  - {SnapshotId: s-other, SourceDiskId: d-other}
  - {SnapshotId: s-stopped, SourceDiskId: d-stopped, RegionId: us-west-1}
  - {SnapshotId: s-elsewhere, SourceDiskId: d-stopped}
  - {SnapshotId: s-progressing, SourceDiskId: d-encrypted, Status: progressing}
  - {SnapshotId: s-failed, SourceDiskId: d-1, Status: failed}
  - {SnapshotId: s-copy, SourceDiskId: d-1, SourceSnapshotId: s-0, SourceRegionId: cn-beijing, Status: failed}
  - {SnapshotId: s-archived, SourceDiskId: d-1, Category: Archive}
  - {SnapshotId: s-encrypted, SourceDiskId: d-1, Encrypted: true}
  - {SnapshotId: s-of-encrypted, SourceDiskId: d-encrypted, Encrypted: true}
  - {SnapshotId: s-gone, SourceDiskId: d-1, ExpirationTime: 2026-03-15T12:00:00Z}
  - {SnapshotId: s-busy-1, SourceDiskId: d-busy}
  - {SnapshotId: s-busy-2, SourceDiskId: d-busy, ReadyTime: 2026-03-15T12:00:10Z}
  - {SnapshotId: s-old-1, SourceDiskId: d-1, CreationTime: 2013-07-14T23:59:59Z}
  - {SnapshotId: s-old-2, SourceDiskId: d-detached, CreationTime: 2013-07-14T23:59:59Z}
  - {SnapshotId: s-old-3, SourceDiskId: d-kept, CreationTime: 2013-07-14T23:59:59Z}
  - {SnapshotId: s-old-4, SourceDiskId: d-new, CreationTime: 2013-07-14T23:59:59Z}
  - {SnapshotId: s-old-5, SourceDiskId: d-1, CreationTime: 2013-07-15T00:00:00Z}
";

const STATUS: &str = "The current status of the resource does not support this operation.";
const DISK_STATUS: &str = "The current disk status does not support this operation.";
const MISMATCH: &str = "The specified snapshot is not created from the specified disk.";
const TOO_OLD: &str =
    "The snapshotId is created before 2013-07-15, it cannot be restored since the first time the disk detached.";

#[actix_web::test]
async fn what_cannot_be_rolled_back_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let missing = |name: &str| {
        format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.")
    };
    let dry_run = "The specified parameter \"DryRun\" is not valid.";
    let no_disk = "The specified disk does not exist.";
    let category = "The operation is not supported to the specified disk due to its disk category.";
    app.refuses_all(
        "ResetDisk",
        &[
            ("", 400, "MissingParameter", &missing("DiskId")),
            ("DiskId=d-1&DryRun=x", 400, "MissingParameter", &missing("SnapshotId")),
            ("SnapshotId=s-1", 400, "MissingParameter", &missing("DiskId")),
            ("DiskId=d-unknown&SnapshotId=s-1&DryRun=x", 400, "InvalidParameter", dry_run),
            ("DiskId=d-unknown&SnapshotId=s-unknown", 404, "InvalidDiskId.NotFound", no_disk),
            ("DiskId=d-other&SnapshotId=s-other", 404, "InvalidDiskId.NotFound", no_disk),
        ],
    )
    .await;
    let unknown = "The specified SnapshotId does not exist.";
    app.refuses_all(
        "ResetDisk",
        &[
            ("DiskId=d-1&SnapshotId=s-unknown", 404, "InvalidSnapshotId.NotFound", unknown),
            ("DiskId=d-1&SnapshotId=s-gone", 404, "InvalidSnapshotId.NotFound", unknown),
            ("DiskId=d-local&SnapshotId=s-1", 400, "DiskCategory.OperationNotSupported", category),
            ("DiskId=d-elastic&SnapshotId=s-1", 400, "DiskCategory.OperationNotSupported", category),
            ("DiskId=d-attaching&SnapshotId=s-1", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-detaching&SnapshotId=s-1", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-creating&SnapshotId=s-1", 403, "IncorrectDiskStatus", DISK_STATUS),
            (
                "DiskId=d-reiniting&SnapshotId=s-1",
                403,
                "InvalidOperation.DiskResetInProgress",
                "The operation cannot be performed because the disk has an ongoing reset task, please try again later.",
            ),
            (
                "DiskId=d-locked&SnapshotId=s-1",
                403,
                "InstanceLockedForSecurity",
                "The instance is locked due to security.",
            ),
            ("DiskId=d-running&SnapshotId=s-1", 403, "IncorrectInstanceStatus", STATUS),
            ("DiskId=d-starting&SnapshotId=s-1", 403, "IncorrectInstanceStatus", STATUS),
            ("DiskId=d-stopping&SnapshotId=s-1", 403, "IncorrectInstanceStatus", STATUS),
            ("DiskId=d-pending&SnapshotId=s-1", 403, "IncorrectInstanceStatus", STATUS),
        ],
    )
    .await;
    let denied = "The specified snapshot dees not support ResetDisk.";
    let not_ready = "The specified snapshot has not completed yet.";
    app.refuses_all(
        "ResetDisk",
        &[
            ("DiskId=d-1&SnapshotId=s-copy", 403, "OperationDenied", denied),
            ("DiskId=d-encrypted&SnapshotId=s-copy", 403, "OperationDenied", denied),
            ("DiskId=d-1&SnapshotId=s-archived", 403, "OperationDenied", denied),
            ("DiskId=d-1&SnapshotId=s-other", 403, "InvalidParameter.Mismatch", MISMATCH),
            ("DiskId=d-1&SnapshotId=s-progressing", 403, "InvalidParameter.Mismatch", MISMATCH),
            ("DiskId=d-stopped&SnapshotId=s-elsewhere", 403, "InvalidParameter.Mismatch", MISMATCH),
            ("DiskId=d-encrypted&SnapshotId=s-progressing", 403, "InvalidSnapshotId.NotReady", not_ready),
            ("DiskId=d-1&SnapshotId=s-failed", 403, "InvalidSnapshotId.NotReady", not_ready),
            (
                "DiskId=d-1&SnapshotId=s-encrypted",
                403,
                "InvalidParameter.Mismatch",
                "Non-encrypted disk can not be reset by encrypted snapshot.",
            ),
            ("DiskId=d-1&SnapshotId=s-old-1", 403, "InvalidSnapshot.TooOld", TOO_OLD),
            ("DiskId=d-detached&SnapshotId=s-old-2", 403, "InvalidSnapshot.TooOld", TOO_OLD),
            (
                "DiskId=d-busy&SnapshotId=s-busy-1",
                403,
                "IncorrectDiskStatus.HasUnfinishedSnapshot",
                "The current disk has unfinished snapshot.",
            ),
            (
                "DiskId=d-kept&SnapshotId=s-old-3&DryRun=true",
                400,
                "DryRunOperation",
                "Request validation has been passed with DryRun flag set.",
            ),
        ],
    )
    .await;
}

#[actix_web::test]
async fn a_disk_that_is_rolled_back_is_the_same_disk_with_all_its_snapshots() {
    let app = TestApp::seeded(SEED).await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    for (disk, snapshot) in [
        ("d-1", "s-1"),
        ("d-1", "s-later"),
        ("d-stopped", "s-stopped"),
        ("d-kept", "s-old-3"),
        ("d-new", "s-old-4"),
        ("d-1", "s-old-5"),
    ] {
        let reply = app.act(&format!("ResetDisk&DiskId={disk}&SnapshotId={snapshot}")).await;
        assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{disk} {snapshot}");
    }
    let after = app.arrange("GET", "/state", Value::Null).await;
    assert_eq!(after, before, "also the snapshots made after the one that it was rolled back to");
}

#[actix_web::test]
async fn a_disk_waits_for_its_snapshots_and_its_own_then_roll_it_back() {
    let app = TestApp::seeded(SEED).await;
    let refused = app.refused("ResetDisk&DiskId=d-busy&SnapshotId=s-busy-2").await;
    assert_eq!(refused.code, "InvalidSnapshotId.NotReady");
    app.clock.set(NOW.plus(10));
    for snapshot in ["s-busy-1", "s-busy-2"] {
        app.act(&format!("ResetDisk&DiskId=d-busy&SnapshotId={snapshot}")).await;
    }
    app.act("StopInstance&InstanceId=i-running").await;
    let made = app.act("CreateSnapshot&DiskId=d-running").await["SnapshotId"].as_str().unwrap().to_owned();
    let query = format!("ResetDisk&DiskId=d-running&SnapshotId={made}");
    assert_eq!(app.refused(&query).await.code, "InvalidSnapshotId.NotReady");
    app.clock.set(NOW.plus(12));
    app.act(&query).await;
    // Encrypted disks take snapshots of both sorts.
    app.arrange("PATCH", "/snapshots/s-progressing", json!({"Status": "accomplished"})).await;
    app.act("ResetDisk&DiskId=d-encrypted&SnapshotId=s-of-encrypted").await;
    app.act("ResetDisk&DiskId=d-encrypted&SnapshotId=s-progressing").await;
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "ResetDisk&DiskId=d-kept&SnapshotId=s-old-3").await;
}
