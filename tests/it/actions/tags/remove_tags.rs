//! RemoveTags: one resource loses tags.

use serde_json::json;

use super::{ONE_OF_EACH, THERE, assert_refused, done, many_tags, tags_of};
use crate::support::{Fault, TestApp, golden};

const RIGHT: &str = "RemoveTags&RegionId=cn-hangzhou&ResourceType=snapshot&ResourceId=s-1";

#[actix_web::test]
async fn a_key_takes_its_tag_and_a_value_only_the_tag_of_that_value() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let both = json!({"env": "test", "owner": "me"});
    done(&app, &format!("{RIGHT}&Tag.1.Key=env&Tag.1.Value=prod&Tag.2.Key=unknown")).await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await, both);
    done(&app, RIGHT).await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await, both, "without tags nothing is removed");
    done(&app, &format!("{RIGHT}&Tag.1.Key=env&Tag.1.Value=test")).await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({"owner": "me"}));
    done(&app, &format!("{RIGHT}&Tag.7.key=owner&Tag.7.value=")).await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({}), "SDKs send an empty value for none");
}

#[actix_web::test]
async fn a_resource_of_each_kind_loses_them() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    for (word, id) in &THERE[..4] {
        app.arrange("PATCH", &format!("/{word}s/{id}"), json!({"Tags": {"a": "1", "acs:x": "y"}})).await;
        let query = format!("RemoveTags&RegionId=cn-hangzhou&ResourceType={word}&ResourceId={id}&Tag.1.Key=a");
        done(&app, &query).await;
        let left = tags_of(&app, &format!("{word}s/{id}")).await;
        assert_eq!(json!([left["a"], left["acs:x"]]), json!([null, "y"]), "{word}");
    }
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let text = "The specified tags are beyond the permitted range.";
    assert_refused(&app, RIGHT, &[&many_tags(21), "Tag.0.Key=x"], 400, "InvalidTagCount", text).await;
    let text = "The specified Tag.n.Key is not valid.";
    let queries = ["Tag.1.Key=acs:x", "Tag.1.Key=aliyun", "Tag.1.Key=", "Tag.1.Value=test"];
    assert_refused(&app, RIGHT, &queries, 400, "InvalidTagKey.Malformed", text).await;
    let base = "RemoveTags&Tag.1.Key=env";
    let text = "The specified RegionId does not exist.";
    let queries = ["RegionId=cn-nowhere&ResourceType=snapshot&ResourceId=s-1"];
    assert_refused(&app, base, &queries, 404, "InvalidRegionId.NotFound", text).await;
    let text = "The ResourceType provided does not exist in our records.";
    let queries = ["RegionId=cn-hangzhou&ResourceType=managedinstance&ResourceId=s-1"];
    assert_refused(&app, base, &queries, 404, "InvalidResourceType.NotFound", text).await;
    let text = "The specified ResourceIds are not found in our records.";
    let queries = [
        "RegionId=cn-beijing&ResourceType=snapshot&ResourceId=s-1",
        "RegionId=cn-hangzhou&ResourceType=keypair&ResourceId=s-1",
    ];
    assert_refused(&app, base, &queries, 404, "InvalidResourceId.NotFound", text).await;
    for (name, query) in [
        ("RegionId", "ResourceType=snapshot&ResourceId=s-1"),
        ("ResourceId", "RegionId=cn-hangzhou&ResourceType=snapshot"),
        ("ResourceType", "RegionId=cn-hangzhou&ResourceId=s-1"),
    ] {
        let text =
            format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.");
        assert_eq!(app.refused(&format!("{base}&{query}")).await, Fault::new(400, "MissingParameter", &text));
    }
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({"env": "test", "owner": "me"}), "nothing was done");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(ONE_OF_EACH, &format!("{RIGHT}&Tag.1.Key=env")).await;
}
