//! DescribeSnapshotGroups: which groups there are, what they say, and what their snapshots say of them.

mod filters;
mod properties;
mod time;

use serde_json::{Value, json};

use super::{ids, member_ids, members, shown};
use crate::support::{NOW, TestApp, golden};

const SEED: &str = "
Instances: [{InstanceId: i-1}, {InstanceId: i-2}, {InstanceId: i-3}]
Disks:
  - {DiskId: d-1, InstanceId: i-1}
  - {DiskId: d-2, InstanceId: i-1}
  - {DiskId: d-3, InstanceId: i-2}
Snapshots:
  - SnapshotId: s-1
    SourceDiskId: d-1
    CreationTime: 2026-03-14T12:00:00Z
    InstantAccess: false
    InstantAccessRetentionDays: 3
    Tags: {acs:ecs:createFrom: i-1}
  - {SnapshotId: s-2, SourceDiskId: d-2, SourceDiskType: data, Status: progressing, Progress: 37%}
  - {SnapshotId: s-3, SourceDiskId: d-3}
  - {SnapshotId: s-failed, SourceDiskId: d-gone, InstanceId: i-gone, Status: failed}
  - {SnapshotId: s-far, RegionId: cn-beijing}
  - {SnapshotId: s-over, ExpirationTime: 2026-03-15T12:00:00Z}
SnapshotGroups:
  - SnapshotGroupId: ssg-1
    CreationTime: 2026-03-14T12:00:00Z
    Name: first
    Description: of two disks
    ResourceGroupId: rg-1
    SnapshotIds: [s-2, s-1]
    Tags: {env: test, team: a}
  - {SnapshotGroupId: ssg-2, SnapshotIds: [s-1, s-3], Tags: {env: test}}
  - {SnapshotGroupId: ssg-3, SnapshotIds: [s-failed, s-2, s-over], InstanceId: i-said}
  - {SnapshotGroupId: ssg-4, SnapshotIds: [s-failed]}
  - {SnapshotGroupId: ssg-far, RegionId: cn-beijing, SnapshotIds: [s-far]}
  - {SnapshotGroupId: ssg-none, Name: first}
  - {SnapshotGroupId: ssg-over, Name: first, SnapshotIds: [s-over]}
";

#[actix_web::test]
async fn a_group_is_shown_with_its_snapshots() {
    let app = TestApp::seeded(SEED).await;
    let reply = app.ask("DescribeSnapshotGroups&RegionId=cn-hangzhou").await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId", "SnapshotGroups"]);
    let groups = shown(&app, "").await;
    let expected = json!({
        "SnapshotGroupId": "ssg-1",
        "Status": "progressing",
        "CreationTime": "2026-03-14T12:00:00Z",
        "Name": "first",
        "Description": "of two disks",
        "ResourceGroupId": "rg-1",
        "InstanceId": "i-1",
        "Snapshots": {"Snapshot": [
            {
                "SnapshotId": "s-1",
                "SourceDiskId": "d-1",
                "SourceDiskType": "system",
                "Progress": "100%",
                "Available": true,
                "InstantAccess": false,
                "InstantAccessRetentionDays": 3,
                "Tags": {"Tag": [{"Key": "acs:ecs:createFrom", "Value": "i-1"}]},
            },
            {
                "SnapshotId": "s-2",
                "SourceDiskId": "d-2",
                "SourceDiskType": "data",
                "Progress": "37%",
                "Available": false,
                "Tags": {"Tag": []},
            },
        ]},
        "Tags": {"Tag": [{"Key": "env", "Value": "test"}, {"Key": "team", "Value": "a"}]},
    });
    assert_eq!(groups[3], expected);
    let of_groups: Vec<(&Value, Option<&Value>, String)> =
        groups.iter().map(|group| (&group["Status"], group.get("InstanceId"), member_ids(group).join(" "))).collect();
    let (said, gone, one) = (json!("i-said"), json!("i-gone"), json!("i-1"));
    let expected = [
        (&json!("accomplished"), None, "s-1 s-3".to_owned()),
        (&json!("failed"), Some(&said), "s-2 s-failed".to_owned()),
        (&json!("failed"), Some(&gone), "s-failed".to_owned()),
        (&json!("progressing"), Some(&one), "s-1 s-2".to_owned()),
    ];
    assert_eq!(of_groups, expected, "newest first, then by id");
}

#[actix_web::test]
async fn what_becomes_of_its_snapshots_becomes_of_the_group() {
    let app = TestApp::seeded(SEED).await;
    app.act("DeleteSnapshot&SnapshotId=s-2").await;
    let groups = shown(&app, "").await;
    assert_eq!((&groups[3]["Status"], members(&groups[3]).len()), (&json!("accomplished"), 1));
    assert_eq!(app.entry("snapshot-groups/ssg-1").await["SnapshotIds"], json!(["s-1"]));
    app.arrange("DELETE", "/snapshots/s-1", Value::Null).await;
    assert_eq!(ids(&app, "").await, ["ssg-2", "ssg-3", "ssg-4"], "it has none any more");
    assert_eq!(ids(&app, "Tag.1.Key=team").await, [""; 0], "nor is it found by its tags");
    assert_eq!(ids(&app, "InstanceId=i-2").await, ["ssg-2"], "what is left of this one is all of one instance");
}

#[actix_web::test]
async fn pages_follow_each_other_by_token() {
    let (mut snapshots, mut groups) = (Vec::new(), Vec::new());
    for number in 0..25 {
        let time = NOW.plus(-number / 3);
        snapshots.push(format!("{{SnapshotId: s-{number:02}}}"));
        groups.push(format!(
            "{{SnapshotGroupId: ssg-{number:02}, CreationTime: '{time}', SnapshotIds: [s-{number:02}]}}"
        ));
    }
    let document = format!("Snapshots: [{}]\nSnapshotGroups: [{}]", snapshots.join(", "), groups.join(", "));
    let app = TestApp::seeded(&document).await;
    for (query, sizes) in [
        ("", vec![10, 10, 5]),
        ("MaxResults=1", vec![10, 10, 5]),
        ("MaxResults=12", vec![12, 12, 1]),
        ("PageSize=3&PageNumber=2", vec![10, 10, 5]),
        ("MaxResults=1000", vec![25]),
    ] {
        let (mut seen, mut token) = (Vec::new(), String::new());
        for size in sizes {
            let reply =
                app.act(&format!("DescribeSnapshotGroups&RegionId=cn-hangzhou&{query}&NextToken={token}")).await;
            let groups = reply["SnapshotGroups"]["SnapshotGroup"].as_array().unwrap();
            assert_eq!(groups.len(), size, "{query}");
            seen.extend(groups.iter().map(|group| group["SnapshotGroupId"].as_str().unwrap().to_owned()));
            token = reply["NextToken"].as_str().unwrap_or_default().to_owned();
        }
        assert_eq!(token, "", "{query}");
        let all: Vec<String> = (0..25).map(|number| format!("ssg-{number:02}")).collect();
        assert_eq!(seen, all, "{query}");
    }
    let first = app.act("DescribeSnapshotGroups&RegionId=cn-hangzhou").await;
    let token = first["NextToken"].as_str().unwrap().to_owned();
    for query in ["NextToken=x".to_owned(), format!("NextToken={token}&Name=x"), "MaxResults=x".to_owned()] {
        let fault = app.refused(&format!("DescribeSnapshotGroups&RegionId=cn-hangzhou&{query}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "InvalidParameter"), "{query}");
    }
}

#[actix_web::test]
async fn a_full_page_of_full_groups_is_one_answer() {
    let app = TestApp::empty().await;
    let snapshots: Vec<Value> = (0..1_280)
        .map(|number| json!({"SnapshotId": format!("s-{number:04}"), "Tags": {"acs:ecs:createFrom": "i-1"}}))
        .collect();
    // Each snapshot is in ten groups, which is as much to read as ten times the snapshots.
    let groups: Vec<Value> = (0..100)
        .map(|number| {
            let members: Vec<&Value> =
                (0..128).map(|n| &snapshots[(number * 13 + n * 10) % 1_280]["SnapshotId"]).collect();
            json!({"SnapshotGroupId": format!("ssg-{number:03}"), "SnapshotIds": members})
        })
        .collect();
    app.arrange("PUT", "/state", json!({"Snapshots": snapshots, "SnapshotGroups": groups})).await;
    let reply = app.act("DescribeSnapshotGroups&RegionId=cn-hangzhou&MaxResults=100").await;
    let groups = reply["SnapshotGroups"]["SnapshotGroup"].as_array().unwrap();
    assert_eq!(groups.len(), 100);
    assert!(groups.iter().all(|group| members(group).len() == 128 && group["Status"] == "accomplished"));
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "DescribeSnapshotGroups&RegionId=cn-hangzhou").await;
}
