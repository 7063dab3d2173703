//! Every field of the reply: when it is there, and what it says.

use serde_json::json;

use super::super::{described, shown};
use crate::support::{TestApp, golden};

#[actix_web::test]
async fn a_disk_of_which_nothing_is_said_has_the_fields_that_are_always_there() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}]").await;
    let expected = json!({
        "DiskId": "d-1",
        "RegionId": "cn-hangzhou",
        "ZoneId": "cn-hangzhou-h",
        "DiskName": "",
        "Description": "",
        "CreationTime": "2026-03-15T12:00:00Z",
        "Category": "cloud",
        "Type": "data",
        "Size": 40,
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
        "SerialNumber": "1",
        "OperationLocks": {"OperationLock": []},
        "Tags": {"Tag": []},
    });
    assert_eq!(shown(&app, "d-1").await, expected);
}

/// One disk that says all that a disk can say.
const FULL: &str = "
Instances: [{InstanceId: i-1, ZoneId: cn-hangzhou-g}]
Disks:
  - DiskId: d-1
    ZoneId: cn-hangzhou-k
    DiskName: a & b
    Description: what it is for
    CreationTime: 2026-01-02T03:04:05Z
    Category: cloud_auto
    Type: data
    Size: 200
    InstanceId: i-1
    Device: /dev/xvdc
    AttachedTime: 2026-01-03T03:04:05Z
    DetachedTime: 2026-01-02T05:04:05Z
    Portable: false
    DeleteWithInstance: true
    DeleteAutoSnapshot: false
    EnableAutoSnapshot: false
    Encrypted: true
    KMSKeyId: k-1
    PerformanceLevel: PL1
    ProvisionedIops: 9000000000
    BurstingEnabled: true
    MultiAttach: Enabled
    SourceSnapshotId: s-1
    ImageId: m-1
    DiskChargeType: PrePaid
    ExpiredTime: 2027-01-01T16:00Z
    ProductCode: jxsc000204
    ResourceGroupId: rg-1
    SerialNumber: bp1
    StorageClusterId: dbsc-1
    StorageSetId: ss-1
    StorageSetPartitionNumber: 3
    OperationLocks: [{LockReason: financial, LockMsg: pay}, {LockReason: security}]
    Tags: {test: api}
";

#[actix_web::test]
async fn every_field_that_is_seeded_comes_back() {
    let app = TestApp::seeded(FULL).await;
    let mut expected = json!({
        "DiskId": "d-1",
        "RegionId": "cn-hangzhou",
        "ZoneId": "cn-hangzhou-k",
        "DiskName": "a & b",
        "Description": "what it is for",
        "CreationTime": "2026-01-02T03:04:05Z",
        "Category": "cloud_auto",
        "Type": "data",
        "Size": 200,
        "Status": "In_use",
        "InstanceId": "i-1",
        "Device": "/dev/xvdc",
        "AttachedTime": "2026-01-03T03:04:05Z",
        "DetachedTime": "2026-01-02T05:04:05Z",
        "Attachments": {"Attachment": [
            {"InstanceId": "i-1", "Device": "/dev/xvdc", "AttachedTime": "2026-01-03T03:04:05Z"},
        ]},
        "MountInstances": {"MountInstance": []},
        "Portable": false,
        "DeleteWithInstance": true,
        "DeleteAutoSnapshot": false,
        "EnableAutoSnapshot": false,
    });
    // More fields at once are too many for the macro.
    let rest = json!({
        "EnableAutomatedSnapshotPolicy": false,
        "AutoSnapshotPolicyId": "",
        "Encrypted": true,
        "KMSKeyId": "k-1",
        "PerformanceLevel": "PL1",
        "ProvisionedIops": 9_000_000_000_i64,
        "BurstingEnabled": true,
        "MultiAttach": "Enabled",
        "SourceSnapshotId": "s-1",
        "ImageId": "m-1",
        "DiskChargeType": "PrePaid",
        "ExpiredTime": "2027-01-01T16:00Z",
        "ProductCode": "jxsc000204",
        "ResourceGroupId": "rg-1",
        "SerialNumber": "bp1",
        "StorageClusterId": "dbsc-1",
        "StorageSetId": "ss-1",
        "StorageSetPartitionNumber": 3,
        "OperationLocks": {"OperationLock": [{"LockReason": "financial"}, {"LockReason": "security"}]},
        "Tags": {"Tag": [{"TagKey": "test", "TagValue": "api"}]},
    });
    expected.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    assert_eq!(shown(&app, "d-1").await, expected);
}

#[actix_web::test]
async fn a_disk_is_in_the_zone_of_its_instance() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1, ZoneId: cn-hangzhou-g}]
        Disks: [{DiskId: d-1, InstanceId: i-1, Type: system, Device: /dev/xvda}]
        ",
    )
    .await;
    let disk = shown(&app, "d-1").await;
    assert_eq!((&disk["ZoneId"], &disk["Portable"]), (&json!("cn-hangzhou-g"), &json!(false)));
    let attachment = json!([{"InstanceId": "i-1", "Device": "/dev/xvda", "AttachedTime": ""}]);
    assert_eq!(disk["Attachments"]["Attachment"], attachment, "when it was attached is not known");
    app.arrange("DELETE", "/instances/i-1", serde_json::Value::Null).await;
    let disk = shown(&app, "d-1").await;
    assert_eq!((&disk["Status"], &disk["InstanceId"]), (&json!("Available"), &json!("")));
    assert_eq!(disk["Attachments"], json!({"Attachment": []}));
}

#[actix_web::test]
async fn newest_come_first_and_ids_break_ties() {
    let app = TestApp::seeded(
        "
        Disks:
          - {DiskId: d-b, CreationTime: 2020-01-01T00:00:00Z}
          - {DiskId: d-a, CreationTime: 2020-01-01T00:00:00Z}
          - {DiskId: d-c, CreationTime: 2030-01-01T00:00:00Z}
        ",
    )
    .await;
    assert_eq!(super::super::ids(&app, "").await, ["d-c", "d-a", "d-b"]);
}

#[actix_web::test]
async fn an_empty_list_is_still_wrapped() {
    let app = TestApp::empty().await;
    let reply = described(&app, "").await;
    assert_eq!((&reply["Disks"], &reply["TotalCount"]), (&json!({"Disk": []}), &json!(0)));
    let xml = app.get("Action=DescribeDisks&RegionId=cn-hangzhou").await;
    assert!(xml.body.contains("<Disks/>"), "{}", xml.body);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(FULL, "DescribeDisks&RegionId=cn-hangzhou&MaxResults=10").await;
}
