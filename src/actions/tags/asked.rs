//! The parameters that actions on tags have in common. Each action says which rows it answers with, where they differ.

use std::ops::RangeInclusive;

use super::rows::KEY_DUPLICATION;
use crate::actions::checks::Checks;
use crate::actions::faults::{DUPLICATE_TAG_KEY, INVALID_TAG_KEY, INVALID_TAG_MISMATCH, INVALID_TAG_VALUE, Row};
use crate::model::params::{Reason, Refusal, Type};
use crate::model::resource_types::{self, Family, ResourceType};
use crate::model::tags::{self, Tag, TagFilter, holds_address, is_system};

/// N of tags and of their keys.
pub const TAGS: RangeInclusive<u32> = 1..=20;

/// N of ResourceId.
const RESOURCE_IDS: RangeInclusive<u32> = 1..=50;

/// Characters of a key or a value at most.
const LENGTH: usize = 128;

/// ResourceType, which must be there.
pub fn resource_type(checks: &mut Checks<'_>, family: Family, row: &'static Row) -> Option<&'static ResourceType> {
    let word = checks.reading().required("ResourceType");
    known(checks, family, word, row)
}

/// ResourceType, which may be left out.
pub fn optional_resource_type(
    checks: &mut Checks<'_>,
    family: Family,
    row: &'static Row,
) -> Option<&'static ResourceType> {
    let word = checks.reading().text("ResourceType")?;
    known(checks, family, word, row)
}

fn known(checks: &mut Checks<'_>, family: Family, word: &str, row: &'static Row) -> Option<&'static ResourceType> {
    let found = resource_types::find(family, word);
    checks.value(found.is_some(), row);
    found
}

/// `ResourceId.N`, each once and by N.
pub fn resource_ids<'a>(checks: &mut Checks<'a>, row: &'static Row) -> Vec<&'a str> {
    listed(checks, "ResourceId.N", "ResourceId", RESOURCE_IDS, row)
}

/// `TagKey.N` by N: a key that cannot be one of a tag that anybody changes is answered with `key`.
pub fn tag_keys<'a>(
    checks: &mut Checks<'a>,
    count: &'static Row,
    key: &'static Row,
    duplicate: &'static Row,
) -> Vec<&'a str> {
    let sent = checks.reading().params().listed("TagKey").len();
    let keys = listed(checks, "TagKey.N", "TagKey", TAGS, count);
    checks.value(keys.iter().all(|key| is_key(key)), key);
    checks.value(keys.len() == sent, duplicate);
    keys
}

fn listed<'a>(
    checks: &mut Checks<'a>,
    name: &'static str,
    prefix: &'static str,
    range: RangeInclusive<u32>,
    row: &'static Row,
) -> Vec<&'a str> {
    checks.reading().ask(name, Type::Text, "a text");
    let texts = checks.reading().params().listed(prefix);
    checks.value(texts.keys().all(|n| range.contains(n)), row);
    let mut each = Vec::with_capacity(texts.len());
    for text in texts.into_values() {
        if !each.contains(&text) {
            each.push(text);
        }
    }
    each
}

/// Refuses the parameter that was read last, since it must be there and is not.
pub fn refuse_missing(checks: &mut Checks<'_>, name: &str) {
    checks.reading().refuse(Refusal::new(name, Reason::Missing, "a value"));
}

/// `Tag.N.Key` and `Tag.N.Value` that a resource gets, by N. A value that is not there is empty. `count`: the row for an N that is
/// out of range.
pub fn tags(checks: &mut Checks<'_>, count: &'static Row) -> Vec<Tag> {
    checks.reading().ask("Tag.N", Type::Text, "a key and a value");
    let numbered = tags::numbered(checks.reading().params());
    checks.value(numbered.keys().all(|n| TAGS.contains(n)), count);
    let mut tags: Vec<Tag> = Vec::with_capacity(numbered.len());
    for (key, value) in numbered.into_values() {
        let Some(key) = key else {
            checks.value(false, &INVALID_TAG_MISMATCH);
            continue;
        };
        let value = value.unwrap_or_default();
        checks.value(is_key(key), &INVALID_TAG_KEY);
        checks.value(is_length_of_value(value) && !holds_address(value), &INVALID_TAG_VALUE);
        checks.value(tags.iter().all(|tag| tag.key != key), &DUPLICATE_TAG_KEY);
        checks.value(tags.iter().all(|tag| tag.key == key || !is_clash(&tag.key, key)), &KEY_DUPLICATION);
        tags.push(Tag { key: key.to_owned(), value: value.to_owned() });
    }
    tags
}

/// Whether two keys are the same but for case.
pub fn is_clash(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

fn is_key(key: &str) -> bool {
    is_length_of_key(key) && !is_system(key) && !holds_address(key)
}

/// Whether a text is as long as a key may be.
pub fn is_length_of_key(key: &str) -> bool {
    (1..=LENGTH).contains(&key.chars().count())
}

/// Whether a text is no longer than a value may be.
pub fn is_length_of_value(value: &str) -> bool {
    value.chars().count() <= LENGTH
}

/// `Tag.N.Key` and `Tag.N.Value` that are asked for, in one order and each once. A key alone is one with any value; system tags
/// can be asked for.
pub fn tag_filters(checks: &mut Checks<'_>, count: &'static Row, key_row: &'static Row) -> Vec<TagFilter> {
    checks.reading().ask("Tag.N", Type::Text, "a key, or a key and a value");
    let numbered = tags::numbered(checks.reading().params());
    checks.value(numbered.keys().all(|n| TAGS.contains(n)), count);
    let mut filters = Vec::with_capacity(numbered.len());
    for (key, value) in numbered.into_values() {
        let key = key.unwrap_or_default();
        checks.value(is_length_of_key(key), key_row);
        filters.push(TagFilter { key: key.to_owned(), value: value.map(str::to_owned) });
    }
    filters.sort();
    filters.dedup();
    filters
}
