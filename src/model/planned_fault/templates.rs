//! The plans that people need most.

use std::collections::BTreeMap;

use super::{Delay, Effect, Match, Plan, Throttling, When};
use crate::model::cut::Cut;

/// Denies the next calls of an action, as a service does that is called too often.
#[must_use]
pub fn throttle_next(action: &str, times: i64) -> Plan {
    let effect = Effect { throttling: Some(Throttling::default()), ..Effect::default() };
    Plan { times: Some(times), ..plan(action, effect) }
}

/// Lets the next call of an action be carried out, and resets the connection before its answer is sent.
#[must_use]
pub fn lose_answer(action: &str) -> Plan {
    let effect = Effect { connection: Some(Cut::Reset), ..Effect::default() };
    Plan { times: Some(1), when: When::After, ..plan(action, effect) }
}

/// Answers calls of an action late.
#[must_use]
pub fn slow(action: &str, milliseconds: i64) -> Plan {
    plan(action, Effect { delay_ms: Some(Delay::Fixed(milliseconds)), ..Effect::default() })
}

fn plan(action: &str, effect: Effect) -> Plan {
    let matching =
        Match { action: action.to_owned(), region_id: None, access_key_id: None, parameters: BTreeMap::new() };
    Plan {
        name: None,
        matching,
        after: None,
        times: None,
        probability: None,
        seed: None,
        ttl_seconds: None,
        when: When::Before,
        effect,
    }
}
