//! Copies to another region.

use serde_json::{Value, json};

use super::{DAY, HOUR, advance, begin, made, policy, set, snapshots, with};
use crate::support::TestApp;

/// Fields of a policy that copies.
fn copying(fields: Value) -> Value {
    let mut policy = json!({
        "EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"], "CopiedSnapshotsRetentionDays": 5,
    });
    let Value::Object(fields) = fields else { panic!("{fields} has no fields") };
    policy.as_object_mut().unwrap().extend(fields);
    policy
}

async fn copies(app: &TestApp) -> Vec<Value> {
    let mut all = snapshots(app).await;
    all.retain(|snapshot| snapshot["RegionId"] == "cn-beijing");
    all
}

async fn change(app: &TestApp, patch: Value) {
    app.arrange("PATCH", "/auto-snapshot-policies/sp-1", patch).await;
}

#[actix_web::test]
async fn a_copy_is_made_when_its_source_is_accomplished() {
    let app = begin(set(json!({"SnapshotSeconds": 100}), copying(json!({"RetentionDays": 2})))).await;
    assert_eq!(advance(&app, 5 * HOUR + 99).await, (1, 0));
    assert_eq!(advance(&app, 1).await, (1, 0));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z", "d-1 2026-03-15T17:01:40Z cn-beijing"]);
    let all = snapshots(&app).await;
    let (source, copy) = (&all[0], &all[1]);
    for (field, value) in [
        ("SnapshotType", &json!("timer")),
        ("SnapshotName", &source["SnapshotName"]),
        ("RetentionDays", &json!(5)),
        ("ExpirationTime", &json!("2026-03-20T17:01:40Z")),
        ("SourceSnapshotId", &source["SnapshotId"]),
        ("SourceRegionId", &json!("cn-hangzhou")),
        ("AutoSnapshotPolicyId", &json!("sp-1")),
        ("ReadyTime", &json!("2026-03-15T17:03:20Z")),
    ] {
        assert_eq!(&copy[field], value, "{field}");
    }
    assert!(copy["SnapshotId"].as_str().unwrap().starts_with("s-2ze"), "{copy}");
    let shown = app.describe_in("cn-beijing", "").await["Snapshots"]["Snapshot"][0].take();
    assert_eq!((&shown["Status"], &shown["Available"]), (&json!("progressing"), &json!(false)));
}

#[actix_web::test]
async fn with_nothing_to_wait_for_it_is_made_at_once_and_takes_its_own_time() {
    let app = begin(set(json!({"SnapshotSeconds": 0, "CopySeconds": 7}), copying(json!({})))).await;
    assert_eq!(advance(&app, 5 * HOUR).await, (2, 0));
    let copy = copies(&app).await.remove(0);
    assert_eq!(
        (&copy["CreationTime"], &copy["ReadyTime"]),
        (&json!("2026-03-15T17:00:00Z"), &json!("2026-03-15T17:00:07Z"))
    );
}

#[actix_web::test]
async fn what_is_never_accomplished_or_fails_is_not_copied() {
    for settings in [
        json!({"SnapshotSeconds": "never"}),
        json!({"FailNextSnapshots": 1}),
        json!({"FailNextSnapshots": 1, "SnapshotSeconds": 0}),
    ] {
        let app = begin(set(settings.clone(), copying(json!({})))).await;
        assert_eq!(advance(&app, DAY).await, (1, 0), "{settings}");
    }
}

#[actix_web::test]
async fn what_is_gone_by_then_is_not_copied() {
    // Its day is over the moment that it is ready.
    let app = begin(set(json!({"SnapshotSeconds": DAY}), copying(json!({"RetentionDays": 1})))).await;
    assert_eq!(advance(&app, 5 * HOUR + DAY).await, (2, 1), "the second is the next day's");
    assert_eq!(copies(&app).await.len(), 0);
    // Somebody deletes it.
    let app = begin(set(json!({"SnapshotSeconds": 100}), copying(json!({})))).await;
    advance(&app, 5 * HOUR).await;
    let id = app.ids("").await.remove(0);
    app.act(&format!("DeleteSnapshot&SnapshotId={id}")).await;
    assert_eq!(advance(&app, 100).await, (0, 0));
}

#[actix_web::test]
async fn a_copy_takes_a_failure_too() {
    let app = begin(set(json!({"SnapshotSeconds": 100}), copying(json!({})))).await;
    advance(&app, 5 * HOUR).await;
    app.arrange("PATCH", "/settings", json!({"FailNextSnapshots": 1})).await;
    advance(&app, 100).await;
    assert_eq!(copies(&app).await[0]["Outcome"], "failed");
    assert_eq!(app.arrange("GET", "/settings", Value::Null).await["FailNextSnapshots"], 0);
    advance(&app, 100).await;
    let shown = app.describe_in("cn-beijing", "").await["Snapshots"]["Snapshot"][0].take();
    assert_eq!(shown["Status"], "failed");
}

#[actix_web::test]
async fn what_the_policy_says_at_the_moment_of_the_copy_counts() {
    let app = begin(set(json!({"SnapshotSeconds": 100}), copying(json!({})))).await;
    advance(&app, 5 * HOUR).await;
    change(&app, json!({"TargetCopyRegions": ["cn-shanghai"], "CopiedSnapshotsRetentionDays": -1})).await;
    advance(&app, 100).await;
    let all = snapshots(&app).await;
    assert_eq!((&all[1]["RegionId"], &all[1]["RetentionDays"]), (&json!("cn-shanghai"), &Value::Null));
    advance(&app, DAY - 100).await;
    change(&app, json!({"EnableCrossRegionCopy": false})).await;
    assert_eq!(advance(&app, 100).await, (0, 0));
}

#[actix_web::test]
async fn a_policy_that_is_deleted_copies_nothing_more_and_leaves_what_it_made() {
    let app = begin(set(json!({"SnapshotSeconds": 100}), copying(json!({})))).await;
    advance(&app, 5 * HOUR).await;
    app.arrange("DELETE", "/auto-snapshot-policies/sp-1", Value::Null).await;
    assert_eq!(advance(&app, 3 * DAY).await, (0, 0));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"]);
}

#[actix_web::test]
async fn what_was_made_before_the_policy_was_taken_off_the_disk_is_still_copied() {
    let app = begin(set(json!({"SnapshotSeconds": 100}), copying(json!({})))).await;
    advance(&app, 5 * HOUR).await;
    change(&app, json!({"DiskIds": []})).await;
    assert_eq!(advance(&app, 3 * DAY).await, (1, 0));
}

#[actix_web::test]
async fn copies_are_encrypted_if_the_policy_says_so() {
    let fields = copying(json!({"CopyEncryptionConfiguration": {"Encrypted": true, "KMSKeyId": "key-1"}}));
    let app = begin(set(json!({"SnapshotSeconds": 0}), fields)).await;
    advance(&app, DAY).await;
    let all = snapshots(&app).await;
    let is_encrypted = |snapshot: &Value| (snapshot["Encrypted"] == true, snapshot["KMSKeyId"].clone());
    let by_region = |region: &str| all.iter().find(|snapshot| snapshot["RegionId"] == region).map(is_encrypted);
    assert_eq!(by_region("cn-hangzhou"), Some((false, Value::Null)));
    assert_eq!(by_region("cn-beijing"), Some((true, json!("key-1"))));
}

#[actix_web::test]
async fn copies_count_in_no_quota() {
    let settings = json!({"AutomaticSnapshotsPerDisk": 1, "SnapshotSeconds": 0});
    let app = begin(set(settings, copying(json!({"CopiedSnapshotsRetentionDays": -1})))).await;
    assert_eq!(advance(&app, 4 * DAY).await, (8, 3));
    assert_eq!(copies(&app).await.len(), 4);
}

#[actix_web::test]
async fn copies_go_when_their_days_are_over() {
    let fields = copying(json!({"CopiedSnapshotsRetentionDays": 1, "RepeatWeekdays": [1]}));
    let app = begin(set(json!({"SnapshotSeconds": 2}), fields)).await;
    assert_eq!(advance(&app, 5 * HOUR + DAY + 1).await, (2, 0));
    assert_eq!(advance(&app, 1).await, (0, 1));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"]);
}

#[actix_web::test]
async fn two_policies_may_copy_the_same_snapshot_at_the_same_moment() {
    let to = |id: &str, region_id: &str| {
        policy(json!({
            "AutoSnapshotPolicyId": id,
            "EnableCrossRegionCopy": true,
            "TargetCopyRegions": [region_id],
            "TimePoints": [],
            "PendingCopies": {"s-1": "2026-03-15T13:00:00Z"},
        }))
    };
    let mut document = with(json!([to("sp-1", "cn-beijing"), to("sp-2", "cn-shanghai")]));
    document["Snapshots"] = json!([{"SnapshotId": "s-1", "SourceDiskId": "d-1"}]);
    let app = begin(document).await;
    assert_eq!(advance(&app, DAY).await, (2, 0));
}
