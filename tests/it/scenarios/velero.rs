//! Velero's plugin: the volume's type and zone, a snapshot with its tags, a volume from it without a size, and the end of both.

use serde_json::json;

use super::{Manner, Program, text};

const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");

#[actix_web::test]
async fn a_backup_and_a_restore() {
    let document = "
RegionId: cn-hangzhou
Disks:
  - {DiskId: d-1, Category: cloud_essd, Size: 80, ZoneId: cn-hangzhou-h, PerformanceLevel: PL1, Tags: {team: shop}}
";
    let mut velero = Program::over(document, Manner::Headers).await;
    let disk = velero.disk(&[("DiskIds", "[\"d-1\"]"), REGION, ("ZoneId", "cn-hangzhou-h")]).await;
    let read = json!([disk["Category"], disk["ZoneId"], disk["Encrypted"], disk["Tags"]["Tag"][0]["TagKey"]]);
    assert_eq!(read, json!(["cloud_essd", "cn-hangzhou-h", false, "team"]));

    let tags =
        [("Tag.1.Key", "velero.io/backup"), ("Tag.1.Value", "b1"), ("Tag.2.Key", "team"), ("Tag.2.Value", "shop")];
    let taken = [&[("DiskId", "d-1")], &tags[..]].concat();
    let snapshot = text(&velero.call("CreateSnapshot", &taken).await, "SnapshotId");
    velero.wait(2);
    let shown = velero.snapshot(&snapshot).await;
    assert_eq!(json!([shown["Status"], shown["Encrypted"]]), json!(["accomplished", false]));
    assert_eq!(shown["Tags"]["Tag"].as_array().unwrap().len(), 2);

    let restored = [
        &[
            ("DiskCategory", "cloud_essd"),
            ("Encrypted", "false"),
            ("PerformanceLevel", "PL1"),
            REGION,
            ("SnapshotId", snapshot.as_str()),
            ("ZoneId", "cn-hangzhou-h"),
        ],
        &tags[..],
    ]
    .concat();
    let made = text(&velero.call("CreateDisk", &restored).await, "DiskId");
    let ids = format!("[\"{made}\"]");
    let disk = velero.disk(&[("DiskIds", &ids), REGION]).await;
    assert_eq!(json!([disk["Status"], disk["Size"], disk["SourceSnapshotId"]]), json!(["Available", 80, snapshot]));

    let kept = velero.refused("DeleteSnapshot", &[("SnapshotId", &snapshot)]).await;
    assert_eq!((kept.status, kept.code.as_str()), (403, "SnapshotCreatedDisk"));
    velero.call("DeleteDisk", &[("DiskId", &made)]).await;
    velero.call("DeleteSnapshot", &[("SnapshotId", &snapshot)]).await;
    assert_eq!(velero.refused("DeleteSnapshot", &[("SnapshotId", &snapshot)]).await.status, 404);
}
