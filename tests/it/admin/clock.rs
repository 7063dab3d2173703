//! The clock of a sandbox.

use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

const CLOCK: &str = "/sandboxes/default/clock";

async fn set(app: &TestApp, clock: Value) -> Value {
    let reply = app.control("PUT", CLOCK, clock.clone()).await;
    assert_eq!(reply.status, 200, "{clock}: {}", reply.body);
    reply.json()
}

async fn now(app: &TestApp) -> String {
    app.control("GET", CLOCK, Value::Null).await.json()["Now"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn each_mode_tells_the_time_in_its_way() {
    let app = TestApp::empty().await;
    let real = app.control("GET", CLOCK, Value::Null).await.json();
    assert_eq!(real, json!({"Mode": "real", "Now": "2026-03-15T12:00:00Z"}));

    let time = "2030-01-01T00:00:00Z";
    let frozen = set(&app, json!({"Mode": "frozen", "Time": time})).await;
    let caught_up = json!({"Made": 0, "Expired": 0});
    assert_eq!(frozen, json!({"Mode": "frozen", "Time": time, "Now": time, "CaughtUp": caught_up}));
    app.clock.set(NOW.plus(60));
    assert_eq!(now(&app).await, "2030-01-01T00:00:00Z");
    assert_eq!(set(&app, json!({"Mode": "offset", "Seconds": -3600})).await["Now"], "2026-03-15T11:01:00Z");

    set(&app, json!({"Mode": "scaled", "Rate": 60, "Time": "2030-01-01T00:00:00Z"})).await;
    app.clock.set(NOW.plus(60 + 10));
    assert_eq!(now(&app).await, "2030-01-01T00:10:00Z");
    set(&app, json!({"Mode": "frozen"})).await;
    app.clock.set(NOW.plus(1_000));
    assert_eq!(now(&app).await, "2030-01-01T00:10:00Z", "frozen where it was");
    assert_eq!(set(&app, json!({"Mode": "real"})).await["Now"], "2026-03-15T12:16:40Z");
}

#[actix_web::test]
async fn every_clock_can_be_advanced() {
    let app = TestApp::empty().await;
    for (clock, start) in [
        (json!({"Mode": "real"}), "2026-03-15T12:01:40Z"),
        (json!({"Mode": "frozen", "Time": "2026-03-15T12:00:00Z"}), "2026-03-15T12:01:40Z"),
        (json!({"Mode": "offset", "Seconds": 10}), "2026-03-15T12:01:50Z"),
        (json!({"Mode": "scaled", "Rate": 0.5}), "2026-03-15T12:01:40Z"),
    ] {
        set(&app, json!({"Mode": "real"})).await;
        set(&app, clock.clone()).await;
        let reply = app.control("POST", &format!("{CLOCK}/advance"), json!({"Seconds": 100})).await;
        assert_eq!((reply.status, &reply.json()["Now"]), (200, &json!(start)), "{clock}");
    }
}

#[actix_web::test]
async fn progress_runs_as_the_clock_is_advanced() {
    let app = TestApp::empty().await;
    set(&app, json!({"Mode": "frozen"})).await;
    app.control(
        "POST",
        "/sandboxes/default/snapshots",
        json!({"SnapshotId": "s-1", "ReadyTime": "2026-03-15T12:01:40Z"}),
    )
    .await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let snapshot = app.describe("").await["Snapshots"]["Snapshot"][0].take();
        seen.push((snapshot["Status"].clone(), snapshot["Progress"].clone(), snapshot["RemainTime"].clone()));
        app.control("POST", &format!("{CLOCK}/advance"), json!({"Seconds": 50})).await;
    }
    let expected = [
        (json!("progressing"), json!("0%"), json!(100)),
        (json!("progressing"), json!("50%"), json!(50)),
        (json!("accomplished"), json!("100%"), Value::Null),
    ];
    assert_eq!(seen, expected);
}

#[actix_web::test]
async fn a_clock_stays_within_what_the_api_can_write() {
    let app = TestApp::empty().await;
    for (seconds, expected) in
        [(315_576_000_000_i64, "9999-12-31T23:59:59Z"), (-315_576_000_000, "0000-01-01T00:00:00Z")]
    {
        assert_eq!(set(&app, json!({"Mode": "offset", "Seconds": seconds})).await["Now"], expected);
    }
    for (clock, part) in [
        (json!({"Mode": "real", "Bogus": 1}), "Bogus"),
        (json!({"Mode": "real", "Time": "2030-01-01T00:00Z"}), "Time"),
        (json!({"Mode": "offset", "Seconds": 9e18}), "Seconds"),
        (json!({"Mode": "offset", "Seconds": 315_576_000_001_i64}), "Seconds"),
        (json!({"Mode": "offset", "Seconds": i64::MIN}), "Seconds"),
        (json!({"Mode": "offset"}), "Seconds"),
        (json!({"Mode": "scaled", "Rate": -1}), "Rate"),
        (json!({"Mode": "scaled", "Rate": 1e300}), "Rate"),
        (json!({"Mode": "frozen", "Time": "yesterday"}), "Time"),
        (json!({"Mode": "frozen", "Seconds": 1}), "Seconds"),
        (json!({"Mode": "slow"}), "Mode"),
        (json!({}), "Mode"),
    ] {
        let reply = app.control("PUT", CLOCK, clock.clone()).await;
        assert_eq!(reply.status, 400, "{clock}: {}", reply.body);
        let problem = reply.json();
        let is_named = problem["field"] == part || problem["detail"].as_str().unwrap().contains(part);
        assert!(is_named, "{clock}: {problem}");
    }
    let reply = app.control("POST", &format!("{CLOCK}/advance"), json!({"Seconds": i64::MAX})).await;
    assert_eq!(reply.status, 400);
}

#[actix_web::test]
async fn a_clock_that_was_advanced_out_of_reach_can_be_put_back_and_started_with() {
    let app = TestApp::empty().await;
    for clock in [
        json!({"Mode": "scaled", "Rate": 2.0}),
        json!({"Mode": "frozen", "Time": "2030-01-01T00:00:00Z"}),
        json!({"Mode": "offset", "Seconds": 315_576_000_000_i64}),
    ] {
        set(&app, clock.clone()).await;
        for seconds in [315_576_000_000_i64, 315_576_000_000, -315_576_000_000, -315_576_000_000, -315_576_000_000] {
            let reply = app.control("POST", &format!("{CLOCK}/advance"), json!({"Seconds": seconds})).await;
            assert_eq!(reply.status, 200, "{clock}");
            let mut shown = reply.json();
            shown.as_object_mut().unwrap().retain(|field, _| field != "Now" && field != "CaughtUp");
            let put = app.control("PUT", CLOCK, shown.clone()).await;
            assert_eq!(put.status, 200, "{shown}: {}", put.body);
        }
        assert_eq!(app.control("POST", "/sandboxes/default/snapshots", json!({})).await.status, 201, "{clock}");
        assert_eq!(app.control("PUT", "/sandboxes/default/checkpoints/c", Value::Null).await.status, 201);
    }
}
