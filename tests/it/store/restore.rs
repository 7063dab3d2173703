//! A backup that takes the place of a database, and one that must not.

use std::path::{Path, PathBuf};

use ecs_mock::app::{App, Config};
use ecs_mock::model::document::Draft;
use ecs_mock::model::snapshot::Snapshot;
use ecs_mock::seed::Source;
use ecs_mock::store::{OpenError, Store, Trouble};
use serde_json::json;
use tempfile::TempDir;

/// A folder with a database that holds s-old and s-new, the latter in its log only, and a backup from between the two.
async fn arranged() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (database, backup) = (folder.path().join("x.db"), folder.path().join("backup.db"));
    let running = tempfile::tempdir().unwrap();
    let original = running.path().join("x.db");
    let app = open(&original).await;
    add(&app, "s-old").await;
    app.store.backup(&backup).await.unwrap();
    add(&app, "s-new").await;
    // As a process leaves it that was killed.
    for ending in ["", "-wal"] {
        let with = |path: &Path| PathBuf::from(format!("{}{ending}", path.display()));
        std::fs::copy(with(&original), with(&database)).unwrap();
    }
    (folder, database, backup)
}

async fn open(path: &Path) -> App {
    App::open(Config::new(path.to_path_buf(), Source::None)).await.unwrap()
}

async fn add(app: &App, id: &str) {
    let sandbox = app.sandboxes.by_name("default").unwrap();
    let draft = Draft::of::<Snapshot>(&json!({"SnapshotId": id})).unwrap();
    app.sandboxes.add_one::<Snapshot>(&sandbox, draft).await.unwrap();
}

/// Which of the two a database holds.
async fn held(path: &Path) -> Vec<&'static str> {
    let app = open(path).await;
    let sandbox = app.sandboxes.by_name("default").unwrap();
    let mut held = Vec::new();
    for id in ["s-old", "s-new"] {
        if app.sandboxes.resource::<Snapshot>(&sandbox, id).await.is_ok() {
            held.push(id);
        }
    }
    app.close().await.unwrap();
    held
}

fn files(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[actix_web::test]
async fn a_backup_takes_the_place_of_a_database_which_is_kept() {
    let (folder, database, backup) = arranged().await;
    let kept = Store::restore(&database, &backup).await.unwrap().unwrap();
    assert_eq!(files(&folder), ["backup.db", "x.db", "x.db.lock", "x.db.old"]);
    assert_eq!(held(&database).await, ["s-old"]);
    assert_eq!(held(&kept).await, ["s-old", "s-new"], "with what its log held");

    let kept = Store::restore(&database, &backup).await.unwrap().unwrap();
    assert_eq!(kept, folder.path().join("x.db.old-2"));
    assert_eq!(held(&database).await, ["s-old"]);
}

#[actix_web::test]
async fn a_backup_that_cannot_be_written_leaves_nothing_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&folder.path().join("x.db")).await;
    let error = app.store.backup(&folder.path().join("missing/backup.db")).await.unwrap_err();
    assert!(matches!(Trouble::of(&error), Some(Trouble::DiskFails(_))), "{error}");
    assert!(files(&folder).iter().all(|name| name.starts_with("x.db")));
    assert_eq!(app.store.check_writable().await, Ok(()), "that is no trouble of the database");
}

#[actix_web::test]
async fn a_backup_becomes_a_database_where_there_was_none_or_a_damaged_one() {
    let (folder, _, backup) = arranged().await;
    let new = folder.path().join("new.db");
    assert_eq!(Store::restore(&new, &backup).await.unwrap(), None);
    assert_eq!(held(&new).await, ["s-old"]);

    let damaged = folder.path().join("damaged.db");
    std::fs::write(&damaged, "no database, from the first byte on".repeat(100)).unwrap();
    assert!(Store::restore(&damaged, &backup).await.unwrap().is_some());
    assert_eq!(held(&damaged).await, ["s-old"]);
}

#[actix_web::test]
async fn a_backup_that_is_not_whole_changes_nothing() {
    let (folder, database, backup) = arranged().await;
    let whole = std::fs::read(&backup).unwrap();
    let mut scratched = whole.clone();
    // The second page, but for what begins every page.
    scratched[4_096 + 200..8_000].fill(0xff);
    let (other, empty) = (b"SQLite format 3\0".to_vec(), Vec::new());
    for (what, bytes) in
        [("cut", whole[..whole.len() / 2].to_vec()), ("scratched", scratched), ("a head", other), ("empty", empty)]
    {
        let bad = folder.path().join("bad.db");
        std::fs::write(&bad, bytes).unwrap();
        let error = Store::restore(&database, &bad).await.expect_err(what);
        assert!(error.to_string().contains("bad.db"), "{what}: {error}");
        std::fs::remove_file(&bad).unwrap();
        let expected = ["backup.db", "x.db", "x.db-wal", "x.db.lock"];
        assert_eq!(files(&folder), expected, "{what}");
    }
    assert_eq!(held(&database).await, ["s-old", "s-new"]);
}

#[actix_web::test]
async fn a_database_that_is_in_use_or_of_another_program_is_left_alone() {
    let (folder, database, backup) = arranged().await;
    let app = open(&database).await;
    assert!(matches!(Store::restore(&database, &backup).await, Err(OpenError::InUse(_))));
    app.close().await.unwrap();
    assert_eq!(held(&database).await, ["s-old", "s-new"]);

    let foreign = folder.path().join("foreign.db");
    let mut connection = rusqlite::Connection::open(&foreign).unwrap();
    let transaction = connection.transaction().unwrap();
    transaction.execute_batch("CREATE TABLE theirs (x)").unwrap();
    transaction.commit().unwrap();
    assert!(matches!(Store::restore(&foreign, &backup).await, Err(OpenError::Foreign(_))));
    assert!(matches!(Store::restore(&database, &foreign).await, Err(OpenError::Foreign(_))));
}
