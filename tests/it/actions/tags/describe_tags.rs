//! DescribeTags: the different tags of a region, and how many resources of each type have them.

use serde_json::{Value, json};

use super::{assert_refused, many_tags};
use crate::support::{Fault, TestApp, golden};

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-1, Tags: {env: test, owner: me}}
  - {SnapshotId: s-2, Tags: {env: test, Env: ''}}
  - {SnapshotId: s-far, RegionId: cn-beijing, Tags: {env: test, far: away}}
  - {SnapshotId: s-gone, ExpirationTime: 2026-03-15T12:00:00Z, Tags: {env: test, gone: ''}}
Disks: [{DiskId: d-1, Tags: {env: test}}]
Instances: [{InstanceId: i-1, Tags: {env: prod, 'acs:ecs:createFrom': x}}]
Images: [{ImageId: m-1}]
";

/// Key, value, and the counts that are not 0.
async fn tags(app: &TestApp, query: &str) -> Vec<Value> {
    let reply = app.act(&format!("DescribeTags&RegionId=cn-hangzhou&{query}")).await;
    let tags = reply["Tags"]["Tag"].as_array().unwrap();
    assert_eq!(reply["TotalCount"], tags.len(), "{query}: all on one page");
    let tags = tags.iter().map(|tag| {
        let counts = tag["ResourceTypeCount"].as_object().unwrap();
        assert_eq!(counts.len(), 12, "{counts:?}");
        let mut found = counts.clone();
        found.retain(|_, count| *count != 0);
        json!([tag["TagKey"], tag["TagValue"], found])
    });
    tags.collect()
}

#[actix_web::test]
async fn each_tag_of_the_region_once() {
    let app = TestApp::seeded(SEED).await;
    assert_eq!(
        tags(&app, "").await,
        [
            json!(["Env", "", {"Snapshot": 1}]),
            json!(["acs:ecs:createFrom", "x", {"Instance": 1}]),
            json!(["env", "prod", {"Instance": 1}]),
            json!(["env", "test", {"Disk": 1, "Snapshot": 2}]),
            json!(["owner", "me", {"Snapshot": 1}]),
        ]
    );
    app.arrange("DELETE", "/snapshots/s-1", Value::Null).await;
    assert_eq!(tags(&app, "Tag.1.Key=owner").await, [json!(null); 0]);
    assert_eq!(
        tags(&app, "Tag.1.Key=env&Tag.1.Value=test").await,
        [json!(["env", "test", {"Disk": 1, "Snapshot": 1}])]
    );
}

#[actix_web::test]
async fn keys_values_types_and_a_resource_narrow_it() {
    let app = TestApp::seeded(SEED).await;
    let (prod, test) = (json!(["env", "prod", {"Instance": 1}]), json!(["env", "test", {"Disk": 1, "Snapshot": 2}]));
    let owner = json!(["owner", "me", {"Snapshot": 1}]);
    assert_eq!(tags(&app, "Tag.1.Key=env").await, [prod.clone(), test.clone()]);
    assert_eq!(tags(&app, "Tag.1.key=env&Tag.1.value=test").await, std::slice::from_ref(&test));
    assert_eq!(tags(&app, "Tag.1.Key=env&Tag.1.Value=").await, [json!(null); 0], "an empty value is one");
    assert_eq!(tags(&app, "Tag.1.Key=Env&Tag.1.Value=").await, [json!(["Env", "", {"Snapshot": 1}])]);
    let several = "Tag.1.Key=owner&Tag.2.Key=env&Tag.2.Value=test&Tag.3.Key=env&Tag.4.Key=unknown";
    assert_eq!(tags(&app, several).await, [prod, test, owner.clone()], "any of several, and none twice");
    assert_eq!(tags(&app, "ResourceType=disk").await, [json!(["env", "test", {"Disk": 1}])]);
    assert_eq!(tags(&app, "ResourceType=image").await, [json!(null); 0]);
    assert_eq!(tags(&app, "ResourceType=securitygroup").await, [json!(null); 0]);
    assert_eq!(tags(&app, "ResourceId=s-1").await, [json!(["env", "test", {"Snapshot": 1}]), owner.clone()]);
    assert_eq!(tags(&app, "ResourceId=s-1&ResourceType=snapshot&Tag.1.Key=owner").await, [owner]);
    for query in ["ResourceId=s-1&ResourceType=disk", "ResourceId=s-far", "ResourceId=s-gone", "ResourceId=s-unknown"] {
        assert_eq!(tags(&app, query).await, [json!(null); 0], "{query}");
    }
}

#[actix_web::test]
async fn pages_of_fifty_by_number() {
    let many: Vec<String> = (0..60).map(|n| format!("k{n:02}: v")).collect();
    let app = TestApp::seeded(&format!("Snapshots: [{{SnapshotId: s-1, Tags: {{{}}}}}]", many.join(", "))).await;
    let page = async |query: &str| {
        let reply = app.act(&format!("DescribeTags&RegionId=cn-hangzhou&{query}")).await;
        let tags = reply["Tags"]["Tag"].as_array().unwrap();
        let keys = [tags.first(), tags.last()].map(|tag| tag.map_or(Value::Null, |tag| tag["TagKey"].clone()));
        (keys, json!([tags.len(), reply["PageNumber"], reply["PageSize"], reply["TotalCount"]]))
    };
    assert_eq!(page("").await, ([json!("k00"), json!("k49")], json!([50, 1, 50, 60])));
    assert_eq!(page("PageNumber=2").await, ([json!("k50"), json!("k59")], json!([10, 2, 50, 60])));
    assert_eq!(page("PageNumber=3").await, ([json!(null), json!(null)], json!([0, 3, 50, 60])));
    assert_eq!(page("PageNumber=3&PageSize=20").await, ([json!("k40"), json!("k59")], json!([20, 3, 20, 60])));
    assert_eq!(page("PageSize=100&Category=All").await.1, json!([60, 1, 100, 60]));
    let base = "DescribeTags&RegionId=cn-hangzhou";
    let text = "The specified parameter \"PageSize\" is not valid.";
    assert_refused(&app, base, &["PageSize=0", "PageSize=101", "PageSize=x"], 400, "InvalidParameter", text).await;
    let text = "The specified parameter \"PageNumber\" is not valid.";
    assert_refused(&app, base, &["PageNumber=0"], 400, "InvalidParameter", text).await;
}

#[actix_web::test]
async fn every_row() {
    let app = TestApp::seeded(SEED).await;
    let base = "DescribeTags&RegionId=cn-hangzhou";
    let text = "The specified tags are beyond the permitted range.";
    assert_refused(&app, base, &[&many_tags(21), "Tag.0.Key=a"], 400, "InvalidTagCount", text).await;
    let long = format!("Tag.1.Key={}", "x".repeat(129));
    let text = "The parameter Tag.n.Key is illegal.";
    let queries = ["Tag.1.Key=", "Tag.1.Value=x", &long];
    assert_refused(&app, base, &queries, 400, "InvalidTagKey.Malformed", text).await;
    let text = "The ResourceType provided does not exist in our records.";
    let queries = ["ResourceType=bucket", "ResourceType=ddhcluster"];
    assert_refused(&app, base, &queries, 404, "InvalidResourceType.NotFound", text).await;
    let region = Fault::new(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.");
    assert_eq!(app.refused("DescribeTags&RegionId=cn-nowhere").await, region);
    let text = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    assert_eq!(app.refused("DescribeTags&PageSize=0").await, Fault::new(400, "MissingParameter", text));
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "DescribeTags&RegionId=cn-hangzhou&Tag.1.Key=env&PageSize=1&PageNumber=2").await;
}
