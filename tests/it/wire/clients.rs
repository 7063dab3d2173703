//! Clients that are kept waiting, and go before there is an answer.

use std::time::Duration;

use ecs_mock::server::ConnectionLimits;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::connections::{LIVE, answers};
use super::planned::{counts, plan};
use crate::support::TestApp;

const SEED: &str = "Disks: [{DiskId: d-1}]";
const CREATE: &str = "CreateSnapshot&DiskId=d-1&ClientToken=once";

/// The longest delay that may be planned.
const LONG: i64 = 600_000;

/// A connection over which this was asked.
async fn ask(app: &TestApp, method: &str, target: &str, body: &str) -> TcpStream {
    let mut client = TcpStream::connect(app.address).await.unwrap();
    let length = body.len();
    let head = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    client.write_all(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes()).await.unwrap();
    client
}

/// Asks for a snapshot, and goes as soon as the request has met what is planned.
async fn ask_and_go(app: &TestApp, is_rude: bool) {
    let before = counts(app, "default").await[0].1;
    let client = ask(app, "GET", &format!("/?Action={CREATE}&Format=JSON"), "").await;
    while counts(app, "default").await[0].1 == before {
        tokio::task::yield_now().await;
    }
    if is_rude {
        client.set_zero_linger().unwrap();
    }
    drop(client);
}

/// The entries of what asked for snapshots, once there are so many.
async fn entries(app: &TestApp, count: usize) -> Vec<Value> {
    let asked = json!({"Action": "CreateSnapshot", "AtLeast": count, "WaitSeconds": 60});
    assert_eq!(app.arrange("POST", "/requests/verify", asked).await["Result"], "yes");
    let list = app.entry("requests?Action=CreateSnapshot").await;
    list["Requests"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn who_goes_during_a_delay_is_remembered_at_once_as_one_that_did_not_hear_its_answer() {
    for (is_rude, when) in [(false, "before"), (false, "after"), (true, "before"), (true, "after")] {
        let app = TestApp::seeded(SEED).await;
        let effect = json!({"DelayMs": LONG});
        plan(&app, json!({"Action": "CreateSnapshot"}), effect, json!({"Name": "slow", "When": when, "Times": 1}))
            .await;
        ask_and_go(&app, is_rude).await;
        let lost = &entries(&app, 1).await[0];
        assert_eq!((&lost["Status"], &lost["Fault"]), (&json!(0), &json!("slow")), "{when}");
        assert_ne!(lost["RequestId"], "", "{when}");
        // What it asked for is done all the same, as the cloud does what reaches it late.
        let made = app.ids("").await;
        assert_eq!(made.len(), 1, "{when}");
        // And its next attempt belongs to the first.
        assert_eq!(app.act(CREATE).await["SnapshotId"], made[0].as_str(), "{when}");
        let again = &entries(&app, 2).await[1];
        assert_eq!((&again["Chain"], &again["Attempt"]), (&lost["Sequence"], &json!(2)), "{when}");
    }
}

#[actix_web::test]
async fn nobody_is_kept_out_by_clients_that_are_kept_waiting() {
    let hour = Duration::from_hours(1);
    let limits = ConnectionLimits { connections: 16, head: hour, answer: hour, keep_alive: hour };
    let wait = json!({"Action": "CreateSnapshot", "WaitSeconds": 60}).to_string();
    for (method, target, body) in [
        ("GET", "/?Action=DescribeDisks&RegionId=cn-hangzhou&Format=JSON", ""),
        ("POST", "/_mock/v1/sandboxes/default/requests/verify", &wait),
        ("GET", "/_mock/v1/sandboxes/default/requests/stream", ""),
    ] {
        let app = TestApp::crowded(limits).await;
        plan(&app, json!({"Action": "DescribeDisks"}), json!({"DelayMs": LONG}), json!({})).await;
        let everybody = async {
            let mut waiting = Vec::new();
            for _ in 0..40 {
                waiting.push(ask(&app, method, target, body).await);
                assert_eq!(answers(&app.raw(LIVE.as_bytes()).await, &["GET"])[0].0, 200);
            }
            // Those that gave way for others have their answer already.
            waiting[0].read_exact(&mut [0; 12]).await.unwrap();
        };
        tokio::time::timeout(Duration::from_mins(1), everybody).await.expect("there is room for each");
    }
}

#[actix_web::test]
async fn who_has_ended_its_side_is_not_kept_waiting() {
    let app = TestApp::spawn().await;
    plan(&app, json!({"Action": "DescribeDisks"}), json!({"DelayMs": LONG}), json!({})).await;
    let mut client = ask(&app, "GET", "/?Action=DescribeDisks&RegionId=cn-hangzhou&Format=JSON", "").await;
    // It may have said all that it has to say, or be gone: its answer comes at once.
    client.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let whole = client.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_mins(1), whole).await.expect("it does not wait for the delay").unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
}
