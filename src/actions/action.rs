//! What an action is: its name, how it runs, the errors that it can answer.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::explanation::{About, Explanation, NotExplained};
use super::faults::{Fault, Row, Unreachable};
use super::output::Output;
use crate::model::params::Params;
use crate::sandboxes::{Sandboxes, View, Write};

/// An action of the API.
#[derive(Debug)]
pub struct Action {
    /// Its name on the wire.
    pub name: &'static str,
    pub run: Run,
    /// Whether its table of parameters has DryRun; elsewhere that is a parameter like any other that nobody knows.
    pub has_dry_run: bool,
    /// If its table of parameters has ClientToken: the row for a token that came with other parameters before.
    pub client_token_mismatch: Option<&'static Row>,
    /// Parameters of its table that make no difference here, as documented, with `N` for numbers.
    pub ignored: &'static [&'static str],
    /// The rows of its own table that it can answer, beside those of [`super::faults::SHARED`].
    pub faults: &'static [&'static Row],
    /// The other rows of its own table.
    pub unreachable: &'static [Unreachable],
}

/// How an action runs. One that writes does so in a [`Write`], whose end it never sees.
#[derive(Debug, Clone, Copy)]
pub enum Run {
    Read(for<'a> fn(&'a ReadCall<'a>) -> Reading<'a>),
    /// As [`Run::Read`], of an action that lists the resources of a kind, with how it is told which.
    List(for<'a> fn(&'a ReadCall<'a>) -> Reading<'a>, &'static dyn Listing),
    Write(for<'a> fn(&'a Params, &'a mut Write) -> Writing<'a>),
}

impl Run {
    /// How the list is asked for, of an action that lists a kind.
    #[must_use]
    pub fn listing(&self) -> Option<&'static dyn Listing> {
        match self {
            Self::List(_, listing) => Some(*listing),
            Self::Read(_) | Self::Write(_) => None,
        }
    }
}

/// How a list of resources is asked for, whatever their kind.
pub trait Listing: Debug + Sync {
    /// Why the list that the call asks for is what it is, and why a resource is or is not on it.
    fn explain<'a>(&'a self, call: &'a ReadCall<'a>, about: About<'a>) -> Explaining<'a>;
}

/// An explanation, under way.
pub type Explaining<'a> = Pin<Box<dyn Future<Output = Result<Explanation, NotExplained>> + 'a>>;

/// A call that reads, under way.
pub type Reading<'a> = Pin<Box<dyn Future<Output = Result<Box<dyn Output>, Fault>> + 'a>>;

/// A call that writes, under way: it goes on where nobody waits for it any more.
pub type Writing<'a> = Pin<Box<dyn Future<Output = Result<Box<dyn Output>, Fault>> + Send + 'a>>;

/// One call of an action that reads.
#[derive(Debug)]
pub struct ReadCall<'a> {
    pub sandboxes: &'a Arc<Sandboxes>,
    pub params: &'a Params,
    /// The host and port that the client called.
    pub host: &'a str,
    /// The sandbox as it is at the beginning of the call.
    pub view: View,
}

impl ReadCall<'_> {
    /// Whether a region is known: it is a public one, or a resource is there.
    pub async fn is_region_known(&self, region_id: &str) -> Result<bool, Fault> {
        if crate::model::region::public(region_id).is_some() {
            return Ok(true);
        }
        Ok(self.sandboxes.is_region_used(&self.view, region_id).await?)
    }
}
