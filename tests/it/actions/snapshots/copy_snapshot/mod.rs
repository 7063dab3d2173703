//! CopySnapshot: what a copy has of its source, what becomes of it, and what cannot be copied.

mod checks;
mod effects;

use serde_json::Value;

use crate::support::{Fault, TestApp};

/// The parameters that every call needs, for a copy to cn-beijing.
const FROM: &str = "RegionId=cn-hangzhou&DestinationRegionId=cn-beijing";

/// The id of the copy that a call made.
async fn copy(app: &TestApp, query: &str) -> String {
    let reply = app.act(&format!("CopySnapshot&{FROM}&{query}")).await;
    let reply = reply.as_object().unwrap();
    assert_eq!(reply.keys().collect::<Vec<_>>(), ["RequestId", "SnapshotId"], "{query}");
    reply["SnapshotId"].as_str().unwrap().to_owned()
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("CopySnapshot&{FROM}&{query}")).await
}

/// The snapshots of cn-beijing as DescribeSnapshots shows them.
async fn there(app: &TestApp) -> Vec<Value> {
    app.describe_in("cn-beijing", "").await["Snapshots"]["Snapshot"].as_array().unwrap().clone()
}

fn fault(code: &str, message: &str) -> Fault {
    Fault::new(403, code, message)
}

fn unfinished() -> Fault {
    let message = "This disk has unfinished cross-region copy snapshots in the target region.";
    fault("InvalidOperation.UnfinishedCrossRegionCopy", message)
}
