//! Sandboxes: accounts of their own, each pointing at its current state.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::{Error, next_row_id};
use crate::model::time::Time;

/// The sandbox of requests whose access key belongs to no other.
pub const DEFAULT: &str = "default";

/// An account of its own. Times are real ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxRow {
    pub sandbox_id: i64,
    pub name: String,
    pub creation_time: Time,
    pub last_used_time: Time,
    /// Removed when it has not been used for so long.
    pub ttl_seconds: Option<i64>,
    pub labels: BTreeMap<String, String>,
}

/// All sandboxes, by name.
pub async fn list(connection: &mut SqliteConnection) -> Result<Vec<SandboxRow>, Error> {
    let rows = sqlx::query(
        "SELECT sandbox_id, name, creation_time, last_used_time, ttl_seconds, labels FROM sandbox ORDER BY name",
    );
    rows.fetch_all(connection).await?.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<SandboxRow, Error> {
    let labels: &str = row.try_get(5)?;
    Ok(SandboxRow {
        sandbox_id: row.try_get(0)?,
        name: row.try_get(1)?,
        creation_time: Time(row.try_get(2)?),
        last_used_time: Time(row.try_get(3)?),
        ttl_seconds: row.try_get(4)?,
        labels: serde_json::from_str(labels).map_err(|error| Error::Decode(Box::new(error)))?,
    })
}

/// Adds a sandbox that points at `state_id`, and says its id. The id of `sandbox` does not matter.
pub async fn create(connection: &mut SqliteConnection, sandbox: &SandboxRow, state_id: i64) -> Result<i64, Error> {
    let sandbox_id = next_row_id(connection, "SELECT coalesce(max(sandbox_id), 0) + 1 FROM sandbox").await?;
    let labels = serde_json::to_string(&sandbox.labels).map_err(|error| Error::Encode(Box::new(error)))?;
    sqlx::query(
        "INSERT INTO sandbox (sandbox_id, name, state_id, creation_time, last_used_time, ttl_seconds, labels)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(sandbox_id)
    .bind(&sandbox.name)
    .bind(state_id)
    .bind(sandbox.creation_time.0)
    .bind(sandbox.last_used_time.0)
    .bind(sandbox.ttl_seconds)
    .bind(labels)
    .execute(connection)
    .await?;
    Ok(sandbox_id)
}

/// Removes a sandbox with its keys and checkpoints, and says which states it leaves behind.
pub async fn delete(connection: &mut SqliteConnection, sandbox_id: i64) -> Result<Vec<i64>, Error> {
    let states = sqlx::query_scalar(
        "SELECT state_id FROM sandbox WHERE sandbox_id = ?1
         UNION ALL SELECT state_id FROM checkpoint WHERE sandbox_id = ?1",
    );
    let states = states.bind(sandbox_id).fetch_all(&mut *connection).await?;
    sqlx::query("DELETE FROM sandbox WHERE sandbox_id = ?").bind(sandbox_id).execute(connection).await?;
    Ok(states)
}

/// Notes when a sandbox was last used.
pub async fn touch(connection: &mut SqliteConnection, sandbox_id: i64, last_used_time: Time) -> Result<(), Error> {
    sqlx::query("UPDATE sandbox SET last_used_time = ? WHERE sandbox_id = ?")
        .bind(last_used_time.0)
        .bind(sandbox_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// The current state of a sandbox, to write to in the same transaction. Reads name the sandbox instead, so that one
/// statement sees both the pointer and the rows.
pub async fn state_id(connection: &mut SqliteConnection, sandbox_id: i64) -> Result<i64, Error> {
    let state_id = sqlx::query_scalar("SELECT state_id FROM sandbox WHERE sandbox_id = ?").bind(sandbox_id);
    state_id.fetch_one(connection).await
}

/// Makes `state_id` the sandbox's current state, and says which one it was before.
pub async fn set_state(connection: &mut SqliteConnection, sandbox_id: i64, state_id: i64) -> Result<i64, Error> {
    let before = self::state_id(connection, sandbox_id).await?;
    sqlx::query("UPDATE sandbox SET state_id = ? WHERE sandbox_id = ?")
        .bind(state_id)
        .bind(sandbox_id)
        .execute(connection)
        .await?;
    Ok(before)
}
