//! Planned faults of sandboxes: their order, and how often each has had its effect. Those of checkpoints are in
//! [`checkpoints`](super::checkpoints).

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::Error;
use super::session::Session;
use super::sql::Sql;
use crate::model::planned_fault::PlannedFault;

/// The planned faults of all sandboxes, each with its sandbox, in their order.
pub async fn all(session: &mut Session) -> Result<Vec<(i64, PlannedFault)>, Error> {
    let all = Sql::new("SELECT body, sandbox_id FROM planned_fault ORDER BY sandbox_id, place");
    all.fetch_all(session).await?.iter().map(|row| Ok((row.try_get(1)?, read(row)?))).collect()
}

/// Those of one sandbox, in their order.
pub async fn list(session: &mut Session, sandbox_id: i64) -> Result<Vec<PlannedFault>, Error> {
    let list = Sql::new("SELECT body FROM planned_fault WHERE sandbox_id = ? ORDER BY place");
    list.with(sandbox_id).fetch_all(session).await?.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<PlannedFault, Error> {
    serde_json::from_str(row.try_get(0)?).map_err(|error| Error::Decode(Box::new(error)))
}

fn body(fault: &PlannedFault) -> Result<String, Error> {
    serde_json::to_string(fault).map_err(|error| Error::Encode(Box::new(error)))
}

/// Adds one behind the others.
pub async fn add(session: &mut Session, sandbox_id: i64, fault: &PlannedFault) -> Result<(), Error> {
    let add = Sql::new(
        "INSERT INTO planned_fault (sandbox_id, name, place, body)
         SELECT ?, ?, coalesce(max(place), 0) + 1, ? FROM planned_fault WHERE sandbox_id = ?",
    );
    let add = add.with(sandbox_id).with(fault.name.as_str()).with(body(fault)?);
    add.with(sandbox_id).execute(session).await?;
    Ok(())
}

/// Writes down what has become of one.
pub async fn update(session: &mut Session, sandbox_id: i64, fault: &PlannedFault) -> Result<(), Error> {
    let update = Sql::new("UPDATE planned_fault SET body = ? WHERE sandbox_id = ? AND name = ?");
    update.with(body(fault)?).with(sandbox_id).with(fault.name.as_str()).execute(session).await?;
    Ok(())
}

/// Removes the one of this name.
pub async fn remove(session: &mut Session, sandbox_id: i64, name: &str) -> Result<(), Error> {
    let remove = Sql::new("DELETE FROM planned_fault WHERE sandbox_id = ? AND name = ?");
    remove.with(sandbox_id).with(name).execute(session).await?;
    Ok(())
}

/// Removes all of a sandbox.
pub async fn clear(session: &mut Session, sandbox_id: i64) -> Result<(), Error> {
    Sql::new("DELETE FROM planned_fault WHERE sandbox_id = ?").with(sandbox_id).execute(session).await?;
    Ok(())
}

/// Makes those of a sandbox the ones that one of its checkpoints holds.
pub async fn restore(session: &mut Session, sandbox_id: i64, checkpoint: &str) -> Result<(), Error> {
    clear(session, sandbox_id).await?;
    let restore = Sql::new(
        "INSERT INTO planned_fault (sandbox_id, name, place, body)
         SELECT checkpoint.sandbox_id, json_extract(fault.value, '$.Name'), fault.key + 1, fault.value
         FROM checkpoint, json_each(checkpoint.planned_faults) AS fault
         WHERE checkpoint.sandbox_id = ? AND checkpoint.name = ?",
    );
    restore.with(sandbox_id).with(checkpoint).execute(session).await?;
    Ok(())
}
