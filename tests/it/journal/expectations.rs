//! Journals of a few entries, to be asked about.

use std::sync::Arc;

use ecs_mock::journal::Kept;
use ecs_mock::journal::question::{Asked, Bound, Expected, Question, Since};
use ecs_mock::model::journal_entry::{Happening, Instant, JournalEntry, SignatureVersion};
use ecs_mock::model::params::Params;
use ecs_mock::model::sent::Sent;

use crate::support::NOW;

/// A request that was answered without an error, a second after the one before.
pub fn entry(sequence: i64, action: &str, parameters: &[(&str, &str)]) -> JournalEntry {
    let pairs = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (parameters, cut) = Sent::new(&Arc::new(Params::new(pairs)));
    JournalEntry {
        sequence,
        kind: Happening::Request,
        time: Instant(sequence * 1_000),
        sandbox_time: NOW,
        access_key_id: "testid".to_owned(),
        user_agent: "a client".to_owned(),
        method: "GET".to_owned(),
        signature_version: SignatureVersion::None,
        action: action.to_owned(),
        parameters,
        status: 200,
        code: None,
        message: None,
        request_id: format!("request-{sequence}"),
        duration_microseconds: 1_500,
        bytes: 100,
        seen: 0,
        changed: 0,
        ids: Vec::new(),
        changes: Vec::new(),
        fault: None,
        retry_attempts: None,
        chain: None,
        attempt: None,
        cut,
        unknown: false,
        saw: None,
    }
}

/// A request that was answered with this error.
pub fn failed(sequence: i64, action: &str, code: &str) -> JournalEntry {
    JournalEntry { status: 403, code: Some(code.to_owned()), ..entry(sequence, action, &[]) }
}

/// A journal that has lost nothing from this number on.
pub fn kept(complete_from: i64, entries: Vec<JournalEntry>) -> Kept {
    let last_sequence = entries.last().map_or(0, |entry| entry.sequence);
    Kept {
        entries: entries.into_iter().map(Arc::new).collect(),
        evicted: complete_from - 1,
        last_sequence,
        complete_from,
    }
}

pub fn asked(action: &str, parameters: &[(&str, Option<&str>)]) -> Asked {
    let parameters = parameters.iter().map(|(name, text)| ((*name).to_owned(), text.map(ToOwned::to_owned)));
    Asked { action: Some(action.to_owned()), code: None, parameters: parameters.collect() }
}

pub fn counted(asked: Asked, bound: Bound) -> Question {
    Question { since: Since::Beginning, expected: Expected::Counted(asked, bound) }
}
