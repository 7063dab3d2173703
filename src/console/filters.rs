//! What templates do to what they show.
#![allow(clippy::inline_always, clippy::unused_self, clippy::unnecessary_wraps, reason = "askama calls them so")]

use std::fmt::Display;

use askama::{Result, Values, filter_fn};

use crate::model::visible::readable as shown;

/// A text that somebody else has chosen, with what cannot be seen written out.
#[filter_fn]
pub fn readable(text: impl Display, _: &dyn Values) -> Result<String> {
    Ok(shown(&text.to_string()))
}
