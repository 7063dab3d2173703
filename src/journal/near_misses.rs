//! Which entries come nearest to what a verification asks for, and in what they differ.

use std::cmp::Reverse;
use std::fmt::Write as _;

use serde::Serialize;
use utoipa::ToSchema;

use super::question::{Asked, Check, Field, Fit};
use crate::model::journal_entry::JournalEntry;

/// Entries that are shown at most.
pub const NEAREST: usize = 3;

/// An entry that is nearly as asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct NearMiss {
    pub sequence: i64,
    pub action: String,
    pub differences: Vec<Difference>,
}

/// A condition that it does not meet. Where the two texts would look the same, what differs is written as `\u{20}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Difference {
    /// `Action`, `Code`, or a parameter as in `Parameters.DiskId`.
    pub field: String,
    /// Null: that it is not there.
    #[schema(required)]
    pub asked: Option<String>,
    /// Null: it is not there. `Code` is `OK` where there was no error. What is cut ends in ` (cut)`.
    #[schema(required)]
    pub got: Option<String>,
}

/// Those of the entries that fail the fewest conditions, but not all of several. Of those that fail as few, first come those of
/// the action that is asked for, and the newest.
pub fn nearest<'e>(asked: &Asked, entries: impl Iterator<Item = &'e JournalEntry>) -> Vec<NearMiss> {
    let mut near: Vec<_> = entries
        .filter_map(|entry| {
            let (mut all, mut failed, mut is_other_action) = (0, 0, false);
            for check in asked.checks(entry) {
                all += 1;
                failed += usize::from(check.fit != Fit::Yes);
                is_other_action |= check.field == Field::Action && check.fit != Fit::Yes;
            }
            let is_near = failed > 0 && (failed < all || all == 1);
            is_near.then_some(((failed, is_other_action, Reverse(entry.sequence)), entry))
        })
        .collect();
    near.sort_unstable_by_key(|(rank, _)| *rank);
    near.truncate(NEAREST);
    near.into_iter()
        .map(|(_, entry)| {
            let failed = asked.checks(entry).filter(|check| check.fit != Fit::Yes);
            let (sequence, action) = (entry.sequence, entry.action.to_string());
            NearMiss { sequence, action, differences: failed.map(|check| Difference::new(&check)).collect() }
        })
        .collect()
}

impl Difference {
    fn new(check: &Check<'_>) -> Self {
        let (asked, got) = match (check.asked, check.got.as_deref()) {
            (Some(asked), Some(got)) if check.fit == Fit::No => {
                let (asked, got) = told_apart(asked, got);
                (Some(asked), Some(got))
            }
            (asked, got) => (asked.map(ToOwned::to_owned), got.map(ToOwned::to_owned)),
        };
        let got = match (check.fit, got) {
            (Fit::Perhaps, got) => Some(format!("{} (cut)", got.unwrap_or_default())),
            (_, got) => got,
        };
        Self { field: check.field.to_string(), asked, got }
    }
}

/// Two texts that differ, so that a reader sees in what.
#[must_use]
pub fn told_apart(one: &str, other: &str) -> (String, String) {
    let before: usize =
        one.chars().zip(other.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum();
    let (one_rest, other_rest) = (&one[before..], &other[before..]);
    let both = one_rest.chars().rev().zip(other_rest.chars().rev());
    let after: usize = both.take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum();
    let (one_differs, other_differs) = (&one_rest[..one_rest.len() - after], &other_rest[..other_rest.len() - after]);
    if !one_differs.chars().chain(other_differs.chars()).any(looks_like_another) {
        return (one.to_owned(), other.to_owned());
    }
    let shown = |text: &str, differs: &str| {
        format!("{}{}{}", &text[..before], escaped(differs), &text[before + differs.len()..])
    };
    (shown(one, one_differs), shown(other, other_differs))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            // Into a text, this succeeds.
            _ if looks_like_another(character) => _ = write!(escaped, "\\u{{{:x}}}", u32::from(character)),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Whether a character looks like nothing, or like a letter that everybody takes it for.
fn looks_like_another(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character,
            // Soft hyphen, accents that join the letter before, Greek and Cyrillic.
            '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{370}'..='\u{52f}'
            // Joiners, marks of direction, word joiner, the mark of byte order, wide letters.
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
            | '\u{ff01}'..='\u{ff5e}')
}
