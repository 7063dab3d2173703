//! Which disks can be snapshotted, how many times at once, and how many in all.

use serde_json::json;

use super::{create, refused};
use crate::support::{Fault, NOW, TestApp};

const SEED: &str = "
Instances:
  - {InstanceId: i-running}
  - {InstanceId: i-stopped, Status: Stopped}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-starting, Status: Starting}
  - {InstanceId: i-stopping, Status: Stopping}
  - {InstanceId: i-locked, Status: Starting, OperationLocks: [{LockReason: financial}, {LockReason: security}]}
  - {InstanceId: i-owing, OperationLocks: {LockReason: [{LockReason: financial}]}}
Disks:
  - {DiskId: d-free}
  - {DiskId: d-running, InstanceId: i-running}
  - {DiskId: d-stopped, InstanceId: i-stopped}
  - {DiskId: d-owing, InstanceId: i-owing}
  - {DiskId: d-pending, InstanceId: i-pending}
  - {DiskId: d-starting, InstanceId: i-starting}
  - {DiskId: d-stopping, InstanceId: i-stopping}
  - {DiskId: d-locked, InstanceId: i-locked}
  - {DiskId: d-new, NeverAttached: true}
  - {DiskId: d-attaching, Status: Attaching, InstanceId: i-locked}
  - {DiskId: d-detaching, Status: Detaching}
  - {DiskId: d-creating, Status: Creating, NeverAttached: true}
  - {DiskId: d-reiniting, Status: ReIniting}
  - {DiskId: d-local, Category: local_ssd_pro, Status: Creating}
  - {DiskId: d-elastic, Category: elastic_ephemeral_disk_standard}
  - {DiskId: d-ephemeral, Category: ephemeral_ssd}
  - {DiskId: d-expired, ExpiredTime: 2020-01-01T00:00Z}
";

#[actix_web::test]
async fn disks_that_are_attached_or_were_once_are_taken() {
    let app = TestApp::seeded(SEED).await;
    for disk in ["d-free", "d-running", "d-stopped", "d-owing", "d-expired"] {
        create(&app, &format!("DiskId={disk}")).await;
    }
}

#[actix_web::test]
async fn what_is_wrong_with_a_disk_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    for (disks, status, code, message) in [
        (
            &["d-unknown", "d-gone", "D-FREE", "s-1"][..],
            404,
            "InvalidDiskId.NotFound",
            "The specified DiskId does not exist.",
        ),
        (
            &["d-local", "d-elastic", "d-ephemeral"],
            400,
            "DiskCategory.OperationNotSupported",
            "The type of the specified disk does not support creating a snapshot.",
        ),
        // Before what is wrong with its instance, and before whether it was attached.
        (
            &["d-attaching", "d-detaching", "d-creating", "d-reiniting"],
            403,
            "IncorrectDiskStatus",
            "The current disk status does not support this operation.",
        ),
        (&["d-locked"], 403, "InstanceLockedForSecurity", "The disk attached instance is locked due to security."),
        (
            &["d-pending", "d-starting", "d-stopping"],
            400,
            "IncorrectInstanceStatus",
            "The current status of the resource does not support this operation.",
        ),
        (
            &["d-new"],
            403,
            "IncorrectDiskStatus.NeverAttached",
            "The specified disk has never been attached to any instance.",
        ),
    ] {
        for disk in disks {
            let fault = refused(&app, &format!("DiskId={disk}")).await;
            assert_eq!(fault, Fault::new(status, code, message), "{disk}");
        }
    }
    assert_eq!(app.ids("").await, [""; 0]);
    app.arrange("PATCH", "/disks/d-new", json!({"NeverAttached": null})).await;
    create(&app, "DiskId=d-new").await;
}

#[actix_web::test]
async fn disks_of_older_categories_take_one_at_a_time() {
    let app = TestApp::seeded(
        "
        Disks:
          - {DiskId: d-cloud}
          - {DiskId: d-cloud_efficiency, Category: cloud_efficiency}
          - {DiskId: d-cloud_ssd, Category: cloud_ssd}
          - {DiskId: d-automatic}
        Snapshots:
          - {SnapshotId: s-1, SourceDiskId: d-automatic, SnapshotType: timer, Status: progressing}
        ",
    )
    .await;
    let busy = Fault::new(403, "IncorrectDiskStatus.CreatingSnapshot", "A previous snapshot creation is in process.");
    for disk in ["d-cloud", "d-cloud_efficiency", "d-cloud_ssd"] {
        create(&app, &format!("DiskId={disk}")).await;
        assert_eq!(refused(&app, &format!("DiskId={disk}")).await, busy, "{disk}");
    }
    assert_eq!(refused(&app, "DiskId=d-automatic").await, busy, "whoever makes it");
    app.clock.set(NOW.plus(2));
    create(&app, "DiskId=d-cloud").await;
    assert_eq!(refused(&app, "DiskId=d-cloud").await, busy);
    app.arrange("PATCH", "/snapshots/s-1", json!({"Status": "failed"})).await;
    create(&app, "DiskId=d-automatic").await;
}

#[actix_web::test]
async fn disks_of_the_newer_categories_take_ten_at_a_time() {
    let app = TestApp::seeded(
        "
        Disks:
          - {DiskId: d-cloud_essd, Category: cloud_essd}
          - {DiskId: d-cloud_auto, Category: cloud_auto}
          - {DiskId: d-cloud_essd_entry, Category: cloud_essd_entry}
        ",
    )
    .await;
    for disk in ["d-cloud_essd", "d-cloud_auto", "d-cloud_essd_entry"] {
        let mut made = Vec::new();
        for _ in 0..10 {
            made.push(create(&app, &format!("DiskId={disk}")).await);
        }
        let message = format!(
            "The number of snapshots being created for the disk {disk} has exceeded the concurrent quota (10). Please wait \
             for the previous snapshots to complete before trying again."
        );
        let busy = Fault::new(403, "QuotaExceed.ConcurrentSnapshotQuota", &message);
        assert_eq!(refused(&app, &format!("DiskId={disk}")).await, busy, "{disk}");
        app.act(&format!("DeleteSnapshot&SnapshotId={}", made[3])).await;
        create(&app, &format!("DiskId={disk}")).await;
        assert_eq!(refused(&app, &format!("DiskId={disk}")).await, busy, "{disk}");
    }
    app.clock.set(NOW.plus(2));
    create(&app, "DiskId=d-cloud_essd").await;
}

#[actix_web::test]
async fn a_quota_counts_what_nobody_made_automatically() {
    let app = TestApp::seeded(
        "
        Disks: [{DiskId: d-1, Category: cloud_essd}, {DiskId: d-2}]
        Snapshots:
          - {SourceDiskId: d-1, SnapshotType: timer}
          - {SourceDiskId: d-1, SnapshotType: auto}
          - {SourceDiskId: d-1, RegionId: cn-beijing}
          - {SnapshotId: s-old, SourceDiskId: d-1}
          - {SnapshotId: s-gone, SourceDiskId: d-1, ExpirationTime: 2026-03-15T12:00:00Z}
        Settings: {ManualSnapshotsPerDisk: 3}
        ",
    )
    .await;
    create(&app, "DiskId=d-1").await;
    create(&app, "DiskId=d-1&RetentionDays=1").await;
    let exceeded = Fault::new(403, "QuotaExceed.Snapshot", "The snapshot quota exceeds.");
    assert_eq!(refused(&app, "DiskId=d-1").await, exceeded);
    create(&app, "DiskId=d-2").await;
    app.act("DeleteSnapshot&SnapshotId=s-old").await;
    create(&app, "DiskId=d-1").await;
    assert_eq!(refused(&app, "DiskId=d-1").await, exceeded);
    app.clock.set(NOW.plus(86_400));
    create(&app, "DiskId=d-1").await;
    assert_eq!(refused(&app, "DiskId=d-1").await, exceeded);
    app.arrange("PATCH", "/settings", json!({"ManualSnapshotsPerDisk": 0})).await;
    assert_eq!(refused(&app, "DiskId=d-2").await, exceeded);
    app.arrange("PATCH", "/settings", json!({"ManualSnapshotsPerDisk": null})).await;
    create(&app, "DiskId=d-2").await;
    // What is being made is told before what there is in all.
    app.arrange("PATCH", "/settings", json!({"ManualSnapshotsPerDisk": 0})).await;
    assert_eq!(refused(&app, "DiskId=d-2").await.code, "IncorrectDiskStatus.CreatingSnapshot");
}
