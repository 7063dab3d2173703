//! The Kubernetes CSI driver: a volume, its snapshot under a token that is made of the snapshot's name, a volume from that as soon as
//! it is ready to use, and the way back.

use serde_json::json;

use super::{Manner, Program, text};

const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");

const DOCUMENT: &str = "
RegionId: cn-hangzhou
Instances: [{InstanceId: i-node}]
Settings: {SnapshotSeconds: 60}
";

#[actix_web::test]
async fn a_volume_is_snapshotted_and_restored() {
    let mut csi = Program::over(DOCUMENT, Manner::Query).await;
    let volume = [
        ("ClientToken", "d:pvc-1"),
        ("DiskCategory", "cloud_essd"),
        ("DiskName", "pvc-1"),
        REGION,
        ("Size", "20"),
        ("Tag.1.Key", "ack.aliyun.com"),
        ("Tag.1.Value", "c1"),
        ("ZoneId", "cn-hangzhou-h"),
    ];
    let disk = text(&csi.call("CreateDisk", &volume).await, "DiskId");
    assert_eq!(text(&csi.call("CreateDisk", &volume).await, "DiskId"), disk, "a repeated call makes no other disk");
    csi.call("AttachDisk", &[("DiskId", &disk), ("InstanceId", "i-node")]).await;
    let ids = format!("[\"{disk}\"]");
    let attached = csi.disk(&[("DiskIds", &ids), REGION]).await;
    assert_eq!(json!([attached["Status"], attached["InstanceId"]]), json!(["In_use", "i-node"]));

    // A snapshot of this name is looked for, made, and asked for until it has a creation time.
    let by_name = [REGION, ("SnapshotName", "snapshot-1")];
    assert_eq!(csi.call("DescribeSnapshots", &by_name).await["TotalCount"], 0);
    let taken = [
        ("ClientToken", "n:snapshot-1"),
        ("DiskId", disk.as_str()),
        ("SnapshotName", "snapshot-1"),
        ("Tag.1.Key", "ack.aliyun.com"),
        ("Tag.1.Value", "c1"),
    ];
    let snapshot = text(&csi.call("CreateSnapshot", &taken).await, "SnapshotId");
    assert_eq!(text(&csi.call("CreateSnapshot", &taken).await, "SnapshotId"), snapshot, "the name's token");
    let shown = csi.snapshot(&snapshot).await;
    assert!(!shown["CreationTime"].as_str().unwrap().is_empty());
    // Of these disks it is ready to use while it is still in the making.
    assert_eq!(json!([shown["Status"], shown["Available"], shown["SourceDiskSize"]]), json!(["progressing", true, 20]));

    // The same name for another disk is one that exists already.
    let other = [("ClientToken", "n:snapshot-1"), ("DiskId", "d-other"), ("SnapshotName", "snapshot-1")];
    assert_eq!(csi.refused("CreateSnapshot", &other).await.code, "IdempotentParameterMismatch");

    let restored = [
        ("ClientToken", "d:pvc-2"),
        ("DiskCategory", "cloud_essd"),
        ("DiskName", "pvc-2"),
        REGION,
        ("Size", "20"),
        ("SnapshotId", snapshot.as_str()),
        ("ZoneId", "cn-hangzhou-h"),
    ];
    let second = text(&csi.call("CreateDisk", &restored).await, "DiskId");
    csi.call("AttachDisk", &[("DiskId", &second), ("InstanceId", "i-node")]).await;
    csi.call("ResizeDisk", &[("DiskId", &second), ("NewSize", "40"), ("Type", "online")]).await;

    // The list of the cluster, by its tag.
    let of_cluster = [REGION, ("MaxResults", "10"), ("Tag.1.Key", "ack.aliyun.com"), ("Tag.1.Value", "c1")];
    assert_eq!(csi.call("DescribeSnapshots", &of_cluster).await["TotalCount"], 1);

    csi.wait(60);
    csi.call("DeleteSnapshot", &[("Force", "true"), ("SnapshotId", &snapshot)]).await;
    assert_eq!(csi.refused("DeleteSnapshot", &[("SnapshotId", &snapshot)]).await.code, "InvalidSnapshotId.NotFound");
    let gone = [("DiskCategory", "cloud_essd"), REGION, ("SnapshotId", snapshot.as_str()), ("ZoneId", "cn-hangzhou-h")];
    assert_eq!(csi.refused("CreateDisk", &gone).await.code, "InvalidSnapshotId.NotFound");
    csi.call("DetachDisk", &[("DiskId", &second), ("InstanceId", "i-node")]).await;
    csi.call("DeleteDisk", &[("DiskId", &second)]).await;
    csi.call("DetachDisk", &[("DiskId", &disk), ("InstanceId", "i-node")]).await;
    csi.call("DeleteDisk", &[("DiskId", &disk)]).await;
    assert_eq!(csi.call("DescribeDisks", &[REGION]).await["TotalCount"], 0);
}

#[actix_web::test]
async fn a_full_disk_is_resource_exhausted() {
    let document = "
RegionId: cn-hangzhou
Disks: [{DiskId: d-1, Category: cloud_essd}]
Settings: {ManualSnapshotsPerDisk: 1, SnapshotSeconds: 0}
";
    let csi = Program::over(document, Manner::Query).await;
    csi.call("CreateSnapshot", &[("ClientToken", "n:a1"), ("DiskId", "d-1"), ("SnapshotName", "a1")]).await;
    let fault =
        csi.refused("CreateSnapshot", &[("ClientToken", "n:a2"), ("DiskId", "d-1"), ("SnapshotName", "a2")]).await;
    assert_eq!(fault.code, "QuotaExceed.Snapshot");
}
