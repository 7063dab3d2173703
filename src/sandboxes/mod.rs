//! Sandboxes at work: which one a request belongs to, and everything that changes one as a whole.
//!
//! This process alone has the database, so what requests need to know of sandboxes is kept in memory beside it. A change
//! holds the sandbox's lock; to replace its state, a new one is filled in short transactions and the pointer is moved in
//! another, so that readers see all of the old or all of the new and no other sandbox waits.

mod change;
mod checkpoint;
mod create;
mod diff;
mod keys;
mod pages;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

use crate::clock::Clock;
use crate::ids::Ids;
use crate::model::clock::SandboxClock;
use crate::model::document::DocumentError;
use crate::model::time::Time;
use crate::store::sandboxes::SandboxRow;
use crate::store::snapshots::Scope;
use crate::store::{self, Reads, Store, access_keys, sandboxes, states};

pub use change::{Counts, Entries, Which};
pub use create::{NewSandbox, Origin};
pub use diff::{Change, Diff};
pub use keys::KnownKey;

/// How many sandboxes there may be, and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub sandboxes: usize,
    /// Snapshots of one sandbox; `None`: as many as the disk holds.
    pub snapshots: Option<i64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { sandboxes: 10_000, snapshots: None }
    }
}

/// An account of its own, while the server runs.
#[derive(Debug)]
pub struct Sandbox {
    pub row: SandboxRow,
    clock: Mutex<SandboxClock>,
    last_used: AtomicI64,
    /// Held by whoever changes the sandbox's state.
    changing: tokio::sync::Mutex<()>,
    remembered: Mutex<pages::Remembered>,
}

impl Sandbox {
    fn new(row: SandboxRow, clock: SandboxClock) -> Self {
        let last_used = AtomicI64::new(row.last_used_time.0);
        let (changing, remembered) = (tokio::sync::Mutex::default(), Mutex::default());
        Self { row, clock: Mutex::new(clock), last_used, changing, remembered }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.row.name
    }

    #[must_use]
    pub fn clock(&self) -> SandboxClock {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_clock(&self, clock: SandboxClock) {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = clock;
    }

    fn remembered(&self) -> MutexGuard<'_, pages::Remembered> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a request last named it, in real time.
    #[must_use]
    pub fn last_used(&self) -> Time {
        Time(self.last_used.load(Ordering::Relaxed))
    }

    /// Its snapshots, at its own time.
    #[must_use]
    pub fn scope(&self, real: Time) -> Scope {
        Scope { sandbox_id: self.row.sandbox_id, now: self.clock().at(real) }
    }

    fn is_expired(&self, real: Time) -> bool {
        self.row.ttl_seconds.is_some_and(|ttl| self.last_used().plus(ttl) <= real)
    }
}

/// Why something cannot be done to a sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("there is no sandbox {0:?}")]
    NoSuchSandbox(String),
    #[error("the sandbox has no checkpoint {0:?}")]
    NoSuchCheckpoint(String),
    #[error("the sandbox has no snapshot {0:?}")]
    NoSuchSnapshot(String),
    #[error("the sandbox has no access key {0:?}")]
    NoSuchKey(String),
    /// Its value is not repeated.
    #[error("{field}: it is {reason}")]
    InvalidSecret { field: &'static str, reason: &'static str },
    #[error("{field}: {value:?} is {reason}")]
    InvalidName { field: &'static str, value: String, reason: &'static str },
    #[error("{field}: {value:?} is in use")]
    InUse { field: &'static str, value: String },
    #[error("SnapshotId: {0:?} is there twice")]
    Duplicate(String),
    #[error("the sandbox default cannot be deleted")]
    Undeletable,
    #[error(
        "there are {0} sandboxes, which is the limit: delete some, or start the server with another --max-sandboxes"
    )]
    TooManySandboxes(usize),
    #[error("the sandbox would hold more than {0} snapshots, which is the limit: see --max-snapshots")]
    TooManySnapshots(i64),
    #[error("{0}")]
    Document(#[from] DocumentError),
    #[error("the store failed")]
    Store(#[from] store::Error),
}

/// All sandboxes.
#[derive(Debug)]
pub struct Sandboxes {
    store: Store,
    /// The real time.
    clock: Clock,
    ids: Arc<Ids>,
    limits: Limits,
    index: Mutex<Index>,
    auto_creating: tokio::sync::Mutex<()>,
    /// States that nothing points at any more go here; a task deletes their rows.
    purge: UnboundedSender<i64>,
}

#[derive(Debug, Default)]
struct Index {
    by_name: BTreeMap<String, Arc<Sandbox>>,
    by_key: HashMap<String, Arc<KnownKey>>,
    /// Names of sandboxes that are being made.
    reserved_names: HashSet<String>,
    /// Keys that are being made. Apart from names: one sandbox may have the name that is another one's key.
    reserved_keys: HashSet<String>,
}

impl Index {
    /// Whether a new key may have this id.
    fn check_key(&self, access_key_id: &str) -> Result<(), SandboxError> {
        if self.by_key.contains_key(access_key_id) || self.reserved_keys.contains(access_key_id) {
            return Err(SandboxError::InUse { field: "AccessKeyId", value: access_key_id.to_owned() });
        }
        Ok(())
    }
}

impl Sandboxes {
    /// Reads all sandboxes from the store. Of how recently each was used, what was noted at the last orderly end counts.
    pub async fn open(
        store: Store,
        clock: Clock,
        ids: Arc<Ids>,
        limits: Limits,
        purge: UnboundedSender<i64>,
    ) -> Result<Self, store::Error> {
        let mut connection = store.read(Reads::Several).await?;
        let mut index = Index::default();
        let mut by_id = HashMap::new();
        for row in sandboxes::list(&mut connection).await? {
            let state_id = sandboxes::state_id(&mut connection, row.sandbox_id).await?;
            let state = states::get(&mut connection, state_id).await?;
            let sandbox = Arc::new(Sandbox::new(row, state.clock));
            by_id.insert(sandbox.row.sandbox_id, sandbox.clone());
            index.by_name.insert(sandbox.name().to_owned(), sandbox);
        }
        for (sandbox_id, key) in access_keys::list(&mut connection).await? {
            if let Some(sandbox) = by_id.get(&sandbox_id).cloned() {
                index.by_key.insert(key.access_key_id.clone(), Arc::new(KnownKey { key, sandbox }));
            }
        }
        drop(connection);
        Ok(Self {
            store,
            clock,
            ids,
            limits,
            index: Mutex::new(index),
            auto_creating: tokio::sync::Mutex::default(),
            purge,
        })
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sandbox of this name, which counts as used.
    pub fn by_name(&self, name: &str) -> Result<Arc<Sandbox>, SandboxError> {
        let sandbox = self.index().by_name.get(name).cloned();
        self.used(sandbox).ok_or_else(|| SandboxError::NoSuchSandbox(name.to_owned()))
    }

    /// One that has outlived its time is as good as gone, even if nobody has cleared it away yet.
    fn used(&self, sandbox: Option<Arc<Sandbox>>) -> Option<Arc<Sandbox>> {
        let now = self.clock.now();
        let sandbox = sandbox.filter(|sandbox| !sandbox.is_expired(now))?;
        sandbox.last_used.store(now.0, Ordering::Relaxed);
        Some(sandbox)
    }

    /// All sandboxes, by name.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Sandbox>> {
        let now = self.clock.now();
        self.index().by_name.values().filter(|sandbox| !sandbox.is_expired(now)).cloned().collect()
    }

    /// The lock of a sandbox, for whoever changes it. It may have been deleted while others held the lock.
    async fn changing<'a>(&self, sandbox: &'a Sandbox) -> Result<tokio::sync::MutexGuard<'a, ()>, SandboxError> {
        let changing = sandbox.changing.lock().await;
        let current = self.index().by_name.get(sandbox.name()).map(|current| current.row.sandbox_id);
        if current != Some(sandbox.row.sandbox_id) {
            return Err(SandboxError::NoSuchSandbox(sandbox.name().to_owned()));
        }
        Ok(changing)
    }

    /// Removes a sandbox with all that belongs to it.
    pub async fn delete(&self, name: &str) -> Result<(), SandboxError> {
        let sandbox = self.by_name(name)?;
        if name == sandboxes::DEFAULT {
            return Err(SandboxError::Undeletable);
        }
        self.remove(&sandbox).await
    }

    async fn remove(&self, sandbox: &Sandbox) -> Result<(), SandboxError> {
        let _changing = self.changing(sandbox).await?;
        let mut transaction = self.store.write().await?;
        let left = sandboxes::delete(&mut transaction, sandbox.row.sandbox_id).await?;
        transaction.commit().await?;
        {
            let mut index = self.index();
            index.by_name.retain(|_, other| other.row.sandbox_id != sandbox.row.sandbox_id);
            index.by_key.retain(|_, known| known.sandbox.row.sandbox_id != sandbox.row.sandbox_id);
        }
        self.purge(left);
        Ok(())
    }

    /// Removes the sandboxes that have outlived their time. Whoever else sweeps meanwhile, or deletes one of them, has done
    /// the same.
    async fn sweep(&self) -> Result<(), SandboxError> {
        let now = self.clock.now();
        let expired: Vec<Arc<Sandbox>> =
            self.index().by_name.values().filter(|sandbox| sandbox.is_expired(now)).cloned().collect();
        for sandbox in expired {
            match self.remove(&sandbox).await {
                Ok(()) | Err(SandboxError::NoSuchSandbox(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn purge(&self, state_ids: impl IntoIterator<Item = i64>) {
        for state_id in state_ids {
            // Without the task, at the end of the server, the next start does it.
            let _ = self.purge.send(state_id);
        }
    }

    /// Notes when each sandbox was last used.
    pub async fn note_use(&self) -> Result<(), store::Error> {
        let mut transaction = self.store.write().await?;
        for sandbox in self.list() {
            sandboxes::touch(&mut transaction, sandbox.row.sandbox_id, sandbox.last_used()).await?;
        }
        transaction.commit().await
    }
}
