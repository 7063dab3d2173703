mod create_snapshot_group;
mod delete_snapshot_group;
mod describe_snapshot_groups;
mod modify_snapshot_group;
mod tags;

use serde_json::Value;

use crate::support::TestApp;

/// The groups of cn-hangzhou that a query of DescribeSnapshotGroups finds on its first page, the same in both formats.
async fn shown(app: &TestApp, query: &str) -> Vec<Value> {
    let reply = app.ask(&format!("DescribeSnapshotGroups&RegionId=cn-hangzhou&{query}")).await;
    reply["SnapshotGroups"]["SnapshotGroup"].as_array().unwrap().clone()
}

/// Their ids, in order.
async fn ids(app: &TestApp, query: &str) -> Vec<String> {
    let groups = shown(app, query).await;
    groups.iter().map(|group| group["SnapshotGroupId"].as_str().unwrap().to_owned()).collect()
}

/// The snapshots of a group, in order.
fn members(group: &Value) -> &Vec<Value> {
    group["Snapshots"]["Snapshot"].as_array().unwrap()
}

/// Their ids.
fn member_ids(group: &Value) -> Vec<&str> {
    members(group).iter().map(|member| member["SnapshotId"].as_str().unwrap()).collect()
}
