//! DeleteAutoSnapshotPolicy: the policy goes, and its disks have it no longer.

use serde_json::json;

use super::{apply, ids, list, made, policies_of};
use crate::support::{TestApp, golden};

const SEED: &str = "
Disks: [{DiskId: d-1}, {DiskId: d-2}]
Snapshots: [{SnapshotId: s-1, SourceDiskId: d-1, SnapshotType: timer}]
AutoSnapshotPolicies:
  - {AutoSnapshotPolicyId: sp-1, DiskIds: [d-1, d-2], Tags: {a: b}}
  - {AutoSnapshotPolicyId: sp-2, Type: System}
  - {AutoSnapshotPolicyId: sp-beijing, RegionId: cn-beijing}
";

#[actix_web::test]
async fn it_goes_off_its_disks_and_its_snapshots_stay() {
    let app = TestApp::seeded(SEED).await;
    let other = made(&app, "regionId=cn-hangzhou").await;
    apply(&app, &other, &["d-2"]).await;
    let reply = app.act("DeleteAutoSnapshotPolicy&regionId=cn-hangzhou&autoSnapshotPolicyId=sp-1").await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
    assert_eq!(ids(&app, "AutoSnapshotPolicyId=sp-1").await, [""; 0]);
    assert_eq!(ids(&app, "Tag.1.Key=a").await, [""; 0]);
    assert_eq!(policies_of(&app, "d-1").await, [""; 0]);
    assert_eq!(policies_of(&app, "d-2").await, [other.as_str()]);
    let disks = app.act(&format!("DescribeDisks&RegionId=cn-hangzhou&DiskIds={}", list(&["d-1", "d-2"]))).await;
    let seen = disks["Disks"]["Disk"].as_array().unwrap().iter().map(|disk| &disk["AutoSnapshotPolicyId"]);
    assert_eq!(seen.collect::<Vec<_>>(), [&json!(""), &json!(other)]);
    assert_eq!(app.ids("").await, ["s-1"]);
    // The service's own goes too: no row keeps it.
    app.act("DeleteAutoSnapshotPolicy&regionId=cn-hangzhou&autoSnapshotPolicyId=sp-2").await;
}

#[actix_web::test]
async fn what_is_not_there_is_told() {
    let app = TestApp::seeded(SEED).await;
    let unknown = "The specified automatic snapshot policy does not exist.";
    let elsewhere = "The specified automatic snapshot policy does not exist in the region.";
    app.refuses_all(
        "DeleteAutoSnapshotPolicy",
        &[
            ("regionId=cn-hangzhou&autoSnapshotPolicyId=sp-unknown", 404, "ParameterInvalid", unknown),
            ("regionId=cn-hangzhou&autoSnapshotPolicyId=sp-beijing", 404, "ParameterInvalid", elsewhere),
            ("regionId=cn-nowhere&autoSnapshotPolicyId=sp-1", 404, "ParameterInvalid", elsewhere),
            (
                "regionId=cn-hangzhou&autoSnapshotPolicyId=",
                400,
                "MissingParameter",
                "The input parameter \"autoSnapshotPolicyId\" that is mandatory for processing this request is not supplied.",
            ),
            (
                "autoSnapshotPolicyId=sp-1",
                400,
                "MissingParameter",
                "The input parameter \"regionId\" that is mandatory for processing this request is not supplied.",
            ),
        ],
    )
    .await;
}

#[actix_web::test]
async fn the_whole_reply() {
    golden(SEED, "DeleteAutoSnapshotPolicy&regionId=cn-hangzhou&autoSnapshotPolicyId=sp-1").await;
}
