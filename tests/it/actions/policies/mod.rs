mod apply_auto_snapshot_policy;
mod cancel_auto_snapshot_policy;
mod create_auto_snapshot_policy;
mod delete_auto_snapshot_policy;
mod describe_auto_snapshot_policy_associations;
mod describe_auto_snapshot_policy_ex;
mod life;
mod modify_auto_snapshot_policy_ex;

use serde_json::{Value, json};

use crate::support::{TestApp, percent_encoded};

/// A list as requests have it, in a query.
fn list(items: &[&str]) -> String {
    percent_encoded(&json!(items).to_string())
}

/// The id of a policy that is made with these further parameters.
async fn made(app: &TestApp, query: &str) -> String {
    let times = format!("timePoints={}&repeatWeekdays={}", list(&["1", "22"]), list(&["1", "3"]));
    let reply = app.act(&format!("CreateAutoSnapshotPolicy&{times}&{query}")).await;
    reply["AutoSnapshotPolicyId"].as_str().unwrap().to_owned()
}

/// The reply to `DescribeAutoSnapshotPolicyEx` in cn-hangzhou with these further parameters, the same in both formats.
async fn described(app: &TestApp, query: &str) -> Value {
    app.ask(&format!("DescribeAutoSnapshotPolicyEx&RegionId=cn-hangzhou&{query}")).await
}

/// The ids of all policies of cn-hangzhou that match, in order.
async fn ids(app: &TestApp, query: &str) -> Vec<String> {
    let reply = described(app, &format!("{query}&PageSize=100")).await;
    let policies = reply["AutoSnapshotPolicies"]["AutoSnapshotPolicy"].as_array().unwrap();
    assert_eq!(reply["TotalCount"], policies.len(), "{query}: all on one page");
    policies.iter().map(|policy| policy["AutoSnapshotPolicyId"].as_str().unwrap().to_owned()).collect()
}

/// A policy of cn-hangzhou as DescribeAutoSnapshotPolicyEx shows it.
async fn shown(app: &TestApp, id: &str) -> Value {
    let mut reply = described(app, &format!("AutoSnapshotPolicyId={id}")).await;
    assert_eq!(reply["TotalCount"], 1, "{id}");
    reply["AutoSnapshotPolicies"]["AutoSnapshotPolicy"][0].take()
}

/// A policy as the control plane has it.
async fn policy(app: &TestApp, id: &str) -> Value {
    app.entry(&format!("auto-snapshot-policies/{id}")).await
}

/// The disks of a policy.
async fn disks_of(app: &TestApp, id: &str) -> Vec<String> {
    let disks = policy(app, id).await["DiskIds"].as_array().cloned().unwrap_or_default();
    disks.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

/// The policies of a disk, in the order in which they were applied.
async fn policies_of(app: &TestApp, disk_id: &str) -> Vec<String> {
    let reply = app.ask(&format!("DescribeAutoSnapshotPolicyAssociations&RegionId=cn-hangzhou&DiskId={disk_id}")).await;
    let pairs = reply["AutoSnapshotPolicyAssociations"]["AutoSnapshotPolicyAssociation"].as_array().unwrap();
    assert!(pairs.iter().all(|pair| pair["DiskId"] == disk_id), "{reply}");
    pairs.iter().map(|pair| pair["AutoSnapshotPolicyId"].as_str().unwrap().to_owned()).collect()
}

async fn apply(app: &TestApp, id: &str, disks: &[&str]) {
    let query = format!("regionId=cn-hangzhou&autoSnapshotPolicyId={id}&diskIds={}", list(disks));
    let reply = app.act(&format!("ApplyAutoSnapshotPolicy&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
}
