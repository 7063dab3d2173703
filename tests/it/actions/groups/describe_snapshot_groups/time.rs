use serde_json::{Value, json};

use super::{ids, member_ids, members, shown};
use crate::support::{NOW, TestApp};

/// One group whose snapshots are made one after the other, and then go one after the other.
const SEED: &str = "
Snapshots:
  - SnapshotId: s-1
    SourceDiskId: d-1
    InstanceId: i-1
    ReadyTime: 2026-03-15T12:00:10Z
    ExpirationTime: 2026-03-15T12:01:00Z
  - SnapshotId: s-2
    SourceDiskId: d-2
    InstanceId: i-2
    ReadyTime: 2026-03-15T12:00:20Z
    Outcome: failed
    ExpirationTime: 2026-03-15T12:00:40Z
SnapshotGroups: [{SnapshotGroupId: ssg-1, SnapshotIds: [s-1, s-2], Tags: {a: b}, ResourceGroupId: rg-1}]
";

/// What is shown of the group, and by which conditions it is found.
async fn seen(app: &TestApp) -> String {
    let groups = shown(app, "").await;
    let mut seen = match groups.first() {
        None => "nothing".to_owned(),
        Some(group) => {
            let progress: Vec<&str> =
                members(group).iter().map(|member| member["Progress"].as_str().unwrap()).collect();
            let (ids, status) = (member_ids(group).join(" "), group["Status"].as_str().unwrap());
            let instance = group.get("InstanceId").map_or("none", |id| id.as_str().unwrap());
            format!("{ids} {status} {} of {instance}", progress.join(" "))
        }
    };
    for query in [
        "Status.1=progressing",
        "Status.1=failed",
        "Status.1=accomplished",
        "Tag.1.Key=a",
        "ResourceGroupId=rg-1",
        "SnapshotGroupId.1=ssg-1",
    ] {
        if !ids(app, query).await.is_empty() {
            seen = format!("{seen}, {query}");
        }
    }
    seen
}

#[actix_web::test]
async fn an_answer_is_that_of_the_moment_at_which_it_is_asked_for() {
    let app = TestApp::seeded(SEED).await;
    let found = "Tag.1.Key=a, ResourceGroupId=rg-1, SnapshotGroupId.1=ssg-1";
    let moments = [
        (0, format!("s-1 s-2 progressing 0% 0% of none, Status.1=progressing, {found}")),
        (9, format!("s-1 s-2 progressing 90% 45% of none, Status.1=progressing, {found}")),
        (10, format!("s-1 s-2 progressing 100% 50% of none, Status.1=progressing, {found}")),
        (20, format!("s-1 s-2 failed 100% 99% of none, Status.1=failed, {found}")),
        (39, format!("s-1 s-2 failed 100% 99% of none, Status.1=failed, {found}")),
        (40, format!("s-1 accomplished 100% of i-1, Status.1=accomplished, {found}")),
        (59, format!("s-1 accomplished 100% of i-1, Status.1=accomplished, {found}")),
        (60, "nothing".to_owned()),
    ];
    // Forwards and backwards, each moment twice, so that an answer that is kept too long shows.
    for (seconds, expected) in moments.iter().chain(moments.iter().rev()) {
        app.clock.set(NOW.plus(*seconds));
        for _ in 0..2 {
            assert_eq!(seen(&app).await, *expected, "after {seconds} s");
        }
    }
}

#[actix_web::test]
async fn an_image_that_keeps_a_snapshot_keeps_its_group() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("POST", "/images", json!({"ImageId": "m-1", "SnapshotIds": ["s-2"]})).await;
    app.clock.set(NOW.plus(100));
    let group = &shown(&app, "Tag.1.Key=a").await[0];
    assert_eq!((member_ids(group), &group["Status"]), (vec!["s-2"], &json!("failed")));
    let tagged = app.act("ListTagResources&RegionId=cn-hangzhou&ResourceType=snapshotgroup&Tag.1.Key=a").await;
    assert_eq!(tagged["TagResources"]["TagResource"][0]["ResourceId"], "ssg-1");
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    assert_eq!(seen(&app).await, "nothing");
    app.arrange("PATCH", "/snapshots?RegionId=cn-hangzhou", json!({"Description": "x"})).await;
    app.clock.set(NOW.plus(50));
    assert!(seen(&app).await.starts_with("s-1 accomplished"), "the time at which it goes is the one of its snapshots");
}

#[actix_web::test]
async fn a_longer_retention_of_a_snapshot_is_one_of_its_group() {
    let app = TestApp::seeded(SEED).await;
    app.clock.set(NOW.plus(30));
    app.act("ModifySnapshotAttribute&SnapshotId=s-1&RetentionDays=1").await;
    app.clock.set(NOW.plus(86_399));
    assert!(seen(&app).await.starts_with("s-1 accomplished 100% of i-1"));
    app.clock.set(NOW.plus(86_400));
    assert_eq!(seen(&app).await, "nothing");
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-3"})).await;
    app.arrange(
        "POST",
        "/state",
        json!({"SnapshotGroups": [{"SnapshotGroupId": "ssg-1", "SnapshotIds": ["s-1", "s-3"]}]}),
    )
    .await;
    assert!(seen(&app).await.starts_with("s-3 accomplished"), "one that stays for good makes the group stay");
}
