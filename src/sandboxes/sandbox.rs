//! A sandbox while the server runs, and what a request learns of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::planned_list::PlannedFaults;
use crate::journal::Journal;
use crate::model::access_key::AccessKey;
use crate::model::clock::SandboxClock;
use crate::model::ids::IdSequence;
use crate::model::journal_entry::Instant;
use crate::model::planned_fault::PlannedFault;
use crate::model::settings::Settings;
use crate::model::time::Time;
use crate::store::lists::Scope;
use crate::store::sandboxes::{Pointer, SandboxRow};
use crate::store::states::State;

/// An account of its own.
#[derive(Debug)]
pub struct Sandbox {
    pub row: SandboxRow,
    /// What is remembered of requests to it and of changes to it. It goes with it.
    pub journal: Arc<Journal>,
    current: Mutex<Current>,
    /// The ids that nobody chose. They are taken before a change is sure to last, and given back if it does not ([`Taking`]).
    sequence: Mutex<IdSequence>,
    last_used: Mutex<LastUse>,
    /// Whether the log says already that what is in the making there stays so.
    has_told_of_waiting: AtomicBool,
    pub(super) planned_faults: Arc<PlannedFaults>,
    /// Held by whoever changes the sandbox.
    pub(super) changing: Arc<tokio::sync::Mutex<()>>,
}

/// An access key, and the sandbox that it belongs to.
#[derive(Debug)]
pub struct KnownKey {
    pub key: AccessKey,
    pub sandbox: Arc<Sandbox>,
}

/// What is known of the database's row and state of a sandbox.
#[derive(Debug, Clone, Copy)]
pub(super) struct Current {
    pub pointer: Pointer,
    pub clock: SandboxClock,
    pub settings: Settings,
    /// See [`State::next_due`].
    pub next_due: Option<Time>,
    pub certainty: Certainty,
}

impl Current {
    /// What the database says.
    pub fn known(pointer: Pointer, state: &State) -> Self {
        let State { clock, settings, next_due, .. } = *state;
        Self { pointer, clock, settings, next_due, certainty: Certainty::Known }
    }

    /// Whether a policy has something to make by `now`.
    pub fn is_due(&self, now: Time) -> bool {
        self.next_due.is_some_and(|due| due <= now)
    }

    /// The last moment up to `now` at which nothing is left to be made. A clock may run faster than anybody catches up with it,
    /// so whoever has caught up once goes by this.
    pub fn complete_until(&self, now: Time) -> Time {
        self.next_due.map_or(now, |due| now.min(due.plus(-1)))
    }
}

/// When a request last named a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LastUse {
    /// In real time.
    pub time: Time,
    /// In seconds that servers had run over the database.
    pub uptime: i64,
    /// Whether the database says so, too.
    pub is_noted: bool,
}

/// Whether memory says what the database says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    Known,
    /// A commit is under way: the database may be ahead.
    Moving,
    /// A commit failed, and nobody knows what became of it.
    Unknown,
}

/// What a request learns of its sandbox, all at one moment.
#[derive(Debug, Clone)]
pub struct View {
    pub sandbox: Arc<Sandbox>,
    pub pointer: Pointer,
    pub clock: SandboxClock,
    pub settings: Settings,
    /// See [`State::next_due`].
    pub next_due: Option<Time>,
    /// The sandbox's time.
    pub now: Time,
    /// Whether what was read at this pointer before may be answered again.
    pub(super) is_settled: bool,
}

/// Numbers of a sandbox's sequence, taken before it is sure that they are needed. Dropped, it gives them back: a client that
/// goes away drops what was done for it anywhere.
#[derive(Debug)]
pub(super) struct Taking {
    sandbox: Arc<Sandbox>,
    taken: Option<Taken>,
}

/// Numbers of a sequence, without a gap: the sequence as it was before, and the number behind the last.
#[derive(Debug, Clone, Copy)]
struct Taken {
    before: IdSequence,
    end: i64,
}

impl Taken {
    /// Whether nobody has taken any behind them, and it is no other sequence by now.
    fn are_last_of(self, sequence: IdSequence) -> bool {
        sequence == IdSequence { next: self.end, ..self.before }
    }
}

impl Taking {
    /// With none yet.
    pub fn new(sandbox: &Arc<Sandbox>) -> Self {
        Self { sandbox: sandbox.clone(), taken: None }
    }

    /// Takes some. Where others have taken some since the last time, those before theirs stay taken.
    pub fn take<T>(&mut self, take: impl FnOnce(&mut IdSequence) -> T) -> T {
        let mut sequence = self.sandbox.sequence();
        let before = self.taken.filter(|taken| taken.are_last_of(*sequence)).map_or(*sequence, |taken| taken.before);
        let result = take(&mut sequence);
        self.taken = Some(Taken { before, end: sequence.next });
        result
    }

    pub fn has_any(&self) -> bool {
        self.taken.is_some()
    }

    /// They are needed.
    pub fn keep(&mut self) {
        self.taken = None;
    }
}

impl Drop for Taking {
    fn drop(&mut self) {
        let Some(taken) = self.taken else { return };
        let mut sequence = self.sandbox.sequence();
        if taken.are_last_of(*sequence) {
            *sequence = taken.before;
        }
    }
}

impl View {
    /// The state that it points at.
    pub(super) fn state(&self) -> State {
        let Self { clock, settings, next_due, .. } = *self;
        State { state_id: self.pointer.state_id, ids: *self.sandbox.sequence(), clock, settings, next_due }
    }

    /// Says in the log, once for each sandbox, that what a request was shown in the making stays so, if the clock stands still.
    pub fn tell_of_waiting(&self, is_waiting: impl FnOnce() -> bool) {
        let has_told = &self.sandbox.has_told_of_waiting;
        if !self.clock.stands_still() || has_told.load(Ordering::Relaxed) || !is_waiting() {
            return;
        }
        if !has_told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                sandbox = self.sandbox.name(),
                "what is asked for is in the making, and stays so while the sandbox's clock stands still: move the clock \
                 (ecs-mock clock advance SECONDS), or have what is made from now on ready at once \
                 (ecs-mock settings SnapshotSeconds=0)"
            );
        }
    }

    /// Its resources, at its own time.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope { sandbox_id: self.sandbox.row.sandbox_id, state_id: self.pointer.state_id, now: self.now }
    }
}

impl Sandbox {
    pub(super) fn new(
        row: SandboxRow,
        journal: Arc<Journal>,
        pointer: Pointer,
        state: &State,
        planned_faults: Vec<PlannedFault>,
    ) -> Self {
        let current = Current::known(pointer, state);
        Self {
            last_used: Mutex::new(LastUse { time: row.last_used_time, uptime: row.last_used_uptime, is_noted: true }),
            row,
            journal,
            current: Mutex::new(current),
            sequence: Mutex::new(state.ids),
            has_told_of_waiting: AtomicBool::new(false),
            planned_faults: Arc::new(PlannedFaults::new(planned_faults)),
            changing: Arc::default(),
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.row.name
    }

    fn locked(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn current(&self) -> Current {
        *self.locked()
    }

    pub(super) fn set_current(&self, current: Current) {
        *self.locked() = current;
    }

    pub(super) fn set_certainty(&self, certainty: Certainty) {
        self.locked().certainty = certainty;
    }

    pub(super) fn sequence(&self) -> MutexGuard<'_, IdSequence> {
        self.sequence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a request last named it, in real time.
    #[must_use]
    pub fn last_used(&self) -> Time {
        self.last_use().time
    }

    pub(super) fn last_use(&self) -> MutexGuard<'_, LastUse> {
        self.last_used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn use_at(&self, time: Time, uptime: i64) {
        *self.last_use() = LastUse { time, uptime, is_noted: false };
    }

    /// Whether it has outlived its TTL once servers have run for `uptime` seconds.
    pub(super) fn is_expired(&self, uptime: i64) -> bool {
        self.row.ttl_seconds.is_some_and(|ttl| uptime.saturating_sub(self.last_use().uptime) >= ttl)
    }

    /// Whether a policy has something to make when it is `real`, as far as anybody knows.
    pub(super) fn is_due_at(&self, real: Time) -> bool {
        let current = self.current();
        // What nobody knows is read by whoever catches up.
        current.certainty == Certainty::Unknown || current.is_due(current.clock.at(real))
    }

    /// The sandbox's time when it is `real`.
    #[must_use]
    pub fn time_at(&self, real: Time) -> Time {
        self.current().clock.at(real)
    }

    /// As [`Sandbox::time_at`], to the millisecond.
    pub(super) fn moment_at(&self, real: Instant) -> Instant {
        self.current().clock.at_moment(real)
    }
}
