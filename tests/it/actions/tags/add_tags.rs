//! AddTags: one resource gets tags.

use serde_json::json;

use super::{ONE_OF_EACH, THERE, assert_refused, done, many_tags, tags_of};
use crate::support::{Fault, TestApp, golden};

const RIGHT: &str = "AddTags&RegionId=cn-hangzhou&ResourceType=snapshot&ResourceId=s-1";

#[actix_web::test]
async fn a_resource_of_each_kind_gets_them() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    for (word, id) in &THERE[..4] {
        let query = format!("AddTags&RegionId=cn-hangzhou&ResourceType={word}&ResourceId={id}");
        done(&app, &format!("{query}&Tag.1.Key=env&Tag.1.Value=new&Tag.2.key=b&Tag.2.value=c")).await;
    }
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({"b": "c", "env": "new", "owner": "me"}));
    for path in ["disks/d-1", "instances/i-1", "images/m-1"] {
        assert_eq!(tags_of(&app, path).await, json!({"b": "c", "env": "new"}), "{path}");
    }
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let text = "The specified tags are beyond the permitted range.";
    assert_refused(&app, RIGHT, &[&many_tags(21), "Tag.0.Key=x"], 400, "InvalidTagCount", text).await;
    let text = "The specified Tag.n.Key and Tag.n.Value are not match.";
    assert_refused(&app, RIGHT, &["Tag.1.Key=a&Tag.2.Value=b"], 400, "InvalidTag.Mismatch", text).await;
    let text = "The specified Tag.n.Key is not valid.";
    assert_refused(&app, RIGHT, &["Tag.1.Key=acs:x", "Tag.1.Key="], 400, "InvalidTagKey.Malformed", text).await;
    let text = "The specified Tag.n.Value is not valid.";
    let queries = ["Tag.1.Key=a&Tag.1.Value=http://x"];
    assert_refused(&app, RIGHT, &queries, 400, "InvalidTagValue.Malformed", text).await;
    let text = "The Tag.N.Key contain duplicate key.";
    assert_refused(&app, RIGHT, &["Tag.1.Key=a&Tag.2.Key=a"], 400, "Duplicate.TagKey", text).await;
    let text = "The TagKey has duplication with others, case-insensitive.";
    assert_refused(&app, RIGHT, &["Tag.1.Key=Env"], 403, "TagKey.Duplication", text).await;
    let text = "The quota of tags on resource is beyond permitted range.";
    assert_refused(&app, RIGHT, &[&many_tags(20)], 400, "OperationDenied.QuotaExceed", text).await;
    let base = "AddTags&Tag.1.Key=a";
    let text = "The specified RegionId does not exist.";
    let queries = ["RegionId=cn-nowhere&ResourceType=snapshot&ResourceId=s-1"];
    assert_refused(&app, base, &queries, 404, "InvalidRegionId.NotFound", text).await;
    let text = "The ResourceType provided does not exist in our records.";
    // These are words of TagResources only.
    let types = ["snapshots", "ddhcluster", "command", "snapshotgroup"];
    let queries = types.map(|word| format!("RegionId=cn-hangzhou&ResourceId=s-1&ResourceType={word}"));
    let queries: Vec<&str> = queries.iter().map(String::as_str).collect();
    assert_refused(&app, base, &queries, 404, "InvalidResourceType.NotFound", text).await;
    let text = "The specified ResourceIds are not found in our records.";
    let queries = [
        "RegionId=cn-hangzhou&ResourceType=snapshot&ResourceId=s-2",
        "RegionId=cn-beijing&ResourceType=snapshot&ResourceId=s-1",
        "RegionId=cn-hangzhou&ResourceType=disk&ResourceId=s-1",
        "RegionId=cn-hangzhou&ResourceType=securitygroup&ResourceId=sg-1",
    ];
    assert_refused(&app, base, &queries, 404, "InvalidResourceId.NotFound", text).await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({"env": "test", "owner": "me"}), "nothing was done");
}

#[actix_web::test]
async fn what_is_missing_is_named() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let parameters = [
        ("RegionId", "RegionId=cn-hangzhou"),
        ("ResourceId", "ResourceId=s-1"),
        ("ResourceType", "ResourceType=snapshot"),
        ("Tag", "Tag.1.Key=x"),
    ];
    for (name, missing) in parameters {
        let others = parameters.iter().map(|(_, other)| *other).filter(|other| *other != missing);
        let query = format!("AddTags&{}", others.collect::<Vec<_>>().join("&"));
        let text =
            format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.");
        assert_eq!(app.refused(&query).await, Fault::new(400, "MissingParameter", &text));
    }
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(ONE_OF_EACH, &format!("{RIGHT}&Tag.1.Key=a&Tag.1.Value=b")).await;
}
