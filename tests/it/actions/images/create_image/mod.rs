mod checks;
mod effects;
mod instances;
mod snapshots;

use crate::support::{Fault, TestApp};

/// The id of the image that a call made in cn-hangzhou.
async fn create(app: &TestApp, query: &str) -> String {
    let reply = app.act(&format!("CreateImage&RegionId=cn-hangzhou&{query}")).await;
    let reply = reply.as_object().unwrap();
    assert_eq!(reply.keys().collect::<Vec<_>>(), ["ImageId", "RequestId"], "{query}");
    reply["ImageId"].as_str().unwrap().to_owned()
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("CreateImage&RegionId=cn-hangzhou&{query}")).await
}
