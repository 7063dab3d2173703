//! States: whole sets of resource rows that a sandbox, or the seed, points at.

use sqlx::SqliteConnection;

use super::{Error, Store, next_row_id, snapshots};

/// How many snapshots one transaction of [`purge_all`] deletes.
const PURGE_STEP: i64 = 1_000;

/// A new state with nothing in it.
pub async fn create(connection: &mut SqliteConnection) -> Result<i64, Error> {
    let state_id = next_row_id(connection, "SELECT coalesce(max(state_id), 0) + 1 FROM state").await?;
    sqlx::query("INSERT INTO state (state_id) VALUES (?)").bind(state_id).execute(connection).await?;
    Ok(state_id)
}

/// A new state that holds what `state_id` holds.
pub async fn copy(connection: &mut SqliteConnection, state_id: i64) -> Result<i64, Error> {
    let copy = create(connection).await?;
    snapshots::copy(connection, state_id, copy).await?;
    Ok(copy)
}

/// Deletes everything that nothing points at any more, in transactions so short that other writers hardly notice.
pub async fn purge_all(store: &Store) -> Result<(), Error> {
    loop {
        let mut transaction = store.write().await?;
        let is_done = !purge(&mut transaction).await?;
        transaction.commit().await?;
        if is_done {
            return Ok(());
        }
    }
}

/// Deletes a piece of what nothing points at any more. `false`: nothing was left to delete.
async fn purge(connection: &mut SqliteConnection) -> Result<bool, Error> {
    let unused = sqlx::query_scalar::<_, i64>(
        "SELECT state_id FROM state
         WHERE state_id NOT IN (SELECT state_id FROM sandbox) AND state_id NOT IN (SELECT state_id FROM seed)
         LIMIT 1",
    );
    let Some(state_id) = unused.fetch_optional(&mut *connection).await? else { return Ok(false) };
    if snapshots::delete_some(connection, state_id, PURGE_STEP).await? == 0 {
        sqlx::query("DELETE FROM state WHERE state_id = ?").bind(state_id).execute(connection).await?;
    }
    Ok(true)
}
