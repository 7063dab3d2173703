//! DescribeResourceByTags: the resources of a region that have some tags.

use serde_json::{Value, json};

use super::{assert_refused, many_tags};
use crate::support::{Fault, TestApp, golden};

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-2, CreationTime: 2026-03-02T00:00Z, Tags: {env: test, owner: me}}
  - {SnapshotId: s-1, CreationTime: 2026-03-02T00:00Z, Tags: {env: test, 'acs:ecs:createFrom': x}}
  - {SnapshotId: s-new, CreationTime: 2026-03-03T00:00Z, Tags: {env: prod}}
  - {SnapshotId: s-plain}
  - {SnapshotId: s-far, RegionId: cn-beijing, Tags: {env: test}}
  - {SnapshotId: s-gone, ExpirationTime: 2026-03-15T12:00:00Z, Tags: {env: test}}
Disks: [{DiskId: d-1, Tags: {env: test, owner: me}}]
Instances: [{InstanceId: i-1, Tags: {env: ''}}]
Images: [{ImageId: m-1, Tags: {other: x}}]
";

async fn ids(app: &TestApp, query: &str) -> Vec<String> {
    let reply = app.act(&format!("DescribeResourceByTags&RegionId=cn-hangzhou&{query}")).await;
    let resources = reply["Resources"]["Resource"].as_array().unwrap();
    assert_eq!(reply["TotalCount"], resources.len(), "{query}: all on one page");
    let ids = resources.iter().map(|resource| {
        assert_eq!(resource["RegionId"], "cn-hangzhou");
        format!("{} {}", resource["ResourceType"].as_str().unwrap(), resource["ResourceId"].as_str().unwrap())
    });
    ids.collect()
}

#[actix_web::test]
async fn all_tags_have_to_be_there() {
    let app = TestApp::seeded(SEED).await;
    let env = ["instance i-1", "disk d-1", "snapshot s-new", "snapshot s-1", "snapshot s-2"];
    assert_eq!(ids(&app, "Tag.1.Key=env").await, env, "type by type, newest first, then by id");
    assert_eq!(ids(&app, "Tag.1.key=env&Tag.1.value=test").await, ["disk d-1", "snapshot s-1", "snapshot s-2"]);
    assert_eq!(ids(&app, "Tag.1.Key=env&Tag.1.Value=").await, ["instance i-1"]);
    let both = "Tag.1.Key=env&Tag.1.Value=test&Tag.2.Key=owner";
    assert_eq!(ids(&app, both).await, ["disk d-1", "snapshot s-2"]);
    assert_eq!(ids(&app, &format!("{both}&ResourceType=snapshot")).await, ["snapshot s-2"]);
    assert_eq!(ids(&app, "Tag.1.Key=env&Tag.1.Value=test&Tag.2.Key=env&Tag.2.Value=prod").await, [""; 0]);
    assert_eq!(ids(&app, "Tag.1.Key=acs:ecs:createFrom").await, ["snapshot s-1"]);
    assert_eq!(ids(&app, "Tag.1.Key=env&ResourceType=eni").await, [""; 0]);
    let all = [&env[..], &["image m-1"]].concat();
    assert_eq!(ids(&app, "").await, all, "without tags those that have any");
}

#[actix_web::test]
async fn pages_of_fifty_go_over_the_types() {
    let entries = |field: &str, prefix: &str, count: usize| {
        let entries: Vec<String> = (0..count).map(|n| format!("{{{field}: {prefix}{n:02}, Tags: {{k: v}}}}")).collect();
        entries.join(", ")
    };
    let app = TestApp::seeded(&format!(
        "Disks: [{}]\nSnapshots: [{}]\nImages: [{}]",
        entries("DiskId", "d-", 30),
        entries("SnapshotId", "s-", 30),
        entries("ImageId", "m-", 3)
    ))
    .await;
    let page = async |query: &str| {
        let reply = app.act(&format!("DescribeResourceByTags&RegionId=cn-hangzhou&Tag.1.Key=k&{query}")).await;
        let resources = reply["Resources"]["Resource"].as_array().unwrap();
        let ends = [resources.first(), resources.last()]
            .map(|resource| resource.map_or(Value::Null, |resource| resource["ResourceId"].clone()));
        (json!(ends), json!([resources.len(), reply["PageNumber"], reply["PageSize"], reply["TotalCount"]]))
    };
    assert_eq!(page("").await, (json!(["d-00", "s-19"]), json!([50, 1, 50, 63])));
    assert_eq!(page("PageNumber=2").await, (json!(["s-20", "m-02"]), json!([13, 2, 50, 63])));
    assert_eq!(page("PageNumber=2&PageSize=30").await, (json!(["s-00", "s-29"]), json!([30, 2, 30, 63])));
    assert_eq!(page("PageNumber=9").await, (json!([null, null]), json!([0, 9, 50, 63])));
    assert_eq!(page("PageNumber=2147483647&PageSize=100").await.1, json!([0, 2_147_483_647_i32, 100, 63]));
    // All pages together are all resources, each once.
    let mut seen = Vec::new();
    for number in 1..=9 {
        let reply = app
            .act(&format!("DescribeResourceByTags&RegionId=cn-hangzhou&Tag.1.Key=k&PageSize=7&PageNumber={number}"))
            .await;
        let resources = reply["Resources"]["Resource"].as_array().unwrap();
        seen.extend(resources.iter().map(|resource| resource["ResourceId"].as_str().unwrap().to_owned()));
    }
    let unique: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), unique.len()), (63, 63));
}

#[actix_web::test]
async fn every_row() {
    let app = TestApp::seeded(SEED).await;
    let base = "DescribeResourceByTags&RegionId=cn-hangzhou";
    let text = "The specified tags are beyond the permitted range.";
    assert_refused(&app, base, &[&many_tags(21)], 400, "InvalidTagCount", text).await;
    let text = "The parameter Tag.n.Key is illegal.";
    assert_refused(&app, base, &["Tag.1.Key=", "Tag.1.Value=x"], 400, "InvalidTagKey.Malformed", text).await;
    let text = "The ResourceType provided does not exist in our records.";
    assert_refused(&app, base, &["ResourceType=snapshotgroup"], 404, "InvalidResourceType.NotFound", text).await;
    let text = "The specified parameter \"PageSize\" is not valid.";
    assert_refused(&app, base, &["PageSize=101"], 400, "InvalidParameter", text).await;
    let region = Fault::new(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.");
    assert_eq!(app.refused("DescribeResourceByTags&RegionId=cn-nowhere").await, region);
    assert_eq!(app.refused("DescribeResourceByTags").await.code, "MissingParameter");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "DescribeResourceByTags&RegionId=cn-hangzhou&Tag.1.Key=env&PageSize=2").await;
}
