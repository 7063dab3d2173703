//! Resources that expired long ago: nobody sees them any more, and they are taken out a few at a time.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use super::write::Write;
use crate::model::clock::SandboxClock;
use crate::model::kind::{By, Kind};
use crate::model::kinds::KINDS;
use crate::model::time::Time;
use crate::store::{Reads, resources};

/// How long they stay, in seconds: whoever looks for one finds it in exports, and may give the sandbox a clock that shows it.
const KEPT: i64 = 7 * 24 * 60 * 60;

/// When they are first looked for: soon, since many a server does not run for long, but not while it has a start to make.
const FIRST_LOOK: Duration = Duration::from_mins(1);

/// How often they are looked for then. A look asks of every sandbox, and nobody waits for what comes of it.
const LOOK: Duration = Duration::from_hours(1);

/// Resources that one transaction takes out. Each turn of a writer may wait for one such step.
const STEP: usize = 50;

impl Sandboxes {
    /// Goes on taking out what expired long ago.
    pub async fn keep_removing_expired(self: &Arc<Self>) {
        tokio::time::sleep(FIRST_LOOK).await;
        loop {
            if let Err(error) = self.remove_expired().await {
                tracing::error!(%error, "what expired long ago could not be removed; the next look tries again");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Takes the resources out of the sandboxes that expired long ago in real time. It is no use of a sandbox. Checkpoints and
    /// the seed keep theirs. A sandbox that fails is none of the others' business: the next look tries it again.
    pub async fn remove_expired(self: &Arc<Self>) -> Result<(), SandboxError> {
        let until = self.clock.now().plus(-KEPT);
        for kind in KINDS.iter().filter(|kind| stands_alone(kind)) {
            for sandbox in self.with_expired(kind, until).await? {
                let removed = self.remove_expired_of(&sandbox, kind, until).await;
                let (sandbox, kind) = (sandbox.name(), kind.words);
                match removed {
                    Ok(0) | Err(SandboxError::NoSuchSandbox(_) | SandboxError::Busy) => {}
                    Ok(count) => tracing::info!(sandbox, kind, count, "removed: they expired more than a week ago"),
                    Err(error) => {
                        tracing::error!(%error, sandbox, kind, "what expired long ago could not be removed from it");
                    }
                }
            }
        }
        Ok(())
    }

    /// The sandboxes with the real time that hold resources of a kind that expired by a time.
    async fn with_expired(&self, kind: &'static Kind, until: Time) -> Result<Vec<Arc<Sandbox>>, SandboxError> {
        let mut session = self.store.read(Reads::One).await?;
        let found: HashSet<i64> = resources::with_expired(&mut session, kind, until).await?.into_iter().collect();
        let mut sandboxes = self.list(None, usize::MAX);
        sandboxes.retain(|sandbox| found.contains(&sandbox.row.sandbox_id) && is_real(sandbox.current().clock));
        Ok(sandboxes)
    }

    /// Says how many there were.
    async fn remove_expired_of(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        kind: &'static Kind,
        until: Time,
    ) -> Result<usize, SandboxError> {
        let mut all = 0;
        loop {
            let removed = self.write(sandbox, move |write| Box::pin(write.remove_expired(kind, until))).await?;
            all += removed;
            if removed < STEP {
                return Ok(all);
            }
        }
    }
}

impl Write {
    /// Takes some of a kind out that expired by a time, and says how many.
    async fn remove_expired(&mut self, kind: &'static Kind, until: Time) -> Result<usize, SandboxError> {
        if !is_real(self.clock()) {
            return Ok(0);
        }
        let ids = resources::expired(&mut self.writer, kind, self.state.state_id, until, STEP).await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.delete(kind, &ids).await?;
        Ok(ids.len())
    }
}

/// Any other clock can be set to a time at which what is expired is there.
fn is_real(clock: SandboxClock) -> bool {
    clock == SandboxClock::Real
}

/// Whether nothing that is seen of other resources depends on those of this kind: the usage of snapshots depends on images, so
/// without one of those, answers about its snapshots would change. What lists resources by its links leaves out those that
/// expired, so it looks the same without them.
fn stands_alone(kind: &Kind) -> bool {
    let requires = KINDS.iter().flat_map(|other| other.requires);
    let is_required = requires.filter(|require| require.by != By::Link).any(|require| require.table == kind.table);
    kind.touches.is_empty() && !is_required
}
