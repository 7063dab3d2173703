//! A database that version 0.1.0 left, with all that it can hold, is migrated without loss.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ecs_mock::app::{App, Config, Startup};
use ecs_mock::clock::Clock;
use ecs_mock::model::ids::Ids;
use ecs_mock::model::snapshot::Snapshot;
use ecs_mock::model::time::Time;
use ecs_mock::seed::Source;
use ecs_mock::store::lists::Scope;
use ecs_mock::store::{OpenError, Reads, Store, resources};
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, SqliteConnection};
use tempfile::TempDir;

use super::SCRIPTS;
use crate::support::TestApp;

fn old_file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    fs::write(&path, include_bytes!("v4.db")).unwrap();
    (folder, path)
}

async fn connect(path: &Path) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// What the old version says of its sandboxes: see `v4.py`, which made the file.
fn expected() -> Value {
    serde_json::from_str(include_str!("v4.json")).unwrap()
}

#[actix_web::test]
async fn sandboxes_keys_clocks_checkpoints_and_states_are_as_they_were() {
    let (_folder, path) = old_file();
    let database = path.clone();
    let app = TestApp::configured(
        Source::Default,
        move |config| Config { database, clock: Clock::Real, ..config },
        ecs_mock::admin::guard::Access::default(),
    )
    .await;
    let get = async |path: String| app.control("GET", &path, Value::Null).await.json();
    let expected = expected();
    for (name, old) in expected.as_object().unwrap() {
        let base = format!("/sandboxes/{name}");
        let mut view = get(base.clone()).await;
        for (field, value) in old["Sandbox"].as_object().unwrap() {
            if field != "SizeInBytes" {
                assert_eq!(&view[field], value, "{name} {field}");
            }
        }
        view["Counts"].as_object_mut().unwrap().retain(|_, count| *count != json!(0));
        assert_eq!(view["Counts"].as_object().unwrap().len(), usize::from(view["SnapshotCount"] != json!(0)), "{name}");
        let keys = get(format!("{base}/access-keys?show-secrets=true")).await;
        assert_eq!(keys["AccessKeys"], old["AccessKeys"], "{name}");
        let mut clock = get(format!("{base}/clock")).await;
        clock.as_object_mut().unwrap().remove("Now");
        assert_eq!(clock, old["Clock"], "{name}");
        assert_eq!(get(format!("{base}/state")).await, old["State"], "{name}");
        let checkpoints = get(format!("{base}/checkpoints")).await;
        let checkpoints = checkpoints["Checkpoints"].as_array().unwrap();
        for (checkpoint, old) in checkpoints.iter().zip(old["Checkpoints"].as_array().unwrap()) {
            for (field, value) in old.as_object().unwrap() {
                assert_eq!(&checkpoint[field], value, "{name} {checkpoint}");
            }
        }
        for (checkpoint, old) in old["Diffs"].as_object().into_iter().flatten() {
            let diff = get(format!("{base}/diff?from={checkpoint}")).await;
            for (field, value) in old.as_object().unwrap() {
                assert_eq!(&diff[field], value, "{name} {checkpoint} {field}");
            }
        }
    }
    // What is seen only of a change comes last.
    let next_ids = async |base: &str| {
        let add = async || {
            let entry = json!({"RegionId": "cn-hangzhou"});
            app.control("POST", &format!("{base}/snapshots"), entry).await.json()["SnapshotId"].clone()
        };
        json!([add().await, add().await])
    };
    for (name, old) in expected.as_object().unwrap() {
        let base = format!("/sandboxes/{name}");
        assert_eq!(next_ids(&base).await, old["NextIds"], "{name}");
        for (checkpoint, restored) in old["Restored"].as_object().unwrap() {
            app.control("POST", &format!("{base}/checkpoints/{checkpoint}/restore"), Value::Null).await;
            let mut clock = get(format!("{base}/clock")).await;
            clock.as_object_mut().unwrap().remove("Now");
            assert_eq!(clock, restored["Clock"], "{name} {checkpoint}");
            assert_eq!(next_ids(&base).await, restored["NextIds"], "{name} {checkpoint}");
        }
    }
}

#[actix_web::test]
async fn the_file_before_is_kept_beside_and_nothing_else() {
    let (folder, path) = old_file();
    let opened = Store::open(&path, true).await.unwrap();
    assert_eq!(opened.migrated, SCRIPTS[4..]);
    opened.store.close().await.unwrap();
    assert_eq!(fs::read(folder.path().join("old.db.v4")).unwrap(), include_bytes!("v4.db"));
    let mut names: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["old.db", "old.db.lock", "old.db.v4"]);
    let mut connection = connect(&path).await;
    let vacuum: i64 = sqlx::query_scalar("PRAGMA auto_vacuum").fetch_one(&mut connection).await.unwrap();
    assert_eq!(vacuum, 2, "incremental, as in new files");
    let broken: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut connection).await.unwrap();
    assert_eq!(broken, ["ok"]);
    let kept = "SELECT count(*) FROM nonce";
    let nonces: i64 = sqlx::query_scalar(kept).fetch_one(&mut connection).await.unwrap();
    assert_eq!(
        nonces,
        sqlx::query_scalar::<_, i64>(kept)
            .fetch_one(&mut connect(&folder.path().join("old.db.v4")).await)
            .await
            .unwrap()
    );
    assert!(nonces > 0);
    // The second start has nothing to do.
    drop(connection);
    assert_eq!(Store::open(&path, true).await.unwrap().migrated, [""; 0]);
}

#[actix_web::test]
async fn each_snapshot_has_the_bytes_that_its_entry_says() {
    let (_folder, path) = old_file();
    let resize = "UPDATE snapshot SET source_disk_size = 7 WHERE row_id = (SELECT max(row_id) FROM snapshot
                  WHERE full_snapshot_size_in_bytes IS NULL)";
    sqlx::query(resize).execute(&mut connect(&path).await).await.unwrap();
    let opened = Store::open(&path, true).await.unwrap();
    let rows = "SELECT state_id, id, bytes FROM snapshot";
    let rows: Vec<(i64, String, i64)> = sqlx::query_as(rows).fetch_all(&mut connect(&path).await).await.unwrap();
    let mut session = opened.store.read(Reads::One).await.unwrap();
    let (mut of_disks, mut said) = (BTreeSet::new(), 0);
    for (state_id, id, bytes) in rows {
        // Before anything expired.
        let scope = Scope { sandbox_id: 0, state_id, now: Time(Time::FIRST) };
        let snapshot = resources::find::<Snapshot>(&mut session, scope, &id).await.unwrap().unwrap().resource;
        assert_eq!(bytes, snapshot.bytes(), "{id}");
        match snapshot.full_snapshot_size_in_bytes {
            Some(_) => said += 1,
            None => drop(of_disks.insert(bytes >> 30)),
        }
    }
    assert!(said > 0 && of_disks == BTreeSet::from([7, 40]), "{said} {of_disks:?}");
}

#[actix_web::test]
async fn no_copy_is_kept_if_nobody_wants_one() {
    let (folder, path) = old_file();
    Store::open(&path, false).await.unwrap().store.close().await.unwrap();
    assert!(!folder.path().join("old.db.v4").exists());
}

#[actix_web::test]
async fn what_a_migration_left_that_ended_early_is_no_hindrance() {
    let (folder, path) = old_file();
    for left in ["old.db.migrating", "old.db.v4.part", "old.db.v4"] {
        fs::write(folder.path().join(left), "half of something").unwrap();
    }
    Store::open(&path, true).await.unwrap().store.close().await.unwrap();
    assert!(!folder.path().join("old.db.migrating").exists() && !folder.path().join("old.db.v4.part").exists());
    assert_eq!(fs::read(folder.path().join("old.db.v4")).unwrap(), include_bytes!("v4.db"));
}

#[actix_web::test]
async fn ids_go_on_where_they_were_and_are_never_used_again() {
    let (_folder, path) = old_file();
    let ids = Arc::new(Ids::seeded(1));
    let config = Config { ids: ids.clone(), ..Config::new(path.clone(), Source::Default) };
    let startup = Startup::new(ids);
    startup.finish(App::open(config).await.unwrap());
    let mut connection = connect(&path).await;
    let counters: Vec<(String, i64)> =
        sqlx::query_as("SELECT name, value FROM counter ORDER BY name").fetch_all(&mut connection).await.unwrap();
    let highest: (i64, i64) =
        sqlx::query_as("SELECT (SELECT max(sandbox_id) FROM sandbox), (SELECT max(state_id) FROM state)")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(counters[0], ("sandbox".to_owned(), highest.0));
    assert!(counters[1].0 == "state" && counters[1].1 >= highest.1);
}

#[test]
fn too_little_room_is_said_with_what_it_takes() {
    let path = PathBuf::from("x.db");
    let error = OpenError::NoRoom { path, needed: 230, available: 100, without_copy: 130 }.to_string();
    for part in ["x.db", "230", "100", "--no-copy", "130"] {
        assert!(error.contains(part), "{error}");
    }
}
