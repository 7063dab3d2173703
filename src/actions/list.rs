//! How an action that lists resources of a kind is told which: the action runs by it, and so does who explains what it answers.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;

use super::action::ReadCall;
use super::faults::Fault;
use crate::model::kind::Resource;
use crate::model::paging::Paging;
use crate::model::params::Reading;
use crate::model::time::Time;
use crate::store::{Stored, Table};

/// How a list is asked for.
#[derive(Debug)]
pub struct List<R: Table> {
    /// Makes all checks of a call, and says which resources it asks for, and which page of them.
    pub asked: for<'a> fn(&'a ReadCall<'a>) -> Asking<'a, R>,
    /// Reads the parameters that are conditions.
    pub read: fn(&mut Reading<'_>) -> R::Filter,
    pub paging: fn(&mut Reading<'_>) -> Paging,
    /// What is asked of the resources where the request says nothing of it.
    pub implied: Option<Implied<R::Filter>>,
    /// What a resource has where this parameter, a key of `Filter.N` among them, asks for something: as the reply shows it.
    pub shown: for<'r> fn(&'r Stored<R>, &str, Time) -> Shown<'r>,
}

/// A kind of resources that an action lists, and how.
pub trait Described: Table {
    const LIST: &'static List<Self>;
}

/// The checks of a call, under way.
pub type Asking<'a, R> = Pin<Box<dyn Future<Output = Result<(<R as Resource>::Filter, Paging), Fault>> + 'a>>;

/// Values that a resource has; none where it has no such thing.
pub type Shown<'r> = Vec<Cow<'r, str>>;

/// A condition that stands in no request.
#[derive(Debug)]
pub struct Implied<F> {
    /// The parameter in whose place it stands.
    pub name: &'static str,
    /// What that parameter would say.
    pub asked: &'static str,
    pub set: fn(&mut F),
}

impl<R: Table> List<R> {
    /// Which resources a request asks for.
    pub fn filter(&self, reading: &mut Reading<'_>) -> R::Filter {
        let mut filter = (self.read)(reading);
        if let Some(implied) = self.implied_by(reading) {
            (implied.set)(&mut filter);
        }
        filter
    }

    /// The condition that a request implies, if it says nothing else.
    #[must_use]
    pub fn implied_by(&self, reading: &Reading<'_>) -> Option<&Implied<R::Filter>> {
        self.implied.as_ref().filter(|implied| reading.params().text(implied.name).is_none())
    }
}

/// A text that a resource has.
#[must_use]
pub fn text(text: &str) -> Shown<'_> {
    optional(Some(text))
}

/// A text that a resource may have; an empty one is none.
pub fn optional(text: Option<&str>) -> Shown<'_> {
    text.filter(|text| !text.is_empty()).map(Cow::Borrowed).into_iter().collect()
}

/// A number, a boolean, or a time that a resource has.
pub fn value(value: impl ToString + Copy) -> Shown<'static> {
    vec![Cow::Owned(value.to_string())]
}
