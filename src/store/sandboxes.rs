//! Sandboxes: accounts of their own, each pointing at its current state.

use sqlx::SqliteConnection;

use super::{Error, next_row_id};

/// The sandbox of requests whose access key belongs to no other.
pub const DEFAULT: &str = "default";

/// An account of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sandbox {
    pub sandbox_id: i64,
    pub name: String,
}

/// The sandbox of this name, if there is one.
pub async fn find(connection: &mut SqliteConnection, name: &str) -> Result<Option<Sandbox>, Error> {
    let sandbox_id = sqlx::query_scalar("SELECT sandbox_id FROM sandbox WHERE name = ?").bind(name);
    let sandbox_id: Option<i64> = sandbox_id.fetch_optional(connection).await?;
    Ok(sandbox_id.map(|sandbox_id| Sandbox { sandbox_id, name: name.to_owned() }))
}

/// As [`find`], of a sandbox that is known to exist.
pub async fn get(connection: &mut SqliteConnection, name: &str) -> Result<Sandbox, Error> {
    find(connection, name).await?.ok_or(Error::RowNotFound)
}

/// A new sandbox that points at `state_id`.
pub async fn create(connection: &mut SqliteConnection, name: &str, state_id: i64) -> Result<Sandbox, Error> {
    let sandbox_id = next_row_id(connection, "SELECT coalesce(max(sandbox_id), 0) + 1 FROM sandbox").await?;
    sqlx::query("INSERT INTO sandbox (sandbox_id, name, state_id) VALUES (?, ?, ?)")
        .bind(sandbox_id)
        .bind(name)
        .bind(state_id)
        .execute(connection)
        .await?;
    Ok(Sandbox { sandbox_id, name: name.to_owned() })
}

/// The current state of a sandbox, to write to in the same transaction. Reads name the sandbox instead, so that one
/// statement sees both the pointer and the rows.
pub async fn state_id(connection: &mut SqliteConnection, sandbox_id: i64) -> Result<i64, Error> {
    let state_id = sqlx::query_scalar("SELECT state_id FROM sandbox WHERE sandbox_id = ?").bind(sandbox_id);
    state_id.fetch_one(connection).await
}
