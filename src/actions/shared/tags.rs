//! Tags that resources are filtered by: `Tag.N.Key` and `Tag.N.Value` (DescribeSnapshots, request parameters).

use std::collections::BTreeMap;

use crate::fault::{Fault, Row};
use crate::model::filter::TagFilter;
use crate::wire::params::Params;

pub static INVALID_TAG_MISMATCH: Row =
    Row::new(400, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not match.");
pub static INVALID_TAG_COUNT: Row =
    Row::new(400, "InvalidTagCount", "The specified tags are beyond the permitted range.");
pub static INVALID_TAG_KEY: Row = Row::new(400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.");
pub static INVALID_TAG_VALUE: Row =
    Row::new(400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid.");

/// N runs from 1 to this, in any order and with gaps.
const LAST_N: u32 = 20;
const KEY_LENGTH: usize = 64;
const VALUE_LENGTH: usize = 128;

/// The tags that a request filters by. A key alone matches any value; an empty value that is there matches an empty value.
///
/// # Errors
///
/// In this order, and within each by N: `InvalidTagCount` for an N out of range, `InvalidTag.Mismatch` for a value without
/// a key, `InvalidTagKey.Malformed` and `InvalidTagValue.Malformed` for texts that no tag can have.
pub fn filters(params: &Params) -> Result<Vec<TagFilter>, Fault> {
    let mut tags = BTreeMap::<u32, (Option<&str>, Option<&str>)>::new();
    for (n, key) in params.numbered("Tag", "Key") {
        tags.entry(n).or_default().0.get_or_insert(key);
    }
    for (n, value) in params.numbered("Tag", "Value") {
        tags.entry(n).or_default().1.get_or_insert(value);
    }
    if tags.keys().any(|n| !(1..=LAST_N).contains(n)) {
        return Err(Fault::from(&INVALID_TAG_COUNT));
    }
    if tags.values().any(|(key, _)| key.is_none()) {
        return Err(Fault::from(&INVALID_TAG_MISMATCH));
    }
    let filters = tags.values().filter_map(|(key, value)| key.map(|key| (key, *value)));
    filters.map(|(key, value)| checked(key, value)).collect()
}

fn checked(key: &str, value: Option<&str>) -> Result<TagFilter, Fault> {
    if key.is_empty() || !is_permitted(key, KEY_LENGTH) {
        return Err(Fault::from(&INVALID_TAG_KEY));
    }
    if value.is_some_and(|value| !is_permitted(value, VALUE_LENGTH)) {
        return Err(Fault::from(&INVALID_TAG_VALUE));
    }
    Ok(TagFilter { key: key.to_owned(), value: value.map(str::to_owned) })
}

fn is_permitted(text: &str, length: usize) -> bool {
    text.chars().count() <= length
        && !["aliyun", "acs:"].iter().any(|prefix| text.starts_with(prefix))
        && !["http://", "https://"].iter().any(|part| text.contains(part))
}
