//! ApplyAutoSnapshotPolicy: disks are added, all of them or none.

use serde_json::json;

use super::{apply, disks_of, list, policies_of, policy};
use crate::support::{Fault, NOW, TestApp, golden};

const SEED: &str = "
Disks:
  - {DiskId: d-1}
  - {DiskId: d-2, NeverAttached: true}
  - {DiskId: d-local, Category: local_ssd}
  - {DiskId: d-ephemeral, Category: elastic_ephemeral_disk_standard}
  - {DiskId: d-beijing, RegionId: cn-beijing}
AutoSnapshotPolicies:
  - {AutoSnapshotPolicyId: sp-1}
  - {AutoSnapshotPolicyId: sp-2}
  - {AutoSnapshotPolicyId: sp-3}
  - {AutoSnapshotPolicyId: sp-tags, AssociationType: AssociatedWithInstanceTag, TargetTags: {a: b}}
  - {AutoSnapshotPolicyId: sp-beijing, RegionId: cn-beijing}
";

fn query(id: &str, disks: &[&str]) -> String {
    format!("regionId=cn-hangzhou&autoSnapshotPolicyId={id}&diskIds={}", list(disks))
}

#[actix_web::test]
async fn disks_are_added_and_the_policies_that_they_have_come_first() {
    let app = TestApp::seeded(SEED).await;
    apply(&app, "sp-2", &["d-1"]).await;
    app.clock.set(NOW.plus(60));
    apply(&app, "sp-3", &["d-1", "d-2"]).await;
    apply(&app, "sp-1", &["d-2", "d-1", "d-2"]).await;
    assert_eq!(policies_of(&app, "d-1").await, ["sp-2", "sp-3", "sp-1"]);
    assert_eq!(policies_of(&app, "d-2").await, ["sp-3", "sp-1"], "one that was never attached");
    assert_eq!(disks_of(&app, "sp-1").await, ["d-1", "d-2"]);
    let fired = json!({"d-1": NOW.plus(60).to_string(), "d-2": NOW.plus(60).to_string()});
    assert_eq!(policy(&app, "sp-1").await["FiredUntil"], fired, "nothing from before is made up for");
    assert_eq!(policy(&app, "sp-1").await["Places"], json!({"d-1": 3, "d-2": 2}));

    // Twice is as once.
    let before = app.arrange("GET", "/state", serde_json::Value::Null).await;
    app.clock.set(NOW.plus(120));
    apply(&app, "sp-2", &["d-1"]).await;
    assert_eq!(app.arrange("GET", "/state", serde_json::Value::Null).await, before);
    // The place of one that went is not taken by the next: it comes last.
    app.act(&format!("CancelAutoSnapshotPolicy&{}", query("sp-2", &["d-1"]))).await;
    apply(&app, "sp-2", &["d-1"]).await;
    assert_eq!(policies_of(&app, "d-1").await, ["sp-3", "sp-1", "sp-2"]);
}

#[actix_web::test]
async fn a_disk_has_so_many_policies() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"PoliciesPerDisk": 1})).await;
    apply(&app, "sp-1", &["d-1"]).await;
    let message = "The number of auto snapshot policies applied to the specified disk d-1 has exceeded the quota 1. \
                   Please cancel any unused policies and try again.";
    let quota = Fault::new(403, "QuotaExceed.AppliedAutoSnapshotPolicyQuota", message);
    let refused =
        async |id: &str, disks: &[&str]| app.refused(&format!("ApplyAutoSnapshotPolicy&{}", query(id, disks))).await;
    assert_eq!(refused("sp-2", &["d-2", "d-1"]).await, quota);
    assert_eq!(policies_of(&app, "d-2").await, [""; 0], "all of them or none");
    apply(&app, "sp-1", &["d-1", "d-2"]).await;
    app.arrange("PATCH", "/settings", json!({"PoliciesPerDisk": 2})).await;
    apply(&app, "sp-2", &["d-2", "d-1"]).await;
    app.arrange("PATCH", "/settings", json!({"PoliciesPerDisk": 0})).await;
    apply(&app, "sp-2", &["d-1"]).await;
    assert_eq!(refused("sp-3", &["d-1"]).await.code, "QuotaExceed.AppliedAutoSnapshotPolicyQuota");
}

#[actix_web::test]
async fn each_mistake_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let many: Vec<String> = (0..101).map(|number| format!("d-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let not_supported = "The type of the specified disk does not support creating a snapshot.";
    let some = "The types of some disks in the disk list do not support creating snapshots.";
    let ids = "The specified DiskIds are invalid.";
    let by_tags = "The specified AutoSnapshotPolicyId parameter is invalid.";
    let disk = "The specified disk does not exist in the region.";
    let missing = |name: &str| {
        format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.")
    };
    let rows = [
        (query("sp-1", &["d-local", "d-ephemeral"]), 400, "DiskCategory.OperationNotSupported", not_supported),
        (query("sp-1", &["d-local"]), 400, "DiskCategory.OperationNotSupported", not_supported),
        (query("sp-1", &["d-local", "d-1"]), 400, "PartofDiskCategory.OperationNotSupported", some),
        (
            format!("regionId=cn-nowhere&autoSnapshotPolicyId=sp-1&diskIds={}", list(&["d-1"])),
            403,
            "ParameterInvalid",
            "The specified RegionId parameter is invalid.",
        ),
        (query("sp-tags", &["d-1"]), 403, "ParameterInvalid", by_tags),
        (query("sp-1", &[]), 403, "ParameterInvalid", ids),
        (query("sp-1", &many), 403, "ParameterInvalid", ids),
        ("regionId=cn-hangzhou&autoSnapshotPolicyId=sp-1&diskIds=d-1".to_owned(), 403, "ParameterInvalid", ids),
        ("regionId=cn-hangzhou&autoSnapshotPolicyId=sp-1&diskIds=%5B1%5D".to_owned(), 403, "ParameterInvalid", ids),
        (
            query("sp-unknown", &["d-1"]),
            404,
            "ParameterInvalid",
            "The specified automatic snapshot policy does not exist.",
        ),
        (
            query("sp-beijing", &["d-1"]),
            404,
            "ParameterInvalid",
            "The specified automatic snapshot policy does not exist in the region.",
        ),
        (query("sp-1", &["d-1", "d-unknown"]), 404, "InvalidDiskId.NotFound", disk),
        (query("sp-1", &["d-1", "d-beijing"]), 404, "InvalidDiskId.NotFound", disk),
        (query("", &["d-1"]), 400, "MissingParameter", &missing("autoSnapshotPolicyId")),
        ("regionId=x&autoSnapshotPolicyId=x".to_owned(), 400, "MissingParameter", &missing("diskIds")),
        ("autoSnapshotPolicyId=x&diskIds=x".to_owned(), 400, "MissingParameter", &missing("regionId")),
    ];
    let rows: Vec<(&str, u16, &str, &str)> =
        rows.iter().map(|(query, status, code, message)| (query.as_str(), *status, *code, *message)).collect();
    app.refuses_all("ApplyAutoSnapshotPolicy", &rows).await;
}

#[actix_web::test]
async fn names_are_read_in_any_case() {
    let app = TestApp::seeded(SEED).await;
    let ids = list(&["d-1"]);
    app.act(&format!("ApplyAutoSnapshotPolicy&RegionId=cn-hangzhou&AutoSnapshotPolicyId=sp-1&DiskIds={ids}")).await;
    assert_eq!(disks_of(&app, "sp-1").await, ["d-1"]);
}

#[actix_web::test]
async fn the_whole_reply() {
    golden(SEED, &format!("ApplyAutoSnapshotPolicy&{}", query("sp-1", &["d-1"]))).await;
}
