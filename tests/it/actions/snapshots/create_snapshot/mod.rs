mod checks;
mod client_token;
mod disks;
mod effects;

use serde_json::Value;

use crate::support::{Fault, TestApp};

/// The id of the snapshot that a call made.
async fn create(app: &TestApp, query: &str) -> String {
    let reply = app.act(&format!("CreateSnapshot&{query}")).await;
    let reply = reply.as_object().unwrap();
    assert_eq!(reply.keys().collect::<Vec<_>>(), ["RequestId", "SnapshotId"], "{query}");
    reply["SnapshotId"].as_str().unwrap().to_owned()
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("CreateSnapshot&{query}")).await
}

/// A snapshot of cn-hangzhou as DescribeSnapshots shows it.
async fn shown(app: &TestApp, id: &str) -> Value {
    let mut reply = app.describe(&format!("SnapshotIds=%5B%22{id}%22%5D")).await;
    assert_eq!(reply["TotalCount"], 1, "{id}");
    reply["Snapshots"]["Snapshot"][0].take()
}
