use serde_json::{Value, json};

use super::super::{member_ids, members};
use super::{SEED, create};
use crate::support::{NOW, TestApp, golden};

/// The snapshots of a group as DescribeSnapshots shows them, in the order of their disks, in which they were made.
async fn snapshots(app: &TestApp, group: &Value) -> Vec<Value> {
    let ids: Vec<String> = member_ids(group).iter().map(|id| format!("%22{id}%22")).collect();
    let reply = app.describe(&format!("SnapshotIds=%5B{}%5D", ids.join(","))).await;
    let mut snapshots = reply["Snapshots"]["Snapshot"].as_array().unwrap().clone();
    snapshots.sort_by_key(|snapshot| snapshot["SourceDiskId"].as_str().unwrap().to_owned());
    snapshots
}

/// What the group says of the snapshot of a disk.
fn member<'g>(group: &'g Value, disk_id: &str) -> &'g Value {
    members(group).iter().find(|member| member["SourceDiskId"] == disk_id).unwrap()
}

fn tags(resource: &Value) -> &Value {
    &resource["Tags"]["Tag"]
}

#[actix_web::test]
async fn a_snapshot_of_each_disk_is_made_at_one_moment() {
    let app = TestApp::seeded(SEED).await;
    let query = "DiskId.3=d-4&DiskId.1=d-1&DiskId.7=d-2&DiskId.8=d-1&Name=both&Description=of+two&ResourceGroupId=rg-1\
                 &Tag.1.Key=env&Tag.1.Value=test";
    let group = create(&app, query).await;
    let expected = json!({
        "Status": "progressing",
        "Name": "both",
        "Description": "of two",
        "ResourceGroupId": "rg-1",
        "CreationTime": "2026-03-15T12:00:00Z",
        "SnapshotGroupId": group["SnapshotGroupId"],
        "Snapshots": group["Snapshots"],
        "Tags": {"Tag": [{"Key": "env", "Value": "test"}]},
    });
    assert_eq!(group, expected, "disks of two instances are of none");
    assert!(group["SnapshotGroupId"].as_str().unwrap().starts_with("ssg-bp1"), "{group}");
    let made = snapshots(&app, &group).await;
    let disks: Vec<&Value> = made.iter().map(|snapshot| &snapshot["SourceDiskId"]).collect();
    assert_eq!(disks, ["d-1", "d-2", "d-4"], "each once");
    assert!(member_ids(&group).is_sorted(), "{group}");
    for snapshot in &made {
        let member = member(&group, snapshot["SourceDiskId"].as_str().unwrap());
        assert_eq!(snapshot["CreationTime"], "2026-03-15T12:00:00Z");
        assert_eq!((&snapshot["SnapshotType"], &snapshot["Status"]), (&json!("user"), &json!("progressing")));
        for field in ["SnapshotName", "ResourceGroupId", "RetentionDays"] {
            assert!(snapshot.get(field).is_none(), "what is said is of the group alone: {snapshot}");
        }
        assert_eq!((&snapshot["Description"], &snapshot["Available"]), (&json!(""), &json!(true)));
        for field in ["SnapshotId", "SourceDiskId", "SourceDiskType", "Progress", "Available"] {
            assert_eq!(member[field], snapshot[field], "{field}");
        }
        assert_eq!(member.as_object().unwrap().len(), 6, "nobody spoke of instant access: {member}");
    }
    assert_eq!((&made[0]["SourceDiskType"], &made[0]["Encrypted"]), (&json!("system"), &json!(true)));
    assert_eq!(made[0]["SnapshotLinkId"], "sl-1", "each is of the chain of its disk");
    app.clock.set(NOW.plus(2));
    assert_eq!(super::shown(&app, "").await[0]["Status"], "accomplished");
}

#[actix_web::test]
async fn snapshots_say_which_instance_they_are_of_and_clients_cannot_change_that() {
    let app = TestApp::seeded(SEED).await;
    let group = create(&app, "DiskId.1=d-4&DiskId.2=d-5&Tag.1.Key=env").await;
    let of_instance = json!([{"Key": "acs:ecs:createFrom", "Value": "i-2"}]);
    let all = (tags(member(&group, "d-4")), tags(member(&group, "d-5")));
    assert_eq!(all, (&of_instance, &json!([])), "d-5 is attached to none");
    let id = member(&group, "d-4")["SnapshotId"].as_str().unwrap();
    let made = snapshots(&app, &group).await;
    assert_eq!(*tags(&made[0]), json!([{"TagKey": "acs:ecs:createFrom", "TagValue": "i-2"}]));
    let base = format!("RegionId=cn-hangzhou&ResourceType=snapshot&ResourceId.1={id}");
    for query in [
        format!("TagResources&{base}&Tag.1.Key=acs:ecs:createFrom&Tag.1.Value=i-3"),
        format!("UntagResources&{base}&TagKey.1=acs:ecs:createFrom"),
    ] {
        assert_eq!(app.refused(&query).await.code, "InvalidTagKey.Malformed", "{query}");
    }
    app.act(&format!("UntagResources&{base}&All=true")).await;
    for number in 1..=20 {
        app.act(&format!("TagResources&{base}&Tag.1.Key=k{number}")).await;
    }
    let full = app.refused(&format!("TagResources&{base}&Tag.1.Key=more")).await;
    assert_eq!(full.code, "OperationDenied.QuotaExceed", "20 beside the one of the service");
    let listed = app.act(&format!("ListTagResources&{base}")).await;
    let expected = json!({
        "ResourceId": id, "ResourceType": "snapshot", "TagKey": "acs:ecs:createFrom", "TagValue": "i-2",
    });
    assert_eq!(listed["TagResources"]["TagResource"][0], expected);
    let found = app.act("DescribeTags&RegionId=cn-hangzhou&Tag.1.Key=acs:ecs:createFrom").await;
    assert_eq!(found["Tags"]["Tag"][0]["TagValue"], "i-2");
    let shown = super::shown(&app, "").await;
    assert_eq!(tags(member(&shown[0], "d-4"))[0], of_instance[0]);
}

#[actix_web::test]
async fn without_disks_all_of_the_instance_are_taken_but_those_that_are_left_out() {
    let app = TestApp::seeded(SEED).await;
    let disks = |group: &Value| {
        let disks = members(group).iter().map(|member| member["SourceDiskId"].as_str().unwrap());
        let mut disks: Vec<&str> = disks.collect();
        disks.sort_unstable();
        disks.join(" ")
    };
    for (query, expected) in [
        ("InstanceId=i-1", "d-1 d-2 d-3"),
        ("InstanceId=i-1&ExcludeDiskId.2=d-1&ExcludeDiskId.9=d-3", "d-2"),
        ("InstanceId=i-1&ExcludeDiskId.1=d-4&ExcludeDiskId.2=d-unknown", "d-1 d-2 d-3"),
        ("InstanceId=i-1&DiskId.1=d-2&DiskId.2=d-1", "d-1 d-2"),
        ("DiskId.1=d-3&DiskId.2=d-2", "d-2 d-3"),
    ] {
        let group = create(&app, query).await;
        assert_eq!((disks(&group).as_str(), &group["InstanceId"]), (expected, &json!("i-1")), "{query}");
        assert_eq!(group["Description"], "", "it is there also when nothing was said");
        assert!(group.get("Name").is_none() && group.get("ResourceGroupId").is_none(), "{group}");
    }
    assert!(create(&app, "DiskId.1=d-5").await.get("InstanceId").is_none());
}

#[actix_web::test]
async fn failures_to_come_are_counted_disk_by_disk() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"FailNextSnapshots": 2, "SnapshotSeconds": 10})).await;
    let group = create(&app, "InstanceId=i-1").await;
    assert_eq!(app.arrange("GET", "/settings", Value::Null).await["FailNextSnapshots"], 0);
    let statuses = async || {
        let made = snapshots(&app, &group).await;
        made.iter().map(|snapshot| snapshot["Status"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    app.clock.set(NOW.plus(9));
    assert_eq!(super::shown(&app, "").await[0]["Status"], "progressing");
    app.clock.set(NOW.plus(10));
    assert_eq!(statuses().await, "failed failed accomplished", "by the ids of their disks");
    let shown = super::shown(&app, "").await;
    assert_eq!(shown[0]["Status"], "failed");
    let available = ["d-1", "d-2", "d-3"].map(|disk| &member(&shown[0], disk)["Available"]);
    assert_eq!(available, [&json!(false), &json!(false), &json!(true)]);
}

#[actix_web::test]
async fn what_is_said_of_instant_access_is_shown_and_has_no_effect() {
    let app = TestApp::seeded(SEED).await;
    let group = create(&app, "DiskId.1=d-1&InstantAccess=true&InstantAccessRetentionDays=3").await;
    let member = &members(&group)[0];
    assert_eq!((&member["InstantAccess"], &member["InstantAccessRetentionDays"]), (&json!(true), &json!(3)));
    app.clock.set(NOW.plus(4 * 86_400));
    assert_eq!(super::shown(&app, "").await.len(), 1);
}

#[actix_web::test]
async fn a_client_token_makes_one_group() {
    let app = TestApp::seeded(SEED).await;
    let query = "CreateSnapshotGroup&RegionId=cn-hangzhou&InstanceId=i-1&ClientToken=once";
    let first = app.act(query).await["SnapshotGroupId"].clone();
    assert_eq!(app.act(query).await["SnapshotGroupId"], first);
    assert_eq!((super::shown(&app, "").await.len(), app.ids("").await.len()), (1, 3));
    let other = app.refused(&format!("{query}&Name=other")).await;
    let expected = (403, "IdempotentParameterMismatch", "The specified clientToken is used.");
    assert_eq!((other.status, other.code.as_str(), other.message.as_str()), expected);
    let malformed = app.refused(&format!("{query}{}", "x".repeat(64))).await;
    assert_eq!((malformed.status, malformed.code.as_str()), (400, "InvalidParameter"));
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "CreateSnapshotGroup&RegionId=cn-hangzhou&InstanceId=i-1&Name=all").await;
}
