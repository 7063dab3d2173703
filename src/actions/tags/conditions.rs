//! What ListTagResources asks of tags: `Tag.N` to the letter, or `TagFilter.N` in words with stars.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::asked::{TAGS, is_length_of_key, is_length_of_value};
use super::rows::{
    INVALID_TAG_FILTER, ONE_OR_THE_OTHER, TAGS_AND_FILTERS, TOO_MANY_TAGS, TOO_MANY_VALUES, VALUE_WITHOUT_KEY,
};
use crate::actions::checks::Checks;
use crate::actions::faults::{DUPLICATE_TAG_KEY, INVALID_TAG_KEY, INVALID_TAG_VALUE};
use crate::model::params::{Params, Type};
use crate::model::tag_query::{RESOURCE_GROUP_KEY, TagPattern, TagQuery, Wording};
use crate::model::tags::{self, TagFilter};

/// N of TagFilter, and of its TagValues.
const FEW: RangeInclusive<u32> = 1..=5;

/// Adds the conditions to the query. `None`: it asks for nothing, not even for ids.
pub fn read(checks: &mut Checks<'_>, mut query: TagQuery) -> Option<TagQuery> {
    let has_tags = read_tags(checks, &mut query);
    let has_filters = read_filters(checks, &mut query);
    checks.value(!has_tags || !has_filters, &TAGS_AND_FILTERS);
    query.tags.sort();
    query.tags.dedup();
    (has_tags || has_filters || query.ids.is_some()).then_some(query)
}

fn read_tags(checks: &mut Checks<'_>, query: &mut TagQuery) -> bool {
    checks.reading().ask("Tag.N", Type::Text, "a key, or a key and a value");
    let numbered = tags::numbered(checks.reading().params());
    let number = numbered.len();
    checks.value(numbered.keys().all(|n| TAGS.contains(n)), &TOO_MANY_TAGS);
    for (key, value) in numbered.into_values() {
        let Some(key) = key else {
            checks.value(false, &VALUE_WITHOUT_KEY);
            continue;
        };
        checks.value(is_length_of_key(key), &INVALID_TAG_KEY);
        checks.value(value.is_none_or(is_length_of_value), &INVALID_TAG_VALUE);
        if key == RESOURCE_GROUP_KEY {
            checks.value(number == 1, &ONE_OR_THE_OTHER);
            let group = value.unwrap_or_default();
            checks.value(!group.is_empty(), &INVALID_TAG_VALUE);
            query.resource_group_id = Some(group.to_owned());
            continue;
        }
        checks.value(query.tags.iter().all(|tag| tag.key != key), &DUPLICATE_TAG_KEY);
        query.tags.push(TagFilter { key: key.to_owned(), value: value.map(str::to_owned) });
    }
    number > 0
}

fn read_filters(checks: &mut Checks<'_>, query: &mut TagQuery) -> bool {
    checks.reading().ask("TagFilter.N", Type::Text, "a key, or a key and values");
    let filters = numbered_filters(checks.reading().params());
    checks.value(filters.keys().all(|n| FEW.contains(n)), &INVALID_TAG_FILTER);
    for (key, values) in filters.values() {
        checks.value(values.keys().all(|m| FEW.contains(m)), &TOO_MANY_VALUES);
        checks.value(key.is_none_or(is_length_of_key), &INVALID_TAG_KEY);
        checks.value(values.values().all(|value| is_length_of_value(value)), &INVALID_TAG_VALUE);
        let key = key.and_then(Wording::read);
        let values: Option<Vec<Wording>> = values.values().map(|value| Wording::read(value)).collect();
        match (key, values) {
            (Some(Wording::Exact(key)), Some(values)) => push(query, key, values),
            (Some(key), Some(values)) if values.is_empty() => query.patterns.push(TagPattern { key, values }),
            // A key with stars cannot have values beside it.
            _ => checks.value(false, &INVALID_TAG_FILTER),
        }
    }
    !filters.is_empty()
}

/// Adds a key with its values, which are all asked for in the way of the first.
fn push(query: &mut TagQuery, key: String, mut values: Vec<Wording>) {
    if let Some(first) = values.first().cloned() {
        values = values.into_iter().map(|value| value.like(&first)).collect();
    }
    match values.as_slice() {
        [] => query.tags.push(TagFilter { key, value: None }),
        [Wording::Exact(value)] => query.tags.push(TagFilter { key, value: Some(value.clone()) }),
        _ => query.patterns.push(TagPattern { key: Wording::Exact(key), values }),
    }
}

/// Of a filter: its key, and its values by their number.
type Filter<'a> = (Option<&'a str>, BTreeMap<u32, &'a str>);

/// `TagFilter.N.TagKey` and `TagFilter.N.TagValues.M`, by N; what is empty is not there.
fn numbered_filters(params: &Params) -> BTreeMap<u32, Filter<'_>> {
    let mut filters = BTreeMap::<u32, Filter<'_>>::new();
    for (n, key) in params.numbered("TagFilter", "TagKey").filter(|(_, key)| !key.is_empty()) {
        filters.entry(n).or_default().0.get_or_insert(key);
    }
    for (n, m, value) in params.nested("TagFilter", "TagValues").filter(|(.., value)| !value.is_empty()) {
        filters.entry(n).or_default().1.entry(m).or_insert(value);
    }
    filters
}
