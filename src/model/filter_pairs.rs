//! `Filter.N.Key` and `Filter.N.Value`: conditions that a request gives as pairs of a name and a value.

use std::collections::BTreeMap;

use super::params::{Reading, Reason, Refusal, Type};
use super::time::Time;

/// A pair of a request.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    n: u32,
    key: &'static str,
    value: &'a str,
}

/// The pairs of a request, by N. Refused are a key that is none of these, and a half without its other one.
pub fn read<'a>(reading: &mut Reading<'a>, keys: &[&'static str], expected: &'static str) -> Vec<Pair<'a>> {
    reading.ask("Filter.N.Key", Type::Text, expected);
    reading.ask("Filter.N.Value", Type::Text, VALUE);
    let params = reading.params();
    let mut halves = BTreeMap::<u32, (Option<&str>, Option<&str>)>::new();
    for (n, key) in params.numbered("Filter", "Key").filter(|(_, key)| !key.is_empty()) {
        halves.entry(n).or_default().0.get_or_insert(key);
    }
    for (n, value) in params.numbered("Filter", "Value").filter(|(_, value)| !value.is_empty()) {
        halves.entry(n).or_default().1.get_or_insert(value);
    }
    let mut pairs = Vec::new();
    for (n, (key, value)) in halves {
        let known = key.map(|key| keys.iter().find(|known| **known == key));
        match (known, value) {
            (Some(Some(key)), Some(value)) => pairs.push(Pair { n, key, value }),
            (Some(None), _) => refuse(reading, n, "Key", Reason::NotPermitted, expected),
            (None, _) | (_, None) => refuse(reading, n, "Value", Reason::Unpaired, VALUE),
        }
    }
    pairs
}

const VALUE: &str = "a value beside the key of the same number, of a time one in UTC such as 2014-07-24T13:00Z";

fn refuse(reading: &mut Reading<'_>, n: u32, half: &str, reason: Reason, expected: &'static str) {
    reading.refuse(Refusal::new(format!("Filter.{n}.{half}"), reason, expected));
}

/// Refuses the values of pairs with this key that are none of these words.
pub fn check_words(reading: &mut Reading<'_>, pairs: &[Pair<'_>], key: &str, words: &[&str], expected: &'static str) {
    for pair in pairs.iter().filter(|pair| pair.key == key && !words.contains(&pair.value)) {
        refuse(reading, pair.n, "Value", Reason::NotPermitted, expected);
    }
}

/// The bounds that pairs with these keys set, both inclusive; of two bounds of one kind both hold. Refused is what is no time.
pub fn bounds(reading: &mut Reading<'_>, pairs: &[Pair<'_>], start: &str, end: &str) -> (Option<Time>, Option<Time>) {
    let (mut from, mut until) = (None, None);
    for pair in pairs.iter().filter(|pair| [start, end].contains(&pair.key)) {
        match pair.value.parse::<Time>() {
            Err(_) => refuse(reading, pair.n, "Value", Reason::NotPermitted, VALUE),
            Ok(time) if pair.key == start => from = from.max(Some(time)),
            Ok(time) => until = Some(until.map_or(time, |until: Time| until.min(time))),
        }
    }
    (from, until)
}
