//! Checkpoints: named states of a sandbox.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::session::Session;
use super::sql::Sql;
use super::{Error, planned_faults, rows};
use crate::model::time::Time;

/// A named state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub name: String,
    pub state_id: i64,
    /// A real time.
    pub creation_time: Time,
}

fn read(row: &SqliteRow) -> Result<Checkpoint, Error> {
    Ok(Checkpoint { name: row.try_get(0)?, state_id: row.try_get(1)?, creation_time: Time(row.try_get(2)?) })
}

/// The checkpoints of a sandbox, by name, each with how many resources of each kind it holds. One statement for all of them.
pub async fn list(session: &mut Session, sandbox_id: i64) -> Result<Vec<(Checkpoint, Vec<i64>)>, Error> {
    let list = Sql::new(
        "SELECT name, state_id, creation_time,
             (SELECT json_group_array(json_array(kind, count)) FROM resource_count
              WHERE resource_count.state_id = checkpoint.state_id)
         FROM checkpoint WHERE sandbox_id = ? ORDER BY name",
    );
    let rows = list.with(sandbox_id).fetch_all(session).await?;
    rows.iter().map(|row| Ok((read(row)?, rows::read_counts(row.try_get(3)?)?))).collect()
}

/// How many checkpoints a sandbox has.
pub async fn count(session: &mut Session, sandbox_id: i64) -> Result<i64, Error> {
    Sql::new("SELECT count(*) FROM checkpoint WHERE sandbox_id = ?").with(sandbox_id).scalar(session).await
}

/// The checkpoint of this name, if there is one.
pub async fn find(session: &mut Session, sandbox_id: i64, name: &str) -> Result<Option<Checkpoint>, Error> {
    let find = Sql::new("SELECT name, state_id, creation_time FROM checkpoint WHERE sandbox_id = ? AND name = ?");
    find.with(sandbox_id).with(name).fetch_optional(session).await?.as_ref().map(read).transpose()
}

/// Saves a checkpoint with the faults that are planned in the sandbox now, in place of one of the same name, whose state it says.
pub async fn save(session: &mut Session, sandbox_id: i64, checkpoint: &Checkpoint) -> Result<Option<i64>, Error> {
    let before = find(session, sandbox_id, &checkpoint.name).await?;
    let faults = planned_faults::list(session, sandbox_id).await?;
    let faults = serde_json::to_string(&faults).map_err(|error| Error::Encode(Box::new(error)))?;
    let save = Sql::new(
        "INSERT INTO checkpoint (sandbox_id, name, state_id, creation_time, planned_faults)
         VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (sandbox_id, name)
         DO UPDATE SET state_id = excluded.state_id, creation_time = excluded.creation_time,
             planned_faults = excluded.planned_faults",
    );
    let save = save.with(sandbox_id).with(checkpoint.name.as_str());
    let save = save.with(checkpoint.state_id).with(checkpoint.creation_time);
    save.with(faults).execute(session).await?;
    Ok(before.map(|before| before.state_id))
}

/// Deletes a checkpoint, and says which state it leaves behind.
pub async fn delete(session: &mut Session, sandbox_id: i64, name: &str) -> Result<Option<i64>, Error> {
    let delete = Sql::new("DELETE FROM checkpoint WHERE sandbox_id = ? AND name = ? RETURNING state_id");
    let row = delete.with(sandbox_id).with(name).fetch_optional(session).await?;
    row.map(|row| row.try_get(0)).transpose()
}
