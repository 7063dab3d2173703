//! What a call makes.

use serde_json::{Value, json};

use super::{create, refused, shown};
use crate::support::{Fault, NOW, TestApp, golden};

#[actix_web::test]
async fn a_disk_of_which_little_is_said() {
    let app = TestApp::empty().await;
    app.clock.set(NOW.plus(7));
    let id = create(&app, "ZoneId=cn-hangzhou-b&Size=20").await;
    assert!(id.starts_with("d-bp1") && id.len() == 22, "{id}");
    let expected = json!({
        "DiskId": id,
        "RegionId": "cn-hangzhou",
        "ZoneId": "cn-hangzhou-b",
        "DiskName": "",
        "Description": "",
        "CreationTime": "2026-03-15T12:00:07Z",
        "Category": "cloud",
        "Type": "data",
        "Size": 20,
        "Status": "Available",
        "InstanceId": "",
        "Device": "",
        "AttachedTime": "",
        "DetachedTime": "",
        "Attachments": {"Attachment": []},
        "MountInstances": {"MountInstance": []},
        "Portable": true,
        "DeleteWithInstance": false,
        "DeleteAutoSnapshot": true,
        "EnableAutoSnapshot": true,
        "EnableAutomatedSnapshotPolicy": false,
        "AutoSnapshotPolicyId": "",
        "Encrypted": false,
        "KMSKeyId": "",
        "MultiAttach": "Disabled",
        "SourceSnapshotId": "",
        "ImageId": "",
        "DiskChargeType": "PostPaid",
        "ExpiredTime": "2999-09-08T16:00Z",
        "ProductCode": "",
        "ResourceGroupId": "",
        "SerialNumber": &id[2..],
        "OperationLocks": {"OperationLock": []},
        "Tags": {"Tag": []},
    });
    assert_eq!(shown(&app, &id).await, expected);
}

#[actix_web::test]
async fn everything_that_can_be_said() {
    let app = TestApp::empty().await;
    let id = create(
        &app,
        "ZoneId=cn-hangzhou-b&Size=500&DiskCategory=cloud_auto&DiskName=data-1&Description=for+the+shop&Encrypted=true\
         &KMSKeyId=k-1&MultiAttach=Enabled&ProvisionedIops=1000&BurstingEnabled=true&ResourceGroupId=rg-1\
         &StorageClusterId=dbsc-1&StorageSetId=ss-1&Tag.1.Key=a&Tag.1.Value=b&Tag.20.Key=c&PerformanceLevel=PL3",
    )
    .await;
    let disk = shown(&app, &id).await;
    for (field, value) in [
        ("Category", json!("cloud_auto")),
        ("Size", json!(500)),
        ("DiskName", json!("data-1")),
        ("Description", json!("for the shop")),
        ("Encrypted", json!(true)),
        ("KMSKeyId", json!("k-1")),
        ("MultiAttach", json!("Enabled")),
        ("ProvisionedIops", json!(1_000)),
        ("BurstingEnabled", json!(true)),
        ("ResourceGroupId", json!("rg-1")),
        ("StorageClusterId", json!("dbsc-1")),
        ("StorageSetId", json!("ss-1")),
        ("StorageSetPartitionNumber", json!(2)),
        ("Tags", json!({"Tag": [{"TagKey": "a", "TagValue": "b"}, {"TagKey": "c", "TagValue": ""}]})),
    ] {
        assert_eq!(disk[field], value, "{field}");
    }
    assert_eq!(disk.get("PerformanceLevel"), None, "which cloud_essd has alone");
    for (query, level) in [("", "PL1"), ("&PerformanceLevel=PL0", "PL0"), ("&PerformanceLevel=PL2", "PL2")] {
        let id = create(&app, &format!("ZoneId=cn-hangzhou-b&Size=500&DiskCategory=cloud_essd{query}")).await;
        assert_eq!(shown(&app, &id).await["PerformanceLevel"], level, "{query}");
    }
}

#[actix_web::test]
async fn a_new_disk_was_never_attached() {
    let app = TestApp::seeded("Instances: [{InstanceId: i-1}]").await;
    let id = create(&app, "ZoneId=cn-hangzhou-h&Size=20").await;
    let fault = app.refused(&format!("CreateSnapshot&DiskId={id}")).await;
    assert_eq!(fault.code, "IncorrectDiskStatus.NeverAttached");
    app.act(&format!("AttachDisk&DiskId={id}&InstanceId=i-1")).await;
    app.act(&format!("DetachDisk&DiskId={id}&InstanceId=i-1")).await;
    app.act(&format!("CreateSnapshot&DiskId={id}")).await;
}

#[actix_web::test]
async fn a_regional_disk_names_no_zone() {
    let app = TestApp::empty().await;
    let id = create(&app, "DiskCategory=cloud_regional_disk_auto&Size=10").await;
    assert_eq!(shown(&app, &id).await["Category"], "cloud_regional_disk_auto");
}

const SUBSCRIBED: &str = "
Instances:
  - {InstanceId: i-1, ZoneId: cn-hangzhou-g, InstanceChargeType: PrePaid, ExpiredTime: '2027-01-01T16:00Z'}
  - {InstanceId: i-2}
  - {InstanceId: i-3, InstanceChargeType: PrePaid, RegionId: cn-beijing}
Snapshots: [{SnapshotId: s-1, SourceDiskSize: 60}]
";

#[actix_web::test]
async fn a_subscription_instance_has_its_disk_at_once() {
    let app = TestApp::seeded(SUBSCRIBED).await;
    let query = "CreateDisk&RegionId=cn-hangzhou&InstanceId=i-1&SnapshotId=s-1&ClientToken=t&ResourceGroupId=x&KMSKeyId=k-1\
                 &Tag.1.Key=acs:a";
    let reply = app.act(query).await;
    let order = reply["OrderId"].as_str().unwrap();
    assert!(order.len() == 15 && order.bytes().all(|byte| byte.is_ascii_digit()), "{order}");
    let id = reply["DiskId"].as_str().unwrap();
    let disk = shown(&app, id).await;
    for (field, value) in [
        ("Status", json!("In_use")),
        ("InstanceId", json!("i-1")),
        ("Device", json!("/dev/xvdb")),
        ("ZoneId", json!("cn-hangzhou-g")),
        ("DiskChargeType", json!("PrePaid")),
        ("ExpiredTime", json!("2027-01-01T16:00Z")),
        ("Size", json!(60)),
        ("ResourceGroupId", json!("")),
        ("KMSKeyId", json!("")),
        ("Tags", json!({"Tag": []})),
    ] {
        assert_eq!(disk[field], value, "{field}");
    }
    app.act(&format!("CreateSnapshot&DiskId={id}")).await;
    for _ in 0..15 {
        app.act("CreateDisk&RegionId=cn-hangzhou&InstanceId=i-1&Size=20").await;
    }
    let message = "The total size of specified disk category in an instance exceeds.";
    let exceeded = Fault::new(403, "InstanceDiskCategoryLimitExceed", message);
    assert_eq!(refused(&app, "InstanceId=i-1&Size=20").await, exceeded);
}

#[actix_web::test]
async fn what_is_wrong_with_the_instance_has_its_row() {
    let app = TestApp::seeded(SUBSCRIBED).await;
    let unknown = Fault::new(404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.");
    assert_eq!(refused(&app, "InstanceId=i-unknown&Size=20").await, unknown);
    assert_eq!(refused(&app, "InstanceId=i-3&Size=20").await, unknown, "in another region");
    let pays_later = Fault::new(403, "InvalidPayMethod", "The specified pay method is not valid.");
    assert_eq!(refused(&app, "InstanceId=i-2&Size=20").await, pays_later);
}

#[actix_web::test]
async fn a_repeated_token_makes_no_second_disk() {
    let app = TestApp::empty().await;
    let query = "ZoneId=cn-hangzhou-b&Size=20&ClientToken=t";
    let id = create(&app, query).await;
    assert_eq!(create(&app, query).await, id);
    let message = "The request is retried with updated parameters.";
    let mismatch = Fault::new(400, "IdempotentParameterMismatch", message);
    assert_eq!(refused(&app, "ZoneId=cn-hangzhou-b&Size=21&ClientToken=t").await, mismatch);
    assert_eq!(super::super::ids(&app, "").await, [id]);
}

#[actix_web::test]
async fn what_was_made_survives_an_export() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let id = create(&app, "ZoneId=cn-hangzhou-b&SnapshotId=s-1&DiskCategory=cloud_essd&Tag.1.Key=a").await;
    let before = shown(&app, &id).await;
    let state = app.arrange("GET", "/state", Value::Null).await;
    app.arrange("PUT", "/state", state).await;
    assert_eq!(shown(&app, &id).await, before);
    assert_eq!(app.refused(&format!("CreateSnapshot&DiskId={id}")).await.code, "IncorrectDiskStatus.NeverAttached");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SUBSCRIBED, "CreateDisk&RegionId=cn-hangzhou&InstanceId=i-1&Size=20").await;
}
