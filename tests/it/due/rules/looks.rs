//! Whoever looks sees what was due.

use serde_json::{Value, json};

use super::{DAY, HOUR, begin, made, policy, set, with};
use crate::support::{NOW, TestApp};

/// In real time, in which nobody looks until somebody does.
async fn real(policies: Value) -> TestApp {
    let app = begin(with(policies)).await;
    app.arrange("PUT", "/clock", json!({"Mode": "real"})).await;
    app
}

/// The ids on a page.
fn ids(reply: &Value) -> Vec<String> {
    let rows = reply["Snapshots"]["Snapshot"].as_array().unwrap();
    rows.iter().map(|row| row["SnapshotId"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn every_call_meets_what_was_due() {
    for query in [
        "DescribeSnapshots&RegionId=cn-hangzhou",
        "DescribeDisks&RegionId=cn-hangzhou",
        "DescribeSnapshotLinks&RegionId=cn-hangzhou",
        "DescribeSnapshotsUsage&RegionId=cn-hangzhou",
        "DescribeRegions",
        "CreateSnapshot&DiskId=d-2",
    ] {
        let app = real(json!([policy(json!({}))])).await;
        app.clock.set(NOW.plus(DAY));
        app.act(query).await;
        // A clock that goes back shows what was made by then.
        app.clock.set(NOW);
        let all = app.ids("SnapshotType=auto").await;
        assert_eq!(all.len(), 1, "{query}");
    }
}

#[actix_web::test]
async fn a_call_that_is_refused_meets_it_too_and_one_that_fails_at_the_gateway_does_not() {
    let app = real(json!([policy(json!({}))])).await;
    app.clock.set(NOW.plus(DAY));
    app.get("Action=DescribeSnapshots&RegionId=cn-hangzhou&Version=1999-01-01&Format=JSON").await;
    app.clock.set(NOW);
    assert_eq!(app.ids("").await.len(), 0);
    app.clock.set(NOW.plus(DAY));
    app.refused("DeleteSnapshot&SnapshotId=s-none").await;
    app.clock.set(NOW);
    assert_eq!(app.ids("").await.len(), 1);
}

#[actix_web::test]
async fn sums_and_links_count_what_was_due() {
    let app = real(json!([policy(json!({}))])).await;
    app.clock.set(NOW.plus(3 * DAY));
    let usage = app.act("DescribeSnapshotsUsage&RegionId=cn-hangzhou").await;
    assert_eq!(usage["SnapshotCount"], 3);
    let links = app.act("DescribeSnapshotLinks&RegionId=cn-hangzhou").await;
    assert_eq!(links["SnapshotLinks"]["SnapshotLink"][0]["TotalCount"], 3);
}

#[actix_web::test]
async fn reads_of_the_control_plane_meet_it_and_lists_of_sandboxes_do_not() {
    for (path, is_met) in [
        ("/sandboxes", false),
        ("/sandboxes/default/snapshots", true),
        ("/sandboxes/default/disks", true),
        ("/sandboxes/default/state", true),
        ("/sandboxes/default/settings", true),
        ("/sandboxes/default/schedule", true),
    ] {
        let app = real(json!([policy(json!({}))])).await;
        app.clock.set(NOW.plus(DAY));
        assert_eq!(app.control("GET", path, Value::Null).await.status, 200, "{path}");
        app.clock.set(NOW);
        assert_eq!(app.ids("").await.len(), usize::from(is_met), "{path}");
    }
}

#[actix_web::test]
async fn a_write_after_a_jump_comes_after_what_was_due_and_is_repeated_as_it_was() {
    let app = real(json!([policy(json!({"DiskIds": ["d-old"]}))])).await;
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 2 * HOUR, "FailNextSnapshots": 1})).await;
    app.clock.set(NOW.plus(6 * HOUR));
    // What was due took the failure, and keeps the disk.
    let query = "CreateSnapshot&DiskId=d-old&ClientToken=once";
    assert_eq!(app.refused(query).await.code, "IncorrectDiskStatus.CreatingSnapshot");
    app.clock.set(NOW.plus(8 * HOUR));
    let answer = app.act(query).await;
    app.clock.set(NOW.plus(8 * HOUR + DAY - 1));
    assert_eq!(app.act(query).await["SnapshotId"], answer["SnapshotId"]);
    assert_eq!(
        made(&app).await,
        ["d-old 2026-03-15T17:00:00Z", "d-old 2026-03-15T20:00:00Z", "d-old 2026-03-16T17:00:00Z"]
    );
}

#[actix_web::test]
async fn a_page_token_from_before_neither_repeats_nor_skips_what_is_still_there() {
    let app = real(json!([policy(json!({"TimePoints": (0..24).collect::<Vec<i64>>(), "RetentionDays": 1}))])).await;
    app.clock.set(NOW.plus(DAY));
    let before = app.ids("PageSize=100").await;
    assert_eq!(before.len(), 24);
    let mut reply = app.describe("MaxResults=10").await;
    let mut seen = ids(&reply);
    // Five come and five go while it is read.
    app.clock.set(NOW.plus(DAY + 5 * HOUR));
    while let Some(token) = reply["NextToken"].as_str().filter(|token| !token.is_empty()) {
        reply = app.describe(&format!("MaxResults=10&NextToken={token}")).await;
        seen.extend(ids(&reply));
    }
    let after = app.ids("PageSize=100").await;
    assert_eq!(after.len(), 24);
    let stayed: Vec<String> = before.iter().filter(|id| after.contains(id)).cloned().collect();
    assert_eq!(stayed.len(), 19);
    assert_eq!(seen, stayed);
}

#[actix_web::test]
async fn many_who_look_at_once_see_the_same() {
    let app = real(json!([policy(json!({"DiskIds": ["d-1", "d-2"]}))])).await;
    app.clock.set(NOW.plus(50 * DAY));
    let looks = (0..8).map(|_| app.get("Action=DescribeSnapshots&RegionId=cn-hangzhou&PageSize=1&Format=JSON"));
    for reply in futures_util::future::join_all(looks).await {
        assert_eq!((reply.status, &reply.json()["TotalCount"]), (200, &json!(100)));
    }
}

#[actix_web::test]
async fn other_sandboxes_are_none_of_its_business() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    app.sandbox("other", json!({"Sandbox": "default"})).await;
    super::advance(&app, 3 * DAY).await;
    assert_eq!(app.ids_of("other").await.len(), 0);
}

/// Each look at the system's clock is eleven days later for the sandbox, so that something is due again whenever it has caught up.
#[actix_web::test]
async fn a_clock_that_nobody_catches_up_with_holds_nobody() {
    let app = begin(set(json!({}), json!({"RetentionDays": 1}))).await;
    app.clock.set_pace(1);
    let everybody = async {
        app.arrange("PUT", "/clock", json!({"Mode": "scaled", "Rate": 1_000_000})).await;
        for _ in 0..3 {
            app.act("DescribeSnapshots&RegionId=cn-hangzhou").await;
            app.act("CreateSnapshot&DiskId=d-2").await;
            app.arrange("GET", "/clock", Value::Null).await;
        }
        app.arrange("PUT", "/clock", json!({"Mode": "frozen"})).await;
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), everybody).await.expect("each is answered");
}
