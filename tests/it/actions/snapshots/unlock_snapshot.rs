//! UnlockSnapshot: which locks can be undone.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

async fn unlock(app: &TestApp, query: &str) {
    let reply = app.act(&format!("UnlockSnapshot&RegionId=cn-hangzhou&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{query}");
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("UnlockSnapshot&RegionId=cn-hangzhou&{query}")).await
}

async fn has_lock(app: &TestApp, id: &str) -> bool {
    app.entry(&format!("snapshots/{id}")).await.get("Lock").is_some()
}

fn unlocked(id: &str) -> Fault {
    let message = format!("The specified snapshot(s) {id} is(are) not locked.");
    Fault::new(404, "InvalidSnapshotLock.NotFound", &message)
}

fn unknown() -> Fault {
    Fault::new(404, "InvalidSnapshotId.NotFound", "The specified snapshot is not found")
}

fn too_late() -> Fault {
    let message = "The snapshot is locked in compliance mode, and the cool-off period has expired. The current operation is \
                   not supported.";
    Fault::new(403, "InvalidOperation.CoolOffPeriodExpired", message)
}

/// A lock of a day that can be undone for three hours.
const LOCKED: &str = "Snapshots:
  - {SnapshotId: s-1, Lock: {LockDuration: 1, CoolOffPeriod: 3, LockCreationTime: 2026-03-15T12:00Z}}
  - {SnapshotId: s-2, RegionId: cn-beijing}
  - {SnapshotId: s-3}";

#[actix_web::test]
async fn a_lock_can_be_undone_until_its_cool_off_period_is_over() {
    let app = TestApp::seeded(LOCKED).await;
    app.arrange("PUT", "/checkpoints/locked", Value::Null).await;
    app.clock.set(NOW.plus(3 * 3_600 - 1));
    unlock(&app, "snapshotid=s-1").await;
    assert!(!has_lock(&app, "s-1").await);
    assert_eq!(refused(&app, "SnapshotId=s-1").await, unlocked("s-1"), "once");

    app.arrange("POST", "/checkpoints/locked/restore", Value::Null).await;
    app.clock.set(NOW.plus(3 * 3_600));
    assert_eq!(refused(&app, "SnapshotId=s-1").await, too_late());
    assert!(has_lock(&app, "s-1").await);
    app.clock.set(NOW.plus(86_400));
    assert_eq!(refused(&app, "SnapshotId=s-1").await, unlocked("s-1"), "it is over");
    assert!(has_lock(&app, "s-1").await, "and goes on being shown");
}

#[actix_web::test]
async fn snapshots_are_found_in_the_region_that_is_named() {
    let app = TestApp::seeded(LOCKED).await;
    assert_eq!(refused(&app, "SnapshotId=s-2").await, unknown());
    assert_eq!(refused(&app, "SnapshotId=s-unknown").await, unknown());
    assert_eq!(refused(&app, "SnapshotId=s-3").await, unlocked("s-3"));
    assert_eq!(app.refused("UnlockSnapshot&RegionId=no-where&SnapshotId=s-1").await, unknown());
}

#[actix_web::test]
async fn parameters_that_are_missing_or_malformed_are_named() {
    let app = TestApp::seeded(LOCKED).await;
    let token = "x".repeat(65);
    for (query, code, name) in [
        ("SnapshotId=s-1".to_owned(), "MissingParameter", "RegionId"),
        ("RegionId=cn-hangzhou".to_owned(), "MissingParameter", "SnapshotId"),
        ("RegionId=cn-hangzhou&SnapshotId=s-1&DryRun=1".to_owned(), "InvalidParameter", "DryRun"),
        (format!("RegionId=cn-hangzhou&SnapshotId=s-1&ClientToken={token}"), "InvalidParameter", "ClientToken"),
        (format!("SnapshotId=s-1&ClientToken={token}"), "MissingParameter", "RegionId"),
    ] {
        let fault = app.refused(&format!("UnlockSnapshot&{query}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, code), "{query}");
        assert!(fault.message.contains(name), "{query}: {fault:?}");
    }
    assert!(has_lock(&app, "s-1").await);
}

#[actix_web::test]
async fn a_dry_run_makes_all_checks_and_no_change() {
    let app = TestApp::seeded(LOCKED).await;
    let tried = refused(&app, "SnapshotId=s-1&DryRun=true").await;
    assert_eq!((tried.status, tried.code.as_str()), (400, "DryRunOperation"));
    assert_eq!(refused(&app, "SnapshotId=s-3&DryRun=true").await, unlocked("s-3"));
    assert!(has_lock(&app, "s-1").await);
}

#[actix_web::test]
async fn the_same_token_is_the_same_call() {
    let app = TestApp::seeded(LOCKED).await;
    unlock(&app, "SnapshotId=s-1&ClientToken=t").await;
    unlock(&app, "ClientToken=t&SnapshotId=s-1").await;
    let mismatch = Fault::new(400, "IdempotentParameterMismatch", "The request is retried with updated parameters.");
    assert_eq!(refused(&app, "SnapshotId=s-3&ClientToken=t").await, mismatch);
    let lock = json!({"Lock": {"LockDuration": 1, "CoolOffPeriod": 3, "LockCreationTime": NOW.to_string()}});
    app.arrange("PATCH", "/snapshots/s-1", lock).await;
    unlock(&app, "SnapshotId=s-1&ClientToken=t").await;
    assert!(has_lock(&app, "s-1").await, "that was answered already");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(LOCKED, "UnlockSnapshot&RegionId=cn-hangzhou&SnapshotId=s-1").await;
}
