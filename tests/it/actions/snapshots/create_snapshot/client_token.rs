//! ClientToken: a request that is sent again makes nothing more, and hears what was said before.

use serde_json::{Value, json};

use super::{create, refused, shown};
use crate::support::{Fault, NOW, Process, TestApp};

const SEED: &str = "
Disks: [{DiskId: d-1, Category: cloud_essd}, {DiskId: d-2, Category: cloud_essd}]
Settings: {SnapshotSeconds: 0}
";

fn mismatch() -> Fault {
    Fault::new(403, "IdempotentParameterMismatch", "The specified clientToken is used.")
}

#[actix_web::test]
async fn a_repeat_is_answered_as_before_in_either_format_and_makes_nothing() {
    let app = TestApp::seeded(SEED).await;
    let query = "Action=CreateSnapshot&DiskId=d-1&ClientToken=t&Description=first";
    let first = app.get(&format!("{query}&Format=JSON")).await;
    let again = app.get(&format!("{query}&Format=JSON")).await;
    let xml = app.get(&format!("{query}&Format=XML")).await;
    assert_eq!((first.status, again.status, xml.status), (200, 200, 200));
    assert_eq!(first.json()["SnapshotId"], again.json()["SnapshotId"]);
    xml.assert_says_the_same("CreateSnapshotResponse", &first);
    let requests = [first.json()["RequestId"].clone(), again.json()["RequestId"].clone()];
    assert_ne!(requests[0], requests[1], "each request has an id of its own");
    assert_eq!(again.header("x-acs-request-id"), requests[1].as_str().unwrap());
    assert_ne!(xml.xml().child("RequestId").text, requests[0].as_str().unwrap());
    assert_eq!(app.ids("").await.len(), 1);
    // Without a token, or with another, it is a request of its own.
    create(&app, "DiskId=d-1&Description=first").await;
    create(&app, "DiskId=d-1&Description=first&ClientToken=").await;
    create(&app, "DiskId=d-1&Description=first&ClientToken=T").await;
    assert_eq!(app.ids("").await.len(), 4);
}

#[actix_web::test]
async fn requests_at_the_same_time_make_one_snapshot() {
    let app = TestApp::seeded(SEED).await;
    let calls = (0..20).map(|_| create(&app, "DiskId=d-1&ClientToken=t"));
    let made = futures_util::future::join_all(calls).await;
    assert_eq!(app.ids("").await, made[..1]);
    assert!(made.iter().all(|id| *id == made[0]));
}

#[actix_web::test]
async fn the_same_token_with_other_parameters_is_refused() {
    let app = TestApp::seeded(SEED).await;
    let made = create(&app, "DiskId=d-1&ClientToken=t&SnapshotName=ab&Tag.1.Key=k&Tag.1.Value=v").await;
    for other in [
        "DiskId=d-2&SnapshotName=ab&Tag.1.Key=k&Tag.1.Value=v",
        "DiskId=d-1&SnapshotName=AB&Tag.1.Key=k&Tag.1.Value=v",
        "DiskId=d-1&SnapshotName=ab&Tag.1.Key=k&Tag.1.Value=w",
        "DiskId=d-1&SnapshotName=ab&Tag.2.Key=k&Tag.2.Value=v",
        "DiskId=d-1&SnapshotName=ab&Tag.1.Key=k",
        "DiskId=d-1&SnapshotName=ab",
        "DiskId=d-1",
        "",
        // What the action itself does not know counts all the same.
        "DiskId=d-1&SnapshotName=ab&Tag.1.Key=k&Tag.1.Value=v&RegionId=cn-hangzhou",
        "DiskId=d-1&SnapshotName=ab&Tag.1.Key=k&Tag.1.Value=v&Colour=red",
        // And the token comes before what is wrong otherwise.
        "DiskId=d-unknown",
        "DiskId=d-1&RetentionDays=0",
    ] {
        assert_eq!(refused(&app, &format!("{other}&ClientToken=t")).await, mismatch(), "{other}");
    }
    // What belongs to a request and not to what it asks for does not count, nor does the way that a name is spelt.
    for same in [
        "DiskId=d-1&SnapshotName=ab&Tag.1.Key=k&Tag.1.Value=v&AccessKeyId=testid&Signature=x&SignatureMethod=HMAC-SHA1\
         &SignatureVersion=1.0&SignatureNonce=7&Timestamp=2026-03-15T12:00:00Z&Version=2014-05-26&SecurityToken=\
         &SignatureType=",
        "Tag.1.value=v&Tag.1.key=k&snapshotname=ab&diskid=d-1",
        "DiskId=d-1&DiskId=d-2&SnapshotName=ab&Tag.1.Key=k&Tag.1.Value=v&Description=",
    ] {
        assert_eq!(create(&app, &format!("{same}&ClientToken=t")).await, made, "{same}");
    }
    assert_eq!(app.ids("").await, [made]);
}

#[actix_web::test]
async fn a_region_counts() {
    let app = TestApp::seeded(SEED).await;
    create(&app, "DiskId=d-1&ClientToken=t&RegionId=cn-hangzhou").await;
    for other in ["", "&RegionId=cn-beijing"] {
        assert_eq!(refused(&app, &format!("DiskId=d-1&ClientToken=t{other}")).await, mismatch(), "{other}");
    }
}

#[actix_web::test]
async fn a_refused_call_keeps_none() {
    let app = TestApp::seeded(SEED).await;
    for query in ["DiskId=d-unknown", "DiskId=d-1&RetentionDays=0", "DiskId=d-1&RetentionDays=x", ""] {
        assert!(
            refused(&app, &format!("{query}&ClientToken=t")).await.code != "IdempotentParameterMismatch",
            "{query}"
        );
    }
    app.arrange("PATCH", "/settings", json!({"ManualSnapshotsPerDisk": 0})).await;
    assert_eq!(refused(&app, "DiskId=d-1&ClientToken=t").await.code, "QuotaExceed.Snapshot");
    app.arrange("PATCH", "/settings", json!({"ManualSnapshotsPerDisk": null})).await;
    create(&app, "DiskId=d-1&ClientToken=t").await;
    assert_eq!(app.ids("").await.len(), 1);
}

#[actix_web::test]
async fn a_repeat_is_answered_whatever_became_of_the_snapshot() {
    let app = TestApp::seeded(SEED).await;
    let made = create(&app, "DiskId=d-1&ClientToken=t").await;
    app.act(&format!("DeleteSnapshot&SnapshotId={made}")).await;
    app.arrange("DELETE", "/disks/d-1", Value::Null).await;
    assert_eq!(create(&app, "DiskId=d-1&ClientToken=t").await, made);
    assert_eq!(app.ids("").await, [""; 0]);
}

#[actix_web::test]
async fn a_token_is_forgotten_after_a_day_of_real_time() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PUT", "/clock", json!({"Mode": "frozen", "Time": "2001-01-01T00:00:00Z"})).await;
    let made = create(&app, "DiskId=d-1&ClientToken=t").await;
    app.arrange("POST", "/clock/advance", json!({"Seconds": 1_000_000})).await;
    app.clock.set(NOW.plus(86_399));
    assert_eq!(create(&app, "DiskId=d-1&ClientToken=t").await, made, "the sandbox's clock says nothing");
    app.clock.set(NOW.plus(86_400));
    let next = create(&app, "DiskId=d-2&ClientToken=t").await;
    assert_ne!(next, made);
    assert_eq!(refused(&app, "DiskId=d-1&ClientToken=t").await, mismatch(), "it is the new one's now");
    app.clock.set(NOW.plus(86_400 + 86_399));
    assert_eq!(create(&app, "DiskId=d-2&ClientToken=t").await, next);
}

#[actix_web::test]
async fn a_state_that_is_another_one_knows_no_tokens() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PUT", "/checkpoints/c", Value::Null).await;
    let state = app.arrange("GET", "/state", Value::Null).await;
    for (method, path, body) in [
        ("POST", "/reset?to=seed", Value::Null),
        ("POST", "/reset?to=c", Value::Null),
        ("POST", "/checkpoints/c/restore", Value::Null),
        ("PUT", "/state", state.clone()),
    ] {
        create(&app, "DiskId=d-1&ClientToken=t").await;
        assert_eq!(refused(&app, "DiskId=d-2&ClientToken=t").await, mismatch());
        app.arrange(method, path, body).await;
        let other = create(&app, "DiskId=d-2&ClientToken=t").await;
        assert_eq!(shown(&app, &other).await["SourceDiskId"], "d-2", "{method} {path}");
        app.arrange("POST", "/reset?to=seed", Value::Null).await;
    }
    // What leaves the state as it is, or changes parts of it, forgets nothing.
    let made = create(&app, "DiskId=d-1&ClientToken=t").await;
    app.arrange("PUT", "/state?dry-run=true", state.clone()).await;
    app.arrange("POST", "/state", json!({"Snapshots": [{}]})).await;
    app.arrange("PUT", "/checkpoints/c", Value::Null).await;
    app.arrange("PATCH", "/snapshots?DiskId=d-1", json!({"Description": "x"})).await;
    assert_eq!(create(&app, "DiskId=d-1&ClientToken=t").await, made);
    assert_eq!(refused(&app, "DiskId=d-2&ClientToken=t").await, mismatch());
}

#[actix_web::test]
async fn a_fork_begins_with_no_tokens_and_leaves_those_of_its_origin() {
    let app = TestApp::seeded(SEED).await;
    let made = create(&app, "DiskId=d-1&ClientToken=t").await;
    app.sandbox("fork", json!({"Sandbox": "default"})).await;
    let forked = create(&app, "AccessKeyId=fork&DiskId=d-2&ClientToken=t").await;
    assert_eq!(app.ids_of("fork").await.len(), 2);
    assert_eq!(create(&app, "DiskId=d-1&ClientToken=t").await, made);
    assert_eq!(create(&app, "AccessKeyId=fork&DiskId=d-2&ClientToken=t").await, forked);
    assert_eq!((app.ids("").await.len(), app.ids_of("fork").await.len()), (1, 2));
}

#[test]
fn a_token_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("seed.yaml"), SEED).unwrap();
    let call = |query: &str| {
        let server = Process::start(folder.path(), &["--database", "x.db", "--seed", "seed.yaml"]);
        let body = server.get(&format!("/?Action=CreateSnapshot&DiskId=d-1&ClientToken=t&Format=JSON{query}"));
        server.signal("-TERM");
        assert!(server.end().0.success());
        let reply: Value = serde_json::from_str(&body).unwrap();
        reply["SnapshotId"].as_str().unwrap().to_owned()
    };
    let made = call("");
    assert_eq!(call("&Timestamp=now"), made);
}
