//! Whose turn it is to look at a sandbox for long.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::changes::PATIENCE;
use super::error::SandboxError;

/// Who looks, one at a time: a look takes as long as a sandbox is large, and a processor and a connection meanwhile, which those
/// who are to be answered need.
#[derive(Debug)]
pub(super) struct Looking(Arc<Semaphore>);

impl Default for Looking {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Looking {
    /// Waits for its turn.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, SandboxError> {
        let turn = timeout(PATIENCE, self.0.clone().acquire_owned()).await;
        // It is never closed.
        turn.ok().and_then(Result::ok).ok_or(SandboxError::OthersLook)
    }
}
