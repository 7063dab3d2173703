//! Policies that go by the tags of instances, and the tags of what policies make.

use serde_json::{Value, json};

use super::{DAY, advance, all, begin, made, policy, set, with};
use crate::support::TestApp;

/// Of two instances with disks, in two regions, the policy wants those with both tags.
fn by_tags() -> Value {
    json!({
        "Instances": [
            {"InstanceId": "i-1", "Tags": {"env": "prod", "team": "a", "more": ""}},
            {"InstanceId": "i-2", "Tags": {"env": "prod"}},
            {"InstanceId": "i-far", "RegionId": "cn-beijing", "Tags": {"env": "prod", "team": "a"}},
        ],
        "Disks": [
            {"DiskId": "d-1", "Category": "cloud_essd", "InstanceId": "i-1"},
            {"DiskId": "d-2", "Category": "cloud_essd", "InstanceId": "i-2"},
            {"DiskId": "d-far", "Category": "cloud_essd", "RegionId": "cn-beijing", "InstanceId": "i-far"},
            {"DiskId": "d-loose", "Category": "cloud_essd"},
        ],
        "AutoSnapshotPolicies": [policy(json!({
            "AssociationType": "AssociatedWithInstanceTag", "TargetTags": {"env": "prod", "team": "a"}, "DiskIds": [],
        }))],
    })
}

/// The disks of which one was made in the next day.
async fn of_next_day(app: &TestApp) -> Vec<String> {
    let before = made(app).await.len();
    advance(app, DAY).await;
    made(app).await.split_off(before).iter().map(|made| made.split_once(' ').unwrap().0.to_owned()).collect()
}

#[actix_web::test]
async fn its_disks_are_those_of_instances_of_its_region_with_all_tags() {
    let app = begin(by_tags()).await;
    assert_eq!(of_next_day(&app).await, ["d-1"]);
}

#[actix_web::test]
async fn an_instance_that_gets_the_tags_begins_then_and_one_that_loses_them_ends() {
    let app = begin(by_tags()).await;
    advance(&app, DAY).await;
    app.act("TagResources&RegionId=cn-hangzhou&ResourceType=instance&ResourceId.1=i-2&Tag.1.Key=team&Tag.1.Value=a")
        .await;
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"], "and not the day before");
    assert_eq!(of_next_day(&app).await, ["d-1", "d-2"]);
    app.act("UntagResources&RegionId=cn-hangzhou&ResourceType=instance&ResourceId.1=i-1&TagKey.1=env").await;
    assert_eq!(of_next_day(&app).await, ["d-2"]);
    app.act("TagResources&RegionId=cn-hangzhou&ResourceType=instance&ResourceId.1=i-2&Tag.1.Key=team&Tag.1.Value=b")
        .await;
    assert_eq!(of_next_day(&app).await, [""; 0]);
}

#[actix_web::test]
async fn a_disk_that_is_attached_begins_then_and_one_that_is_detached_ends() {
    let app = begin(by_tags()).await;
    app.act("AttachDisk&DiskId=d-loose&InstanceId=i-1").await;
    assert_eq!(of_next_day(&app).await, ["d-1", "d-loose"]);
    app.act("DetachDisk&DiskId=d-loose&InstanceId=i-1").await;
    assert_eq!(of_next_day(&app).await, ["d-1"]);
    advance(&app, DAY).await;
    app.act("AttachDisk&DiskId=d-loose&InstanceId=i-1").await;
    let count = made(&app).await.len();
    assert_eq!(count, 4, "nothing is made up for");
    app.arrange("DELETE", "/instances/i-1", Value::Null).await;
    assert_eq!(of_next_day(&app).await, [""; 0]);
}

#[actix_web::test]
async fn other_tags_to_go_by_are_other_disks() {
    let app = begin(by_tags()).await;
    app.arrange("PATCH", "/auto-snapshot-policies/sp-1", json!({"TargetTags": {"team": null}})).await;
    assert_eq!(of_next_day(&app).await, ["d-1", "d-2"]);
    app.arrange("PATCH", "/auto-snapshot-policies/sp-1", json!({"TargetTags": {"env": "test"}})).await;
    assert_eq!(of_next_day(&app).await, [""; 0]);
}

#[actix_web::test]
async fn what_was_due_before_the_tags_changed_was_due() {
    let app = begin(by_tags()).await;
    // In real time nobody looks until the change.
    app.arrange("PUT", "/clock", json!({"Mode": "real"})).await;
    app.clock.set(crate::support::NOW.plus(DAY));
    app.act("UntagResources&RegionId=cn-hangzhou&ResourceType=instance&ResourceId.1=i-1&TagKey.1=env").await;
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"]);
}

#[actix_web::test]
async fn a_disk_that_is_deleted_is_no_more_a_policys() {
    let app = begin(with(json!([policy(json!({"DiskIds": ["d-1", "d-2"]}))]))).await;
    app.arrange("DELETE", "/disks/d-1", Value::Null).await;
    assert_eq!(of_next_day(&app).await, ["d-2"]);
}

#[actix_web::test]
async fn what_it_makes_has_the_tags_that_the_setting_says() {
    for (setting, tags) in [("none", Value::Null), ("policy", json!({"of": "policy"})), ("disk", json!({"of": "disk"}))]
    {
        let fields = json!({
            "Tags": {"of": "policy"}, "EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"],
        });
        let mut document = set(json!({"AutomaticSnapshotTags": setting}), fields);
        document["Disks"][0]["Tags"] = json!({"of": "disk"});
        let app = begin(document).await;
        advance(&app, DAY).await;
        assert_eq!(all(&app, "Tags").await, [tags.clone(), tags], "{setting}: it and its copy");
        let of = i32::from(setting != "none");
        assert_eq!(app.describe(&format!("Tag.1.Key=of&Tag.1.Value={setting}")).await["TotalCount"], of);
    }
}
