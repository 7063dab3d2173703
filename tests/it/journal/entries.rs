//! What an entry says: of requests, of changes by the control plane, and of what policies made.

use ecs_mock::admin::guard::Access;
use ecs_mock::app::{Auth, Config};
use ecs_mock::journal::effects::Recording;
use ecs_mock::model::journal_entry::{Happening, Instant, JournalEntry};
use ecs_mock::model::snapshot::Snapshot;
use ecs_mock::sandboxes::{SandboxError, Write};
use ecs_mock::seed::Source;
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Notify;

use super::{default_of, kept, open, place};
use crate::support::{NOW, TestApp};

const DISKS: &str = "{RegionId: cn-hangzhou, Disks: [{DiskId: d-1}, {DiskId: d-2, DiskName: x}]}";

async fn last(app: &TestApp, sandbox: &str) -> Value {
    let list = app.control("GET", &format!("/sandboxes/{sandbox}/requests?MaxResults=1000"), Value::Null).await.json();
    list["Requests"].as_array().unwrap().last().cloned().unwrap_or_default()
}

/// Some fields of the last entry.
async fn fields(app: &TestApp, names: &[&str]) -> Value {
    let entry = last(app, "default").await;
    names.iter().map(|name| entry[*name].clone()).collect()
}

#[actix_web::test]
async fn whoever_has_the_answer_finds_the_request_that_it_is_the_answer_to() {
    let app = TestApp::seeded(DISKS).await;
    let query = "Action=DescribeDisks&RegionId=cn-hangzhou&Format=JSON&Signature=s3cret&SignatureNonce=1&PageSize=10";
    let request = app.request(reqwest::Method::GET, &format!("/?{query}"));
    let request = request.header("user-agent", "a client").header("x-acs-retry-attempts", "0");
    let reply = app.send(request).await;
    let mut entry = last(&app, "default").await;
    assert!(entry["DurationMicroseconds"].as_u64().unwrap() > 0);
    entry["DurationMicroseconds"] = Value::Null;
    let expected = json!({
        "Sequence": 1,
        "Kind": "request",
        "Time": "2026-03-15T12:00:00.000Z",
        "SandboxTime": "2026-03-15T12:00:00Z",
        "AccessKeyId": "",
        "UserAgent": "a client",
        "Method": "GET",
        "SignatureVersion": "1.0",
        "Action": "DescribeDisks",
        "Parameters": {
            "Action": "DescribeDisks", "RegionId": "cn-hangzhou", "Format": "JSON", "Signature": "***",
            "SignatureNonce": "1", "PageSize": "10",
        },
        "Status": 200,
        "RequestId": reply.json()["RequestId"],
        "DurationMicroseconds": null,
        "Bytes": reply.body.len(),
        "Seen": 2,
        "Changed": 0,
        "Ids": ["d-1", "d-2"],
        "Changes": [],
        "RetryAttempts": 0,
    });
    assert_eq!(entry, expected);
}

#[actix_web::test]
async fn what_is_refused_has_an_entry_with_its_code_and_text() {
    let app = TestApp::empty().await;
    let asked = ["Action", "Status", "Code", "Message", "Seen", "Parameters"];
    let fault = app.get("Action=NoSuchThing&Format=JSON&x=1").await.fault();
    let parameters = json!({"Action": "NoSuchThing", "Format": "JSON", "x": "1"});
    let expected = json!(["NoSuchThing", fault.status, fault.code, fault.message, 0, parameters]);
    assert_eq!(fields(&app, &asked).await, expected);

    // What could be read of a request that cannot be read.
    let fault = app.get("Action=DescribeDisks&Format=JSON&y=%zz").await.fault();
    let parameters = json!({"Action": "DescribeDisks", "Format": "JSON"});
    let expected = json!(["DescribeDisks", fault.status, fault.code, fault.message, 0, parameters]);
    assert_eq!(fields(&app, &asked).await, expected);
}

#[actix_web::test]
async fn what_the_gateway_refuses_is_in_the_journal_of_the_sandbox_that_the_key_means() {
    let enforce = |config: Config| Config { auth: Auth::Enforce, ..config };
    let app = TestApp::configured(Source::None, enforce, Access::default()).await;
    app.sandbox("a", json!("empty")).await;
    let query = "Action=DescribeDisks&Version=2014-05-26&RegionId=cn-hangzhou&AccessKeyId=a&Signature=x&SignatureMethod=\
        HMAC-SHA1&SignatureVersion=1.0&SignatureNonce=1&Timestamp=2026-03-15T12:00:00Z";
    assert_eq!(app.get(query).await.status, 400);
    let entry = last(&app, "a").await;
    assert_eq!((&entry["Code"], &entry["Unknown"]), (&json!("SignatureDoesNotMatch"), &Value::Null));
    assert_eq!(last(&app, "default").await, Value::Null);
}

#[actix_web::test]
async fn a_key_of_no_sandbox_is_told_of_in_the_sandbox_default() {
    let app = TestApp::empty().await;
    app.get("Action=DescribeRegions&AccessKeyId=nobody").await;
    assert_eq!(fields(&app, &["AccessKeyId", "Unknown"]).await, json!(["nobody", true]));
    app.get("Action=DescribeRegions").await;
    assert_eq!(fields(&app, &["AccessKeyId", "Unknown"]).await, json!(["", null]), "none was named");
}

#[actix_web::test]
async fn only_what_lasts_counts_as_changed() {
    let app = TestApp::seeded(DISKS).await;
    let asked = ["Status", "Seen", "Changed", "Ids", "Changes"];
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 0})).await;
    let made = app.act("CreateSnapshot&DiskId=d-1").await["SnapshotId"].clone();
    let changes = json!([{"Kind": "Snapshot", "Id": made, "Change": "added"}]);
    assert_eq!(fields(&app, &asked).await, json!([200, 0, 1, [made], changes]));
    app.get("Action=CreateSnapshot&DiskId=d-9").await;
    assert_eq!(fields(&app, &asked).await, json!([404, 0, 0, [], []]));
    let lock = "LockMode=compliance&LockDuration=1&CoolOffPeriod=0&DryRun=true";
    let tried = format!("LockSnapshot&RegionId=cn-hangzhou&SnapshotId={}&{lock}", made.as_str().unwrap());
    assert_eq!(app.refused(&tried).await.code, "DryRunOperation");
    assert_eq!(fields(&app, &["Changed"]).await, json!([0]), "a try gives up what it changed");

    app.act(&format!("ModifySnapshotAttribute&SnapshotId={}&SnapshotName=new", made.as_str().unwrap())).await;
    let changes = json!([{"Kind": "Snapshot", "Id": made, "Change": "changed"}]);
    assert_eq!(fields(&app, &asked).await, json!([200, 0, 1, [made], changes]));
    app.act(&format!("DeleteSnapshot&SnapshotId={}", made.as_str().unwrap())).await;
    let changes = json!([{"Kind": "Snapshot", "Id": made, "Change": "removed"}]);
    assert_eq!(fields(&app, &asked).await, json!([200, 0, 1, [made], changes]));
}

#[actix_web::test]
async fn what_answers_show_of_resources_is_seen_and_nothing_else() {
    let document = "{RegionId: cn-hangzhou, Disks: [{DiskId: d-1, Tags: {a: x, b: z}}, {DiskId: d-2, Tags: {a: x}}], \
        AutoSnapshotPolicies: [{AutoSnapshotPolicyId: sp-1, DiskIds: [d-2]}]}";
    let app = TestApp::seeded(document).await;
    for (query, ids) in [
        ("ListTagResources&ResourceType=disk&Tag.1.Key=a", json!(["d-1", "d-2"])),
        ("DescribeResourceByTags&Tag.1.Key=b", json!(["d-1"])),
        ("DescribeAutoSnapshotPolicyAssociations&AutoSnapshotPolicyId=sp-1", json!(["d-2"])),
        ("DescribeAutoSnapshotPolicyAssociations&DiskId=d-2", json!(["sp-1"])),
        ("DescribeTags", json!([])),
        ("DescribeRegions", json!([])),
    ] {
        app.act(&format!("{query}&RegionId=cn-hangzhou")).await;
        let seen = ids.as_array().unwrap().len();
        assert_eq!(fields(&app, &["Seen", "Ids"]).await, json!([seen, ids]), "{query}");
    }
}

#[actix_web::test]
async fn a_change_by_the_control_plane_is_told_by_its_path() {
    let app = TestApp::seeded(DISKS).await;
    let asked = ["Kind", "Method", "Action", "Parameters", "Status", "Changed", "Ids"];
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-1", "RegionId": "cn-hangzhou", "SourceDiskId": "d-1"}))
        .await;
    assert_eq!(fields(&app, &asked).await, json!(["control", "POST", "/snapshots", {}, 201, 1, ["s-1"]]));
    app.arrange("PATCH", "/disks/d-2", json!({"DiskName": "y"})).await;
    assert_eq!(fields(&app, &asked).await, json!(["control", "PATCH", "/disks/{id}", {}, 200, 1, ["d-2"]]));
    app.arrange("DELETE", "/disks?RegionId=cn-hangzhou", Value::Null).await;
    let expected = json!(["control", "DELETE", "/disks", {"RegionId": "cn-hangzhou"}, 200, 2, ["d-1", "d-2"]]);
    assert_eq!(fields(&app, &asked).await, expected);
    app.arrange("POST", "/reset?to=seed", Value::Null).await;
    assert_eq!(
        fields(&app, &asked).await,
        json!(["control", "POST", "/reset", {"to": "seed"}, 204, 3, ["s-1", "d-1", "d-2"]])
    );

    // What fails, what only looks, and what only tells makes none.
    let count = || async { last(&app, "default").await["Sequence"].clone() };
    let before = count().await;
    app.control("PATCH", "/sandboxes/default/disks/d-9", json!({"DiskName": "y"})).await;
    app.arrange("GET", "/disks", Value::Null).await;
    app.arrange("PUT", "/state?dry-run=true", json!({})).await;
    assert_eq!(count().await, before);
}

#[actix_web::test]
async fn what_policies_made_is_an_entry_beside_that_of_whoever_looked() {
    let document = "{RegionId: cn-hangzhou, Disks: [{DiskId: d-1}], AutoSnapshotPolicies: [{AutoSnapshotPolicyId: sp-1, \
        TimePoints: [0, 1, 2, 3], RepeatWeekdays: [1, 2, 3, 4, 5, 6, 7], DiskIds: [d-1]}]}";
    let app = TestApp::seeded(document).await;
    app.clock.run(86_400);
    app.act("DescribeSnapshots&RegionId=cn-hangzhou").await;
    let list = app.arrange("GET", "/requests", Value::Null).await;
    let list = list["Requests"].as_array().unwrap();
    let told: Value = list.iter().map(|it| json!([it["Kind"], it["Action"], it["Seen"], it["Changed"]])).collect();
    assert_eq!(told, json!([["catch-up", "", 0, 5], ["request", "DescribeSnapshots", 4, 0]]));
    assert_eq!(list[0]["Changes"][0]["Change"], "added");
    assert_eq!(list[0]["Changes"][4], json!({"Kind": "AutoSnapshotPolicy", "Id": "sp-1", "Change": "changed"}));
    assert_eq!(list[0]["Ids"].as_array().unwrap().len(), 5);
}

#[actix_web::test]
async fn of_a_whole_state_the_first_resources_that_changed_are_named() {
    let app = TestApp::empty().await;
    let disks = |name: &str, numbers: std::ops::Range<i32>| -> Value {
        numbers.map(|it| json!({"DiskId": format!("d-{it:03}"), "DiskName": name, "RegionId": "cn-hangzhou"})).collect()
    };
    let told = async || {
        let entry = last(&app, "default").await;
        let changes = entry["Changes"].as_array().unwrap();
        let at = |place: usize| json!([changes[place]["Kind"], changes[place]["Id"], changes[place]["Change"]]);
        json!([entry["Changed"], changes.len(), at(0), at(changes.len() - 1)])
    };
    let replaced = json!({"Disks": disks("", 0..300)});
    app.arrange("PUT", "/state", replaced).await;
    assert_eq!(told().await, json!([300, 20, ["Disk", "d-000", "added"], ["Disk", "d-019", "added"]]));
    // More than one transaction takes, so it is staged.
    app.arrange("POST", "/state", json!({"Disks": disks("x", 290..2_000)})).await;
    assert_eq!(told().await, json!([1_710, 20, ["Disk", "d-1000", "added"], ["Disk", "d-1019", "added"]]));
    let mut left = disks("", 0..290).as_array().unwrap().clone();
    left.remove(0);
    left[0]["DiskName"] = json!("y");
    app.arrange("PUT", "/state", json!({"Disks": left})).await;
    assert_eq!(told().await, json!([1_712, 20, ["Disk", "d-001", "changed"], ["Disk", "d-1017", "removed"]]));
    app.arrange("POST", "/reset?to=empty", Value::Null).await;
    assert_eq!(told().await, json!([289, 20, ["Disk", "d-001", "removed"], ["Disk", "d-020", "removed"]]));
}

#[actix_web::test]
async fn an_entry_has_at_most_sixteen_kibibytes() {
    let app = TestApp::empty().await;
    let long = |character: &str, count: usize| character.repeat(count);
    let many: Vec<String> = (0..300).map(|it| format!("{}{it}={}", long("%01", 80), long("%01", 200))).collect();
    let query = format!("Action={}&AccessKeyId={}&{}", long("%22", 3_000), long("%02", 3_000), many.join("&"));
    let request = app.request(reqwest::Method::POST, "/").header("user-agent", long("\"", 8_000));
    app.send(request.header("content-type", "application/x-www-form-urlencoded").body(query)).await;
    let reply = app.control("GET", "/sandboxes/default/requests/1", Value::Null).await;
    assert!(reply.status == 200 && reply.body.len() <= 16 * 1_024, "{}", reply.body.len());
    assert!(reply.json()["Cut"].as_array().unwrap().contains(&json!("*")));
}

#[actix_web::test]
async fn the_place_of_its_explanation_is_told_to_whoever_asks() {
    let app = TestApp::empty().await;
    let request = || app.request(reqwest::Method::GET, "/?Action=DescribeDisks&RegionId=cn-hangzhou");
    let reply = app.send(request().header("x-ecs-mock-explain", "1")).await;
    assert_eq!(reply.headers["x-ecs-mock-explanation"], "/_mock/v1/sandboxes/default/requests/1/explanation");
    assert!(app.send(request()).await.headers.get("x-ecs-mock-explanation").is_none());
}

#[actix_web::test]
async fn a_client_that_went_away_is_told_of_when_its_change_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder.path().join("x.db"), u64::MAX).await;
    let sandbox = default_of(&app);
    let entry = JournalEntry::new(Happening::Request, Instant(NOW.0 * 1_000), NOW);
    let recording = Recording::new(entry, Some(place(&app).await), std::time::Instant::now());
    let goes_on = Arc::new(Notify::new());
    {
        let goes_on = goes_on.clone();
        let all = app.sandboxes.clone();
        let sandbox = sandbox.clone();
        let change = recording.scope(async move {
            let change = all.write(&sandbox, move |write: &mut Write| {
                Box::pin(async move {
                    goes_on.notified().await;
                    let snapshot_id = "s-1".to_owned();
                    let region_id = "cn-hangzhou".to_owned();
                    write.put(&Snapshot { snapshot_id, region_id, creation_time: NOW, ..Snapshot::default() }).await?;
                    Ok::<_, SandboxError>(())
                })
            });
            change.await
        });
        assert!(change.now_or_never().is_none(), "it waits");
    }
    drop(recording);
    assert_eq!(kept(&app).await.entries, [], "its change is under way");
    goes_on.notify_one();
    sandbox.journal.changed(0).await;
    let kept = kept(&app).await;
    let entry = &kept.entries[0];
    assert_eq!((entry.status, entry.changed, &*entry.ids), (0, 1, &["s-1".into()][..]));
    assert_eq!((entry.chain, entry.attempt), (Some(1), Some(1)));
    app.close().await.unwrap();
}
