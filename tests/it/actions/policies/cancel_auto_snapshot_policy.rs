//! CancelAutoSnapshotPolicy: disks are taken off, all of them or none.

use serde_json::json;

use super::{disks_of, list, policies_of, policy};
use crate::support::{TestApp, golden};

const SEED: &str = "
Instances: [{InstanceId: i-1, Tags: {a: b}}]
Disks:
  - {DiskId: d-1}
  - {DiskId: d-2}
  - {DiskId: d-3}
  - {DiskId: d-4}
  - {DiskId: d-tags, InstanceId: i-1}
  - {DiskId: d-beijing, RegionId: cn-beijing}
AutoSnapshotPolicies:
  - {AutoSnapshotPolicyId: sp-1, DiskIds: [d-1, d-2]}
  - {AutoSnapshotPolicyId: sp-2, DiskIds: [d-2, d-3], Places: {d-2: 2}}
  - {AutoSnapshotPolicyId: sp-tags, AssociationType: AssociatedWithInstanceTag, TargetTags: {a: b}, DiskIds: [d-tags]}
  - {AutoSnapshotPolicyId: sp-beijing, RegionId: cn-beijing}
";

fn query(disks: &[&str]) -> String {
    format!("regionId=cn-hangzhou&diskIds={}", list(disks))
}

async fn cancel(app: &TestApp, query: &str) {
    let reply = app.act(&format!("CancelAutoSnapshotPolicy&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
}

#[actix_web::test]
async fn without_a_policy_each_disk_loses_its_own() {
    let app = TestApp::seeded(SEED).await;
    cancel(&app, &query(&["d-1", "d-3", "d-4"])).await;
    assert_eq!(
        (disks_of(&app, "sp-1").await, disks_of(&app, "sp-2").await),
        (vec!["d-2".to_owned()], vec!["d-2".to_owned()])
    );
    cancel(&app, &query(&["d-1"])).await;
    assert_eq!(policies_of(&app, "d-1").await, [""; 0], "as it was already");
}

#[actix_web::test]
async fn of_several_policies_one_must_be_named() {
    let app = TestApp::seeded(SEED).await;
    cancel(&app, &format!("{}&AutoSnapshotPolicyId=sp-1", query(&["d-2", "d-3"]))).await;
    assert_eq!(disks_of(&app, "sp-1").await, ["d-1"]);
    assert_eq!(disks_of(&app, "sp-2").await, ["d-2", "d-3"], "the disk that does not have it stays as it is");
    let entry = policy(&app, "sp-1").await;
    assert!(entry["FiredUntil"].get("d-2").is_none(), "nothing is left of the disk: {entry}");
    cancel(&app, &query(&["d-2"])).await;
    assert_eq!(disks_of(&app, "sp-2").await, ["d-3"]);
    assert!(policy(&app, "sp-2").await.get("Places").is_none());
}

#[actix_web::test]
async fn each_mistake_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let several =
        "The specified disk d-2 has several automatic snapshot policies. Please specify the autoSnapshotPolicyId.";
    let ids = "The specified DiskIds are invalid.";
    let disk = "The specified DiskIds are not found.";
    let unknown = "The specified automatic snapshot policy does not exist.";
    let elsewhere = "The specified automatic snapshot policy does not exist in the region.";
    let missing = "The input parameter \"diskIds\" that is mandatory for processing this request is not supplied.";
    let with = |disks: &[&str], id: &str| format!("{}&autoSnapshotPolicyId={id}", query(disks));
    let rows = [
        (query(&["d-1", "d-2"]), 403, "OperationDenied.TooManyAutoSnapshotPolicies", several),
        (
            format!("regionId=cn-nowhere&diskIds={}", list(&["d-1"])),
            403,
            "ParameterInvalid",
            "The specified RegionId parameter is invalid.",
        ),
        (query(&[]), 403, "ParameterInvalid", ids),
        ("regionId=cn-hangzhou&diskIds=d-1".to_owned(), 403, "ParameterInvalid", ids),
        (query(&["d-1", "d-tags"]), 403, "ParameterInvalid", ids),
        (with(&["d-tags"], "sp-tags"), 403, "ParameterInvalid", ids),
        (query(&["d-1", "d-unknown"]), 404, "InvalidDiskId.NotFound", disk),
        (query(&["d-1", "d-beijing"]), 404, "InvalidDiskId.NotFound", disk),
        (with(&["d-unknown"], "sp-1"), 404, "InvalidDiskId.NotFound", disk),
        (with(&["d-1"], "sp-unknown"), 404, "ParameterInvalid", unknown),
        (with(&["d-1"], "sp-beijing"), 404, "ParameterInvalid", elsewhere),
        ("regionId=cn-hangzhou".to_owned(), 400, "MissingParameter", missing),
    ];
    let rows: Vec<(&str, u16, &str, &str)> =
        rows.iter().map(|(query, status, code, message)| (query.as_str(), *status, *code, *message)).collect();
    app.refuses_all("CancelAutoSnapshotPolicy", &rows).await;
    assert_eq!(app.entry("disks/d-1").await["DiskId"], json!("d-1"));
}

#[actix_web::test]
async fn the_whole_reply() {
    golden(SEED, &format!("CancelAutoSnapshotPolicy&{}", query(&["d-1"]))).await;
}
