//! Numbers that are given once and never again.

use super::Error;
use super::session::Session;
use super::sql::Sql;

/// The next number of a counter.
pub async fn next(session: &mut Session, name: &'static str) -> Result<i64, Error> {
    Sql::new("UPDATE counter SET value = value + 1 WHERE name = ? RETURNING value").with(name).scalar(session).await
}
