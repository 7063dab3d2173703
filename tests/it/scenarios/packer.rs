//! Packer's builder: the snapshot of an instance's system disk, its tags in the older way, an image of it, and taking both away.

use serde_json::json;

use super::{Manner, Program, only, text};

const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");

#[actix_web::test]
async fn an_image_is_built_and_taken_away() {
    let document = "
RegionId: cn-hangzhou
Instances: [{InstanceId: i-builder, Status: Stopped}]
Disks:
  - {DiskId: d-root, Category: cloud_essd, Type: system, Size: 40, InstanceId: i-builder, Device: /dev/xvda}
  - {DiskId: d-data, Category: cloud_essd, Size: 100, InstanceId: i-builder, Device: /dev/xvdb}
";
    let mut packer = Program::over(document, Manner::Query).await;
    let root = packer.disk(&[("DiskType", "system"), ("InstanceId", "i-builder"), REGION]).await;
    assert_eq!(root["DiskId"], "d-root");
    let snapshot = text(&packer.call("CreateSnapshot", &[("DiskId", "d-root")]).await, "SnapshotId");
    assert_eq!(packer.snapshot(&snapshot).await["Status"], "progressing");
    packer.wait(5);
    assert_eq!(packer.snapshot(&snapshot).await["Status"], "accomplished");
    let tagged = [
        REGION,
        ("ResourceId", &snapshot),
        ("ResourceType", "snapshot"),
        ("Tag.1.Key", "built-by"),
        ("Tag.1.Value", "packer"),
    ];
    packer.call("AddTags", &tagged).await;

    let made = [("ImageName", "packer-1"), REGION, ("SnapshotId", snapshot.as_str())];
    let image = text(&packer.call("CreateImage", &made).await, "ImageId");
    let states = ("Status", "Waiting,Creating,CreateFailed,Available");
    let mut shown = packer.call("DescribeImages", &[("ImageId", &image), REGION, states]).await;
    let shown = only(shown["Images"]["Image"].take());
    let mapping = &shown["DiskDeviceMappings"]["DiskDeviceMapping"][0];
    assert_eq!(json!([shown["Status"], mapping["SnapshotId"]]), json!(["Available", snapshot]));
    let by_name = [("ImageName", "packer-1"), REGION, states];
    assert_eq!(packer.call("DescribeImages", &by_name).await["TotalCount"], 1);

    // With force_deregister and force_delete_snapshot: the image first, since it keeps the snapshot.
    assert_eq!(packer.refused("DeleteSnapshot", &[("SnapshotId", &snapshot)]).await.code, "SnapshotCreatedImage");
    packer.call("DeleteImage", &[("ImageId", &image), REGION]).await;
    packer.call("DeleteSnapshot", &[("SnapshotId", &snapshot)]).await;
    assert_eq!(packer.call("DescribeSnapshots", &[REGION]).await["TotalCount"], 0);
}
