//! Access keys: each belongs to one sandbox, which requests signed with it reach.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::Error;
use super::session::Session;
use super::sql::Sql;
use crate::model::access_key::{AccessKey, ActionPattern, SecurityToken};
use crate::model::time::Time;

/// Gives a sandbox a key that no sandbox has yet.
pub async fn insert(session: &mut Session, sandbox_id: i64, key: &AccessKey) -> Result<(), Error> {
    let insert = Sql::new(
        "INSERT INTO access_key
         (access_key_secret, status, security_token, expiration, allowed_actions, access_key_id, sandbox_id)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    with_values(insert, key)?.with(sandbox_id).execute(session).await?;
    Ok(())
}

/// Changes all of a key but its id and whose it is.
pub async fn update(session: &mut Session, key: &AccessKey) -> Result<(), Error> {
    let update = Sql::new(
        "UPDATE access_key
         SET access_key_secret = ?, status = ?, security_token = ?, expiration = ?, allowed_actions = ?
         WHERE access_key_id = ?",
    );
    with_values(update, key)?.execute(session).await?;
    Ok(())
}

/// Removes a key.
pub async fn delete(session: &mut Session, access_key_id: &str) -> Result<(), Error> {
    Sql::new("DELETE FROM access_key WHERE access_key_id = ?").with(access_key_id).execute(session).await?;
    Ok(())
}

/// The keys of all sandboxes, each with its sandbox's id.
pub async fn list(session: &mut Session) -> Result<Vec<(i64, AccessKey)>, Error> {
    let rows = Sql::new(
        "SELECT sandbox_id, access_key_id, access_key_secret, status, security_token, expiration, allowed_actions
         FROM access_key ORDER BY access_key_id",
    );
    rows.fetch_all(session).await?.iter().map(read).collect()
}

/// The values of a key, its id last.
fn with_values(statement: Sql, key: &AccessKey) -> Result<Sql, Error> {
    let token = key.security_token.as_ref();
    let allowed_actions = key.allowed_actions.as_ref().map(serde_json::to_string).transpose();
    Ok(statement
        .with(key.access_key_secret.as_str())
        .with(key.status.to_string())
        .with(token.map(|token| token.text.clone()))
        .with(token.and_then(|token| token.expiration))
        .with(allowed_actions.map_err(|error| Error::Encode(Box::new(error)))?)
        .with(key.access_key_id.as_str()))
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
