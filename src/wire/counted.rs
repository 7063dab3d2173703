//! What a call counts as in the metrics: only words that the server knows become labels, since a client can send any.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use crate::actions::faults::SHARED;
use crate::actions::{self, ACTIONS, Action};
use crate::metrics::{Metrics, OTHER, Plane};
use crate::model::planned_fault::THROTTLING_USER;

/// The code of a call that succeeds.
pub const OK: &str = "OK";

/// Every code that a row has, and the one that planned faults answer where they name none.
static CODES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let own = ACTIONS.iter().flat_map(|action| action.faults.iter().copied());
    let unreachable = ACTIONS.iter().flat_map(|action| action.unreachable.iter().map(|other| &other.row));
    own.chain(unreachable).chain(SHARED.iter().copied()).map(|row| row.code).chain([THROTTLING_USER.1]).collect()
});

/// Counts a call: the action that it reached, if it reached one, the name that it came with, and its code.
pub fn count(metrics: &Metrics, reached: Option<&Action>, name: &str, code: &str, taken: Duration) {
    // Most calls reach an action, and its name is at hand.
    let emulated = reached.or_else(|| actions::find(name)).map(|action| action.name);
    let action = emulated.or_else(|| actions::known_name(name)).unwrap_or(OTHER);
    metrics.request(Plane::Cloud, action, known(code));
    // What is not emulated is refused alike, under whatever name.
    metrics.took(Plane::Cloud, emulated.unwrap_or(OTHER), taken);
}

/// Counts what was no request.
pub fn count_none(metrics: &Metrics, code: &str) {
    metrics.request(Plane::Cloud, OTHER, known(code));
}

fn known(code: &str) -> &'static str {
    if code == OK { OK } else { CODES.get(code).copied().unwrap_or(OTHER) }
}
