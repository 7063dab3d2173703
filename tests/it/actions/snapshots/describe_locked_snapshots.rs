//! DescribeLockedSnapshots: the locks of a region, by status and by ids, a page at a time.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// The reply, the same in both formats.
async fn describe(app: &TestApp, query: &str) -> Value {
    app.ask(&format!("DescribeLockedSnapshots&RegionId=cn-hangzhou&{query}")).await
}

fn ids(reply: &Value) -> Vec<String> {
    let infos = reply["LockedSnapshotsInfo"].as_array().unwrap();
    infos.iter().map(|info| info["SnapshotId"].as_str().unwrap().to_owned()).collect()
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("DescribeLockedSnapshots&RegionId=cn-hangzhou&{query}")).await
}

fn unlocked(ids: &str) -> Fault {
    let message = format!("The specified snapshot(s) {ids} is(are) not locked.");
    Fault::new(404, "InvalidSnapshotLock.NotFound", &message)
}

/// One lock that is over, one that cannot be undone, one that can, one elsewhere, and a snapshot without any.
const LOCKED: &str = "Snapshots:
  - {SnapshotId: s-4, CreationTime: 2026-03-10T12:00Z, Lock: {LockDuration: 5}}
  - {SnapshotId: s-3, CreationTime: 2026-03-11T12:00Z, Lock: {LockDuration: 5, CoolOffPeriod: 72}}
  - SnapshotId: s-2
    CreationTime: 2026-03-12T12:00Z
    Lock: {LockDuration: 5, CoolOffPeriod: 10, LockCreationTime: 2026-03-15T03:00Z}
  - {SnapshotId: s-1, RegionId: cn-beijing, Lock: {LockDuration: 5}}
  - {SnapshotId: s-0}";

#[actix_web::test]
async fn locks_are_listed_in_the_order_of_their_snapshots_even_when_they_are_over() {
    let app = TestApp::seeded(LOCKED).await;
    let reply = describe(&app, "").await;
    assert_eq!(ids(&reply), ["s-2", "s-3", "s-4"]);
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["LockedSnapshotsInfo", "RequestId"]);
    let expected = json!({
        "SnapshotId": "s-2",
        "LockMode": "compliance",
        "LockStatus": "compliance-cooloff",
        "LockCreationTime": "2026-03-15T03:00:00Z",
        "CoolOffPeriod": 10,
        "CoolOffPeriodExpiredTime": "2026-03-15T13:00:00Z",
        "LockDuration": 5,
        "LockDurationStartTime": "2026-03-15T03:00:00Z",
        "LockExpiredTime": "2026-03-20T03:00:00Z",
    });
    assert_eq!(reply["LockedSnapshotsInfo"][0], expected);
    let statuses: Vec<&Value> =
        reply["LockedSnapshotsInfo"].as_array().unwrap().iter().map(|info| &info["LockStatus"]).collect();
    assert_eq!(statuses, ["compliance-cooloff", "compliance", "expired"]);
    let elsewhere = app.act("DescribeLockedSnapshots&RegionId=cn-beijing").await;
    assert_eq!(ids(&elsewhere), ["s-1"]);
    let nowhere = app.act("DescribeLockedSnapshots&RegionId=no-where").await;
    assert_eq!(nowhere["LockedSnapshotsInfo"], json!([]), "the list is there also when it is empty");
}

#[actix_web::test]
async fn a_status_is_that_of_the_moment_at_which_it_is_asked_for() {
    let app = TestApp::seeded(LOCKED).await;
    let all = async || {
        let mut all = Vec::new();
        for status in ["compliance-cooloff", "compliance", "expired"] {
            all.push(ids(&describe(&app, &format!("LockStatus={status}")).await).join(" "));
        }
        all
    };
    // Each list is asked for before and after each moment, so that one that is kept too long shows.
    for (seconds, expected) in [
        (0, ["s-2", "s-3", "s-4"]),
        (HOUR - 1, ["s-2", "s-3", "s-4"]),
        (HOUR, ["", "s-2 s-3", "s-4"]),
        (DAY - 1, ["", "s-2 s-3", "s-4"]),
        (DAY, ["", "s-2", "s-3 s-4"]),
        (5 * DAY, ["", "", "s-2 s-3 s-4"]),
    ] {
        app.clock.set(NOW.plus(seconds));
        assert_eq!(all().await, expected, "after {seconds} s");
    }
    app.clock.set(NOW.plus(-DAY - 1));
    assert_eq!(all().await, ["s-2 s-3", "s-4", ""], "also backwards");
}

#[actix_web::test]
async fn locks_follow_what_is_done_to_them() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}]").await;
    assert_eq!(ids(&describe(&app, "").await), [""; 0]);
    let lock = "RegionId=cn-hangzhou&LockMode=compliance&LockDuration=1&CoolOffPeriod=1";
    for id in ["s-1", "s-2"] {
        let info = app.act(&format!("LockSnapshot&{lock}&SnapshotId={id}")).await["LockedSnapshotInfo"].take();
        assert_eq!(describe(&app, &format!("SnapshotIds.1={id}")).await["LockedSnapshotsInfo"], json!([info]));
    }
    app.act("UnlockSnapshot&RegionId=cn-hangzhou&SnapshotId=s-1").await;
    assert_eq!(ids(&describe(&app, "").await), ["s-2"]);
    app.arrange("DELETE", "/snapshots/s-2", Value::Null).await;
    assert_eq!(ids(&describe(&app, "").await), [""; 0]);
}

#[actix_web::test]
async fn ids_name_locked_snapshots_only() {
    let app = TestApp::seeded(LOCKED).await;
    assert_eq!(ids(&describe(&app, "SnapshotIds.1=s-4&SnapshotIds.100=s-2&snapshotids.7=s-4").await), ["s-2", "s-4"]);
    assert_eq!(ids(&describe(&app, "SnapshotIds.1=s-4&SnapshotIds.1=s-0").await), ["s-4"], "of two, the first counts");
    assert_eq!(ids(&describe(&app, "SnapshotIds.1=&SnapshotIds.2=").await).len(), 3, "an empty one says nothing");
    assert_eq!(
        ids(&describe(&app, "SnapshotIds.1=s-4&LockStatus=compliance").await),
        [""; 0],
        "it has a lock, though another one"
    );
    assert_eq!(refused(&app, "SnapshotIds.1=s-0&SnapshotIds.2=s-4").await, unlocked("s-0"));
    assert_eq!(
        refused(&app, "SnapshotIds.3=s-unknown&SnapshotIds.2=s-1&SnapshotIds.1=s-0&LockStatus=expired").await,
        unlocked("s-0,s-1,s-unknown"),
        "unknown ones and those of other regions among them"
    );
    for n in ["0", "101", "99999999999"] {
        let fault = refused(&app, &format!("SnapshotIds.{n}=s-4")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "InvalidParameter"), "{n}");
        assert!(fault.message.contains("SnapshotIds."), "{n}: {fault:?}");
    }
}

#[actix_web::test]
async fn snapshots_that_are_gone_have_no_lock_any_more() {
    let app = TestApp::seeded(
        "Snapshots: [{SnapshotId: s-1, ExpirationTime: 2026-03-16T12:00Z, Lock: {LockDuration: 1}}, {SnapshotId: s-2}]",
    )
    .await;
    assert_eq!(ids(&describe(&app, "").await), ["s-1"]);
    app.clock.set(NOW.plus(DAY));
    assert_eq!(ids(&describe(&app, "").await), [""; 0]);
    assert_eq!(refused(&app, "SnapshotIds.1=s-1").await, unlocked("s-1"));
}

#[actix_web::test]
async fn pages_follow_each_other_by_token() {
    let snapshots: Vec<String> = (0..25)
        .map(|number| {
            let time = NOW.plus(-number / 3);
            format!("{{SnapshotId: s-{number:02}, CreationTime: '{time}', Lock: {{LockDuration: 1}}}}")
        })
        .collect();
    let app = TestApp::seeded(&format!("Snapshots: [{}]", snapshots.join(", "))).await;
    for (query, sizes) in [("", vec![10, 10, 5]), ("MaxResults=1", vec![10, 10, 5]), ("MaxResults=12", vec![12, 12, 1])]
    {
        let (mut seen, mut token) = (Vec::new(), String::new());
        for size in sizes {
            let reply = describe(&app, &format!("{query}&NextToken={token}")).await;
            assert_eq!(ids(&reply).len(), size, "{query}");
            seen.extend(ids(&reply));
            token = reply["NextToken"].as_str().unwrap_or_default().to_owned();
        }
        assert_eq!(token, "", "{query}");
        let all: Vec<String> = (0..25).map(|number| format!("s-{number:02}")).collect();
        assert_eq!(seen, all, "{query}");
    }
    assert_eq!(ids(&describe(&app, "MaxResults=1000").await).len(), 25);
    let token = describe(&app, "").await["NextToken"].as_str().unwrap().to_owned();
    for query in
        ["NextToken=x".to_owned(), format!("NextToken={token}&LockStatus=compliance"), "MaxResults=x".to_owned()]
    {
        let fault = refused(&app, &query).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "InvalidParameter"), "{query}");
        assert!(fault.message.contains(query.split('=').next().unwrap()), "{query}: {fault:?}");
    }
}

#[actix_web::test]
async fn parameters_have_rows() {
    let app = TestApp::seeded(LOCKED).await;
    let message = "The specified parameter LockStatus is invalid. Please check the valid range for this parameter.";
    let status = Fault::new(400, "InvalidLockStatus.Malformed", message);
    for value in ["locked", "Expired", "all"] {
        assert_eq!(refused(&app, &format!("LockStatus={value}&SnapshotIds.1=s-0")).await, status, "{value}");
    }
    let missing = app.refused("DescribeLockedSnapshots&LockStatus=locked").await;
    assert_eq!((missing.status, missing.code.as_str()), (400, "MissingParameter"));
    let tried = refused(&app, "DryRun=true").await;
    assert_eq!((tried.status, tried.code.as_str()), (400, "DryRunOperation"));
    assert_eq!(refused(&app, "DryRun=true&SnapshotIds.1=s-0").await, unlocked("s-0"));
    assert_eq!(refused(&app, "DryRun=1").await.code, "InvalidParameter");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(LOCKED, "DescribeLockedSnapshots&RegionId=cn-hangzhou").await;
}
