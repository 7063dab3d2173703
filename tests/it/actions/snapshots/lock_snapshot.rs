//! LockSnapshot: what a lock looks like, when it can be changed, and which snapshots can have one.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// LockedSnapshotInfo of a lock of so many days that can be undone for so many hours.
async fn lock(app: &TestApp, id: &str, days: i32, hours: i32) -> Value {
    let mut reply = app.act(&call(id, days, hours)).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["LockedSnapshotInfo", "RequestId"]);
    reply["LockedSnapshotInfo"].take()
}

fn call(id: &str, days: i32, hours: i32) -> String {
    let lock = format!("LockMode=compliance&LockDuration={days}&CoolOffPeriod={hours}");
    format!("LockSnapshot&RegionId=cn-hangzhou&SnapshotId={id}&{lock}")
}

async fn refused(app: &TestApp, id: &str, days: i32, hours: i32) -> Fault {
    app.refused(&call(id, days, hours)).await
}

fn too_late() -> Fault {
    let message = "The snapshot is locked in compliance mode, and the cool-off period has expired. The current operation is \
                   not supported.";
    Fault::new(403, "InvalidOperation.CoolOffPeriodExpired", message)
}

fn beyond_retention() -> Fault {
    let message = "The specified parameter LockDuration is invalid. The LockDuration should be less than the snapshot \
                   RetentionDays.";
    Fault::new(400, "InvalidLockDuration.ExceedRetentionDays", message)
}

fn beyond_lock() -> Fault {
    let message =
        "The specified parameter CoolOffPeriod is invalid. The CoolOffPeriod should be less than the LockDuration.";
    Fault::new(400, "InvalidCoolOffPeriod.ExceedLockDuration", message)
}

#[actix_web::test]
async fn a_lock_says_when_it_began_until_when_it_can_be_undone_and_when_it_is_over() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let info = lock(&app, "s-1", 1, 3).await;
    let expected = json!({
        "SnapshotId": "s-1",
        "LockMode": "compliance",
        "LockStatus": "compliance-cooloff",
        "LockCreationTime": "2026-03-15T12:00:00Z",
        "CoolOffPeriod": 3,
        "CoolOffPeriodExpiredTime": "2026-03-15T15:00:00Z",
        "LockDuration": 1,
        "LockDurationStartTime": "2026-03-15T12:00:00Z",
        "LockExpiredTime": "2026-03-16T12:00:00Z",
    });
    assert_eq!(info, expected);
    let entry = app.entry("snapshots/s-1").await;
    let stored = json!({
        "LockMode": "compliance",
        "LockDuration": 1,
        "CoolOffPeriod": 3,
        "LockCreationTime": "2026-03-15T12:00:00Z",
        "LockDurationStartTime": "2026-03-15T12:00:00Z",
    });
    assert_eq!(entry["Lock"], stored);
    assert_eq!(lock(&app, "s-1", 36_500, 0).await["LockStatus"], "compliance", "there is nothing to cool off");
}

#[actix_web::test]
async fn an_answer_in_xml_says_the_same() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let json = app.get(&format!("Action={}&Format=JSON", call("s-1", 1, 3))).await;
    let xml = app.get(&format!("Action={}&Format=XML", call("s-1", 1, 3))).await;
    xml.assert_says_the_same("LockSnapshotResponse", &json);
}

#[actix_web::test]
async fn in_the_cool_off_period_all_of_it_is_set_anew() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    lock(&app, "s-1", 10, 3).await;
    app.clock.set(NOW.plus(3 * HOUR - 1));
    let info = lock(&app, "s-1", 2, 48).await;
    let now = NOW.plus(3 * HOUR - 1);
    assert_eq!((&info["LockDuration"], &info["CoolOffPeriod"]), (&json!(2), &json!(48)), "shorter, too");
    assert_eq!(info["LockCreationTime"], now.to_string());
    assert_eq!(info["LockDurationStartTime"], now.to_string());
    assert_eq!(info["LockExpiredTime"], now.plus(2 * DAY).to_string());
    assert_eq!(info["CoolOffPeriodExpiredTime"], now.plus(2 * DAY).to_string());
}

#[actix_web::test]
async fn after_it_a_lock_only_gets_longer() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1, ExpirationTime: 2026-03-20T12:00:00Z}]").await;
    lock(&app, "s-1", 2, 3).await;
    app.clock.set(NOW.plus(3 * HOUR));
    for (days, hours) in [(1, 0), (2, 0), (3, 1), (1, 72)] {
        assert_eq!(refused(&app, "s-1", days, hours).await, too_late(), "{days} days, {hours} hours");
    }
    assert_eq!(refused(&app, "s-1", 6, 0).await, beyond_retention());
    let info = lock(&app, "s-1", 5, 0).await;
    assert_eq!(info["LockStatus"], "compliance");
    assert_eq!(info["LockCreationTime"], NOW.to_string(), "it is the same lock");
    assert_eq!(info["LockExpiredTime"], NOW.plus(5 * DAY).to_string(), "counted from where it began");
    assert_eq!(info["CoolOffPeriod"], 0);
}

#[actix_web::test]
async fn once_it_is_over_another_one_may_follow() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    lock(&app, "s-1", 2, 0).await;
    app.clock.set(NOW.plus(2 * DAY - 1));
    assert_eq!(refused(&app, "s-1", 1, 0).await, too_late());
    app.clock.set(NOW.plus(2 * DAY));
    let info = lock(&app, "s-1", 1, 1).await;
    assert_eq!(info["LockCreationTime"], NOW.plus(2 * DAY).to_string());
    assert_eq!(info["LockStatus"], "compliance-cooloff");
}

#[actix_web::test]
async fn the_days_of_a_snapshot_in_the_making_count_once_it_is_made() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1, Category: cloud_essd}, {DiskId: d-2}]").await;
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 600})).await;
    let create = async |disk: &str| {
        app.act(&format!("CreateSnapshot&DiskId={disk}")).await["SnapshotId"].as_str().unwrap().to_owned()
    };
    let (essd, old) = (create("d-1").await, create("d-2").await);
    let message = "The unavailable snapshot does not support locking.";
    let unavailable = Fault::new(403, "InvalidOperation.SnapshotNotAvailable", message);
    assert_eq!(refused(&app, &old, 1, 0).await, unavailable);
    app.clock.set(NOW.plus(60));
    let info = lock(&app, &essd, 1, 1).await;
    assert_eq!(info["LockCreationTime"], NOW.plus(60).to_string());
    assert_eq!(info["CoolOffPeriodExpiredTime"], NOW.plus(60 + HOUR).to_string());
    assert_eq!(info["LockDurationStartTime"], NOW.plus(600).to_string());
    assert_eq!(info["LockExpiredTime"], NOW.plus(600 + DAY).to_string());
    app.clock.set(NOW.plus(600));
    lock(&app, &old, 1, 0).await;

    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": "never"})).await;
    let endless = create("d-1").await;
    assert_eq!(lock(&app, &endless, 1, 0).await["LockDurationStartTime"], NOW.plus(600).to_string());
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-failed", "Status": "failed"})).await;
    assert_eq!(refused(&app, "s-failed", 1, 0).await, unavailable);
    // One that could be locked while it was being made.
    app.arrange("PATCH", &format!("/snapshots/{endless}"), json!({"Status": "failed"})).await;
    assert_eq!(refused(&app, &endless, 1, 0).await, unavailable);
    assert_eq!(app.describe("Status=failed").await["Snapshots"]["Snapshot"][0]["Available"], false);
}

#[actix_web::test]
async fn a_lock_ends_no_later_than_the_snapshot_goes() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-days, RetentionDays: 10}
           - {SnapshotId: s-time, ExpirationTime: 2026-03-20T12:00:00Z}
           - {SnapshotId: s-kept}",
    )
    .await;
    for (id, days) in [("s-days", 10), ("s-time", 5)] {
        assert_eq!(refused(&app, id, days + 1, 0).await, beyond_retention(), "{id}");
        lock(&app, id, days, 0).await;
    }
    lock(&app, "s-kept", 36_500, 0).await;
}

#[actix_web::test]
async fn the_cool_off_period_is_no_longer_than_the_lock() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    assert_eq!(refused(&app, "s-1", 1, 25).await, beyond_lock());
    assert_eq!(refused(&app, "s-1", 2, 72).await, beyond_lock());
    lock(&app, "s-1", 1, 24).await;
    lock(&app, "s-1", 3, 72).await;
}

#[actix_web::test]
async fn snapshots_are_found_in_the_region_that_is_named() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1, RegionId: cn-beijing}]").await;
    let unknown = Fault::new(404, "InvalidSnapshotId.NotFound", "The specified snapshot is not found");
    assert_eq!(refused(&app, "s-1", 1, 0).await, unknown);
    assert_eq!(refused(&app, "s-unknown", 1, 0).await, unknown);
    app.act(&call("s-1", 1, 0).replace("cn-hangzhou", "cn-beijing")).await;
}

#[actix_web::test]
async fn every_parameter_is_checked() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let all = ["RegionId=cn-hangzhou", "SnapshotId=s-1", "LockMode=compliance", "LockDuration=1", "CoolOffPeriod=0"];
    for (number, left) in all.iter().enumerate() {
        let query: Vec<&str> = all.iter().enumerate().filter(|(other, _)| *other != number).map(|(_, p)| *p).collect();
        let fault = app.refused(&format!("LockSnapshot&{}", query.join("&"))).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "MissingParameter"), "{left}");
        assert!(fault.message.contains(left.split('=').next().unwrap()), "{left}: {fault:?}");
    }
    let with = |parameter: &str| {
        let name = parameter.split('=').next().unwrap();
        let others = all.iter().filter(|other| other.split('=').next() != Some(name));
        format!("LockSnapshot&{}&{parameter}", others.copied().collect::<Vec<_>>().join("&"))
    };
    let token = format!("ClientToken={}", "x".repeat(65));
    for parameter in [
        "LockDuration=0",
        "LockDuration=36501",
        "LockDuration=x",
        "CoolOffPeriod=-1",
        "CoolOffPeriod=73",
        "DryRun=yes",
        "ClientToken=%C3%A9",
        &token,
    ] {
        let fault = app.refused(&with(parameter)).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "InvalidParameter"), "{parameter}");
        assert!(fault.message.contains(parameter.split('=').next().unwrap()), "{parameter}: {fault:?}");
    }
    let message = "The specified parameter LockMode is invalid. Please check the valid range for this parameter.";
    let mode = Fault::new(400, "InvalidLockMode.Malformed", message);
    for parameter in ["LockMode=governance", "LockMode=Compliance"] {
        assert_eq!(app.refused(&with(parameter)).await, mode, "{parameter}");
    }
    let entry = app.entry("snapshots/s-1").await;
    assert_eq!(entry.get("Lock"), None, "nothing was locked");
}

#[actix_web::test]
async fn a_dry_run_makes_all_checks_and_no_change() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let tried = app.refused(&format!("{}&DryRun=true", call("s-1", 1, 0))).await;
    assert_eq!((tried.status, tried.code.as_str()), (400, "DryRunOperation"));
    assert_eq!(app.refused(&format!("{}&DryRun=true", call("s-1", 1, 25))).await, beyond_lock());
    assert_eq!(app.entry("snapshots/s-1").await.get("Lock"), None);
    app.act(&format!("{}&DryRun=false", call("s-1", 1, 0))).await;
}

#[actix_web::test]
async fn the_same_token_is_the_same_call() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let with_token = |days| format!("{}&ClientToken=t", call("s-1", days, 0));
    let info = app.act(&with_token(2)).await["LockedSnapshotInfo"].take();
    app.clock.set(NOW.plus(HOUR));
    assert_eq!(app.act(&with_token(2)).await["LockedSnapshotInfo"], info, "where another call would be refused");
    assert_eq!(refused(&app, "s-1", 2, 0).await, too_late());
    let mismatch = Fault::new(400, "IdempotentParameterMismatch", "The request is retried with updated parameters.");
    assert_eq!(app.refused(&with_token(3)).await, mismatch);
}

#[actix_web::test]
async fn a_document_says_as_much_of_a_lock_as_it_likes() {
    let app = TestApp::seeded(
        "Snapshots: [{SnapshotId: s-1, CreationTime: 2026-03-01T00:00Z, Lock: {LockDuration: '30', LockMode: ''}}]",
    )
    .await;
    let exported = app.arrange("GET", "/state", Value::Null).await;
    let locked = json!({
        "LockMode": "compliance",
        "LockDuration": 30,
        "CoolOffPeriod": 0,
        "LockCreationTime": "2026-03-01T00:00:00Z",
        "LockDurationStartTime": "2026-03-01T00:00:00Z",
    });
    assert_eq!(exported["Snapshots"][0]["Lock"], locked);
    let longer = app.arrange("PATCH", "/snapshots/s-1", json!({"Lock": {"LockDuration": 31}})).await;
    assert_eq!(longer["Lock"]["LockDuration"], 31);
    for (field, lock) in [
        ("Lock.LockDuration", json!({"LockDuration": 0})),
        ("Lock.LockDuration", json!({"CoolOffPeriod": 1})),
        ("Lock.LockDuration", json!({"LockDuration": 36_501})),
        ("Lock.CoolOffPeriod", json!({"LockDuration": 4, "CoolOffPeriod": 73})),
        ("Lock.CoolOffPeriod", json!({"LockDuration": 1, "CoolOffPeriod": 25})),
        ("Lock.LockMode", json!({"LockDuration": 1, "LockMode": "governance"})),
        ("Lock.Colour", json!({"LockDuration": 1, "Colour": "red"})),
        ("Lock", json!("compliance")),
    ] {
        let entry = json!({"SnapshotId": "s-2", "Lock": lock});
        let reply = app.control("POST", "/sandboxes/default/snapshots", entry).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(field)), "{}", reply.body);
    }
    let unlocked = app.arrange("PATCH", "/snapshots/s-1", json!({"Lock": null})).await;
    assert_eq!(unlocked.get("Lock"), None);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Snapshots: [{SnapshotId: s-1}]", &call("s-1", 7, 24)).await;
}
