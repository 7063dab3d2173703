//! TagResources: all resources that are named get the tags, or none does.

use serde_json::{Value, json};

use super::{ONE_OF_EACH, THERE, TYPES, assert_refused, done, many_tags, tags_of};
use crate::support::{Fault, NOW, TestApp, golden};

const RIGHT: &str = "TagResources&RegionId=cn-hangzhou&ResourceType=snapshot&ResourceId.1=s-1";

fn not_found() -> Fault {
    Fault::new(404, "InvalidResourceId.NotFound", "The specified ResourceIds are not found in our records.")
}

#[actix_web::test]
async fn a_resource_of_each_kind_can_be_tagged() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    for (word, id) in THERE {
        let words = [word.to_owned(), word.to_uppercase()];
        for (number, word) in words.iter().enumerate() {
            done(
                &app,
                &format!(
                    "TagResources&RegionId=cn-hangzhou&ResourceType={word}&ResourceId.1={id}&Tag.1.Key=a&Tag.1.Value={number}"
                ),
            )
            .await;
        }
    }
    for path in ["snapshots/s-1", "disks/d-1", "instances/i-1", "images/m-1", "snapshot-groups/ssg-1"] {
        assert_eq!(tags_of(&app, path).await["a"], "1", "{path}: the other value is in the place of the first");
    }
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({"a": "1", "env": "test", "owner": "me"}));
    assert_eq!(app.ids("Tag.1.Key=a&Tag.1.Value=1").await, ["s-1"], "filters see it");
    assert_eq!(app.ids("Tag.1.Key=a&Tag.1.Value=0").await, [""; 0]);
}

#[actix_web::test]
async fn an_answer_in_xml_says_the_same() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let xml = app.get(&format!("Action={RIGHT}&Tag.1.Key=a&Format=XML")).await;
    let tree = xml.xml();
    assert_eq!((xml.status, tree.name.as_str(), tree.children.len()), (200, "TagResourcesResponse", 1));
}

#[actix_web::test]
async fn values_may_be_empty_and_names_in_any_case() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    done(&app, &format!("{RIGHT}&Tag.1.key=only&tag.20.Key=empty&tag.20.value=&Tag.3.Key=%E4%B8%AD&Tag.3.Value=x"))
        .await;
    let expected = json!({"empty": "", "env": "test", "only": "", "owner": "me", "中": "x"});
    assert_eq!(tags_of(&app, "snapshots/s-1").await, expected);
}

#[actix_web::test]
async fn of_two_with_one_number_the_first_counts() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-2"})).await;
    done(&app, &format!("{RIGHT}&resourceid.01=s-2&Tag.1.Key=a&Tag.2.Key=b")).await;
    assert_eq!(app.ids("Tag.1.Key=a").await, ["s-1"]);
    done(&app, "UntagResources&RegionId=cn-hangzhou&ResourceType=snapshot&ResourceId.1=s-1&TagKey.1=a&tagkey.01=b")
        .await;
    assert_eq!((app.ids("Tag.1.Key=a").await.len(), app.ids("Tag.1.Key=b").await), (0, vec!["s-1".to_owned()]));
}

#[actix_web::test]
async fn it_is_all_or_none() {
    let app = TestApp::seeded(
        "
Disks: [{DiskId: d-1}]
Snapshots:
  - {SnapshotId: s-1}
  - {SnapshotId: s-2}
  - {SnapshotId: s-far, RegionId: cn-beijing}
  - {SnapshotId: s-gone, ExpirationTime: 2026-03-15T12:00:00Z}
  - {SnapshotId: s-clash, Tags: {Env: x}}
",
    )
    .await;
    let both = "TagResources&RegionId=cn-hangzhou&ResourceType=snapshot&Tag.1.Key=env&Tag.1.Value=1&ResourceId.1=s-1";
    for other in ["s-unknown", "s-far", "s-gone", "d-1"] {
        assert_eq!(app.refused(&format!("{both}&ResourceId.2={other}")).await, not_found(), "{other}");
    }
    let clash = app.refused(&format!("{both}&ResourceId.2=s-clash")).await;
    assert_eq!(clash.code, "TagKey.Duplication");
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({}), "nothing of it is done");
    done(&app, &format!("{both}&ResourceId.3=s-2&ResourceId.7=s-1")).await;
    for id in ["s-1", "s-2"] {
        assert_eq!(tags_of(&app, &format!("snapshots/{id}")).await, json!({"env": "1"}), "{id}");
    }
}

#[actix_web::test]
async fn fifty_resources_take_twenty_tags_each_in_one_change() {
    let entries: Vec<String> = (1..=50).map(|n| format!("{{SnapshotId: s-{n}}}")).collect();
    let app = TestApp::seeded(&format!("Snapshots: [{}]", entries.join(", "))).await;
    let ids: Vec<String> = (1..=50).map(|n| format!("ResourceId.{n}=s-{n}")).collect();
    let query = format!("TagResources&RegionId=cn-hangzhou&ResourceType=snapshot&{}&{}", ids.join("&"), many_tags(20));
    done(&app, &query).await;
    for n in [1, 26, 50] {
        assert_eq!(tags_of(&app, &format!("snapshots/s-{n}")).await.as_object().unwrap().len(), 20, "s-{n}");
    }
    let reply = app.describe("Tag.1.Key=k20&Tag.1.Value=v20").await;
    assert_eq!(reply["TotalCount"], 50);
}

#[actix_web::test]
async fn a_snapshot_tells_when_it_was_changed_last() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1, Tags: {env: test}}]").await;
    app.clock.set(NOW.plus(60));
    let shown = async |app: &TestApp| app.describe("").await["Snapshots"]["Snapshot"][0]["LastModifiedTime"].clone();
    let before = shown(&app).await;
    done(&app, &format!("{RIGHT}&Tag.1.Key=env&Tag.1.Value=test")).await;
    assert_eq!(shown(&app).await, before, "the same tag is no change");
    done(&app, &format!("{RIGHT}&Tag.1.Key=env&Tag.1.Value=prod")).await;
    assert_eq!(shown(&app).await, "2026-03-15T12:01:00Z");
}

#[actix_web::test]
async fn a_resource_has_twenty_tags_of_its_own_at_most() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let quota =
        Fault::new(400, "OperationDenied.QuotaExceed", "The quota of tags on resource is beyond permitted range.");
    assert_eq!(app.refused(&format!("{RIGHT}&{}", many_tags(19))).await, quota, "with the two that it has");
    done(&app, &format!("{RIGHT}&{}", many_tags(18))).await;
    assert_eq!(app.refused(&format!("{RIGHT}&Tag.1.Key=more")).await, quota);
    done(&app, &format!("{RIGHT}&Tag.1.Key=env&Tag.1.Value=other")).await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await["env"], "other");

    // A document may say what it wants, and what the service gives does not count.
    let mut tags = json!({"acs:ecs:createFrom": "i-1", "aliyun.x": ""});
    for n in 0..19 {
        tags[format!("k{n}")] = json!("v");
    }
    app.arrange("PATCH", "/disks/d-1", json!({"Tags": tags})).await;
    let disk = "TagResources&RegionId=cn-hangzhou&ResourceType=disk&ResourceId.1=d-1";
    done(&app, &format!("{disk}&Tag.1.Key=twentieth")).await;
    assert_eq!(app.refused(&format!("{disk}&Tag.1.Key=more")).await, quota);
    for n in 0..30 {
        tags[format!("k{n}")] = json!("v");
    }
    app.arrange("PATCH", "/disks/d-1", json!({"Tags": tags})).await;
    done(&app, &format!("{disk}&Tag.1.Key=k29&Tag.1.Value=w")).await;
    assert_eq!(app.refused(&format!("{disk}&Tag.1.Key=more")).await, quota);
}

#[actix_web::test]
async fn keys_that_differ_in_case_only_are_refused() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let queries = ["Tag.1.Key=ENV", "Tag.1.Key=Owner&Tag.1.Value=me", "Tag.1.Key=new&Tag.2.Key=New"];
    let text = "The TagKey has duplication with others, case-insensitive.";
    assert_refused(&app, RIGHT, &queries, 403, "TagKey.Duplication", text).await;
    // Where a document gave it both, each can be changed.
    app.arrange("PATCH", "/disks/d-1", json!({"Tags": {"a": "1", "A": "2"}})).await;
    done(&app, "TagResources&RegionId=cn-hangzhou&ResourceType=disk&ResourceId.1=d-1&Tag.1.Key=a&Tag.1.Value=3").await;
    assert_eq!(tags_of(&app, "disks/d-1").await, json!({"a": "3", "A": "2"}));
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let long = "x".repeat(129);
    let (long_key, long_value) = (format!("Tag.1.Key={long}"), format!("Tag.1.Key=k&Tag.1.Value={long}"));
    let keys = ["Tag.1.Key=&Tag.1.Value=x", "Tag.1.Key=acs:x", "Tag.1.Key=aliyun", "Tag.1.Key=a-http://b", &long_key];
    assert_refused(&app, RIGHT, &keys, 400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.").await;
    let values = ["Tag.1.Key=k&Tag.1.Value=https://x", "Tag.1.Key=k&Tag.1.Value=x-http://", &long_value];
    let text = "The specified Tag.n.Value is not valid.";
    assert_refused(&app, RIGHT, &values, 400, "InvalidTagValue.Malformed", text).await;
    done(&app, &format!("{RIGHT}&Tag.1.Key=value&Tag.1.Value=acs:x")).await;
    let queries = ["Tag.1.Key=k&Tag.2.Key=k", "Tag.1.Key=k&Tag.1.Value=v&Tag.9.Key=k&Tag.9.Value=w"];
    let text = "The Tag.N.Key contain duplicate key.";
    assert_refused(&app, RIGHT, &queries, 400, "Duplicate.TagKey", text).await;
    let queries = ["Tag.1.Value=x", "Tag.1.Key=k&Tag.2.Value=x"];
    let text = "The specified Tag.n.Key and Tag.n.Value are not match.";
    assert_refused(&app, RIGHT, &queries[1..], 400, "InvalidTag.Mismatch", text).await;
    let many = many_tags(21);
    let queries = [many.as_str(), "Tag.0.Key=x", "Tag.21.Key=x"];
    let text = "The Tags parameter's number is exceed , Valid : 20.";
    assert_refused(&app, RIGHT, &queries, 400, "NumberExceed.Tags", text).await;
    let queries = ["Tag.1.Key=k&ResourceId.51=s-1", "Tag.1.Key=k&ResourceId.0=s-1"];
    let text = "The ResourceIds parameter's number is exceed , Valid : 50.";
    assert_refused(&app, RIGHT, &queries, 400, "NumberExceed.ResourceIds", text).await;
}

#[actix_web::test]
async fn what_is_missing_has_a_row_each() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let parameters = [
        ("RegionId", "RegionId=cn-hangzhou", "RegionId"),
        ("ResourceIds.N", "ResourceId.1=s-1", "ResourceIds"),
        ("ResourceType", "ResourceType=snapshot", "ResourceType"),
        ("Tags", "Tag.1.Key=x", "Tags"),
    ];
    for (name, missing, code) in parameters {
        let others = parameters.iter().map(|(_, other, _)| *other).filter(|other| *other != missing);
        let query = format!("TagResources&{}", others.collect::<Vec<_>>().join("&"));
        let fault = Fault::new(
            404,
            &format!("MissingParameter.{code}"),
            &format!("The parameter - {name} should not be null."),
        );
        assert_eq!(app.refused(&query).await, fault);
        let empty = format!("{query}&{}=", missing.split('=').next().unwrap());
        // A key that is there and empty is one.
        let expected = if name == "Tags" { "InvalidTagKey.Malformed" } else { &fault.code };
        assert_eq!(app.refused(&empty).await.code, expected, "{empty}");
    }
    assert_eq!(app.refused("TagResources").await.code, "MissingParameter.RegionId", "the first of them");
}

#[actix_web::test]
async fn regions_and_types_that_are_not_known() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let rest = "ResourceId.1=s-1&Tag.1.Key=x";
    let region = Fault::new(404, "InvalidRegionId.NotFound", "The RegionId provided does not exist in our records.");
    assert_eq!(app.refused(&format!("TagResources&RegionId=cn-nowhere&ResourceType=snapshot&{rest}")).await, region);
    let kind =
        Fault::new(404, "InvalidResourceType.NotFound", "The ResourceType provided does not exist in our records.");
    for word in ["snapshots", "bucket", "ALIYUN::ECS::SNAPSHOT"] {
        assert_eq!(app.refused(&format!("TagResources&RegionId=cn-hangzhou&ResourceType={word}&{rest}")).await, kind);
    }
    for word in TYPES.iter().filter(|word| THERE.iter().all(|(there, _)| there != *word)) {
        let fault = app.refused(&format!("TagResources&RegionId=cn-hangzhou&ResourceType={word}&{rest}")).await;
        assert_eq!(fault, not_found(), "{word}: a known type, of which no sandbox has any");
    }
    // A region that is nobody's is known where a resource is in it.
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-own", "RegionId": "cn-own"})).await;
    done(&app, "TagResources&RegionId=cn-own&ResourceType=snapshot&ResourceId.1=s-own&Tag.1.Key=x").await;
    assert_eq!(app.refused(&format!("TagResources&RegionId=cn-own&ResourceType=snapshot&{rest}")).await, not_found());
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(ONE_OF_EACH, &format!("{RIGHT}&Tag.1.Key=a&Tag.1.Value=b")).await;
}

#[actix_web::test]
async fn the_same_tags_again_make_no_new_version() {
    let app = TestApp::seeded(ONE_OF_EACH).await;
    let sandboxes = &app.app().sandboxes;
    let sandbox = sandboxes.by_name("default").unwrap();
    done(&app, &format!("{RIGHT}&Tag.1.Key=a&Tag.1.Value=b")).await;
    let before = sandboxes.view(&sandbox).await.unwrap().pointer;
    done(&app, &format!("{RIGHT}&Tag.1.Key=a&Tag.1.Value=b")).await;
    assert_eq!(sandboxes.view(&sandbox).await.unwrap().pointer, before);
    app.arrange("PATCH", "/snapshots/s-1", json!({"Tags": Value::Null})).await;
    assert_eq!(tags_of(&app, "snapshots/s-1").await, json!({}));
}
