//! Bosh's cloud provider interface: disks that are made, attached, changed, snapshotted and deleted, and a stemcell with its
//! snapshots.

use serde_json::json;

use super::{Manner, Program, only, text};

const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");

#[actix_web::test]
async fn a_disk_and_a_stemcell() {
    let document = "
RegionId: cn-hangzhou
Instances: [{InstanceId: i-vm}]
Disks: [{DiskId: d-root, Category: cloud_essd, Type: system, Size: 40, InstanceId: i-vm}]
Snapshots: [{SnapshotId: s-stemcell, SourceDiskId: d-root, SourceDiskType: system}]
Images: [{ImageId: m-stemcell, ImageName: stemcell, SnapshotIds: [s-stemcell]}]
";
    let mut bosh = Program::over(document, Manner::Query).await;
    let made = [
        ("ClientToken", "bosh-1"),
        ("DiskCategory", "cloud_efficiency"),
        REGION,
        ("Size", "20"),
        ("ZoneId", "cn-hangzhou-h"),
    ];
    let disk = text(&bosh.call("CreateDisk", &made).await, "DiskId");
    let ids = format!("[\"{disk}\"]");
    bosh.call("AttachDisk", &[("DiskId", &disk), ("InstanceId", "i-vm")]).await;
    bosh.call("ModifyDiskAttribute", &[("DiskId", &disk), ("DiskName", "persistent"), REGION]).await;

    let snapshot =
        text(&bosh.call("CreateSnapshot", &[("ClientToken", "bosh-2"), ("DiskId", &disk)]).await, "SnapshotId");
    bosh.wait(2);
    bosh.call("DetachDisk", &[("DiskId", &disk), ("InstanceId", "i-vm")]).await;
    bosh.call("ResizeDisk", &[("DiskId", &disk), ("NewSize", "40")]).await;
    bosh.call("ModifyDiskSpec", &[("DiskCategory", "cloud_essd"), ("DiskId", &disk)]).await;
    let shown = bosh.disk(&[("DiskIds", &ids), REGION]).await;
    let read = json!([shown["Status"], shown["Size"], shown["Category"], shown["DiskName"]]);
    assert_eq!(read, json!(["Available", 40, "cloud_essd", "persistent"]));
    bosh.call("DeleteSnapshot", &[("SnapshotId", &snapshot)]).await;
    bosh.call("DeleteDisk", &[("DiskId", &disk)]).await;

    // A stemcell goes with the snapshots that it is made of.
    let mut shown = bosh.call("DescribeImages", &[("ImageId", "m-stemcell"), REGION]).await;
    let shown = only(shown["Images"]["Image"].take());
    let snapshot = text(&shown["DiskDeviceMappings"]["DiskDeviceMapping"][0], "SnapshotId");
    bosh.call("DeleteImage", &[("ImageId", "m-stemcell"), REGION]).await;
    bosh.call("DeleteSnapshot", &[("SnapshotId", &snapshot)]).await;
    assert_eq!(bosh.call("DescribeSnapshots", &[REGION]).await["TotalCount"], 0);
}
