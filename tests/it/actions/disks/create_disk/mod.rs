mod checks;
mod effects;
mod snapshots;

use serde_json::Value;

use crate::support::{Fault, TestApp};

/// The id of the disk that a call made in cn-hangzhou.
async fn create(app: &TestApp, query: &str) -> String {
    let reply = app.act(&format!("CreateDisk&RegionId=cn-hangzhou&{query}")).await;
    assert!(reply.get("OrderId").is_none(), "{query}: nothing was ordered");
    reply["DiskId"].as_str().unwrap().to_owned()
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("CreateDisk&RegionId=cn-hangzhou&{query}")).await
}

async fn shown(app: &TestApp, id: &str) -> Value {
    super::shown(app, id).await
}
