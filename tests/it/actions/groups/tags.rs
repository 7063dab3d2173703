//! Tags and resource groups of groups of snapshots, by the actions that change them for all types.

use serde_json::{Value, json};

use super::{ids, shown};
use crate::support::{NOW, TestApp};

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-1, Tags: {of: snapshot}}
  - {SnapshotId: s-2, ExpirationTime: 2026-03-15T12:01:00Z}
  - {SnapshotId: s-far, RegionId: cn-beijing}
SnapshotGroups:
  - {SnapshotGroupId: ssg-1, SnapshotIds: [s-1], Tags: {env: test}}
  - {SnapshotGroupId: ssg-2, SnapshotIds: [s-2], Tags: {env: test}}
  - {SnapshotGroupId: ssg-far, RegionId: cn-beijing, SnapshotIds: [s-far], Tags: {env: test}}
  - {SnapshotGroupId: ssg-none, Tags: {env: test}}
";

const OF_GROUPS: &str = "RegionId=cn-hangzhou&ResourceType=snapshotgroup";

/// The pairs that ListTagResources answers, as `id key=value`.
async fn listed(app: &TestApp, query: &str) -> Vec<String> {
    let reply = app.act(&format!("ListTagResources&{OF_GROUPS}&{query}")).await;
    let pairs = reply["TagResources"]["TagResource"].as_array().unwrap().clone();
    let text = |pair: &Value, field: &str| pair[field].as_str().unwrap().to_owned();
    let pair = |pair: &Value| {
        assert_eq!(pair["ResourceType"], "snapshotgroup");
        format!("{} {}={}", text(pair, "ResourceId"), text(pair, "TagKey"), text(pair, "TagValue"))
    };
    pairs.iter().map(pair).collect()
}

#[actix_web::test]
async fn tags_are_given_listed_found_and_taken() {
    let app = TestApp::seeded(SEED).await;
    assert_eq!(listed(&app, "Tag.1.Key=env").await, ["ssg-1 env=test", "ssg-2 env=test"]);
    app.act(&format!("TagResources&{OF_GROUPS}&ResourceId.1=ssg-1&Tag.1.Key=env&Tag.1.Value=two&Tag.2.Key=more")).await;
    assert_eq!(listed(&app, "ResourceId.1=ssg-1").await, ["ssg-1 env=two", "ssg-1 more="]);
    assert_eq!(ids(&app, "Tag.1.Key=env&Tag.1.Value=two").await, ["ssg-1"]);
    let group = &shown(&app, "Tag.1.Key=more").await[0];
    assert_eq!(group["Tags"]["Tag"], json!([{"Key": "env", "Value": "two"}, {"Key": "more", "Value": ""}]));
    assert_eq!(app.entry("snapshots/s-1").await["Tags"], json!({"of": "snapshot"}), "its snapshots have their own");
    app.act(&format!("UntagResources&{OF_GROUPS}&ResourceId.1=ssg-1&ResourceId.2=ssg-2&TagKey.1=env")).await;
    assert_eq!(listed(&app, "ResourceId.1=ssg-1&ResourceId.2=ssg-2").await, ["ssg-1 more="]);
    app.act(&format!("UntagResources&{OF_GROUPS}&ResourceId.1=ssg-1&All=true")).await;
    assert_eq!(ids(&app, "Tag.1.Key=more").await, [""; 0]);
}

#[actix_web::test]
async fn groups_that_are_gone_have_none() {
    let app = TestApp::seeded(SEED).await;
    for id in ["ssg-none", "ssg-far", "ssg-unknown"] {
        for query in [
            format!("TagResources&{OF_GROUPS}&ResourceId.1={id}&Tag.1.Key=a"),
            format!("UntagResources&{OF_GROUPS}&ResourceId.1={id}&TagKey.1=env"),
            format!("JoinResourceGroup&{OF_GROUPS}&ResourceId={id}&ResourceGroupId=rg-1"),
        ] {
            assert_eq!(app.refused(&query).await.code, "InvalidResourceId.NotFound", "{query}");
        }
    }
    app.clock.set(NOW.plus(60));
    assert_eq!(listed(&app, "Tag.1.Key=env").await, ["ssg-1 env=test"], "the other went with its snapshot");
    app.act("DeleteSnapshot&SnapshotId=s-1").await;
    assert_eq!(listed(&app, "Tag.1.Key=env").await, [""; 0]);
    app.clock.set(NOW);
    assert_eq!(listed(&app, "Tag.1.Key=env").await, ["ssg-2 env=test"]);
    // A group that has a snapshot again is there again, with what it had.
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-3"})).await;
    let group = json!({"SnapshotGroupId": "ssg-1", "SnapshotIds": ["s-3"], "Tags": {"env": "again"}});
    app.arrange("POST", "/snapshot-groups", group).await;
    app.arrange("PATCH", "/snapshot-groups/ssg-2", json!({"SnapshotIds": ["s-2", "s-3"]})).await;
    app.clock.set(NOW.plus(60));
    assert_eq!(listed(&app, "Tag.1.Key=env").await, ["ssg-1 env=again", "ssg-2 env=test"]);
}

#[actix_web::test]
async fn a_group_moves_to_another_resource_group() {
    let app = TestApp::seeded(SEED).await;
    app.act(&format!("JoinResourceGroup&{OF_GROUPS}&ResourceId=ssg-1&ResourceGroupId=rg-1")).await;
    app.act("JoinResourceGroup&RegionId=cn-hangzhou&ResourceId=ssg-2&ResourceGroupId=rg-1").await;
    assert_eq!(ids(&app, "ResourceGroupId=rg-1").await, ["ssg-1", "ssg-2"]);
    assert_eq!(listed(&app, "Tag.1.Key=acs:rm:rgId&Tag.1.Value=rg-1").await.len(), 2);
    assert_eq!(app.ids("ResourceGroupId=rg-1").await, [""; 0], "its snapshots stay where they are");
}
