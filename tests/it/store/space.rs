//! What is free of a database file goes back to the disk, beside whoever reads and writes.

use std::path::Path;

use ecs_mock::store::Store;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

const MIB: u64 = 1_024 * 1_024;

async fn connect(path: &Path) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// Fills a database: 16 MiB, and behind them as much again as is given.
async fn fill(path: &Path, behind: &'static str) {
    let fill = "CREATE TABLE gone (bytes BLOB);
         WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 4096)
         INSERT INTO gone SELECT zeroblob(4000) FROM number;
         CREATE TABLE kept (n INTEGER PRIMARY KEY, text TEXT);
         CREATE INDEX kept_by_text ON kept (text);";
    let mut connection = connect(path).await;
    sqlx::raw_sql(fill).execute(&mut connection).await.unwrap();
    sqlx::raw_sql(behind).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

const KEPT: &str = "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 2000)
     INSERT INTO kept SELECT n, hex(n * 7919) || printf('%0300d', n) FROM number";

async fn scalar<T>(path: &Path, sql: &'static str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
{
    let mut connection = connect(path).await;
    let value = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    value
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

#[actix_web::test]
async fn a_file_becomes_shorter_and_keeps_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = Store::open(&path, true).await.unwrap().store;
    fill(&path, KEPT).await;
    let held = "SELECT group_concat(n || text) FROM (SELECT n, text FROM kept ORDER BY text)";
    let before: String = scalar(&path, held).await;
    let mut deleting = connect(&path).await;
    sqlx::raw_sql("DELETE FROM gone").execute(&mut deleting).await.unwrap();
    deleting.close().await.unwrap();

    store.give_back_space().await.unwrap();
    assert_eq!(scalar::<String>(&path, "PRAGMA integrity_check").await, "ok");
    assert_eq!(scalar::<String>(&path, held).await, before);
    store.close().await.unwrap();
    let size = size(&path);
    assert!((4 * MIB..7 * MIB).contains(&size), "{size}: what is held, and 4 MiB for what comes next");
}

#[actix_web::test]
async fn what_is_little_is_kept_for_what_comes_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = Store::open(&path, true).await.unwrap().store;
    // Of 26 MiB, 5 MiB are free.
    fill(&path, "INSERT INTO gone SELECT bytes FROM gone LIMIT 2500; DELETE FROM gone WHERE rowid > 5200").await;
    let free: i64 = scalar(&path, "PRAGMA freelist_count").await;
    assert!(free > 1_024, "{free}");
    store.give_back_space().await.unwrap();
    assert_eq!(scalar::<i64>(&path, "PRAGMA freelist_count").await, free);
}

#[actix_web::test]
async fn a_file_that_cannot_become_shorter_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    Store::open(&path, true).await.unwrap().store.close().await.unwrap();
    let mut connection = connect(&path).await;
    sqlx::raw_sql("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let store = Store::open(&path, true).await.unwrap().store;
    fill(&path, "DELETE FROM gone").await;
    store.give_back_space().await.unwrap();
    store.close().await.unwrap();
    assert!(size(&path) > 16 * MIB);
}
