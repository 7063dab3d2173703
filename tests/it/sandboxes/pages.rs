//! What is remembered of lists never shows: pages are those of a store that remembers nothing.

use actix_web::rt::System;
use ecs_mock::model::paging::{Position, Start};
use ecs_mock::model::snapshot::{Snapshot, Status, Usage};
use ecs_mock::model::snapshot_filter::SnapshotFilter;
use ecs_mock::model::tags::TagFilter;
use ecs_mock::store::{Reads, lists};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use sqlx::ConnectOptions as _;

use crate::support::{NOW, TestApp, property};

/// Rows at first: of most lists, enough to be remembered.
const ROWS: i64 = 400;

#[derive(Debug, Clone)]
enum Step {
    Read(Box<SnapshotFilter>, Start, i64),
    Add(i64),
    Rename(i64),
    Delete(i64),
    Advance(i64),
    /// Time passes by itself, of which the sandbox hears nothing; machines set their clocks back, too.
    Pass(i64),
    Freeze(i64),
    Save,
    Restore,
    Replace,
}

/// A snapshot that becomes ready, or goes, at some second around now.
fn entry(number: i64) -> Value {
    let mut entry = json!({
        "SnapshotId": format!("s-{number:03}"),
        "CreationTime": NOW.plus(-1_000 - number / 3).to_string(),
        "Usage": if number % 4 == 0 { "image" } else { "none" },
        "Tags": {"parity": (number % 2).to_string(), "a \"b\" \\ é": number.to_string()},
    });
    match number % 5 {
        0 => entry["ReadyTime"] = json!(NOW.plus(number % 60 - 30).to_string()),
        1 => entry["ExpirationTime"] = json!(NOW.plus(number % 60 - 30).to_string()),
        _ => {}
    }
    entry
}

fn step() -> impl Strategy<Value = Step> {
    let in_region = || SnapshotFilter { region_id: Some("cn-hangzhou".to_owned()), ..SnapshotFilter::default() };
    let tag = TagFilter { key: "parity".to_owned(), value: Some("1".to_owned()) };
    let filters = vec![
        in_region(),
        SnapshotFilter { status: Some(Status::Accomplished), ..in_region() },
        SnapshotFilter { status: Some(Status::Progressing), ..in_region() },
        SnapshotFilter { usage: Some(Usage::Image), ..in_region() },
        SnapshotFilter { tags: vec![TagFilter { value: None, ..tag.clone() }], ..in_region() },
        SnapshotFilter { tags: vec![tag.clone()], usage: Some(Usage::Image), ..in_region() },
        SnapshotFilter { tags: vec![tag], ..in_region() },
    ];
    let start = prop_oneof![
        3 => (0..ROWS + 20).prop_map(Start::Offset),
        1 => (0..ROWS).prop_map(|number| Start::After(Position {
            creation_time: NOW.plus(-1_000 - number / 3),
            id: format!("s-{number:03}"),
        })),
    ];
    prop_oneof![
        12 => (select(filters), start, 0..20_i64).prop_map(|(filter, start, limit)| Step::Read(Box::new(filter), start, limit)),
        1 => (0..ROWS).prop_map(Step::Add),
        1 => (0..ROWS).prop_map(Step::Rename),
        1 => (0..ROWS).prop_map(Step::Delete),
        1 => (-20..40_i64).prop_map(Step::Advance),
        6 => (-6..9_i64).prop_map(Step::Pass),
        1 => (-40..40_i64).prop_map(Step::Freeze),
        1 => Just(Step::Save),
        1 => Just(Step::Restore),
        1 => Just(Step::Replace),
    ]
}

fn everything() -> Value {
    json!({"Snapshots": (0..ROWS).map(entry).collect::<Vec<_>>()})
}

async fn take(app: &TestApp, step: Step) -> Result<(), TestCaseError> {
    let path = |number: i64| format!("/sandboxes/a/snapshots/s-{number:03}");
    match step {
        Step::Read(filter, start, limit) => {
            let sandbox = app.app().sandboxes.by_name("a").unwrap();
            let view = app.app().sandboxes.view(&sandbox).await.unwrap();
            let page = app.app().sandboxes.page::<Snapshot>(&view, &filter, &start, limit).await.unwrap().page;
            let mut session = app.app().store.read(Reads::One).await.unwrap();
            let anew = lists::list::<Snapshot>(&mut session, view.scope(), &filter, &start, limit).await.unwrap();
            prop_assert_eq!(page.total_count, anew.total_count, "{:?} {:?}", filter, start);
            prop_assert_eq!(&page.rows, &anew.rows, "{:?} {:?}", filter, start);
        }
        // Some of these are refused, since there is such a row or none: that is fine too.
        Step::Add(number) => drop(app.control("POST", "/sandboxes/a/snapshots", entry(number)).await),
        Step::Rename(number) => drop(app.control("PATCH", &path(number), json!({"Status": "failed"})).await),
        Step::Delete(number) => drop(app.control("DELETE", &path(number), Value::Null).await),
        Step::Advance(seconds) => {
            drop(app.control("POST", "/sandboxes/a/clock/advance", json!({"Seconds": seconds})).await);
        }
        Step::Pass(seconds) => app.clock.set(app.clock.now().plus(seconds)),
        Step::Freeze(offset) => {
            let clock = json!({"Mode": "frozen", "Time": NOW.plus(offset).to_string()});
            drop(app.control("PUT", "/sandboxes/a/clock", clock).await);
        }
        Step::Save => drop(app.control("PUT", "/sandboxes/a/checkpoints/c", Value::Null).await),
        Step::Restore => drop(app.control("POST", "/sandboxes/a/checkpoints/c/restore", Value::Null).await),
        Step::Replace => drop(app.control("PUT", "/sandboxes/a/state", everything()).await),
    }
    Ok(())
}

/// `tag` has the tags of all snapshots, and no others; and the counts of rows are what a count says.
async fn tags_and_counts_follow_rows(app: &TestApp) -> Result<(), TestCaseError> {
    let held = "SELECT state_id, 0, key, region_id, reverse_time, snapshot.id, value, expiration_time
                FROM snapshot, json_each(body, '$.Tags')";
    let found = "SELECT state_id, kind, tag_key, region_id, reverse_time, id, tag_value, expiration_time FROM tag";
    let counted = "SELECT state_id, 0, count(*) FROM snapshot GROUP BY state_id";
    let counts = "SELECT state_id, kind, count FROM resource_count WHERE count <> 0";
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(app.app().store.path());
    let mut connection = options.connect().await.unwrap();
    for (these, those) in [(held, found), (found, held), (counted, counts), (counts, counted)] {
        let missing = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM ({these} EXCEPT {those})"));
        let missing: i64 = sqlx::query_scalar(missing).fetch_one(&mut connection).await.unwrap();
        prop_assert_eq!(missing, 0, "in {} but not in {}", these, those);
    }
    Ok(())
}

#[test]
fn pages_are_the_same_as_if_nothing_were_remembered() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let outcome = property(12).run(&vec(step(), 40..80), |steps| {
        system.block_on(async {
            app.clock.set(NOW);
            app.control("DELETE", "/sandboxes/a", Value::Null).await;
            app.sandbox("a", json!("empty")).await;
            let reply = app.control("PUT", "/sandboxes/a/state", everything()).await;
            prop_assert_eq!(reply.status, 200, "{}", reply.body);
            for step in steps {
                take(&app, step).await?;
            }
            tags_and_counts_follow_rows(&app).await
        })
    });
    outcome.unwrap();
}

#[actix_web::test]
async fn what_is_remembered_holds_for_its_time_and_its_version_only() {
    let app = TestApp::empty().await;
    app.sandbox("a", json!("empty")).await;
    let (ready, gone) = (NOW.plus(10), NOW.plus(20));
    let entry = json!({"SnapshotId": "s-1", "ReadyTime": ready.to_string(), "ExpirationTime": gone.to_string()});
    let reply = app.control("POST", "/sandboxes/a/snapshots", entry).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let counts = async |seconds: i64| {
        app.clock.set(NOW.plus(seconds));
        let sandbox = app.app().sandboxes.by_name("a").unwrap();
        let view = app.app().sandboxes.view(&sandbox).await.unwrap();
        let mut counts = [0, 0];
        for (count, status) in counts.iter_mut().zip([Status::Progressing, Status::Accomplished]) {
            let filter = SnapshotFilter { status: Some(status), ..SnapshotFilter::default() };
            *count = app
                .app()
                .sandboxes
                .page::<Snapshot>(&view, &filter, &Start::Offset(0), 10)
                .await
                .unwrap()
                .page
                .total_count;
        }
        counts
    };
    for seconds in [0, 9, 9, 0, 10, 19, 9, 19, 10, 9, 20, 19, 0, 20, 9] {
        let expected = match seconds {
            0..10 => [1, 0],
            10..20 => [0, 1],
            _ => [0, 0],
        };
        // Asked once more, it is what was remembered.
        assert_eq!((counts(seconds).await, counts(seconds).await), (expected, expected), "after {seconds} s");
    }
    app.control("DELETE", "/sandboxes/a/snapshots/s-1", Value::Null).await;
    assert_eq!(counts(9).await, [0, 0], "deleted");
}

#[actix_web::test]
async fn pages_far_behind_are_found_from_places_that_are_known() {
    let app = TestApp::empty().await;
    app.sandbox("a", json!("empty")).await;
    let lines: String = (0..9_000)
        .map(|number: i64| {
            let time = NOW.plus(-number / 7).to_string();
            format!("{}\n", json!({"Snapshot": {"SnapshotId": format!("s-{number:05}"), "CreationTime": time}}))
        })
        .collect::<Vec<_>>()
        .concat();
    let request = app.request(reqwest::Method::PUT, "/_mock/v1/sandboxes/a/state");
    let reply = app.send(request.header("content-type", "application/x-ndjson").body(lines)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let sandbox = app.app().sandboxes.by_name("a").unwrap();
    let view = app.app().sandboxes.view(&sandbox).await.unwrap();
    let filter = SnapshotFilter { region_id: Some("cn-hangzhou".to_owned()), ..SnapshotFilter::default() };
    for offset in [0, 8_990, 4_321, 6_005, 3, 2_000, 2_001, 4_000, 8_999, 9_000, 20_000, 8_995] {
        let start = Start::Offset(offset);
        let page = app.app().sandboxes.page::<Snapshot>(&view, &filter, &start, 10).await.unwrap().page;
        let ids: Vec<String> = page.rows.iter().map(|row| row.resource.snapshot_id.clone()).collect();
        let expected: Vec<String> = (offset..(offset + 10).min(9_000)).map(|number| format!("s-{number:05}")).collect();
        assert_eq!((page.total_count, ids), (9_000, expected), "{offset}");
    }
}
