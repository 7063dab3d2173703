use serde_json::{Value, json};

use super::{SEED, ids};
use crate::support::TestApp;

#[actix_web::test]
async fn conditions_hold_all_at_once() {
    let app = TestApp::seeded(SEED).await;
    for (query, expected) in [
        ("", vec!["ssg-2", "ssg-3", "ssg-4", "ssg-1"]),
        ("Name=first", vec!["ssg-1"]),
        ("Name=fir", vec![]),
        ("ResourceGroupId=rg-1", vec!["ssg-1"]),
        ("ResourceGroupId=rg-2", vec![]),
        ("SnapshotGroupId.1=ssg-3&SnapshotGroupId.10=ssg-1", vec!["ssg-3", "ssg-1"]),
        ("SnapshotGroupId.1=ssg-far&SnapshotGroupId.2=ssg-none&SnapshotGroupId.3=ssg-over", vec![]),
        ("SnapshotGroupId.1=", vec!["ssg-2", "ssg-3", "ssg-4", "ssg-1"]),
        ("Status.1=progressing", vec!["ssg-1"]),
        ("Status.1=failed&Status.3=accomplished", vec!["ssg-2", "ssg-3", "ssg-4"]),
        ("Status.1=failed&Status.2=accomplished&Status.3=progressing", vec!["ssg-2", "ssg-3", "ssg-4", "ssg-1"]),
        ("Tag.1.Key=env", vec!["ssg-2", "ssg-1"]),
        ("Tag.1.Key=env&Tag.1.Value=test&Tag.2.Key=team", vec!["ssg-1"]),
        ("Tag.1.Key=env&Tag.1.Value=", vec![]),
        ("Tag.1.Key=env&Status.1=accomplished", vec!["ssg-2"]),
        ("Tag.1.Key=env&Name=first", vec!["ssg-1"]),
        ("InstanceId=i-1", vec!["ssg-1"]),
        ("InstanceId=i-2", vec![]),
        ("InstanceId=i-said", vec!["ssg-3"]),
        ("InstanceId=i-gone", vec!["ssg-4"]),
        ("InstanceId=i-1&Status.1=failed", vec![]),
    ] {
        assert_eq!(ids(&app, query).await, expected, "{query}");
    }
    let far = app.act("DescribeSnapshotGroups&RegionId=cn-beijing&Name=").await;
    assert_eq!(far["SnapshotGroups"]["SnapshotGroup"][0]["SnapshotGroupId"], "ssg-far");
    let empty = app.act("DescribeSnapshotGroups&RegionId=cn-qingdao").await;
    assert_eq!(empty["SnapshotGroups"], json!({"SnapshotGroup": []}));
}

#[actix_web::test]
async fn a_group_that_names_no_instance_is_of_the_one_that_its_disks_are_attached_to_now() {
    let app = TestApp::seeded(SEED).await;
    assert_eq!(ids(&app, "InstanceId=i-1").await, ["ssg-1"]);
    app.act("DetachDisk&DiskId=d-2&InstanceId=i-1").await;
    assert_eq!(ids(&app, "InstanceId=i-1").await, [""; 0], "one of its snapshots is of none");
    app.act("DetachDisk&DiskId=d-1&InstanceId=i-1").await;
    for disk in ["d-1", "d-2"] {
        app.act(&format!("AttachDisk&DiskId={disk}&InstanceId=i-2")).await;
    }
    assert_eq!(ids(&app, "InstanceId=i-2").await, ["ssg-2", "ssg-1"]);
    app.arrange("PATCH", "/snapshot-groups/ssg-1", json!({"InstanceId": "i-3"})).await;
    assert_eq!(ids(&app, "InstanceId=i-2").await, ["ssg-2"]);
    assert_eq!(ids(&app, "InstanceId=i-3").await, ["ssg-1"], "what it says itself comes first");
}

#[actix_web::test]
async fn every_row() {
    let app = TestApp::seeded(SEED).await;
    let status =
        "The specified parameter status is not valid. The expected status is progressing, accomplished or failed.";
    let region = "The RegionId provided does not exist in our records.";
    let instance = "The InstanceId provided does not exist in our records.";
    let tag = "The Tag.N.Key contain duplicate key.";
    app.refuses_all(
        "DescribeSnapshotGroups",
        &[
            ("RegionId=cn-hangzhou&Status.1=all", 403, "InvalidStatus.ValueNotSupported", status),
            ("RegionId=cn-hangzhou&Status.1=failed&Status.2=Failed", 403, "InvalidStatus.ValueNotSupported", status),
            ("RegionId=no-where&Status.1=x", 403, "InvalidStatus.ValueNotSupported", status),
            ("RegionId=no-where", 404, "InvalidRegionId.NotFound", region),
            ("RegionId=no-where&InstanceId=i-unknown", 404, "InvalidRegionId.NotFound", region),
            ("RegionId=cn-hangzhou&InstanceId=i-unknown", 404, "InvalidInstanceId.NotFound", instance),
            ("RegionId=cn-beijing&InstanceId=i-1", 404, "InvalidInstanceId.NotFound", instance),
            ("RegionId=cn-hangzhou&Tag.1.Key=a&Tag.2.Key=a", 400, "Duplicate.TagKey", tag),
            ("RegionId=cn-hangzhou&Tag.1.Key=a&Tag.1.Value=1&Tag.2.Key=a&Tag.2.Value=2", 400, "Duplicate.TagKey", tag),
        ],
    )
    .await;
    let missing = app.refused("DescribeSnapshotGroups&Status.1=x").await;
    assert_eq!((missing.status, missing.code.as_str()), (400, "MissingParameter"));
    for parameter in ["SnapshotGroupId.11", "SnapshotGroupId.0", "Status.4", "Tag.21.Key", "Tag.1.Value"] {
        let fault = app.refused(&format!("DescribeSnapshotGroups&RegionId=cn-hangzhou&{parameter}=failed")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "InvalidParameter"), "{parameter}");
        assert!(fault.message.contains(parameter.split('.').next().unwrap()), "{fault:?}");
    }
}

#[actix_web::test]
async fn the_control_plane_lists_changes_and_deletes_by_the_same_conditions() {
    let app = TestApp::seeded(SEED).await;
    let list = async |query: &str| {
        let page = app.arrange("GET", &format!("/snapshot-groups?{query}"), Value::Null).await;
        let groups = page["SnapshotGroups"].as_array().unwrap().clone();
        groups.iter().map(|group| group["SnapshotGroupId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("Status.1=failed").await, ["ssg-3", "ssg-4"]);
    assert_eq!(list("SnapshotGroupIds=[%22ssg-far%22,%22ssg-1%22,%22ssg-none%22]").await, ["ssg-far", "ssg-1"]);
    assert_eq!(list("SnapshotGroupId.1=ssg-1&SnapshotGroupIds=[%22ssg-2%22]").await, [""; 0], "both hold");
    let patched = app.arrange("PATCH", "/snapshot-groups?InstanceId=i-gone", json!({"Name": "patched"})).await;
    assert_eq!(patched["Changed"], 1);
    assert_eq!(ids(&app, "Name=patched").await, ["ssg-4"]);
    let deleted = app.arrange("DELETE", "/snapshot-groups?Tag.1.Key=env", Value::Null).await;
    assert_eq!(deleted["Removed"], 2);
    assert_eq!(ids(&app, "").await, ["ssg-3", "ssg-4"]);
    assert_eq!(app.ids("").await.len(), 4, "the snapshots stay");
}
