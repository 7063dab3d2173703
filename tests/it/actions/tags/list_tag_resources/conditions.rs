//! Which resources are found: by ids, by tags to the letter, by tags in words with stars, by resource group.

use serde_json::json;

use super::{SEED, found, page, pairs};
use crate::support::TestApp;

#[actix_web::test]
async fn ids_find_all_tags_of_each_newest_resource_first() {
    let app = TestApp::seeded(SEED).await;
    let expected =
        ["s-new Env=TEST", "s-new env=product", "s-1 a=", "s-1 environment=test", "s-2 env=test", "s-2 owner=me"];
    assert_eq!(pairs(&app, "ResourceId.1=s-2&ResourceId.2=s-1&ResourceId.9=s-new&ResourceId.50=s-1").await, expected);
    assert_eq!(pairs(&app, "ResourceId.1=s-plain").await, [""; 0]);
    for (query, expected) in [
        ("ResourceType=disk&ResourceId.1=d-1", vec!["d-1 env=disk"]),
        ("ResourceType=Image&ResourceId.1=m-1", vec!["m-1 env=image"]),
        ("ResourceType=INSTANCE&ResourceId.1=i-1", vec!["i-1 acs:ecs:createFrom=x", "i-1 env=instance"]),
    ] {
        assert_eq!(page(&app, query).await.0, expected, "{query}");
    }
    let reply = app.act("ListTagResources&RegionId=cn-hangzhou&ResourceType=DISK&ResourceId.1=d-1").await;
    assert_eq!(reply["TagResources"]["TagResource"][0]["ResourceType"], "disk", "the word is the documented one");
}

#[actix_web::test]
async fn tags_to_the_letter_have_to_be_there_all() {
    let app = TestApp::seeded(SEED).await;
    assert_eq!(found(&app, "Tag.1.Key=env").await, ["s-new", "s-2"]);
    assert_eq!(pairs(&app, "Tag.1.Key=env&Tag.1.Value=test").await, ["s-2 env=test", "s-2 owner=me"]);
    assert_eq!(found(&app, "Tag.1.key=env&Tag.20.Key=owner&Tag.20.value=me").await, ["s-2"]);
    assert_eq!(found(&app, "Tag.1.Key=env&Tag.2.Key=owner&Tag.2.Value=you").await, [""; 0]);
    assert_eq!(found(&app, "Tag.1.Key=a&Tag.1.Value=").await, ["s-1"], "an empty value is one");
    assert_eq!(found(&app, "Tag.1.Key=env&Tag.1.Value=").await, [""; 0]);
    assert_eq!(found(&app, "Tag.1.Key=env&Tag.1.Value=te*").await, [""; 0], "a star is a star");
    assert_eq!(found(&app, "Tag.1.Key=env&ResourceId.1=s-1&ResourceId.2=s-new").await, ["s-new"], "both hold");
    let instances = page(&app, "ResourceType=instance&Tag.1.Key=acs:ecs:createFrom").await.0;
    assert_eq!(instances.len(), 2, "tags of the service can be asked for");
}

#[actix_web::test]
async fn words_with_stars() {
    let app = TestApp::seeded(SEED).await;
    for (query, expected) in [
        ("TagFilter.1.TagKey=env", vec!["s-new", "s-2"]),
        ("TagFilter.1.TagKey=env*", vec!["s-new", "s-1", "s-2"]),
        ("TagFilter.1.TagKey=*nv*", vec!["s-new", "s-1", "s-2"]),
        ("TagFilter.1.TagKey=*ron*", vec!["s-1"]),
        ("TagFilter.1.TagKey=Env*", vec!["s-new"]),
        ("TagFilter.1.TagKey=x*", vec![]),
        ("TagFilter.1.TagKey=env&TagFilter.1.TagValues.1=test", vec!["s-2"]),
        ("TagFilter.1.TagKey=env&TagFilter.1.TagValues.1=pro*", vec!["s-new"]),
        ("TagFilter.1.TagKey=env&TagFilter.1.TagValues.1=*es*", vec!["s-2"]),
        ("TagFilter.1.TagKey=env&TagFilter.1.TagValues.1=test&TagFilter.1.TagValues.5=product", vec!["s-new", "s-2"]),
        // All values are asked for in the way of the first.
        ("TagFilter.1.TagKey=env&TagFilter.1.TagValues.1=x&TagFilter.1.TagValues.2=pro*", vec![]),
        ("TagFilter.1.TagKey=env&TagFilter.1.TagValues.1=x*&TagFilter.1.TagValues.2=pro", vec!["s-new"]),
        // Keys all have to be there.
        ("TagFilter.1.TagKey=env*&TagFilter.5.TagKey=owner", vec!["s-2"]),
        ("TagFilter.1.TagKey=env*&TagFilter.2.TagKey=*vironmen*", vec!["s-1"]),
        ("TagFilter.1.TagKey=env*&ResourceId.1=s-1&ResourceId.2=s-plain", vec!["s-1"]),
    ] {
        assert_eq!(found(&app, query).await, expected, "{query}");
    }
}

#[actix_web::test]
async fn characters_of_the_database_are_characters() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-1, Tags: {'a%b_c': '[x]?\"'}}
           - {SnapshotId: s-2, Tags: {'axbxc': 'x'}}
           - {SnapshotId: s-3, Tags: {'中文': 'é'}}",
    )
    .await;
    assert_eq!(found(&app, "TagFilter.1.TagKey=a%25*").await, ["s-1"]);
    assert_eq!(found(&app, "TagFilter.1.TagKey=*b_*").await, ["s-1"]);
    assert_eq!(found(&app, "TagFilter.1.TagKey=a%25b_c&TagFilter.1.TagValues.1=%5Bx%5D*").await, ["s-1"]);
    assert_eq!(found(&app, "TagFilter.1.TagKey=%E4%B8%AD*").await, ["s-3"]);
    assert_eq!(pairs(&app, "Tag.1.Key=a%25b_c").await, ["s-1 a%b_c=[x]?\""]);
}

#[actix_web::test]
async fn a_resource_group_is_asked_for_as_a_tag() {
    let app = TestApp::seeded(SEED).await;
    let group = "Tag.1.Key=acs:rm:rgId&Tag.1.Value=rg-1";
    let expected = ["s-plain acs:rm:rgId=rg-1", "s-1 acs:rm:rgId=rg-1"];
    assert_eq!(pairs(&app, group).await, expected, "tagged or not");
    assert_eq!(pairs(&app, &format!("{group}&ResourceId.1=s-1&ResourceId.2=s-2")).await, expected[1..]);
    assert_eq!(page(&app, &format!("ResourceType=disk&{group}")).await.0, ["d-1 acs:rm:rgId=rg-1"]);
    assert_eq!(page(&app, &format!("ResourceType=image&{group}")).await.0, [""; 0]);
}

#[actix_web::test]
async fn what_changes_is_seen_at_once() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/snapshots/s-plain", json!({"Tags": {"env": "test"}})).await;
    assert_eq!(found(&app, "Tag.1.Key=env&Tag.1.Value=test").await, ["s-plain", "s-2"]);
    app.act("DeleteSnapshot&SnapshotId=s-2").await;
    assert_eq!(found(&app, "Tag.1.Key=env&Tag.1.Value=test").await, ["s-plain"]);
}
