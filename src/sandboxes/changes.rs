//! How changes run: one at a time in a sandbox, each in a task that nobody's going away ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::error::SandboxError;
use super::sandbox::Sandbox;
use crate::journal::effects;

/// How long a change waits for those before it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A sandbox that nobody else changes for as long as this lives, or any clone of it.
#[derive(Debug, Clone)]
pub struct Changing {
    /// Behind a method: a task that took only this field along would leave the lock behind.
    sandbox: Arc<Sandbox>,
    _lock: Arc<OwnedMutexGuard<()>>,
}

impl Changing {
    /// Waits for its turn.
    pub(super) async fn wait(sandbox: &Arc<Sandbox>) -> Result<Self, SandboxError> {
        let lock = timeout(PATIENCE, sandbox.changing.clone().lock_owned()).await;
        Ok(Self { sandbox: sandbox.clone(), _lock: Arc::new(lock.map_err(|_| SandboxError::Busy)?) })
    }

    pub(super) fn sandbox(&self) -> &Arc<Sandbox> {
        &self.sandbox
    }

    /// If it is its turn at once.
    pub(super) fn at_once(sandbox: &Arc<Sandbox>) -> Option<Self> {
        let lock = sandbox.changing.clone().try_lock_owned().ok()?;
        Some(Self { sandbox: sandbox.clone(), _lock: Arc::new(lock) })
    }
}

/// Where changes run.
#[derive(Debug)]
pub(super) struct Changes {
    /// Of a runtime that outlives those who answer requests: a request's future is dropped when its client hangs up, and a
    /// change that ended between commit and memory would leave the two telling different stories.
    runtime: Handle,
    tracker: TaskTracker,
}

impl Changes {
    /// On the runtime of the caller.
    pub fn new() -> Self {
        Self { runtime: Handle::current(), tracker: TaskTracker::new() }
    }

    /// Runs a change to its end, whether or not anybody waits for it.
    pub async fn run<T, E>(&self, change: impl Future<Output = Result<T, E>> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<SandboxError> + Send + 'static,
    {
        // What is recorded of a request goes on here, and ends with whoever is the last to work on it.
        let recording = effects::current();
        let change = async move {
            match recording {
                Some(recording) => recording.scope(change).await,
                None => change.await,
            }
        };
        match self.tracker.spawn_on(change, &self.runtime).await {
            Ok(result) => result,
            Err(error) => {
                tracing::error!(%error, "a change was broken off");
                Err(SandboxError::Panicked.into())
            }
        }
    }

    /// Waits for all changes under way.
    pub async fn finish(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}
