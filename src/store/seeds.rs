//! The seed: the state that the seed files were loaded into.

use sqlx::Row as _;

use super::Error;
use super::session::Session;
use super::sql::Sql;

/// What the seed files were when they were last loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    pub state_id: i64,
    /// Of the files' names and contents.
    pub digest: String,
}

/// The seed, once there is one.
pub async fn find(session: &mut Session) -> Result<Option<Seed>, Error> {
    let row = Sql::new("SELECT state_id, digest FROM seed").fetch_optional(session).await?;
    row.map(|row| Ok(Seed { state_id: row.try_get(0)?, digest: row.try_get(1)? })).transpose()
}

/// Makes `seed` the seed.
pub async fn replace(session: &mut Session, seed: &Seed) -> Result<(), Error> {
    let replace = Sql::new(
        "INSERT INTO seed (seed_id, state_id, digest) VALUES (1, ?, ?)
         ON CONFLICT (seed_id) DO UPDATE SET state_id = excluded.state_id, digest = excluded.digest",
    );
    replace.with(seed.state_id).with(seed.digest.as_str()).execute(session).await?;
    Ok(())
}
