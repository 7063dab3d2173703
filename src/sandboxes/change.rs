//! Changes to what a sandbox holds: whole states, and single snapshots between test cases.

use std::collections::HashSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Origin, Sandbox, SandboxError, Sandboxes};
use crate::ids::IdSequence;
use crate::model::document::Draft;
use crate::model::filter::SnapshotFilter;
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;
use crate::store::states::{self, State};
use crate::store::{Reads, SqlConnection, sandboxes, snapshots};

/// Snapshots that one transaction takes at most, so that other sandboxes' writers hardly wait.
const STEP: i64 = 1_000;

/// What a change did, in snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Counts {
    pub inserted: i64,
    pub changed: i64,
    pub removed: i64,
    pub unchanged: i64,
}

/// Which state holds what a merge made.
#[derive(Debug, Clone, Copy)]
enum Merged {
    Nothing,
    /// At once, in one transaction.
    IntoCurrent,
    /// In short ones: the rest of the current state has joined what was staged, which has taken its place.
    IntoStaged,
}

/// The entries of a state document, a batch at a time, from wherever they come.
pub trait Entries {
    type Error: From<SandboxError>;

    /// The next entries, at least one; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Draft>>, Self::Error>>;
}

impl Sandboxes {
    /// Makes the entries all that the sandbox holds. `is_dry_run`: only tells what that would do.
    pub async fn replace<E: Entries>(
        &self,
        sandbox: &Sandbox,
        entries: E,
        is_dry_run: bool,
    ) -> Result<Counts, E::Error> {
        let _changing = self.changing(sandbox).await?;
        let (current, staged) = self.stage(sandbox, entries).await?;
        let result = self.replace_with(sandbox, &current, &staged, is_dry_run).await;
        if result.is_err() || is_dry_run {
            self.purge([staged.state_id]);
        }
        Ok(result?)
    }

    async fn replace_with(
        &self,
        sandbox: &Sandbox,
        current: &State,
        staged: &State,
        is_dry_run: bool,
    ) -> Result<Counts, SandboxError> {
        let mut connection = self.store.read_long().await?;
        let counts = super::diff::count(&mut connection, current.state_id, staged.state_id).await?;
        self.check_limit(counts.inserted + counts.changed + counts.unchanged)?;
        if !is_dry_run {
            self.point(sandbox, staged).await?;
        }
        Ok(counts)
    }

    /// Puts the entries in place of those of the same ids, and adds the others.
    pub async fn merge<E: Entries>(&self, sandbox: &Sandbox, entries: E, is_dry_run: bool) -> Result<Counts, E::Error> {
        let _changing = self.changing(sandbox).await?;
        let (current, staged) = self.stage(sandbox, entries).await?;
        let result = self.merge_with(sandbox, &current, &staged, is_dry_run).await;
        if !matches!(result, Ok((_, Merged::IntoStaged))) {
            self.purge([staged.state_id]);
        }
        Ok(result?.0)
    }

    async fn merge_with(
        &self,
        sandbox: &Sandbox,
        current: &State,
        staged: &State,
        is_dry_run: bool,
    ) -> Result<(Counts, Merged), SandboxError> {
        let mut connection = self.store.read(Reads::Several).await?;
        let counts = super::diff::count_merge(&mut connection, current.state_id, staged.state_id).await?;
        let held = snapshots::count(&mut connection, current.state_id).await?;
        drop(connection);
        self.check_limit(held + counts.inserted)?;
        if is_dry_run {
            return Ok((counts, Merged::Nothing));
        }
        if counts.inserted + counts.changed + counts.unchanged <= STEP {
            let mut transaction = self.store.write().await?;
            snapshots::move_over(&mut transaction, staged.state_id, current.state_id, "", STEP).await?;
            states::update(&mut transaction, &State { ids: staged.ids, ..*current }).await?;
            transaction.commit().await?;
            return Ok((counts, Merged::IntoCurrent));
        }
        states::copy(&self.store, current.state_id, staged.state_id).await?;
        self.point(sandbox, staged).await?;
        Ok((counts, Merged::IntoStaged))
    }

    /// Fills a new state with the entries, for whoever holds the lock. What it leaves of the clock and of the sequence of
    /// ids is as in the current state, which comes with it.
    async fn stage<E: Entries>(&self, sandbox: &Sandbox, mut entries: E) -> Result<(State, State), E::Error> {
        let current = self.current(sandbox).await?;
        let state_id = self.new_state(current.ids, &current.clock).await?;
        let mut staged = State { state_id, ..current };
        let now = current.clock.at(self.clock.now());
        let result = async {
            while let Some(drafts) = entries.next().await? {
                let states = [current.state_id, staged.state_id];
                let batch = self.finished(drafts, now, &mut staged.ids, &states).await?;
                self.insert_all(staged.state_id, &batch).await?;
            }
            Ok(())
        };
        match result.await {
            Ok(()) => Ok((current, staged)),
            Err(error) => {
                self.purge([staged.state_id]);
                Err(error)
            }
        }
    }

    /// The snapshots that the drafts describe. An id that nobody chose is the next of the sequence that none of the states
    /// has, and no other draft.
    async fn finished(
        &self,
        mut drafts: Vec<Draft>,
        now: Time,
        ids: &mut IdSequence,
        states: &[i64],
    ) -> Result<Vec<Snapshot>, SandboxError> {
        let given = drafts.iter().filter_map(|draft| draft.entry.id().map(str::to_owned));
        let mut taken: HashSet<String> = given.collect();
        let mut open: Vec<&mut Draft> = drafts.iter_mut().filter(|draft| draft.entry.is_without_id()).collect();
        while !open.is_empty() {
            for draft in &mut open {
                draft.entry.take_id(ids);
            }
            let chosen: Vec<String> = open.iter().filter_map(|draft| draft.entry.id().map(str::to_owned)).collect();
            let mut connection = self.store.read(Reads::Several).await?;
            for state_id in states {
                let there = snapshots::by_ids(&mut connection, *state_id, &chosen).await?;
                taken.extend(there.into_iter().map(|snapshot| snapshot.snapshot_id));
            }
            open.retain(|draft| draft.entry.id().is_none_or(|id| taken.contains(id)));
        }
        let snapshots = drafts.into_iter().map(|draft| draft.into_snapshot(now, ids));
        Ok(snapshots.collect::<Result<_, _>>()?)
    }

    async fn insert_all(&self, state_id: i64, batch: &[Snapshot]) -> Result<(), SandboxError> {
        let mut seen = HashSet::new();
        if let Some(twice) = batch.iter().find(|snapshot| !seen.insert(&snapshot.snapshot_id)) {
            return Err(SandboxError::Duplicate(twice.snapshot_id.clone()));
        }
        let ids: Vec<String> = batch.iter().map(|snapshot| snapshot.snapshot_id.clone()).collect();
        let mut transaction = self.store.write().await?;
        if let Some(there) = snapshots::by_ids(&mut transaction, state_id, &ids).await?.first() {
            return Err(SandboxError::Duplicate(there.snapshot_id.clone()));
        }
        snapshots::insert(&mut transaction, state_id, batch).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Starts over: what the sandbox holds, its clock and its sequence of ids become those of `origin`.
    pub async fn reset(&self, sandbox: &Sandbox, origin: &Origin) -> Result<(), SandboxError> {
        let _changing = self.changing(sandbox).await?;
        let state = self.filled_from(origin, sandbox.row.sandbox_id).await?;
        self.point(sandbox, &state).await
    }

    /// Makes `state` the current one.
    pub(super) async fn point(&self, sandbox: &Sandbox, state: &State) -> Result<(), SandboxError> {
        let mut transaction = self.store.write().await?;
        states::update(&mut transaction, state).await?;
        let before = sandboxes::set_state(&mut transaction, sandbox.row.sandbox_id, state.state_id).await?;
        transaction.commit().await?;
        sandbox.set_clock(state.clock);
        self.purge([before]);
        Ok(())
    }

    pub(super) async fn current(&self, sandbox: &Sandbox) -> Result<State, SandboxError> {
        let mut connection = self.store.read(Reads::Several).await?;
        let state_id = sandboxes::state_id(&mut connection, sandbox.row.sandbox_id).await?;
        Ok(states::get(&mut connection, state_id).await?)
    }

    fn check_limit(&self, count: i64) -> Result<(), SandboxError> {
        match self.limits.snapshots {
            Some(limit) if count > limit => Err(SandboxError::TooManySnapshots(limit)),
            _ => Ok(()),
        }
    }

    /// Adds the snapshot that the draft describes, made with the sandbox's time and ids.
    pub async fn add(&self, sandbox: &Sandbox, draft: Draft) -> Result<Snapshot, SandboxError> {
        let _changing = self.changing(sandbox).await?;
        let mut state = self.current(sandbox).await?;
        let now = state.clock.at(self.clock.now());
        let mut made = self.finished(vec![draft], now, &mut state.ids, &[state.state_id]).await?;
        let snapshot = made.remove(0);
        self.add_to(&state, &snapshot).await?;
        Ok(snapshot)
    }

    async fn add_to(&self, state: &State, snapshot: &Snapshot) -> Result<(), SandboxError> {
        let mut transaction = self.store.write().await?;
        let ids = [snapshot.snapshot_id.clone()];
        if !snapshots::by_ids(&mut transaction, state.state_id, &ids).await?.is_empty() {
            return Err(SandboxError::InUse { field: "SnapshotId", value: snapshot.snapshot_id.clone() });
        }
        self.check_limit(snapshots::count(&mut transaction, state.state_id).await? + 1)?;
        snapshots::insert(&mut transaction, state.state_id, std::slice::from_ref(snapshot)).await?;
        states::update(&mut transaction, state).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Changes the snapshots that `which` names or matches, each by `change`, all or none.
    pub async fn modify<E: From<SandboxError>>(
        &self,
        sandbox: &Sandbox,
        which: &Which,
        change: impl Fn(&Snapshot, Time) -> Result<Snapshot, E>,
    ) -> Result<(Counts, Option<Snapshot>), E> {
        let _changing = self.changing(sandbox).await?;
        let mut transaction = self.store.write().await.map_err(SandboxError::from)?;
        let scope = sandbox.scope(self.clock.now());
        let (state_id, ids) = self.chosen(&mut transaction, sandbox, which).await?;
        let (mut counts, mut last) = (Counts::default(), None);
        for batch in ids.chunks(100) {
            let before = snapshots::by_ids(&mut transaction, state_id, batch).await.map_err(SandboxError::from)?;
            let after = before.iter().map(|snapshot| change(snapshot, scope.now)).collect::<Result<Vec<_>, E>>()?;
            let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
            let changed = i64::try_from(changed).unwrap_or(i64::MAX);
            counts.changed += changed;
            counts.unchanged += i64::try_from(after.len()).unwrap_or(i64::MAX) - changed;
            snapshots::delete(&mut transaction, state_id, batch).await.map_err(SandboxError::from)?;
            snapshots::insert(&mut transaction, state_id, &after).await.map_err(SandboxError::from)?;
            last = after.into_iter().last();
        }
        transaction.commit().await.map_err(SandboxError::from)?;
        Ok((counts, last))
    }

    /// Removes the snapshots that `which` names or matches.
    pub async fn remove_snapshots(&self, sandbox: &Sandbox, which: &Which) -> Result<Counts, SandboxError> {
        let _changing = self.changing(sandbox).await?;
        let mut transaction = self.store.write().await?;
        let (state_id, ids) = self.chosen(&mut transaction, sandbox, which).await?;
        let removed = snapshots::delete(&mut transaction, state_id, &ids).await?;
        transaction.commit().await?;
        Ok(Counts { removed: i64::try_from(removed).unwrap_or(i64::MAX), ..Counts::default() })
    }

    async fn chosen(
        &self,
        connection: &mut SqlConnection,
        sandbox: &Sandbox,
        which: &Which,
    ) -> Result<(i64, Vec<String>), SandboxError> {
        let state_id = sandboxes::state_id(connection, sandbox.row.sandbox_id).await?;
        let ids = match which {
            Which::Id(id) => vec![id.clone()],
            Which::Matching(filter) => {
                snapshots::matching_ids(connection, sandbox.scope(self.clock.now()), filter).await?
            }
        };
        if let Which::Id(id) = which {
            let found = snapshots::by_ids(connection, state_id, &ids).await?;
            if !found.iter().any(|snapshot| !snapshot.is_expired(sandbox.scope(self.clock.now()).now)) {
                return Err(SandboxError::NoSuchSnapshot(id.clone()));
            }
        }
        Ok((state_id, ids))
    }
}

/// Which snapshots a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    Id(String),
    Matching(Box<SnapshotFilter>),
}
