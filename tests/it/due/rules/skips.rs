//! Points that are passed over.

use serde_json::{Value, json};

use super::{DAY, HOUR, advance, begin, made, policy, set, with};

/// What the schedule says of the first point: why it is skipped.
async fn skipped(app: &crate::support::TestApp) -> Value {
    app.arrange("GET", "/schedule", Value::Null).await["Due"][0]["Skipped"].take()
}

#[actix_web::test]
async fn a_disk_that_was_never_attached_is_passed_over_until_it_is() {
    let mut document = with(json!([policy(json!({"DiskIds": ["d-new"]}))]));
    let new = json!({"DiskId": "d-new", "Category": "cloud_essd", "NeverAttached": true});
    document["Disks"].as_array_mut().unwrap().push(new);
    let app = begin(document).await;
    assert_eq!(skipped(&app).await, "NeverAttached");
    assert_eq!(advance(&app, DAY).await, (0, 0));
    app.act("AttachDisk&DiskId=d-new&InstanceId=i-1").await;
    app.act("DetachDisk&DiskId=d-new&InstanceId=i-1").await;
    assert_eq!(skipped(&app).await, Value::Null);
    assert_eq!(advance(&app, DAY).await, (1, 0));
}

#[actix_web::test]
async fn an_old_disk_makes_one_after_the_other() {
    let document =
        set(json!({"SnapshotSeconds": HOUR + 1}), json!({"DiskIds": ["d-1", "d-old"], "TimePoints": [0, 1, 2]}));
    let app = begin(document).await;
    assert_eq!(advance(&app, 6 * HOUR).await, (5, 0));
    let old: Vec<String> = made(&app).await.into_iter().filter(|made| made.starts_with("d-old")).collect();
    assert_eq!(old, ["d-old 2026-03-15T16:00:00Z", "d-old 2026-03-15T18:00:00Z"]);
}

#[actix_web::test]
async fn one_that_is_ready_at_the_moment_is_in_nobodys_way() {
    let app =
        begin(set(json!({"SnapshotSeconds": HOUR}), json!({"DiskIds": ["d-old"], "TimePoints": [0, 1, 2]}))).await;
    assert_eq!(advance(&app, 6 * HOUR).await, (3, 0));
}

#[actix_web::test]
async fn one_that_somebody_makes_counts_too() {
    let app = begin(set(json!({"SnapshotSeconds": 2 * HOUR}), json!({"DiskIds": ["d-old"], "TimePoints": [0]}))).await;
    advance(&app, 3 * HOUR).await;
    app.act("CreateSnapshot&DiskId=d-old").await;
    assert_eq!(skipped(&app).await, "CreatingSnapshot");
    assert_eq!(advance(&app, HOUR).await, (0, 0));
    assert_eq!(made(&app).await, ["d-old 2026-03-15T15:00:00Z"]);
}

#[actix_web::test]
async fn a_disk_of_the_essd_family_makes_ten_at_once() {
    let hours: Vec<i64> = (0..24).collect();
    for disk in ["d-1", "d-2"] {
        let fields = json!({"TimePoints": hours, "DiskIds": [disk]});
        let app = begin(set(json!({"SnapshotSeconds": "never"}), fields)).await;
        app.act(&format!("CreateSnapshot&DiskId={disk}")).await;
        assert_eq!(advance(&app, DAY).await, (9, 0), "{disk}");
        assert_eq!(skipped(&app).await, "CreatingSnapshot");
    }
}

#[actix_web::test]
async fn an_instance_that_starts_or_stops_is_left_alone() {
    for (status, count) in [("Starting", 0), ("Stopping", 0), ("Stopped", 1), ("Running", 1)] {
        let app = begin(with(json!([policy(json!({}))]))).await;
        app.arrange("PATCH", "/instances/i-1", json!({"Status": status})).await;
        let expected = if count == 0 { json!("InstanceStatus") } else { Value::Null };
        assert_eq!(skipped(&app).await, expected, "{status}");
        assert_eq!(advance(&app, DAY).await, (count, 0), "{status}");
    }
}

#[actix_web::test]
async fn a_skipped_point_is_not_made_up_for_and_takes_no_failure() {
    let app = begin(set(json!({"FailNextSnapshots": 1}), json!({}))).await;
    app.arrange("PATCH", "/instances/i-1", json!({"Status": "Starting"})).await;
    advance(&app, DAY).await;
    assert_eq!(app.arrange("GET", "/settings", Value::Null).await["FailNextSnapshots"], 1);
    app.arrange("PATCH", "/instances/i-1", json!({"Status": "Running"})).await;
    assert_eq!(advance(&app, 4 * HOUR).await, (0, 0));
}

#[actix_web::test]
async fn what_goes_before_it_is_ready_is_in_nobodys_way_any_more() {
    let app = begin(set(json!({"SnapshotSeconds": "never"}), json!({"DiskIds": ["d-old"]}))).await;
    app.act("CreateSnapshot&DiskId=d-old&RetentionDays=2").await;
    assert_eq!(advance(&app, 3 * DAY).await, (1, 0));
    assert_eq!(made(&app).await, ["d-old 2026-03-15T12:00:00Z", "d-old 2026-03-17T17:00:00Z"]);
}
