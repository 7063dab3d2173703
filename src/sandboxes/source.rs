//! What states are copied from, without holding anybody up: others go on changing it, and at the end it is seen whether they
//! did.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::changes::Changing;
use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use crate::model::clock::SandboxClock;
use crate::model::ids::IdSequence;
use crate::model::settings::Settings;
use crate::store::sandboxes::Pointer;
use crate::store::states::{self, State};
use crate::store::{Reads, Session, checkpoints, sandboxes, seeds};

/// What a new sandbox, or a sandbox after a reset, holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Empty,
    Seed,
    Sandbox(String),
    Checkpoint { sandbox: String, checkpoint: String },
}

/// How often a copy is made beside others who change what is copied; the next time they wait.
pub(super) const ATTEMPTS: usize = 3;

/// A state that nothing points at yet. Dropped, it is purged.
#[derive(Debug)]
pub(super) struct Unpointed {
    pub state: State,
    purge: Option<UnboundedSender<i64>>,
}

impl Unpointed {
    /// Something points at it now.
    pub fn keep(mut self) -> State {
        self.purge = None;
        self.state
    }
}

impl Drop for Unpointed {
    fn drop(&mut self) {
        if let Some(purge) = &self.purge {
            // Without the task, at the end of the server, the next start does it.
            let _ = purge.send(self.state.state_id);
        }
    }
}

/// Where a copy comes from, as it was when the copying began.
#[derive(Debug)]
pub(super) enum Source {
    Nothing,
    Seed(i64),
    Sandbox(Arc<Sandbox>, Pointer),
    Checkpoint(Arc<Sandbox>, String, i64),
}

impl Source {
    /// Whether it is still as it was, in the transaction that makes the copy last.
    pub async fn is_unchanged(&self, session: &mut Session) -> Result<bool, SandboxError> {
        Ok(match self {
            Self::Nothing => true,
            Self::Seed(state_id) => seeds::find(session).await?.is_some_and(|seed| seed.state_id == *state_id),
            Self::Sandbox(sandbox, pointer) => {
                sandboxes::pointer(session, sandbox.row.sandbox_id).await? == Some(*pointer)
            }
            Self::Checkpoint(sandbox, name, state_id) => {
                let found = checkpoints::find(session, sandbox.row.sandbox_id, name).await?;
                found.is_some_and(|checkpoint| checkpoint.state_id == *state_id)
            }
        })
    }
}

impl Sandboxes {
    /// A new state that holds what `origin` says.
    pub(super) async fn copy_of(&self, origin: &Origin) -> Result<(Source, Unpointed), SandboxError> {
        let source = self.source(origin).await?;
        let original = match &source {
            Source::Nothing => None,
            Source::Seed(state_id) | Source::Checkpoint(.., state_id) => Some(*state_id),
            Source::Sandbox(_, pointer) => Some(pointer.state_id),
        };
        let like = match original {
            None => State {
                state_id: 0,
                ids: IdSequence { seed: self.ids.seed(), next: 1 },
                clock: SandboxClock::Real,
                settings: Settings::default(),
                next_due: None,
            },
            Some(original) => match states::get(&mut self.store.read(Reads::One).await?, original).await {
                Ok(state) => state,
                // It was purged meanwhile, so the source is another one now.
                Err(crate::store::Error::RowNotFound) => return Err(SandboxError::Busy),
                Err(error) => return Err(error.into()),
            },
        };
        let copy = self.new_state(&like).await?;
        if let Some(original) = original {
            states::copy(&self.store, original, copy.state.state_id).await?;
        }
        Ok((source, copy))
    }

    /// As [`Sandboxes::copy_of`], to change a sandbox by it. Its other writers go on meanwhile, but for the last attempt: there
    /// the lock of the sandbox is taken before, and told. `None`: the origin was changed meanwhile.
    pub(super) async fn copy_for(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        origin: &Origin,
        attempt: usize,
    ) -> Result<Option<(Source, Unpointed, Option<Changing>)>, SandboxError> {
        let is_last = attempt >= ATTEMPTS;
        self.catch_up_origin(origin).await?;
        let early = if is_last { Some(self.changing(sandbox).await?) } else { None };
        let (all, origin) = (self.clone(), origin.clone());
        let (source, copy) = match self.changes.run(async move { all.copy_of(&origin).await }).await {
            Err(SandboxError::Busy) if !is_last => return Ok(None),
            copied => copied?,
        };
        Ok(Some((source, copy, early)))
    }

    /// The lock of the sandbox, unless it was taken early.
    pub(super) async fn turn(&self, sandbox: &Arc<Sandbox>, early: Option<Changing>) -> Result<Changing, SandboxError> {
        match early {
            Some(changing) => Ok(changing),
            None => self.changing(sandbox).await,
        }
    }

    /// What is copied of a sandbox is what it holds now.
    pub(super) async fn catch_up_origin(self: &Arc<Self>, origin: &Origin) -> Result<(), SandboxError> {
        match origin {
            Origin::Sandbox(name) => self.catch_up(&self.by_name(name)?).await,
            Origin::Empty | Origin::Seed | Origin::Checkpoint { .. } => Ok(()),
        }
    }

    async fn source(&self, origin: &Origin) -> Result<Source, SandboxError> {
        let mut session = self.store.read(Reads::Several).await?;
        Ok(match origin {
            Origin::Empty => Source::Nothing,
            Origin::Seed => match seeds::find(&mut session).await? {
                Some(seed) => Source::Seed(seed.state_id),
                None => Source::Nothing,
            },
            Origin::Sandbox(name) => {
                let sandbox = self.by_name(name)?;
                let pointer = sandboxes::pointer(&mut session, sandbox.row.sandbox_id).await?;
                let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(name.clone()))?;
                Source::Sandbox(sandbox, pointer)
            }
            Origin::Checkpoint { sandbox: name, checkpoint } => {
                let sandbox = self.by_name(name)?;
                let found = checkpoints::find(&mut session, sandbox.row.sandbox_id, checkpoint).await?;
                let found = found.ok_or_else(|| SandboxError::NoSuchCheckpoint(checkpoint.clone()))?;
                Source::Checkpoint(sandbox, checkpoint.clone(), found.state_id)
            }
        })
    }

    /// The lock of the sandbox that `origin` is of, so that nobody changes it.
    pub(super) async fn locked(&self, origin: &Origin) -> Result<Option<Changing>, SandboxError> {
        match origin {
            Origin::Empty | Origin::Seed => Ok(None),
            Origin::Sandbox(name) | Origin::Checkpoint { sandbox: name, .. } => {
                Ok(Some(self.changing(&self.by_name(name)?).await?))
            }
        }
    }

    /// A new state with no rows, and beside them what `like` has.
    pub(super) async fn new_state(&self, like: &State) -> Result<Unpointed, SandboxError> {
        let mut writer = self.store.write().await?;
        let state = states::create(&mut writer, like, self.filler()).await?;
        writer.commit().await?;
        Ok(Unpointed { state, purge: Some(self.purging()) })
    }
}
