//! ListTagResources: pairs of resource and tag, of the resources that are asked for.

mod conditions;
mod faults;
mod paging;

use crate::support::{TestApp, golden};

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-2, CreationTime: 2026-03-02T00:00Z, Tags: {env: test, owner: me}}
  - {SnapshotId: s-1, CreationTime: 2026-03-02T00:00Z, ResourceGroupId: rg-1, Tags: {environment: test, a: ''}}
  - {SnapshotId: s-new, CreationTime: 2026-03-03T00:00Z, Tags: {env: product, Env: TEST}}
  - {SnapshotId: s-plain, ResourceGroupId: rg-1}
  - {SnapshotId: s-far, RegionId: cn-beijing, ResourceGroupId: rg-1, Tags: {env: test}}
  - {SnapshotId: s-gone, ResourceGroupId: rg-1, ExpirationTime: 2026-03-15T12:00:00Z, Tags: {env: test}}
Disks: [{DiskId: d-1, ResourceGroupId: rg-1, Tags: {env: disk}}]
Instances: [{InstanceId: i-1, Tags: {env: instance, 'acs:ecs:createFrom': x}}]
Images: [{ImageId: m-1, Tags: {env: image}}]
";

/// The pairs of a page that is the only one, as `id key=value`.
async fn pairs(app: &TestApp, query: &str) -> Vec<String> {
    let (pairs, token) = page(app, &format!("ResourceType=snapshot&{query}")).await;
    assert_eq!(token, None, "{query}: all on one page");
    pairs
}

/// The ids of the resources of such a page, each once.
async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let mut ids: Vec<String> =
        pairs(app, query).await.iter().map(|pair| pair.split(' ').next().unwrap().to_owned()).collect();
    ids.dedup();
    ids
}

async fn page(app: &TestApp, query: &str) -> (Vec<String>, Option<String>) {
    let reply = app.act(&format!("ListTagResources&RegionId=cn-hangzhou&{query}")).await;
    let pairs = reply["TagResources"]["TagResource"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let pairs = pairs
        .iter()
        .map(|pair| format!("{} {}={}", text(&pair["ResourceId"]), text(&pair["TagKey"]), text(&pair["TagValue"])));
    (pairs.collect(), reply.get("NextToken").map(text))
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "ListTagResources&RegionId=cn-hangzhou&ResourceType=snapshot&ResourceId.1=s-2&ResourceId.2=s-new")
        .await;
}

#[actix_web::test]
async fn the_same_in_xml() {
    let app = TestApp::seeded(SEED).await;
    app.ask("ListTagResources&RegionId=cn-hangzhou&ResourceType=snapshot&Tag.1.Key=env").await;
}
