//! `/requests`: what the journal of a sandbox remembers, a page at a time and as it comes.

use std::fmt::Write as _;
use std::time::Duration;

use ecs_mock::model::journal_entry::{Happening, Instant, JournalEntry};
use ecs_mock::model::params::Params;
use ecs_mock::model::sent::Sent;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{NOW, Process, TestApp};

async fn numbers(app: &TestApp, query: &str) -> Vec<i64> {
    let list = app.arrange("GET", &format!("/requests?{query}"), Value::Null).await;
    let numbers: Vec<i64> =
        list["Requests"].as_array().unwrap().iter().map(|entry| entry["Sequence"].as_i64().unwrap()).collect();
    assert_eq!(list["TotalCount"], numbers.len(), "{query}");
    numbers
}

#[actix_web::test]
async fn each_filter_finds_what_it_names() {
    let app = TestApp::empty().await;
    let first = app.act("DescribeRegions&AccessKeyId=k").await;
    let query = "Action=DescribeDisks&RegionId=cn-beijing&DiskName=x&PageSize=x&Format=JSON";
    let fault = app.get(query).await.fault();
    app.clock.run(2);
    app.act("DescribeDisks&regionid=cn-hangzhou&DiskName=").await;
    let of_fault = format!("Status={}&Code={}", fault.status, fault.code);
    let of_first = format!("RequestId={}", first["RequestId"].as_str().unwrap());
    for (query, expected) in [
        ("", &[1, 2, 3][..]),
        ("Action=DescribeDisks", &[2, 3]),
        ("Status=200", &[1, 3]),
        (&of_fault, &[2]),
        ("Code=Other", &[]),
        (&of_first, &[1]),
        ("AccessKeyId=k", &[1]),
        ("Id=cn-beijing", &[2]),
        ("Id=cn", &[]),
        ("Parameter.1.Key=RegionId", &[2, 3]),
        ("Parameter.1.Key=RegionId&Parameter.1.Value=cn-hangzhou", &[3]),
        ("Parameter.1.Key=RegionId&Parameter.2.Key=DISKNAME&Parameter.2.Value=x", &[2]),
        ("Parameter.1.Key=DiskName&Parameter.1.Value=", &[3]),
        ("SinceSequence=2", &[2, 3]),
        ("SinceTime=2026-03-15T12:00:01.500Z", &[3]),
        ("SinceTime=2026-03-15T12:00:02Z", &[3]),
        ("SinceTime=2026-03-15T12:00:02.001Z", &[]),
    ] {
        assert_eq!(numbers(&app, query).await, expected, "{query}");
    }
}

#[actix_web::test]
async fn pages_follow_each_other_without_a_gap() {
    let app = TestApp::empty().await;
    for _ in 0..5 {
        app.act("DescribeRegions").await;
    }
    app.get("Action=Other").await;
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let path = format!("/requests?Action=DescribeRegions&MaxResults=2{token}");
        let page = app.arrange("GET", &path, Value::Null).await;
        assert_eq!((&page["TotalCount"], &page["LastSequence"]), (&json!(5), &json!(6)));
        seen.push(page["Requests"].as_array().unwrap().len());
        let Some(next) = page["NextToken"].as_str() else { break };
        token = format!("&NextToken={next}");
    }
    assert_eq!(seen, [2, 2, 1]);
}

#[actix_web::test]
async fn what_is_wrong_with_a_query_is_named() {
    let app = TestApp::empty().await;
    for (query, field) in [
        ("Actoin=x", "Actoin"),
        ("Status=x", "Status"),
        ("MaxResults=0", "MaxResults"),
        ("MaxResults=1001", "MaxResults"),
        ("NextToken=x", "NextToken"),
        ("SinceSequence=-1", "SinceSequence"),
        ("SinceTime=yesterday", "SinceTime"),
        ("SinceTime=2026-03-15T12:00:00.xZ", "SinceTime"),
        ("Parameter.2.Value=x", "Parameter.2.Key"),
    ] {
        let reply = app.control("GET", &format!("/sandboxes/default/requests?{query}"), Value::Null).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(field)), "{query}");
    }
}

#[actix_web::test]
async fn one_is_found_gone_or_not_there_yet() {
    let app = TestApp::empty().await;
    app.act("DescribeRegions").await;
    let status = |path: &'static str| async { app.control("GET", path, Value::Null).await.status };
    assert_eq!(status("/sandboxes/default/requests/1").await, 200);
    assert_eq!(status("/sandboxes/default/requests/2").await, 404);
    assert_eq!(status("/sandboxes/default/requests/0").await, 404);
    assert_eq!(status("/sandboxes/default/requests/x").await, 404);
    app.arrange("DELETE", "/requests", Value::Null).await;
    assert_eq!(status("/sandboxes/default/requests/1").await, 410);
    assert_eq!(numbers(&app, "").await, [0; 0], "that it was emptied makes no entry");
    app.act("DescribeRegions").await;
    assert_eq!(numbers(&app, "").await, [2]);
}

/// Opens a stream, which begins behind this event.
async fn stream(address: &str, after: Option<i64>) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut request = format!("GET /_mock/v1/sandboxes/default/requests/stream HTTP/1.1\r\nHost: {address}\r\n");
    if let Some(after) = after {
        write!(request, "Last-Event-ID: {after}\r\n").unwrap();
    }
    stream.write_all(format!("{request}\r\n").as_bytes()).await.unwrap();
    stream
}

/// Reads on until this has come, and gives all.
async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let (mut said, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let length = stream.read(&mut buffer).await.unwrap();
        assert!(length > 0, "it ended: {}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&buffer[..length]);
        let end = &said[said.len().saturating_sub(length + text.len())..];
        if end.windows(text.len()).any(|window| window == text.as_bytes()) {
            return String::from_utf8_lossy(&said).into_owned();
        }
    }
}

fn ids(said: &str) -> Vec<i64> {
    said.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect()
}

#[actix_web::test]
async fn a_stream_tells_what_comes_and_goes_on_where_a_client_left_off() {
    let app = TestApp::empty().await;
    app.act("DescribeRegions").await;
    let address = app.address.to_string();
    let mut new = stream(&address, None).await;
    let head = read_until(&mut new, ":\n\n").await.to_lowercase();
    assert!(head.contains("content-type: text/event-stream"), "{head}");
    app.act("DescribeRegions").await;
    let said = read_until(&mut new, "}\n\n").await;
    assert_eq!(ids(&said), [2], "only what is new");
    assert!(said.contains("event: request\nid: 2\ndata: {\"Sequence\":2,"), "{said}");

    let mut resumed = stream(&address, Some(0)).await;
    assert_eq!(ids(&read_until(&mut resumed, "id: 2").await), [1, 2]);
    let refused = app.request(reqwest::Method::GET, "/_mock/v1/sandboxes/default/requests/stream");
    let refused = app.send(refused.header("last-event-id", "x")).await;
    assert_eq!((refused.status, &refused.json()["field"]), (400, &json!("Last-Event-ID")));
}

#[actix_web::test]
async fn a_slow_reader_is_told_the_newest_and_not_what_is_evicted_meanwhile() {
    let app = TestApp::empty().await;
    let mut slow = stream(&app.address.to_string(), Some(0)).await;
    read_until(&mut slow, ":\n\n").await;
    let journal = app.app().sandboxes.by_name("default").unwrap().journal.clone();
    let place = app.app().sandboxes.journals().place(&journal).await;
    let pairs = (0..7).map(|it| (format!("P{it}"), "x".repeat(1_000)));
    let params = std::sync::Arc::new(Params::new(pairs));
    for _ in 0..5_000 {
        let entry = JournalEntry::new(Happening::Request, Instant(NOW.0 * 1_000), NOW);
        place.push(JournalEntry { parameters: Sent::new(&params).0, status: 200, ..entry }, false);
        tokio::task::yield_now().await;
    }
    let told = ids(&read_until(&mut slow, "id: 5000").await);
    assert!(told.is_sorted_by(|left, right| left < right), "in order, each once");
    assert!(told.len() < 5_000, "there was no room for {}", told.len());
    assert_eq!(told.last(), Some(&5_000));
}

#[actix_web::test]
async fn a_stream_ends_with_its_sandbox() {
    let app = TestApp::empty().await;
    app.sandbox("a", json!("empty")).await;
    let request = app.request(reqwest::Method::GET, "/_mock/v1/sandboxes/a/requests/stream");
    let mut reply = request.send().await.unwrap();
    assert_eq!(&reply.chunk().await.unwrap().unwrap()[..], b":\n\n");
    app.control("DELETE", "/sandboxes/a", Value::Null).await;
    assert_eq!(reply.chunk().await.unwrap(), None);
}

#[actix_web::test]
async fn a_server_that_is_asked_to_stop_ends_its_streams_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::start(folder.path(), &["serve", "--database", "x.db"]);
    let mut stream = stream(&server.address, None).await;
    read_until(&mut stream, ":\n\n").await;
    let asked = std::time::Instant::now();
    server.signal("-TERM");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(4), "less than requests under way are waited for");
    assert!(server.end().0.success());
}
