//! What expired long ago is taken out, and no answer tells.

use std::fmt::Write as _;
use std::time::Duration;

use ecs_mock::store::{derived, resources, sandboxes};
use serde_json::{Value, json};
use sqlx::ConnectOptions as _;

use crate::support::{NOW, TestApp};

const DAY: i64 = 86_400;

/// 130 snapshots that expired eight days ago, one that expired a second less than a week ago, one that will, one that does not,
/// and an image that is made of the last and of one that is not there.
fn seed() -> String {
    let time = |days: i64| NOW.plus(days * DAY);
    let mut document = "Snapshots:\n".to_owned();
    for number in 0..130 {
        writeln!(document, "  - {{SnapshotId: s-old-{number}, ExpirationTime: '{}', Tags: {{a: b}}}}", time(-8))
            .unwrap();
    }
    writeln!(document, "  - {{SnapshotId: s-week, ExpirationTime: '{}'}}", NOW.plus(1 - 7 * DAY)).unwrap();
    writeln!(document, "  - {{SnapshotId: s-later, ExpirationTime: '{}'}}", time(1)).unwrap();
    writeln!(document, "  - {{SnapshotId: s-stays, Tags: {{a: b}}}}").unwrap();
    document + "Images: [{ImageId: m-1, SnapshotIds: [s-stays, s-new]}]"
}

/// How many snapshots a sandbox, or a checkpoint of it, holds, expired ones included.
async fn held(app: &TestApp, path: &str) -> Value {
    app.control("GET", &format!("/sandboxes/{path}"), Value::Null).await.json()["SnapshotCount"].clone()
}

#[actix_web::test]
async fn it_is_gone_a_week_later_and_no_answer_is_another_one() {
    let app = TestApp::seeded(&seed()).await;
    let answers = async || {
        let mut answers = Vec::new();
        for query in ["", "Tag.1.Key=a", "SnapshotIds=[\"s-old-1\", \"s-stays\"]", "Usage=image", "MaxResults=10"] {
            let mut answer = app.describe(query).await;
            answer.as_object_mut().unwrap().remove("RequestId");
            answers.push(answer);
        }
        answers
    };
    let before = answers().await;
    assert_eq!(before[0]["TotalCount"], 2);
    assert_eq!(held(&app, "default").await, 133);
    let images = app.arrange("GET", "/state", Value::Null).await["Images"].clone();

    app.app().sandboxes.remove_expired().await.unwrap();
    assert_eq!(held(&app, "default").await, 3, "those that expired less than a week ago stay");
    assert_eq!(answers().await, before);
    let refused = app.refused("DeleteSnapshot&SnapshotId=s-stays").await;
    assert_eq!(refused.code, "SnapshotCreatedImage", "the image goes on counting");

    let exported = app.arrange("GET", "/state", Value::Null).await;
    assert_eq!(exported["Snapshots"].as_array().unwrap().len(), 3);
    assert_eq!(exported["Images"], images);
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-old-1"})).await;
    assert_eq!(app.describe("Tag.1.Key=a").await["TotalCount"], 1, "what had its id is gone with its tags");
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-new"})).await;
    assert_eq!(app.describe("Usage=image").await["TotalCount"], 2, "the image is made of what has the id now");

    // The seven days are over for the next one.
    app.clock.set(NOW.plus(1));
    app.app().sandboxes.remove_expired().await.unwrap();
    assert_eq!(held(&app, "default").await, 4, "that one, beside those that were added");
}

#[actix_web::test]
async fn what_an_image_is_made_of_stays_until_the_image_goes() {
    let app = TestApp::seeded(&seed().replace("s-new", "s-old-1")).await;
    app.app().sandboxes.remove_expired().await.unwrap();
    assert_eq!(app.ids("Usage=image").await, ["s-old-1", "s-stays"]);
    assert_eq!(held(&app, "default").await, 4);
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    app.app().sandboxes.remove_expired().await.unwrap();
    assert_eq!(held(&app, "default").await, 3, "its time was over long ago");
}

#[actix_web::test]
async fn kept_counts_and_derived_columns_stay_true() {
    let app = TestApp::seeded(&seed()).await;
    let sandbox = app.app().sandboxes.by_name("default").unwrap();
    let before = app.app().sandboxes.view(&sandbox).await.unwrap().pointer;
    app.app().sandboxes.remove_expired().await.unwrap();
    let view = app.app().sandboxes.view(&sandbox).await.unwrap();
    assert_eq!(view.pointer.version, before.version + 3, "50 at a time, each time another version for the caches");
    let state_id = view.pointer.state_id;
    let mut writer = app.app().store.write().await.unwrap();
    assert_eq!(resources::counts(&mut writer, state_id).await.unwrap(), [3, 0, 0, 1, 0, 0]);
    for kind in ecs_mock::model::kinds::KINDS {
        let rows = resources::page_by_id(&mut writer, kind, state_id, "", 1_000).await.unwrap();
        let count = resources::count(&mut writer, kind, state_id).await.unwrap();
        assert_eq!(i64::try_from(rows.len()).unwrap(), count, "{kind:?}");
    }
    assert_eq!(derived::recompute_state(&mut writer, state_id).await.unwrap(), 0);
    let sizes = sandboxes::sizes(&mut writer, &[sandbox.row.sandbox_id]).await.unwrap();
    assert_eq!(sizes[0].tags, 1);
    writer.rollback().await;
}

#[actix_web::test]
async fn checkpoints_the_seed_and_sandboxes_with_a_time_of_their_own_keep_theirs() {
    let app = TestApp::seeded(&seed()).await;
    app.arrange("PUT", "/checkpoints/before", Value::Null).await;
    for (name, clock) in [
        ("frozen", json!({"Mode": "frozen"})),
        ("offset", json!({"Mode": "offset", "Seconds": 60})),
        ("scaled", json!({"Mode": "scaled", "Rate": 2.0})),
    ] {
        let reply = app.control("POST", "/sandboxes", json!({"Name": name, "Clock": clock})).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
    }
    app.app().sandboxes.remove_expired().await.unwrap();
    for kept in ["default/checkpoints/before", "frozen", "offset", "scaled"] {
        assert_eq!(held(&app, kept).await, 133, "{kept}");
    }
    app.sandbox("seeded", json!("seed")).await;
    assert_eq!((held(&app, "seeded").await, held(&app, "default").await), (json!(133), json!(3)));
}

#[actix_web::test]
async fn it_is_no_use_of_a_sandbox() {
    let app = TestApp::seeded(&seed()).await;
    app.control("POST", "/sandboxes", json!({"Name": "short", "TtlSeconds": 60})).await;
    app.clock.run(59);
    app.app().sandboxes.remove_expired().await.unwrap();
    let list = app.control("GET", "/sandboxes", Value::Null).await.json();
    let short = &list["Sandboxes"][1];
    assert_eq!((&short["Name"], &short["SnapshotCount"]), (&json!("short"), &json!(2)), "a week is over for one more");
    assert_eq!(short["LastUsedTime"], NOW.to_string());
    app.clock.run(1);
    assert_eq!(app.control("GET", "/sandboxes/short", Value::Null).await.status, 404);
}

#[actix_web::test]
async fn the_first_look_is_soon_after_the_start() {
    let app = TestApp::seeded(&seed()).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(59)).await;
    tokio::time::resume();
    assert_eq!(held(&app, "default").await, 133, "a start has other things to do");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::time::resume();
    let gone = async { while held(&app, "default").await != 3 {} };
    tokio::time::timeout(Duration::from_mins(1), gone).await.expect("the first look has come");
}

#[actix_web::test]
async fn a_sandbox_that_fails_keeps_no_other_one_from_it() {
    let app = TestApp::seeded(&seed()).await;
    app.sandbox("another", json!("seed")).await;
    app.sandbox("zoo", json!("seed")).await;
    let state_of = async |name: &str| {
        let sandbox = app.app().sandboxes.by_name(name).unwrap();
        app.app().sandboxes.view(&sandbox).await.unwrap().pointer.state_id
    };
    let mut connection =
        sqlx::sqlite::SqliteConnectOptions::new().filename(app.app().store.path()).connect().await.unwrap();
    let stuck = format!(
        "CREATE TRIGGER stuck BEFORE DELETE ON snapshot WHEN old.state_id = {}
         BEGIN SELECT raise(ABORT, 'the row is stuck'); END",
        state_of("default").await
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(stuck)).execute(&mut connection).await.unwrap();
    app.app().sandboxes.remove_expired().await.unwrap();
    for (name, count) in [("another", 3), ("default", 133), ("zoo", 3)] {
        assert_eq!(held(&app, name).await, count, "{name}");
    }
    sqlx::raw_sql("DROP TRIGGER stuck").execute(&mut connection).await.unwrap();
    app.app().sandboxes.remove_expired().await.unwrap();
    assert_eq!(held(&app, "default").await, 3, "the next look tries it again");
}
