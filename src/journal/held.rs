//! The entries of a journal that are in memory: a ring with bounds, and what is known of those that are not there.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::chains::Chains;
use super::kept::Kept;
use super::weight::weight;
use crate::model::journal_entry::JournalEntry;
use crate::store::journals::Header;

/// Entries of a journal at most.
pub const ENTRIES: usize = 1_000;

/// Bytes of its entries at most.
pub const BYTES: usize = 4 * 1024 * 1024;

/// How many numbers a journal has in reserve while it is in use. An end without order leaves a gap of as many.
pub const RESERVE: i64 = 1_000_000;

/// An entry, and what it weighs.
#[derive(Debug)]
pub struct Item {
    entry: Arc<JournalEntry>,
    weight: usize,
}

impl Item {
    pub fn new(entry: JournalEntry) -> Self {
        Self { weight: weight(&entry), entry: Arc::new(entry) }
    }
}

/// A journal in memory. Of what is kept, first come those that only the store has, and then those that are here.
#[derive(Debug)]
pub struct Held {
    sandbox_id: i64,
    items: VecDeque<Item>,
    bytes: usize,
    /// How many older ones are kept in the store alone.
    unloaded: usize,
    last_sequence: i64,
    /// Numbers up to this one are reserved in the store for sure. See `reserve.rs`.
    reserved_until: i64,
    /// How many are about to add entries.
    places: usize,
    /// When somebody last was.
    used_at: Instant,
    evicted: i64,
    begins_at: i64,
    /// The store has what is kept up to this number.
    saved: i64,
    /// Counts changes up; and what it was when all was saved.
    version: u64,
    saved_version: u64,
    /// Whether somebody will write what is not saved.
    pub is_queued: bool,
    chains: Chains,
}

/// What is to be written of a journal.
#[derive(Debug)]
pub struct Unsaved {
    pub header: Header,
    pub entries: Vec<Arc<JournalEntry>>,
    /// The store has all up to this number.
    pub saved: i64,
    /// If these are all: the version that they make the saved one.
    version: Option<u64>,
}

impl Held {
    /// A journal of which the store alone has the entries.
    pub fn new(header: &Header) -> Self {
        let Header { sandbox_id, last_sequence, reserved_until, evicted, begins_at, kept } = *header;
        let mut chains = Chains::default();
        if kept == 0 {
            chains.forget();
        }
        Self {
            sandbox_id,
            items: VecDeque::new(),
            bytes: 0,
            unloaded: usize::try_from(kept).unwrap_or_default(),
            last_sequence,
            reserved_until,
            places: 0,
            used_at: Instant::now(),
            evicted,
            begins_at,
            saved: last_sequence,
            version: 0,
            saved_version: 0,
            is_queued: false,
            chains,
        }
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn evicted(&self) -> i64 {
        self.evicted
    }

    pub fn last_sequence(&self) -> i64 {
        self.last_sequence
    }

    /// Whether all that is kept is here.
    pub fn is_loaded(&self) -> bool {
        self.unloaded == 0
    }

    pub fn has_unsaved(&self) -> bool {
        self.version != self.saved_version
    }

    /// Whether the next number is reserved.
    pub fn has_reserve(&self) -> bool {
        self.last_sequence < self.reserved_until
    }

    /// Whether no number that was given comes again, however the process ends.
    pub fn is_sure(&self) -> bool {
        self.last_sequence <= self.reserved_until.max(self.saved)
    }

    /// Notes that the store has reserved the numbers up to this one.
    pub fn note_reserved(&mut self, until: i64) {
        self.reserved_until = self.reserved_until.max(until);
    }

    /// Gives up what is in reserve, if nobody adds entries nor has for so long, and all of them are saved.
    pub fn give_back(&mut self, idle: Duration) -> bool {
        let is_idle = self.places == 0 && !self.has_unsaved() && self.used_at.elapsed() >= idle;
        let gives = is_idle && self.has_reserve();
        if gives {
            self.reserved_until = self.last_sequence;
        }
        gives
    }

    /// Somebody is about to add entries.
    pub fn enter(&mut self) {
        self.places += 1;
        self.used_at = Instant::now();
    }

    /// Adds none any more.
    pub fn leave(&mut self) {
        self.places -= 1;
        self.used_at = Instant::now();
    }

    /// Whether it is known which attempts an entry may belong to. It is once the entries were read that there were at the start.
    pub fn has_past(&self) -> bool {
        self.is_loaded() || self.chains.has_past()
    }

    /// Adds an entry under the next number, which it says, together with one that had to go: to free it takes a while, for which
    /// nobody has to wait.
    pub fn push(&mut self, mut item: Item, is_lost: bool) -> (i64, Option<Item>) {
        self.last_sequence += 1;
        let entry = Arc::make_mut(&mut item.entry);
        entry.sequence = self.last_sequence;
        self.chains.place(entry, is_lost, self.items.iter().rev().map(|item| &*item.entry));
        self.bytes += item.weight;
        self.items.push_back(item);
        let mut gone = None;
        while self.is_too_much() && self.evict(&mut gone) {}
        self.version += 1;
        (self.last_sequence, gone)
    }

    fn is_too_much(&self) -> bool {
        self.items.len() + self.unloaded > ENTRIES || self.bytes > BYTES
    }

    /// Lets go of the oldest, and says whether there was any. One that only the store has need not be read for that.
    fn evict(&mut self, gone: &mut Option<Item>) -> bool {
        if self.unloaded > 0 {
            self.unloaded -= 1;
        } else if let Some(item) = self.items.pop_front() {
            self.bytes -= item.weight;
            *gone = Some(item);
        } else {
            return false;
        }
        self.evicted += 1;
        true
    }

    /// Counts what only the store has as evicted.
    pub fn lose_unloaded(&mut self) {
        self.evicted += i64::try_from(std::mem::take(&mut self.unloaded)).unwrap_or(i64::MAX);
        self.version += 1;
    }

    /// Which entries only the store has: the newest before this number, so many. `None`: all is here.
    pub fn missing(&self) -> Option<(i64, usize)> {
        (self.unloaded > 0)
            .then(|| (self.items.front().map_or(self.last_sequence + 1, |item| item.entry.sequence), self.unloaded))
    }

    /// Takes in what the store had of the entries before this number, oldest first. What has no room any more is evicted. Where
    /// others are missing by now, since some were left to the store meanwhile or all thrown away, nothing is taken.
    pub fn take_in(&mut self, before: i64, entries: Vec<JournalEntry>) {
        if self.missing().is_none_or(|(missing, _)| missing != before) {
            return;
        }
        for entry in entries.into_iter().rev() {
            let item = Item::new(entry);
            if self.unloaded == 0 || self.items.len() == ENTRIES || self.bytes + item.weight > BYTES {
                break;
            }
            self.unloaded -= 1;
            self.bytes += item.weight;
            self.items.push_front(item);
        }
        if self.unloaded > 0 {
            self.lose_unloaded();
        }
        self.chains.begin(self.items.iter().map(|item| &*item.entry).take_while(|entry| entry.sequence < before));
    }

    /// Leaves what is saved to the store alone.
    pub fn release(&mut self) {
        while let Some(item) = self.items.pop_front_if(|item| item.entry.sequence <= self.saved) {
            self.bytes -= item.weight;
            self.unloaded += 1;
        }
    }

    /// What is kept; only if all of it is here, and may be seen.
    pub fn kept(&self) -> Option<Kept> {
        (self.is_loaded() && self.is_sure()).then(|| Kept {
            entries: self.items.iter().map(|item| item.entry.clone()).collect(),
            evicted: self.evicted,
            last_sequence: self.last_sequence,
            begins_at: self.begins_at,
        })
    }

    /// The entries behind a number, and the newest number; only if all of those entries are here, and may be seen.
    pub fn behind(&self, sequence: i64) -> Option<(Vec<Arc<JournalEntry>>, i64)> {
        let first = self.items.front().map(|item| item.entry.sequence);
        let are_here = self.is_loaded() || first.is_some_and(|first| first - 1 <= sequence);
        let place = self.items.partition_point(|item| item.entry.sequence <= sequence);
        let entries = || self.items.iter().skip(place).map(|item| item.entry.clone()).collect();
        (are_here && self.is_sure()).then(|| (entries(), self.last_sequence))
    }

    /// What is not saved yet, of its entries the oldest, so many at most.
    pub fn unsaved(&self, most: usize, reserve: i64) -> Option<Unsaved> {
        if !self.has_unsaved() {
            return None;
        }
        // The write that there is anyway brings more, before it runs short. What was given back is not taken again without need.
        let is_short = (1..reserve / 2).contains(&(self.reserved_until - self.last_sequence));
        let reserved_until = if is_short { self.last_sequence + reserve } else { self.reserved_until };
        let first = self.items.partition_point(|item| item.entry.sequence <= self.saved);
        let entries: Vec<_> = self.items.iter().skip(first).take(most).map(|item| item.entry.clone()).collect();
        let is_all = first + entries.len() == self.items.len();
        let last_sequence = match entries.last() {
            Some(entry) if !is_all => entry.sequence,
            _ => self.last_sequence,
        };
        let header = Header {
            sandbox_id: self.sandbox_id,
            last_sequence,
            reserved_until,
            evicted: self.evicted,
            begins_at: self.begins_at,
            kept: i64::try_from(self.unloaded + first + entries.len()).unwrap_or(i64::MAX),
        };
        Some(Unsaved { header, entries, saved: self.saved, version: is_all.then_some(self.version) })
    }

    /// Notes that it was written.
    pub fn note_saved(&mut self, unsaved: &Unsaved) {
        self.saved = self.saved.max(unsaved.header.last_sequence);
        self.note_reserved(unsaved.header.reserved_until);
        self.saved_version = unsaved.version.unwrap_or(self.saved_version);
    }

    /// Notes that the store is empty of the numbers up to `last`.
    pub fn note_emptied(&mut self, last: i64) {
        while let Some(item) = self.items.pop_front_if(|item| item.entry.sequence <= last) {
            self.bytes -= item.weight;
        }
        // What came since, and had to go for what came after it.
        let first = self.items.front().map_or(self.last_sequence + 1, |item| item.entry.sequence);
        (self.unloaded, self.evicted, self.begins_at) = (0, first - last - 1, last + 1);
        self.chains.forget();
        self.saved = self.saved.max(last);
        self.version += 1;
    }
}
