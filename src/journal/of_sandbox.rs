//! The journal of a sandbox.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::held::{Held, Item, Unsaved};
use super::kept::Kept;
use crate::model::journal_entry::JournalEntry;
use crate::store::journals::Header;

/// What all journals share.
#[derive(Debug, Default)]
pub struct Shared {
    /// Those that have something to be written.
    queued: Mutex<Vec<Arc<Journal>>>,
    pub has_unsaved: Notify,
    /// Bytes of all entries in memory.
    pub bytes: AtomicUsize,
    /// Entries that had to go for newer ones since the start.
    pub evicted: AtomicI64,
    uses: AtomicU64,
    /// Those that wait for numbers.
    wanting: Mutex<Vec<Arc<Journal>>>,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Vec<Arc<Journal>>> {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wanting(&self) -> MutexGuard<'_, Vec<Arc<Journal>>> {
        self.wanting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It wants numbers.
    pub fn want(&self, journal: &Arc<Journal>) {
        self.wanting().push(journal.clone());
    }

    /// All that want numbers, each once, and none after that.
    pub fn take_wanting(&self) -> Vec<Arc<Journal>> {
        let mut wanting = std::mem::take(&mut *self.wanting());
        wanting.sort_by_key(|journal| journal.sandbox_id);
        wanting.dedup_by_key(|journal| journal.sandbox_id);
        wanting
    }

    /// Those that have something to be written.
    pub fn queued(&self) -> Vec<Arc<Journal>> {
        self.queue().clone()
    }

    /// Lets go of those that have not any more. Of the others, nobody else will say that they are to be written.
    pub fn settle(&self) {
        let mut queue = self.queue();
        queue.retain(|journal| {
            let mut held = journal.held();
            held.is_queued = held.has_unsaved();
            held.is_queued
        });
        if !queue.is_empty() {
            self.has_unsaved.notify_one();
        }
    }
}

/// What is remembered of the requests to a sandbox, and of the changes to it.
#[derive(Debug)]
pub struct Journal {
    pub(super) sandbox_id: i64,
    held: Mutex<Held>,
    /// Held by whoever reads from the store what is not in memory.
    pub(super) loading: tokio::sync::Mutex<()>,
    /// Told of each entry, if anybody listens, and of the end of the sandbox.
    news: watch::Sender<()>,
    is_closed: AtomicBool,
    /// When it was used last, as a number that uses count up.
    used: AtomicU64,
    shared: Arc<Shared>,
}

impl Journal {
    pub(super) fn new(header: &Header, shared: &Arc<Shared>) -> Self {
        Self {
            sandbox_id: header.sandbox_id,
            held: Mutex::new(Held::new(header)),
            loading: tokio::sync::Mutex::default(),
            news: watch::Sender::new(()),
            is_closed: AtomicBool::new(false),
            used: AtomicU64::new(0),
            shared: shared.clone(),
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Nothing between lock and unlock leaves it half changed.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to what is held, and brings what all journals count along.
    pub(super) fn with<T>(self: &Arc<Self>, act: impl FnOnce(&mut Held) -> T) -> T {
        let mut held = self.held();
        let (bytes, evicted) = (held.bytes(), held.evicted());
        let result = act(&mut held);
        let (bytes_after, evicted_after) = (held.bytes(), held.evicted());
        let is_to_be_queued = held.has_unsaved() && !held.is_queued;
        held.is_queued |= is_to_be_queued;
        drop(held);
        // An unsigned number goes around, so that a difference below zero is added, too.
        self.shared.bytes.fetch_add(bytes_after.wrapping_sub(bytes), Ordering::Relaxed);
        if evicted_after > evicted {
            self.shared.evicted.fetch_add(evicted_after - evicted, Ordering::Relaxed);
        }
        if is_to_be_queued {
            self.shared.queue().push(self.clone());
            self.shared.has_unsaved.notify_one();
        }
        result
    }

    fn use_now(&self) {
        self.used.store(self.shared.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
    }

    pub(super) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// A place, if all is there that it takes; or, with `anyway`, whatever there is.
    pub(super) fn place(self: &Arc<Self>, anyway: bool) -> Option<Place> {
        let mut held = self.held();
        let is_there = anyway || (held.has_past() && held.has_reserve());
        is_there.then(|| {
            held.enter();
            Place(self.clone())
        })
    }

    pub(super) fn has_past(&self) -> bool {
        self.held().has_past()
    }

    /// Whether the next number is reserved.
    pub(super) fn has_reserve(&self) -> bool {
        self.held().has_reserve()
    }

    /// Whether none of its numbers comes again, however the process ends. One that is not may be shown to nobody.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.held().is_sure()
    }

    /// Waits until there is a number above this one, or until the sandbox is gone.
    pub async fn changed(&self, after_sequence: i64) {
        let mut news = self.news.subscribe();
        // Whoever adds an entry after this look at the numbers finds somebody who listens.
        while !self.is_closed.load(Ordering::Acquire) && self.last_sequence() <= after_sequence {
            // The sender lasts as long as the journal, so there is no other end.
            let _ = news.changed().await;
        }
    }

    /// Nothing more comes: the sandbox is gone.
    pub fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.news.send_replace(());
    }

    /// The newest number that was given.
    #[must_use]
    pub fn last_sequence(&self) -> i64 {
        self.held().last_sequence()
    }

    /// Whether all that is kept is in memory.
    pub(super) fn is_loaded(&self) -> bool {
        self.held().is_loaded()
    }

    /// As [`Held::missing`].
    pub(super) fn missing(&self) -> Option<(i64, usize)> {
        self.held().missing()
    }

    pub(super) fn has_entries_in_memory(&self) -> bool {
        self.held().bytes() > 0
    }

    /// What is kept; only if all of it is in memory.
    pub(super) fn kept(&self) -> Option<Kept> {
        self.use_now();
        self.held().kept()
    }

    /// As [`Held::behind`].
    pub(super) fn behind(&self, sequence: i64) -> Option<(Vec<Arc<JournalEntry>>, i64)> {
        self.use_now();
        self.held().behind(sequence)
    }

    pub(super) fn unsaved(&self, most: usize, reserve: i64) -> Option<Unsaved> {
        self.held().unsaved(most, reserve)
    }
}

/// The right to add entries to a journal. As long as there is one, the journal has numbers in reserve.
#[derive(Debug)]
pub struct Place(Arc<Journal>);

impl Place {
    /// Adds an entry and says its number. `is_lost`: the client did not get all of the answer.
    #[allow(clippy::must_use_candidate, reason = "few want to know the number")]
    pub fn push(&self, entry: JournalEntry, is_lost: bool) -> i64 {
        let Self(journal) = self;
        journal.use_now();
        let item = Item::new(entry);
        let (sequence, _gone) = journal.with(|held| held.push(item, is_lost));
        // Sending takes several locks even where nobody listens, and each request would pay for that.
        if journal.news.receiver_count() > 0 {
            journal.news.send_replace(());
        }
        sequence
    }

    /// Whether it is one in this journal.
    #[must_use]
    pub fn is_in(&self, journal: &Arc<Journal>) -> bool {
        Arc::ptr_eq(&self.0, journal)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.held().leave();
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        let bytes = self.held().bytes();
        self.shared.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}
