//! Whole states, out and in: documents and streams, all or nothing.

use std::time::Duration;

use ecs_mock::admin::guard::Access;
use ecs_mock::app::Config;
use ecs_mock::sandboxes::Limits;
use ecs_mock::seed::Source;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{NOW, Reply, TestApp};

const STATE: &str = "/_mock/v1/sandboxes/default/state";
const SEED: &str = "
Snapshots:
  - {SnapshotId: s-1, SnapshotName: one, Tags: {a: b}}
  - {SnapshotId: s-2, Status: failed, Progress: 37%, Available: true}
  - {SnapshotId: s-3, ReadyTime: 2026-03-15T12:01:40Z, Outcome: failed}
  - {SnapshotId: s-4, RegionId: cn-beijing, ExpirationTime: 2030-01-01T00:00Z, Description: x}
";

async fn send(app: &TestApp, method: Method, query: &str, content_type: &str, body: &str) -> Reply {
    let request = app.request(method, &format!("{STATE}{query}")).header("content-type", content_type);
    app.send(request.body(body.to_owned())).await
}

async fn export(app: &TestApp, accept: &str) -> Reply {
    app.send(app.request(Method::GET, STATE).header("accept", accept)).await
}

fn counts(inserted: i64, changed: i64, removed: i64, unchanged: i64) -> Value {
    json!({"Inserted": inserted, "Changed": changed, "Removed": removed, "Unchanged": unchanged})
}

#[actix_web::test]
async fn an_export_that_is_put_back_is_the_same_state_in_every_form() {
    let app = TestApp::spawn().await;
    for (accept, content_type) in [
        ("application/json", "application/json"),
        ("application/yaml", "application/yaml"),
        ("application/x-ndjson", "application/x-ndjson"),
    ] {
        let exported = export(&app, accept).await;
        assert_eq!((exported.status, exported.header("content-type")), (200, content_type));
        let reply = send(&app, Method::PUT, "", content_type, &exported.body).await;
        assert_eq!(reply.json(), counts(0, 0, 0, 147), "{accept}");
        assert_eq!(export(&app, accept).await.body, exported.body, "{accept}");
        // Into an empty sandbox too.
        app.control("POST", "/sandboxes/default/reset?to=empty", Value::Null).await;
        let reply = send(&app, Method::PUT, "", content_type, &exported.body).await;
        assert_eq!(reply.json(), counts(147, 0, 0, 0), "{accept}");
        assert_eq!(export(&app, accept).await.body, exported.body, "{accept}");
    }
}

#[actix_web::test]
async fn an_export_says_what_was_said_and_no_more() {
    let app = TestApp::seeded(SEED).await;
    let document = export(&app, "").await.json();
    let entries = document["Snapshots"].as_array().unwrap();
    assert_eq!(entries.len(), 4);
    assert!(entries[0].get("Status").is_none(), "what is not pinned is not in the export");
    assert_eq!((&entries[1]["Status"], &entries[1]["Progress"]), (&json!("failed"), &json!("37%")));
    assert_eq!((&entries[2]["ReadyTime"], &entries[2]["Outcome"]), (&json!("2026-03-15T12:01:40Z"), &json!("failed")));
    assert_eq!(entries[0]["Tags"], json!({"a": "b"}));
    assert_eq!(document.as_object().unwrap().len(), 1, "neither keys nor clock nor the sandbox's name");
}

#[actix_web::test]
async fn put_replaces_and_post_merges_by_id() {
    let app = TestApp::seeded(SEED).await;
    let document = "Snapshots: [{SnapshotId: s-1, SnapshotName: uno}, {SnapshotId: s-9}]";
    let reply = send(&app, Method::POST, "?dry-run=true", "application/yaml", document).await;
    assert_eq!(reply.json(), counts(1, 1, 0, 0));
    assert_eq!(app.ids("").await, ["s-1", "s-2", "s-3"], "a dry run only tells");
    let reply = send(&app, Method::POST, "", "application/yaml", document).await;
    assert_eq!(reply.json(), counts(1, 1, 0, 0));
    assert_eq!(app.ids("").await, ["s-1", "s-2", "s-3", "s-9"]);
    let one = &app.describe("SnapshotName=uno").await["Snapshots"]["Snapshot"][0];
    assert_eq!(one["Tags"]["Tag"], json!([]), "the whole row is replaced");

    let reply = send(&app, Method::PUT, "?dry-run=true", "application/yaml", document).await;
    assert_eq!(reply.json(), counts(0, 0, 3, 2));
    let reply = send(&app, Method::PUT, "", "application/yaml", document).await;
    assert_eq!(reply.json(), counts(0, 0, 3, 2));
    assert_eq!(app.ids("").await, ["s-1", "s-9"]);
}

#[actix_web::test]
async fn a_stream_of_thousands_is_merged_and_replaced() {
    let app = TestApp::seeded(SEED).await;
    let line =
        |number: usize| format!("{{\"Snapshot\":{{\"SnapshotId\":\"s-{number}\",\"Tags\":{{\"n\":\"{number}\"}}}}}}\n");
    let lines: String = (1..=3_000).map(line).collect();
    let reply = send(&app, Method::POST, "", "application/x-ndjson", &lines).await;
    assert_eq!(reply.json(), counts(2_996, 4, 0, 0));
    assert_eq!(app.ids("Tag.1.Key=n&Tag.1.Value=2345").await, ["s-2345"]);
    let half: String = (1..=1_500).map(line).collect();
    // Empty lines and a missing newline at the end are fine.
    let reply = send(&app, Method::PUT, "", "application/x-ndjson", &format!("\n{}\r\n\n", half.trim_end())).await;
    assert_eq!(reply.json(), counts(0, 0, 1_500, 1_500));
    let exported = export(&app, "application/x-ndjson").await;
    assert_eq!(exported.body.lines().count(), 1_500);
    let reply = send(&app, Method::POST, "", "application/x-ndjson", &lines).await;
    assert_eq!(reply.json(), counts(1_500, 0, 0, 1_500));
}

#[actix_web::test]
async fn what_is_wrong_is_named_and_nothing_changes() {
    let app = TestApp::seeded(SEED).await;
    let before = export(&app, "").await.body;
    let long_line = format!("{{\"Snapshot\":{{\"Description\":\"{}\"}}}}", "x".repeat(2_000_000));
    for (content_type, body, status, part) in [
        ("application/json", "{\"Snapshots\": [{\"Status\": \"done\"}]}", 400, "Snapshots[0].Status"),
        ("application/json", "{\"Snapshots\": [{\"SnapshotId\": \"s-1\"}, {\"SnapshotId\": \"s-1\"}]}", 400, "s-1"),
        ("application/json", "{\"Snapshots\": [{\"SnapshotName\": \"a\\u0000\"}]}", 400, "U+0000"),
        ("application/json", "{\"Snapshots\": [{\"SnapshotName\": \"\\ud800\"}]}", 400, "line 1"),
        ("application/json", "{\"Snapshots\": [[]]}", 400, "Snapshots[0]"),
        ("application/json", &"[".repeat(100_000), 400, ""),
        ("application/json", "{\"Volumes\": []}", 400, "Volumes"),
        ("application/json", "{\"Disks\": [{\"Sise\": 1}]}", 400, "Disks[0].Sise"),
        ("application/json", "", 400, ""),
        ("application/json", "null", 400, "nothing"),
        ("application/yaml", "# only a comment", 400, "nothing"),
        ("application/json", "{\"Snapshots\": [null]}", 400, "Snapshots[0]"),
        ("application/json", "{\"Snapshots\": [{\"SourceDiskSize\": \"+5\"}]}", 400, "+5"),
        ("application/x-ndjson", "{\"Snapshot\":null}", 400, "line 1"),
        ("application/yaml", "Snapshots: [{Size: 1}]", 400, "Snapshots[0].Size"),
        (
            "application/yaml",
            "Instances: [{OperationLocks: [{LockReason: false}]}]",
            400,
            "Instances[0].OperationLocks[0].LockReason",
        ),
        ("application/yaml", &"[".repeat(100_000), 400, ""),
        ("application/x-ndjson", "{\"Snapshot\":{}}\n{\"Snapshot\":{\"Usage\":\"x\"}}\n", 400, "line 2"),
        (
            "application/x-ndjson",
            "{\"Snapshot\":{\"SnapshotId\":\"s\"}}\n{\"Snapshot\":{\"SnapshotId\":\"s\"}}",
            400,
            "twice",
        ),
        ("application/x-ndjson", "{\"Volume\":{}}", 400, "line 1"),
        ("application/x-ndjson", &long_line, 413, "line 1"),
        ("text/plain", "x", 415, "Content-Type"),
    ] {
        for method in [Method::PUT, Method::POST] {
            let reply = send(&app, method, "", content_type, body).await;
            let start = &body[..body.len().min(60)];
            assert_eq!(reply.status, status, "{start}: {}", reply.body);
            assert!(reply.json()["detail"].as_str().unwrap().contains(part), "{start}: {}", reply.body);
        }
    }
    assert_eq!(export(&app, "").await.body, before);
    let reply = send(&app, Method::PUT, "?dryrun=true", "application/json", "{}").await;
    assert_eq!((reply.status, &reply.json()["field"]), (400, &json!("dryrun")), "a misspelt parameter is no parameter");
}

#[actix_web::test]
async fn reset_starts_over_with_clock_and_ids() {
    let app = TestApp::seeded(SEED).await;
    app.sandbox("mine", json!("seed")).await;
    let add = async || app.control("POST", "/sandboxes/mine/snapshots", json!({})).await.json()["SnapshotId"].clone();
    let first = add().await;
    app.control("PUT", "/sandboxes/mine/clock", json!({"Mode": "frozen", "Time": "2030-01-01T00:00Z"})).await;
    for _ in 0..2 {
        assert_eq!(app.control("POST", "/sandboxes/mine/reset?to=seed", Value::Null).await.status, 204);
        assert_eq!(app.ids_of("mine").await, ["s-1", "s-2", "s-3"]);
        assert_eq!(app.control("GET", "/sandboxes/mine/clock", Value::Null).await.json()["Mode"], "real");
        assert_eq!(add().await, first, "the same ids in the same order");
    }
    assert_eq!(app.control("POST", "/sandboxes/mine/reset?to=empty", Value::Null).await.status, 204);
    assert_eq!(app.ids_of("mine").await, [""; 0]);
    for (query, status) in [("", 400), ("?to=", 400), ("?to=never", 404)] {
        let reply = app.control("POST", &format!("/sandboxes/mine/reset{query}"), Value::Null).await;
        assert_eq!(reply.status, status, "{query}");
    }
}

#[actix_web::test]
async fn statuses_of_a_document_follow_the_sandboxs_clock() {
    let app = TestApp::seeded(SEED).await;
    app.sandbox("mine", json!("seed")).await;
    app.control("PUT", "/sandboxes/mine/clock", json!({"Mode": "offset", "Seconds": 100})).await;
    let status = async |key: &str| {
        let query = "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&SnapshotIds=%5B%22s-3%22%5D";
        app.get(&format!("{query}&AccessKeyId={key}")).await.json()["Snapshots"]["Snapshot"][0]["Status"].clone()
    };
    assert_eq!((status("mine").await, status("testid").await), (json!("failed"), json!("progressing")));
    app.clock.set(NOW.plus(100));
    assert_eq!(status("testid").await, "failed");
}

#[actix_web::test]
async fn blank_lines_are_not_the_end_of_a_stream() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-old}]").await;
    let lines = format!("{}{{\"Snapshot\":{{\"SnapshotId\":\"s-late\"}}}}\n", "\n".repeat(300_000));
    let reply = send(&app, Method::PUT, "", "application/x-ndjson", &lines).await;
    assert_eq!((reply.status, reply.json()), (200, counts(1, 0, 1, 0)));
    assert_eq!(app.ids("").await, ["s-late"]);
}

#[actix_web::test]
async fn a_slow_upload_holds_nobody_up_and_comes_to_an_end() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let app = TestApp::configured(
        Source::None,
        |config| Config { upload_patience: Duration::from_millis(300), ..config },
        Access::default(),
    )
    .await;
    let mut slow = tokio::net::TcpStream::connect(app.address).await.unwrap();
    let entry = "{\"Snapshot\":{\"SnapshotId\":\"s-slow\"}}\n";
    let head = "PUT /_mock/v1/sandboxes/default/state HTTP/1.1\r\nHost: 127.0.0.1\r\n\
                Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
    slow.write_all(format!("{head}{:x}\r\n{entry}\r\n1\r\n\n\r\n", entry.len()).as_bytes()).await.unwrap();
    let added = app.control("POST", "/sandboxes/default/snapshots", json!({"SnapshotId": "s-quick"})).await;
    assert_eq!(added.status, 201, "others write meanwhile");
    let made = app.control("POST", "/sandboxes", json!({"Name": "new", "From": "empty"})).await;
    assert_eq!(made.status, 201);
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
    assert_eq!(app.ids("").await, ["s-quick"], "what had come is nowhere");
}

#[actix_web::test]
async fn a_packed_body_is_called_what_it_is() {
    let app = TestApp::empty().await;
    let packed = [0x1f, 0x8b, 0x08, 0x00, 0xff];
    for (path, method) in [("state", Method::PUT), ("snapshots", Method::POST)] {
        let request = app.request(method, &format!("/_mock/v1/sandboxes/default/{path}"));
        let request = request.header("content-type", "application/json").header("content-encoding", "gzip");
        let reply = app.send(request.body(packed.to_vec())).await;
        assert_eq!((reply.status, &reply.json()["field"]), (415, &json!("Content-Encoding")), "{path}");
    }
}

#[actix_web::test]
async fn yaml_that_takes_long_to_read_is_pointed_to_streams() {
    let app = TestApp::seeded(SEED).await;
    let long = format!("Snapshots: []\n#{}\n", "x".repeat(4 * 1024 * 1024));
    let reply = send(&app, Method::PUT, "", "application/yaml", &long).await;
    assert_eq!(reply.status, 413);
    assert!(reply.json()["detail"].as_str().unwrap().contains("application/x-ndjson"), "{}", reply.body);
    assert_eq!(app.ids("").await, ["s-1", "s-2", "s-3"]);
}

#[actix_web::test]
async fn more_than_a_sandbox_may_hold_is_refused_as_it_comes() {
    let limits = Limits { resources: Some(600), ..Limits::default() };
    let limited = |config| Config { limits, ..config };
    let app = TestApp::configured(Source::None, limited, Access::default()).await;
    // Whoever read on would find what is wrong behind it.
    let lines = format!("{}wrong\n", "{\"Disk\":{}}\n".repeat(2_000));
    let document = format!("{{\"Disks\":[{}{{\"Sise\":1}}]}}", "{},".repeat(2_000));
    for (content_type, body) in [("application/x-ndjson", &lines), ("application/json", &document)] {
        for method in [Method::PUT, Method::POST] {
            let reply = send(&app, method, "", content_type, body).await;
            assert_eq!(reply.status, 507, "{}", reply.body);
        }
    }
    assert_eq!(app.control("GET", "/sandboxes/default/disks", Value::Null).await.json()["TotalCount"], 0);
}

#[actix_web::test]
async fn temporary_files_take_no_more_room_than_they_may() {
    let app = TestApp::configured(Source::None, |config| Config { max_temporary: 2_000, ..config }, Access::default());
    let app = app.await;
    let document = |count| format!("{{\"Snapshots\":[{}{{}}]}}", "{},".repeat(count));
    assert_eq!(send(&app, Method::PUT, "", "application/json", &document(5)).await.status, 200);
    assert_eq!(export(&app, "application/json").await.json()["Snapshots"].as_array().unwrap().len(), 6);
    let refused = send(&app, Method::PUT, "", "application/json", &document(1_000)).await;
    assert_eq!(refused.status, 507);
    assert!(refused.json()["detail"].as_str().unwrap().contains("--max-temporary"), "{}", refused.body);
    // A stream needs no file on its way in.
    let lines = "{\"Snapshot\":{}}\n".repeat(100);
    assert_eq!(send(&app, Method::PUT, "", "application/x-ndjson", &lines).await.status, 200);
    assert_eq!(export(&app, "application/x-ndjson").await.status, 507);
    assert_eq!(app.app().spool.used(), 0, "what ended takes nothing");
}
