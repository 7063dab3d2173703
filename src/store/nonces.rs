//! Nonces that were used, as digests, each until it may be forgotten.

use sqlx::Row as _;

use super::Error;
use super::session::Session;
use super::sql::Sql;
use crate::model::time::Time;

/// Two bound values each: well within what a statement of SQLite may have.
const BATCH: usize = 1_000;

/// What stands for a key's nonce.
pub type Digest = [u8; 16];

/// Keeps digests until their expirations.
pub async fn insert(session: &mut Session, digests: &[(Time, Digest)]) -> Result<(), Error> {
    for batch in digests.chunks(BATCH) {
        let mut statement = sqlx::QueryBuilder::new("INSERT OR IGNORE INTO nonce (expiration, digest) ");
        statement.push_values(batch, |mut row, (expiration, digest)| {
            row.push_bind(expiration.0).push_bind(&digest[..]);
        });
        let inserted = statement.build().execute(session.connection()).await;
        session.noted(inserted)?;
    }
    Ok(())
}

/// Forgets those whose expiration is before `time`.
pub async fn delete_before(session: &mut Session, time: Time) -> Result<(), Error> {
    Sql::new("DELETE FROM nonce WHERE expiration < ?").with(time).execute(session).await?;
    Ok(())
}

/// Those whose expiration is `time` or later, the last to expire first, `limit` of them at most.
pub async fn list(session: &mut Session, time: Time, limit: usize) -> Result<Vec<(Time, Digest)>, Error> {
    let rows = Sql::new("SELECT expiration, digest FROM nonce WHERE expiration >= ? ORDER BY expiration DESC LIMIT ?");
    let rows = rows.with(time).with(i64::try_from(limit).unwrap_or(i64::MAX)).fetch_all(session).await?;
    let read = |row: &sqlx::sqlite::SqliteRow| -> Result<(Time, Digest), Error> {
        let digest: &[u8] = row.try_get(1)?;
        let digest = digest.try_into().map_err(|error| Error::Decode(Box::new(error)))?;
        Ok((Time(row.try_get(0)?), digest))
    };
    rows.iter().map(read).collect()
}
