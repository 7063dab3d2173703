//! The planned faults of a sandbox in memory, and the turns of those who change them.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turns, OwnedMutexGuard};

use crate::model::planned_fault::PlannedFault;

/// The planned faults of a sandbox.
#[derive(Debug)]
pub(super) struct PlannedFaults {
    /// In their order. `None`: a commit failed, and nobody knows what became of it.
    known: Mutex<Option<Arc<Vec<PlannedFault>>>>,
    /// Held by whoever changes them, from before the transaction until memory says the same. Taken before the transaction is
    /// begun: the one who has it waits for the one writer that there is.
    turns: Arc<Turns<()>>,
}

/// The planned faults of a sandbox while nobody else changes them.
#[derive(Debug)]
pub(super) struct ChangingPlanned {
    faults: Arc<PlannedFaults>,
    _turn: OwnedMutexGuard<()>,
}

impl PlannedFaults {
    pub fn new(faults: Vec<PlannedFault>) -> Self {
        Self { known: Mutex::new(Some(Arc::new(faults))), turns: Arc::default() }
    }

    pub fn known(&self) -> Option<Arc<Vec<PlannedFault>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, faults: Option<Vec<PlannedFault>>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = faults.map(Arc::new);
    }

    /// Waits for the turn to change them.
    pub async fn changing(self: &Arc<Self>) -> ChangingPlanned {
        let turn = self.turns.clone().lock_owned().await;
        ChangingPlanned { faults: self.clone(), _turn: turn }
    }
}

impl ChangingPlanned {
    /// What memory says once the database does.
    pub fn became(&self, faults: Vec<PlannedFault>) {
        self.faults.set(Some(faults));
    }

    /// Nobody knows what the database says: whoever comes next reads it.
    pub fn are_unknown(&self) {
        self.faults.set(None);
    }
}
