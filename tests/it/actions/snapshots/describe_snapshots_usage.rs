//! DescribeSnapshotsUsage: how many snapshots a region has, and how large they are together.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

const GIB: i64 = 1 << 30;

async fn usage(app: &TestApp, region_id: &str) -> (Value, Value) {
    let reply = app.act(&format!("DescribeSnapshotsUsage&RegionId={region_id}")).await;
    (reply["SnapshotCount"].clone(), reply["SnapshotSize"].clone())
}

#[actix_web::test]
async fn each_snapshot_is_as_large_as_it_says_or_as_its_disk() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-says, FullSnapshotSizeInBytes: 7, SourceDiskSize: 100}
          - {SnapshotId: s-says-nothing}
          - {SnapshotId: s-of-a-large-disk, SourceDiskSize: 65536}
          - {SnapshotId: s-failed, FullSnapshotSizeInBytes: 1000, Status: failed}
          - {SnapshotId: s-half, SourceDiskSize: 3, Progress: 50%}
          - {SnapshotId: s-elsewhere, RegionId: cn-beijing, SourceDiskSize: 1}
        ",
    )
    .await;
    assert_eq!(usage(&app, "cn-hangzhou").await, (json!(5), json!(7 + (40 + 65_536 + 3) * GIB)));
    assert_eq!(usage(&app, "cn-beijing").await, (json!(1), json!(GIB)));
    assert_eq!(usage(&app, "us-west-1").await, (json!(0), json!(0)));
}

#[actix_web::test]
async fn it_follows_the_clock_and_every_change() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, SourceDiskSize: 1, ReadyTime: 2026-03-15T12:00:10Z, Outcome: failed}
          - {SnapshotId: s-2, SourceDiskSize: 2, ExpirationTime: 2026-03-15T12:00:20Z}
        ",
    )
    .await;
    assert_eq!(usage(&app, "cn-hangzhou").await, (json!(2), json!(3 * GIB)), "what is in the making is of full size");
    app.clock.set(NOW.plus(10));
    assert_eq!(usage(&app, "cn-hangzhou").await, (json!(2), json!(2 * GIB)), "it failed");
    app.clock.set(NOW.plus(20));
    assert_eq!(usage(&app, "cn-hangzhou").await, (json!(1), json!(0)), "the other one expired");
    app.arrange("PATCH", "/snapshots/s-1", json!({"ReadyTime": null, "Outcome": null, "SourceDiskSize": 5})).await;
    assert_eq!(usage(&app, "cn-hangzhou").await, (json!(1), json!(5 * GIB)));
    app.arrange("PUT", "/checkpoints/c", Value::Null).await;
    app.arrange("PATCH", "/snapshots/s-1", json!({"FullSnapshotSizeInBytes": 9})).await;
    assert_eq!(usage(&app, "cn-hangzhou").await, (json!(1), json!(9)));
    app.arrange("POST", "/checkpoints/c/restore", Value::Null).await;
    assert_eq!(usage(&app, "cn-hangzhou").await, (json!(1), json!(5 * GIB)), "a restore brings it back");
}

#[actix_web::test]
async fn sizes_that_no_sum_holds_are_as_large_as_can_be_told() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, FullSnapshotSizeInBytes: 9223372036854775807}
          - {SnapshotId: s-2, FullSnapshotSizeInBytes: 9223372036854775807}
          - {SnapshotId: s-3, FullSnapshotSizeInBytes: 9007199254740993, RegionId: cn-beijing}
          - {SnapshotId: s-4, FullSnapshotSizeInBytes: 2, RegionId: cn-beijing}
        ",
    )
    .await;
    assert_eq!(usage(&app, "cn-hangzhou").await, (json!(2), json!(i64::MAX)));
    assert_eq!(usage(&app, "cn-beijing").await, (json!(2), json!(9_007_199_254_740_995_i64)), "to the byte");
}

#[actix_web::test]
async fn a_region_must_be_named_and_known() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1, RegionId: xx-own}]").await;
    let message = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    assert_eq!(app.refused("DescribeSnapshotsUsage").await, Fault::new(400, "MissingParameter", message));
    let unknown = Fault::new(403, "InvalidParam.RegionId", "The specified region is not exist.");
    assert_eq!(app.refused("DescribeSnapshotsUsage&RegionId=nowhere").await, unknown);
    assert_eq!(usage(&app, "xx-own").await.0, 1);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Snapshots: [{}, {SourceDiskSize: 20}]", "DescribeSnapshotsUsage&RegionId=cn-hangzhou").await;
}
