//! Parameters as a request sends them, names and values, and the only code that reads a parameter's text as something else.
//!
//! Names match in any case (`Tag.1.key`, `diskId`). Of a parameter that is there twice the first counts. An empty value is
//! an absent parameter; only [`Params::raw`] tells the two apart.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use compact_str::CompactString;

/// A name and a value. Most are short, and take no memory beside themselves.
pub type Pair = (CompactString, CompactString);

/// Decoded names and values, query before body.
#[derive(Debug, Default)]
pub struct Params {
    pairs: Vec<Pair>,
    /// Of each of them, whether somebody has asked for it.
    are_read: Vec<AtomicBool>,
}

/// Why a parameter is not accepted. What each plane makes of it is its own affair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its documented name, as in `PageSize` or `Tag.3.Key`.
    pub parameter: String,
    pub reason: Reason,
    /// What would have been accepted, to follow on "expected".
    pub expected: &'static str,
}

/// The kinds of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is mandatory and not there.
    Missing,
    /// Its text is not of its type, or out of its range.
    Malformed,
    /// There are more of it than may be.
    TooMany,
    /// The other half of its pair is not there.
    Unpaired,
    /// Its value is not one that it may have.
    NotPermitted,
}

impl Reason {
    /// When it is told: presence, then format, then values.
    #[must_use]
    pub fn phase(self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Malformed => 1,
            Self::TooMany | Self::Unpaired | Self::NotPermitted => 2,
        }
    }
}

impl Refusal {
    #[must_use]
    pub fn new(parameter: impl Into<String>, reason: Reason, expected: &'static str) -> Self {
        Self { parameter: parameter.into(), reason, expected }
    }

    /// The parameter without number and field: `Tag` for `Tag.3.Key`.
    #[must_use]
    pub fn family(&self) -> &str {
        self.parameter.split('.').next().unwrap_or(&self.parameter)
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: expected {}", self.parameter, self.expected)
    }
}

impl Params {
    #[must_use]
    pub fn new<T: Into<CompactString>>(pairs: impl IntoIterator<Item = (T, T)>) -> Self {
        let pairs: Vec<Pair> = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let are_read = pairs.iter().map(|_| AtomicBool::new(false)).collect();
        Self { pairs, are_read }
    }

    /// Names and values, as sent.
    #[must_use]
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The names of those that nobody has asked for, as sent: whatever they say makes no difference.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        let all = self.pairs.iter().zip(&self.are_read);
        all.filter(|(_, is_read)| !is_read.load(Ordering::Relaxed)).map(|((name, _), _)| name.as_str())
    }

    /// Notes that each of them makes a difference.
    pub fn read_all(&self) {
        self.are_read.iter().for_each(|is_read| is_read.store(true, Ordering::Relaxed));
    }

    /// The value as sent: `Some("")` is a parameter without a value.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        let place = self.pairs.iter().position(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(self.read(place))
    }

    /// A text that is not empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// The parameters `prefix.N.field` of a list, as `(N, value as sent)` in the order in which they were sent. What is
    /// not a number in the place of N is some other parameter.
    pub fn numbered<'a>(&'a self, prefix: &'a str, field: &'a str) -> impl Iterator<Item = (u32, &'a str)> + 'a {
        self.below(prefix).filter_map(move |(place, n, rest)| {
            rest.filter(|rest| rest.eq_ignore_ascii_case(field))?;
            Some((n, self.read(place)))
        })
    }

    /// The texts `prefix.N` of a list, by N.
    #[must_use]
    pub fn listed<'a>(&'a self, prefix: &'a str) -> BTreeMap<u32, &'a str> {
        let mut texts = BTreeMap::new();
        for (place, n, _) in self.below(prefix).filter(|(.., rest)| rest.is_none()) {
            texts.entry(n).or_insert(self.read(place));
        }
        texts.retain(|_, text| !text.is_empty());
        texts
    }

    /// The parameters `prefix.N.field.M` of lists in a list, as `(N, M, value as sent)` in the order in which they were sent.
    pub fn nested<'a>(&'a self, prefix: &'a str, field: &'a str) -> impl Iterator<Item = (u32, u32, &'a str)> + 'a {
        self.below(prefix).filter_map(move |(place, n, rest)| {
            let (name, m) = rest?.split_once('.')?;
            let m = number(m).filter(|_| name.eq_ignore_ascii_case(field))?;
            Some((n, m, self.read(place)))
        })
    }

    /// The places of the parameters `prefix.N`, with N and what stands behind it.
    fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (usize, u32, Option<&'a str>)> + 'a {
        self.pairs.iter().enumerate().filter_map(move |(place, (name, _))| {
            let (first, rest) = name.split_once('.')?;
            let (n, rest) = rest.split_once('.').map_or((rest, None), |(n, rest)| (n, Some(rest)));
            let n = number(n).filter(|_| first.eq_ignore_ascii_case(prefix))?;
            Some((place, n, rest))
        })
    }

    fn read(&self, place: usize) -> &str {
        self.are_read[place].store(true, Ordering::Relaxed);
        &self.pairs[place].1
    }
}

/// The number that a text of digits is; one that is too large is the largest.
fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u32::MAX))
}

/// What a parameter may be, for the description of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Text,
    Boolean,
    Integer,
}

/// Parameters being read, one after the other: the order of the calls is the order of the checks. What is refused is
/// collected, and each call goes on as if the parameter were not there.
#[derive(Debug)]
pub struct Reading<'a> {
    params: &'a Params,
    /// The names that were asked for, each with what it may be; `N` stands for the numbers of lists.
    asked: Vec<(&'static str, Type, &'static str)>,
    /// Each with the place of its parameter in the order of the checks.
    refusals: Vec<(usize, Refusal)>,
    /// The order of the checks, where it is not that of the calls.
    order: Option<&'static [&'static str]>,
}

impl<'a> Reading<'a> {
    #[must_use]
    pub fn new(params: &'a Params) -> Self {
        Self { params, asked: Vec::new(), refusals: Vec::new(), order: None }
    }

    /// With checks in this order: for parameters that are read by several parts, each of which has some of them.
    #[must_use]
    pub fn in_order(params: &'a Params, order: &'static [&'static str]) -> Self {
        Self { order: Some(order), ..Self::new(params) }
    }

    /// All parameters.
    #[must_use]
    pub fn params(&self) -> &'a Params {
        self.params
    }

    /// The parameters that were asked for: name, type, and what is accepted.
    #[must_use]
    pub fn asked(&self) -> &[(&'static str, Type, &'static str)] {
        &self.asked
    }

    /// What was refused, in the order of the checks: what is missing, what is malformed, then what is not permitted, and
    /// within each in the order of the calls. With the place of its parameter in that order.
    #[must_use]
    pub fn refusals(&self) -> Vec<(usize, &Refusal)> {
        let mut refusals: Vec<(usize, &Refusal)> =
            self.refusals.iter().map(|(place, refusal)| (*place, refusal)).collect();
        refusals.sort_by_key(|(place, refusal)| (refusal.reason.phase(), *place));
        refusals
    }

    /// The first refusal, if there is one.
    ///
    /// # Errors
    ///
    /// It.
    pub fn finish(&self) -> Result<(), Refusal> {
        self.refusals().first().map_or(Ok(()), |(_, refusal)| Err((*refusal).clone()))
    }

    /// Notes that a parameter is read at this place.
    pub fn ask(&mut self, name: &'static str, kind: Type, expected: &'static str) {
        self.asked.push((name, kind, expected));
    }

    /// Refuses the parameter that was asked for last.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.refusals.push((self.last_place(), refusal));
    }

    /// The place of the parameter that was asked for last.
    #[must_use]
    pub fn last_place(&self) -> usize {
        self.asked.last().map_or(0, |(name, ..)| self.place(name))
    }

    /// The place of a parameter in the order of the checks.
    #[must_use]
    pub fn place(&self, name: &str) -> usize {
        let family = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
        match self.order {
            Some(order) => order.iter().position(|other| *other == family(name)).unwrap_or(order.len()),
            None => self.asked.iter().position(|(asked, ..)| *asked == name).unwrap_or(self.asked.len()),
        }
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        kind: Type,
        expected: &'static str,
        reason: Reason,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Option<T> {
        self.ask(name, kind, expected);
        let text = self.params.text(name)?;
        let value = parse(text);
        if value.is_none() {
            self.refuse(Refusal::new(name, reason, expected));
        }
        value
    }

    /// Any text.
    pub fn text(&mut self, name: &'static str) -> Option<&'a str> {
        self.ask(name, Type::Text, "a text");
        self.params.text(name)
    }

    /// As [`Reading::text`], for the places that keep it.
    pub fn owned(&mut self, name: &'static str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// A text that must be there; an empty one stands for one that is not.
    pub fn required(&mut self, name: &'static str) -> &'a str {
        let text = self.text(name);
        if text.is_none() {
            self.refuse(Refusal::new(name, Reason::Missing, "a value"));
        }
        text.unwrap_or_default()
    }

    /// `true` or `false`, in any case.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        self.read(name, Type::Boolean, "true or false", Reason::Malformed, |value| match value {
            _ if value.eq_ignore_ascii_case("true") => Some(true),
            _ if value.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        })
    }

    /// A 32-bit integer within `range`, which `expected` describes.
    pub fn integer(&mut self, name: &'static str, range: RangeInclusive<i32>, expected: &'static str) -> Option<i32> {
        self.read(name, Type::Integer, expected, Reason::Malformed, |value| {
            value.parse().ok().filter(|integer| range.contains(integer))
        })
    }

    /// A 64-bit integer within `range`, which `expected` describes.
    pub fn long(&mut self, name: &'static str, range: RangeInclusive<i64>, expected: &'static str) -> Option<i64> {
        self.read(name, Type::Integer, expected, Reason::Malformed, |value| {
            value.parse().ok().filter(|integer| range.contains(integer))
        })
    }

    /// A JSON array of texts in a text, as in `["s-1", "s-2"]`: at most 100, as sent. Sorted, each once.
    pub fn ids(&mut self, name: &'static str) -> Option<Vec<String>> {
        const LIMIT: usize = 100;
        let expected = "a JSON array of at most 100 ids in a text";
        let ids: Option<Vec<String>> =
            self.read(name, Type::Text, expected, Reason::Malformed, |value| serde_json::from_str(value).ok());
        let mut ids = ids?;
        if ids.len() > LIMIT {
            self.refuse(Refusal::new(name, Reason::TooMany, expected));
        }
        ids.sort();
        ids.dedup();
        Some(ids)
    }

    /// Anything that reads itself from a text.
    pub fn parsed<T: FromStr>(&mut self, name: &'static str, expected: &'static str) -> Option<T> {
        self.read(name, Type::Text, expected, Reason::Malformed, |value| value.parse().ok())
    }

    /// One of the words of `T`, exactly as they are documented.
    pub fn word<T: FromStr>(&mut self, name: &'static str, expected: &'static str) -> Option<T> {
        self.read(name, Type::Text, expected, Reason::NotPermitted, |value| value.parse().ok())
    }

    /// One of these words, exactly as they are documented.
    pub fn one_of(&mut self, name: &'static str, words: &[&str], expected: &'static str) -> Option<&'a str> {
        self.read(name, Type::Text, expected, Reason::NotPermitted, |value| {
            Some(value).filter(|word| words.contains(word))
        })
    }

    /// One of these words in any case, in lower case.
    pub fn word_in_any_case(&mut self, name: &'static str, words: &[&str], expected: &'static str) -> Option<String> {
        self.read(name, Type::Text, expected, Reason::NotPermitted, |value| {
            Some(value.to_ascii_lowercase()).filter(|word| words.contains(&word.as_str()))
        })
    }
}
