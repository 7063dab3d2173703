//! Which entries are attempts at the same: a client that is answered badly asks again.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::model::common_parameters::is_of_the_sender;
use crate::model::journal_entry::{Happening, Instant, JournalEntry};

/// Milliseconds within which a question that was answered badly is asked again, if it is an attempt at the same.
const WINDOW: i64 = 60_000;

/// Questions that were answered badly and are remembered, at most.
const REMEMBERED: usize = 256;

/// The questions of a sandbox that were answered badly last. Only those are hashed, and what is asked while there are any.
#[derive(Debug, Default)]
pub struct Chains {
    bad: VecDeque<Bad>,
    /// Whether what came before the start is among them, as far as it is kept.
    has_past: bool,
}

#[derive(Debug)]
struct Bad {
    question: u64,
    /// When the next attempt may begin: once there is an answer, or at any time, if the client did not wait for that.
    earliest: Instant,
    ended: Instant,
    chain: i64,
    attempt: u32,
}

impl Chains {
    /// Gives an entry, which has its sequence, its place in a chain. `is_lost`: the client did not get all of the answer.
    /// `before`: the entries before it, the newest first.
    pub fn place<'e>(
        &mut self,
        entry: &mut JournalEntry,
        is_lost: bool,
        before: impl Iterator<Item = &'e JournalEntry>,
    ) {
        if entry.kind != Happening::Request {
            return;
        }
        let is_bad = is_lost || is_bad(entry);
        let is_repeated = entry.retry_attempts.is_some_and(|attempts| attempts > 0);
        if self.bad.is_empty() && !is_bad && !is_repeated {
            return;
        }
        let question = question(entry);
        let bad = self.take(question, entry.time);
        let continued = match bad {
            Some(bad) => Some((bad.chain, bad.attempt)),
            None if is_repeated => {
                let mut before = before.filter(|other| {
                    other.kind == Happening::Request
                        && other.action == entry.action
                        && other.access_key_id == entry.access_key_id
                });
                let before = before.find(|other| self::question(other) == question);
                before.map(|other| (other.chain.unwrap_or(other.sequence), other.attempt.unwrap_or(1)))
            }
            None => None,
        };
        match continued {
            Some((chain, attempt)) => {
                (entry.chain, entry.attempt) = (Some(chain), Some(attempt.saturating_add(1)));
            }
            None if is_bad || is_repeated => (entry.chain, entry.attempt) = (Some(entry.sequence), Some(1)),
            None => {}
        }
        if is_bad {
            self.remember(question, entry, is_lost);
        }
    }

    /// Nothing came before.
    pub fn forget(&mut self) {
        self.bad.clear();
        self.has_past = true;
    }

    /// Whether what came before the start was taken in.
    pub fn has_past(&self) -> bool {
        self.has_past
    }

    /// Takes in what was placed before the start: `entries`, oldest first.
    pub fn begin<'e>(&mut self, entries: impl Iterator<Item = &'e JournalEntry>) {
        if std::mem::replace(&mut self.has_past, true) {
            return;
        }
        let placed = std::mem::take(&mut self.bad);
        for entry in entries.filter(|entry| entry.kind == Happening::Request) {
            // Who says nothing of attempts before is the first of a chain only for a bad end, which a lost answer does not show.
            let is_first = entry.attempt == Some(1) && entry.retry_attempts.is_none_or(|attempts| attempts == 0);
            let is_bad = is_first || is_bad(entry);
            if is_bad || !self.bad.is_empty() {
                let question = question(entry);
                self.take(question, entry.time);
                if is_bad {
                    self.remember(question, entry, entry.status == 0);
                }
            }
        }
        for bad in placed {
            self.push(bad);
        }
    }

    /// Lets go of what is too long ago at this time, and takes the question out, if it was answered badly.
    fn take(&mut self, question: u64, time: Instant) -> Option<Bad> {
        self.bad.retain(|bad| time.0 - bad.ended.0 <= WINDOW);
        let is_asked_again = |bad: &Bad| bad.question == question && bad.earliest <= time;
        self.bad.iter().position(is_asked_again).and_then(|place| self.bad.remove(place))
    }

    fn remember(&mut self, question: u64, entry: &JournalEntry, is_lost: bool) {
        if let (Some(chain), Some(attempt)) = (entry.chain, entry.attempt) {
            let took = i64::try_from(entry.duration_microseconds / 1_000).unwrap_or(i64::MAX);
            let ended = Instant(entry.time.0.saturating_add(took));
            let earliest = if is_lost { entry.time } else { ended };
            self.push(Bad { question, earliest, ended, chain, attempt });
        }
    }

    fn push(&mut self, bad: Bad) {
        if self.bad.len() == REMEMBERED {
            self.bad.pop_front();
        }
        self.bad.push_back(bad);
    }
}

/// Whether a client is likely to ask again.
fn is_bad(entry: &JournalEntry) -> bool {
    entry.status == 0 || entry.status >= 500 || entry.code.as_ref().is_some_and(|code| code.contains("Throttling"))
}

/// What is asked: the key, the action and the parameters, in whatever order and case of names they were sent. Those of the sender
/// are left out, since each attempt is signed anew; the key is the entry's, wherever the request named it.
fn question(entry: &JournalEntry) -> u64 {
    let shown = entry.parameters.pairs().filter(|(name, _)| !is_of_the_sender(name));
    let mut parameters: Vec<(String, &str)> = shown.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    parameters.sort_unstable();
    let mut hasher = DefaultHasher::new();
    (&entry.access_key_id, &entry.action, parameters).hash(&mut hasher);
    hasher.finish()
}
