//! What a verification asks of the entries of a journal, and how far one entry fits that.

use std::borrow::Cow;
use std::fmt;

use crate::model::journal_entry::{Happening, Instant, JournalEntry};
use crate::model::sent;

/// The code that stands for none: the request was answered, and with no error.
pub const SUCCESS: &str = "OK";

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub since: Since,
    pub expected: Expected,
}

/// From where on entries count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    Beginning,
    /// This entry and those behind it.
    Sequence(i64),
    /// Those that came at this real time or later.
    Time(Instant),
}

/// What there has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// So many entries that are as asked.
    Counted(Asked, Bound),
    /// An entry for each of these, one behind the other; what lies between does not matter.
    InOrder(Vec<Asked>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    Exactly(u64),
    AtLeast(u64),
    AtMost(u64),
}

/// What an entry has to be like. What is not asked may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub action: Option<String>,
    pub code: Option<String>,
    /// Names, which match in any case, and texts; `None`: the parameter is not there.
    pub parameters: Vec<(String, Option<String>)>,
}

/// Whether something is as asked, from the worst to the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    No,
    /// Too little of it is kept to know.
    Perhaps,
    Yes,
}

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field<'a> {
    Action,
    Code,
    Parameter(&'a str),
}

/// A condition, held against an entry.
#[derive(Debug, Clone)]
pub struct Check<'a> {
    pub field: Field<'a>,
    /// `None`: that it is not there.
    pub asked: Option<&'a str>,
    pub got: Option<Cow<'a, str>>,
    pub fit: Fit,
}

impl Since {
    /// Whether an entry counts that is there.
    #[must_use]
    pub fn includes(self, entry: &JournalEntry) -> bool {
        match self {
            Self::Beginning => true,
            Self::Sequence(sequence) => entry.sequence >= sequence,
            Self::Time(time) => entry.time >= time,
        }
    }

    /// Whether an entry shows that none before it counts. Entries get their numbers when they have ended, so those before it
    /// had begun by then.
    #[must_use]
    pub fn is_after_all_before(self, entry: &JournalEntry) -> bool {
        match self {
            Self::Beginning => false,
            Self::Sequence(sequence) => entry.sequence <= sequence,
            Self::Time(time) => ended(entry) < time,
        }
    }
}

fn ended(entry: &JournalEntry) -> Instant {
    let took = i64::try_from(entry.duration_microseconds.div_ceil(1_000)).unwrap_or(i64::MAX);
    Instant(entry.time.0.saturating_add(took))
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => write!(formatter, "exactly {count}"),
            Self::AtLeast(count) => write!(formatter, "at least {count}"),
            Self::AtMost(count) => write!(formatter, "at most {count}"),
        }
    }
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action => formatter.write_str("Action"),
            Self::Code => formatter.write_str("Code"),
            Self::Parameter(name) => write!(formatter, "Parameters.{name}"),
        }
    }
}

impl Asked {
    /// How far an entry is as asked.
    #[must_use]
    pub fn fit(&self, entry: &JournalEntry) -> Fit {
        self.checks(entry).map(|check| check.fit).min().unwrap_or(Fit::Yes)
    }

    /// The conditions, each held against an entry.
    pub fn checks<'a>(&'a self, entry: &'a JournalEntry) -> impl Iterator<Item = Check<'a>> {
        let action = self.action.as_deref().map(|asked| {
            let got = Some(Cow::Borrowed(&*entry.action));
            Check { field: Field::Action, asked: Some(asked), got, fit: yes_if(entry.action == asked) }
        });
        let code = self.code.as_deref().map(|asked| {
            let got = code(entry);
            Check { field: Field::Code, asked: Some(asked), fit: yes_if(got == asked), got: Some(got) }
        });
        let parameters = self.parameters.iter().map(|(name, asked)| {
            let got = entry.parameters.get(name);
            let fit = parameter(entry, name, asked.as_deref(), got);
            Check { field: Field::Parameter(name), asked: asked.as_deref(), got: got.map(Cow::Borrowed), fit }
        });
        action.into_iter().chain(code).chain(parameters)
    }
}

fn yes_if(is_so: bool) -> Fit {
    if is_so { Fit::Yes } else { Fit::No }
}

/// The code of an error, [`SUCCESS`], or what came in the place of both.
#[must_use]
pub fn code(entry: &JournalEntry) -> Cow<'_, str> {
    match (&entry.code, entry.status) {
        (Some(code), _) => Cow::Borrowed(code),
        (None, 200..=299) => Cow::Borrowed(SUCCESS),
        (None, 0) => Cow::Borrowed("(no answer)"),
        (None, status) => Cow::Owned(format!("(status {status})")),
    }
}

fn parameter(entry: &JournalEntry, name: &str, asked: Option<&str>, got: Option<&str>) -> Fit {
    let is_cut = |name: &str| entry.cut.iter().any(|cut| cut.eq_ignore_ascii_case(name));
    match (asked, got) {
        // Of what has no room in an entry, not even the name is kept.
        (_, None) if is_cut(sent::OTHERS) => Fit::Perhaps,
        (None, got) => yes_if(got.is_none()),
        (Some(_), None) => Fit::No,
        // What is cut goes on behind what is kept of it.
        (Some(asked), Some(got)) if is_cut(name) => {
            if asked.len() > got.len() && asked.starts_with(got) {
                Fit::Perhaps
            } else {
                Fit::No
            }
        }
        (Some(asked), Some(got)) => yes_if(asked == got),
    }
}

/// Whether an entry is one that a verification counts: a request whose key belongs to the sandbox.
#[must_use]
pub fn counts(entry: &JournalEntry) -> bool {
    entry.kind == Happening::Request && !entry.unknown
}
