//! ModifySnapshotAttribute: what can be changed of a snapshot, and what cannot.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

async fn modify(app: &TestApp, query: &str) {
    let reply = app.act(&format!("ModifySnapshotAttribute&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{query}");
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("ModifySnapshotAttribute&{query}")).await
}

/// The fields of a snapshot that can be changed, as DescribeSnapshots shows them.
async fn shown(app: &TestApp, id: &str) -> Value {
    let reply = app.describe(&format!("SnapshotIds=%5B%22{id}%22%5D")).await;
    let snapshot = &reply["Snapshots"]["Snapshot"][0];
    json!([snapshot["SnapshotName"], snapshot["Description"], snapshot["RetentionDays"], snapshot["LastModifiedTime"]])
}

fn decreased() -> Fault {
    let message = "The requested operation to decrease retention days for the snapshot is not supported.";
    Fault::new(400, "InvalidOperation.DecreaseRetentionDaysUnsupported", message)
}

fn not_ready() -> Fault {
    Fault::new(400, "InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet.")
}

#[actix_web::test]
async fn what_is_named_is_changed_and_the_rest_stays() {
    let app = TestApp::seeded(
        "Snapshots: [{SnapshotId: s-1, SnapshotName: before, Description: as it was, CreationTime: 2026-03-01T00:00Z}]",
    )
    .await;
    app.clock.set(NOW.plus(60));
    let time = "2026-03-15T12:01:00Z";
    modify(&app, "SnapshotId=s-1&SnapshotName=after").await;
    assert_eq!(shown(&app, "s-1").await, json!(["after", "as it was", null, time]));
    modify(&app, "SnapshotId=s-1&Description=another").await;
    assert_eq!(shown(&app, "s-1").await, json!(["after", "another", null, time]));
    modify(&app, "snapshotid=s-1&retentiondays=400&RegionId=cn-beijing").await;
    assert_eq!(
        shown(&app, "s-1").await,
        json!(["after", "another", 400, time]),
        "found in any region, names in any case"
    );
    modify(&app, "SnapshotId=s-1&SnapshotName=&Description=").await;
    assert_eq!(shown(&app, "s-1").await, json!(["after", "", 400, time]), "an empty description is one");
    modify(&app, "SnapshotId=s-1&Description=x&SnapshotName=all.of-it_1:2&RetentionDays=65536").await;
    assert_eq!(shown(&app, "s-1").await, json!(["all.of-it_1:2", "x", 65_536, time]));
    assert_eq!(app.ids("SnapshotName=all.of-it_1:2").await, ["s-1"], "filters see it");
}

#[actix_web::test]
async fn an_answer_in_xml_says_the_same() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let xml = app.get("Action=ModifySnapshotAttribute&SnapshotId=s-1&SnapshotName=new&Format=XML").await;
    let tree = xml.xml();
    assert_eq!((xml.status, tree.name.as_str(), tree.children.len()), (200, "ModifySnapshotAttributeResponse", 1));
}

#[actix_web::test]
async fn retention_counts_from_the_creation_and_only_grows() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-1, CreationTime: 2026-03-15T00:00Z}
           - {SnapshotId: s-2, CreationTime: 2026-03-15T00:00Z, RetentionDays: 30}",
    )
    .await;
    modify(&app, "SnapshotId=s-1&RetentionDays=1").await;
    modify(&app, "SnapshotId=s-2&RetentionDays=30").await;
    assert_eq!(refused(&app, "SnapshotId=s-2&RetentionDays=29&SnapshotName=never").await, decreased());
    assert_eq!(shown(&app, "s-2").await, json!([null, "", 30, "2026-03-15T12:00:00Z"]), "nothing of it is done");
    app.clock.set(NOW.plus(12 * 3_600 - 1));
    assert_eq!(app.ids("").await, ["s-1", "s-2"]);
    app.clock.set(NOW.plus(12 * 3_600));
    assert_eq!(app.ids("").await, ["s-2"], "a day after the creation it is gone");
}

#[actix_web::test]
async fn retention_lasts_as_long_as_the_lock() {
    let lock = "Lock: {LockDuration: 10, LockCreationTime: 2026-03-14T12:00Z}";
    let app =
        TestApp::seeded(&format!("Snapshots: [{{SnapshotId: s-1, {lock}, CreationTime: 2026-03-14T12:00Z}}]")).await;
    let message = "The specified parameter RetentionDays is invalid. The RetentionDays should be greater than the snapshot \
                   LockExpiredTime.";
    let fault = Fault::new(400, "InvalidRetentionDays.LessThanLockExpiredTime", message);
    assert_eq!(refused(&app, "SnapshotId=s-1&RetentionDays=9&SnapshotName=never").await, fault);
    assert_eq!(shown(&app, "s-1").await, json!([null, "", null, "2026-03-14T12:00:00Z"]), "nothing of it is done");
    modify(&app, "SnapshotId=s-1&RetentionDays=10").await;
    modify(&app, "SnapshotId=s-1&Description=others+may+change").await;
    // A lock that is over keeps nothing.
    app.arrange("PATCH", "/snapshots/s-1", json!({"RetentionDays": null, "ExpirationTime": null})).await;
    app.clock.set(NOW.plus(10 * 86_400));
    modify(&app, "SnapshotId=s-1&RetentionDays=9&Description=new").await;
    assert_eq!(app.ids("").await, [""; 0], "nine days are over");
}

#[actix_web::test]
async fn what_is_not_accomplished_stays_as_it_is() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-made, ReadyTime: 2026-03-15T12:01:00Z}
           - {SnapshotId: s-failed, Status: failed}",
    )
    .await;
    for id in ["s-made", "s-failed"] {
        assert_eq!(refused(&app, &format!("SnapshotId={id}&Description=new")).await, not_ready());
    }
    app.clock.set(NOW.plus(60));
    modify(&app, "SnapshotId=s-made&Description=new").await;
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let name = Fault::new(400, "InvalidSnapshotName.Malformed", "The specified SnapshotName is wrongly formed.");
    let description = Fault::new(404, "InvalidDescription.Malformed", "The specified description is wrongly formed.");
    let retention = Fault::new(400, "InvalidRetentionDays.Malformed", "The specified RetentionDays is not valid.");
    let instant_access = Fault::new(
        404,
        "InvalidSnapshotDisableInstantAccess.Malformed",
        "The specified DisableInstantAccess is not valid!",
    );
    let nothing = Fault::new(400, "NoAttributeToModify", "No attribute to be modified in this request.");
    let unknown = Fault::new(404, "InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist.");
    let (long, address) = ("x".repeat(257), "http://a");
    for (query, fault) in [
        ("SnapshotId=s-1&SnapshotName=a".to_owned(), &name),
        ("SnapshotId=s-1&SnapshotName=automatic".to_owned(), &name),
        ("SnapshotId=s-1&SnapshotName=1st".to_owned(), &name),
        (format!("SnapshotId=s-1&Description={long}"), &description),
        (format!("SnapshotId=s-1&Description={address}"), &description),
        ("SnapshotId=s-1&RetentionDays=0".to_owned(), &retention),
        ("SnapshotId=s-1&RetentionDays=65537".to_owned(), &retention),
        ("SnapshotId=s-1&RetentionDays=week".to_owned(), &retention),
        ("SnapshotId=s-1&DisableInstantAccess=perhaps".to_owned(), &instant_access),
        ("SnapshotId=s-1".to_owned(), &nothing),
        ("SnapshotId=s-1&SnapshotName=&RetentionDays=".to_owned(), &nothing),
        ("SnapshotId=s-unknown".to_owned(), &nothing),
        ("SnapshotId=s-unknown&Description=".to_owned(), &unknown),
    ] {
        assert_eq!(&refused(&app, &query).await, fault, "{query}");
    }
    let missing = refused(&app, "SnapshotName=new").await;
    assert_eq!((missing.status, missing.code.as_str()), (400, "MissingParameter"));
    assert!(missing.message.contains("SnapshotId"), "{missing:?}");
    modify(&app, "SnapshotId=s-1&DisableInstantAccess=true").await;
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Snapshots: [{SnapshotId: s-1}]", "ModifySnapshotAttribute&SnapshotId=s-1&SnapshotName=new").await;
}
