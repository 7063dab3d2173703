//! Sandboxes: accounts of their own, each pointing at its current state.

use std::collections::BTreeMap;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::session::Session;
use super::sql::{Sql, json_array};
use super::{Error, counters, rows};
use crate::model::time::Time;

/// The sandbox of requests whose access key belongs to no other.
pub const DEFAULT: &str = "default";

const UPTIME: &str = "uptime";

/// An account of its own. Times are real ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxRow {
    pub sandbox_id: i64,
    pub name: String,
    pub creation_time: Time,
    pub last_used_time: Time,
    /// How many seconds the server had run over this database at the last use.
    pub last_used_uptime: i64,
    /// Removed when the server has run for so long without its being used.
    pub ttl_seconds: Option<i64>,
    pub labels: BTreeMap<String, String>,
}

/// Which content of which state a sandbox has: the same pointer is the same content, for whoever compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pointer {
    pub state_id: i64,
    /// Another one after every change that answers depend on.
    pub version: i64,
}

/// How much a sandbox holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    pub sandbox_id: i64,
    /// Of each kind, in the order of the kinds.
    pub counts: Vec<i64>,
    pub tags: i64,
    pub checkpoints: i64,
}

impl Size {
    /// Roughly what its rows and their index entries take, in bytes.
    #[must_use]
    pub fn bytes(&self) -> i64 {
        // As dbstat has it for 200,000 snapshots with a name, an instance and three tags each: bytes of a row with its index
        // entries, and of a tag.
        const ROW: i64 = 640;
        const TAG: i64 = 190;
        self.counts.iter().sum::<i64>() * ROW + self.tags * TAG
    }
}

/// All sandboxes, by name, each with where it points.
pub async fn list(session: &mut Session) -> Result<Vec<(SandboxRow, Pointer)>, Error> {
    let rows = Sql::new(
        "SELECT sandbox_id, name, creation_time, last_used_time, ttl_seconds, labels, state_id, version, last_used_uptime
         FROM sandbox ORDER BY name",
    );
    rows.fetch_all(session).await?.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<(SandboxRow, Pointer), Error> {
    let labels: &str = row.try_get(5)?;
    let sandbox = SandboxRow {
        sandbox_id: row.try_get(0)?,
        name: row.try_get(1)?,
        creation_time: Time(row.try_get(2)?),
        last_used_time: Time(row.try_get(3)?),
        last_used_uptime: row.try_get(8)?,
        ttl_seconds: row.try_get(4)?,
        labels: serde_json::from_str(labels).map_err(|error| Error::Decode(Box::new(error)))?,
    };
    Ok((sandbox, Pointer { state_id: row.try_get(6)?, version: row.try_get(7)? }))
}

/// How much each of some sandboxes holds, in one statement however many they are. One that is gone is left out.
pub async fn sizes(session: &mut Session, sandbox_ids: &[i64]) -> Result<Vec<Size>, Error> {
    let sizes = Sql::new(
        "SELECT sandbox_id,
             (SELECT json_group_array(json_array(kind, count)) FROM resource_count
              WHERE resource_count.state_id = sandbox.state_id),
             (SELECT coalesce(sum(tags), 0) FROM resource_count WHERE resource_count.state_id = sandbox.state_id),
             (SELECT count(*) FROM checkpoint WHERE checkpoint.sandbox_id = sandbox.sandbox_id)
         FROM sandbox WHERE sandbox_id IN (SELECT value FROM json_each(?))",
    );
    let rows = sizes.with(json_array(sandbox_ids.iter().copied())).fetch_all(session).await?;
    let size = |row: &SqliteRow| {
        let (sandbox_id, counts) = (row.try_get(0)?, rows::read_counts(row.try_get(1)?)?);
        Ok(Size { sandbox_id, counts, tags: row.try_get(2)?, checkpoints: row.try_get(3)? })
    };
    rows.iter().map(size).collect()
}

/// Adds a sandbox that points at `state_id`, and says its id. The id of `sandbox` does not matter.
pub async fn create(session: &mut Session, sandbox: &SandboxRow, state_id: i64) -> Result<i64, Error> {
    let sandbox_id = counters::next(session, "sandbox").await?;
    let labels = serde_json::to_string(&sandbox.labels).map_err(|error| Error::Encode(Box::new(error)))?;
    let insert = Sql::new(
        "INSERT INTO sandbox
             (sandbox_id, name, state_id, creation_time, last_used_time, last_used_uptime, ttl_seconds, labels)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    let insert = insert.with(sandbox_id).with(sandbox.name.as_str()).with(state_id).with(sandbox.creation_time);
    let insert = insert.with(sandbox.last_used_time).with(sandbox.last_used_uptime);
    insert.with(sandbox.ttl_seconds).with(labels).execute(session).await?;
    Ok(sandbox_id)
}

/// Removes a sandbox with its keys, checkpoints and tokens, and says which states it leaves behind.
pub async fn delete(session: &mut Session, sandbox_id: i64) -> Result<Vec<i64>, Error> {
    let states = Sql::new(
        "SELECT state_id FROM sandbox WHERE sandbox_id = ?
         UNION ALL SELECT state_id FROM checkpoint WHERE sandbox_id = ?",
    );
    let states = states.with(sandbox_id).with(sandbox_id).scalars(session).await?;
    Sql::new("DELETE FROM sandbox WHERE sandbox_id = ?").with(sandbox_id).execute(session).await?;
    Ok(states)
}

/// Notes when a sandbox was last used.
pub async fn touch(session: &mut Session, sandbox_id: i64, time: Time, uptime: i64) -> Result<(), Error> {
    let touch = Sql::new("UPDATE sandbox SET last_used_time = ?, last_used_uptime = ? WHERE sandbox_id = ?");
    touch.with(time).with(uptime).with(sandbox_id).execute(session).await?;
    Ok(())
}

/// How many seconds servers have run over this database, as far as it was noted.
pub async fn uptime(session: &mut Session) -> Result<i64, Error> {
    counters::value(session, UPTIME).await
}

/// Notes how many seconds servers have run over this database.
pub async fn set_uptime(session: &mut Session, uptime: i64) -> Result<(), Error> {
    counters::set(session, UPTIME, uptime).await
}

/// Where a sandbox points; `None` if it is gone.
pub async fn pointer(session: &mut Session, sandbox_id: i64) -> Result<Option<Pointer>, Error> {
    let row = Sql::new("SELECT state_id, version FROM sandbox WHERE sandbox_id = ?").with(sandbox_id);
    let row = row.fetch_optional(session).await?;
    row.map(|row| Ok(Pointer { state_id: row.try_get(0)?, version: row.try_get(1)? })).transpose()
}

/// Makes `state_id` the sandbox's current state, which may be what it is already, and counts up its version.
pub async fn point(session: &mut Session, sandbox_id: i64, state_id: i64) -> Result<Pointer, Error> {
    let point =
        Sql::new("UPDATE sandbox SET state_id = ?, version = version + 1 WHERE sandbox_id = ? RETURNING version");
    let version = point.with(state_id).with(sandbox_id).scalar(session).await?;
    Ok(Pointer { state_id, version })
}
