//! Checkpoints: named states of a sandbox.

use sqlx::SqliteConnection;

use super::Error;
use crate::model::time::Time;

/// A named state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub name: String,
    pub state_id: i64,
    /// A real time.
    pub creation_time: Time,
}

/// The checkpoints of a sandbox, by name.
pub async fn list(connection: &mut SqliteConnection, sandbox_id: i64) -> Result<Vec<Checkpoint>, Error> {
    let rows = sqlx::query_as::<_, (String, i64, i64)>(
        "SELECT name, state_id, creation_time FROM checkpoint WHERE sandbox_id = ? ORDER BY name",
    );
    let rows = rows.bind(sandbox_id).fetch_all(connection).await?.into_iter();
    Ok(rows.map(|(name, state_id, time)| Checkpoint { name, state_id, creation_time: Time(time) }).collect())
}

/// The checkpoint of this name, if there is one.
pub async fn find(connection: &mut SqliteConnection, sandbox_id: i64, name: &str) -> Result<Option<Checkpoint>, Error> {
    let row = sqlx::query_as::<_, (i64, i64)>(
        "SELECT state_id, creation_time FROM checkpoint WHERE sandbox_id = ? AND name = ?",
    );
    let row = row.bind(sandbox_id).bind(name).fetch_optional(connection).await?;
    Ok(row.map(|(state_id, time)| Checkpoint { name: name.to_owned(), state_id, creation_time: Time(time) }))
}

/// Saves a checkpoint, in place of one of the same name, whose state it says.
pub async fn save(
    connection: &mut SqliteConnection,
    sandbox_id: i64,
    checkpoint: &Checkpoint,
) -> Result<Option<i64>, Error> {
    let before = find(connection, sandbox_id, &checkpoint.name).await?;
    sqlx::query(
        "INSERT INTO checkpoint (sandbox_id, name, state_id, creation_time) VALUES (?, ?, ?, ?)
         ON CONFLICT (sandbox_id, name)
         DO UPDATE SET state_id = excluded.state_id, creation_time = excluded.creation_time",
    )
    .bind(sandbox_id)
    .bind(&checkpoint.name)
    .bind(checkpoint.state_id)
    .bind(checkpoint.creation_time.0)
    .execute(connection)
    .await?;
    Ok(before.map(|before| before.state_id))
}

/// Deletes a checkpoint, and says which state it leaves behind.
pub async fn delete(connection: &mut SqliteConnection, sandbox_id: i64, name: &str) -> Result<Option<i64>, Error> {
    sqlx::query_scalar("DELETE FROM checkpoint WHERE sandbox_id = ? AND name = ? RETURNING state_id")
        .bind(sandbox_id)
        .bind(name)
        .fetch_optional(connection)
        .await
}
