//! Images of instances: a snapshot of each disk, and what of the instance keeps one from being made.

use serde_json::{Value, json};

use super::super::{ids, shown};
use super::{create, refused};
use crate::support::{Fault, NOW, TestApp};

const SEED: &str = "
    Instances:
      - {InstanceId: i-1, ImageId: m-1, OSType: linux, OSName: Debian 12}
      - {InstanceId: i-stopped, Status: Stopped}
      - {InstanceId: i-starting, Status: Starting}
      - {InstanceId: i-locked, OperationLocks: [{LockReason: security}]}
      - {InstanceId: i-bare}
      - {InstanceId: i-local}
      - {InstanceId: i-detaching}
      - {InstanceId: i-encrypted}
      - {InstanceId: i-windows, OSType: windows}
      - {InstanceId: i-elsewhere, RegionId: cn-beijing}
    Images:
      - {ImageId: m-1, Platform: Debian, Architecture: arm64, BootMode: UEFI, Features: {ImdsSupport: v2}}
    Disks:
      - {DiskId: d-data, InstanceId: i-1, Type: data, Category: cloud_essd, Size: 200, Device: /dev/xvdb}
      - {DiskId: d-system, InstanceId: i-1, Type: system, Category: cloud_essd, Size: 40, Device: /dev/xvda}
      - {DiskId: d-stopped, InstanceId: i-stopped, Type: system}
      - {DiskId: d-bare, InstanceId: i-bare, Type: data}
      - {DiskId: d-local, InstanceId: i-local, Type: system}
      - {DiskId: d-local-2, InstanceId: i-local, Category: local_ssd_pro}
      - {DiskId: d-detaching, InstanceId: i-detaching, Type: system}
      - {DiskId: d-detaching-2, InstanceId: i-detaching, Status: Detaching}
      - {DiskId: d-encrypted, InstanceId: i-encrypted, Type: system, Encrypted: true}
      - {DiskId: d-windows, InstanceId: i-windows, Type: system}
    ";

#[actix_web::test]
async fn each_disk_gets_a_snapshot_and_the_image_is_made_after_them() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"ImageSeconds": 10})).await;
    let id = create(&app, "InstanceId=i-1&ImageName=golden").await;
    let image = shown(&app, &id).await;
    assert_eq!(
        (&image["Status"], &image["Progress"], &image["Usable"]),
        (&json!("Creating"), &json!("0%"), &json!(false))
    );
    let disks = image["DiskDeviceMappings"]["DiskDeviceMapping"].as_array().unwrap();
    let of_disks: Vec<[&Value; 4]> =
        disks.iter().map(|disk| ["Type", "Device", "Size", "RemainTime"].map(|name| &disk[name])).collect();
    let expected = json!([["system", "/dev/xvda", "40", 12], ["data", "/dev/xvdb", "200", 12]]);
    assert_eq!(json!(of_disks), expected);

    let snapshots = app.describe("").await;
    assert_eq!(snapshots["TotalCount"], 2);
    for snapshot in snapshots["Snapshots"]["Snapshot"].as_array().unwrap() {
        assert_eq!((&snapshot["Status"], &snapshot["Usage"]), (&json!("progressing"), &json!("image")));
        assert_eq!(snapshot["SnapshotName"], format!("SnapshotForImage-{id}"));
        let number = usize::from(snapshot["SourceDiskId"] == "d-data");
        assert_eq!(snapshot["SnapshotId"], disks[number]["SnapshotId"]);
    }
    // Snapshots take two seconds, and then the image takes ten.
    for (seconds, status, progress) in [(2, "Creating", "16%"), (11, "Creating", "91%"), (12, "Available", "100%")] {
        app.clock.set(NOW.plus(seconds));
        let image = shown(&app, &id).await;
        assert_eq!((&image["Status"], &image["Progress"]), (&json!(status), &json!(progress)), "{seconds}");
    }
    assert_eq!(app.describe("Status=accomplished").await["TotalCount"], 2);
}

#[actix_web::test]
async fn it_has_what_the_instance_and_its_image_are() {
    let app = TestApp::seeded(SEED).await;
    let image = shown(&app, &create(&app, "InstanceId=i-1").await).await;
    for (field, value) in [
        ("Platform", json!("Debian")),
        ("Architecture", json!("arm64")),
        ("BootMode", json!("UEFI")),
        ("OSType", json!("linux")),
        ("OSName", json!("Debian 12")),
        ("Features", json!({"ImdsSupport": "v2", "NvmeSupport": "unsupported"})),
    ] {
        assert_eq!(image[field], value, "{field}");
    }
    app.clock.set(NOW.plus(10));
    let said = "Platform=Ubuntu&Architecture=x86_64&BootMode=BIOS&Features.ImdsSupport=v1";
    let image = shown(&app, &create(&app, &format!("InstanceId=i-1&{said}")).await).await;
    assert_eq!((&image["Platform"], &image["Architecture"]), (&json!("Ubuntu"), &json!("x86_64")));
    assert_eq!((&image["BootMode"], &image["Features"]["ImdsSupport"]), (&json!("BIOS"), &json!("v1")));
    let image = shown(&app, &create(&app, "InstanceId=i-windows").await).await;
    assert_eq!((&image["OSType"], &image["Platform"]), (&json!("windows"), &json!("")));
    let image = shown(&app, &create(&app, "InstanceId=i-stopped").await).await;
    assert_eq!((&image["OSType"], &image["Platform"]), (&json!("linux"), &json!("Others Linux")));
}

#[actix_web::test]
async fn an_instance_that_cannot_be_copied_now_is_refused() {
    let app = TestApp::seeded(SEED).await;
    let unknown = Fault::new(404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.");
    for (id, expected) in [
        ("i-unknown", unknown.clone()),
        ("i-elsewhere", unknown),
        (
            "i-locked",
            Fault::new(
                400,
                "InstanceLockedForSecurity",
                "The specified operation is denied as your instance is locked for security reasons.",
            ),
        ),
        (
            "i-starting",
            Fault::new(
                400,
                "IncorrectInstanceStatus",
                "The current status of the instance does not support this operation.",
            ),
        ),
        ("i-bare", Fault::new(403, "InvalidSystemSnapshot.Missing", "The instance i-bare has no system disk.")),
        (
            "i-local",
            Fault::new(
                400,
                "InvalidDiskCategory.CreateImage",
                "The specified diskCategory is not allowed to create image.",
            ),
        ),
        (
            "i-detaching",
            Fault::new(403, "IncorrectDiskStatus", "The current disk status does not support this operation."),
        ),
        (
            "i-encrypted",
            Fault::new(400, "OperationDenied", "Not support creating system image from an encrypted snapshot/disk."),
        ),
    ] {
        assert_eq!(refused(&app, &format!("InstanceId={id}")).await, expected, "{id}");
    }
    assert_eq!(ids(&app, "Status=ALL").await, ["m-1"]);
    assert_eq!(app.describe("").await["TotalCount"], 0, "no snapshot is left of a refused call");
}

#[actix_web::test]
async fn a_disk_must_have_room_for_another_snapshot() {
    let app = TestApp::seeded(SEED).await;
    create(&app, "InstanceId=i-stopped").await;
    let message = "A previous snapshot creation is in process.";
    let creating = Fault::new(403, "IncorrectDiskStatus.CreatingSnapshot", message);
    assert_eq!(refused(&app, "InstanceId=i-stopped").await, creating);
    for _ in 0..10 {
        create(&app, "InstanceId=i-1").await;
    }
    let message = "The number of snapshots being created for the disk d-system has exceeded the concurrent quota (10). Please \
                   wait for the previous snapshots to complete before trying again.";
    let full = Fault::new(403, "QuotaExceed.ConcurrentSnapshotQuota", message);
    assert_eq!(refused(&app, "InstanceId=i-1").await, full);
    app.clock.set(NOW.plus(2));
    create(&app, "InstanceId=i-1").await;
    app.clock.set(NOW.plus(4));
    app.arrange("PATCH", "/settings", json!({"ManualSnapshotsPerDisk": 11})).await;
    let quota = Fault::new(403, "QuotaExceed.Snapshot", "The snapshot quota exceeds.");
    assert_eq!(refused(&app, "InstanceId=i-1").await, quota);
}

#[actix_web::test]
async fn failures_that_are_set_for_snapshots_are_not_for_those_of_images() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"FailNextSnapshots": 1, "SnapshotSeconds": 0})).await;
    let id = create(&app, "InstanceId=i-1").await;
    assert_eq!(shown(&app, &id).await["Status"], "Available");
    assert_eq!(app.describe("Status=accomplished").await["TotalCount"], 2);
    assert_eq!(app.arrange("GET", "/settings", Value::Null).await["FailNextSnapshots"], 1);
}

#[actix_web::test]
async fn an_image_of_snapshots_that_are_never_made_is_never_made() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": "never"})).await;
    let id = create(&app, "InstanceId=i-1").await;
    app.clock.set(NOW.plus(1_000_000));
    assert_eq!(shown(&app, &id).await["Status"], "Creating");
}
