//! Which bytes of a connection are one request, and what is answered to those that are none.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::TestApp;

pub const LIVE: &str = "GET /_mock/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// Status, headers and body of each answer in what a connection gave. A HEAD's has none, whatever its length says.
pub fn answers(bytes: &str, methods: &[&str]) -> Vec<(u16, String, String)> {
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
    let too_long = format!("GET /?Format=JSON HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(131_072));
    let name = format!("GET /?Format=JSON HTTP/1.1\r\nHost: x\r\n{}: y\r\n\r\n", "X".repeat(70_000));
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
        (
            "POST /?Format=JSON HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            "MalformedRequest",
            "Transfer-Encoding",
        ),
        (
            "POST /?Format=JSON HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
            400,
            "MalformedRequest",
            "more than one Transfer-Encoding",
        ),
        (
            "POST /?Format=JSON HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            400,
            "MalformedRequest",
            "header name",
        ),
        ("POST /?Format=JSON HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "MalformedRequest", "Encoding"),
        ("POST /?Format=JSON HTTP/1.0\r\n\r\n", 400, "MalformedRequest", "Content-Length"),
        ("CONNECT /?Format=JSON HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MalformedRequest", "CONNECT"),
        (name.as_str(), 400, "MalformedRequest", "header name"),
        (long.as_str(), 431, "RequestHeaderFieldsTooLarge", "131072 bytes"),
        (too_long.as_str(), 431, "RequestHeaderFieldsTooLarge", "131072 bytes"),
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
async fn a_head_may_be_as_long_as_its_limit() {
    let app = TestApp::spawn().await;
    let start = "GET /?Action=DescribeSnapshots&RegionId=cn-hangzhou HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ";
    let request = format!("{start}{}\r\n\r\n", "a".repeat(131_072 - start.len() - 4));
    assert_eq!(answers(&app.raw(request.as_bytes()).await, &["GET"])[0].0, 200);
}

#[actix_web::test]
async fn a_client_that_wants_a_tunnel_is_refused() {
    let app = TestApp::empty().await;
    let request = format!("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n{LIVE}");
    let (status, head, body) = answers(&app.raw(request.as_bytes()).await, &["CONNECT"]).remove(0);
    assert!(status == 405 && head.contains("allow: GET, POST"), "{head}");
    assert!(body.contains("<Code>UnsupportedHTTPMethod</Code>"), "{body}");
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
async fn what_is_behind_a_body_in_chunks_or_an_upgrade_is_another_request() {
    let app = TestApp::spawn().await;
    let chunked = "Content-Type: text/plain\r\nTransfer-Encoding: Chunked\r\n";
    for (method, headers, body) in [
        ("POST", chunked, "0\r\n\r\n"),
        ("POST", chunked, "5;a=b\r\nGET /\r\n00A \r\n HTTP/1.1\n\r\n0;x\r\nX: y\r\nTrailer: \r\n\r\n"),
        ("GET", "Connection: keep-alive, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n", ""),
        ("GET", "Upgrade: websocket\r\nConnection: upgrade\r\n", ""),
        ("POST", "Content-Type: text/plain\r\nContent-Length: 5\r\nUpgrade: WebSocket\r\n", "GET /"),
        ("POST", "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\nUpgrade: websocket\r\n", "0\r\n\r\n"),
    ] {
        let line = "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON HTTP/1.1\r\nHost: x\r\n";
        let first = format!("{method} {line}{headers}\r\n{body}");
        let requests = format!("{first}HEAD {line}\r\n{first}GET {line}Connection: close\r\n\r\n");
        let methods = [method, "HEAD", method, "GET"];
        for answer in [app.raw(requests.as_bytes()).await, bytewise(&app, &requests).await] {
            for (method, (status, head, body)) in methods.iter().zip(answers(&answer, &methods)) {
                match *method {
                    "HEAD" => assert_eq!((status, body.as_str()), (405, "")),
                    _ => assert!(status == 200 && body.contains("\"TotalCount\":36"), "{first}: {body}"),
                }
                assert!(!head.contains("upgrade"), "{head}");
            }
        }
    }
}

/// What comes back on a request that comes a byte at a time.
async fn bytewise(app: &TestApp, request: &str) -> String {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in request.bytes() {
        stream.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[actix_web::test]
async fn behind_the_last_request_of_a_connection_nothing_is_answered() {
    let app = TestApp::empty().await;
    for request in [
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        // Answered before the body is read.
        "POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n",
    ] {
        let answer = app.raw(format!("{request}{LIVE}").as_bytes()).await;
        let (status, head, _) = answers(&answer, &["POST"]).remove(0);
        assert!(status >= 400, "{request}: {head}");
    }
}

#[actix_web::test]
async fn a_body_that_is_none_is_refused_and_nothing_behind_it_is_answered() {
    let app = TestApp::empty().await;
    let long = format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(5_000));
    let trailers = format!("0\r\n{}\r\n", "X: y\r\n".repeat(20_000));
    for body in [
        "\r\n",
        "zz\r\n",
        "-1\r\na\r\n0\r\n\r\n",
        "+1\r\na\r\n0\r\n\r\n",
        "0x1\r\na\r\n0\r\n\r\n",
        "1 1\r\na\r\n0\r\n\r\n",
        "1ffffffffffffffff\r\na\r\n0\r\n\r\n",
        "1\na\r\n0\r\n\r\n",
        "1;\ra\r\nb\r\n0\r\n\r\n",
        "1\r\nab\r\n0\r\n\r\n",
        "1\r\na0\r\n\r\n",
        "1\r\na\r\n0\r\n X: y\r\n\r\n",
        "1\r\na\r\n0\r\nX\r\n\r\n",
        long.as_str(),
        trailers.as_str(),
    ] {
        for (path, says) in [("/?Format=JSON", "InvalidParameter.Format"), ("/_mock/v1/sandboxes", "breaks off")] {
            let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            let (status, head, answer) =
                answers(&app.raw(format!("{head}{body}{LIVE}").as_bytes()).await, &["POST"]).remove(0);
            assert!(status == 400 && head.contains("connection: close"), "{body:.40?}: {head}");
            assert!(answer.contains(says), "{body:.40?}: {answer}");
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
