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
pub struct Chains(VecDeque<Bad>);

#[derive(Debug)]
struct Bad {
    question: u64,
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
        if self.0.is_empty() && !is_bad && !is_repeated {
            return;
        }
        let question = question(entry);
        self.0.retain(|bad| entry.time.0 - bad.ended.0 <= WINDOW);
        let bad = self.0.iter().position(|bad| bad.question == question).and_then(|place| self.0.remove(place));
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
        if let (true, Some(chain), Some(attempt)) = (is_bad, entry.chain, entry.attempt) {
            if self.0.len() == REMEMBERED {
                self.0.pop_front();
            }
            let took = i64::try_from(entry.duration_microseconds / 1_000).unwrap_or(i64::MAX);
            let ended = Instant(entry.time.0.saturating_add(took));
            self.0.push_back(Bad { question, ended, chain, attempt });
        }
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
