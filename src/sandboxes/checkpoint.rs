//! Checkpoints of a sandbox: saving and deleting. Its clock and its settings. And what it holds, to be read.

use std::future::ready;
use std::sync::Arc;

use super::error::SandboxError;
use super::names::check_name;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use super::source::{ATTEMPTS, Origin};
use crate::model::clock::SandboxClock;
use crate::model::kind::Resource;
use crate::model::settings::{Settings, SettingsPatch};
use crate::store::checkpoints::{self, Checkpoint};
use crate::store::{Reads, Session, resources, sandboxes, states};

/// How much a sandbox holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Of each kind, in the order of the kinds.
    pub counts: Vec<i64>,
    pub tags: i64,
    pub checkpoints: i64,
    /// Roughly, of rows and indexes.
    pub bytes: i64,
}

impl Sandboxes {
    /// How much a sandbox holds.
    pub async fn size(&self, sandbox: &Sandbox) -> Result<Size, SandboxError> {
        // As dbstat has it for 200,000 snapshots with a name, an instance and three tags each: bytes of a row with its index
        // entries, and of a tag.
        const ROW: i64 = 640;
        const TAG: i64 = 190;
        let mut session = self.store.read(Reads::Several).await?;
        let pointer = sandboxes::pointer(&mut session, sandbox.row.sandbox_id).await?;
        let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(sandbox.name().to_owned()))?;
        let counts = resources::counts(&mut session, pointer.state_id).await?;
        let tags = resources::count_tags(&mut session, pointer.state_id).await?;
        let checkpoints = checkpoints::list(&mut session, sandbox.row.sandbox_id).await?.len();
        let checkpoints = i64::try_from(checkpoints).unwrap_or(i64::MAX);
        let bytes = counts.iter().sum::<i64>() * ROW + tags * TAG;
        Ok(Size { counts, tags, checkpoints, bytes })
    }

    /// Saves what the sandbox holds, its clock, its settings and its sequence of ids under a name, in place of what had that
    /// name.
    pub async fn save(self: &Arc<Self>, sandbox: &Arc<Sandbox>, name: &str) -> Result<Checkpoint, SandboxError> {
        check_name("Name", name)?;
        self.check_is_there(sandbox)?;
        let origin = Origin::Sandbox(sandbox.name().to_owned());
        for attempt in 0..=ATTEMPTS {
            let Some((source, copy, changing)) = self.copy_for(sandbox, &origin, attempt).await? else { continue };
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

    /// The checkpoints of a sandbox, each with how many resources of each kind it holds.
    pub async fn checkpoints(&self, sandbox: &Sandbox) -> Result<Vec<(Checkpoint, Vec<i64>)>, SandboxError> {
        let mut session = self.store.read(Reads::Several).await?;
        let mut list = Vec::new();
        for checkpoint in checkpoints::list(&mut session, sandbox.row.sandbox_id).await? {
            let counts = resources::counts(&mut session, checkpoint.state_id).await?;
            list.push((checkpoint, counts));
        }
        Ok(list)
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
    pub async fn reading(&self, sandbox: &Sandbox) -> Result<(Session, i64), SandboxError> {
        let mut session = self.store.read_long().await?;
        let pointer = sandboxes::pointer(&mut session, sandbox.row.sandbox_id).await?;
        let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(sandbox.name().to_owned()))?;
        Ok((session, pointer.state_id))
    }

    /// One resource of a sandbox.
    pub async fn resource<R: Resource>(&self, sandbox: &Arc<Sandbox>, id: &str) -> Result<R, SandboxError> {
        let mut session = self.store.read(Reads::Several).await?;
        let pointer = sandboxes::pointer(&mut session, sandbox.row.sandbox_id).await?;
        let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(sandbox.name().to_owned()))?;
        let found = resources::find::<R>(&mut session, pointer.state_id, id).await?;
        let now = sandbox.time_at(self.clock.now());
        let found = found.filter(|stored| !stored.resource.key().is_expired(now));
        let missing = || SandboxError::NoSuchResource { kind: R::KIND, id: id.to_owned() };
        Ok(found.ok_or_else(missing)?.resource)
    }

    /// Changes the sandbox's clock: `change` gets the one that it has.
    pub async fn change_clock(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        change: impl FnOnce(SandboxClock) -> SandboxClock + Send + 'static,
    ) -> Result<SandboxClock, SandboxError> {
        let real = self.clock.now();
        let set = self.write(sandbox, move |write| {
            let clock = change(write.clock()).started(&write.clock(), real);
            write.set_clock(clock);
            Box::pin(ready(Ok(clock)))
        });
        set.await
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
