//! Whether what a journal keeps is what somebody expects. An answer is `yes` or `no` only if it would be the same with all that
//! is not kept any more, whatever that was; else it is `unknown`.

use serde::Serialize;
use utoipa::ToSchema;

use super::kept::{Cause, Kept, Missing};
use super::near_misses::{self, NearMiss};
use super::question::{Asked, Bound, Expected, Fit, Question, Since, counts};
use crate::model::journal_entry::JournalEntry;

/// Gaps that a reason names at most.
const GAPS: usize = 3;

/// Sequences that an answer names at most.
pub const SEQUENCES: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    Yes,
    No,
    /// Entries that are not kept any more, or were lost, or are not whole, could make the one or the other of it.
    Unknown,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Verdict {
    pub result: Answer,
    /// How many entries match for sure; of an order, how many of its steps.
    pub matching: u64,
    /// How many entries had to go for newer ones since the journal was emptied last.
    pub evicted: i64,
    /// The first 100 that match.
    pub sequences: Vec<i64>,
    /// Unless the answer is yes, or too many match: those that fail the fewest conditions, three at most, the newest first where
    /// several fail as few. One that fails all of several conditions is none.
    pub near_misses: Vec<NearMiss>,
    /// Why it is not yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether nothing that is still to come can change the answer.
    #[serde(skip)]
    pub is_final: bool,
}

/// What a question walks along.
#[derive(Debug, Clone, Copy)]
enum Step<'k> {
    Missing(Missing),
    Entry(&'k JournalEntry),
}

/// Answers a question.
#[must_use]
pub fn verify(question: &Question, kept: &Kept) -> Verdict {
    let steps = steps(question.since, kept);
    match &question.expected {
        Expected::Counted(asked, bound) => counted(asked, *bound, &steps, kept),
        Expected::InOrder(asked) => in_order(asked, &steps, kept),
    }
}

/// What counts from there on, in the order of numbers.
fn steps(since: Since, kept: &Kept) -> Vec<Step<'_>> {
    let mut next = match since {
        Since::Sequence(sequence) => sequence.max(1),
        Since::Beginning | Since::Time(_) => 1,
    };
    let mut steps = Vec::with_capacity(kept.entries.len());
    for entry in &kept.entries {
        if since.is_after_all_before(entry) {
            // What is before it, but what counts all the same: an entry that began later, and ended sooner.
            steps.retain(|step| matches!(step, Step::Entry(_)));
        } else {
            steps.extend(kept.missing(next, entry.sequence).map(Step::Missing));
        }
        if since.includes(entry) && counts(entry) {
            steps.push(Step::Entry(entry));
        }
        next = next.max(entry.sequence.saturating_add(1));
    }
    steps.extend(kept.missing(next, kept.last_sequence.saturating_add(1)).map(Step::Missing));
    steps
}

fn counted(asked: &Asked, bound: Bound, steps: &[Step<'_>], kept: &Kept) -> Verdict {
    let (mut matching, mut missing, mut perhaps) = (0_u64, Vec::new(), 0_u64);
    let mut sequences = Vec::new();
    for step in steps {
        match step {
            Step::Missing(numbers) => missing.push(*numbers),
            Step::Entry(entry) => match asked.fit(entry) {
                Fit::Yes => {
                    matching += 1;
                    sequences.extend((sequences.len() < SEQUENCES).then_some(entry.sequence));
                }
                Fit::Perhaps => perhaps += 1,
                Fit::No => {}
            },
        }
    }
    let most = matching + perhaps + missing.iter().map(Missing::count).sum::<u64>();
    let (result, is_too_few) = match bound {
        Bound::AtLeast(count) => (decided(matching >= count, most < count), matching < count),
        Bound::AtMost(count) => (decided(most <= count, matching > count), false),
        Bound::Exactly(count) => {
            let is_so = matching == count && most == count;
            (decided(is_so, matching > count || most < count), matching < count)
        }
    };
    let is_final = match bound {
        Bound::AtLeast(_) => result == Answer::Yes,
        Bound::AtMost(count) | Bound::Exactly(count) => matching > count,
    };
    let reason = (result != Answer::Yes).then(|| {
        let could = if missing.is_empty() && perhaps == 0 {
            String::new()
        } else {
            format!(" for sure, and up to {most} may: {}", gaps(&missing, perhaps))
        };
        format!("{matching} match{could}; {bound} should")
    });
    let entries = steps.iter().filter_map(Step::entry).filter(|_| is_too_few && result != Answer::Yes);
    let near_misses = near_misses::nearest(asked, entries);
    Verdict { result, matching, evicted: kept.evicted, sequences, near_misses, reason, is_final }
}

fn in_order(asked: &[Asked], steps: &[Step<'_>], kept: &Kept) -> Verdict {
    // Whoever takes the first entry that fits finds the order, if it is there.
    let (mut sequences, mut last) = (Vec::new(), 0);
    let mut left = asked.iter();
    let mut wanted = left.next();
    for entry in steps.iter().filter_map(Step::entry) {
        if wanted.is_some_and(|asked| asked.fit(entry) == Fit::Yes) {
            sequences.push(entry.sequence);
            last = entry.sequence;
            wanted = left.next();
        }
    }
    let (missing, perhaps) = could_be(asked, steps);
    let result = decided(wanted.is_none(), missing.is_none());
    let missing = missing.as_deref();
    let matching = sequences.len() as u64;
    sequences.truncate(SEQUENCES);
    let reason = wanted.map(|asked| {
        let action = asked.action.as_ref().map(|action| format!(" ({action})")).unwrap_or_default();
        let place = if last == 0 { String::new() } else { format!(" after entry {last}") };
        let could = missing.map(|missing| format!(", but might: {}", gaps(missing, perhaps))).unwrap_or_default();
        format!("nothing that is kept matches step {}{action}{place}{could}", matching + 1)
    });
    let behind = steps.iter().filter_map(Step::entry).filter(|entry| entry.sequence > last);
    let near_misses = wanted.map(|asked| near_misses::nearest(asked, behind)).unwrap_or_default();
    let is_final = result == Answer::Yes;
    Verdict { result, matching, evicted: kept.evicted, sequences, near_misses, reason, is_final }
}

/// Of an order that is there if what is missing, and what is not kept whole, was as it should be: which numbers are missing,
/// and how many entries are not whole. `None` if it is not there even then.
fn could_be(asked: &[Asked], steps: &[Step<'_>]) -> (Option<Vec<Missing>>, u64) {
    let (mut missing, mut perhaps) = (Vec::new(), 0_u64);
    let mut place = 0_usize;
    for step in steps {
        match step {
            Step::Missing(numbers) => {
                missing.push(*numbers);
                place = place.saturating_add(usize::try_from(numbers.count()).unwrap_or(usize::MAX));
            }
            Step::Entry(entry) => match asked.get(place).map(|asked| asked.fit(entry)) {
                Some(Fit::Yes) => place += 1,
                Some(Fit::Perhaps) => (place, perhaps) = (place + 1, perhaps + 1),
                Some(Fit::No) | None => {}
            },
        }
    }
    ((place >= asked.len()).then_some(missing), perhaps)
}

impl<'k> Step<'k> {
    fn entry(&self) -> Option<&'k JournalEntry> {
        match self {
            Self::Entry(entry) => Some(entry),
            Self::Missing(_) => None,
        }
    }
}

fn decided(is_so: bool, cannot_be: bool) -> Answer {
    match (is_so, cannot_be) {
        (true, _) => Answer::Yes,
        (false, true) => Answer::No,
        (false, false) => Answer::Unknown,
    }
}

/// Why nobody knows.
fn gaps(missing: &[Missing], perhaps: u64) -> String {
    let of = |cause| missing.iter().filter(move |numbers| numbers.cause == cause);
    let count = |cause| Some(of(cause).map(Missing::count).sum::<u64>()).filter(|count| *count > 0);
    let evicted = count(Cause::Evicted).map(|count| format!("{count} entries are not kept any more"));
    let either = count(Cause::Either).map(|count| {
        format!("{count} entries are not kept any more, or were lost when the server ended without order")
    });
    let mut between: Vec<String> = of(Cause::Lost)
        .map(|Missing { numbers: (first, last), .. }| format!("between {} and {}", first - 1, last + 1))
        .collect();
    if between.len() > GAPS {
        between.truncate(GAPS);
        between.push("later".to_owned());
    }
    let lost = (!between.is_empty())
        .then(|| format!("the server ended without order, so entries {} may be lost", between.join(" and ")));
    let perhaps = (perhaps > 0).then(|| format!("of {perhaps} entries only a part of what is asked for is kept"));
    evicted.into_iter().chain(either).chain(lost).chain(perhaps).collect::<Vec<_>>().join(", and ")
}
