mod add_tags;
mod describe_resource_by_tags;
mod describe_tags;
mod list_tag_resources;
mod properties;
mod remove_tags;
mod tag_resources;
mod untag_resources;

use serde_json::Value;

use crate::support::{Fault, TestApp};

/// One of each kind that has tags, all made in one second.
const ONE_OF_EACH: &str = "
Snapshots: [{SnapshotId: s-1, Tags: {env: test, owner: me}}]
Disks: [{DiskId: d-1}]
Instances: [{InstanceId: i-1}]
Images: [{ImageId: m-1, Tags: {env: prod}}]
SnapshotGroups: [{SnapshotGroupId: ssg-1, SnapshotIds: [s-1]}]
";

/// A call that answers nothing but that all went well.
async fn done(app: &TestApp, query: &str) {
    let reply = app.act(query).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{query}");
}

/// The tags of a resource, `snapshots/s-1`, as a map.
async fn tags_of(app: &TestApp, path: &str) -> Value {
    let entry = app.entry(path).await;
    entry.get("Tags").cloned().unwrap_or_else(|| serde_json::json!({}))
}

/// Asserts what each of these queries is refused with, behind the action and parameters that are right by themselves.
async fn assert_refused(app: &TestApp, base: &str, queries: &[&str], status: u16, code: &str, message: &str) {
    for query in queries {
        assert_eq!(app.refused(&format!("{base}&{query}")).await, Fault::new(status, code, message), "{query}");
    }
}

/// `Tag.N.Key` and `Tag.N.Value` for N from 1 to `count`.
fn many_tags(count: usize) -> String {
    let tags: Vec<String> = (1..=count).map(|n| format!("Tag.{n}.Key=k{n}&Tag.{n}.Value=v{n}")).collect();
    tags.join("&")
}

const TYPES: [&str; 20] = [
    "instance",
    "disk",
    "snapshot",
    "image",
    "snapshotpolicy",
    "snapshotgroup",
    "securitygroup",
    "volume",
    "eni",
    "ddh",
    "ddhcluster",
    "keypair",
    "launchtemplate",
    "reservedinstance",
    "elasticityassurance",
    "capacityreservation",
    "command",
    "invocation",
    "activation",
    "managedinstance",
];

/// The types of which a sandbox has resources. The older actions know all of them but the last.
const THERE: [(&str, &str); 5] =
    [("instance", "i-1"), ("disk", "d-1"), ("snapshot", "s-1"), ("image", "m-1"), ("snapshotgroup", "ssg-1")];
