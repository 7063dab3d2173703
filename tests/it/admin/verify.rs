//! Verifications and HTTP archives over REST.

use std::time::{Duration, Instant};

use ecs_mock::model::journal_entry::{self, Happening, JournalEntry};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{NOW, TestApp};

const LIST: &str = "DescribeSnapshots&RegionId=cn-hangzhou";

async fn verify(app: &TestApp, question: Value) -> Value {
    app.arrange("POST", "/requests/verify", question).await
}

#[actix_web::test]
async fn requests_are_counted_as_they_were_sent_and_answered() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    app.act("DeleteSnapshot&SnapshotId=s-1").await;
    app.refused("DeleteSnapshot&SnapshotId=s-1").await;
    let asked = json!({"Action": "DeleteSnapshot", "Parameters": {"snapshotid": "s-1", "Force": null}});
    let verdict = verify(&app, asked).await;
    assert_eq!(
        verdict,
        json!({"Result": "yes", "Matching": 3, "Evicted": 0, "Sequences": [1, 2, 3], "NearMisses": []})
    );
    for (more, result, matching) in [
        (json!({"Code": "OK", "Count": 1}), "yes", 1),
        (json!({"Code": "InvalidSnapshotId.NotFound", "Count": 2}), "yes", 2),
        (json!({"AtMost": 2}), "no", 3),
        (json!({"AtLeast": 4}), "no", 3),
        (json!({"SinceSequence": 2, "Count": 2}), "yes", 2),
        (json!({"SinceTime": "2026-03-15T12:00:00.000Z", "Count": 3}), "yes", 3),
        (json!({"SinceTime": "2026-03-15T12:00:00.001Z"}), "no", 0),
        (json!({"SinceTime": "2026-03-15T12:01Z"}), "no", 0),
    ] {
        let mut question = json!({"Action": "DeleteSnapshot"});
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let verdict = verify(&app, question.clone()).await;
        assert_eq!((&verdict["Result"], &verdict["Matching"]), (&json!(result), &json!(matching)), "{question}");
        assert_eq!(verdict["Reason"].is_string(), result == "no");
    }
    let asked = json!({"Action": "DeleteSnapshot", "Parameters": {"SnapshotId": "s-1 "}});
    let near = &verify(&app, asked).await["NearMisses"];
    let differences = json!([{"Field": "Parameters.SnapshotId", "Asked": "s-1\\u{20}", "Got": "s-1"}]);
    assert_eq!(near[0], json!({"Sequence": 3, "Action": "DeleteSnapshot", "Differences": differences}));
    assert_eq!(near.as_array().unwrap().len(), 3);
}

#[actix_web::test]
async fn an_order_of_requests_is_verified() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    app.act(LIST).await;
    app.act("DeleteSnapshot&SnapshotId=s-1").await;
    let order = |first: &str, second: &str| json!({"InOrder": [{"Action": first}, {"Action": second, "Code": "OK"}]});
    let verdict = verify(&app, order("DescribeSnapshots", "DeleteSnapshot")).await;
    assert_eq!((&verdict["Result"], &verdict["Sequences"]), (&json!("yes"), &json!([1, 2])));
    let verdict = verify(&app, order("DeleteSnapshot", "DescribeSnapshots")).await;
    assert_eq!(verdict["Result"], "no");
    assert_eq!(verdict["Reason"], "nothing that is kept matches step 2 (DescribeSnapshots) after entry 2");
}

#[actix_web::test]
async fn what_cannot_be_asked_is_refused_with_its_field() {
    let app = TestApp::empty().await;
    for (question, field) in [
        (json!({"Action": "DescribeSnapshot"}), "Action"),
        (json!({"Action": ""}), "Action"),
        (json!({"Code": ""}), "Code"),
        (json!({"Parameters": {"Password": "x"}}), "Parameters.Password"),
        (json!({"Parameters": {"signature": "***"}}), "Parameters.signature"),
        (json!({"Parameters": {"DiskId": "d-1", "diskid": null}}), "Parameters.diskid"),
        (json!({"Parameters": {"DiskId": 1}}), "Parameters.DiskId"),
        (json!({"Count": 1, "AtLeast": 1}), "AtLeast"),
        (json!({"Count": 1, "AtMost": 1}), "AtMost"),
        (json!({"AtLeast": 1, "AtMost": 1}), "AtMost"),
        (json!({"Count": -1}), "Count"),
        (json!({"AtLeast": 1.5}), "AtLeast"),
        (json!({"SinceSequence": 1, "SinceTime": "2026-03-15T12:00:00Z"}), "SinceTime"),
        (json!({"SinceTime": "yesterday"}), "SinceTime"),
        (json!({"WaitSeconds": 61}), "WaitSeconds"),
        (json!({"WaitSeconds": -1}), "WaitSeconds"),
        (json!({"InOrder": []}), "InOrder"),
        (json!({"InOrder": [{"Action": "DescribeDisks"}], "Action": "DescribeDisks"}), "Action"),
        (json!({"InOrder": [{"Action": "DescribeDisks"}], "Parameters": {}}), "Parameters"),
        (json!({"InOrder": [{"Action": "DescribeDisks"}], "Code": "OK"}), "Code"),
        (json!({"InOrder": [{"Action": "DescribeDisks"}], "Count": 1}), "Count"),
        (json!({"InOrder": [{"Action": "DescribeDisks"}, {"Action": "None"}]}), "InOrder[1].Action"),
        (json!({"InOrder": [{}]}), "InOrder[0]"),
        (
            json!({"InOrder": [{"Action": "DescribeDisks", "Parameters": {"UserData": "x"}}]}),
            "InOrder[0].Parameters.UserData",
        ),
        (json!({"Actions": "DescribeDisks"}), "Actions"),
    ] {
        let reply = app.control("POST", "/sandboxes/default/requests/verify", question.clone()).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(field)), "{question}: {}", reply.body);
        assert!(reply.json()["reason"].is_string(), "{}", reply.body);
    }
    let reply = app.control("POST", "/sandboxes/nobody/requests/verify", json!({})).await;
    assert_eq!(reply.status, 404);
    for masked in ["Password", "signature"] {
        assert_eq!(verify(&app, json!({"Parameters": {masked: null}})).await["Result"], "no");
    }
}

#[actix_web::test]
async fn what_was_evicted_is_not_known() {
    let app = TestApp::empty().await;
    let sandbox = app.app().sandboxes.by_name("default").unwrap();
    let place = app.app().sandboxes.journals().place(&sandbox.journal).await;
    for _ in 0..1_001 {
        let entry = JournalEntry::new(Happening::Request, journal_entry::Instant(NOW.0 * 1_000), NOW);
        place.push(JournalEntry { action: "DescribeDisks".into(), status: 200, ..entry }, false);
    }
    let count = |bound: &str, count: i32| json!({"Action": "DescribeDisks", (bound): count});
    let verdict = verify(&app, count("Count", 1_000)).await;
    assert_eq!((&verdict["Result"], &verdict["Evicted"]), (&json!("unknown"), &json!(1)));
    let reason = "1000 match for sure, and up to 1001 may: 1 entries are not kept any more; exactly 1000 should";
    assert_eq!(verdict["Reason"], reason);
    assert_eq!(verify(&app, count("Count", 1_002)).await["Result"], "no");
    assert_eq!(verify(&app, count("AtLeast", 1_000)).await["Result"], "yes");
    assert_eq!(
        verify(&app, json!({"Action": "DescribeDisks", "Count": 1_000, "SinceSequence": 2})).await["Result"],
        "yes"
    );
    app.arrange("DELETE", "/requests", Value::Null).await;
    assert_eq!(verify(&app, count("Count", 0)).await["Result"], "yes", "nobody misses what was emptied");
}

#[actix_web::test]
async fn waiting_ends_with_a_yes_that_stays_one() {
    let app = TestApp::empty().await;
    let began = Instant::now();
    let asking = verify(&app, json!({"Action": "DescribeSnapshots", "AtLeast": 3, "WaitSeconds": 60}));
    let acting = async {
        for _ in 0..3 {
            app.act(LIST).await;
        }
    };
    let (verdict, ()) = tokio::join!(asking, acting);
    assert_eq!((&verdict["Result"], &verdict["Matching"]), (&json!("yes"), &json!(3)));
    let order = json!({"InOrder": [{"Action": "DescribeSnapshots"}, {"Action": "DescribeDisks"}], "WaitSeconds": 60});
    let (verdict, _) = tokio::join!(verify(&app, order), app.act("DescribeDisks&RegionId=cn-hangzhou"));
    assert_eq!(verdict["Result"], "yes");
    // More than three there are already.
    let verdict = verify(&app, json!({"Action": "DescribeSnapshots", "AtMost": 2, "WaitSeconds": 60})).await;
    assert_eq!(verdict["Result"], "no");
    assert!(began.elapsed() < Duration::from_secs(30), "nothing was waited for in vain");
}

#[actix_web::test]
async fn waiting_for_what_could_still_change_takes_all_of_the_time() {
    let app = TestApp::empty().await;
    let began = Instant::now();
    let at_most = verify(&app, json!({"Action": "DescribeSnapshots", "AtMost": 1, "WaitSeconds": 1}));
    let exactly = verify(&app, json!({"Action": "DescribeSnapshots", "Count": 1, "WaitSeconds": 1}));
    let (at_most, exactly, _) = tokio::join!(at_most, exactly, app.act(LIST));
    assert_eq!((&at_most["Result"], &exactly["Result"]), (&json!("yes"), &json!("yes")));
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[actix_web::test]
async fn waiting_ends_when_the_sandbox_goes() {
    let app = TestApp::empty().await;
    app.sandbox("mine", json!("empty")).await;
    let asking = app.control("POST", "/sandboxes/mine/requests/verify", json!({"Count": 0, "WaitSeconds": 60}));
    let began = Instant::now();
    let (answer, gone) = tokio::join!(asking, app.control("DELETE", "/sandboxes/mine", Value::Null));
    assert_eq!((answer.status, gone.status), (404, 204));
    assert!(began.elapsed() < Duration::from_secs(30));
}

/// Asks, over a connection of its own, for what takes a minute to answer.
async fn asking(app: &TestApp) -> TcpStream {
    let mut connection = TcpStream::connect(app.address).await.unwrap();
    let question = json!({"Count": 0, "WaitSeconds": 60}).to_string();
    let head = "POST /_mock/v1/sandboxes/default/requests/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json";
    let request = format!("{head}\r\nContent-Length: {}\r\n\r\n{question}", question.len());
    connection.write_all(request.as_bytes()).await.unwrap();
    connection
}

#[actix_web::test]
async fn waiting_ends_when_the_client_has_nothing_more_to_say() {
    let app = TestApp::empty().await;
    let mut connection = asking(&app).await;
    let began = Instant::now();
    connection.shutdown().await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\"Result\":\"yes\""), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(30), "nobody waits for nobody");
}

#[actix_web::test]
async fn waiting_ends_when_the_client_is_gone() {
    let app = TestApp::empty().await;
    let began = Instant::now();
    drop(asking(&app).await);
    let request = app.request(reqwest::Method::GET, "/_mock/metrics");
    let answered = |text: &str| text.contains("action=\"/_mock/v1/sandboxes/{sandbox}/requests/verify\",code=\"200\"");
    while !answered(&app.send(request.try_clone().unwrap()).await.body) {
        assert!(began.elapsed() < Duration::from_secs(30), "it waits for nobody");
    }
}

#[actix_web::test]
async fn a_list_comes_as_an_http_archive() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    app.act("DeleteSnapshot&SnapshotId=s-1").await;
    app.refused("DeleteSnapshot&SnapshotId=s-1").await;
    app.arrange("POST", "/snapshots", json!({})).await;
    let archive = app.arrange("GET", "/requests?format=har", Value::Null).await;
    let entries = archive["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 3, "the change by the control plane is none");
    let url = format!("http://{}/?Action=DeleteSnapshot&SnapshotId=s-1&Format=JSON", app.address);
    assert_eq!(entries[0]["request"]["url"], url);
    assert_eq!(entries[0]["startedDateTime"], "2026-03-15T12:00:00.000Z");
    let archive = app.arrange("GET", "/requests?format=har&Code=OK&Action=DeleteSnapshot", Value::Null).await;
    assert_eq!(archive["log"]["entries"].as_array().unwrap().len(), 1);
    let reply = app.control("GET", "/sandboxes/default/requests?format=xml", Value::Null).await;
    assert_eq!((reply.status, &reply.json()["field"]), (400, &json!("format")));
}
