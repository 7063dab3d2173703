//! Journals of a few entries, to be asked about.

use std::sync::Arc;

use ecs_mock::journal::Kept;
use ecs_mock::journal::question::{Asked, Bound, Expected, Question, Since};
use ecs_mock::model::journal_entry::{Happening, Instant, JournalEntry};
use ecs_mock::model::params::Params;
use ecs_mock::model::sent::Sent;

use crate::support::NOW;

/// A request that was answered without an error, a second after the one before.
pub fn entry(sequence: i64, action: &str, parameters: &[(&str, &str)]) -> JournalEntry {
    let (parameters, cut) = Sent::new(&Arc::new(Params::new(parameters.iter().copied())));
    JournalEntry {
        sequence,
        access_key_id: "testid".into(),
        user_agent: "a client".into(),
        method: "GET".into(),
        action: action.into(),
        parameters,
        status: 200,
        request_id: format!("request-{sequence}").into(),
        duration_microseconds: 1_500,
        bytes: 100,
        cut,
        ..JournalEntry::new(Happening::Request, Instant(sequence * 1_000), NOW)
    }
}

/// A request that was answered with this error.
pub fn failed(sequence: i64, action: &str, code: &str) -> JournalEntry {
    JournalEntry { status: 403, code: Some(code.to_owned()), ..entry(sequence, action, &[]) }
}

/// A journal of which all before this number had to go.
pub fn kept(first: i64, entries: Vec<JournalEntry>) -> Kept {
    let last_sequence = entries.last().map_or(0, |entry| entry.sequence);
    Kept { entries: entries.into_iter().map(Arc::new).collect(), evicted: first - 1, last_sequence, begins_at: 1 }
}

pub fn asked(action: &str, parameters: &[(&str, Option<&str>)]) -> Asked {
    let parameters = parameters.iter().map(|(name, text)| ((*name).to_owned(), text.map(ToOwned::to_owned)));
    Asked { action: Some(action.to_owned()), code: None, parameters: parameters.collect() }
}

pub fn counted(asked: Asked, bound: Bound) -> Question {
    Question { since: Since::Beginning, expected: Expected::Counted(asked, bound) }
}
