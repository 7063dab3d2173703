//! The TTL of a sandbox counts the seconds that the server ran without the sandbox being used, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ecs_mock::app::{App, Config};
use ecs_mock::clock::Clock;
use ecs_mock::model::ids::Ids;
use ecs_mock::model::settings::SettingsPatch;
use ecs_mock::sandboxes::{NewSandbox, Origin};
use ecs_mock::seed::Source;

use crate::support::NOW;

const YEAR: i64 = 365 * 86_400;

async fn open(folder: &Path, clock: &Clock) -> App {
    let config = Config::new(folder.join("test.db"), Source::None);
    App::open(Config { clock: clock.clone(), ids: Arc::new(Ids::seeded(1)), ..config }).await.unwrap()
}

async fn make(app: &App, name: &str, ttl_seconds: Option<i64>) {
    let new = NewSandbox {
        name: name.to_owned(),
        access_key_id: None,
        access_key_secret: None,
        origin: Origin::Empty,
        ttl_seconds,
        labels: BTreeMap::new(),
        clock: None,
        settings: SettingsPatch::default(),
        id_seed: None,
    };
    app.sandboxes.create(new).await.unwrap();
}

/// The sandboxes that there are. To look at the list uses none of them.
fn names(app: &App) -> Vec<String> {
    app.sandboxes.list(None, usize::MAX).iter().map(|sandbox| sandbox.name().to_owned()).collect()
}

#[actix_web::test]
async fn a_system_clock_that_jumps_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::frozen(NOW);
    let app = open(folder.path(), &clock).await;
    make(&app, "short", Some(60)).await;
    for jump in [YEAR, -2 * YEAR, YEAR] {
        clock.set(clock.now().plus(jump));
        assert_eq!(names(&app), ["default", "short"], "{jump}");
    }
    clock.run(59);
    assert_eq!(names(&app), ["default", "short"]);
    clock.run(1);
    assert_eq!(names(&app), ["default"]);
}

#[actix_web::test]
async fn time_without_a_server_does_not_count_however_the_last_one_ended() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::frozen(NOW);
    let app = open(folder.path(), &clock).await;
    make(&app, "short", Some(60)).await;
    clock.run(30);
    app.sandboxes.note_uses().await.unwrap();
    clock.run(4);
    app.sandboxes.by_name("short").unwrap();

    // What a process that was killed leaves: the last use is not noted, nor are the seconds behind the last note.
    let killed = tempfile::tempdir().unwrap();
    for file in ["test.db", "test.db-wal"] {
        std::fs::copy(folder.path().join(file), killed.path().join(file)).unwrap();
    }
    let clock = Clock::frozen(NOW.plus(YEAR));
    let again = open(killed.path(), &clock).await;
    clock.run(29);
    assert_eq!(names(&again), ["default", "short"]);
    clock.run(1);
    assert_eq!(names(&again), ["default"], "30 seconds before, and 30 now");

    // One that was stopped in order notes the last use.
    app.close().await.unwrap();
    let clock = Clock::frozen(NOW.plus(-YEAR));
    let again = open(folder.path(), &clock).await;
    clock.run(59);
    assert_eq!(names(&again), ["default", "short"]);
    clock.run(1);
    assert_eq!(names(&again), ["default"]);
}

#[actix_web::test]
async fn what_has_outlived_its_time_is_removed_and_its_name_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::frozen(NOW);
    let app = open(folder.path(), &clock).await;
    make(&app, "short", Some(60)).await;
    make(&app, "long", None).await;
    clock.run(60);
    app.sandboxes.sweep().await.unwrap();
    let left = ecs_mock::store::sandboxes::list(&mut app.store.read(ecs_mock::store::Reads::One).await.unwrap()).await;
    let left: Vec<String> = left.unwrap().into_iter().map(|(row, _)| row.name).collect();
    assert_eq!(left, ["default", "long"]);
    make(&app, "short", Some(60)).await;
}
