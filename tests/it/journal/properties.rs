//! Whatever a journal has lost, its answers are those of all that ever happened: `yes` and `no` hold for every past that fits what
//! is kept, and `unknown` is said only where two such pasts differ.

use std::sync::Arc;

use ecs_mock::journal::Kept;
use ecs_mock::journal::question::{Asked, Bound, Expected, Question, Since};
use ecs_mock::journal::verification::{Answer, verify};
use ecs_mock::model::journal_entry::{Happening, Instant, JournalEntry};
use ecs_mock::model::sent;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::expectations;
use crate::support::property;

/// Each the beginning of the next.
const TEXTS: [&str; 3] = ["x", "xy", "xyz"];

/// Something that happened, as far as the questions here go.
#[derive(Debug, Clone)]
struct Past {
    sequence: i64,
    is_counted: bool,
    action: &'static str,
    code: Option<&'static str>,
    description: Option<String>,
    began: i64,
    ended: i64,
}

/// What the journal has of it.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Whole,
    /// So many bytes of the description.
    Cut(usize),
    /// Nothing of the description, not even that there is one.
    Hidden,
    Lost,
}

fn matches(asked: &Asked, past: &Past) -> bool {
    past.is_counted
        && asked.action.as_ref().is_none_or(|action| action == past.action)
        && asked.code.as_ref().is_none_or(|code| code == past.code.unwrap_or("OK"))
        && asked.parameters.iter().all(|(_, text)| *text == past.description)
}

/// Whether all that happened is as expected, with nothing clever.
fn holds(question: &Question, all: &[&Past]) -> bool {
    let counts = |past: &&&Past| match question.since {
        Since::Beginning => true,
        Since::Sequence(sequence) => past.sequence >= sequence,
        Since::Time(time) => past.began >= time.0,
    };
    let all: Vec<&Past> = all.iter().filter(counts).copied().collect();
    match &question.expected {
        Expected::Counted(asked, bound) => {
            let count = all.iter().filter(|past| matches(asked, past)).count() as u64;
            match bound {
                Bound::Exactly(wanted) => count == *wanted,
                Bound::AtLeast(wanted) => count >= *wanted,
                Bound::AtMost(wanted) => count <= *wanted,
            }
        }
        Expected::InOrder(steps) => is_in_order(steps, &all),
    }
}

fn is_in_order(steps: &[Asked], all: &[&Past]) -> bool {
    let Some((step, steps)) = steps.split_first() else { return true };
    (0..all.len()).any(|place| matches(step, all[place]) && is_in_order(steps, &all[place + 1..]))
}

/// What the journal shows of something.
fn shown(past: &Past, fate: Fate) -> Option<JournalEntry> {
    let description = past.description.as_deref();
    let (parameters, cut) = match fate {
        Fate::Lost => return None,
        Fate::Whole => (description.map(|text| ("Description", text)), None),
        Fate::Hidden => (None, Some(sent::OTHERS)),
        Fate::Cut(length) => match description {
            Some(text) if length < text.len() => (Some(("Description", &text[..length])), Some("Description")),
            _ => (description.map(|text| ("Description", text)), None),
        },
    };
    let mut entry = expectations::entry(past.sequence, past.action, &parameters.into_iter().collect::<Vec<_>>());
    entry.cut.extend(cut.map(Into::into));
    entry.code = past.code.map(ToOwned::to_owned);
    entry.time = Instant(past.began);
    entry.duration_microseconds = u64::try_from((past.ended - past.began) * 1_000).unwrap();
    entry.kind = if past.is_counted { Happening::Request } else { Happening::Control };
    Some(entry)
}

/// What something can have been, given what the journal shows of it; `None`: nothing that counts.
fn possible(question: &Question, past: &Past, fate: Fate, ends_behind: &[i64]) -> Vec<Option<Past>> {
    let described = |description: Option<String>| Some(Past { description, ..past.clone() });
    match (fate, &past.description) {
        (Fate::Hidden, _) => {
            let texts = TEXTS.iter().map(|text| Some((*text).to_owned()));
            texts.chain([None]).map(described).collect()
        }
        (Fate::Cut(length), Some(text)) if length < text.len() => {
            let others = TEXTS.iter().filter(|other| other.len() > length).map(|other| (*other).to_owned());
            others.chain([format!("{}?", &text[..length])]).map(|text| described(Some(text))).collect()
        }
        (Fate::Lost, _) => {
            let asked = match &question.expected {
                Expected::Counted(asked, _) => std::slice::from_ref(asked),
                Expected::InOrder(asked) => asked,
            };
            // The latest that it can have begun: before any behind it ended.
            let began = ends_behind.iter().copied().min().unwrap_or(i64::MAX);
            let matching = asked.iter().map(|asked| {
                Some(Past {
                    is_counted: true,
                    action: if asked.action.as_deref() == Some("DeleteDisk") { "DeleteDisk" } else { "CreateDisk" },
                    code: if asked.code.as_deref() == Some("Denied") { Some("Denied") } else { None },
                    description: asked.parameters.first().and_then(|(_, text)| text.clone()),
                    began,
                    ..past.clone()
                })
            });
            std::iter::once(None).chain(matching).collect()
        }
        _ => vec![Some(past.clone())],
    }
}

/// The answers that hold for some past that is put together of these.
fn answers(question: &Question, options: &[Vec<Option<Past>>], chosen: &mut Vec<Past>, found: &mut [bool; 2]) {
    match options.split_first() {
        _ if *found == [true, true] => {}
        None => found[usize::from(holds(question, &chosen.iter().collect::<Vec<_>>()))] = true,
        Some((first, rest)) => {
            for option in first {
                chosen.extend(option.clone());
                answers(question, rest, chosen, found);
                if option.is_some() {
                    chosen.pop();
                }
            }
        }
    }
}

/// What happened, one behind the other: how long after the one before it ended, and how long it took.
fn life() -> impl Strategy<Value = Vec<Past>> {
    let one = (
        prop::bool::weighted(0.8),
        select(vec!["CreateDisk", "DeleteDisk"]),
        option::weighted(0.3, Just("Denied")),
        option::of(select(TEXTS.to_vec())),
        0..3_i64,
        0..4_i64,
    );
    vec(one, 0..7).prop_map(|all| {
        let mut now = 100;
        let past = (1..).zip(all).map(|(sequence, (is_counted, action, code, description, later, took))| {
            now += later;
            let description = description.map(ToOwned::to_owned);
            Past { sequence, is_counted, action, code, description, began: now - took, ended: now }
        });
        past.collect()
    })
}

fn asked() -> impl Strategy<Value = Asked> {
    let action = option::of(select(vec!["CreateDisk", "DeleteDisk"]));
    let code = option::weighted(0.3, select(vec!["OK", "Denied"]));
    let description = option::of(option::of(select(TEXTS.to_vec())));
    (action, code, description).prop_map(|(action, code, description)| Asked {
        action: action.map(ToOwned::to_owned),
        code: code.map(ToOwned::to_owned),
        parameters: description
            .map(|text| ("description".to_owned(), text.map(ToOwned::to_owned)))
            .into_iter()
            .collect(),
    })
}

fn question() -> impl Strategy<Value = Question> {
    let since = prop_oneof![
        2 => Just(Since::Beginning),
        1 => (-1..9_i64).prop_map(Since::Sequence),
        1 => (98..112_i64).prop_map(|time| Since::Time(Instant(time))),
    ];
    let bound = (0..3, 0..5_u64).prop_map(|(kind, count)| match kind {
        0 => Bound::Exactly(count),
        1 => Bound::AtLeast(count),
        _ => Bound::AtMost(count),
    });
    let expected = prop_oneof![
        2 => (asked(), bound).prop_map(|(asked, bound)| Expected::Counted(asked, bound)),
        1 => vec(asked(), 1..4).prop_map(Expected::InOrder),
    ];
    (since, expected).prop_map(|(since, expected)| Question { since, expected })
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        4 => Just(Fate::Whole),
        1 => (0..3_usize).prop_map(Fate::Cut),
        1 => Just(Fate::Hidden),
        3 => Just(Fate::Lost),
    ];
    vec(fate, 7)
}

#[test]
fn an_answer_holds_for_every_past_that_fits_and_nothing_is_unknown_without_need() {
    let strategy = (life(), fates(), 0..7_usize, question());
    property(4_000)
        .run(&strategy, |(life, mut fates, crash, question)| {
            // Nothing is lost behind the last end without order.
            for fate in fates.iter_mut().skip(crash) {
                if matches!(fate, Fate::Lost) {
                    *fate = Fate::Whole;
                }
            }
            let entries: Vec<_> =
                life.iter().zip(&fates).filter_map(|(past, fate)| shown(past, *fate)).map(Arc::new).collect();
            let lost = life.iter().zip(&fates).filter(|(_, fate)| matches!(fate, Fate::Lost));
            let evicted = i64::try_from(lost.count()).unwrap();
            let last_sequence = life.last().map_or(0, |past| past.sequence);
            let verdict = verify(&question, &Kept { entries, evicted, last_sequence, begins_at: 1 });

            let options: Vec<_> = (0..life.len())
                .map(|place| {
                    let behind = life.iter().zip(&fates).skip(place + 1);
                    let behind = behind.filter(|(_, fate)| !matches!(fate, Fate::Lost));
                    let ends: Vec<_> = behind.map(|(past, _)| past.ended).collect();
                    possible(&question, &life[place], fates[place], &ends)
                })
                .collect();
            let mut found = [false, false];
            answers(&question, &options, &mut Vec::new(), &mut found);
            let expected = match found {
                [false, _] => Answer::Yes,
                [true, false] => Answer::No,
                [true, true] => Answer::Unknown,
            };
            prop_assert_eq!(verdict.result, expected);
            // What really happened is one of those pasts.
            let truth = holds(&question, &life.iter().collect::<Vec<_>>());
            prop_assert!(found[usize::from(truth)]);
            Ok(())
        })
        .unwrap();
}
