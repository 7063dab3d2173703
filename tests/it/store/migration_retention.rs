//! A database from before an image put the expiry of its snapshots off is migrated: every row is as if it were written now.

use std::path::Path;

use ecs_mock::app::Config;
use ecs_mock::seed::Source;
use ecs_mock::store::derived;
use serde_json::json;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::support::{NOW, TestApp};

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-image, ExpirationTime: 2026-03-16T12:00:00Z, Tags: {a: b}}
  - {SnapshotId: s-alone, ExpirationTime: 2026-03-16T12:00:00Z, Tags: {a: b}}
  - {SnapshotId: s-kept, Tags: {a: b}}
Images: [{ImageId: m-1, SnapshotIds: [s-image, s-kept]}]";

async fn connect(path: &Path) -> SqliteConnection {
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// What the migration adds, taken away again.
const BEFORE: &str = "
    UPDATE snapshot SET expiration_time = stated_expiration_time;
    UPDATE tag SET expiration_time = (
        SELECT expiration_time FROM snapshot WHERE snapshot.state_id = tag.state_id AND snapshot.id = tag.id
    );
    DROP INDEX snapshot_by_lock;
    DROP INDEX snapshot_by_cool_off;
    DROP INDEX snapshot_by_lock_end;
    ALTER TABLE snapshot DROP COLUMN stated_expiration_time;
    ALTER TABLE snapshot DROP COLUMN cool_off_period_expired_time;
    ALTER TABLE snapshot DROP COLUMN lock_expired_time;";

/// Rows that tell when resources go.
async fn rows(path: &Path) -> Vec<(String, Option<i64>, Option<i64>)> {
    let mut connection = connect(path).await;
    let rows = "SELECT snapshot.id, snapshot.expiration_time, tag.expiration_time FROM snapshot
                JOIN tag ON tag.state_id = snapshot.state_id AND tag.id = snapshot.id
                ORDER BY snapshot.state_id, snapshot.id";
    sqlx::query_as(rows).fetch_all(&mut connection).await.unwrap()
}

#[actix_web::test]
async fn rows_that_were_there_before_are_as_those_that_are_written_now() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let app = TestApp::seeded(SEED).await;
    let mut session = app.app().store.write().await.unwrap();
    assert_eq!(derived::recompute_state(&mut session, 1).await.unwrap(), 0);
    session.rollback().await;
    let backup = format!("VACUUM INTO '{}'", path.display());
    sqlx::raw_sql(sqlx::AssertSqlSafe(backup)).execute(&mut connect(app.app().store.path()).await).await.unwrap();
    let expected = rows(&path).await;
    let day = NOW.plus(86_400).0;
    assert!(expected.contains(&("s-image".to_owned(), None, None)), "{expected:?}");
    assert!(expected.contains(&("s-alone".to_owned(), Some(day), Some(day))), "{expected:?}");

    let mut connection = connect(&path).await;
    sqlx::raw_sql(BEFORE).execute(&mut connection).await.unwrap();
    assert!(rows(&path).await.contains(&("s-image".to_owned(), Some(day), Some(day))), "as it was");
    let script = include_str!("../../../migrations/V9__retention_and_locks.sql");
    sqlx::raw_sql(script).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(rows(&path).await, expected);

    let migrated = TestApp::configured(
        Source::None,
        move |config| Config { database: path, ..config },
        ecs_mock::admin::guard::Access::default(),
    )
    .await;
    migrated.clock.set(NOW.plus(86_400));
    assert_eq!(migrated.ids("Tag.1.Key=a").await, ["s-image", "s-kept"]);
    let stated = migrated.entry("snapshots/s-image").await;
    assert_eq!(stated["ExpirationTime"], json!("2026-03-16T12:00:00Z"));
}
