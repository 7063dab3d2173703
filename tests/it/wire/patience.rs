//! How long connections wait for their clients, and how many of them.

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
use tokio::net::{TcpSocket, TcpStream};

use super::connections::{LIVE, answers};
use crate::support::TestApp;

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
async fn the_rest_of_a_body_that_nobody_reads_is_not_read_for_ever() {
    // Longer than anything else keeps the client from sending.
    let app = TestApp::crowded(ConnectionLimits { head: Duration::from_secs(1), ..short() }).await;
    let mut client = TcpStream::connect(app.address).await.unwrap();
    client.write_all(b"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
    let mut status = [0; 12];
    client.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 404");
    let chunk = format!("1000\r\n{}\r\n", "a".repeat(0x1000));
    let go_on = async { while client.write_all(chunk.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(20), go_on).await.expect("the connection is closed");
}

#[actix_web::test]
async fn whoever_takes_an_answer_in_drops_gives_way_to_a_client_that_speaks() {
    let hour = Duration::from_hours(1);
    let app = TestApp::crowded(ConnectionLimits { connections: 16, head: hour, answer: hour, keep_alive: hour }).await;
    let state = json!({"Snapshots": vec![json!({"Description": "x".repeat(500_000)}); 6]});
    assert_eq!(app.control("PUT", "/sandboxes/default/state", state).await.status, 200);
    let everybody = async {
        let mut takers = Vec::new();
        for _ in 0..24 {
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_recv_buffer_size(4_096).unwrap();
            let mut taker = socket.connect(app.address).await.unwrap();
            taker
                .write_all(b"GET /_mock/v1/sandboxes/default/state HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .await
                .unwrap();
            taker.read_exact(&mut [0; 12]).await.unwrap();
            takers.push(taker);
        }
        assert_eq!(answers(&app.raw(LIVE.as_bytes()).await, &["GET"])[0].0, 200);
    };
    tokio::time::timeout(Duration::from_mins(1), everybody).await.expect("there is room for each");
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
        // The answer to a request that came with the beginning shows that the server has read both.
        stream.write_all(format!("{}{beginning}", LIVE.replace("close", "keep-alive")).as_bytes()).await.unwrap();
        assert_eq!(next_answer(&mut stream).await.0, 200);
        silent.push(stream);
    }
    assert_eq!(answers(&app.raw(LIVE.as_bytes()).await, &["GET"])[0].0, 200);
    let (status, body) = next_answer(&mut silent[0]).await;
    assert!(status == 408 && body.contains("RequestTimeout"), "{body}");
    let (status, body) = next_answer(&mut silent[1]).await;
    assert!(status == 400 && body.contains("InvalidParameter.Format"), "{body}");
}

/// Status and body of the next answer on a connection that may go on.
async fn next_answer(stream: &mut TcpStream) -> (u16, String) {
    let mut answer = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse::<usize>();
            if body.len() == length.unwrap() {
                return (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned());
            }
        }
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "the connection ends with {answer:?}");
    }
}

/// The answer to a request whose body stops in the middle, or goes on with a byte from time to time, and how many seconds the
/// server waited for the rest. The clock goes on by itself while everybody waits.
async fn answered<S, B>(service: &S, request: test::TestRequest, every: Option<Duration>) -> (u16, String, u64)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let (mut sender, payload) = actix_http::h1::Payload::create(false);
    sender.feed_data(Bytes::from_static(b"{"));
    let (request, _) = request.to_request().replace_payload(actix_web::dev::Payload::H1 { payload });
    let sending = actix_web::rt::spawn(async move {
        while let Some(pause) = every {
            tokio::time::sleep(pause).await;
            sender.feed_data(Bytes::from_static(b" "));
        }
        // Whoever drops it says that the body is over.
        std::future::pending::<()>().await;
        drop(sender);
    });
    let begun = tokio::time::Instant::now();
    let response = test::call_service(service, request).await;
    let (status, seconds) = (response.status().as_u16(), begun.elapsed().as_secs());
    sending.abort();
    (status, String::from_utf8(test::read_body(response).await.to_vec()).unwrap(), seconds)
}

#[actix_web::test]
async fn a_body_that_stops_or_takes_too_long_is_refused() {
    let config = Config::new(":memory:".into(), Source::None);
    let startup = Data::new(Startup::new(config.ids.clone()));
    startup.finish(ecs_mock::app::App::open(config).await.unwrap());
    let app = App::new().app_data(startup).default_service(web::to(wire::answer));
    let service = test::init_service(app.service(web::scope("/_mock/v1").configure(routes::configure))).await;
    // What the first request of a journal has to write is written before time is nobody's but the test's.
    test::call_service(&service, test::TestRequest::get().uri("/?Format=JSON").to_request()).await;
    tokio::time::pause();
    let every = Some(Duration::from_secs(7));
    for (request, code, pause, whole) in [
        (|| test::TestRequest::post().uri("/?Format=JSON"), (400, "\"Code\":\"InvalidParameter.Format\""), 10, 60),
        (|| test::TestRequest::post().uri("/_mock/v1/sandboxes"), (408, "the body does not come"), 10, 60),
        // As long as an upload may take.
        (|| test::TestRequest::put().uri("/_mock/v1/sandboxes/default/state"), (408, ""), 30, 1_800),
    ] as [(fn() -> test::TestRequest, _, _, _); 3]
    {
        for (every, patience) in [(None, pause), (every, whole)] {
            let (status, body, seconds) = answered(&service, request(), every).await;
            assert_eq!((status, seconds), (code.0, patience), "{body}");
            assert!(body.contains(code.1), "{body}");
        }
    }
}
