//! States: whole sets of resource rows. A sandbox points at its current one, each checkpoint at another, the seed is one.

use sqlx::{Row as _, SqliteConnection};

use super::{Error, Store, next_row_id, snapshots};
use crate::ids::IdSequence;
use crate::model::clock::SandboxClock;

/// How many snapshots one transaction copies: other writers wait no longer than that takes.
const STEP: i64 = 1_000;

/// How many it deletes where nobody waits for the result.
const PURGE_STEP: i64 = 50;

/// What a state holds beside rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    pub state_id: i64,
    pub ids: IdSequence,
    pub clock: SandboxClock,
}

/// A new state with nothing in it. Nothing points at it yet: the next start purges it unless a pointer is moved to it.
pub async fn create(connection: &mut SqliteConnection, ids: IdSequence, clock: &SandboxClock) -> Result<i64, Error> {
    let state_id = next_row_id(connection, "SELECT coalesce(max(state_id), 0) + 1 FROM state").await?;
    sqlx::query("INSERT INTO state (state_id, id_seed, next_id, clock) VALUES (?, ?, ?, ?)")
        .bind(state_id)
        .bind(ids.seed)
        .bind(ids.next)
        .bind(written(clock)?)
        .execute(connection)
        .await?;
    Ok(state_id)
}

/// What a state holds beside rows.
pub async fn get(connection: &mut SqliteConnection, state_id: i64) -> Result<State, Error> {
    let row = sqlx::query("SELECT id_seed, next_id, clock FROM state WHERE state_id = ?");
    let row = row.bind(state_id).fetch_one(connection).await?;
    let clock: &str = row.try_get(2)?;
    let clock = serde_json::from_str(clock).map_err(|error| Error::Decode(Box::new(error)))?;
    Ok(State { state_id, ids: IdSequence { seed: row.try_get(0)?, next: row.try_get(1)? }, clock })
}

/// Changes what a state holds beside rows.
pub async fn update(connection: &mut SqliteConnection, state: &State) -> Result<(), Error> {
    sqlx::query("UPDATE state SET id_seed = ?, next_id = ?, clock = ? WHERE state_id = ?")
        .bind(state.ids.seed)
        .bind(state.ids.next)
        .bind(written(&state.clock)?)
        .bind(state.state_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes another version of a state: whoever changes its snapshots does, in the same transaction.
pub async fn count_up(connection: &mut SqliteConnection, state_id: i64) -> Result<(), Error> {
    sqlx::query("UPDATE state SET version = version + 1 WHERE state_id = ?").bind(state_id).execute(connection).await?;
    Ok(())
}

fn written(clock: &SandboxClock) -> Result<String, Error> {
    serde_json::to_string(clock).map_err(|error| Error::Encode(Box::new(error)))
}

/// Adds to `to` the rows of `from` under ids that it does not have. Neither must change meanwhile: it takes short
/// transactions, so that others go on writing.
pub async fn copy(store: &Store, from: i64, to: i64) -> Result<(), Error> {
    let mut after = String::new();
    loop {
        let mut transaction = store.write().await?;
        let last = snapshots::copy_some(&mut transaction, from, to, &after, STEP).await?;
        transaction.commit().await?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Deletes a state that nothing points at any more, in short transactions.
pub async fn purge(store: &Store, state_id: i64) -> Result<(), Error> {
    loop {
        let mut transaction = store.write().await?;
        let is_empty = snapshots::delete_some(&mut transaction, state_id, PURGE_STEP).await? == 0;
        if is_empty {
            sqlx::query("DELETE FROM state WHERE state_id = ?").bind(state_id).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        if is_empty {
            return Ok(());
        }
    }
}

/// The states that nothing points at: what a process left that ended while it filled or purged one.
pub async fn unused(connection: &mut SqliteConnection) -> Result<Vec<i64>, Error> {
    sqlx::query_scalar(
        "SELECT state_id FROM state
         WHERE state_id NOT IN (SELECT state_id FROM sandbox)
           AND state_id NOT IN (SELECT state_id FROM checkpoint)
           AND state_id NOT IN (SELECT state_id FROM seed)",
    )
    .fetch_all(connection)
    .await
}
