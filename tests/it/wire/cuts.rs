//! Answers whose connection is made to fail, as a client sees it at its socket.

use std::io::ErrorKind;
use std::time::Duration;

use ecs_mock::server::ConnectionLimits;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::connections::{LIVE, answers};
use crate::support::TestApp;

/// Finds nothing: a short answer.
const SHORT: &str = "GET /?Action=DescribeSnapshots&RegionId=cn-shanghai&Format=JSON HTTP/1.1\r\nHost: x\r\n\r\n";

/// Finds a hundred snapshots: a long answer.
const LONG: &str =
    "GET /?Action=DescribeSnapshots&RegionId=cn-hangzhou&PageSize=100&Format=JSON HTTP/1.1\r\nHost: x\r\n\r\n";

/// Plans what becomes of the answers to DescribeSnapshots, which are those that there are without it.
async fn plan(app: &TestApp, connection: &str, times: u32) {
    let effect = json!({"Connection": connection});
    let fault = json!({"Match": {"Action": "DescribeSnapshots"}, "Times": times, "When": "after", "Effect": effect});
    app.arrange("POST", "/faults", fault).await;
}

/// A connection on which these bytes were sent.
async fn send(app: &TestApp, requests: &str) -> TcpStream {
    let mut client = TcpStream::connect(app.address).await.unwrap();
    client.write_all(requests.as_bytes()).await.unwrap();
    client
}

/// Room for all that is there to be read at once.
fn room() -> Vec<u8> {
    Vec::with_capacity(1_000_000)
}

/// Length of the head, and what it announces of the body, of an answer that has begun; none while the head is to come.
fn announced(answer: &[u8]) -> Option<(usize, usize)> {
    let (head, _) = str::from_utf8(answer).unwrap().split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    Some((head.len() + 4, length.parse().unwrap()))
}

#[actix_web::test]
async fn a_reset_gives_the_client_no_byte_and_an_error() {
    let app = TestApp::spawn().await;
    plan(&app, "reset", 1).await;
    let mut client = send(&app, SHORT).await;
    let mut answer = Vec::new();
    let error = client.read_to_end(&mut answer).await.unwrap_err();
    assert_eq!((error.kind(), answer.len()), (ErrorKind::ConnectionReset, 0));
    assert!(app.raw(SHORT.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).await.contains("200 OK"));
}

#[actix_web::test]
async fn what_was_answered_before_a_reset_has_come() {
    let app = TestApp::spawn().await;
    plan(&app, "reset", 1).await;
    let mut client = send(&app, &LIVE.replace("close", "keep-alive")).await;
    let mut answer = vec![0; 4_096];
    let length = client.read(&mut answer).await.unwrap();
    assert_eq!(answers(str::from_utf8(&answer[..length]).unwrap(), &["GET"])[0].0, 200);
    client.write_all(SHORT.as_bytes()).await.unwrap();
    assert_eq!(client.read(&mut answer).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[actix_web::test]
async fn an_empty_answer_is_the_end_of_the_connection() {
    let app = TestApp::spawn().await;
    plan(&app, "empty", 1).await;
    let mut client = send(&app, SHORT).await;
    let mut answer = Vec::new();
    assert_eq!(client.read_to_end(&mut answer).await.unwrap(), 0);
}

#[actix_web::test]
async fn half_of_the_body_comes_of_a_truncated_answer() {
    let app = TestApp::spawn().await;
    for request in [SHORT, LONG] {
        let whole = app.raw(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).await;
        let (_, length) = announced(whole.as_bytes()).unwrap();
        plan(&app, "truncate", 1).await;
        let mut client = send(&app, request).await;
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        let head = announced(&answer).map(|(head, announced)| {
            assert_eq!(announced, length);
            head
        });
        assert_eq!(answer.len() - head.unwrap(), length / 2);
    }
}

#[actix_web::test]
async fn nothing_behind_an_answer_that_is_cut_off_is_answered_or_done() {
    let app = TestApp::empty().await;
    let state = json!({"RegionId": "cn-hangzhou", "Instances": [{"InstanceId": "i-1"}],
        "Disks": [{"DiskId": "d-1", "InstanceId": "i-1"}]});
    app.arrange("PUT", "/state", state).await;
    let create = "GET /?Action=CreateSnapshot&DiskId=d-1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    for connection in ["reset", "empty", "truncate"] {
        plan(&app, connection, 1).await;
        let mut client = send(&app, &format!("{SHORT}{create}")).await;
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(answer.matches("HTTP/1.1 ").count(), usize::from(connection == "truncate"), "{answer}");
        assert!(app.ids("").await.is_empty(), "behind {connection}");
    }
    // The same two requests do make one, where nothing is planned.
    assert_eq!(app.raw(format!("{SHORT}{create}").as_bytes()).await.matches("HTTP/1.1 200 ").count(), 2);
    assert_eq!(app.ids("").await.len(), 1);
}

#[actix_web::test]
async fn all_of_a_dribbling_answer_comes_while_others_are_answered_and_the_next_one_comes_at_once() {
    let app = TestApp::spawn().await;
    plan(&app, "dribble", 1).await;
    let mut client = send(&app, SHORT).await;
    let mut answer = room();
    client.read_buf(&mut answer).await.unwrap();
    assert!(answer.len().is_multiple_of(16) && announced(&answer).is_none(), "{} bytes at once", answer.len());

    let whole = async {
        loop {
            match announced(&answer) {
                Some((head, body)) if answer.len() == head + body => break,
                _ => assert!(client.read_buf(&mut answer).await.unwrap() > 0),
            }
        }
    };
    let mut whole = std::pin::pin!(whole);
    tokio::select! {
        biased;
        () = &mut whole => panic!("the dribble was over first"),
        _ = app.act("DescribeRegions") => {}
    }
    whole.await;
    let (status, head, body) = answers(str::from_utf8(&answer).unwrap(), &["GET"]).remove(0);
    assert!(status == 200 && head.contains("x-ecs-mock-fault: fault-1"), "{head}");
    assert!(body.contains("\"TotalCount\":0") && body.ends_with('}'), "{body}");

    client.write_all(SHORT.as_bytes()).await.unwrap();
    let mut next = room();
    client.read_buf(&mut next).await.unwrap();
    assert!(announced(&next).is_some(), "{} bytes at first", next.len());
}

#[actix_web::test]
async fn a_long_answer_dribbles_in_larger_pieces_and_a_client_that_goes_away_ends_it() {
    let hour = Duration::from_hours(1);
    let app = TestApp::crowded(ConnectionLimits { connections: 16, head: hour, answer: hour, keep_alive: hour }).await;
    let snapshots = vec![json!({"Description": "x".repeat(2_000)}); 100];
    app.arrange("PUT", "/state", json!({"RegionId": "cn-hangzhou", "Snapshots": snapshots})).await;
    plan(&app, "dribble", 16).await;
    for _ in 0..16 {
        let mut client = send(&app, LONG).await;
        let mut answer = room();
        while announced(&answer).is_none() {
            client.read_buf(&mut answer).await.unwrap();
        }
        let (head, body) = announced(&answer).unwrap();
        let piece = (head + body).div_ceil(600);
        assert!(
            piece > 300 && answer.len().is_multiple_of(piece) && answer.len() < head + body,
            "{} of {body}",
            answer.len()
        );
    }
    // As many as there may be would have half a minute to go, if they did.
    let next = tokio::time::timeout(Duration::from_secs(15), app.raw(LIVE.as_bytes())).await.expect("there is room");
    assert_eq!(answers(&next, &["GET"])[0].0, 200);
}
