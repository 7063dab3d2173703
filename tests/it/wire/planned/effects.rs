//! What each effect does to an answer, in place of the action and after it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::FromRequest as _;
use actix_web::test::TestRequest;
use actix_web::web::{Data, Payload};
use ecs_mock::app::{App, Config, Startup};
use ecs_mock::clock::Clock;
use ecs_mock::model::cut::Cut;
use ecs_mock::model::ids::Ids;
use ecs_mock::model::planned_fault::Plan;
use ecs_mock::seed::Source;
use ecs_mock::wire;
use serde_json::{Value, json};

use super::{counts, plan};
use crate::support::{Fault, NOW, TestApp};

const SEED: &str = "
Disks: [{DiskId: d-1}]
Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}]
";

const THROTTLED: &str = "Request was denied due to user flow control.";

#[actix_web::test]
async fn a_code_before_takes_the_place_of_the_action() {
    let app = TestApp::seeded(SEED).await;
    let effect = json!({"Code": "InvalidSnapshotId.NotFound"});
    plan(&app, json!({"Action": "DeleteSnapshot"}), effect, json!({"Name": "gone"})).await;
    let expected = Fault::new(404, "InvalidSnapshotId.NotFound", "The specified snapshot is not found.");
    assert_eq!(app.refused("DeleteSnapshot&SnapshotId=s-1").await, expected);
    assert_eq!(app.refused("DeleteSnapshot&Nonsense=1").await, expected, "ahead of the action's checks");
    assert_eq!(app.ids("").await, ["s-1", "s-2"]);
    let reply = app.get("Action=DeleteSnapshot&SnapshotId=s-1&Nonsense=1&Format=JSON").await;
    assert_eq!(reply.header("x-ecs-mock-fault"), "gone");
    assert_eq!(reply.header("x-ecs-mock-ignored"), "", "nobody has looked at its parameters");
    let untouched = app.get("Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON").await;
    assert_eq!(untouched.headers.get("x-ecs-mock-fault"), None);
    assert_eq!(counts(&app, "default").await, [("gone".to_owned(), 5, 5, false)]);
}

#[actix_web::test]
async fn a_code_after_hides_that_the_action_was_carried_out() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 0})).await;
    let effect = json!({"Code": "InternalError"});
    plan(&app, json!({"Action": "CreateSnapshot"}), effect, json!({"When": "after", "Times": 2})).await;
    let lost = app.refused("CreateSnapshot&DiskId=d-1").await;
    let text = "The request processing has failed due to some unknown error, exception or failure.";
    assert_eq!(lost, Fault::new(500, "InternalError", text));
    assert_eq!(app.ids("").await.len(), 4, "one was made in each format");
    app.act("CreateSnapshot&DiskId=d-1").await;
    assert_eq!(app.ids("").await.len(), 5);
}

#[actix_web::test]
async fn a_token_that_is_sent_again_after_a_lost_answer_makes_no_second_resource() {
    let app = TestApp::seeded(SEED).await;
    let effect = json!({"Code": "ServiceUnavailable"});
    plan(&app, json!({"Action": "CreateSnapshot"}), effect, json!({"When": "after", "Times": 1})).await;
    let call = "CreateSnapshot&DiskId=d-1&ClientToken=t";
    assert_eq!(app.get(&format!("Action={call}&Format=JSON")).await.status, 503);
    let made = app.act(call).await["SnapshotId"].as_str().unwrap().to_owned();
    assert!(app.ids("").await.contains(&made) && app.ids("").await.len() == 3);
}

#[actix_web::test]
async fn after_an_action_that_fails_the_effect_sets_in_too() {
    let app = TestApp::seeded(SEED).await;
    let effect = json!({"Throttling": {}});
    plan(&app, json!({"Action": "DeleteSnapshot"}), effect, json!({"When": "after"})).await;
    let refused = app.refused("DeleteSnapshot&SnapshotId=s-9").await;
    assert_eq!(refused, Fault::new(400, "Throttling.User", THROTTLED));
}

#[actix_web::test]
async fn any_code_can_be_made_up() {
    let app = TestApp::empty().await;
    let effect = json!({"Code": "QuotaExceed.Made-up", "Status": 429, "Message": "Too <many> & \"more\"."});
    plan(&app, json!({"Action": "DescribeRegions"}), effect, json!({})).await;
    let expected = Fault::new(429, "QuotaExceed.Made-up", "Too <many> & \"more\".");
    assert_eq!(app.refused("DescribeRegions").await, expected);
}

#[actix_web::test]
async fn throttling_says_when_to_try_again() {
    let app = TestApp::empty().await;
    let matching = json!({"Action": "DescribeRegions"});
    plan(&app, matching.clone(), json!({"Throttling": {"RetryAfterMs": 1500}}), json!({"Times": 1})).await;
    plan(&app, matching.clone(), json!({"Throttling": {}}), json!({"Times": 1})).await;
    plan(&app, matching, json!({"Throttling": {"Code": "ServiceUnavailable", "RetryAfterMs": 0}}), json!({"Times": 1}))
        .await;
    for (status, code, retry_after) in
        [(400, "Throttling.User", "1500"), (400, "Throttling.User", ""), (503, "ServiceUnavailable", "0")]
    {
        let reply = app.get("Action=DescribeRegions&Format=JSON").await;
        assert_eq!((reply.status, reply.fault().code.as_str()), (status, code));
        assert_eq!(reply.header("x-acs-retry-after"), retry_after);
        assert!(reply.header("x-ecs-mock-fault").starts_with("fault-"));
    }
    assert_eq!(app.get("Action=DescribeRegions&Format=JSON").await.status, 200);
}

#[actix_web::test]
async fn both_codes_that_clients_take_for_throttling_can_be_planned_for_any_action() {
    let app = TestApp::seeded(SEED).await;
    let of_all = "Request was denied due to request throttling.";
    for (action, status, text) in [
        ("DescribeRegions", 400, of_all),
        ("RunInstances", 400, of_all),
        // Its own table has it so.
        ("CreateSnapshot", 403, THROTTLED),
    ] {
        for effect in ["Throttling", "Quota"] {
            let mut said = json!({"Code": "Throttling", "RetryAfterMs": 20});
            if effect == "Quota" {
                (said["Limit"], said["WindowSeconds"]) = (json!(0), json!(1));
            }
            plan(&app, json!({"Action": action}), json!({effect: said}), json!({})).await;
            let reply = app.get(&format!("Action={action}&Format=JSON")).await;
            assert_eq!(reply.fault(), Fault::new(status, "Throttling", text), "{action} {effect}");
            assert_eq!(reply.header("x-acs-retry-after"), "20");
            app.arrange("DELETE", "/faults", Value::Null).await;
        }
    }
    plan(&app, json!({"Action": "DescribeRegions"}), json!({"Code": "Throttling.User"}), json!({})).await;
    assert_eq!(app.refused("DescribeRegions").await, Fault::new(400, "Throttling.User", THROTTLED));
}

#[actix_web::test]
async fn a_quota_goes_by_the_clock_of_the_sandbox() {
    let app = TestApp::empty().await;
    app.arrange("PUT", "/clock", json!({"Mode": "frozen", "Time": "2030-01-01T00:00:00Z"})).await;
    let quota = json!({"Quota": {"Limit": 2, "WindowSeconds": 60, "RetryAfterMs": 60_000}});
    plan(&app, json!({"Action": "Describe*"}), quota, json!({"Name": "q"})).await;
    let status =
        async |action: &str| app.get(&format!("Action={action}&Format=JSON&RegionId=cn-hangzhou")).await.status;
    let five = async || {
        let mut all = Vec::new();
        for action in ["DescribeDisks", "DescribeRegions", "DescribeDisks", "DescribeDisks"] {
            all.push(status(action).await);
        }
        all
    };
    assert_eq!(five().await, [200, 200, 400, 400]);
    let reply = app.get("Action=DescribeDisks&Format=JSON&RegionId=cn-hangzhou").await;
    assert_eq!(reply.fault(), Fault::new(400, "Throttling.User", THROTTLED));
    assert_eq!(reply.header("x-acs-retry-after"), "60000");
    app.clock.set(ecs_mock::model::time::Time(NOW.0 + 3_600));
    assert_eq!(status("DescribeDisks").await, 400, "the real time is of no account");
    app.arrange("POST", "/clock/advance", json!({"Seconds": 60})).await;
    assert_eq!(five().await, [200, 200, 400, 400]);
    assert_eq!(counts(&app, "default").await, [("q".to_owned(), 10, 6, false)]);
}

#[actix_web::test]
async fn a_reply_is_answered_in_both_formats_with_the_id_of_the_request() {
    let app = TestApp::empty().await;
    let body =
        json!({"InstanceIdSets": {"InstanceIdSet": ["i-1", "i-2"]}, "TradePrice": 0.165, "RequestId": "made up"});
    plan(&app, json!({"Action": "RunInstances"}), json!({"Reply": {"Body": body}}), json!({"Name": "run"})).await;
    let json_reply = app.send(app.request(reqwest::Method::GET, "/?Action=RunInstances&Format=JSON")).await;
    assert_eq!(json_reply.header("content-type"), "application/json;charset=utf-8");
    assert_eq!(json_reply.header("x-ecs-mock-fault"), "run");
    let mut expected = body;
    expected["RequestId"] = json!(json_reply.header("x-acs-request-id"));
    assert_eq!((json_reply.status, json_reply.json()), (200, expected), "an action that is not emulated, too");
    let xml_reply = app.get("Action=RunInstances&Format=XML").await;
    xml_reply.assert_says_the_same("RunInstancesResponse", &json_reply);
    assert_eq!(xml_reply.xml().child("RequestId").text, xml_reply.header("x-acs-request-id"));
    assert_eq!(app.refused("StopInstances").await.code, "UnsupportedAction.NotEmulated", "no other one");
}

#[actix_web::test]
async fn a_reply_may_be_a_text_with_any_status_and_after_the_action() {
    let app = TestApp::seeded(SEED).await;
    let reply = json!({"Reply": {"Status": 502, "Body": "<html>Bad \u{1F4A5} Gateway"}});
    plan(&app, json!({"Action": "DeleteSnapshot"}), reply, json!({"When": "after"})).await;
    for (format, id) in [("JSON", "s-1"), ("XML", "s-2")] {
        let reply = app.get(&format!("Action=DeleteSnapshot&Format={format}&SnapshotId={id}")).await;
        assert_eq!((reply.status, reply.body.as_str()), (502, "<html>Bad \u{1F4A5} Gateway"));
        assert!(!reply.header("x-acs-request-id").is_empty());
    }
    assert!(app.ids("").await.is_empty(), "both are deleted");
}

#[actix_web::test]
async fn a_delay_makes_an_answer_late_and_changes_nothing_of_it() {
    let app = TestApp::seeded(SEED).await;
    let timed = async |query: &str| {
        let begun = Instant::now();
        let reply = app.get(&format!("Action={query}&Format=JSON")).await;
        (reply, begun.elapsed())
    };
    let delay = Duration::from_millis(120);
    let (plain, _) = timed("DescribeDisks&RegionId=cn-hangzhou").await;
    for when in ["before", "after"] {
        let more = json!({"When": when, "Name": when, "Times": 1});
        plan(&app, json!({"Action": "DescribeDisks"}), json!({"DelayMs": 120}), more).await;
        let (late, elapsed) = timed("DescribeDisks&RegionId=cn-hangzhou&Nonsense=1").await;
        assert!(elapsed >= delay, "{elapsed:?}");
        assert_eq!(late.json()["Disks"], plain.json()["Disks"]);
        assert_eq!((late.header("x-ecs-mock-fault"), late.header("x-ecs-mock-ignored")), (when, "Nonsense"));
    }
    let both = json!({"Throttling": {}, "DelayMs": {"Min": 120, "Max": 121}});
    plan(&app, json!({"Action": "DescribeDisks"}), both, json!({})).await;
    let (denied, elapsed) = timed("DescribeDisks&RegionId=cn-hangzhou").await;
    assert!(elapsed >= delay && denied.status == 400, "{elapsed:?}");
}

#[actix_web::test]
async fn the_gateways_checks_come_first_and_a_name_that_does_not_exist_meets_nothing() {
    let app = TestApp::empty().await;
    plan(&app, json!({"Action": "*"}), json!({"Throttling": {}}), json!({"Name": "all"})).await;
    assert_eq!(app.refused("DescribeDisks&Version=2010-01-01").await.code, "InvalidVersion");
    assert_eq!(app.refused("NoSuchAction").await.code, "InvalidAction.NotFound");
    assert_eq!(counts(&app, "default").await, [("all".to_owned(), 0, 0, false)]);
    for action in ["DescribeDisks", "RunInstances", "DescribeAutoSnapshotPolicyEX"] {
        assert_eq!(app.refused(action).await.code, "Throttling.User", "{action}");
    }
    app.arrange("DELETE", "/faults", Value::Null).await;
    let spelt = json!({"Action": "DescribeAutoSnapshotPolicyEx"});
    plan(&app, spelt, json!({"Throttling": {}}), json!({})).await;
    assert_eq!(app.refused("DescribeAutoSnapshotPolicyEX").await.code, "Throttling.User", "however it is spelt");
}

/// What the layer below is to do with the connection is beside the answer, which is not sent by this test.
#[actix_web::test]
async fn a_cut_is_handed_on_with_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let ids = Arc::new(Ids::seeded(1));
    let startup = Data::new(Startup::new(ids.clone()));
    let config = Config::new(folder.path().join("x.db"), Source::None);
    startup.finish(App::open(Config { clock: Clock::frozen(NOW), ids, ..config }).await.unwrap());
    let app = startup.app().unwrap();
    let sandbox = app.sandboxes.by_name("default").unwrap();
    let words = [("reset", Cut::Reset), ("empty", Cut::Empty), ("truncate", Cut::Truncate), ("dribble", Cut::Dribble)];
    for (word, cut) in words {
        for (when, status) in [("before", 503), ("after", 200)] {
            let sent = json!({"Match": {"Action": "DescribeRegions"}, "When": when, "Times": 1, "Effect": {"Connection": word}});
            let plan: Plan = serde_json::from_value(sent).unwrap();
            app.sandboxes.plan_fault(&sandbox, plan).await.unwrap();
            let (request, mut payload) = TestRequest::with_uri("/?Action=DescribeRegions").to_http_parts();
            let payload = Payload::from_request(&request, &mut payload).await.unwrap();
            let response = wire::answer(request, payload, startup.clone()).await;
            assert_eq!(response.extensions().get::<Cut>(), Some(&cut), "{word} {when}");
            assert_eq!(response.status().as_u16(), status, "{word} {when}");
        }
    }
    let (request, mut payload) = TestRequest::with_uri("/?Action=DescribeRegions").to_http_parts();
    let payload = Payload::from_request(&request, &mut payload).await.unwrap();
    assert_eq!(wire::answer(request, payload, startup.clone()).await.extensions().get::<Cut>(), None);
}
