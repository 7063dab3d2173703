//! The lives of disks as clients live them: Terraform, the CSI driver, a backup.

use serde_json::{Value, json};

use super::{described, ids, shown};
use crate::support::{NOW, TestApp};

const SEED: &str = "Instances: [{InstanceId: i-instanceid1, ZoneId: cn-hangzhou-g}]";

#[actix_web::test]
async fn terraform_makes_attaches_changes_detaches_and_deletes() {
    let app = TestApp::seeded(SEED).await;
    let made = app
        .act(
            "CreateDisk&ClientToken=TF-CreateDisk-1&Description=by+terraform+one&DiskCategory=cloud_essd\
             &DiskName=tf-disk-one&PerformanceLevel=PL1&RegionId=cn-hangzhou&Size=60&Tag.1.Key=gone&Tag.1.Value=x\
             &Tag.2.Key=env&Tag.2.Value=one&ZoneId=cn-hangzhou-g",
        )
        .await;
    let id = made["DiskId"].as_str().unwrap();
    assert_eq!(shown(&app, id).await["Status"], "Available", "what it waits for");
    app.act(&format!("ModifyDiskAttribute&DeleteAutoSnapshot=true&DiskId={id}&RegionId=cn-hangzhou")).await;
    app.act(&format!("AttachDisk&Bootable=false&DeleteWithInstance=false&DiskId={id}&InstanceId=i-instanceid1")).await;
    let disk = shown(&app, id).await;
    assert_eq!(disk["Status"], "In_use", "what it waits for");
    // What it asserts without looking.
    assert!(disk["DeleteAutoSnapshot"].is_boolean() && disk["Encrypted"].is_boolean());
    assert!(disk["DiskChargeType"].is_string() && disk["OperationLocks"].is_object());
    let snapshot = app
        .act(&format!("CreateSnapshot&ClientToken=TF-1&DiskId={id}&RetentionDays=20&SnapshotName=tf-snap-one"))
        .await;
    app.clock.set(NOW.plus(2));
    let restored = app
        .act(&format!(
            "CreateDisk&ClientToken=TF-CreateDisk-2&DiskCategory=cloud_essd&DiskName=tf-restored&RegionId=cn-hangzhou\
             &SnapshotId={}&ZoneId=cn-hangzhou-g",
            snapshot["SnapshotId"].as_str().unwrap()
        ))
        .await;
    let restored = restored["DiskId"].as_str().unwrap();
    let disk = shown(&app, restored).await;
    assert_eq!((&disk["Size"], &disk["SourceSnapshotId"]), (&json!(60), &snapshot["SnapshotId"]));
    let query = format!("Description=by+terraform+two&DiskId={id}&DiskName=tf-disk-two&RegionId=cn-hangzhou");
    app.act(&format!("ModifyDiskAttribute&{query}")).await;
    // The data source, page by page.
    let reply = described(&app, "PageNumber=1&PageSize=100").await;
    assert_eq!((&reply["TotalCount"], reply["Disks"]["Disk"].as_array().unwrap().len()), (&json!(2), 2));
    app.act(&format!("DeleteDisk&DiskId={restored}")).await;
    app.act(&format!("DetachDisk&DeleteWithInstance=false&DiskId={id}&InstanceId=i-instanceid1")).await;
    assert_eq!(shown(&app, id).await["Status"], "Available", "what it waits for");
    let again = app.refused(&format!("DetachDisk&DiskId={id}&InstanceId=i-instanceid1")).await;
    assert_eq!(again.code, "InvalidDisk.AlreadyDetached", "which it takes for success");
    app.act(&format!("DeleteDisk&DiskId={id}")).await;
    assert_eq!(ids(&app, "").await, [""; 0]);
    assert_eq!(app.ids("").await.len(), 1, "what somebody made stays");
}

#[actix_web::test]
async fn a_backup_of_a_volume_comes_back_in_its_zone_with_its_tags() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1, ZoneId: cn-hangzhou-g}]
        Disks: [{DiskId: d-1, Category: cloud_essd, Size: 20, InstanceId: i-1, Tags: {pvc: data}}]
        ",
    )
    .await;
    let disk = described(&app, "DiskIds=%5B%22d-1%22%5D&ZoneId=cn-hangzhou-g").await["Disks"]["Disk"][0].clone();
    let made = app.act("CreateSnapshot&DiskId=d-1&Tag.1.Key=velero&Tag.1.Value=yes").await;
    let snapshot = made["SnapshotId"].as_str().unwrap();
    // A snapshot of such a disk serves before it is accomplished.
    let query = format!("SnapshotId={snapshot}&Tag.1.Key=pvc&Tag.1.Value=data&PerformanceLevel=PL1&Encrypted=false");
    let restored =
        app.act(&format!("CreateDisk&RegionId=cn-hangzhou&ZoneId=cn-hangzhou-g&DiskCategory=cloud_essd&{query}")).await;
    let restored = shown(&app, restored["DiskId"].as_str().unwrap()).await;
    for field in ["Size", "Category", "PerformanceLevel", "ZoneId", "Tags", "Encrypted"] {
        assert_eq!(restored[field], disk[field], "{field}");
    }
}

#[actix_web::test]
async fn the_same_disks_on_both_planes() {
    let app = TestApp::seeded(SEED).await;
    let made = app.act("CreateDisk&RegionId=cn-hangzhou&ZoneId=cn-hangzhou-g&Size=20").await;
    let id = made["DiskId"].as_str().unwrap();
    let entry = app.entry(&format!("disks/{id}")).await;
    assert_eq!((&entry["NeverAttached"], &entry["Status"]), (&json!(true), &json!("Available")));
    app.arrange("PATCH", &format!("/disks/{id}"), json!({"Status": "Creating"})).await;
    let fault = app.refused(&format!("AttachDisk&DiskId={id}&InstanceId=i-instanceid1")).await;
    assert_eq!(fault.code, "IncorrectDiskStatus");
    app.arrange("PATCH", &format!("/disks/{id}"), json!({"Status": null})).await;
    app.act(&format!("AttachDisk&DiskId={id}&InstanceId=i-instanceid1")).await;
    let entry = app.entry(&format!("disks/{id}")).await;
    let expected = (&json!(false), &json!("In_use"), &json!("i-instanceid1"));
    assert_eq!((&entry["NeverAttached"], &entry["Status"], &entry["InstanceId"]), expected);
    app.arrange("PUT", "/checkpoints/c", Value::Null).await;
    app.act(&format!("DetachDisk&DiskId={id}&InstanceId=i-instanceid1")).await;
    app.act(&format!("DeleteDisk&DiskId={id}")).await;
    app.arrange("POST", "/checkpoints/c/restore", Value::Null).await;
    assert_eq!(ids(&app, "InstanceId=i-instanceid1&Status=In_use").await, [id]);
}
