//! ModifyDiskSpec: which disks become of which category, level and speed.

use serde_json::{Value, json};

use super::disk;
use crate::support::{NOW, TestApp, golden};

const SEED: &str = "
Instances:
  - {InstanceId: i-running}
  - {InstanceId: i-stopped, Status: Stopped}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-starting, Status: Starting}
  - {InstanceId: i-stopping, Status: Stopping}
Disks:
  - {DiskId: d-1, Category: cloud_essd, Size: 500}
  - {DiskId: d-ssd, Category: cloud_ssd, InstanceId: i-running}
  - {DiskId: d-stopped, Category: cloud_efficiency, InstanceId: i-stopped, RegionId: us-west-1}
  - {DiskId: d-auto, Category: cloud_auto, Size: 5, ProvisionedIops: 100, BurstingEnabled: true}
  - {DiskId: d-entry, Category: cloud_essd_entry, Size: 20}
  - {DiskId: d-pl0, Category: cloud_essd, PerformanceLevel: PL0, Size: 10}
  - {DiskId: d-pl3, Category: cloud_essd, PerformanceLevel: PL3, Size: 2000}
  - {DiskId: d-prepaid, Category: cloud_essd, PerformanceLevel: PL2, Size: 500, DiskChargeType: PrePaid}
  - {DiskId: d-huge, Category: cloud_auto, Size: 40000}
  - {DiskId: d-cloud, Status: Creating}
  - {DiskId: d-regional, Category: cloud_regional_disk_auto}
  - {DiskId: d-local, Category: local_ssd_pro}
  - {DiskId: d-elastic, Category: elastic_ephemeral_disk_premium}
  - {DiskId: d-shared, Category: cloud_essd, MultiAttach: Enabled, Status: Creating}
  - {DiskId: d-attaching, Category: cloud_essd, InstanceId: i-pending, Status: Attaching}
  - {DiskId: d-detaching, Category: cloud_essd, Status: Detaching}
  - {DiskId: d-creating, Category: cloud_essd, Status: Creating}
  - {DiskId: d-reiniting, Category: cloud_essd, Status: ReIniting}
  - {DiskId: d-pending, Category: cloud_essd, InstanceId: i-pending}
  - {DiskId: d-starting, Category: cloud_essd, InstanceId: i-starting}
  - {DiskId: d-stopping, Category: cloud_essd, InstanceId: i-stopping}
  - {DiskId: d-off, Category: cloud_essd, Type: system}
  - {DiskId: d-busy, Category: cloud_ssd}
  - {DiskId: d-flash, Category: cloud_essd, Size: 500}
  - {DiskId: d-cluster, Category: cloud_essd, PerformanceLevel: PL0, Size: 100, StorageClusterId: dbsc-1}
  - {DiskId: d-controlled, Category: cloud_essd, StorageClusterId: dbsc-1, PerformanceControlIops: 900}
Snapshots:
  - {SnapshotId: s-1, SourceDiskId: d-busy, Status: progressing}
  - {SnapshotId: s-2, SourceDiskId: d-flash, Category: flash}
";

const EXCEEDED: &str = "The provisioned iops exceeds the limit.";
const UNSUPPORTED: &str = "The specified disk category does not support provisioned iops.";
const LEVEL_AND_SIZE: &str = "The specified PerformanceLevel and disk size do not match.";
const NO_CHANGE: &str = "There is no change between the parameters transmitted and the current.";
const TOO_LOW: &str = "Specified new performance level is lower than the original performance level.";

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let missing = "The input parameter \"DiskId\" that is mandatory for processing this request is not supplied.";
    let malformed = |name: &str| format!("The specified parameter \"{name}\" is not valid.");
    let category = "The specified parameter \"DiskCategory\" is not valid.";
    let level = "The specified parameter PerformanceLevel is not valid.";
    let conflict = "The specified performance control options are conflicts with disk category or performance level or \
                    ProvisionIOPS.";
    app.refuses_all(
        "ModifyDiskSpec",
        &[
            ("", 400, "MissingParameter", missing),
            ("DiskCategory=x", 400, "MissingParameter", missing),
            ("DiskId=d-1&DryRun=x", 400, "InvalidParameter", &malformed("DryRun")),
            ("DiskId=d-1&ProvisionedIops=x", 400, "InvalidParameter", &malformed("ProvisionedIops")),
            ("DiskId=d-1&ProvisionedIops=9223372036854775808", 400, "InvalidParameter", &malformed("ProvisionedIops")),
            (
                "DiskId=d-1&PerformanceControlOptions.IOPS=x",
                400,
                "InvalidParameter",
                &malformed("PerformanceControlOptions.IOPS"),
            ),
            (
                "DiskId=d-1&PerformanceControlOptions.Throughput=1.5",
                400,
                "InvalidParameter",
                &malformed("PerformanceControlOptions.Throughput"),
            ),
            ("DiskId=d-1&DiskCategory=cloud", 400, "InvalidDiskCategory.ValueNotSupported", category),
            (
                "DiskId=d-1&DiskCategory=cloud_regional_disk_auto",
                400,
                "InvalidDiskCategory.ValueNotSupported",
                category,
            ),
            ("DiskId=d-1&DiskCategory=CLOUD_SSD", 400, "InvalidDiskCategory.ValueNotSupported", category),
            ("DiskId=d-1&PerformanceLevel=PL4", 400, "InvalidPerformanceLevel.Malformed", level),
            ("DiskId=d-1&PerformanceLevel=pl1", 400, "InvalidPerformanceLevel.Malformed", level),
            ("DiskId=d-1&ProvisionedIops=-1", 400, "InvalidProvisionedIops.LimitExceed", EXCEEDED),
            (
                "DiskId=d-cluster&PerformanceControlOptions.Recover=All&PerformanceLevel=PL2",
                400,
                "InvalidPerformanceControlOptions.ModifyOperationUnsupported",
                conflict,
            ),
            (
                "DiskId=d-cluster&PerformanceControlOptions.IOPS=900&DiskCategory=cloud_auto",
                400,
                "InvalidPerformanceControlOptions.ModifyOperationUnsupported",
                conflict,
            ),
            (
                "DiskId=d-cluster&PerformanceControlOptions.Throughput=60&ProvisionedIops=0",
                400,
                "InvalidPerformanceControlOptions.ModifyOperationUnsupported",
                conflict,
            ),
            ("DiskId=d-unknown", 404, "InvalidDiskId.NotFound", "The specified disk does not exist."),
        ],
    )
    .await;
    app.refuses_in_order(
        "ModifyDiskSpec",
        "DiskId=d-1",
        &[
            ("DryRun=x", "InvalidParameter"),
            ("DiskCategory=x", "InvalidDiskCategory.ValueNotSupported"),
            ("PerformanceLevel=x", "InvalidPerformanceLevel.Malformed"),
            ("ProvisionedIops=-1", "InvalidProvisionedIops.LimitExceed"),
            (
                "PerformanceControlOptions.Recover=x&PerformanceLevel=PL1",
                "InvalidPerformanceControlOptions.ModifyOperationUnsupported",
            ),
            ("DiskId=d-unknown", "InvalidDiskId.NotFound"),
            ("DiskId=d-1", "NoChangeInDiskCategoryAndPerformanceLevel"),
        ],
    )
    .await;
}

#[actix_web::test]
async fn what_is_wrong_with_a_disk_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let category = "The current disk category of the resource does not support this operation.";
    let denied = "The type of the disk does not support the operation.";
    let disk_status = "The current disk status does not support this operation.";
    let not_ready = "This specified disk is not ready, status needs to be either In_use or Available.";
    let instance =
        "The specified instance status is not supported for this operation, expect status is Running or Stopped.";
    app.refuses_all(
        "ModifyDiskSpec&DiskCategory=cloud_auto",
        &[
            ("DiskId=d-local", 403, "OperationDenied", denied),
            ("DiskId=d-elastic", 403, "OperationDenied", denied),
            ("DiskId=d-cloud", 403, "InvalidDiskCategory.ValueNotSupported", category),
            ("DiskId=d-regional", 403, "InvalidDiskCategory.ValueNotSupported", category),
            (
                "DiskId=d-shared",
                403,
                "InvalidOperation.MultiAttachDisk",
                "Multi attach disk does not support this operation.",
            ),
            ("DiskId=d-attaching", 403, "IncorrectDiskStatus", disk_status),
            ("DiskId=d-detaching", 403, "IncorrectDiskStatus", disk_status),
            ("DiskId=d-creating", 403, "InvalidStatus.DiskNotReady", not_ready),
            ("DiskId=d-reiniting", 403, "InvalidStatus.DiskNotReady", not_ready),
            ("DiskId=d-pending", 400, "InvalidOperation.InstanceStatusUnsupported", instance),
            ("DiskId=d-starting", 400, "InvalidOperation.InstanceStatusUnsupported", instance),
            ("DiskId=d-stopping", 400, "InvalidOperation.InstanceStatusUnsupported", instance),
            (
                "DiskId=d-off",
                403,
                "InvalidDisk.DetachedSystemDisk",
                "The specified resource is/has a detached system disk d-off , not support current operation.",
            ),
            (
                "DiskId=d-busy",
                403,
                "DiskCreatingSnapshot",
                "The operation is denied due to a snapshot of the specified disk is not completed yet.",
            ),
            (
                "DiskId=d-flash",
                403,
                "DiskHasFlashSnapshot",
                "The specified disk with flash snapshots do not support modify disk category.",
            ),
            (
                "DiskId=d-cluster",
                400,
                "OperationDenied.DiskInDedicatedBlockStorageCluster",
                "The disk in dedicated block storage cluster is not allowed to do this operation.",
            ),
            (
                "DiskId=d-controlled",
                403,
                "InvalidStatus.DiskUnderPerformanceControl",
                "The specified disk is under performance control, any modifications to the category or performance level of \
                 the specified disk are unsupported..",
            ),
        ],
    )
    .await;
}

#[actix_web::test]
async fn what_a_disk_cannot_become_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let mismatch = "The specified parameter PerformanceLevel should be null when DiskCategory is not cloud_essd.";
    let entry = "The specified disk category is not supported.";
    let downgrade = "Downgrade operation for prepay resource is not supported.";
    let category = "The specified parameter \"DiskCategory\" is not valid.";
    app.refuses_all(
        "ModifyDiskSpec",
        &[
            ("DiskId=d-ssd&PerformanceLevel=PL1", 400, "InvalidPerformanceLevelParam.Mismatch", mismatch),
            (
                "DiskId=d-1&DiskCategory=cloud_auto&PerformanceLevel=PL1",
                400,
                "InvalidPerformanceLevelParam.Mismatch",
                mismatch,
            ),
            ("DiskId=d-1&ProvisionedIops=0", 400, "ProvisionedIopsForDiskCategoryUnsupported", UNSUPPORTED),
            (
                "DiskId=d-auto&DiskCategory=cloud_essd&ProvisionedIops=0",
                400,
                "ProvisionedIopsForDiskCategoryUnsupported",
                UNSUPPORTED,
            ),
            ("DiskId=d-entry&DiskCategory=cloud_ssd", 403, "InvalidDiskCategory.NotSupported", entry),
            ("DiskId=d-entry&DiskCategory=cloud_efficiency", 403, "InvalidDiskCategory.NotSupported", entry),
            ("DiskId=d-prepaid&DiskCategory=cloud_auto", 403, "Downgrade.NotSupported", downgrade),
            ("DiskId=d-prepaid&DiskCategory=cloud_efficiency", 403, "Downgrade.NotSupported", downgrade),
            // Subscription disks get no lower level at all, others not the lowest.
            ("DiskId=d-prepaid&PerformanceLevel=PL1", 403, "InvalidPerformanceLevel.TooLow", TOO_LOW),
            ("DiskId=d-1&PerformanceLevel=PL0", 403, "InvalidPerformanceLevel.TooLow", TOO_LOW),
            ("DiskId=d-pl3&PerformanceLevel=PL0", 403, "InvalidPerformanceLevel.TooLow", TOO_LOW),
            // Too small for the level, or for the category, or too large.
            ("DiskId=d-pl0&PerformanceLevel=PL1", 403, "OperationDenied.PerformanceLevelNotMatch", LEVEL_AND_SIZE),
            ("DiskId=d-1&PerformanceLevel=PL3", 403, "OperationDenied.PerformanceLevelNotMatch", LEVEL_AND_SIZE),
            ("DiskId=d-auto&DiskCategory=cloud_essd", 403, "OperationDenied.PerformanceLevelNotMatch", LEVEL_AND_SIZE),
            ("DiskId=d-auto&DiskCategory=cloud_essd_entry", 400, "InvalidDiskCategory.ValueNotSupported", category),
            ("DiskId=d-huge&DiskCategory=cloud_ssd", 400, "InvalidDiskCategory.ValueNotSupported", category),
            // What is there already.
            ("DiskId=d-1", 403, "NoChangeInDiskCategoryAndPerformanceLevel", NO_CHANGE),
            ("DiskId=d-1&DiskCategory=cloud_essd", 403, "NoChangeInDiskCategoryAndPerformanceLevel", NO_CHANGE),
            ("DiskId=d-1&PerformanceLevel=PL1", 403, "NoChangeInDiskCategoryAndPerformanceLevel", NO_CHANGE),
            ("DiskId=d-ssd&DiskCategory=cloud_ssd", 403, "NoChangeInDiskCategoryAndPerformanceLevel", NO_CHANGE),
            (
                "DiskId=d-auto&DiskCategory=cloud_auto&ProvisionedIops=100",
                403,
                "NoChangeInDiskCategoryAndPerformanceLevel",
                NO_CHANGE,
            ),
        ],
    )
    .await;
}

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
async fn a_dry_run_changes_nothing() {
    let app = TestApp::seeded(SEED).await;
    let passed = "Request validation has been passed with DryRun flag set.";
    app.refuses_all(
        "ModifyDiskSpec&DryRun=true",
        &[
            ("DiskId=d-1&PerformanceLevel=PL2", 400, "DryRunOperation", passed),
            ("DiskId=d-prepaid&PerformanceLevel=PL1", 403, "InvalidPerformanceLevel.TooLow", TOO_LOW),
        ],
    )
    .await;
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
