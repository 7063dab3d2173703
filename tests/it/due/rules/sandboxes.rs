//! Checkpoints, forks, resets and new starts of sandboxes with policies.

use std::path::Path;

use ecs_mock::admin::guard::Access;
use ecs_mock::app::Config;
use ecs_mock::seed::Source;
use serde_json::{Value, json};

use super::{BEGIN, DAY, HOUR, advance, begin, made, policy, set, with};
use crate::support::{NOW, TestApp};

#[actix_web::test]
async fn a_checkpoint_is_caught_up_before_it_is_saved() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    app.arrange("PUT", "/clock", json!({"Mode": "real"})).await;
    app.clock.set(NOW.plus(DAY));
    app.arrange("PUT", "/checkpoints/kept", Value::Null).await;
    // In its own time, which is over, nothing is due.
    app.clock.set(NOW);
    app.arrange("POST", "/checkpoints/kept/restore", Value::Null).await;
    assert_eq!(app.ids("").await.len(), 1);
}

#[actix_web::test]
async fn a_restore_takes_its_clock_and_what_was_fired_and_the_same_comes_again() {
    let fields = json!({"EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"]});
    let app = begin(set(json!({"SnapshotSeconds": 100}), fields)).await;
    advance(&app, 5 * HOUR).await;
    app.arrange("PUT", "/checkpoints/kept", Value::Null).await;
    assert_eq!(advance(&app, DAY).await, (2, 0));
    let state = app.arrange("GET", "/state", Value::Null).await;
    for _ in 0..2 {
        app.arrange("POST", "/checkpoints/kept/restore", Value::Null).await;
        assert_eq!(made(&app).await, ["d-1 2026-03-15T17:00:00Z"]);
        assert_eq!(advance(&app, DAY).await, (2, 0));
        assert_eq!(app.arrange("GET", "/state", Value::Null).await, state);
    }
}

#[actix_web::test]
async fn with_a_running_clock_the_time_since_the_checkpoint_counts_as_passed() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    app.arrange("PUT", "/clock", json!({"Mode": "real"})).await;
    app.arrange("PUT", "/checkpoints/kept", Value::Null).await;
    app.clock.set(NOW.plus(2 * DAY));
    app.arrange("POST", "/checkpoints/kept/restore", Value::Null).await;
    assert_eq!(app.ids("").await.len(), 2);
}

#[actix_web::test]
async fn a_fork_has_the_same_future_and_each_goes_its_way() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    advance(&app, 5 * HOUR + 7).await;
    app.sandbox("fork", json!({"Sandbox": "default"})).await;
    let ahead = json!({"Seconds": 2 * DAY});
    assert_eq!(app.control("POST", "/sandboxes/fork/clock/advance", ahead).await.json()["CaughtUp"]["Made"], 2);
    assert_eq!(app.ids("").await.len(), 1);
    assert_eq!(advance(&app, 2 * DAY).await, (2, 0));
    assert_eq!(app.ids_of("fork").await, app.ids("").await);
}

#[actix_web::test]
async fn the_source_of_a_fork_is_caught_up_first() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    app.arrange("PUT", "/clock", json!({"Mode": "real"})).await;
    app.clock.set(NOW.plus(DAY));
    app.sandbox("fork", json!({"Sandbox": "default"})).await;
    app.clock.set(NOW);
    assert_eq!((app.ids("").await.len(), app.ids_of("fork").await.len()), (1, 1));
}

#[actix_web::test]
async fn a_reset_does_not_catch_up_what_it_throws_away() {
    let seed = with(json!([policy(json!({}))]));
    let app = TestApp::seeded(&seed.to_string()).await;
    let fork = json!({"Sandbox": "default"});
    app.clock.set(NOW.plus(DAY));
    app.arrange("POST", "/reset?to=seed", Value::Null).await;
    // What was thrown away would be in nobody's way, but what is new begins now.
    assert_eq!(app.ids("").await.len(), 0);
    assert_eq!(
        app.arrange("GET", "/auto-snapshot-policies/sp-1", Value::Null).await["FiredUntil"]["d-1"],
        "2026-03-16T12:00:00Z"
    );
    app.clock.set(NOW.plus(2 * DAY));
    app.sandbox("later", fork).await;
    assert_eq!(app.ids("").await.len(), 1);
}

#[actix_web::test]
async fn a_sandbox_of_the_seed_begins_when_it_is_filled() {
    let app = TestApp::seeded(&with(json!([policy(json!({}))])).to_string()).await;
    app.clock.set(NOW.plus(3 * DAY));
    app.sandbox("late", json!("seed")).await;
    assert_eq!(app.ids_of("late").await.len(), 0);
    assert_eq!(app.ids("").await.len(), 3, "default was there before");
    app.clock.set(NOW.plus(4 * DAY));
    assert_eq!(app.ids_of("late").await.len(), 1);
}

#[actix_web::test]
async fn a_seed_that_says_when_is_taken_at_its_word() {
    let seed = with(json!([policy(json!({"FiredUntil": "2026-03-13T12:00:00Z"}))]));
    let app = TestApp::seeded(&seed.to_string()).await;
    assert_eq!(app.ids("").await.len(), 2);
    app.sandbox("late", json!("seed")).await;
    assert_eq!(app.ids_of("late").await.len(), 2);
}

#[actix_web::test]
async fn an_export_says_where_each_disk_is_and_what_is_still_to_be_copied() {
    let fields = json!({"DiskIds": ["d-1", "d-2"], "EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"]});
    let app = begin(set(json!({"SnapshotSeconds": 100}), fields)).await;
    advance(&app, 5 * HOUR).await;
    let state = app.arrange("GET", "/state", Value::Null).await;
    let policy = &state["AutoSnapshotPolicies"][0];
    let now = "2026-03-15T17:00:00Z";
    assert_eq!(policy["FiredUntil"], json!({"d-1": now, "d-2": now}));
    assert_eq!(policy["PendingCopies"].as_object().unwrap().len(), 2);
    // Moved, it goes on as here.
    let clock = json!({"Mode": "frozen", "Time": now});
    let moved = json!({"Name": "moved", "From": "empty", "Clock": clock});
    assert_eq!(app.control("POST", "/sandboxes", moved).await.status, 201);
    assert_eq!(app.control("PUT", "/sandboxes/moved/state", state).await.status, 200);
    let caught_up = json!({"Made": 2, "Expired": 0});
    let reply = app.control("POST", "/sandboxes/moved/clock/advance", json!({"Seconds": 100})).await.json();
    assert_eq!(reply["CaughtUp"], caught_up);
    let reply = app.arrange("POST", "/clock/advance", json!({"Seconds": 100})).await;
    assert_eq!(reply["CaughtUp"], caught_up);
}

#[actix_web::test]
async fn a_new_start_goes_on_where_the_last_one_ended() {
    let folder = tempfile::tempdir().unwrap();
    let open = async |name: &str| {
        let database = folder.path().join(name);
        TestApp::configured(Source::None, |config| Config { database, ..config }, Access::default()).await
    };
    let fields = json!({"EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"], "RetentionDays": 2});
    let app = open("1.db").await;
    app.arrange("PUT", "/clock", json!({"Mode": "frozen", "Time": BEGIN})).await;
    app.arrange("PUT", "/state", set(json!({"SnapshotSeconds": 100}), fields)).await;
    advance(&app, 5 * HOUR).await;
    app.app().store.backup(Path::new(&folder.path().join("2.db"))).await.unwrap();
    let again = open("2.db").await;
    for app in [&app, &again] {
        assert_eq!(advance(app, 3 * DAY).await, (6, 2));
    }
    let state = app.arrange("GET", "/state", Value::Null).await;
    assert_eq!(again.arrange("GET", "/state", Value::Null).await, state);
}

#[actix_web::test]
async fn a_diff_with_a_checkpoint_shows_what_was_made() {
    let app = begin(with(json!([policy(json!({}))]))).await;
    app.arrange("PUT", "/clock", json!({"Mode": "real"})).await;
    app.arrange("PUT", "/checkpoints/kept", Value::Null).await;
    app.clock.set(NOW.plus(DAY));
    let diff = app.arrange("GET", "/diff?from=kept&to=now", Value::Null).await;
    assert_eq!(diff["Added"].as_array().unwrap().len(), 1, "{diff}");
}
