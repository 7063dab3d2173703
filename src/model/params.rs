//! Parameters as a request sends them, names and values, and the only code that reads a parameter's text as something else.
//!
//! Names match in any case (`Tag.1.key`, `diskId`). Of a parameter that is there twice the first counts. An empty value is
//! an absent parameter; only [`Params::raw`] tells the two apart.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Decoded names and values, query before body.
#[derive(Debug, Default)]
pub struct Params(Vec<(String, String)>);

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

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: expected {}", self.parameter, self.expected)
    }
}

impl Params {
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Names and values, as sent.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The value as sent: `Some("")` is a parameter without a value.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A text that is not empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// As [`Params::text`], for the places that keep it.
    #[must_use]
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// A text that must be there.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::new(name, Reason::Missing, "a value"))
    }

    /// `true` or `false`, in any case.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.text(name).map_or(Ok(None), |value| match value {
            _ if value.eq_ignore_ascii_case("true") => Ok(Some(true)),
            _ if value.eq_ignore_ascii_case("false") => Ok(Some(false)),
            _ => Err(Refusal::new(name, Reason::Malformed, "true or false")),
        })
    }

    /// A 32-bit integer within `range`, which `expected` describes.
    pub fn integer(
        &self,
        name: &str,
        range: RangeInclusive<i32>,
        expected: &'static str,
    ) -> Result<Option<i32>, Refusal> {
        let integer = self.parsed::<i32>(name, expected)?;
        if integer.is_some_and(|integer| !range.contains(&integer)) {
            return Err(Refusal::new(name, Reason::Malformed, expected));
        }
        Ok(integer)
    }

    /// A JSON array of texts in a text, as in `["s-1", "s-2"]`.
    pub fn json_texts(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let texts = self.text(name).map(serde_json::from_str).transpose();
        texts.map_err(|_| Refusal::new(name, Reason::Malformed, "a JSON array of texts"))
    }

    /// Anything that reads itself from a text.
    pub fn parsed<T: FromStr>(&self, name: &str, expected: &'static str) -> Result<Option<T>, Refusal> {
        let parsed = self.text(name).map(str::parse).transpose();
        parsed.map_err(|_| Refusal::new(name, Reason::Malformed, expected))
    }

    /// One of the words of `T`, exactly as they are documented.
    pub fn word<T: FromStr>(&self, name: &str, expected: &'static str) -> Result<Option<T>, Refusal> {
        let word = self.text(name).map(str::parse).transpose();
        word.map_err(|_| Refusal::new(name, Reason::NotPermitted, expected))
    }

    /// One of these words in any case, in lower case.
    pub fn word_in_any_case(
        &self,
        name: &str,
        words: &[&str],
        expected: &'static str,
    ) -> Result<Option<String>, Refusal> {
        let word = self.text(name).map(str::to_ascii_lowercase);
        match &word {
            Some(word) if !words.contains(&word.as_str()) => Err(Refusal::new(name, Reason::NotPermitted, expected)),
            _ => Ok(word),
        }
    }

    /// The parameters `prefix.N.field` of a list, as `(N, value as sent)` in the order in which they were sent. What is
    /// not a number in the place of N is some other parameter.
    pub fn numbered<'a>(&'a self, prefix: &'a str, field: &'a str) -> impl Iterator<Item = (u32, &'a str)> + 'a {
        self.0.iter().filter_map(move |(name, value)| {
            let mut parts = name.split('.');
            let (first, number, last) = (parts.next()?, parts.next()?, parts.next()?);
            let is_named = first.eq_ignore_ascii_case(prefix) && last.eq_ignore_ascii_case(field);
            let is_number =
                parts.next().is_none() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            (is_named && is_number).then(|| (number.parse().unwrap_or(u32::MAX), value.as_str()))
        })
    }
}
