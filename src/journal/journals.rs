//! All journals: written a moment after their entries came, read back when they are used, and dropped from memory where they
//! take too much of it.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::MutexGuard;
use tokio::time::{sleep, timeout};

use super::batch;
use super::held::{Held, RESERVE, Unsaved};
use super::kept::Kept;
use super::of_sandbox::{Journal, Shared};
use crate::model::journal_entry::JournalEntry;
use crate::store::journals::{self, EntryBatch, Header};
use crate::store::{self, Reads, STEP, Session, Store};

/// How long new entries gather before they are written. The end of the process by `kill -9` loses what has gathered, an
/// orderly end nothing.
const GATHERING: Duration = Duration::from_millis(500);

/// How long a journal that nobody adds to keeps its numbers in reserve. Each first entry after that costs a transaction.
const IDLE: Duration = Duration::from_secs(10);

/// All journals.
#[derive(Debug)]
pub struct Journals {
    pub(super) store: Store,
    pub(super) shared: Arc<Shared>,
    /// Bytes that entries in memory may take.
    budget: usize,
    /// By sandbox; those that are gone are dropped now and then.
    all: Mutex<HashMap<i64, Weak<Journal>>>,
    /// Held by whoever writes: what is emptied must not be written by a batch that was taken before.
    saving: tokio::sync::Mutex<()>,
    /// Held by whoever reserves numbers, or gives them back.
    pub(super) reserving: tokio::sync::Mutex<()>,
}

/// Nobody else writes entries for as long as this lives.
#[derive(Debug)]
pub struct Saving<'j> {
    _lock: MutexGuard<'j, ()>,
}

impl Journals {
    /// None yet. `budget`: bytes that entries in memory may take.
    #[must_use]
    pub fn new(store: Store, budget: u64) -> Self {
        Self {
            store,
            shared: Arc::default(),
            budget: usize::try_from(budget).unwrap_or(usize::MAX),
            all: Mutex::default(),
            saving: tokio::sync::Mutex::default(),
            reserving: tokio::sync::Mutex::default(),
        }
    }

    /// Those of the store, by sandbox; their numbers begin.
    pub async fn open(&self) -> Result<HashMap<i64, Arc<Journal>>, store::Error> {
        let mut writer = self.store.write().await?;
        // Without journals nobody writes what happens, and the reserve that stays tells the next start of it.
        journals::begin(&mut writer, if self.is_on() { 0 } else { RESERVE }).await?;
        writer.commit().await?;
        let headers = journals::list(&mut self.store.read(Reads::One).await?).await?;
        Ok(headers.iter().map(|header| (header.sandbox_id, self.add(header))).collect())
    }

    /// That of a new sandbox.
    pub fn add(&self, header: &Header) -> Arc<Journal> {
        let journal = Arc::new(Journal::new(header, &self.shared));
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(header.sandbox_id, Arc::downgrade(&journal));
        journal
    }

    /// Lets go of a journal whose sandbox is gone.
    pub fn forget(&self, journal: &Journal) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&journal.sandbox_id);
        journal.close();
    }

    /// Whether there are any: with no memory at all, nothing is remembered.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.budget > 0
    }

    /// Entries that had to go for newer ones since the start.
    #[must_use]
    pub fn evicted(&self) -> i64 {
        self.shared.evicted.load(Ordering::Relaxed)
    }

    /// Bytes that entries in memory take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Has all that is kept of a journal in memory. What cannot be read is treated as evicted.
    pub async fn load(&self, journal: &Arc<Journal>) {
        if journal.is_loaded() {
            return;
        }
        let _loading = journal.loading.lock().await;
        while let Some((before, count)) = journal.missing() {
            match self.read(journal.sandbox_id, before, count).await {
                Ok(entries) => journal.with(|held| held.take_in(before, entries)),
                Err(error) => {
                    tracing::error!(%error, "the entries of a journal could not be read; they count as evicted");
                    journal.with(Held::lose_unloaded);
                }
            }
        }
        if self.bytes() > self.budget {
            self.shared.has_unsaved.notify_one();
        }
    }

    async fn read(
        &self,
        sandbox_id: i64,
        before: i64,
        count: usize,
    ) -> Result<Vec<JournalEntry>, Box<dyn std::error::Error + Send + Sync>> {
        let mut session = self.store.read(Reads::One).await?;
        let batches = journals::batches(&mut session, sandbox_id, before, count).await?;
        drop(session);
        let read = move || -> Result<_, Box<dyn std::error::Error + Send + Sync>> {
            let mut entries = Vec::new();
            for batch in batches {
                let older = batch::read(&batch)?.into_iter().rev().filter(|entry| entry.sequence < before);
                entries.extend(older.take(count - entries.len()));
            }
            entries.reverse();
            Ok(entries)
        };
        // Megabytes of them take a while, and others have work to do on this thread.
        tokio::task::spawn_blocking(read).await?
    }

    /// What is kept of a journal. An error: numbers would be shown that might come again.
    pub async fn kept(&self, journal: &Arc<Journal>) -> Result<Kept, store::Error> {
        loop {
            self.load(journal).await;
            if !journal.is_sure() {
                self.reserve(journal).await?;
            }
            // Somebody may have dropped some of it meanwhile.
            if let Some(kept) = journal.kept() {
                return Ok(kept);
            }
        }
    }

    /// The entries of a journal behind a number, and its newest number: for those who follow it, and need not look at all of it
    /// for each new entry.
    pub async fn behind(
        &self,
        journal: &Arc<Journal>,
        sequence: i64,
    ) -> Result<(Vec<Arc<JournalEntry>>, i64), store::Error> {
        if let Some(found) = journal.behind(sequence) {
            return Ok(found);
        }
        let kept = self.kept(journal).await?;
        let place = kept.entries.partition_point(|entry| entry.sequence <= sequence);
        Ok((kept.entries[place..].to_vec(), kept.last_sequence))
    }

    pub(super) fn living(&self) -> Vec<Arc<Journal>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, journal| journal.strong_count() > 0);
        all.values().filter_map(Weak::upgrade).collect()
    }

    /// Goes on writing new entries, a batch at a time, giving back the numbers of journals that are idle, and dropping from memory
    /// what is beyond the budget.
    pub async fn keep_saving(&self) {
        let mut looked = Instant::now();
        loop {
            if timeout(IDLE, self.shared.has_unsaved.notified()).await.is_ok() {
                sleep(GATHERING).await;
                if let Err(error) = self.save().await {
                    tracing::error!(%error, "entries of journals could not be written; the next time tries again");
                    sleep(GATHERING).await;
                    self.shared.has_unsaved.notify_one();
                }
            }
            if looked.elapsed() >= IDLE {
                looked = Instant::now();
                if let Err(error) = self.give_back(IDLE).await {
                    tracing::error!(%error, "numbers of journals could not be given back");
                }
            }
            self.relieve();
        }
    }

    /// Writes what is new since the last time, and deletes what was evicted.
    pub async fn save(&self) -> Result<(), store::Error> {
        let _saving = self.saving().await;
        let queued = self.shared.queued();
        let mut next = 0;
        while next < queued.len() {
            let (mut room, mut batch) = (STEP, Vec::new());
            while let Some(journal) = queued.get(next).filter(|_| room > 0) {
                if let Some(unsaved) = journal.unsaved(room, RESERVE) {
                    // Each is a statement or two, even without an entry.
                    room = room.saturating_sub(unsaved.entries.len().max(1));
                    batch.push((journal, unsaved));
                }
                // One that had more to say than there was room comes first the next time.
                next += usize::from(room > 0);
            }
            if batch.is_empty() {
                break;
            }
            self.write(&batch).await?;
            for (journal, unsaved) in &batch {
                journal.with(|held| held.note_saved(unsaved));
            }
        }
        self.shared.settle();
        Ok(())
    }

    async fn write(&self, all: &[(&Arc<Journal>, Unsaved)]) -> Result<(), store::Error> {
        let body = |unsaved: &Unsaved| match batch::write(&unsaved.entries) {
            Ok(body) => body,
            // Plain structures with text keys: there is nothing in them that cannot be written.
            Err(error) => {
                tracing::error!(%error, "entries of a journal could not be written");
                None
            }
        };
        let bodies: Vec<Option<EntryBatch>> = all.iter().map(|(_, unsaved)| body(unsaved)).collect();
        let mut writer = self.store.write().await?;
        for ((_, unsaved), body) in all.iter().zip(&bodies) {
            // A sandbox that is gone has taken its rows along.
            journals::save(&mut writer, &unsaved.header, unsaved.saved, body.as_ref()).await?;
        }
        writer.commit().await
    }

    /// Drops from memory what is saved of those that were not used for the longest time, as far as they are beyond the budget.
    pub fn relieve(&self) {
        if self.bytes() <= self.budget {
            return;
        }
        let mut journals = self.living();
        journals.retain(|journal| journal.has_entries_in_memory());
        journals.sort_by_cached_key(|journal| journal.used());
        for journal in journals {
            if self.bytes() <= self.budget {
                break;
            }
            journal.with(Held::release);
        }
    }

    /// Keeps others from writing entries.
    pub async fn saving(&self) -> Saving<'_> {
        Saving { _lock: self.saving.lock().await }
    }

    /// Empties a journal in the store and says up to which number, for [`Journals::note_emptied`] once that is committed.
    pub async fn empty(
        &self,
        _saving: &Saving<'_>,
        session: &mut Session,
        journal: &Journal,
    ) -> Result<i64, store::Error> {
        let last = journal.last_sequence();
        journals::empty(session, journal.sandbox_id, last).await?;
        Ok(last)
    }

    /// Empties a journal in memory of the numbers up to `last`.
    pub fn note_emptied(&self, _saving: &Saving<'_>, journal: &Arc<Journal>, last: i64) {
        journal.with(|held| held.note_emptied(last));
    }

    /// Writes all that is left, and gives the numbers back that nobody needs any more.
    pub async fn close(&self) -> Result<(), store::Error> {
        self.save().await?;
        self.give_back(Duration::ZERO).await
    }
}
