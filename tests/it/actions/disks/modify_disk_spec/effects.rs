//! What a disk has become.

use serde_json::{Value, json};

use super::super::disk;
use super::{EXCEEDED, SEED};
use crate::support::{NOW, TestApp, golden};

/// Category, level and provisioned IOPS of a disk.
async fn spec(app: &TestApp, id: &str) -> (String, Value, Value) {
    let disk = disk(app, id).await;
    (disk["Category"].as_str().unwrap().to_owned(), disk["PerformanceLevel"].clone(), disk["ProvisionedIops"].clone())
}

fn fields(reply: &Value) -> Vec<&String> {
    reply.as_object().unwrap().keys().collect()
}

#[actix_web::test]
async fn a_disk_is_of_the_new_category_at_once() {
    let app = TestApp::seeded(SEED).await;
    for (query, expected) in [
        ("DiskId=d-ssd&DiskCategory=cloud_essd", ("cloud_essd", json!("PL1"), Value::Null)),
        ("DiskId=d-stopped&DiskCategory=cloud_essd_entry", ("cloud_essd_entry", Value::Null, Value::Null)),
        ("DiskId=d-stopped&DiskCategory=cloud_auto&ProvisionedIops=7", ("cloud_auto", Value::Null, json!(7))),
        ("DiskId=d-auto&DiskCategory=cloud_essd&PerformanceLevel=PL0", ("cloud_essd", json!("PL0"), Value::Null)),
        ("DiskId=d-entry&DiskCategory=cloud_auto", ("cloud_auto", Value::Null, Value::Null)),
        // What is paid for as it is used may also become slower.
        ("DiskId=d-1&DiskCategory=cloud_efficiency", ("cloud_efficiency", Value::Null, Value::Null)),
        ("DiskId=d-1&DiskCategory=cloud_essd&PerformanceLevel=PL2", ("cloud_essd", json!("PL2"), Value::Null)),
    ] {
        let id = query.split(['=', '&']).nth(1).unwrap();
        let before = disk(&app, id).await;
        let reply = app.act(&format!("ModifyDiskSpec&{query}")).await;
        assert_eq!(fields(&reply), ["RequestId", "TaskId"], "{query}");
        assert!(reply["TaskId"].as_str().unwrap().starts_with("t-"), "{query}");
        assert_eq!(spec(&app, id).await, (expected.0.to_owned(), expected.1, expected.2), "{query}");
        let after = disk(&app, id).await;
        for name in ["Size", "Status", "InstanceId", "DiskChargeType", "CreationTime"] {
            assert_eq!(after[name], before[name], "{query}: {name}");
        }
        assert_eq!(after["BurstingEnabled"], Value::Null, "{query}: of AutoPL disks only");
    }
}

#[actix_web::test]
async fn another_level_alone_is_no_task() {
    let app = TestApp::seeded(SEED).await;
    for (query, level) in [
        ("DiskId=d-1&PerformanceLevel=PL2", "PL2"),
        ("DiskId=d-1&PerformanceLevel=PL1&DiskCategory=cloud_essd", "PL1"),
        ("DiskId=d-pl3&PerformanceLevel=PL2", "PL2"),
        ("DiskId=d-flash&PerformanceLevel=PL2", "PL2"),
    ] {
        let id = query.split(['=', '&']).nth(1).unwrap();
        assert_eq!(fields(&app.act(&format!("ModifyDiskSpec&{query}")).await), ["RequestId"], "{query}");
        assert_eq!(spec(&app, id).await.1, level, "{query}");
    }
    // What is paid for in advance is ordered.
    app.arrange("PATCH", "/disks/d-prepaid", json!({"Size": 1261})).await;
    let reply = app.act("ModifyDiskSpec&DiskId=d-prepaid&PerformanceLevel=PL3").await;
    assert_eq!(fields(&reply), ["OrderId", "RequestId"]);
    app.arrange("PATCH", "/disks/d-prepaid", json!({"Category": "cloud_ssd", "PerformanceLevel": null})).await;
    let reply = app.act("ModifyDiskSpec&DiskId=d-prepaid&DiskCategory=cloud_auto").await;
    assert_eq!(fields(&reply), ["OrderId", "RequestId", "TaskId"]);
}

#[actix_web::test]
async fn provisioned_iops_go_with_the_size() {
    let app = TestApp::seeded(SEED).await;
    // The smaller of 50,000 and 1,000 a GiB, less those that a disk of the size has anyway.
    for (size, most) in [(1, 0), (2, 100), (5, 2_950), (50, 45_700), (55, 50_000), (40_000, 50_000)] {
        app.arrange("PATCH", "/disks/d-auto", json!({"Size": size, "ProvisionedIops": null})).await;
        let more = format!("DiskId=d-auto&ProvisionedIops={}", most + 1);
        app.refuses_all("ModifyDiskSpec", &[(&more, 400, "InvalidProvisionedIops.LimitExceed", EXCEEDED)]).await;
        let reply = app.act(&format!("ModifyDiskSpec&DiskId=d-auto&ProvisionedIops={most}")).await;
        assert_eq!(fields(&reply), ["RequestId", "TaskId"], "{size} GiB");
        assert_eq!(spec(&app, "d-auto").await, ("cloud_auto".to_owned(), Value::Null, json!(most)), "{size} GiB");
    }
    let disk = disk(&app, "d-auto").await;
    assert_eq!(disk["BurstingEnabled"], true, "it stays what it is otherwise");
}

#[actix_web::test]
async fn in_a_cluster_performance_is_set_in_place_of_the_category() {
    let app = TestApp::seeded(SEED).await;
    let malformed = |name: &str| format!("Parameter invalid, PerformanceControlOptions.{name}.");
    let code = "MalformedParameter.PerformanceControlOptions";
    let outside = "The specified disk not in dedicated storage cluster, can not modify performance control options.";
    let outside_code = "InvalidPerformanceParameter.DiskNotInDedicatedStorageCluster";
    // A disk of level PL0 with 100 GiB has at most 3,000 IOPS and 125 MB/s.
    app.refuses_all(
        "ModifyDiskSpec",
        &[
            ("DiskId=d-1&PerformanceControlOptions.IOPS=1", 403, outside_code, outside),
            ("DiskId=d-1&PerformanceControlOptions.Recover=All", 403, outside_code, outside),
            ("DiskId=d-cluster&PerformanceControlOptions.IOPS=800", 400, code, &malformed("IOPS")),
            ("DiskId=d-cluster&PerformanceControlOptions.IOPS=950", 400, code, &malformed("IOPS")),
            ("DiskId=d-cluster&PerformanceControlOptions.IOPS=3100", 400, code, &malformed("IOPS")),
            ("DiskId=d-cluster&PerformanceControlOptions.IOPS=-900", 400, code, &malformed("IOPS")),
            ("DiskId=d-cluster&PerformanceControlOptions.Throughput=59", 400, code, &malformed("Throughput")),
            ("DiskId=d-cluster&PerformanceControlOptions.Throughput=126", 400, code, &malformed("Throughput")),
            ("DiskId=d-cluster&PerformanceControlOptions.Recover=all", 400, code, &malformed("Recover")),
        ],
    )
    .await;
    let set = async || {
        let disk = disk(&app, "d-cluster").await;
        (disk["PerformanceControlIops"].clone(), disk["PerformanceControlThroughput"].clone())
    };
    let options = "ModifyDiskSpec&DiskId=d-cluster&PerformanceControlOptions";
    let reply = app.act(&format!("{options}.IOPS=3000&PerformanceControlOptions.Throughput=60")).await;
    assert_eq!(fields(&reply), ["RequestId", "TaskId"]);
    assert_eq!(set().await, (json!(3_000), json!(60)));
    app.act(&format!("{options}.Throughput=125")).await;
    assert_eq!(set().await, (json!(3_000), json!(125)), "the other one stays");
    let refused = app.refused("ModifyDiskSpec&DiskId=d-cluster&PerformanceLevel=PL1").await;
    assert_eq!(refused.code, "InvalidStatus.DiskUnderPerformanceControl");
    app.act(&format!("{options}.Recover=All&PerformanceControlOptions.IOPS=1")).await;
    assert_eq!(set().await, (Value::Null, Value::Null), "whatever the others say");
    let refused = app.refused("ModifyDiskSpec&DiskId=d-cluster&PerformanceLevel=PL1").await;
    assert_eq!(refused.code, "OperationDenied.DiskInDedicatedBlockStorageCluster");
}

#[actix_web::test]
async fn a_disk_grows_and_is_of_a_higher_level_then() {
    let app = TestApp::seeded(
        "Instances: [{InstanceId: i-1}]\nDisks: [{DiskId: d-1, Category: cloud_essd, InstanceId: i-1}]",
    );
    let app = app.await;
    let query = "ModifyDiskSpec&DiskId=d-1&PerformanceLevel=PL2";
    assert_eq!(app.refused(query).await.code, "OperationDenied.PerformanceLevelNotMatch");
    app.act("ResizeDisk&DiskId=d-1&NewSize=461").await;
    app.act("CreateSnapshot&DiskId=d-1").await;
    assert_eq!(app.refused(query).await.code, "DiskCreatingSnapshot");
    app.clock.set(NOW.plus(2));
    app.act(query).await;
    assert_eq!(spec(&app, "d-1").await.1, "PL2");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(&format!("{SEED}Settings: {{SnapshotSeconds: 0}}"), "ModifyDiskSpec&DiskId=d-ssd&DiskCategory=cloud_auto")
        .await;
}
