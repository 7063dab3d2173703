//! The seed: the state that the seed files were loaded into.

use sqlx::SqliteConnection;

use super::Error;

/// What the seed files were when they were last loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    pub state_id: i64,
    /// Of the files' names and contents.
    pub digest: String,
}

/// The seed, once there is one.
pub async fn find(connection: &mut SqliteConnection) -> Result<Option<Seed>, Error> {
    let row: Option<(i64, String)> =
        sqlx::query_as("SELECT state_id, digest FROM seed").fetch_optional(connection).await?;
    Ok(row.map(|(state_id, digest)| Seed { state_id, digest }))
}

/// Makes `seed` the seed.
pub async fn replace(connection: &mut SqliteConnection, seed: &Seed) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO seed (seed_id, state_id, digest) VALUES (1, ?, ?)
         ON CONFLICT (seed_id) DO UPDATE SET state_id = excluded.state_id, digest = excluded.digest",
    )
    .bind(seed.state_id)
    .bind(&seed.digest)
    .execute(connection)
    .await?;
    Ok(())
}
