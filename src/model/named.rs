//! Ids of resources, as entries of journals name them: the first of many, each as much as an entry has room for.

use std::sync::Arc;

use compact_str::CompactString;

use super::sent::beginning;

/// How many resources an entry names.
pub const NAMED: usize = 20;

/// Bytes of an id at most.
const ID: usize = 64;

/// The ids of the first resources that something shows. They are shared: a page that is kept has them once, and each entry of a
/// request that it answers points to them.
pub type NamedIds = Arc<[CompactString]>;

/// The first of these ids.
#[must_use]
pub fn named<'i>(ids: impl Iterator<Item = &'i str>) -> NamedIds {
    ids.take(NAMED).map(named_id).collect()
}

/// An id, as far as there is room for it.
#[must_use]
pub fn named_id(id: &str) -> CompactString {
    beginning(id, ID, ID).into()
}

/// The first of all these.
#[must_use]
pub fn joined(first: &NamedIds, rest: &[CompactString]) -> NamedIds {
    if rest.is_empty() {
        return first.clone();
    }
    first.iter().chain(rest).take(NAMED).cloned().collect()
}
