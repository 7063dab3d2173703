//! Checkpoints of a sandbox: saving and deleting. Its settings. And what it holds, to be read.

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;

use super::error::SandboxError;
use super::names::check_name;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use super::source::{ATTEMPTS, Origin};
use crate::model::settings::{Settings, SettingsPatch};
use crate::store::checkpoints::{self, Checkpoint};
use crate::store::lists::Scope;
use crate::store::sandboxes::Size;
use crate::store::{Reads, Session, Table, resources, sandboxes, states};

impl Sandboxes {
    /// How much each of some sandboxes holds; those that are gone are left out.
    pub async fn sizes(&self, some: &[Arc<Sandbox>]) -> Result<Vec<(Arc<Sandbox>, Size)>, SandboxError> {
        let sandbox_ids: Vec<i64> = some.iter().map(|sandbox| sandbox.row.sandbox_id).collect();
        let sizes = sandboxes::sizes(&mut self.store.read(Reads::One).await?, &sandbox_ids).await?;
        let mut sizes: HashMap<i64, Size> = sizes.into_iter().map(|size| (size.sandbox_id, size)).collect();
        let with_size = |sandbox: &Arc<Sandbox>| Some((sandbox.clone(), sizes.remove(&sandbox.row.sandbox_id)?));
        Ok(some.iter().filter_map(with_size).collect())
    }

    /// Saves what the sandbox holds, its clock, its settings and its sequence of ids under a name, in place of what had that
    /// name.
    pub async fn save(self: &Arc<Self>, sandbox: &Arc<Sandbox>, name: &str) -> Result<Checkpoint, SandboxError> {
        check_name("Name", name)?;
        self.check_is_there(sandbox)?;
        // Before the work of a copy that would be in vain. Others may save meanwhile, so what counts is the check at its end.
        self.check_checkpoints(&mut self.store.read(Reads::Several).await?, sandbox, name).await?;
        let origin = Origin::Sandbox(sandbox.name().to_owned());
        for attempt in 0..=ATTEMPTS {
            let Some((source, copy, early)) = self.copy_for(sandbox, &origin, attempt).await? else { continue };
            let changing = self.turn(sandbox, early).await?;
            let (all, name) = (self.clone(), name.to_owned());
            let saved = self.changes.run(async move {
                let sandbox_id = changing.sandbox().row.sandbox_id;
                let state_id = copy.state.state_id;
                let checkpoint = Checkpoint { name, state_id, creation_time: all.clock.now() };
                let mut writer = all.store.write().await?;
                if !source.is_unchanged(&mut writer).await? {
                    writer.rollback().await;
                    return Ok::<_, SandboxError>(None);
                }
                if let Err(error) = all.check_checkpoints(&mut writer, changing.sandbox(), &checkpoint.name).await {
                    writer.rollback().await;
                    return Err(error);
                }
                states::update(&mut writer, &copy.state).await?;
                let before = checkpoints::save(&mut writer, sandbox_id, &checkpoint).await?;
                writer.commit().await?;
                copy.keep();
                all.purge(before);
                Ok(Some(checkpoint))
            });
            if let Some(checkpoint) = saved.await? {
                return Ok(checkpoint);
            }
        }
        Err(SandboxError::Busy)
    }

    /// Whether the sandbox may have a checkpoint of this name: the one that it has, or another one.
    async fn check_checkpoints(
        &self,
        session: &mut Session,
        sandbox: &Sandbox,
        name: &str,
    ) -> Result<(), SandboxError> {
        let (sandbox_id, limit) = (sandbox.row.sandbox_id, self.options.limits.checkpoints);
        let is_full = checkpoints::count(session, sandbox_id).await? >= limit;
        if is_full && checkpoints::find(session, sandbox_id, name).await?.is_none() {
            return Err(SandboxError::TooManyCheckpoints(limit));
        }
        Ok(())
    }

    /// The checkpoints of a sandbox, each with how many resources of each kind it holds.
    pub async fn checkpoints(&self, sandbox: &Sandbox) -> Result<Vec<(Checkpoint, Vec<i64>)>, SandboxError> {
        Ok(checkpoints::list(&mut self.store.read(Reads::One).await?, sandbox.row.sandbox_id).await?)
    }

    /// A checkpoint of a sandbox, with how many resources of each kind it holds.
    pub async fn checkpoint(&self, sandbox: &Sandbox, name: &str) -> Result<(Checkpoint, Vec<i64>), SandboxError> {
        let mut session = self.store.read(Reads::Several).await?;
        let found = checkpoints::find(&mut session, sandbox.row.sandbox_id, name).await?;
        let found = found.ok_or_else(|| SandboxError::NoSuchCheckpoint(name.to_owned()))?;
        let counts = resources::counts(&mut session, found.state_id).await?;
        Ok((found, counts))
    }

    /// Deletes a checkpoint.
    pub async fn forget(self: &Arc<Self>, sandbox: &Arc<Sandbox>, name: &str) -> Result<(), SandboxError> {
        let changing = self.changing(sandbox).await?;
        let (all, name) = (self.clone(), name.to_owned());
        self.changes
            .run(async move {
                let mut writer = all.store.write().await?;
                let left = checkpoints::delete(&mut writer, changing.sandbox().row.sandbox_id, &name).await?;
                let Some(left) = left else {
                    writer.rollback().await;
                    return Err(SandboxError::NoSuchCheckpoint(name));
                };
                writer.commit().await?;
                all.purge([left]);
                Ok(())
            })
            .await
    }

    /// A connection that sees one moment of the sandbox's state for as long as it lives, and which state that is.
    pub async fn reading(self: &Arc<Self>, sandbox: &Arc<Sandbox>) -> Result<(Session, i64), SandboxError> {
        self.catch_up(sandbox).await?;
        let mut session = self.store.read_long().await?;
        let pointer = sandboxes::pointer(&mut session, sandbox.row.sandbox_id).await?;
        let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(sandbox.name().to_owned()))?;
        Ok((session, pointer.state_id))
    }

    /// One resource of a sandbox.
    pub async fn resource<R: Table>(self: &Arc<Self>, sandbox: &Arc<Sandbox>, id: &str) -> Result<R, SandboxError> {
        self.catch_up(sandbox).await?;
        let mut session = self.store.read(Reads::Several).await?;
        let pointer = sandboxes::pointer(&mut session, sandbox.row.sandbox_id).await?;
        let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(sandbox.name().to_owned()))?;
        let (sandbox_id, now) = (sandbox.row.sandbox_id, sandbox.time_at(self.clock.now()));
        let scope = Scope { sandbox_id, state_id: pointer.state_id, now };
        let found = resources::find::<R>(&mut session, scope, id).await?;
        let missing = || SandboxError::NoSuchResource { kind: R::KIND, id: id.to_owned() };
        Ok(found.ok_or_else(missing)?.resource)
    }

    /// Changes the sandbox's settings.
    pub async fn change_settings(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        patch: SettingsPatch,
    ) -> Result<Settings, SandboxError> {
        let set = self.write(sandbox, move |write| {
            let settings = write.settings().patched(&patch);
            write.set_settings(settings);
            Box::pin(ready(Ok(settings)))
        });
        set.await
    }
}
