//! What a call counts as in the metrics: only words that the server knows become labels, since a client can send any.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use crate::actions::faults::SHARED;
use crate::actions::{self, ACTIONS, Action};
use crate::metrics::{Metrics, OTHER, Plane};
use crate::model::planned_fault::THROTTLED;

/// The code of a call that succeeds.
pub const OK: &str = "OK";

/// The code of a call whose answer the client never has whole, whatever it said.
pub const LOST: &str = "lost";

/// Every code that a row has, and those of calls that are planned to be throttled.
static CODES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let own = ACTIONS.iter().flat_map(|action| action.faults.iter().copied());
    let unreachable = ACTIONS.iter().flat_map(|action| action.unreachable.iter().map(|other| &other.row));
    let throttled = THROTTLED.iter().map(|row| row.code);
    own.chain(unreachable).chain(SHARED.iter().copied()).map(|row| row.code).chain(throttled).collect()
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
    let own = [OK, LOST].into_iter().find(|own| *own == code);
    own.or_else(|| CODES.get(code).copied()).unwrap_or(OTHER)
}
