//! What comes on a connection that is no request, and how long and how many of them wait for their clients.

use std::time::Duration;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, test};
use ecs_mock::admin::routes;
use ecs_mock::app::{Config, Startup};
use ecs_mock::seed::Source;
use ecs_mock::server::ConnectionLimits;
use ecs_mock::wire;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::TestApp;

const LIVE: &str = "GET /_mock/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// Status, headers and body of each answer in what a connection gave. A HEAD's has none, whatever its length says.
fn answers(bytes: &str, methods: &[&str]) -> Vec<(u16, String, String)> {
    let mut rest = bytes;
    let mut answers = Vec::new();
    for method in methods {
        let (head, behind) = rest.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {method}: {rest}"));
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map(str::parse::<usize>);
        let length = if *method == "HEAD" { 0 } else { length.unwrap().unwrap() };
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        answers.push((status, head.to_owned(), behind[..length].to_owned()));
        rest = &behind[length..];
    }
    assert_eq!(rest, "", "behind the answers to {methods:?}");
    answers
}

#[actix_web::test]
async fn what_is_no_request_is_refused_in_the_form_of_its_plane() {
    let app = TestApp::empty().await;
    let long = format!("GET /?Format=JSON HTTP/1.1\r\nHost: x\r\nX: {}", "a".repeat(131_072));
    for (request, status, code, about) in [
        ("GET /?Format=JSON&SnapshotName=\u{1} HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MalformedRequest", "invalid token"),
        ("GET /?Format=JSON&SnapshotName=caf\u{e9} HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MalformedRequest", "invalid"),
        ("GET /?Format=JSON HTTP/1.1\r\n\r\n", 400, "MalformedRequest", "there is no Host"),
        ("GET /?Format=JSON HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "MalformedRequest", "more than one Host"),
        (
            "POST /?Format=JSON HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            400,
            "MalformedRequest",
            "more than one Content-Length",
        ),
        (
            "POST /?Format=JSON HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na",
            400,
            "MalformedRequest",
            "Content-Length is no number",
        ),
        (
            "POST /?Format=JSON HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            400,
            "MalformedRequest",
            "Transfer-Encoding",
        ),
        (long.as_str(), 431, "RequestHeaderFieldsTooLarge", "131072 bytes"),
    ] {
        let answer = app.raw(request.as_bytes()).await;
        let (got, head, body) = answers(&answer, &["GET"]).remove(0);
        assert_eq!(got, status, "{answer}");
        assert!(head.contains("x-acs-request-id: ") && head.contains("connection: close"), "{head}");
        assert!(body.contains(&format!("\"Code\":\"{code}\"")) && body.contains(about), "{about}: {body}");
        let xml = answers(&app.raw(request.replace("Format=JSON", "Format=XML").as_bytes()).await, &["GET"]).remove(0);
        assert!(xml.2.contains(&format!("<Code>{code}</Code>")), "{}", xml.2);
        let control = request.replacen("/?", "/_mock/v1/sandboxes?", 1);
        let (got, head, body) = answers(&app.raw(control.as_bytes()).await, &["GET"]).remove(0);
        assert_eq!(got, status);
        assert!(head.contains("content-type: application/problem+json") && body.contains(about), "{head} {body}");
    }
}

#[actix_web::test]
async fn a_client_that_speaks_tls_is_let_go() {
    let app = TestApp::empty().await;
    assert_eq!(app.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await, "");
}

#[actix_web::test]
async fn requests_that_come_together_are_answered_each_as_its_method_wants() {
    let app = TestApp::spawn().await;
    let path = "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";
    let orders: &[&[&str]] = &[
        &["HEAD", "GET", "HEAD", "GET"],
        &["GET", "HEAD", "GET"],
        &["GET", "POST", "HEAD", "POST", "GET"],
        &["HEAD", "HEAD"],
    ];
    for methods in orders {
        let request = |(index, method): (usize, &&str)| {
            let connection = if index + 1 == methods.len() { "Connection: close\r\n" } else { "" };
            let body = if *method == "POST" { "GET / HTTP/1.1\r\n\r\n" } else { "" };
            let length = body.len();
            format!(
                "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\
                 {connection}\r\n{body}"
            )
        };
        let all: String = methods.iter().enumerate().map(request).collect();
        for (method, (status, _, body)) in methods.iter().zip(answers(&app.raw(all.as_bytes()).await, methods)) {
            match *method {
                "HEAD" => assert_eq!((status, body.as_str()), (405, "")),
                _ => assert!(status == 200 && body.contains("\"TotalCount\":36"), "{method} of {methods:?}: {body}"),
            }
        }
    }
}

#[actix_web::test]
async fn requests_are_answered_whose_client_says_that_there_are_no_more() {
    let app = TestApp::empty().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3).as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let answers = answers(&answer, &["HEAD"; 3]);
    assert!(answers.iter().all(|(status, head, _)| *status == 405 && head.contains("allow: GET, POST")), "{answers:?}");
}

#[actix_web::test]
async fn health_is_asked_by_head_as_well() {
    let app = TestApp::empty().await;
    for path in ["/_mock/health/live", "/_mock/health/ready"] {
        let request = format!("HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let (status, head, _) = answers(&app.raw(request.as_bytes()).await, &["HEAD"]).remove(0);
        assert!(status == 200 && head.contains("content-length: "), "{head}");
    }
}

/// Limits whose ends a test can wait for.
fn short() -> ConnectionLimits {
    let patience = Duration::from_millis(20);
    ConnectionLimits { connections: 1_000, head: patience, answer: patience, keep_alive: patience }
}

#[actix_web::test]
async fn a_head_that_does_not_come_in_time_is_answered_with_408_on_both_planes() {
    let app = TestApp::crowded(short()).await;
    let answer = app.raw(b"GET /?Format=JSON HTTP/1.1\r\nHost: x\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"Code\":\"RequestTimeout\""), "{answer}");
    let answer = app.raw(b"GET /_mock/v1/sandboxes HTTP/1.1\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("application/problem+json"), "{answer}");
    // The second request of a connection has no more time than the first.
    let answer = app.raw(format!("{}GET /?Format", LIVE.replace("close", "keep-alive")).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("HTTP/1.1 408 "), "{answer}");
    assert_eq!(app.raw(b"").await, "", "who says nothing is told nothing");
}

#[actix_web::test]
async fn a_connection_is_kept_for_a_while_and_then_closed() {
    let app = TestApp::crowded(short()).await;
    let answer = app.raw(LIVE.replace("close", "keep-alive").as_bytes()).await;
    assert_eq!(answers(&answer, &["GET"])[0].0, 200);
}

#[actix_web::test]
async fn a_client_that_reads_nothing_of_its_answer_is_let_go() {
    let app = TestApp::crowded(short()).await;
    // More than the buffers of a connection hold.
    let snapshots = vec![json!({"Description": "x".repeat(500_000)}); 40];
    let state = json!({"Snapshots": snapshots});
    assert_eq!(app.control("PUT", "/sandboxes/default/state", state).await.status, 200);
    let mut client = TcpStream::connect(app.address).await.unwrap();
    client.write_all(b"GET /_mock/v1/sandboxes/default/state HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut bytes = [0; 1];
    client.read_exact(&mut bytes).await.unwrap();
    // Its part of the temporary files is given back, although it stays.
    let spool = app.app().spool.clone();
    let given_back = async {
        while spool.used() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), given_back).await.expect("the connection is closed");
}

#[actix_web::test]
async fn whoever_waits_longest_for_its_client_gives_way_to_a_client_that_speaks() {
    let hour = Duration::from_hours(1);
    let app = TestApp::crowded(ConnectionLimits { connections: 16, head: hour, answer: hour, keep_alive: hour }).await;
    let mut silent = Vec::new();
    for number in 0..60 {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        let beginning = match number % 3 {
            0 => "GET / HT",
            1 => "POST /?Format=JSON HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n",
            _ => "",
        };
        stream.write_all(beginning.as_bytes()).await.unwrap();
        silent.push(stream);
    }
    assert_eq!(answers(&app.raw(LIVE.as_bytes()).await, &["GET"])[0].0, 200);
    let mut answer = String::new();
    silent[0].read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    answer.clear();
    silent[1].read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("InvalidParameter.Format"), "{answer}");
}

/// The answer to a request whose body stops in the middle, and how many seconds the server waited for the rest. The clock
/// goes on by itself while everybody waits.
async fn stopped<S, B>(service: &S, request: test::TestRequest) -> (u16, String, u64)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let (mut sender, payload) = actix_http::h1::Payload::create(false);
    sender.feed_data(Bytes::from_static(b"{"));
    let (request, _) = request.to_request().replace_payload(actix_web::dev::Payload::H1 { payload });
    let begun = tokio::time::Instant::now();
    let response = test::call_service(service, request).await;
    let (status, seconds) = (response.status().as_u16(), begun.elapsed().as_secs());
    (status, String::from_utf8(test::read_body(response).await.to_vec()).unwrap(), seconds)
}

#[actix_web::test]
async fn a_body_that_stops_is_refused_after_ten_seconds_and_a_state_after_thirty() {
    let config = Config::new(":memory:".into(), Source::None);
    let startup = Data::new(Startup::new(config.ids.clone()));
    startup.finish(ecs_mock::app::App::open(config).await.unwrap());
    let app = App::new().app_data(startup).default_service(web::to(wire::answer));
    let service = test::init_service(app.service(web::scope("/_mock/v1").configure(routes::configure))).await;
    tokio::time::pause();
    let (status, body, seconds) = stopped(&service, test::TestRequest::post().uri("/?Format=JSON")).await;
    assert_eq!((status, seconds), (400, 10));
    assert!(body.contains("\"Code\":\"InvalidParameter.Format\""), "{body}");
    for (request, patience) in [
        (test::TestRequest::post().uri("/_mock/v1/sandboxes"), 10),
        (test::TestRequest::put().uri("/_mock/v1/sandboxes/default/state"), 30),
    ] {
        let (status, body, seconds) = stopped(&service, request).await;
        assert_eq!((status, seconds), (408, patience), "{body}");
    }
}
