//! Disks made from snapshots: which snapshots serve, how large the disk is, and what the snapshot is used for then.

use serde_json::json;

use super::{create, refused, shown};
use crate::support::{Fault, NOW, TestApp};

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-1, SourceDiskSize: 60}
  - {SnapshotId: s-system, SourceDiskType: system}
  - {SnapshotId: s-image}
  - {SnapshotId: s-small, SourceDiskSize: 5}
  - {SnapshotId: s-large, SourceDiskSize: 2001}
  - {SnapshotId: s-huge, SourceDiskSize: 40000}
  - {SnapshotId: s-progressing, ReadyTime: 2026-03-15T12:01:00Z}
  - {SnapshotId: s-instant, Status: progressing, Available: true}
  - {SnapshotId: s-failed, Status: failed}
  - {SnapshotId: s-archive, Category: Archive}
  - {SnapshotId: s-old, CreationTime: 2013-07-14T23:59:59Z}
  - {SnapshotId: s-not-so-old, CreationTime: 2013-07-15T00:00:00Z}
  - {SnapshotId: s-elsewhere, RegionId: cn-beijing}
  - {SnapshotId: s-gone, ExpirationTime: 2026-03-15T12:00:00Z}
  - {SnapshotId: s-encrypted, Encrypted: true, KMSKeyId: k-1}
  - {SnapshotId: s-encrypted-by-default, Encrypted: true}
Images: [{ImageId: m-1, SnapshotId: s-image}]
";

#[actix_web::test]
async fn the_larger_of_both_sizes_counts() {
    let app = TestApp::seeded(SEED).await;
    for (size, expected) in [("", 60), ("&Size=59", 60), ("&Size=60", 60), ("&Size=61", 61)] {
        let id = create(&app, &format!("ZoneId=cn-hangzhou-b&SnapshotId=s-1{size}")).await;
        let disk = shown(&app, &id).await;
        assert_eq!((&disk["Size"], &disk["SourceSnapshotId"]), (&json!(expected), &json!("s-1")), "{size}");
    }
}

#[actix_web::test]
async fn the_snapshot_is_used_while_the_disk_is_there() {
    let app = TestApp::seeded(SEED).await;
    let usage = async |id: &str| {
        let reply = app.describe(&format!("SnapshotIds=%5B%22{id}%22%5D")).await;
        reply["Snapshots"]["Snapshot"][0]["Usage"].as_str().unwrap().to_owned()
    };
    assert_eq!((usage("s-system").await, usage("s-image").await), ("none".to_owned(), "image".to_owned()));
    let first = create(&app, "ZoneId=cn-hangzhou-b&SnapshotId=s-system").await;
    let second = create(&app, "ZoneId=cn-hangzhou-b&SnapshotId=s-image").await;
    assert_eq!((usage("s-system").await, usage("s-image").await), ("disk".to_owned(), "image_disk".to_owned()));
    assert_eq!(app.refused("DeleteSnapshot&SnapshotId=s-system").await.code, "SnapshotCreatedDisk");
    assert_eq!(super::super::ids(&app, "SnapshotId=s-system").await, [first.as_str()]);
    app.act(&format!("DeleteDisk&DiskId={first}")).await;
    app.act(&format!("DeleteDisk&DiskId={second}")).await;
    assert_eq!((usage("s-system").await, usage("s-image").await), ("none".to_owned(), "image".to_owned()));
}

#[actix_web::test]
async fn a_snapshot_serves_once_it_is_available() {
    let app = TestApp::seeded(SEED).await;
    let not_ready = Fault::new(403, "InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet.");
    assert_eq!(refused(&app, "ZoneId=cn-hangzhou-b&SnapshotId=s-progressing").await, not_ready);
    app.clock.set(NOW.plus(60));
    create(&app, "ZoneId=cn-hangzhou-b&SnapshotId=s-progressing").await;
    create(&app, "ZoneId=cn-hangzhou-b&SnapshotId=s-instant").await;
    create(&app, "ZoneId=cn-hangzhou-b&SnapshotId=s-not-so-old").await;
}

#[actix_web::test]
async fn what_is_wrong_with_a_snapshot_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let unknown = (404, "InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist.");
    let not_allowed =
        (403, "OperationDenied.SnapshotNotAllowed", "The specified snapshot is not allowed to create disk.");
    let range = (
        403,
        "InvalidDataDiskSize.ValueNotSupported",
        "The specified disk size is beyond the permitted range, or the snapshot capacity exceeds the size limit for the \
         specified disk category.",
    );
    let needs = (
        403,
        "InvalidEncrypted.NotMatchSnapshot",
        "The specified parameter Encrypted must be set to true when creating disks with encrypted snapshots.",
    );
    for (query, (status, code, message)) in [
        ("SnapshotId=s-unknown", unknown),
        ("SnapshotId=s-elsewhere", unknown),
        ("SnapshotId=s-gone", unknown),
        ("SnapshotId=s-failed", not_allowed),
        ("SnapshotId=s-archive", not_allowed),
        (
            "SnapshotId=s-old",
            (
                403,
                "InvalidSnapshot.TooOld",
                "This operation is forbidden because the specified snapshot is created before 2013-07-15.",
            ),
        ),
        ("SnapshotId=s-large", (403, "InvalidSnapshot.TooLarge", "The capacity of snapshot exceeds 2000GB.")),
        ("SnapshotId=s-huge&DiskCategory=cloud_ssd", range),
        ("SnapshotId=s-small&DiskCategory=cloud_ssd", range),
        (
            "SnapshotId=s-small&DiskCategory=cloud_essd",
            (403, "OperationDenied.PerformanceLevelNotMatch", "The specified PerformanceLevel and Size do not match."),
        ),
        ("SnapshotId=s-encrypted", needs),
        (
            "SnapshotId=s-encrypted&Encrypted=false",
            (
                400,
                "InvalidParameter.Encrypted",
                "Creating non-encrypted disks with encrypted snapshots is not supported.",
            ),
        ),
        (
            "SnapshotId=s-encrypted&Encrypted=true&KMSKeyId=k-2",
            (
                400,
                "InvalidKmsKeyId.NotMatchSnapshot",
                "The specified parameter KmsKeyId is different from the KmsKeyId of the snapshot.",
            ),
        ),
        (
            "SnapshotId=s-1&DiskCategory=elastic_ephemeral_disk_standard&Size=64",
            (
                403,
                "InvalidOperation.CreateFromSnapshotUnsupported",
                "The elastic ephemeral disk cannot be created from snapshot.",
            ),
        ),
    ] {
        let fault = refused(&app, &format!("ZoneId=cn-hangzhou-b&{query}")).await;
        assert_eq!(fault, Fault::new(status, code, message), "{query}");
    }
    assert_eq!(super::super::ids(&app, "").await, [""; 0]);
}

#[actix_web::test]
async fn an_encrypted_snapshot_makes_encrypted_disks() {
    let app = TestApp::seeded(SEED).await;
    for (query, key) in [
        ("SnapshotId=s-encrypted", "k-1"),
        ("SnapshotId=s-encrypted&KMSKeyId=k-1", "k-1"),
        ("SnapshotId=s-encrypted-by-default", ""),
        ("SnapshotId=s-encrypted-by-default&KMSKeyId=k-2", "k-2"),
        ("SnapshotId=s-1&KMSKeyId=k-3", "k-3"),
        ("SnapshotId=s-1", ""),
    ] {
        let id = create(&app, &format!("ZoneId=cn-hangzhou-b&Encrypted=true&{query}")).await;
        let disk = shown(&app, &id).await;
        assert_eq!((&disk["Encrypted"], &disk["KMSKeyId"]), (&json!(true), &json!(key)), "{query}");
    }
}

#[actix_web::test]
async fn the_link_goes_with_the_disk_and_not_with_the_snapshot() {
    let app = TestApp::seeded(SEED).await;
    let id = create(&app, "ZoneId=cn-hangzhou-b&SnapshotId=s-1").await;
    app.act("DeleteSnapshot&SnapshotId=s-1&Force=true").await;
    assert_eq!(shown(&app, &id).await["SourceSnapshotId"], "s-1");
    let entry = app.entry(&format!("disks/{id}")).await;
    assert_eq!(entry["SourceSnapshotId"], "s-1");
}
