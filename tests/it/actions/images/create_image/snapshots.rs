//! Images of snapshots: of one of a system disk, and of several disks.

use serde_json::{Value, json};

use super::super::{ids, shown};
use super::{create, refused};
use crate::support::{Fault, NOW, TestApp};

const SEED: &str = "
    Snapshots:
      - {SnapshotId: s-system, SourceDiskType: system, SourceDiskSize: 40}
      - {SnapshotId: s-other-system, SourceDiskType: System, SourceDiskSize: 40}
      - {SnapshotId: s-data, SourceDiskType: data, SourceDiskSize: 100}
      - {SnapshotId: s-encrypted, SourceDiskType: system, Encrypted: true}
      - {SnapshotId: s-encrypted-data, SourceDiskType: data, Encrypted: true}
      - {SnapshotId: s-progressing, Status: progressing}
      - {SnapshotId: s-failed, Status: failed}
      - {SnapshotId: s-archive, Category: Archive}
      - {SnapshotId: s-old, CreationTime: '2013-07-15T23:59:59Z'}
      - {SnapshotId: s-old-enough, CreationTime: '2013-07-16T00:00:00Z'}
      - {SnapshotId: s-elsewhere, RegionId: cn-beijing}
    ";

#[actix_web::test]
async fn a_snapshot_must_be_of_a_system_disk_and_ready() {
    let app = TestApp::seeded(SEED).await;
    let not_ready =
        "The current status of the DiskDeviceMapping.n.SnapshotId or SnapshotId does not support this operation.";
    let unknown = "The specified SnapshotId does not exist.";
    for (id, status, code, message) in [
        ("s-unknown", 404, "InvalidSnapshotId.NotFound", unknown),
        ("s-elsewhere", 404, "InvalidSnapshotId.NotFound", unknown),
        ("s-progressing", 403, "InvalidSnapshotId.NotReady", not_ready),
        ("s-failed", 403, "InvalidSnapshotId.NotReady", not_ready),
        (
            "s-archive",
            403,
            "InvalidSnapshotCategory.NotSupportImageCreation",
            "The specified snapshot category does not support create image.",
        ),
        (
            "s-old",
            403,
            "InvalidSnapshot.TooOld",
            "This operation is denied because the specified snapshot by DiskDeviceMapping.n.SnapshotId or SnapshotId is \
             created before 2013-07-15.",
        ),
        ("s-data", 403, "OperationDenied", "The specified snapshot is not from system disk."),
        ("s-encrypted", 400, "OperationDenied", "Not support creating system image from an encrypted snapshot/disk."),
    ] {
        assert_eq!(refused(&app, &format!("SnapshotId={id}")).await, Fault::new(status, code, message), "{id}");
        if id != "s-data" {
            // The same where it is one of several.
            let query = format!("DiskDeviceMapping.1.SnapshotId={id}");
            assert_eq!(refused(&app, &query).await, Fault::new(status, code, message), "{id}");
        }
    }
    assert_eq!(ids(&app, "Status=ALL").await, [""; 0]);
    for id in ["s-system", "s-other-system", "s-old-enough"] {
        create(&app, &format!("SnapshotId={id}")).await;
    }
}

#[actix_web::test]
async fn a_snapshot_that_becomes_ready_serves_from_then_on() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1, Type: system, Category: cloud_essd}]").await;
    let snapshot = app.act("CreateSnapshot&DiskId=d-1").await["SnapshotId"].as_str().unwrap().to_owned();
    let query = format!("SnapshotId={snapshot}");
    assert_eq!(refused(&app, &query).await.code, "InvalidSnapshotId.NotReady", "available is not enough");
    app.clock.set(NOW.plus(2));
    create(&app, &query).await;
}

/// Type, device, snapshot and size of each mapping.
fn mappings(image: &Value) -> Value {
    let mappings = image["DiskDeviceMappings"]["DiskDeviceMapping"].as_array().unwrap();
    mappings
        .iter()
        .map(|mapping| json!([mapping["Type"], mapping["Device"], mapping["SnapshotId"], mapping["Size"]]))
        .collect()
}

#[actix_web::test]
async fn several_snapshots_are_the_disks_of_an_image() {
    let app = TestApp::seeded(SEED).await;
    for (query, expected) in [
        ("1.SnapshotId=s-system", vec![("system", "/dev/xvda", "s-system", "40")]),
        // As Terraform asks, with a device that is empty.
        (
            "1.Device=&DiskDeviceMapping.1.DiskType=system&DiskDeviceMapping.1.Size=60&DiskDeviceMapping.1.SnapshotId=s-system\
             &DiskDeviceMapping.2.Device=&DiskDeviceMapping.2.DiskType=data&DiskDeviceMapping.2.SnapshotId=s-data",
            vec![("system", "/dev/xvda", "s-system", "60"), ("data", "/dev/xvdb", "s-data", "100")],
        ),
        (
            "3.SnapshotId=s-data&DiskDeviceMapping.3.Size=200&DiskDeviceMapping.5.SnapshotId=s-system",
            vec![("system", "/dev/xvda", "s-system", "40"), ("data", "/dev/xvdb", "s-data", "200")],
        ),
        (
            "1.SnapshotId=s-system&DiskDeviceMapping.2.Device=/dev/vdc&DiskDeviceMapping.2.SnapshotId=s-data\
             &DiskDeviceMapping.3.Size=20&DiskDeviceMapping.4.DiskType=data&DiskDeviceMapping.17.Device=/dev/xvdb",
            vec![
                ("system", "/dev/xvda", "s-system", "40"),
                ("data", "/dev/vdc", "s-data", "100"),
                ("data", "/dev/xvdd", "", "20"),
                ("data", "/dev/xvde", "", "5"),
                ("data", "/dev/xvdb", "", "5"),
            ],
        ),
        (
            "1.SnapshotId=s-system&DiskDeviceMapping.2.SnapshotId=s-other-system&DiskDeviceMapping.2.DiskType=data",
            vec![("system", "/dev/xvda", "s-system", "40"), ("data", "/dev/xvdb", "s-other-system", "40")],
        ),
        (
            "1.SnapshotId=s-system&DiskDeviceMapping.2.SnapshotId=s-encrypted-data",
            vec![("system", "/dev/xvda", "s-system", "40"), ("data", "/dev/xvdb", "s-encrypted-data", "40")],
        ),
    ] {
        let id = create(&app, &format!("DiskDeviceMapping.{query}")).await;
        let image = shown(&app, &id).await;
        assert_eq!(mappings(&image), json!(expected), "{query}");
        let largest = expected.iter().map(|(.., size)| size.parse::<i64>().unwrap()).max().unwrap();
        assert_eq!(image["Size"], largest, "{query}");
    }
}

#[actix_web::test]
async fn mappings_that_make_no_image_are_refused() {
    let app = TestApp::seeded(SEED).await;
    let denied = |message: &str| Fault::new(400, "OperationDenied", message);
    let none = denied("The specified parameter DiskDeviceMapping.n.SnapshotId does not contain system disk snapshot.");
    let two =
        denied("The specified parameter DiskDeviceMapping.n.SnapshotId contains two or more system disk snapshots.");
    let listed = "The user is not in the white list of create image by data disk snapshot.";
    let device = "The specified parameter DiskDeviceMapping.n.Device is not valid.";
    let in_use = "The specified parameter DiskDeviceMapping.n.Device has been occupied.";
    let size = "The specified parameter DiskDeviceMapping.n.Size beyond the permitted range.";
    let system = "1.SnapshotId=s-system&DiskDeviceMapping.";
    for (query, expected) in [
        ("1.SnapshotId=s-data".to_owned(), none.clone()),
        ("1.Size=40".to_owned(), none.clone()),
        ("1.DiskType=system&DiskDeviceMapping.1.Size=40".to_owned(), none.clone()),
        ("1.SnapshotId=s-system&DiskDeviceMapping.1.DiskType=data".to_owned(), none),
        (format!("{system}2.SnapshotId=s-other-system"), two.clone()),
        (format!("{system}2.DiskType=system"), two),
        (
            "1.SnapshotId=s-data&DiskDeviceMapping.1.DiskType=system".to_owned(),
            Fault::new(403, "UserNotInTheWhiteList", listed),
        ),
        (format!("{system}1.Device=/dev/xvdb"), Fault::new(400, "InvalidDevice.Malformed", device)),
        (
            format!("{system}2.SnapshotId=s-data&DiskDeviceMapping.2.Device=/dev/vda"),
            Fault::new(400, "InvalidDevice.Malformed", device),
        ),
        (
            format!("{system}2.Device=/dev/vdb&DiskDeviceMapping.3.Device=/dev/xvdb"),
            Fault::new(400, "InvalidDevice.InUse", in_use),
        ),
        (format!("{system}1.Size=39"), Fault::new(400, "InvalidSize.ValueNotSupported", size)),
        (
            format!("{system}2.SnapshotId=s-data&DiskDeviceMapping.2.Size=99"),
            Fault::new(400, "InvalidSize.ValueNotSupported", size),
        ),
    ] {
        assert_eq!(refused(&app, &format!("DiskDeviceMapping.{query}")).await, expected, "{query}");
    }
    assert_eq!(ids(&app, "Status=ALL").await, [""; 0]);
}

#[actix_web::test]
async fn of_several_sources_the_first_counts() {
    let app = TestApp::seeded(SEED).await;
    let id = create(&app, "SnapshotId=s-other-system&DiskDeviceMapping.1.SnapshotId=s-system").await;
    assert_eq!(mappings(&shown(&app, &id).await), json!([["system", "/dev/xvda", "s-system", "40"]]));
    let fault = refused(&app, "SnapshotId=s-system&InstanceId=i-unknown").await;
    assert_eq!(fault.code, "InvalidInstanceId.NotFound");
}

#[actix_web::test]
async fn its_snapshots_are_used_by_an_image_until_it_is_gone() {
    let app = TestApp::seeded(SEED).await;
    let usage = async |id: &str| {
        app.describe(&format!("SnapshotIds=%5B%22{id}%22%5D")).await["Snapshots"]["Snapshot"][0]["Usage"].clone()
    };
    assert_eq!(usage("s-system").await, "none");
    let id = create(&app, "DiskDeviceMapping.1.SnapshotId=s-system&DiskDeviceMapping.2.SnapshotId=s-data").await;
    assert_eq!((usage("s-system").await, usage("s-data").await), (json!("image"), json!("image")));
    assert_eq!(ids(&app, "SnapshotId=s-data").await, [id.as_str()]);
    assert_eq!(ids(&app, "SnapshotId=s-other-system").await, [""; 0]);
    let fault = app.refused("DeleteSnapshot&SnapshotId=s-data&Force=true").await;
    assert_eq!((fault.status, fault.code.as_str()), (403, "SnapshotCreatedImage"));
    app.arrange("POST", "/disks", json!({"DiskId": "d-1", "SourceSnapshotId": "s-data"})).await;
    assert_eq!(usage("s-data").await, "image_disk");
    app.act(&format!("DeleteImage&RegionId=cn-hangzhou&ImageId={id}")).await;
    assert_eq!((usage("s-system").await, usage("s-data").await), (json!("none"), json!("disk")));
    app.act("DeleteSnapshot&SnapshotId=s-system").await;
}
