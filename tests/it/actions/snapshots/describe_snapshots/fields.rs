//! Every response field: when it is there, and what it says.

use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

async fn only(app: &TestApp) -> Value {
    let mut reply = app.describe("").await;
    assert_eq!(reply["TotalCount"], 1);
    reply["Snapshots"]["Snapshot"][0].take()
}

#[actix_web::test]
async fn a_snapshot_of_which_nothing_is_said_has_the_fields_that_are_always_there() {
    let app = TestApp::seeded("Snapshots: [{}]").await;
    let mut snapshot = only(&app).await;
    let generated = |id: Value, kind: &str| {
        let id = id.as_str().unwrap().to_owned();
        assert!(id.starts_with(kind) && id.len() == kind.len() + 17, "{id}");
    };
    generated(snapshot["SnapshotId"].take(), "s-bp1");
    generated(snapshot["SourceDiskId"].take(), "d-bp1");
    let expected = json!({
        "SnapshotId": null,
        "RegionId": "cn-hangzhou",
        "CreationTime": "2026-03-15T12:00:00Z",
        "LastModifiedTime": "2026-03-15T12:00:00Z",
        "Status": "accomplished",
        "Progress": "100%",
        "Available": true,
        "Usage": "none",
        "SnapshotType": "user",
        "Category": "standard",
        "SourceDiskId": null,
        "SourceDiskType": "system",
        "SourceDiskSize": 40,
        "SourceStorageType": "disk",
        "Encrypted": false,
        "Description": "",
        "ProductCode": "",
        "KMSKeyId": "",
        "Tags": {"Tag": []},
    });
    assert_eq!(snapshot, expected);
}

#[actix_web::test]
async fn every_field_that_is_seeded_comes_back() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - SnapshotId: s-1
            SnapshotName: auto_20140724_2
            Description: before the move
            CreationTime: 2014-07-24T13:00:52Z
            LastModifiedTime: 2014-07-24T13:05:00Z
            Status: progressing
            Progress: 37%
            Available: true
            SourceDiskId: d-1
            SourceDiskType: DATA
            SourceDiskSize: '2000'
            SourceStorageType: disk
            InstanceId: i-1
            Encrypted: true
            KMSKeyId: 0e478b7a-4262-4802-b8cb-00d3fb40826X
            Usage: image_disk
            SnapshotType: timer
            Category: Flash
            ProductCode: jxsc000204
            ResourceGroupId: rg-1
            RetentionDays: 30
            SnapshotLinkId: sl-1
            SnapshotSN: 64472-116742336-619760001
            InstantAccess: true
            InstantAccessRetentionDays: 3
            SourceSnapshotId: s-0
            SourceRegionId: cn-beijing
            FullSnapshotSizeInBytes: 21474836480
            Tags: {test: api, 'a&b': '<c> \"d\"'}
        ",
    )
    .await;
    let expected = json!({
        "SnapshotId": "s-1",
        "RegionId": "cn-hangzhou",
        "SnapshotName": "auto_20140724_2",
        "Description": "before the move",
        "CreationTime": "2014-07-24T13:00:52Z",
        "LastModifiedTime": "2014-07-24T13:05:00Z",
        "Status": "progressing",
        "Progress": "37%",
        "Available": true,
        "SourceDiskId": "d-1",
        "SourceDiskType": "DATA",
        "SourceDiskSize": 2000,
        "SourceStorageType": "disk",
        "Encrypted": true,
        "KMSKeyId": "0e478b7a-4262-4802-b8cb-00d3fb40826X",
        "Usage": "image_disk",
        "SnapshotType": "timer",
        "Category": "Flash",
        "ProductCode": "jxsc000204",
        "ResourceGroupId": "rg-1",
        "RetentionDays": 30,
        "SnapshotLinkId": "sl-1",
        "SnapshotSN": "64472-116742336-619760001",
        "InstantAccess": true,
        "InstantAccessRetentionDays": 3,
        "SourceSnapshotId": "s-0",
        "SourceRegionId": "cn-beijing",
        "FullSnapshotSizeInBytes": 21_474_836_480_i64,
        "Tags": {"Tag": [{"TagKey": "a&b", "TagValue": "<c> \"d\""}, {"TagKey": "test", "TagValue": "api"}]},
    });
    assert_eq!(only(&app).await, expected);
}

#[actix_web::test]
async fn progress_remain_time_and_availability_follow_the_clock() {
    let app =
        TestApp::seeded("Snapshots: [{CreationTime: 2026-03-15T12:00:00Z, ReadyTime: 2026-03-15T12:03:20Z}]").await;
    for (seconds, status, progress, remain_time) in [
        (0, "progressing", "0%", json!(200)),
        (1, "progressing", "0%", json!(199)),
        (74, "progressing", "37%", json!(126)),
        (199, "progressing", "99%", json!(1)),
        (200, "accomplished", "100%", Value::Null),
        (100_000, "accomplished", "100%", Value::Null),
    ] {
        app.clock.set(NOW.plus(seconds));
        let snapshot = only(&app).await;
        assert_eq!(snapshot["Status"], status, "after {seconds} s");
        assert_eq!(snapshot["Progress"], progress, "after {seconds} s");
        assert_eq!(snapshot["RemainTime"], remain_time, "after {seconds} s");
        assert_eq!(snapshot["Available"], status == "accomplished", "after {seconds} s");
    }
}

#[actix_web::test]
async fn a_snapshot_that_fails_keeps_its_last_progress() {
    let app = TestApp::seeded("Snapshots: [{ReadyTime: 2026-03-15T12:03:20Z, Outcome: failed}]").await;
    app.clock.set(NOW.plus(200));
    let snapshot = only(&app).await;
    assert_eq!((&snapshot["Status"], &snapshot["Progress"]), (&json!("failed"), &json!("99%")));
    assert_eq!(snapshot["Available"], false);
    assert!(snapshot.get("RemainTime").is_none());
}

#[actix_web::test]
async fn a_pinned_status_and_progress_stay() {
    let app = TestApp::seeded("Snapshots: [{Status: failed, Progress: 37%, ReadyTime: 2026-03-15T13:00:00Z}]").await;
    for seconds in [0, 1_000_000] {
        app.clock.set(NOW.plus(seconds));
        let snapshot = only(&app).await;
        assert_eq!((&snapshot["Status"], &snapshot["Progress"]), (&json!("failed"), &json!("37%")));
        assert!(snapshot.get("RemainTime").is_none(), "nothing remains of what has failed");
    }
}

#[actix_web::test]
async fn a_remaining_time_beyond_32_bits_is_cut() {
    let app = TestApp::seeded("Snapshots: [{ReadyTime: 9999-01-01T00:00:00Z}]").await;
    assert_eq!(only(&app).await["RemainTime"], i32::MAX);
}

#[actix_web::test]
async fn newest_come_first_and_ids_break_ties() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-b, CreationTime: 2020-01-01T00:00:00Z}
          - {SnapshotId: s-a, CreationTime: 2020-01-01T00:00:00Z}
          - {SnapshotId: s-c, CreationTime: 2030-01-01T00:00:00Z}
          - {SnapshotId: s-d, CreationTime: 1969-07-20T20:17:40Z}
        ",
    )
    .await;
    assert_eq!(app.ids("").await, ["s-c", "s-a", "s-b", "s-d"]);
}

#[actix_web::test]
async fn an_empty_list_is_still_wrapped() {
    let app = TestApp::empty().await;
    let reply = app.describe("").await;
    assert_eq!(reply["Snapshots"], json!({"Snapshot": []}));
    assert_eq!(reply["TotalCount"], 0);
    let xml = app.get("Action=DescribeSnapshots&RegionId=cn-hangzhou").await;
    assert!(xml.body.contains("<Snapshots/>"), "{}", xml.body);
}
