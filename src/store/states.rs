//! States: whole sets of resources of all kinds. A sandbox points at its current one, each checkpoint at another, the seed is
//! one.

use sqlx::Row as _;

use super::session::Session;
use super::sql::Sql;
use super::{Error, Reads, Store, copies, counters, resources};
use crate::model::clock::SandboxClock;
use crate::model::ids::IdSequence;
use crate::model::kinds::KINDS;
use crate::model::settings::Settings;
use crate::model::time::Time;

/// How many rows are deleted at a time where nobody waits for the result. Each turn of a writer may wait for one such step.
const PURGE_STEP: usize = 50;

/// How long filling a state may take, in seconds of real time, before others take it for given up.
const LEASE: i64 = 3_600;

/// What a state holds beside resources.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    pub state_id: i64,
    pub ids: IdSequence,
    pub clock: SandboxClock,
    pub settings: Settings,
    /// The time, by its clock, from which on an automatic snapshot policy has something to make; `None`: none ever has.
    pub next_due: Option<Time>,
}

/// Who fills a state: a process, at a real time.
#[derive(Debug, Clone, Copy)]
pub struct Filler<'a> {
    pub process: &'a str,
    pub now: Time,
}

/// A new state with nothing in it but what `like` has beside resources. Nothing points at it yet: it belongs to `filler`
/// until a pointer is moved to it.
pub async fn create(session: &mut Session, like: &State, filler: Filler<'_>) -> Result<State, Error> {
    let state_id = counters::next(session, "state").await?;
    let insert = Sql::new(
        "INSERT INTO state (state_id, id_seed, next_id, clock, settings, filled_by, filled_until, next_due)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    let insert = insert.with(state_id).with(like.ids.seed).with(like.ids.next).with(written(&like.clock)?);
    let insert = insert.with(written(&like.settings.changes())?).with(filler.process).with(filler.now.plus(LEASE));
    let insert = insert.with(like.next_due);
    insert.execute(session).await?;
    Ok(State { state_id, ..*like })
}

/// What a state holds beside resources.
pub async fn get(session: &mut Session, state_id: i64) -> Result<State, Error> {
    let row =
        Sql::new("SELECT id_seed, next_id, clock, settings, next_due FROM state WHERE state_id = ?").with(state_id);
    let row = row.fetch_optional(session).await?.ok_or(Error::RowNotFound)?;
    let settings = Settings::default().patched(&read(row.try_get(3)?)?);
    let ids = IdSequence { seed: row.try_get(0)?, next: row.try_get(1)? };
    let next_due = row.try_get::<Option<i64>, _>(4)?.map(Time);
    Ok(State { state_id, ids, clock: read(row.try_get(2)?)?, settings, next_due })
}

/// Changes what a state holds beside resources. Whoever fills it has done so.
pub async fn update(session: &mut Session, state: &State) -> Result<(), Error> {
    let update = Sql::new(
        "UPDATE state SET id_seed = ?, next_id = ?, clock = ?, settings = ?, next_due = ?, filled_by = NULL, filled_until = NULL
         WHERE state_id = ?",
    );
    let update = update.with(state.ids.seed).with(state.ids.next).with(written(&state.clock)?);
    update.with(written(&state.settings.changes())?).with(state.next_due).with(state.state_id).execute(session).await?;
    Ok(())
}

fn written(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Encode(Box::new(error)))
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Decode(Box::new(error)))
}

/// Adds to `to` the resources of `from` under ids that it does not have. It takes short transactions, so that others go on
/// writing; whether `from` changed meanwhile is for the caller to see.
pub async fn copy(store: &Store, from: i64, to: i64) -> Result<(), Error> {
    let counts = resources::counts(&mut store.read(Reads::One).await?, from).await?;
    for (kind, _) in KINDS.iter().zip(counts).filter(|(_, count)| *count > 0) {
        let mut after = String::new();
        loop {
            let mut writer = store.write().await?;
            let last = copies::copy_some(&mut writer, kind, from, to, &after).await?;
            writer.commit().await?;
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
    }
    Ok(())
}

/// Deletes a state that nothing points at any more, in short transactions.
pub async fn purge(store: &Store, state_id: i64) -> Result<(), Error> {
    loop {
        let mut writer = store.write().await?;
        let mut left = PURGE_STEP;
        for kind in KINDS {
            left -= resources::delete_some(&mut writer, kind, state_id, left).await?;
        }
        let is_empty = left > 0;
        if is_empty {
            Sql::new("DELETE FROM resource_count WHERE state_id = ?").with(state_id).execute(&mut writer).await?;
            Sql::new("DELETE FROM state WHERE state_id = ?").with(state_id).execute(&mut writer).await?;
        }
        writer.commit().await?;
        if is_empty {
            return Ok(());
        }
    }
}

/// The states that nothing points at and nobody fills: what a process left that ended while it filled or purged one. A
/// process that is not `filler` has ended, since one at a time has the database.
pub async fn unused(session: &mut Session, filler: Filler<'_>) -> Result<Vec<i64>, Error> {
    let unused = Sql::new(
        "SELECT state_id FROM state
         WHERE (filled_by IS NULL OR filled_by <> ? OR filled_until < ?)
           AND state_id NOT IN (SELECT state_id FROM sandbox)
           AND state_id NOT IN (SELECT state_id FROM checkpoint)
           AND state_id NOT IN (SELECT state_id FROM seed)",
    );
    unused.with(filler.process).with(filler.now).scalars(session).await
}
