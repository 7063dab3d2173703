//! The parameters of a request, and the only code that reads a parameter's text as something else.
//!
//! Names match in any case (`Tag.1.key`, `diskId`). Of a parameter that is there twice the first counts. An empty value is
//! an absent parameter; only [`Params::raw`] tells the two apart.

use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::fault::{Fault, INVALID_PARAMETER, MISSING_PARAMETER};

/// Decoded names and values, query before body.
#[derive(Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
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
    ///
    /// # Errors
    ///
    /// `MissingParameter`.
    pub fn required(&self, name: &str) -> Result<&str, Fault> {
        self.text(name).ok_or_else(|| MISSING_PARAMETER.about(name))
    }

    /// `true` or `false`, in any case.
    ///
    /// # Errors
    ///
    /// `InvalidParameter` for any other text.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Fault> {
        self.text(name).map_or(Ok(None), |value| match value {
            _ if value.eq_ignore_ascii_case("true") => Ok(Some(true)),
            _ if value.eq_ignore_ascii_case("false") => Ok(Some(false)),
            _ => Err(INVALID_PARAMETER.about(name)),
        })
    }

    /// A 32-bit integer within `range`.
    ///
    /// # Errors
    ///
    /// `InvalidParameter` for anything else.
    pub fn integer(&self, name: &str, range: RangeInclusive<i32>) -> Result<Option<i32>, Fault> {
        let integer = self.parsed::<i32>(name)?;
        if integer.is_some_and(|integer| !range.contains(&integer)) {
            return Err(INVALID_PARAMETER.about(name));
        }
        Ok(integer)
    }

    /// A JSON array of texts in a text, as in `["s-1", "s-2"]`.
    ///
    /// # Errors
    ///
    /// `InvalidParameter` for a text that is not such an array.
    pub fn json_texts(&self, name: &str) -> Result<Option<Vec<String>>, Fault> {
        let texts = self.text(name).map(serde_json::from_str).transpose();
        texts.map_err(|_| INVALID_PARAMETER.about(name))
    }

    /// Anything that reads itself from a text.
    ///
    /// # Errors
    ///
    /// `InvalidParameter` for a text that it cannot read.
    pub fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Fault> {
        self.text(name).map(str::parse).transpose().map_err(|_| INVALID_PARAMETER.about(name))
    }

    /// The parameters `prefix.N.field` of a list, as `(N, value as sent)` in the order in which they were sent. What is
    /// not a number in the place of N is some other parameter.
    pub fn numbered<'a>(&'a self, prefix: &'a str, field: &'a str) -> impl Iterator<Item = (u32, &'a str)> + 'a {
        self.0.iter().filter_map(move |(name, value)| {
            let mut parts = name.split('.');
            let (first, number, last) = (parts.next()?, parts.next()?, parts.next()?);
            let is_named = first.eq_ignore_ascii_case(prefix) && last.eq_ignore_ascii_case(field);
            let is_number = parts.next().is_none() && number.bytes().all(|byte| byte.is_ascii_digit());
            (is_named && is_number).then(|| (number.parse().unwrap_or(u32::MAX), value.as_str()))
        })
    }
}
