//! What has become of planned faults lasts, is of one sandbox, and never says less than has happened.

use std::path::Path;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{counts, plan};
use crate::support::{Process, TestApp};

const CALL: &str = "Action=DescribeRegions&Format=JSON";

async fn statuses(app: &TestApp, count: usize) -> Vec<u16> {
    join_all((0..count).map(|_| app.get(CALL))).await.iter().map(|reply| reply.status).collect()
}

#[actix_web::test]
async fn of_many_requests_at_once_no_more_are_hit_than_are_to_be() {
    let app = TestApp::empty().await;
    let more = json!({"Name": "few", "After": 4, "Times": 3});
    plan(&app, json!({"Action": "DescribeRegions"}), json!({"Code": "InternalError"}), more).await;
    let hit = statuses(&app, 50).await.iter().filter(|status| **status == 500).count();
    assert_eq!(hit, 3);
    assert_eq!(counts(&app, "default").await, [("few".to_owned(), 7, 3, true)]);
}

/// What a server says of its planned faults, and how it answers a call.
fn seen(server: &Process) -> (i64, i64, u16) {
    let list: Value = serde_json::from_str(&server.get("/_mock/v1/sandboxes/default/faults")).unwrap();
    let fault = &list["Faults"][0];
    (fault["Matches"].as_i64().unwrap(), fault["Hits"].as_i64().unwrap(), called(server))
}

fn called(server: &Process) -> u16 {
    let call = ureq::get(format!("http://{}/?{CALL}", server.address));
    call.config().http_status_as_error(false).build().call().unwrap().status().as_u16()
}

fn start(folder: &Path) -> Process {
    Process::start(folder, &["--database", "x.db", "--seed", "none"])
}

#[test]
fn a_restart_keeps_the_counts_however_the_server_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = start(folder.path());
    let plan =
        json!({"Match": {"Action": "DescribeRegions"}, "After": 1, "Times": 3, "Effect": {"Code": "InternalError"}});
    server.post("/_mock/v1/sandboxes/default/faults", &plan.to_string());
    assert_eq!(seen(&server), (0, 0, 200));
    assert_eq!(seen(&server), (1, 0, 500));
    for (signal, expected) in [("-KILL", (2, 1, 500)), ("-TERM", (3, 2, 500)), ("-KILL", (4, 3, 200))] {
        server.signal(signal);
        server.end();
        server = start(folder.path());
        assert_eq!(seen(&server), expected, "after {signal}");
    }
    assert_eq!(seen(&server), (4, 3, 200));
}

#[actix_web::test]
async fn a_checkpoint_holds_the_list_and_a_restore_brings_the_counts_back() {
    let app = TestApp::empty().await;
    let matching = json!({"Action": "DescribeRegions"});
    let effect = json!({"Code": "InternalError"});
    plan(&app, matching.clone(), effect.clone(), json!({"Name": "b", "Times": 2})).await;
    plan(&app, matching.clone(), effect, json!({"Name": "a", "Times": 2, "Probability": 0.25, "Seed": 3})).await;
    assert_eq!(app.get(CALL).await.status, 500);
    app.arrange("PUT", "/checkpoints/one", Value::Null).await;
    let saved = app.arrange("GET", "/faults", Value::Null).await;
    let after = async || {
        let mut statuses = Vec::new();
        for _ in 0..12 {
            statuses.push(app.get(CALL).await.status);
        }
        statuses
    };
    let first = after().await;
    assert!(first.contains(&200) && first.contains(&500));
    plan(&app, matching, json!({"Throttling": {}}), json!({"Name": "late"})).await;
    app.arrange("DELETE", "/faults/b", Value::Null).await;

    app.arrange("POST", "/checkpoints/one/restore", Value::Null).await;
    assert_eq!(app.arrange("GET", "/faults", Value::Null).await, saved, "in their order, with their counts");
    assert_eq!(after().await, first, "the same requests meet the same again");
    app.arrange("POST", "/reset?to=one", Value::Null).await;
    assert!(counts(&app, "default").await.is_empty(), "a reset leaves none, to whatever it is");
    assert_eq!(after().await, [200; 12]);
    app.arrange("POST", "/checkpoints/one/restore", Value::Null).await;
    assert_eq!(after().await, first);
    // What was planned since is no part of what was saved, and a plan after a restore comes last.
    plan(&app, json!({"Action": "DescribeDisks"}), json!({"Throttling": {}}), json!({})).await;
    let names: Vec<String> = counts(&app, "default").await.into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["b", "a", "fault-1"]);
}

#[actix_web::test]
async fn a_checkpoint_without_faults_brings_none_back_and_one_that_is_saved_again_holds_the_new() {
    let app = TestApp::empty().await;
    app.arrange("PUT", "/checkpoints/one", Value::Null).await;
    plan(&app, json!({"Action": "DescribeRegions"}), json!({"Throttling": {}}), json!({})).await;
    app.arrange("POST", "/checkpoints/one/restore", Value::Null).await;
    assert_eq!(app.get(CALL).await.status, 200);
    assert!(counts(&app, "default").await.is_empty());
    plan(&app, json!({"Action": "DescribeRegions"}), json!({"Throttling": {}}), json!({})).await;
    app.arrange("PUT", "/checkpoints/one", Value::Null).await;
    app.arrange("DELETE", "/faults", Value::Null).await;
    app.arrange("POST", "/checkpoints/one/restore", Value::Null).await;
    assert_eq!(app.get(CALL).await.status, 400);
}

#[actix_web::test]
async fn a_reset_removes_all_a_fork_has_none_and_a_new_state_keeps_them() {
    let app = TestApp::empty().await;
    let plan_one = async || {
        plan(&app, json!({"Action": "DescribeRegions"}), json!({"Throttling": {}}), json!({})).await;
    };
    plan_one().await;
    app.arrange("PUT", "/state", json!({"Snapshots": [{"SnapshotId": "s-1"}]})).await;
    app.arrange("POST", "/state", json!({"Snapshots": [{"SnapshotId": "s-2"}]})).await;
    assert_eq!(app.get(CALL).await.status, 400);
    app.arrange("PUT", "/checkpoints/one", Value::Null).await;
    for (name, from) in
        [("fork", json!({"Sandbox": "default"})), ("old", json!({"Sandbox": "default", "Checkpoint": "one"}))]
    {
        let made = app.control("POST", "/sandboxes", json!({"Name": name, "From": from})).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert!(counts(&app, name).await.is_empty(), "{name}");
        assert_eq!(app.get(&format!("{CALL}&AccessKeyId={name}")).await.status, 200);
    }
    for to in ["empty", "seed"] {
        app.arrange("POST", &format!("/reset?to={to}"), Value::Null).await;
        assert!(counts(&app, "default").await.is_empty());
        assert_eq!(app.get(CALL).await.status, 200, "{to}");
        plan_one().await;
        assert_eq!(app.get(CALL).await.status, 400);
    }
}

#[actix_web::test]
async fn two_sandboxes_never_meet_each_others() {
    let app = TestApp::empty().await;
    for name in ["a", "b"] {
        app.sandbox(name, json!("empty")).await;
        let plan = json!({"Name": "same", "Match": {"Action": "*"}, "Effect": {"Code": "InternalError"},
            "Times": if name == "a" { 2 } else { 5 }});
        assert_eq!(app.control("POST", &format!("/sandboxes/{name}/faults"), plan).await.status, 201);
    }
    let all = async |key: &str| {
        let query = format!("{CALL}&AccessKeyId={key}");
        join_all((0..10).map(|_| app.get(&query))).await.iter().map(|reply| reply.status).collect::<Vec<_>>()
    };
    let (of_a, of_b, of_default) = tokio::join!(all("a"), all("b"), all("testid"));
    let hit = |statuses: &[u16]| statuses.iter().filter(|status| **status == 500).count();
    assert_eq!((hit(&of_a), hit(&of_b), hit(&of_default)), (2, 5, 0));
    assert_eq!(counts(&app, "a").await, [("same".to_owned(), 2, 2, true)]);
    app.control("DELETE", "/sandboxes/a", Value::Null).await;
    app.sandbox("a", json!("empty")).await;
    assert!(counts(&app, "a").await.is_empty(), "a new one of the same name");
    assert_eq!(counts(&app, "b").await, [("same".to_owned(), 5, 5, true)]);
}

#[actix_web::test]
async fn a_match_does_not_write_what_is_planned_again() {
    let app = TestApp::empty().await;
    let reply = json!({"Reply": {"Body": "x".repeat(256 * 1024)}});
    plan(&app, json!({"Action": "DescribeRegions"}), reply, json!({"Name": "x", "After": 1})).await;
    let other = rusqlite::Connection::open(app.app().store.path()).unwrap();
    let trigger = "CREATE TRIGGER no BEFORE UPDATE ON planned_fault BEGIN SELECT RAISE(ABORT, 'no'); END";
    other.execute_batch(trigger).unwrap();
    assert_eq!([app.get(CALL).await.body.len() < 100_000, app.get(CALL).await.body.len() > 200_000], [true; 2]);
    assert_eq!(counts(&app, "default").await, [("x".to_owned(), 2, 1, false)]);
}

#[actix_web::test]
async fn what_cannot_be_written_down_has_no_effect_and_the_request_is_refused() {
    let app = TestApp::empty().await;
    plan(&app, json!({"Action": "DescribeRegions"}), json!({"Throttling": {}}), json!({"Name": "x", "Times": 1})).await;
    let other = rusqlite::Connection::open(app.app().store.path()).unwrap();
    let trigger = "CREATE TRIGGER no BEFORE UPDATE ON planned_fault_count BEGIN SELECT RAISE(ABORT, 'no'); END";
    other.execute_batch(trigger).unwrap();
    let reply = app.get(CALL).await;
    assert_eq!((reply.status, reply.fault().code.as_str()), (503, "ServiceUnavailable"));
    assert_eq!(reply.headers.get("x-ecs-mock-fault"), None);
    assert_eq!(counts(&app, "default").await, [("x".to_owned(), 0, 0, false)]);
    assert_eq!(app.get("Action=DescribeDisks&RegionId=cn-hangzhou&Format=JSON").await.status, 200);
    other.execute_batch("DROP TRIGGER no").unwrap();
    assert_eq!(app.get(CALL).await.status, 400);
    assert_eq!(app.get(CALL).await.status, 200);
}
