//! Access keys: each belongs to one sandbox, which requests signed with it reach.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::Error;
use crate::model::access_key::{AccessKey, ActionPattern, SecurityToken};
use crate::model::time::Time;

/// Gives a sandbox a key that no sandbox has yet.
pub async fn insert(connection: &mut SqliteConnection, sandbox_id: i64, key: &AccessKey) -> Result<(), Error> {
    let query = sqlx::query(
        "INSERT INTO access_key
         (access_key_secret, status, security_token, expiration, allowed_actions, access_key_id, sandbox_id)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    bound(query, key)?.bind(sandbox_id).execute(connection).await?;
    Ok(())
}

/// Changes all of a key but its id and whose it is.
pub async fn update(connection: &mut SqliteConnection, key: &AccessKey) -> Result<(), Error> {
    let query = sqlx::query(
        "UPDATE access_key
         SET access_key_secret = ?, status = ?, security_token = ?, expiration = ?, allowed_actions = ?
         WHERE access_key_id = ?",
    );
    bound(query, key)?.execute(connection).await?;
    Ok(())
}

/// Removes a key.
pub async fn delete(connection: &mut SqliteConnection, access_key_id: &str) -> Result<(), Error> {
    sqlx::query("DELETE FROM access_key WHERE access_key_id = ?").bind(access_key_id).execute(connection).await?;
    Ok(())
}

/// The keys of all sandboxes, each with its sandbox's id.
pub async fn list(connection: &mut SqliteConnection) -> Result<Vec<(i64, AccessKey)>, Error> {
    let rows = sqlx::query(
        "SELECT sandbox_id, access_key_id, access_key_secret, status, security_token, expiration, allowed_actions
         FROM access_key ORDER BY access_key_id",
    );
    rows.fetch_all(connection).await?.iter().map(read).collect()
}

type Query<'a> = sqlx::query::Query<'a, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

/// The values of a key, its id last.
fn bound<'a>(query: Query<'a>, key: &'a AccessKey) -> Result<Query<'a>, Error> {
    let allowed_actions = key.allowed_actions.as_ref().map(serde_json::to_string).transpose();
    Ok(query
        .bind(&key.access_key_secret)
        .bind(key.status.to_string())
        .bind(key.security_token.as_ref().map(|token| &token.text))
        .bind(key.security_token.as_ref().and_then(|token| token.expiration).map(|time| time.0))
        .bind(allowed_actions.map_err(|error| Error::Encode(Box::new(error)))?)
        .bind(&key.access_key_id))
}

fn read(row: &SqliteRow) -> Result<(i64, AccessKey), Error> {
    let expiration: Option<i64> = row.try_get(5)?;
    let token: Option<String> = row.try_get(4)?;
    let allowed_actions: Option<&str> = row.try_get(6)?;
    let allowed_actions: Option<Vec<ActionPattern>> =
        allowed_actions.map(serde_json::from_str).transpose().map_err(|error| Error::Decode(Box::new(error)))?;
    let key = AccessKey {
        access_key_id: row.try_get(1)?,
        access_key_secret: row.try_get(2)?,
        status: row.try_get::<&str, _>(3)?.parse().map_err(|error| Error::Decode(Box::new(error)))?,
        security_token: token.map(|text| SecurityToken { text, expiration: expiration.map(Time) }),
        allowed_actions,
    };
    Ok((row.try_get(0)?, key))
}
