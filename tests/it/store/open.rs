//! Opening a database: what it makes of a file, and which files it refuses.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ecs_mock::store::{OpenError, Store};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::SCRIPTS;

async fn connect(path: &Path) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}

async fn execute(path: &Path, sql: &'static str) {
    let mut connection = connect(path).await;
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn refusal(path: &Path) -> OpenError {
    Store::open(path, true).await.expect_err("must be refused")
}

#[actix_web::test]
async fn a_new_file_is_migrated_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let opened = Store::open(&path, true).await.unwrap();
    assert_eq!(opened.migrated, SCRIPTS);
    opened.store.close().await.unwrap();
    assert!(!folder.path().join("x.db-wal").exists(), "closing leaves no log behind");
    let opened = Store::open(&path, true).await.unwrap();
    assert_eq!(opened.migrated, [""; 0]);
}

#[actix_web::test]
async fn memory_is_a_file_that_goes_with_the_store() {
    let opened = Store::open(Path::new(":memory:"), true).await.unwrap();
    let path = opened.store.path().to_path_buf();
    assert!(path.exists());
    opened.store.close().await.unwrap();
    assert!(!path.exists());
}

#[actix_web::test]
async fn nobody_else_may_read_what_a_database_holds() {
    let folder = tempfile::tempdir().unwrap();
    let opened = Store::open(&folder.path().join("x.db"), true).await.unwrap();
    opened.store.backup(&folder.path().join("backup.db")).await.unwrap();
    Store::restore(&folder.path().join("y.db"), &folder.path().join("backup.db")).await.unwrap();
    let _log = opened.store.write().await.unwrap();
    for file in ["x.db", "x.db-wal", "x.db-shm", "x.db.lock", "backup.db", "y.db"] {
        let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file} {mode:o}");
    }
}

#[actix_web::test]
async fn a_lock_that_is_removed_lets_nobody_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    for what in ["a new file", "one that was there"] {
        let opened = Store::open(&path, true).await.unwrap();
        std::fs::remove_file(folder.path().join("x.db.lock")).unwrap();
        assert!(matches!(refusal(&path).await, OpenError::InUse(_)), "{what}");
        opened.store.close().await.unwrap();
    }
}

#[actix_web::test]
async fn one_process_has_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let _first = Store::open(&path, true).await.unwrap();
    assert!(matches!(refusal(&path).await, OpenError::InUse(_)));
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(matches!(refusal(&link).await, OpenError::InUse(_)), "under another name too");

    // A link that is there before its file.
    let (path, link) = (folder.path().join("y.db"), folder.path().join("early.db"));
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let _first = Store::open(&link, true).await.unwrap();
    assert!(matches!(refusal(&path).await, OpenError::InUse(_)));

    let hard = folder.path().join("hard.db");
    std::fs::hard_link(&path, &hard).unwrap();
    assert!(matches!(refusal(&hard).await, OpenError::Linked(_)));
}

#[actix_web::test]
async fn the_lock_leaves_a_file_of_its_name_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("Cargo.lock");
    std::fs::write(&lock, "precious").unwrap();
    Store::open(&folder.path().join("Cargo"), true).await.unwrap().store.close().await.unwrap();
    assert_eq!(std::fs::read_to_string(lock).unwrap(), "precious");
}

#[actix_web::test]
async fn what_is_not_a_database_of_ours_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(&text, "this is a text, and long enough to be taken for a header of something".repeat(20)).unwrap();
    let before = std::fs::read(&text).unwrap();
    assert!(matches!(refusal(&text).await, OpenError::NotADatabase(_)));
    assert_eq!(std::fs::read(&text).unwrap(), before);

    let foreign = folder.path().join("foreign.db");
    execute(&foreign, "CREATE TABLE theirs (id INTEGER)").await;
    let before = std::fs::read(&foreign).unwrap();
    assert!(matches!(refusal(&foreign).await, OpenError::Foreign(_)));
    assert_eq!(std::fs::read(&foreign).unwrap(), before);
    let mut left: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["foreign.db", "text.db"], "nothing is left behind");

    let short = folder.path().join("short.db");
    std::fs::write(&short, "x").unwrap();
    assert!(matches!(refusal(&short).await, OpenError::NotADatabase(_)));
}

#[actix_web::test]
async fn a_newer_or_a_tampered_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    Store::open(&path, true).await.unwrap().store.close().await.unwrap();
    execute(
        &path,
        "INSERT INTO refinery_schema_history SELECT 1000, 'later', applied_on, '1' FROM refinery_schema_history LIMIT 1",
    )
    .await;
    assert!(matches!(refusal(&path).await, OpenError::Newer { found: 1000, .. }));
    execute(&path, "DELETE FROM refinery_schema_history WHERE version = 1000").await;
    execute(&path, "UPDATE refinery_schema_history SET checksum = '1'").await;
    assert!(matches!(refusal(&path).await, OpenError::Diverged { version: 1, .. }));
}

#[actix_web::test]
async fn what_is_no_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [&*pipe, Path::new("/dev/null")] {
        let said = refusal(path).await.to_string();
        assert!(said.contains("it is a pipe, a socket or a device: name a regular file"), "{said}");
    }
}

#[actix_web::test]
async fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = refusal(&folder.path().join("no/such/x.db")).await;
    assert!(matches!(error, OpenError::Unusable { .. }));
    assert!(error.to_string().contains("no/such/x.db"), "{error}");
}

#[actix_web::test]
async fn tables_are_strict_and_foreign_keys_are_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    Store::open(&path, true).await.unwrap().store.close().await.unwrap();
    let mut connection = connect(&path).await;
    let loose: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(loose, ["refinery_schema_history"], "all but the bookkeeping of migrations");
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    assert_eq!(mode, "wal");
    let stray = sqlx::raw_sql("INSERT INTO sandbox (sandbox_id, name, state_id) VALUES (1, 'x', 77)");
    assert!(stray.execute(&mut connection).await.is_err());
}

/// A row of `snapshot_tag`.
type Found = (i64, String, String, i64, String, String, Option<i64>, i64);

#[actix_web::test]
async fn tags_of_before_version_4_are_kept() {
    let mut connection = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for script in [
        include_str!("../../../migrations/V1__initial.sql"),
        include_str!("../../../migrations/V2__access_keys.sql"),
        include_str!("../../../migrations/V3__state_versions.sql"),
        "INSERT INTO state (state_id, id_seed, next_id, clock) VALUES (1, 1, 1, '{}');
         INSERT INTO snapshot (row_id, state_id, snapshot_id, region_id, description, creation_time, source_disk_id,
             source_disk_type, source_disk_size, source_storage_type, encrypted, usage, snapshot_type, category,
             product_code, outcome, expiration_time)
         VALUES (7, 1, 's-7', 'cn-hangzhou', '', 100, 'd', 'data', 1, 'disk', 0, 'none', 'user', 'standard', '',
             'accomplished', 900),
             (8, 1, 's-8', 'cn-hangzhou', '', 100, 'd', 'data', 1, 'disk', 0, 'none', 'user', 'standard', '',
             'accomplished', NULL);
         INSERT INTO snapshot_tag VALUES (7, 'b', '2', 1), (7, 'a \"q\"', 'é', 1);",
        include_str!("../../../migrations/V4__tags_in_order.sql"),
    ] {
        sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    }
    let tags: Vec<String> =
        sqlx::query_scalar("SELECT tags FROM snapshot ORDER BY row_id").fetch_all(&mut connection).await.unwrap();
    assert_eq!(tags, [r#"{"a \"q\"":"é","b":"2"}"#, "{}"]);
    let found: Vec<Found> =
        sqlx::query_as("SELECT * FROM snapshot_tag ORDER BY tag_key").fetch_all(&mut connection).await.unwrap();
    let row = |key: &str, value: &str| {
        let [region, id] = ["cn-hangzhou", "s-7"].map(str::to_owned);
        (1, key.to_owned(), region, -100, id, value.to_owned(), Some(900), 7)
    };
    assert_eq!(found, [row("a \"q\"", "é"), row("b", "2")]);
}
