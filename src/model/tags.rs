//! Tags that resources are filtered by: `Tag.N.Key` and `Tag.N.Value` (DescribeSnapshots, request parameters).

use std::collections::BTreeMap;

use serde::Serialize;

use super::params::{Params, Reading, Reason, Refusal, Type};

/// A tag of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// A tag that must be there; without a value, any value will do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct TagFilter {
    pub key: String,
    pub value: Option<String>,
}

/// What keys of tags begin with that the service itself gives.
const SYSTEM: [&str; 2] = ["aliyun", "acs:"];

/// The key of the tag that a snapshot of a group has: its value is the instance that the snapshot was made from.
pub const CREATE_FROM: &str = "acs:ecs:createFrom";

/// Whether a key is of a tag that the service itself gives: nobody changes those, and they count in no quota.
#[must_use]
pub fn is_system(key: &str) -> bool {
    SYSTEM.iter().any(|prefix| key.starts_with(prefix))
}

/// Whether a text holds an address, which no tag does.
#[must_use]
pub fn holds_address(text: &str) -> bool {
    ["http://", "https://"].iter().any(|part| text.contains(part))
}

/// N runs from 1 to this, in any order and with gaps.
const LAST_N: u32 = 20;
const KEY_LENGTH: usize = 64;
const VALUE_LENGTH: usize = 128;

const KEY: &str =
    "a key of 1 to 64 characters that does not start with aliyun or acs: and holds no http:// or https://";
const VALUE: &str =
    "a value of up to 128 characters that does not start with aliyun or acs: and holds no http:// or https://";

/// The tags that a request filters by. A key alone matches any value; an empty value that is there matches an empty value.
///
/// Refused are, in this order, and within each by N: `Tag` TooMany for an N out of range, `Tag.N.Value` Unpaired for a value
/// without a key, `Tag.N.Key` and `Tag.N.Value` NotPermitted for texts that no tag can have.
pub fn read(reading: &mut Reading<'_>) -> Vec<TagFilter> {
    reading.ask("Tag.N.Key", Type::Text, KEY);
    reading.ask("Tag.N.Value", Type::Text, VALUE);
    let filters = filters(reading.params());
    filters.unwrap_or_else(|refusal| {
        reading.refuse(refusal);
        Vec::new()
    })
}

/// Keys and values as sent, by N.
pub type Numbered<'a> = BTreeMap<u32, (Option<&'a str>, Option<&'a str>)>;

/// `Tag.N.Key` and `Tag.N.Value` as sent, by N.
#[must_use]
pub fn numbered(params: &Params) -> Numbered<'_> {
    numbered_under("Tag", params)
}

/// As [`numbered`], of tags that have another name than `Tag`.
#[must_use]
pub fn numbered_under<'a>(name: &'a str, params: &'a Params) -> Numbered<'a> {
    let mut tags = Numbered::new();
    for (n, key) in params.numbered(name, "Key") {
        tags.entry(n).or_default().0.get_or_insert(key);
    }
    for (n, value) in params.numbered(name, "Value") {
        tags.entry(n).or_default().1.get_or_insert(value);
    }
    tags
}

fn filters(params: &Params) -> Result<Vec<TagFilter>, Refusal> {
    let tags = numbered(params);
    if tags.keys().any(|n| !(1..=LAST_N).contains(n)) {
        return Err(Refusal::new("Tag", Reason::TooMany, "an N from 1 to 20 in Tag.N"));
    }
    let mut pairs = Vec::with_capacity(tags.len());
    for (n, (key, value)) in tags {
        let unpaired =
            || Refusal::new(format!("Tag.{n}.Value"), Reason::Unpaired, "a Key of the same number beside it");
        pairs.push((n, key.ok_or_else(unpaired)?, value));
    }
    let filters = pairs.into_iter().map(|(n, key, value)| checked(n, key, value));
    let mut filters = filters.collect::<Result<Vec<_>, _>>()?;
    // In one order and once each: the same tags are the same filter, and cost what they say.
    filters.sort();
    filters.dedup();
    Ok(filters)
}

fn checked(n: u32, key: &str, value: Option<&str>) -> Result<TagFilter, Refusal> {
    if key.is_empty() || !is_permitted(key, KEY_LENGTH) {
        return Err(Refusal::new(format!("Tag.{n}.Key"), Reason::NotPermitted, KEY));
    }
    if value.is_some_and(|value| !is_permitted(value, VALUE_LENGTH)) {
        return Err(Refusal::new(format!("Tag.{n}.Value"), Reason::NotPermitted, VALUE));
    }
    Ok(TagFilter { key: key.to_owned(), value: value.map(str::to_owned) })
}

fn is_permitted(text: &str, length: usize) -> bool {
    text.chars().count() <= length && !is_system(text) && !holds_address(text)
}
