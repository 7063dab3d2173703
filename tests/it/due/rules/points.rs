//! When a policy fires, and what it makes then.

use serde_json::{Value, json};

use super::{DAY, HOUR, advance, all, at, begin, made, policy, set, snapshots, with};

#[actix_web::test]
async fn a_point_is_due_at_its_moment_and_fires_once() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    assert_eq!(advance(&app, 5 * HOUR - 1).await, (0, 0));
    assert_eq!(made(&app).await, [""; 0]);
    assert_eq!(advance(&app, 1).await, (1, 0));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"]);
    assert_eq!(advance(&app, 1).await, (0, 0));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"]);
}

#[actix_web::test]
async fn a_moment_that_the_clock_stood_at_is_over() {
    let app = at("2026-03-15T17:00:00Z", with(json!([policy(json!({}))]))).await;
    assert_eq!(advance(&app, DAY - 1).await, (0, 0));
    assert_eq!(advance(&app, 1).await, (1, 0));
}

#[actix_web::test]
async fn hours_weekdays_and_dates_are_those_of_utc_plus_8() {
    // At 01:00 on Mondays: in UTC that is on Sunday.
    let app = begin(with(json!([policy(json!({"RepeatWeekdays": [1]}))]))).await;
    assert_eq!(advance(&app, 14 * DAY).await, (2, 0));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z", "d-1 2026-03-22T17:00:00Z"]);
    assert_eq!(all(&app, "SnapshotName").await, ["auto2.0_20260316_sp-1", "auto2.0_20260323_sp-1"]);
}

#[actix_web::test]
async fn a_setting_puts_them_elsewhere() {
    for (hours, time, name) in [
        (0, "2026-03-16T01:00:00Z", "auto2.0_20260316_sp-1"),
        (-12, "2026-03-16T13:00:00Z", "auto2.0_20260316_sp-1"),
        (14, "2026-03-22T11:00:00Z", "auto2.0_20260323_sp-1"),
    ] {
        let document = set(json!({"PolicyUtcOffsetHours": hours}), json!({"RepeatWeekdays": [1]}));
        let app = begin(document).await;
        advance(&app, 7 * DAY).await;
        assert_eq!(made(&app).await, [format!("d-1 {time}")], "UTC+{hours}");
        assert_eq!(all(&app, "SnapshotName").await, [name]);
    }
}

#[actix_web::test]
async fn sunday_is_7_and_midnight_is_0() {
    let app = begin(with(json!([policy(json!({"TimePoints": ["0"], "RepeatWeekdays": "[\"7\"]"}))]))).await;
    advance(&app, 14 * DAY).await;
    assert_eq!(made(&app).await, ["d-1 2026-03-21T16:00:00Z", "d-1 2026-03-28T16:00:00Z"]);
}

#[actix_web::test]
async fn a_leap_day_and_a_new_year_have_their_dates() {
    for (time, name) in [("2028-02-28T16:00:00Z", "20280229"), ("2026-12-31T16:00:00Z", "20270101")] {
        let app = at(time, with(json!([policy(json!({}))]))).await;
        advance(&app, HOUR).await;
        assert_eq!(all(&app, "SnapshotName").await, [format!("auto2.0_{name}_sp-1")]);
    }
}

#[actix_web::test]
async fn what_it_makes_is_what_create_snapshot_makes_of_the_disk() {
    let mut document = set(json!({"SnapshotSeconds": 60}), json!({"RetentionDays": 3}));
    document["Disks"][0]["Encrypted"] = json!(true);
    document["Disks"][0]["KMSKeyId"] = json!("key-1");
    let app = begin(document).await;
    advance(&app, 5 * HOUR).await;
    app.act("CreateSnapshot&DiskId=d-1&SnapshotName=manual&RetentionDays=3").await;
    let both = snapshots(&app).await;
    let (made, manual) = match both.as_slice() {
        [one, other] if one["SnapshotType"] == "timer" => (one.clone(), other.clone()),
        [one, other] => (other.clone(), one.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(made["AutoSnapshotPolicyId"], "sp-1");
    assert_eq!(manual["AutoSnapshotPolicyId"], Value::Null);
    assert_eq!((&made["RetentionDays"], &made["ExpirationTime"]), (&json!(3), &json!("2026-03-18T17:00:00Z")));
    assert_eq!(made["ReadyTime"], "2026-03-15T17:01:00Z");
    let rest = |mut snapshot: Value| {
        for own in ["SnapshotId", "SnapshotSN", "SnapshotName", "SnapshotType", "AutoSnapshotPolicyId"] {
            snapshot.as_object_mut().unwrap().remove(own);
        }
        snapshot
    };
    assert_eq!(rest(made.clone()), rest(manual));
    // The id and the serial number look like others.
    assert!(made["SnapshotId"].as_str().unwrap().starts_with("s-bp1") && made["SnapshotSN"].is_string(), "{made}");
    let id = made["SnapshotId"].as_str().unwrap();
    let shown = app.describe(&format!("SnapshotIds=[\"{id}\"]")).await["Snapshots"]["Snapshot"][0].take();
    for (field, value) in [
        ("Status", json!("progressing")),
        ("Progress", json!("0%")),
        ("RemainTime", json!(60)),
        ("Available", json!(true)),
        ("SnapshotType", json!("timer")),
        ("RetentionDays", json!(3)),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
    assert_eq!(app.ids("SnapshotType=auto").await, [id]);
}

#[actix_web::test]
async fn without_a_retention_it_is_kept() {
    let app = begin(with(json!([policy(json!({"RetentionDays": -1}))]))).await;
    assert_eq!(advance(&app, 400 * DAY).await, (400, 0));
    assert!(all(&app, "RetentionDays").await.iter().all(Value::is_null));
    assert!(all(&app, "ExpirationTime").await.iter().all(Value::is_null));
}

#[actix_web::test]
async fn it_goes_when_its_days_are_over_to_the_second() {
    let app = begin(with(json!([policy(json!({"RetentionDays": 1, "RepeatWeekdays": [1]}))]))).await;
    assert_eq!(advance(&app, 5 * HOUR + DAY - 1).await, (1, 0));
    assert_eq!(app.ids("").await.len(), 1);
    assert_eq!(advance(&app, 1).await, (0, 1));
    assert_eq!(app.ids("").await.len(), 0);
    assert_eq!(made(&app).await, [""; 0], "it is no more");
}

#[actix_web::test]
async fn what_somebody_made_only_hides_when_its_time_is_over() {
    let mut document = with(json!([policy(json!({}))]));
    document["Snapshots"] = json!([
        {"SnapshotId": "s-1", "SourceDiskId": "d-1", "SnapshotType": "auto", "ExpirationTime": "2026-03-16T00:00:00Z"},
    ]);
    let app = begin(document).await;
    assert_eq!(advance(&app, DAY).await, (1, 0));
    assert_eq!(app.ids("").await.len(), 1);
    assert_eq!(made(&app).await, ["d-1 2026-03-15T12:00:00Z", "d-1 2026-03-15T17:00:00Z"]);
}

#[actix_web::test]
async fn one_that_an_image_uses_goes_with_the_image() {
    let app = begin(with(json!([policy(json!({"RetentionDays": 1, "RepeatWeekdays": [1]}))]))).await;
    advance(&app, 5 * HOUR).await;
    let id = app.ids("").await.remove(0);
    app.arrange("POST", "/images", json!({"ImageId": "m-1", "SnapshotIds": [id]})).await;
    assert_eq!(advance(&app, 2 * DAY).await, (0, 0));
    assert_eq!(app.ids("").await, [id]);
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    assert_eq!(app.ids("").await.len(), 0);
}

#[actix_web::test]
async fn one_that_is_over_fires_nothing_and_makes_up_for_nothing() {
    let app = begin(with(json!([policy(json!({"Status": "Expire"}))]))).await;
    assert_eq!(advance(&app, 3 * DAY).await, (0, 0));
    app.arrange("PATCH", "/auto-snapshot-policies/sp-1", json!({"Status": "Normal"})).await;
    assert_eq!(advance(&app, 5 * HOUR - 1).await, (0, 0));
    assert_eq!(advance(&app, 1).await, (1, 0));
}

#[actix_web::test]
async fn a_pair_begins_where_the_document_says() {
    let map = json!({"d-1": "2026-03-13T12:00:00Z", "d-2": "2026-03-14T17:00:00Z"});
    for (fired_until, expected) in [
        (json!("2026-03-14T12:00:00Z"), vec!["d-1 2026-03-14T17:00:00Z", "d-2 2026-03-14T17:00:00Z"]),
        (map, vec!["d-1 2026-03-13T17:00:00Z", "d-1 2026-03-14T17:00:00Z"]),
        (json!("2026-03-15T17:00:00Z"), vec![]),
        (Value::Null, vec![]),
    ] {
        let fields = json!({"DiskIds": ["d-1", "d-2"], "FiredUntil": fired_until});
        let app = begin(with(json!([policy(fields)]))).await;
        assert_eq!(made(&app).await, expected, "{fired_until}");
    }
}

#[actix_web::test]
async fn a_time_ahead_keeps_a_policy_from_firing_until_then() {
    let app = begin(with(json!([policy(json!({"FiredUntil": "2026-03-16T17:00:00Z"}))]))).await;
    advance(&app, 3 * DAY).await;
    assert_eq!(made(&app).await, ["d-1 2026-03-17T17:00:00Z"]);
}

#[actix_web::test]
async fn a_disk_that_it_is_applied_to_later_begins_then() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    advance(&app, 2 * DAY).await;
    app.arrange("PATCH", "/auto-snapshot-policies/sp-1", json!({"DiskIds": ["d-1", "d-2"]})).await;
    advance(&app, DAY).await;
    let times = ["2026-03-15T17:00:00Z", "2026-03-16T17:00:00Z"].map(|time| format!("d-1 {time}"));
    let last = ["d-1", "d-2"].map(|disk| format!("{disk} 2026-03-17T17:00:00Z"));
    assert_eq!(made(&app).await, [times, last].concat());
}

#[actix_web::test]
async fn changed_times_hold_from_now_on_and_what_was_due_before_goes_by_the_old_ones() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    // In real time nobody looks until the change.
    app.arrange("PUT", "/clock", json!({"Mode": "real"})).await;
    app.clock.set(crate::support::NOW.plus(6 * HOUR));
    app.arrange("PATCH", "/auto-snapshot-policies/sp-1", json!({"TimePoints": [0, 3]})).await;
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"], "nothing of 00:00, which is over");
    app.clock.set(crate::support::NOW.plus(7 * HOUR));
    assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z", "d-1 2026-03-15T19:00:00Z"]);
}

#[actix_web::test]
async fn several_policies_of_a_disk_each_make_their_own() {
    let policies = json!([
        policy(json!({"AutoSnapshotPolicyId": "sp-2", "RetentionDays": 2})),
        policy(json!({"RetentionDays": 1})),
    ]);
    let app = begin(with(policies)).await;
    assert_eq!(advance(&app, 5 * HOUR).await, (2, 0));
    let mut names = all(&app, "SnapshotName").await;
    names.sort_by_key(ToString::to_string);
    assert_eq!(names, ["auto2.0_20260316_sp-1", "auto2.0_20260316_sp-2"]);
}

#[actix_web::test]
async fn failures_to_come_are_taken_in_the_order_of_moments_then_policies_then_disks() {
    let policies = json!([
        policy(json!({"AutoSnapshotPolicyId": "sp-b", "DiskIds": ["d-1"]})),
        policy(json!({"AutoSnapshotPolicyId": "sp-a", "DiskIds": ["d-2", "d-1"]})),
        policy(json!({"AutoSnapshotPolicyId": "sp-c", "DiskIds": ["d-2"], "TimePoints": [0]})),
    ]);
    let mut document = with(policies);
    document["Settings"] = json!({"FailNextSnapshots": 3});
    let app = begin(document).await;
    advance(&app, DAY / 2).await;
    let mut failed = Vec::new();
    for snapshot in snapshots(&app).await.iter().filter(|snapshot| snapshot["Outcome"] == "failed") {
        failed.push(format!(
            "{} {}",
            snapshot["AutoSnapshotPolicyId"].as_str().unwrap(),
            snapshot["SourceDiskId"].as_str().unwrap()
        ));
    }
    failed.sort();
    assert_eq!(failed, ["sp-a d-1", "sp-a d-2", "sp-c d-2"], "and not that of sp-b");
    assert_eq!(app.arrange("GET", "/settings", Value::Null).await["FailNextSnapshots"], 0);
}

#[actix_web::test]
async fn a_failed_one_is_never_available() {
    let app = begin(set(json!({"FailNextSnapshots": 1, "SnapshotSeconds": 10}), json!({}))).await;
    advance(&app, 5 * HOUR).await;
    let shown = app.describe("").await["Snapshots"]["Snapshot"][0].take();
    assert_eq!((&shown["Status"], &shown["Available"]), (&json!("progressing"), &json!(false)));
    advance(&app, 10).await;
    let shown = app.describe("").await["Snapshots"]["Snapshot"][0].take();
    assert_eq!((&shown["Status"], &shown["Available"]), (&json!("failed"), &json!(false)));
}

#[actix_web::test]
async fn a_point_whose_snapshot_is_there_makes_no_other() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    advance(&app, 2 * DAY).await;
    let before = snapshots(&app).await;
    let id = before[0]["SnapshotId"].as_str().unwrap();
    app.act(&format!("DeleteSnapshot&SnapshotId={id}")).await;
    app.arrange("PATCH", "/auto-snapshot-policies/sp-1", json!({"FiredUntil": "2026-03-15T12:00:00Z"})).await;
    assert_eq!(snapshots(&app).await, before, "the one that was gone is made again, with the same id");
}

#[actix_web::test]
async fn one_that_gives_way_is_made_again_if_its_own_point_is_still_to_come() {
    let app = begin(set(json!({"AutomaticSnapshotsPerDisk": 1}), json!({}))).await;
    assert_eq!(advance(&app, 3 * DAY).await, (3, 2));
    let before = snapshots(&app).await;
    app.arrange("PATCH", "/auto-snapshot-policies/sp-1", json!({"FiredUntil": "2026-03-15T12:00:00Z"})).await;
    assert_eq!(snapshots(&app).await, before);
}
