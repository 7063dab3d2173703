//! What a request sees and changes, gathered while it is answered, and by the tasks that make its changes.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use compact_str::CompactString;
use tokio::task::futures::TaskLocalFuture;

use super::journals::Journals;
use super::of_sandbox::{Journal, Place};
use crate::model::journal_entry::{ChangeKind, ChangedResource, Happening, JournalEntry, Replaced, Saw};
use crate::model::named::{NAMED, NamedIds, joined, named_id};
use crate::model::sent::beginning;

/// Bytes of the texts of an entry at most: with all of them, and its parameters, it has less than 16 KiB.
const WORD: usize = 256;
const USER_AGENT: usize = 512;
const MESSAGE: usize = 1024;

tokio::task_local! {
    static CURRENT: Arc<Recording>;
}

/// Resources that were seen and changed.
#[derive(Debug, Default)]
pub struct Effects {
    pub seen: i64,
    pub changed: i64,
    ids: NamedIds,
    changes: Vec<ChangedResource>,
    replaced: Option<Replaced>,
}

impl Effects {
    /// Notes resources that are shown.
    pub fn see(&mut self, count: usize, ids: NamedIds) {
        self.seen = self.seen.saturating_add(i64::try_from(count).unwrap_or(i64::MAX));
        self.name(ids);
    }

    fn name(&mut self, ids: NamedIds) {
        self.ids = if self.ids.is_empty() { ids } else { joined(&self.ids, &ids) };
    }

    /// Notes a resource that is changed.
    pub fn change(&mut self, kind: &str, id: &str, change: ChangeKind) {
        self.changed += 1;
        if self.changes.len() < NAMED {
            self.changes.push(ChangedResource { kind: kind.into(), id: named_id(id), change });
        }
    }

    /// Notes a change of so many resources, the first of which are named.
    pub fn change_all<'i>(&mut self, kind: &str, count: usize, ids: impl Iterator<Item = &'i str>, change: ChangeKind) {
        let named = NAMED.saturating_sub(self.changes.len()).min(count);
        ids.take(named).for_each(|id| self.change(kind, id, change));
        self.change_others(i64::try_from(count - named).unwrap_or(i64::MAX));
    }

    /// Notes changes of resources that nobody names.
    pub fn change_others(&mut self, count: i64) {
        self.changed = self.changed.saturating_add(count);
    }

    /// Notes that a whole state took the place of another, and that nobody compared them.
    pub fn replace_all(&mut self, replaced: Replaced) {
        self.change_others(replaced.before.saturating_add(replaced.after));
        self.replaced = Some(replaced);
    }

    /// Adds what came after.
    pub fn add(&mut self, later: Self) {
        self.seen = self.seen.saturating_add(later.seen);
        self.changed = self.changed.saturating_add(later.changed);
        self.name(later.ids);
        self.changes.extend(later.changes);
        self.changes.truncate(NAMED);
        self.replaced = later.replaced.or(self.replaced);
    }

    /// Puts them into an entry.
    pub fn put_into(self, entry: &mut JournalEntry) {
        let changed: Vec<CompactString> = self.changes.iter().map(|change| change.id.clone()).collect();
        entry.ids = joined(&self.ids, &changed);
        (entry.seen, entry.changed, entry.changes) = (self.seen, self.changed, self.changes);
        entry.replaced = self.replaced;
    }
}

/// An entry to be, while what it tells of goes on. Whoever works on it holds it, so that one which nobody ends is written once
/// the last of them is done, as that of a client that went away.
#[derive(Debug)]
pub struct Recording {
    started: Instant,
    effects: Mutex<Effects>,
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    entry: JournalEntry,
    place: Option<Place>,
}

/// How something ended.
#[derive(Debug, Default)]
pub struct End {
    pub status: u16,
    pub code: Option<String>,
    pub message: Option<String>,
    pub request_id: CompactString,
    pub bytes: u64,
    pub fault: Option<String>,
    /// The client does not get all of the answer.
    pub is_lost: bool,
}

impl Recording {
    /// Begins. `entry` says what is known by now; `place`, where it will be written as far as that is known.
    #[must_use]
    pub fn new(entry: JournalEntry, place: Option<Place>, started: Instant) -> Arc<Self> {
        let open = Mutex::new(Some(Open { entry, place }));
        Arc::new(Self { started, effects: Mutex::default(), open })
    }

    fn open(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn effects(&self) -> MutexGuard<'_, Effects> {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something, and gathers what it sees and changes.
    pub fn scope<F: Future>(self: &Arc<Self>, work: F) -> TaskLocalFuture<Arc<Self>, F> {
        CURRENT.scope(self.clone(), work)
    }

    /// Changes the entry, unless it has ended.
    pub fn amend(&self, amend: impl FnOnce(&mut JournalEntry)) {
        if let Some(open) = &mut *self.open() {
            amend(&mut open.entry);
        }
    }

    /// It belongs to this journal.
    pub async fn belong_to(&self, journals: &Journals, journal: &Arc<Journal>) {
        let is_there = self.open().as_ref().and_then(|open| open.place.as_ref().map(|place| place.is_in(journal)));
        if is_there != Some(true) {
            let place = journals.place(journal).await;
            if let Some(open) = &mut *self.open() {
                open.place = Some(place);
            }
        }
    }

    /// Ends it, and says the number of the entry.
    pub fn end(&self, end: End) -> Option<i64> {
        let mut open = self.open().take()?;
        let entry = &mut open.entry;
        (entry.status, entry.code, entry.bytes) = (end.status, end.code, end.bytes);
        (entry.message, entry.request_id, entry.fault) = (end.message, end.request_id, end.fault);
        self.write(open, end.is_lost)
    }

    /// Nothing is written of it.
    pub fn give_up(&self) {
        self.open().take();
    }

    fn write(&self, open: Open, is_lost: bool) -> Option<i64> {
        let Open { mut entry, place } = open;
        std::mem::take(&mut *self.effects()).put_into(&mut entry);
        entry.duration_microseconds = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        shorten(&mut entry);
        Some(place?.push(entry, is_lost))
    }
}

/// Cuts the texts that a client may choose.
fn shorten(entry: &mut JournalEntry) {
    for text in [&mut entry.access_key_id, &mut entry.action, &mut entry.method] {
        cut(text, WORD);
    }
    cut(&mut entry.user_agent, USER_AGENT);
    for (text, most) in [(&mut entry.code, WORD), (&mut entry.message, MESSAGE), (&mut entry.fault, WORD)] {
        if let Some(text) = text {
            cut(text, most);
        }
    }
}

/// Cuts a text, and gives back the memory of what is cut: an entry may stay for long.
fn cut<T: Deref<Target = str> + for<'t> From<&'t str>>(text: &mut T, most: usize) {
    let kept = beginning(text, most, most);
    if kept.len() < text.len() {
        *text = T::from(kept);
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let Some(open) = self.open().take() else { return };
        // What the control plane did not end is told if it changed something all the same.
        if open.entry.kind == Happening::Request || self.effects().changed > 0 {
            self.write(open, true);
        }
    }
}

/// What is being recorded, for a task that works on it beside.
#[must_use]
pub fn current() -> Option<Arc<Recording>> {
    CURRENT.try_with(Arc::clone).ok()
}

/// Adds to what is being recorded, if something is.
pub fn add(effects: Effects) {
    if effects.seen > 0 || effects.changed > 0 {
        with(|gathered| gathered.add(effects));
    }
}

/// Notes resources that are shown.
pub fn see(count: usize, ids: NamedIds) {
    with(|gathered| gathered.see(count, ids));
}

/// Notes what a list is read from.
pub fn list_from(saw: Saw) {
    let _ = CURRENT.try_with(|recording| recording.amend(|entry| entry.saw = Some(saw)));
}

fn with(act: impl FnOnce(&mut Effects)) {
    // Without a recording there is nothing to be done.
    let _ = CURRENT.try_with(|recording| act(&mut recording.effects()));
}

/// What is being recorded belongs to this journal.
pub async fn belong_to(journals: &Journals, journal: &Arc<Journal>) {
    if let Some(recording) = current() {
        recording.belong_to(journals, journal).await;
    }
}

/// Runs work whose effects are told apart, and says which they are.
pub async fn apart<F: Future>(work: F) -> (F::Output, Effects) {
    // A recording that has ended: nothing is written of it.
    let apart = Arc::new(Recording { started: Instant::now(), effects: Mutex::default(), open: Mutex::new(None) });
    let output = apart.scope(work).await;
    let effects = std::mem::take(&mut *apart.effects());
    (output, effects)
}
