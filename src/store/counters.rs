//! Numbers that only grow: those that are given once and never again, and how long servers have run.

use super::Error;
use super::session::Session;
use super::sql::Sql;

/// The next number of a counter.
pub async fn next(session: &mut Session, name: &'static str) -> Result<i64, Error> {
    Sql::new("UPDATE counter SET value = value + 1 WHERE name = ? RETURNING value").with(name).scalar(session).await
}

/// What a counter has come to.
pub async fn value(session: &mut Session, name: &'static str) -> Result<i64, Error> {
    Sql::new("SELECT value FROM counter WHERE name = ?").with(name).scalar(session).await
}

/// Sets a counter.
pub async fn set(session: &mut Session, name: &'static str, value: i64) -> Result<(), Error> {
    Sql::new("UPDATE counter SET value = ? WHERE name = ?").with(value).with(name).execute(session).await?;
    Ok(())
}
