//! The actions of the API, one file each. An action turns parameters into data or a fault; it knows neither HTTP nor SQL.

pub mod describe_snapshots;

use std::future::Future;
use std::pin::Pin;

use crate::app::App;
use crate::fault::{Fault, Row};
use crate::model::params::Params;
use crate::output::Output;
use crate::sandboxes::Sandbox;
use crate::store::snapshots::Scope;

/// All actions.
pub static ACTIONS: &[Action] = &[describe_snapshots::ACTION];

/// An action of the API.
#[derive(Debug)]
pub struct Action {
    /// Its name on the wire.
    pub name: &'static str,
    pub run: for<'a> fn(&'a Call<'a>) -> Running<'a>,
    /// The rows of its own that it can answer, beside those of [`crate::fault::SHARED`].
    pub faults: &'static [&'static Row],
}

/// A call under way.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Box<dyn Output>, Fault>> + 'a>>;

/// One call of an action.
#[derive(Debug)]
pub struct Call<'a> {
    pub app: &'a App,
    pub params: &'a Params,
    pub sandbox: &'a Sandbox,
    /// The sandbox's resources at its time; the same throughout the call.
    pub scope: Scope,
}

/// The action of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.name == name)
}

/// A list as the API wraps it: `{"Snapshot": [...]}`. The wrapper is there even when the list is empty.
macro_rules! wrapped {
    ($name:ident, $item:literal) => {
        #[derive(Debug, serde::Serialize)]
        struct $name<T> {
            #[serde(rename = $item)]
            items: Vec<T>,
        }
    };
}
use wrapped;
