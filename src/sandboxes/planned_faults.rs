//! Planned faults of a sandbox: planning them, taking them away, and which of them a request meets.
//!
//! A match is written down before it has its effect, in a transaction of its own: whatever becomes of the process, a fault never
//! has its effect more often than it is to. A sandbox without any costs a request one look.

use std::sync::Arc;

use tokio::time::timeout;

use super::changes::PATIENCE;
use super::error::SandboxError;
use super::planned_list::ChangingPlanned;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use crate::model::planned_fault::{self, Asked, LIMIT, Moments, Plan, PlannedFault, ROOM};
use crate::store::{Reads, Session, planned_faults, sandboxes};

/// What is to become of planned faults when a sandbox starts over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// As after a reset.
    Cleared,
    /// As after a restore: those of the checkpoint of this name.
    Of(String),
}

impl Afterwards {
    /// Brings them about in the transaction that starts the sandbox over, and says what they are then.
    pub async fn put(&self, session: &mut Session, sandbox: &Sandbox) -> Result<Vec<PlannedFault>, SandboxError> {
        let sandbox_id = sandbox.row.sandbox_id;
        match self {
            Self::Cleared => planned_faults::clear(session, sandbox_id).await?,
            Self::Of(checkpoint) => planned_faults::restore(session, sandbox_id, checkpoint).await?,
        }
        Ok(planned_faults::list(session, sandbox_id).await?)
    }
}

/// Waits for the turn to change the list, no longer than any change waits.
pub(super) async fn changing_faults(sandbox: &Sandbox) -> Result<ChangingPlanned, SandboxError> {
    timeout(PATIENCE, sandbox.planned_faults.changing()).await.map_err(|_| SandboxError::Busy)
}

/// A change to the list: what it is to be, and how the database gets there.
enum Changed {
    Added(PlannedFault),
    Met(Vec<PlannedFault>),
    Removed(String),
    Cleared,
}

impl Changed {
    async fn write(&self, session: &mut Session, sandbox: &Sandbox) -> Result<(), SandboxError> {
        let sandbox_id = sandbox.row.sandbox_id;
        // Whoever deletes a sandbox waits for no turn of its faults.
        if sandboxes::pointer(session, sandbox_id).await?.is_none() {
            return Err(SandboxError::NoSuchSandbox(sandbox.name().to_owned()));
        }
        match self {
            Self::Added(fault) => planned_faults::add(session, sandbox_id, fault).await?,
            Self::Met(faults) => {
                for fault in faults {
                    planned_faults::count(session, sandbox_id, fault).await?;
                }
            }
            Self::Removed(name) => planned_faults::remove(session, sandbox_id, name).await?,
            Self::Cleared => planned_faults::clear(session, sandbox_id).await?,
        }
        Ok(())
    }
}

impl Sandboxes {
    /// What is planned in a sandbox, in order.
    pub async fn planned_faults(&self, sandbox: &Sandbox) -> Result<Arc<Vec<PlannedFault>>, SandboxError> {
        if let Some(known) = sandbox.planned_faults.known() {
            return Ok(known);
        }
        let mut session = self.store.read(Reads::One).await?;
        Ok(Arc::new(planned_faults::list(&mut session, sandbox.row.sandbox_id).await?))
    }

    /// The one of this name.
    pub async fn planned_fault(&self, sandbox: &Sandbox, name: &str) -> Result<PlannedFault, SandboxError> {
        let all = self.planned_faults(sandbox).await?;
        let found = all.iter().find(|fault| fault.name == name).cloned();
        found.ok_or_else(|| SandboxError::NoSuchPlannedFault(name.to_owned()))
    }

    /// Plans one behind the others. What it says has been checked.
    pub async fn plan_fault(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        plan: Plan,
    ) -> Result<PlannedFault, SandboxError> {
        let now = self.clock.now();
        let planned = self.change_faults(sandbox, move |list| {
            let names: Vec<&str> = list.iter().map(|fault| fault.name.as_str()).collect();
            if let Some(name) = plan.name.as_deref().filter(|name| names.contains(name)) {
                return Err(SandboxError::InUse { field: "Name", value: name.to_owned() });
            }
            if list.len() >= LIMIT {
                return Err(SandboxError::TooManyPlannedFaults(LIMIT));
            }
            let bytes = list.iter().map(|fault| fault.plan.bytes()).sum::<usize>() + plan.bytes();
            if bytes > ROOM {
                return Err(SandboxError::PlannedFaultsTooLong { bytes, limit: ROOM });
            }
            let planned = PlannedFault::new(plan, now, &names);
            list.push(planned.clone());
            Ok((Some(Changed::Added(planned.clone())), planned))
        });
        planned.await
    }

    /// Takes the one of this name away.
    pub async fn remove_planned_fault(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        name: &str,
    ) -> Result<(), SandboxError> {
        let name = name.to_owned();
        let removed = self.change_faults(sandbox, move |list| {
            let Some(place) = list.iter().position(|fault| fault.name == name) else {
                return Err(SandboxError::NoSuchPlannedFault(name));
            };
            list.remove(place);
            Ok((Some(Changed::Removed(name)), ()))
        });
        removed.await
    }

    /// Takes all away.
    pub async fn clear_planned_faults(self: &Arc<Self>, sandbox: &Arc<Sandbox>) -> Result<(), SandboxError> {
        let cleared = self.change_faults(sandbox, |list| {
            list.clear();
            Ok((Some(Changed::Cleared), ()))
        });
        cleared.await
    }

    /// Lets a request meet what is planned. The one that hits it is as it is after that. In a sandbox that is gone, nothing is
    /// planned any more.
    pub async fn meet_fault(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        asked: impl FnOnce() -> Asked,
    ) -> Result<Option<PlannedFault>, SandboxError> {
        let known = sandbox.planned_faults.known();
        if known.as_ref().is_some_and(|list| list.is_empty()) {
            return Ok(None);
        }
        let asked = asked();
        let real = self.clock.now();
        if known.is_some_and(|list| !list.iter().any(|fault| fault.concerns(&asked, real))) {
            return Ok(None);
        }
        let all = self.clone();
        let of = sandbox.clone();
        let met = self.change_faults(sandbox, move |list| {
            let real = all.clock.now();
            let moments = Moments { real, sandbox: of.moment_at(all.clock.moment()) };
            let mut touched = Vec::new();
            let hit = planned_fault::meet(list, &asked, moments, &mut touched);
            let hit = hit.and_then(|place| list.get(place)).cloned();
            let touched: Vec<_> = touched.into_iter().filter_map(|place| list.get(place)).cloned().collect();
            // What was about the request a moment ago may be spent by now.
            Ok(((!touched.is_empty()).then_some(Changed::Met(touched)), hit))
        });
        match met.await {
            Err(SandboxError::NoSuchSandbox(_)) => Ok(None),
            met => met,
        }
    }

    /// Changes the list when it is its turn, in the database and then in memory, whether or not anybody waits for it.
    async fn change_faults<T: Send + 'static>(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        change: impl FnOnce(&mut Vec<PlannedFault>) -> Result<(Option<Changed>, T), SandboxError> + Send + 'static,
    ) -> Result<T, SandboxError> {
        let changing = changing_faults(sandbox).await?;
        let (all, sandbox) = (self.clone(), sandbox.clone());
        let changed = self.changes.run(async move {
            let sandbox = &sandbox;
            all.check_is_there(sandbox)?;
            let known = all.planned_faults(sandbox).await?;
            if sandbox.planned_faults.known().is_none() {
                changing.became(known.to_vec());
            }
            let mut list = known.to_vec();
            let (change, result) = change(&mut list)?;
            let Some(change) = change else { return Ok(result) };
            let mut writer = all.store.write().await?;
            if let Err(error) = change.write(&mut writer, sandbox).await {
                writer.rollback().await;
                return Err(error);
            }
            if let Err(error) = writer.commit().await {
                changing.are_unknown();
                return Err(error.into());
            }
            changing.became(list);
            Ok::<_, SandboxError>(result)
        });
        changed.await
    }
}
