//! What a journal holds at one moment.

use std::sync::Arc;

use crate::model::journal_entry::JournalEntry;

/// The entries of a journal, and what is known of those that are there no more.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Oldest first.
    pub entries: Vec<Arc<JournalEntry>>,
    /// How many had to go for newer ones since the journal was emptied last.
    pub evicted: i64,
    /// The newest number that was given, or that may have been before an end without order; 0 where none was.
    pub last_sequence: i64,
    /// The first number since somebody emptied the journal. From there to the newest, what is not kept is missing.
    pub begins_at: i64,
}

/// Numbers of which nobody knows what they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The first and the last.
    pub numbers: (i64, i64),
    pub cause: Cause,
}

/// Why they are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// They had to go for newer ones.
    Evicted,
    /// The process ended without order: they may have been given and not written, or not given at all.
    Lost,
    /// Some are evicted and some lost; which of them is not known any more.
    Either,
}

impl Missing {
    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        u64::try_from(self.numbers.1 - self.numbers.0 + 1).unwrap_or_default()
    }
}

impl Kept {
    /// What is missing from `next` on and ahead of `end`, of which nothing is kept.
    #[must_use]
    pub fn missing(&self, next: i64, end: i64) -> Option<Missing> {
        let next = next.max(self.begins_at);
        // Entries go in the order of their numbers, which have no gap but where a process ended.
        let first = self.entries.first().map_or(self.last_sequence.saturating_add(1), |entry| entry.sequence);
        let cause = match self.evicted {
            evicted if end <= first && evicted >= first - self.begins_at => Cause::Evicted,
            1.. if end <= first => Cause::Either,
            _ => Cause::Lost,
        };
        (next < end).then(|| Missing { numbers: (next, end - 1), cause })
    }

    /// From this number on nothing is missing but what somebody emptied the journal of.
    #[must_use]
    pub fn complete_from(&self) -> i64 {
        let mut next = self.last_sequence.saturating_add(1);
        for entry in self.entries.iter().rev() {
            if entry.sequence + 1 < next {
                return next;
            }
            next = entry.sequence;
        }
        if next <= self.begins_at { self.begins_at } else { next }
    }
}
