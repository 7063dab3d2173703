//! ModifySnapshotCategory: which snapshots can be archived, and what they are then.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

/// The id of the task.
async fn archive(app: &TestApp, query: &str) -> String {
    let reply = app.act(&format!("ModifySnapshotCategory&Category=Archive&{query}")).await;
    let reply = reply.as_object().unwrap();
    assert_eq!(reply.keys().collect::<Vec<_>>(), ["RequestId", "TaskId"], "{query}");
    reply["TaskId"].as_str().unwrap().to_owned()
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("ModifySnapshotCategory&{query}")).await
}

async fn entry(app: &TestApp, id: &str) -> Value {
    app.entry(&format!("snapshots/{id}")).await
}

fn retention() -> Fault {
    Fault::new(400, "InvalidRetentionDays.Malformed", "The specified RetentionDays is not valid.")
}

#[actix_web::test]
async fn a_standard_snapshot_becomes_an_archive_from_its_14th_day_on() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-1, RegionId: cn-beijing, CreationTime: 2026-03-01T12:00:00Z}
           - {SnapshotId: s-2, CreationTime: 2026-03-01T12:00:01Z, Category: Standard}",
    )
    .await;
    let task = archive(&app, "SnapshotId=s-1&RetentionDays=74").await;
    assert!(task.starts_with("t-2ze") && task.len() == 22, "{task}");
    let reply = app.describe_in("cn-beijing", "Category=archive").await;
    let shown = &reply["Snapshots"]["Snapshot"][0];
    assert_eq!((&shown["Category"], &shown["RetentionDays"]), (&json!("archive"), &json!(74)));
    assert_eq!(shown["LastModifiedTime"], NOW.to_string());
    assert_eq!(entry(&app, "s-1").await["ExpirationTime"], "2026-05-14T12:00:00Z", "counted from its creation");

    let message = "The specified snapshot created within 14 days is not support archive.";
    let young = Fault::new(400, "InvalidStatus.SnapshotAgeLimit", message);
    assert_eq!(refused(&app, "Category=archive&SnapshotId=s-2").await, young);
    assert_eq!(app.ids("Category=standard").await, ["s-2"], "it stays as it is");
    app.clock.set(NOW.plus(1));
    let another = archive(&app, "snapshotid=s-2&RegionId=cn-beijing").await;
    assert!(another.starts_with("t-bp1") && another != task, "{another}");
    let message = "The specified snapshot is currently being archived.";
    let archived = Fault::new(400, "InvalidStatus.SnapshotInArchive", message);
    assert_eq!(refused(&app, "Category=Archive&SnapshotId=s-2").await, archived, "there is no way back or on");
}

#[actix_web::test]
async fn without_days_it_is_kept_for_good_and_with_days_never_shorter() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-1, CreationTime: 2026-03-01T00:00Z, RetentionDays: 20, ExpirationTime: 2026-03-21T00:00Z}
           - {SnapshotId: s-2, CreationTime: 2026-03-01T00:00Z, RetentionDays: 100}",
    )
    .await;
    let message = "The requested operation to decrease retention days for the snapshot is not supported.";
    let decreased = Fault::new(400, "InvalidOperation.DecreaseRetentionDaysUnsupported", message);
    assert_eq!(refused(&app, "Category=Archive&SnapshotId=s-2&RetentionDays=99").await, decreased);
    archive(&app, "SnapshotId=s-2&RetentionDays=100").await;
    archive(&app, "SnapshotId=s-1").await;
    let shown = entry(&app, "s-1").await;
    assert_eq!((shown.get("RetentionDays"), shown.get("ExpirationTime")), (None, None));
    app.clock.set(NOW.plus(30 * 86_400));
    assert_eq!(app.ids("").await, ["s-1", "s-2"]);
    app.clock.set(NOW.plus(100 * 86_400));
    assert_eq!(app.ids("").await, ["s-1"]);
}

#[actix_web::test]
async fn what_cannot_be_archived_has_rows_of_its_own() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-made, CreationTime: 2026-03-01T00:00Z, ReadyTime: 2026-03-16T00:00Z}
           - {SnapshotId: s-failed, CreationTime: 2026-03-01T00:00Z, Status: failed}
           - {SnapshotId: s-flash, CreationTime: 2026-03-01T00:00Z, Category: Flash}
           - {SnapshotId: s-instant, CreationTime: 2026-03-01T00:00Z, InstantAccess: true}
           - {SnapshotId: s-encrypted, CreationTime: 2026-03-01T00:00Z, Encrypted: true}
           - {SnapshotId: s-fine, CreationTime: 2026-03-01T00:00Z, InstantAccess: false}",
    )
    .await;
    let instant = Fault::new(
        403,
        "InvalidOperation.InstantAccessEnabledUnsupport",
        "The specified snapshot with legacy Instant Access enabled does not support archive.",
    );
    let encrypted = Fault::new(
        403,
        "InvalidOperation.EncryptedSnapshotUnsupport",
        "Archiving encrypted snapshots is not currently supported.",
    );
    let unfinished = Fault::new(
        400,
        "InvalidStatus.SnapshotUnfinished",
        "The specified unfinished snapshot is not support archive.",
    );
    let not_ready = Fault::new(400, "InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet.");
    let unknown = Fault::new(404, "InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist.");
    for (id, fault) in [
        ("s-made", &unfinished),
        ("s-failed", &not_ready),
        ("s-flash", &instant),
        ("s-instant", &instant),
        ("s-encrypted", &encrypted),
        ("s-unknown", &unknown),
    ] {
        assert_eq!(&refused(&app, &format!("Category=Archive&SnapshotId={id}")).await, fault, "{id}");
    }
    assert_eq!(app.ids("Category=archive").await, [""; 0]);
    archive(&app, "SnapshotId=s-fine").await;
    app.clock.set(NOW.plus(86_400));
    archive(&app, "SnapshotId=s-made").await;
}

#[actix_web::test]
async fn an_archive_is_kept_for_as_long_as_its_lock() {
    let lock = "Lock: {LockDuration: 80, LockCreationTime: 2026-03-01T00:00Z}";
    let app =
        TestApp::seeded(&format!("Snapshots: [{{SnapshotId: s-1, {lock}, CreationTime: 2026-02-20T00:00Z}}]")).await;
    let message = "The specified parameter RetentionDays is invalid. The RetentionDays should be greater than the snapshot \
                   LockExpiredTime.";
    let fault = Fault::new(400, "InvalidRetentionDays.LessThanLockExpiredTime", message);
    assert_eq!(refused(&app, "Category=Archive&SnapshotId=s-1&RetentionDays=88").await, fault);
    archive(&app, "SnapshotId=s-1&RetentionDays=89").await;
    assert!(entry(&app, "s-1").await["Lock"].is_object(), "it stays locked");
}

#[actix_web::test]
async fn parameters_are_checked_in_the_order_of_the_documentation() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let category = Fault::new(400, "InvalidParameter.SnapshotCategory", "The specified parameter category is invalid.");
    for (query, fault) in [
        ("SnapshotId=s-1", &category),
        ("SnapshotId=s-1&Category=Standard", &category),
        ("SnapshotId=s-1&Category=Standard&RetentionDays=1", &category),
        ("SnapshotId=s-1&Category=Archive&RetentionDays=73", &retention()),
        ("SnapshotId=s-1&Category=Archive&RetentionDays=65537", &retention()),
        ("SnapshotId=s-1&Category=Standard&RetentionDays=x", &retention()),
        ("SnapshotId=s-unknown&Category=Archive&RetentionDays=73", &retention()),
    ] {
        assert_eq!(&refused(&app, query).await, fault, "{query}");
    }
    let missing = refused(&app, "Category=Standard").await;
    assert_eq!((missing.status, missing.code.as_str()), (400, "MissingParameter"));
    assert!(missing.message.contains("SnapshotId"), "{missing:?}");
}

#[actix_web::test]
async fn ids_of_tasks_come_from_the_sequence_of_the_sandbox() {
    let app =
        TestApp::seeded("{Disks: [{DiskId: d-1}], Snapshots: [{SnapshotId: s-1, CreationTime: 2026-01-01T00:00Z}]}")
            .await;
    app.arrange("PUT", "/checkpoints/c", Value::Null).await;
    let first = archive(&app, "SnapshotId=s-1").await;
    app.arrange("POST", "/checkpoints/c/restore", Value::Null).await;
    assert_eq!(archive(&app, "SnapshotId=s-1").await, first, "the same again after a restore");
    app.arrange("POST", "/checkpoints/c/restore", Value::Null).await;
    let made = app.act("CreateSnapshot&DiskId=d-1").await["SnapshotId"].as_str().unwrap().to_owned();
    assert_eq!(made.strip_prefix("s-"), first.strip_prefix("t-"), "whatever takes it");
}

#[actix_web::test]
async fn a_whole_reply() {
    let document = "Snapshots: [{SnapshotId: s-1, CreationTime: 2026-01-01T00:00Z}]";
    golden(document, "ModifySnapshotCategory&SnapshotId=s-1&Category=Archive&RetentionDays=100").await;
}
