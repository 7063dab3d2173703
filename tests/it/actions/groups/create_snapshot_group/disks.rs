use serde_json::{Value, json};

use super::super::members;
use super::{SEED, create};
use crate::support::{Fault, NOW, TestApp};

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("CreateSnapshotGroup&RegionId=cn-hangzhou&{query}")).await
}

#[actix_web::test]
async fn instances_and_disks_must_be_there_and_belong_together() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("POST", "/disks", json!({"DiskId": "d-far", "RegionId": "cn-beijing", "Category": "cloud_essd"})).await;
    app.arrange("POST", "/instances", json!({"InstanceId": "i-far", "RegionId": "cn-beijing"})).await;
    let instance = "The specified InstanceId does not exist.";
    let disk = "The specified DiskId does not exist.";
    let other = "The specified parameter diskid is not supported.";
    let none = "There is no disk mounted on the instance.";
    app.refuses_all(
        "CreateSnapshotGroup&RegionId=cn-hangzhou",
        &[
            ("InstanceId=i-unknown", 404, "InvalidInstanceId.NotFound", instance),
            ("InstanceId=i-far", 404, "InvalidInstanceId.NotFound", instance),
            ("InstanceId=i-unknown&DiskId.1=d-unknown", 404, "InvalidInstanceId.NotFound", instance),
            ("DiskId.1=d-1&DiskId.2=d-unknown", 404, "InvalidDiskId.NotFound", disk),
            ("DiskId.1=d-1&DiskId.2=d-far", 404, "InvalidDiskId.NotFound", disk),
            ("InstanceId=i-1&DiskId.1=d-1&DiskId.2=d-4", 403, "DiskId.ValueNotSupported", other),
            ("InstanceId=i-1&DiskId.1=d-5", 403, "DiskId.ValueNotSupported", other),
            ("InstanceId=i-empty", 403, "InvalidInstance.NoDisk", none),
            ("InstanceId=i-2&ExcludeDiskId.1=d-4", 403, "InvalidInstance.NoDisk", none),
        ],
    )
    .await;
}

#[actix_web::test]
async fn what_disks_are_decides_whether_they_can_be_in_a_group_together() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1}]
        Disks:
          - {DiskId: d-1, Category: cloud_essd, InstanceId: i-1}
          - {DiskId: d-2, Category: cloud_auto}
          - {DiskId: d-old, Category: cloud_ssd}
          - {DiskId: d-local, Category: local_ssd_pro}
          - {DiskId: d-shared, Category: cloud_essd, MultiAttach: Enabled}
          - {DiskId: d-legacy, Category: cloud_essd, MultiAttach: LegacyShared}
          - {DiskId: d-regional, Category: cloud_regional_disk_auto}
          - {DiskId: d-regional-2, Category: cloud_regional_disk_auto}
          - {DiskId: d-zone-b, Category: cloud_essd, ZoneId: cn-hangzhou-b}
        ",
    )
    .await;
    let category = "The operation is not supported to the specified disk due to its disk category.";
    let multi_attach = "Multi attach disk does not support this operation.";
    let shared = "The specified diskId is invalid. The shared volume does not support creating a snapshot group.";
    let regional = "If any specified disk is of a regional disk category, then all disks must also be of that regional disk category.";
    let zone = "The specified disks are not in the same availability zone.";
    app.refuses_all(
        "CreateSnapshotGroup&RegionId=cn-hangzhou",
        &[
            ("DiskId.1=d-1&DiskId.2=d-old", 400, "DiskCategory.OperationNotSupported", category),
            ("DiskId.1=d-local", 400, "DiskCategory.OperationNotSupported", category),
            ("DiskId.1=d-1&DiskId.2=d-shared", 403, "InvalidOperation.MultiAttachDisk", multi_attach),
            ("DiskId.1=d-legacy", 403, "InvalidDisk.ShareVolume", shared),
            ("DiskId.1=d-1&DiskId.2=d-regional", 403, "InvalidDisk.DiskCategoryInconsistent", regional),
            ("DiskId.1=d-1&DiskId.2=d-zone-b", 400, "InvalidDiskIds.NotInSameZone", zone),
        ],
    )
    .await;
    for query in ["DiskId.1=d-1&DiskId.2=d-2", "DiskId.1=d-regional&DiskId.2=d-regional-2", "DiskId.1=d-zone-b"] {
        create(&app, query).await;
    }
}

#[actix_web::test]
async fn a_group_is_of_128_disks_and_256_tib_at_most() {
    let app = TestApp::empty().await;
    let disk = |number: usize, size: i64| json!({"DiskId": format!("d-{number:03}"), "Category": "cloud_essd", "Size": size, "InstanceId": "i-1"});
    let disks: Vec<Value> = (0..128).map(|number| disk(number, 2_048)).collect();
    app.arrange("PUT", "/state", json!({"Instances": [{"InstanceId": "i-1"}], "Disks": disks})).await;
    let group = create(&app, "InstanceId=i-1").await;
    assert_eq!(members(&group).len(), 128);
    app.arrange("PATCH", "/disks/d-000", json!({"Size": 2_049})).await;
    let capacity = "The capacity of all disks in the request exceeds.";
    assert_eq!(refused(&app, "InstanceId=i-1").await, Fault::new(403, "CapacityExceed.TooManyDisks", capacity));
    create(&app, "InstanceId=i-1&ExcludeDiskId.1=d-001").await;
    app.arrange("POST", "/disks", disk(128, 20)).await;
    let number = "The number of all disks in the request exceeds.";
    assert_eq!(refused(&app, "InstanceId=i-1").await, Fault::new(403, "NumberExceed.TooManyDisks", number));
}

#[actix_web::test]
async fn what_a_disk_is_doing_is_checked_as_for_a_snapshot_of_it_alone() {
    let app = TestApp::seeded(
        "
        Instances:
          - {InstanceId: i-1}
          - {InstanceId: i-starting, Status: Starting}
          - {InstanceId: i-locked, OperationLocks: [{LockReason: security}]}
        Disks:
          - {DiskId: d-1, Category: cloud_essd, InstanceId: i-1}
          - {DiskId: d-creating, Category: cloud_essd, Status: Creating}
          - {DiskId: d-starting, Category: cloud_essd, InstanceId: i-starting}
          - {DiskId: d-locked, Category: cloud_essd, InstanceId: i-locked}
          - {DiskId: d-never, Category: cloud_essd, NeverAttached: true}
        ",
    )
    .await;
    let disk = "The current disk status does not support this operation.";
    let instance = "The current status of the resource does not support this operation.";
    let locked = "The disk attached instance is locked due to security.";
    let never = "The specified disk has never been attached to any instance.";
    for (id, fault) in [
        ("d-creating", Fault::new(403, "IncorrectDiskStatus", disk)),
        ("d-starting", Fault::new(400, "IncorrectInstanceStatus", instance)),
        ("d-locked", Fault::new(403, "InstanceLockedForSecurity", locked)),
        ("d-never", Fault::new(403, "IncorrectDiskStatus.NeverAttached", never)),
    ] {
        assert_eq!(refused(&app, &format!("DiskId.1=d-1&DiskId.2={id}")).await, fault, "{id}");
        assert_eq!(app.refused(&format!("CreateSnapshot&DiskId={id}")).await, fault, "{id}");
    }
    assert_eq!(app.ids("").await, [""; 0], "of no disk, as one cannot");
}

#[actix_web::test]
async fn ten_snapshots_of_a_disk_are_made_at_once_and_so_many_kept_as_the_quota_says() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 60})).await;
    for _ in 0..10 {
        create(&app, "DiskId.1=d-2").await;
    }
    let message = "The number of snapshots being created for the disk d-2 has exceeded the concurrent quota (10). \
                   Please wait for the previous snapshots to complete before trying again.";
    let concurrent = Fault::new(403, "QuotaExceed.ConcurrentSnapshotQuota", message);
    assert_eq!(refused(&app, "InstanceId=i-1").await, concurrent);
    create(&app, "InstanceId=i-1&ExcludeDiskId.1=d-2").await;
    app.clock.set(NOW.plus(60));
    app.arrange("PATCH", "/settings", json!({"ManualSnapshotsPerDisk": 11})).await;
    create(&app, "InstanceId=i-1").await;
    let quota = Fault::new(403, "QuotaExceed.Snapshot", "The snapshot quota exceeds.");
    assert_eq!(refused(&app, "InstanceId=i-1").await, quota);
}
