//! Client tokens: what was answered to requests that may be sent again.

use sqlx::Row as _;

use super::Error;
use super::session::Session;
use super::sql::Sql;
use crate::model::time::Time;

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Of its parameters.
    pub digest: String,
    /// In JSON, without the id of the request.
    pub reply: String,
}

/// What was answered to a request of this action with this token, until it is forgotten.
pub async fn find(
    session: &mut Session,
    sandbox_id: i64,
    action: &str,
    client_token: &str,
    now: Time,
) -> Result<Option<Answered>, Error> {
    let find = Sql::new(
        "SELECT digest, reply FROM client_token
         WHERE sandbox_id = ? AND action = ? AND client_token = ? AND expiration > ?",
    );
    let row = find.with(sandbox_id).with(action).with(client_token).with(now).fetch_optional(session).await?;
    row.map(|row| Ok(Answered { digest: row.try_get(0)?, reply: row.try_get(1)? })).transpose()
}

/// Keeps an answer until `expiration`, and forgets those whose time is over.
pub async fn insert(
    session: &mut Session,
    sandbox_id: i64,
    action: &str,
    client_token: &str,
    answered: &Answered,
    now: Time,
    expiration: Time,
) -> Result<(), Error> {
    Sql::new("DELETE FROM client_token WHERE expiration <= ?").with(now).execute(session).await?;
    let insert = Sql::new(
        "INSERT INTO client_token (sandbox_id, action, client_token, digest, reply, expiration)
         VALUES (?, ?, ?, ?, ?, ?)",
    );
    let insert = insert.with(sandbox_id).with(action).with(client_token).with(answered.digest.as_str());
    insert.with(answered.reply.as_str()).with(expiration).execute(session).await?;
    Ok(())
}

/// Forgets all answers of a sandbox.
pub async fn forget(session: &mut Session, sandbox_id: i64) -> Result<(), Error> {
    Sql::new("DELETE FROM client_token WHERE sandbox_id = ?").with(sandbox_id).execute(session).await?;
    Ok(())
}
