//! UntagResources: keys are taken from all resources that are named, or from none.

use serde_json::json;

use super::{ONE_OF_EACH, THERE, TYPES, assert_refused, done, tags_of};
use crate::support::{Fault, TestApp, golden};

const RIGHT: &str = "UntagResources&RegionId=cn-hangzhou&ResourceType=snapshot&ResourceId.1=s-1";

#[actix_web::test]
async fn the_keys_that_are_named_go() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    done(&app, &format!("{RIGHT}&TagKey.1=env&TagKey.2=unknown&TagKey.3=OWNER")).await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({"owner": "me"}), "a key is meant to the letter");
    assert_eq!(app.ids("Tag.1.Key=env").await, [""; 0]);
    done(&app, "UntagResources&RegionId=cn-hangzhou&ResourceType=image&ResourceId.1=m-1&TagKey.20=env&All=false").await;
    assert_eq!(tags_of(&app, "images/m-1").await, json!({}));
}

#[actix_web::test]
async fn all_takes_every_tag_but_those_of_the_service() {
    let app = TestApp::seeded(
        "Snapshots: [{SnapshotId: s-1, Tags: {a: b, 'acs:ecs:createFrom': i-1, aliyunx: z}}, {SnapshotId: s-2, Tags: {c: d}}]",
    )
    .await;
    done(&app, &format!("{RIGHT}&All=true&ResourceId.2=s-2")).await;
    let left = json!({"acs:ecs:createFrom": "i-1", "aliyunx": "z"});
    assert_eq!(tags_of(&app, "snapshots/s-1").await, left);
    assert_eq!(tags_of(&app, "snapshots/s-2").await, json!({}));
    let queries = ["TagKey.1=acs:ecs:createFrom", "TagKey.1=aliyunx", "TagKey.1=http://x"];
    assert_refused(&app, RIGHT, &queries, 400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.")
        .await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await, left);
}

#[actix_web::test]
async fn it_is_all_or_none() {
    let app = TestApp::seeded(
        "Snapshots: [{SnapshotId: s-1, Tags: {a: b}}, {SnapshotId: s-far, RegionId: cn-beijing, Tags: {a: b}}]",
    )
    .await;
    let not_found =
        Fault::new(404, "InvalidResourceId.NotFound", "The specified ResourceIds are not found in our records.");
    for other in ["s-far", "s-unknown"] {
        assert_eq!(app.refused(&format!("{RIGHT}&ResourceId.2={other}&TagKey.1=a")).await, not_found);
        assert_eq!(app.refused(&format!("{RIGHT}&ResourceId.2={other}&All=true")).await, not_found);
    }
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({"a": "b"}));
    for word in TYPES.iter().filter(|word| THERE.iter().all(|(there, _)| there != *word)) {
        let query = format!("UntagResources&RegionId=cn-hangzhou&ResourceType={word}&ResourceId.1=x-1&TagKey.1=a");
        assert_eq!(app.refused(&query).await, not_found, "{word}");
    }
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let text = "The Tags parameter's number is exceed , Valid : 20";
    assert_refused(&app, RIGHT, &["TagKey.21=a", "TagKey.0=a"], 400, "NumberExceed.Tags", text).await;
    let text = "The ResourceIds parameter's number is exceed , Valid : 50";
    let queries = ["TagKey.1=a&ResourceId.51=s-1"];
    assert_refused(&app, RIGHT, &queries, 400, "NumberExceed.ResourceIds", text).await;
    let text = "The Tag.N.Key contain duplicate key.";
    assert_refused(&app, RIGHT, &["TagKey.1=a&TagKey.2=a"], 400, "Duplicate.TagKey", text).await;
    let long = format!("TagKey.1={}", "x".repeat(129));
    let text = "The specified Tag.n.Key is not valid.";
    assert_refused(&app, RIGHT, &[&long], 400, "InvalidTagKey.Malformed", text).await;
    let text = "The specified all is true, but the specified TagKey.N is not empty.";
    assert_refused(&app, RIGHT, &["All=true&TagKey.1=env", "all=TRUE&TagKey.1=x"], 403, "Param.Conflict", text).await;
    let text = "The specified parameter \"All\" is not valid.";
    assert_refused(&app, RIGHT, &["All=1&TagKey.1=env"], 400, "InvalidParameter", text).await;
    let text = "The parameter - Tags should not be null";
    assert_refused(&app, RIGHT, &["All=false", "TagKey.1=", "x=1"], 404, "MissingParameter.Tags", text).await;
    let base = "UntagResources&TagKey.1=a";
    let text = "The parameter - ResourceIds.N should not be null";
    let queries = ["RegionId=cn-hangzhou&ResourceType=snapshot"];
    assert_refused(&app, base, &queries, 404, "MissingParameter.ResourceIds", text).await;
    let text = "The parameter - ResourceType should not be null";
    let queries = ["RegionId=cn-hangzhou&ResourceId.1=s-1"];
    assert_refused(&app, base, &queries, 404, "MissingParameter.ResourceType", text).await;
    let text = "The parameter - RegionId should not be null";
    assert_refused(&app, base, &["ResourceType=x"], 404, "MissingParameter.RegionId", text).await;
    let text = "The RegionId provided does not exist in our records.";
    let queries = ["RegionId=cn-nowhere&ResourceType=snapshot&ResourceId.1=s-1"];
    assert_refused(&app, base, &queries, 404, "InvalidRegionId.NotFound", text).await;
    let text = "The ResourceType provided does not exist in our records.";
    let queries = ["RegionId=cn-hangzhou&ResourceType=snap&ResourceId.1=s-1"];
    assert_refused(&app, base, &queries, 404, "InvalidResourceType.NotFound", text).await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({"env": "test", "owner": "me"}), "nothing was done");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(ONE_OF_EACH, &format!("{RIGHT}&TagKey.1=env")).await;
}
