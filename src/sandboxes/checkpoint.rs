//! Checkpoints of a sandbox: saving, restoring, deleting. And its clock, which they hold too.

use super::create::check_name;
use super::{Origin, Sandbox, SandboxError, Sandboxes};
use crate::model::clock::SandboxClock;
use crate::model::snapshot::Snapshot;
use crate::store::checkpoints::{self, Checkpoint};
use crate::store::{Reads, SqlConnection, sandboxes, snapshots, states};

impl Sandboxes {
    /// Saves what the sandbox holds, its clock and its sequence of ids under a name, in place of what had that name.
    pub async fn save(&self, sandbox: &Sandbox, name: &str) -> Result<Checkpoint, SandboxError> {
        check_name("Name", name)?;
        let _changing = self.changing(sandbox).await?;
        let origin = Origin::Sandbox(sandbox.name().to_owned());
        let state = self.filled_from(&origin, sandbox.row.sandbox_id).await?;
        let checkpoint =
            Checkpoint { name: name.to_owned(), state_id: state.state_id, creation_time: self.clock.now() };
        let mut transaction = self.store.write().await?;
        let before = checkpoints::save(&mut transaction, sandbox.row.sandbox_id, &checkpoint).await?;
        transaction.commit().await?;
        self.purge(before);
        Ok(checkpoint)
    }

    /// The checkpoints of a sandbox, each with how many snapshots it holds.
    pub async fn checkpoints(&self, sandbox: &Sandbox) -> Result<Vec<(Checkpoint, i64)>, SandboxError> {
        let mut connection = self.store.read(Reads::Several).await?;
        let mut list = Vec::new();
        for checkpoint in checkpoints::list(&mut connection, sandbox.row.sandbox_id).await? {
            let count = snapshots::count(&mut connection, checkpoint.state_id).await?;
            list.push((checkpoint, count));
        }
        Ok(list)
    }

    /// Deletes a checkpoint.
    pub async fn forget(&self, sandbox: &Sandbox, name: &str) -> Result<(), SandboxError> {
        let _changing = self.changing(sandbox).await?;
        let mut transaction = self.store.write().await?;
        let left = checkpoints::delete(&mut transaction, sandbox.row.sandbox_id, name).await?;
        transaction.commit().await?;
        let left = left.ok_or_else(|| SandboxError::NoSuchCheckpoint(name.to_owned()))?;
        self.purge([left]);
        Ok(())
    }

    /// A connection that sees one moment of the sandbox's state for as long as it lives, and which state that is.
    pub async fn reading(&self, sandbox: &Sandbox) -> Result<(SqlConnection, i64), SandboxError> {
        let mut connection = self.store.read_long().await?;
        let state_id = sandboxes::state_id(&mut connection, sandbox.row.sandbox_id).await?;
        Ok((connection, state_id))
    }

    /// One snapshot of a sandbox.
    pub async fn snapshot(&self, sandbox: &Sandbox, snapshot_id: &str) -> Result<Snapshot, SandboxError> {
        let mut connection = self.store.read(Reads::Several).await?;
        let state_id = sandboxes::state_id(&mut connection, sandbox.row.sandbox_id).await?;
        let mut found = snapshots::by_ids(&mut connection, state_id, &[snapshot_id.to_owned()]).await?.into_iter();
        let now = sandbox.scope(self.clock.now()).now;
        found
            .find(|snapshot| !snapshot.is_expired(now))
            .ok_or_else(|| SandboxError::NoSuchSnapshot(snapshot_id.to_owned()))
    }

    /// Changes the sandbox's clock: `change` gets the one that it has.
    pub async fn change_clock(
        &self,
        sandbox: &Sandbox,
        change: impl FnOnce(SandboxClock) -> SandboxClock,
    ) -> Result<SandboxClock, SandboxError> {
        let _changing = self.changing(sandbox).await?;
        let mut state = self.current(sandbox).await?;
        state.clock = change(state.clock).started(&state.clock, self.clock.now());
        let mut transaction = self.store.write().await?;
        states::update(&mut transaction, &state).await?;
        transaction.commit().await?;
        sandbox.set_clock(state.clock);
        Ok(state.clock)
    }
}
