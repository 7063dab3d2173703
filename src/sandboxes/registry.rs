//! All sandboxes: finding them, and what goes for each of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::cache::PageCache;
use super::changes::{Changes, Changing};
use super::error::SandboxError;
use super::looking::Looking;
use super::sandbox::{Certainty, Current, KnownKey, Sandbox, View};
use crate::clock::Clock;
use crate::journal::Journals;
use crate::metrics::Metrics;
use crate::model::ids::Ids;
use crate::model::planned_fault::PlannedFault;
use crate::store::states::Filler;
use crate::store::{self, Reads, STEP, Store, access_keys, planned_faults, sandboxes, states};

/// How late it is written down that a sandbox was used, and how late one is removed whose time is over.
const NOTING: Duration = Duration::from_secs(5);

/// How many sandboxes there may be, with how many checkpoints, and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub sandboxes: usize,
    /// Of one sandbox.
    pub checkpoints: i64,
    /// Snapshots of one sandbox, and as many of each other kind; `None`: as many as the disk holds.
    pub resources: Option<i64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { sandboxes: 10_000, checkpoints: 1_000, resources: None }
    }
}

/// How sandboxes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    pub limits: Limits,
    /// Bytes of pages that are kept to be answered again.
    pub page_cache: u64,
    /// Bytes that entries of journals take in memory at most; with 0 there are no journals.
    pub journal_memory: u64,
    /// The TTL of sandboxes that are made for unknown keys, in seconds.
    pub auto_sandbox_ttl: Option<i64>,
}

/// All sandboxes.
#[derive(Debug)]
pub struct Sandboxes {
    pub(super) store: Store,
    /// The real time.
    pub(super) clock: Clock,
    /// Seconds that servers had run over the database when the clock had run for none.
    uptime_before: i64,
    pub(super) ids: Arc<Ids>,
    pub(super) options: Options,
    pub(super) metrics: Arc<Metrics>,
    pub(super) changes: Changes,
    pub(super) pages: PageCache,
    pub(super) looking: Looking,
    pub(super) journals: Arc<Journals>,
    pub(super) auto_creating: tokio::sync::Mutex<()>,
    /// Which process fills states.
    process: String,
    index: Mutex<Index>,
    /// States that nothing points at any more go here; a task deletes their rows.
    purge: UnboundedSender<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Index {
    pub by_name: BTreeMap<String, Arc<Sandbox>>,
    pub by_key: HashMap<String, Arc<KnownKey>>,
    /// Names of sandboxes that are being made.
    pub reserved_names: HashSet<String>,
    /// Keys that are being made. Apart from names: one sandbox may have the name that is another one's key.
    pub reserved_keys: HashSet<String>,
}

impl Index {
    /// Whether a new key may have this id.
    pub fn check_key(&self, access_key_id: &str) -> Result<(), SandboxError> {
        if self.by_key.contains_key(access_key_id) || self.reserved_keys.contains(access_key_id) {
            return Err(SandboxError::InUse { field: "AccessKeyId", value: access_key_id.to_owned() });
        }
        Ok(())
    }
}

impl Sandboxes {
    /// Reads all sandboxes from the store. Changes run on the runtime of the caller, which must outlive all who ask for them.
    pub async fn open(
        store: Store,
        clock: Clock,
        ids: Arc<Ids>,
        options: Options,
        metrics: Arc<Metrics>,
        purge: UnboundedSender<i64>,
    ) -> Result<Self, store::Error> {
        let journals = Arc::new(Journals::new(store.clone(), options.journal_memory));
        let mut by_sandbox = journals.open().await?;
        let mut session = store.read(Reads::Several).await?;
        let mut index = Index::default();
        let mut by_id = HashMap::new();
        let mut planned: HashMap<i64, Vec<PlannedFault>> = HashMap::new();
        for (sandbox_id, fault) in planned_faults::all(&mut session).await? {
            planned.entry(sandbox_id).or_default().push(fault);
        }
        for (row, pointer) in sandboxes::list(&mut session).await? {
            let state = states::get(&mut session, pointer.state_id).await?;
            // Each has one since they were opened.
            let Some(journal) = by_sandbox.remove(&row.sandbox_id) else { continue };
            let faults = planned.remove(&row.sandbox_id).unwrap_or_default();
            let sandbox = Arc::new(Sandbox::new(row, journal, pointer, &state, faults));
            by_id.insert(sandbox.row.sandbox_id, sandbox.clone());
            index.by_name.insert(sandbox.name().to_owned(), sandbox);
        }
        for (sandbox_id, key) in access_keys::list(&mut session).await? {
            if let Some(sandbox) = by_id.get(&sandbox_id).cloned() {
                index.by_key.insert(key.access_key_id.clone(), Arc::new(KnownKey { key, sandbox }));
            }
        }
        let uptime_before = sandboxes::uptime(&mut session).await? - clock.running();
        drop(session);
        let process =
            uuid::Uuid::from_u64_pair(u64::from(std::process::id()), clock.now().0.unsigned_abs()).to_string();
        let all = Self {
            process,
            pages: PageCache::new(options.page_cache),
            looking: Looking::default(),
            journals,
            store,
            clock,
            uptime_before,
            ids,
            options,
            metrics,
            changes: Changes::new(),
            auto_creating: tokio::sync::Mutex::default(),
            index: Mutex::new(index),
            purge,
        };
        let unused = states::unused(&mut all.store.read(Reads::One).await?, all.filler()).await?;
        all.purge(unused);
        Ok(all)
    }

    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn filler(&self) -> Filler<'_> {
        Filler { process: &self.process, now: self.clock.now() }
    }

    /// Seconds that servers have run over the database in all.
    pub(super) fn uptime(&self) -> i64 {
        self.uptime_before + self.clock.running()
    }

    /// The sandbox of this name, which counts as used.
    pub fn by_name(&self, name: &str) -> Result<Arc<Sandbox>, SandboxError> {
        let sandbox = self.index().by_name.get(name).cloned();
        self.used(sandbox).ok_or_else(|| SandboxError::NoSuchSandbox(name.to_owned()))
    }

    /// One that has outlived its time is as good as gone, even if nobody has cleared it away yet.
    pub(super) fn used(&self, sandbox: Option<Arc<Sandbox>>) -> Option<Arc<Sandbox>> {
        let uptime = self.uptime();
        let sandbox = sandbox.filter(|sandbox| !sandbox.is_expired(uptime))?;
        sandbox.use_at(self.clock.now(), uptime);
        Some(sandbox)
    }

    /// At most `limit` sandboxes, by name, those behind the name `after`.
    #[must_use]
    pub fn list(&self, after: Option<&str>, limit: usize) -> Vec<Arc<Sandbox>> {
        let uptime = self.uptime();
        let index = self.index();
        let rest = index.by_name.range::<str, _>((after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded));
        rest.map(|(_, sandbox)| sandbox).filter(|sandbox| !sandbox.is_expired(uptime)).take(limit).cloned().collect()
    }

    /// How many sandboxes there are.
    #[must_use]
    pub fn count(&self) -> usize {
        let uptime = self.uptime();
        self.index().by_name.values().filter(|sandbox| !sandbox.is_expired(uptime)).count()
    }

    /// What a request learns of its sandbox. What policies have to make by now is made first.
    pub async fn view(self: &Arc<Self>, sandbox: &Arc<Sandbox>) -> Result<View, SandboxError> {
        if sandbox.is_due_at(self.clock.now()) {
            self.catch_up(sandbox).await?;
        }
        let mut current = sandbox.current();
        if current.certainty == Certainty::Unknown {
            current = self.known_anew(sandbox).await?;
        }
        let now = current.complete_until(current.clock.at(self.clock.now()));
        let Current { pointer, clock, settings, next_due, certainty } = current;
        let is_settled = certainty == Certainty::Known;
        Ok(View { sandbox: sandbox.clone(), pointer, clock, settings, next_due, now, is_settled })
    }

    /// Reads what memory does not know any more, for whoever holds the lock or meets no change.
    pub(super) async fn known_anew(&self, sandbox: &Sandbox) -> Result<Current, SandboxError> {
        let mut session = self.store.read(Reads::Several).await?;
        let pointer = sandboxes::pointer(&mut session, sandbox.row.sandbox_id).await?;
        let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(sandbox.name().to_owned()))?;
        let state = states::get(&mut session, pointer.state_id).await?;
        let current = Current::known(pointer, &state);
        sandbox.set_current(current);
        Ok(current)
    }

    /// The lock of a sandbox, for whoever changes it. It may have been deleted while others held the lock.
    pub async fn changing(&self, sandbox: &Arc<Sandbox>) -> Result<Changing, SandboxError> {
        let changing = Changing::wait(sandbox).await?;
        self.check_is_there(sandbox)?;
        Ok(changing)
    }

    pub(super) fn check_is_there(&self, sandbox: &Arc<Sandbox>) -> Result<(), SandboxError> {
        let current = self.index().by_name.get(sandbox.name()).cloned();
        match current.filter(|current| Arc::ptr_eq(current, sandbox)) {
            Some(_) => Ok(()),
            None => Err(SandboxError::NoSuchSandbox(sandbox.name().to_owned())),
        }
    }

    /// Removes a sandbox with all that belongs to it.
    pub async fn delete(self: &Arc<Self>, name: &str) -> Result<(), SandboxError> {
        let sandbox = self.by_name(name)?;
        if name == sandboxes::DEFAULT {
            return Err(SandboxError::Undeletable);
        }
        let changing = self.changing(&sandbox).await?;
        self.remove(changing).await
    }

    async fn remove(self: &Arc<Self>, changing: Changing) -> Result<(), SandboxError> {
        let all = self.clone();
        self.changes
            .run(async move {
                let sandbox = changing.sandbox();
                let mut writer = all.store.write().await?;
                let left = sandboxes::delete(&mut writer, sandbox.row.sandbox_id).await?;
                writer.commit().await?;
                {
                    let mut index = all.index();
                    index.by_name.retain(|_, other| !Arc::ptr_eq(other, sandbox));
                    index.by_key.retain(|_, known| !Arc::ptr_eq(&known.sandbox, sandbox));
                }
                all.journals.forget(&sandbox.journal);
                all.purge(left);
                Ok(())
            })
            .await
    }

    /// Removes the sandboxes that have outlived their time, and waits for nobody: one that is being changed stays for the
    /// next time, and one that others remove meanwhile is gone all the same.
    pub async fn sweep(self: &Arc<Self>) -> Result<(), SandboxError> {
        let uptime = self.uptime();
        let expired: Vec<Arc<Sandbox>> =
            self.index().by_name.values().filter(|sandbox| sandbox.is_expired(uptime)).cloned().collect();
        for sandbox in expired {
            let Some(changing) = Changing::at_once(&sandbox) else { continue };
            if self.check_is_there(&sandbox).is_ok() {
                self.remove(changing).await?;
                let ttl_seconds = sandbox.row.ttl_seconds;
                tracing::info!(sandbox = sandbox.name(), ttl_seconds, "removed: its time to live is over");
            }
        }
        Ok(())
    }

    pub(super) fn purge(&self, state_ids: impl IntoIterator<Item = i64>) {
        for state_id in state_ids {
            // Without the task, at the end of the server, the next start does it.
            let _ = self.purge.send(state_id);
        }
    }

    pub(super) fn purging(&self) -> UnboundedSender<i64> {
        self.purge.clone()
    }

    /// Whether a key is this sandbox's, which does not count as used.
    #[must_use]
    pub fn is_key_of(&self, access_key_id: &str, sandbox: &Arc<Sandbox>) -> bool {
        self.index().by_key.get(access_key_id).is_some_and(|known| Arc::ptr_eq(&known.sandbox, sandbox))
    }

    /// Goes on noting which sandboxes are used, and removing those whose time is over.
    pub async fn keep_sweeping(self: &Arc<Self>) {
        loop {
            tokio::time::sleep(NOTING).await;
            if let Err(error) = self.note_uses().await {
                tracing::error!(%error, "the last uses of sandboxes could not be noted; the next time tries again");
            }
            if let Err(error) = self.sweep().await {
                tracing::error!(%error, "a sandbox whose time is over could not be removed; the next time tries again");
            }
        }
    }

    /// Writes down when sandboxes were last used, and then how long servers have run. However the process ends meanwhile, no
    /// sandbox has been unused for longer than before. Where none has a TTL, the passing of time alone is nothing to write.
    pub async fn note_uses(&self) -> Result<(), store::Error> {
        let all: Vec<Arc<Sandbox>> = self.index().by_name.values().cloned().collect();
        let used: Vec<_> = all
            .iter()
            .map(|sandbox| (sandbox, *sandbox.last_use()))
            .filter(|(_, last_use)| !last_use.is_noted)
            .collect();
        if used.is_empty() && all.iter().all(|sandbox| sandbox.row.ttl_seconds.is_none()) {
            return Ok(());
        }
        for some in used.chunks(STEP) {
            let mut writer = self.store.write().await?;
            for (sandbox, last_use) in some {
                sandboxes::touch(&mut writer, sandbox.row.sandbox_id, last_use.time, last_use.uptime).await?;
            }
            writer.commit().await?;
            for (sandbox, noted) in some {
                let mut last_use = sandbox.last_use();
                if *last_use == *noted {
                    last_use.is_noted = true;
                }
            }
        }
        let mut writer = self.store.write().await?;
        sandboxes::set_uptime(&mut writer, self.uptime()).await?;
        writer.commit().await
    }

    /// Waits for the changes under way, and notes when each sandbox was last used. No change is begun after that.
    pub async fn close(&self) -> Result<(), store::Error> {
        self.changes.finish().await;
        self.journals.close().await?;
        self.note_uses().await
    }
}
