//! The journal: the newest requests first, narrowed, a page at a time, and as they come.

use ecs_mock::admin::guard::Access;
use ecs_mock::seed::Source;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{led, open, page, post, rows, text};
use crate::support::{TestApp, percent_encoded};

/// An attribute of the page, as a browser reads it.
fn attribute(page: &str, before: &str) -> String {
    let value = page.split(before).nth(1).unwrap_or_else(|| panic!("no {before}: {page}"));
    value.split('"').next().unwrap().replace("&#38;", "&").trim_start_matches("/_mock/console").to_owned()
}

#[actix_web::test]
async fn the_newest_come_first_and_pages_follow_each_other() {
    let app = TestApp::empty().await;
    for _ in 0..5 {
        app.act("DescribeRegions").await;
    }
    let first = page(&app, "/s/default/requests?MaxResults=2").await;
    assert_eq!((rows(&first), text(&first, "h1").as_str()), (vec!["5".to_owned(), "4".to_owned()], "Requests"));
    assert_eq!(text(&first, "caption"), "Requests: 1 to 2 of 5, newest first");
    assert!(!first.contains("rel=\"prev\""), "{first}");
    let second = page(&app, &attribute(&first, "rel=\"next\" href=\"")).await;
    assert_eq!((rows(&second), text(&second, "caption").contains("3 to 4 of 5")), (vec!["3".into(), "2".into()], true));
    assert!(!second.contains("data-stream"), "what comes is newer than these");
    let last = page(&app, &attribute(&second, "rel=\"next\" href=\"")).await;
    assert_eq!(rows(&last), ["1"]);
    assert!(!last.contains("rel=\"next\""), "{last}");
    assert_eq!(rows(&page(&app, &attribute(&last, "rel=\"prev\" href=\"")).await), ["3", "2"]);
    assert_eq!(rows(&page(&app, &attribute(&second, "rel=\"prev\" href=\"")).await), ["5", "4"]);
    // The line for curl and the links get those that are shown.
    assert!(second.contains("/requests?MaxResults=2&#38;SinceSequence=2&#39;"), "{second}");
    let json = open(&app, &attribute(&second, "These as <a href=\"")).await.json();
    assert_eq!((&json["Requests"][0]["Sequence"], &json["Requests"][1]["Sequence"]), (&2.into(), &3.into()));
    assert_eq!(json["Requests"].as_array().unwrap().len(), 2);
    let archive = open(&app, &attribute(&second, "or as an <a href=\"")).await.json();
    assert_eq!(archive["log"]["entries"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn filters_are_those_of_the_control_plane() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}]").await;
    app.act("DescribeSnapshots&RegionId=cn-hangzhou&SnapshotIds=[\"s-2\"]").await;
    app.act("DeleteSnapshot&SnapshotId=s-1").await;
    app.get("Action=DescribeDisks").await;
    app.get("Action=DeleteSnapshot&SnapshotId=s-1&AccessKeyId=other").await;
    for (query, expected) in [
        ("", &["4", "3", "2", "1"][..]),
        ("Action=DeleteSnapshot", &["4", "2"]),
        ("Code=OK", &["2", "1"]),
        ("Status=200&Action=DescribeSnapshots", &["1"]),
        ("Id=s-1", &["4", "2"]),
        ("Id=s-2", &["1"]),
        ("Parameter.1.Key=RegionId&Parameter.1.Value=cn-hangzhou", &["1"]),
        ("SinceSequence=3", &["4", "3"]),
        ("AccessKeyId=other&Code=&Parameter.1.Key=&Parameter.1.Value=", &["4"]),
    ] {
        let body = page(&app, &format!("/s/default/requests?{query}")).await;
        assert_eq!(rows(&body), expected, "{query}");
        assert_eq!(body.contains("<details open>"), !query.is_empty(), "{query}");
    }
    let body = page(&app, "/s/default/requests?Id=s-1&Action=DeleteSnapshot").await;
    for field in ["Action", "Code", "Status", "RequestId", "AccessKeyId", "Id", "Parameter.1.Key", "SinceTime"] {
        assert!(body.contains(&format!("name=\"{field}\"")), "{field}");
    }
    assert!(body.contains("name=\"Id\" value=\"s-1\""), "{body}");
    let snapshot = page(&app, "/s/default/snapshots/s-2").await;
    assert_eq!(rows(&page(&app, &attribute(&snapshot, "The list</a> · <a href=\"")).await), ["1"], "{snapshot}");
    for (query, field) in [("Actoin=x", "Actoin"), ("Status=x", "Status"), ("MaxResults=0", "MaxResults")] {
        let reply = open(&app, &format!("/s/default/requests?{query}")).await;
        assert_eq!((reply.status, text(&reply.body, "code").as_str()), (400, field));
    }
}

/// Opens a stream of events.
async fn listen(app: &TestApp, path: &str, last_event: &str) -> TcpStream {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = format!("GET /_mock/console{path} HTTP/1.1\r\nHost: {}\r\n{last_event}\r\n", app.address);
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Reads on until this has come so often, and gives all with what was read before.
async fn read_until(stream: &mut TcpStream, mut all: String, text: &str, times: usize) -> String {
    let mut piece = [0; 4096];
    while all.matches(text).count() < times {
        let length = stream.read(&mut piece).await.unwrap();
        assert!(length > 0, "it ended before {text}: {all}");
        all.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
    all
}

const ROW: &str = "</tr>\n\n";
const HEAD: &str = "\r\n\r\n";

#[actix_web::test]
async fn a_page_learns_of_what_comes_behind_it_in_rows_like_its_own() {
    let app = TestApp::empty().await;
    app.act("DescribeRegions").await;
    let path = "/s/default/requests?Action=DescribeRegions&MaxResults=10";
    let body = page(&app, path).await;
    let address = attribute(&body, "data-stream=\"");
    // One that comes before the stream is open is not lost, and one that the filters leave out does not come.
    app.act("DescribeRegions").await;
    app.act("DescribeZones&RegionId=cn-hangzhou").await;
    let mut stream = listen(&app, &address, "").await;
    let told = read_until(&mut stream, String::new(), ROW, 1).await;
    assert!(told.contains("content-type: text/event-stream"), "{told}");
    app.act("DescribeRegions").await;
    let told = read_until(&mut stream, told, ROW, 2).await;
    let ids: Vec<&str> =
        told.split("event: request\nid: ").skip(1).map(|rest| rest.split('\n').next().unwrap()).collect();
    assert_eq!((ids, rows(&told)), (vec!["2", "4"], vec!["2".to_owned(), "4".to_owned()]));
    let body = page(&app, path).await;
    for row in told.split("\ndata: ").skip(1).map(|rest| rest.split('\n').next().unwrap()) {
        assert!(body.contains(row), "{row}: {body}");
    }
    // Whoever has had some of it goes on behind that.
    let mut stream = listen(&app, &address, "Last-Event-ID: 2\r\n").await;
    let told = read_until(&mut stream, String::new(), ROW, 1).await;
    assert_eq!(rows(&told), ["4"]);
}

#[actix_web::test]
async fn what_pages_link_to_is_open_to_their_session() {
    let access = Access { token: Some("s3cret".to_owned()), address: None };
    let app = TestApp::configured(Source::None, |config| config, access).await;
    app.act("DescribeSnapshots&RegionId=cn-hangzhou").await;
    let login = app.request(Method::POST, "/_mock/console/login").header("origin", format!("http://{}", app.address));
    let cookie = app.send(login.body("token=s3cret")).await.header("set-cookie").split(';').next().unwrap().to_owned();
    for path in ["json", "json?format=har", "1/explanation", "1"] {
        let path = format!("/_mock/console/s/default/requests/{path}");
        assert_eq!(app.send(app.request(Method::GET, &path).header("cookie", &cookie)).await.status, 200, "{path}");
        assert_eq!(app.send(app.request(Method::GET, &path)).await.status, 303, "{path}");
    }
    let mut stream = listen(&app, "/s/default/requests/stream", "").await;
    assert!(read_until(&mut stream, String::new(), HEAD, 1).await.starts_with("HTTP/1.1 303"));
    let mut stream = listen(&app, "/s/default/requests/stream", &format!("Cookie: {cookie}\r\n")).await;
    assert!(read_until(&mut stream, String::new(), HEAD, 1).await.starts_with("HTTP/1.1 200"));
}

#[actix_web::test]
async fn a_journal_is_emptied_and_its_numbers_go_on() {
    let app = TestApp::empty().await;
    app.act("DescribeRegions").await;
    assert_eq!(led(&post(&app, "/s/default/requests/delete", &[]).await), "/s/default/requests");
    let body = page(&app, "/s/default/requests").await;
    assert_eq!((rows(&body).len(), text(&body, "caption").as_str()), (0, "Requests: None of 0"));
    app.act("DescribeRegions").await;
    assert_eq!(rows(&page(&app, "/s/default/requests").await), ["2"]);
}

#[actix_web::test]
async fn a_page_of_fifty_is_small_and_nothing_in_it_is_more_than_text() {
    let app = TestApp::empty().await;
    let hostile = "\"><script>alert(1)</script>";
    let query = percent_encoded(hostile);
    app.get(&format!("Action={query}&{query}={query}&AccessKeyId={query}")).await;
    for path in ["/s/default/requests", "/s/default/requests/1", &format!("/s/default/requests/1?id={query}")] {
        let body = page(&app, path).await;
        assert!(!body.contains("<script>") && !body.contains("\"><script"), "{path}: {body}");
        assert!(body.contains("&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;"), "{path}");
    }
    for _ in 0..60 {
        app.act("DescribeAutoSnapshotPolicyEx&RegionId=cn-hangzhou&AccessKeyId=testid").await;
    }
    let body = page(&app, "/s/default/requests").await;
    assert_eq!(rows(&body).len(), 50);
    assert!(body.len() < 60_000, "{} bytes", body.len());
}

#[actix_web::test]
async fn without_journals_the_page_says_so() {
    let configured = |config| ecs_mock::app::Config { journal_memory: 0, ..config };
    let app = TestApp::configured(Source::None, configured, Access::default()).await;
    let reply = open(&app, "/s/default/requests").await;
    assert_eq!((reply.status, text(&reply.body, "h1").as_str()), (409, "Conflict"));
    assert!(reply.body.contains("--journal-memory"), "{}", reply.body);
}

#[actix_web::test]
async fn what_policies_made_has_no_action_and_no_answer() {
    let app = TestApp::seeded(
        "{Disks: [{DiskId: d-1}], AutoSnapshotPolicies: [{AutoSnapshotPolicyId: sp-1, TimePoints: [0],
          RepeatWeekdays: [1, 2, 3, 4, 5, 6, 7], DiskIds: [d-1]}]}",
    )
    .await;
    app.clock.run(86_400);
    app.act("DescribeSnapshots&RegionId=cn-hangzhou").await;
    let body = page(&app, "/s/default/requests").await;
    assert_eq!(rows(&body), ["2", "1"]);
    let row = body.split("<tr data-id=\"1\">").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("<td>catch-up</td><td></td>") && !row.contains("no answer"), "{row}");
    assert_eq!(row.matches("<a ").count(), 1, "to its page, and to nothing that has no name: {row}");
    let entry = page(&app, "/s/default/requests/1").await;
    assert!(entry.contains("<caption>Changes</caption>") && !entry.contains("Explanation"), "{entry}");
}
