//! Planned faults of sandboxes: their order, and how often each has had its effect. Those of checkpoints are in
//! [`checkpoints`](super::checkpoints).

use std::sync::Arc;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::Error;
use super::session::Session;
use super::sql::Sql;
use crate::model::journal_entry::Instant;
use crate::model::planned_fault::{PlannedFault, Window};
use crate::model::time::Time;

/// The planned faults of all sandboxes, each with its sandbox, in their order.
pub async fn all(session: &mut Session) -> Result<Vec<(i64, PlannedFault)>, Error> {
    let all = Sql::new(
        "SELECT body, name, creation_time, matches, hits, window_since, window_calls, sandbox_id
         FROM planned_fault JOIN planned_fault_count USING (sandbox_id, name) ORDER BY sandbox_id, place",
    );
    all.fetch_all(session).await?.iter().map(|row| Ok((row.try_get(7)?, read(row)?))).collect()
}

/// Those of one sandbox, in their order.
pub async fn list(session: &mut Session, sandbox_id: i64) -> Result<Vec<PlannedFault>, Error> {
    let list = Sql::new(
        "SELECT body, name, creation_time, matches, hits, window_since, window_calls
         FROM planned_fault JOIN planned_fault_count USING (sandbox_id, name) WHERE sandbox_id = ? ORDER BY place",
    );
    list.with(sandbox_id).fetch_all(session).await?.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<PlannedFault, Error> {
    let plan = serde_json::from_str(row.try_get(0)?).map_err(|error| Error::Decode(Box::new(error)))?;
    let since: Option<i64> = row.try_get(5)?;
    let calls: Option<i64> = row.try_get(6)?;
    Ok(PlannedFault {
        name: row.try_get(1)?,
        plan: Arc::new(plan),
        matches: row.try_get(3)?,
        hits: row.try_get(4)?,
        creation_time: Time(row.try_get(2)?),
        window: since.zip(calls).map(|(since, calls)| Window { since: Instant(since), calls }),
    })
}

/// Adds one behind the others.
pub async fn add(session: &mut Session, sandbox_id: i64, fault: &PlannedFault) -> Result<(), Error> {
    let plan = serde_json::to_string(&*fault.plan).map_err(|error| Error::Encode(Box::new(error)))?;
    let add = Sql::new(
        "INSERT INTO planned_fault (sandbox_id, name, place, body, creation_time)
         SELECT ?, ?, coalesce(max(place), 0) + 1, ?, ? FROM planned_fault WHERE sandbox_id = ?",
    );
    let add = add.with(sandbox_id).with(fault.name.as_str()).with(plan).with(fault.creation_time);
    add.with(sandbox_id).execute(session).await?;
    let counts = Sql::new(
        "INSERT INTO planned_fault_count (matches, hits, window_since, window_calls, sandbox_id, name)
         VALUES (?, ?, ?, ?, ?, ?)",
    );
    counted(counts, sandbox_id, fault).execute(session).await?;
    Ok(())
}

/// Writes down how often one has been met.
pub async fn count(session: &mut Session, sandbox_id: i64, fault: &PlannedFault) -> Result<(), Error> {
    let count = Sql::new(
        "UPDATE planned_fault_count SET matches = ?, hits = ?, window_since = ?, window_calls = ?
         WHERE sandbox_id = ? AND name = ?",
    );
    counted(count, sandbox_id, fault).execute(session).await?;
    Ok(())
}

/// With the counts of a fault, and then its key.
fn counted(statement: Sql, sandbox_id: i64, fault: &PlannedFault) -> Sql {
    let PlannedFault { name, matches, hits, window, .. } = fault;
    let statement = statement.with(*matches).with(*hits);
    let statement = statement.with(window.map(|window| window.since.0)).with(window.map(|window| window.calls));
    statement.with(sandbox_id).with(name.as_str())
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
    let held = Sql::new("SELECT planned_faults FROM checkpoint WHERE sandbox_id = ? AND name = ?");
    let held = held.with(sandbox_id).with(checkpoint).fetch_optional(session).await?;
    let Some(held) = held else { return Ok(()) };
    let faults: Vec<PlannedFault> =
        serde_json::from_str(held.try_get(0)?).map_err(|error| Error::Decode(Box::new(error)))?;
    for fault in &faults {
        add(session, sandbox_id, fault).await?;
    }
    Ok(())
}
