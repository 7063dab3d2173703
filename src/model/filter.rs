//! What the filters of all kinds have in common: which resources a request asks for, on both planes.

use std::fmt::Debug;
use std::hash::Hash;

use serde::Serialize;

use super::params::Reading;
use super::tags::TagFilter;
use super::time::Time;

/// Which resources of a kind a request asks for. An empty filter matches everything.
pub trait Filter: Debug + Clone + Default + PartialEq + Eq + Hash + Serialize + Send + Sync + 'static {
    /// Reads the parameters that the kind's Describe action documents as filters.
    fn read(reading: &mut Reading<'_>) -> Self;
    fn region_id(&self) -> Option<&str>;
    /// `Some` of nothing matches nothing.
    fn ids(&self) -> Option<&[String]>;
    fn tags(&self) -> &[TagFilter] {
        &[]
    }
    /// With its tags in another order.
    #[must_use]
    fn with_tags(self, _tags: Vec<TagFilter>) -> Self {
        self
    }
    /// The columns with moments from which on the clock alone makes another resource match, beside those that every list goes by:
    /// when a resource is ready, and when it goes.
    fn moments(&self) -> &'static [&'static str] {
        &[]
    }
    /// The earliest and the latest creation time, both inclusive.
    fn created(&self) -> (Option<Time>, Option<Time>) {
        (None, None)
    }
    /// Whether it asks for more than region, creation time and tags.
    fn asks_for_more(&self) -> bool;
    /// The same list, by its ids.
    #[must_use]
    fn by_ids(&self, ids: Vec<String>) -> Self;
}

/// What a filter says of the order of pages, for one that has the fields `region_id`, `created_from`, `created_until`, `tags`, and
/// the ids in `$ids`.
macro_rules! placed {
    ($ids:ident) => {
        fn region_id(&self) -> Option<&str> {
            self.region_id.as_deref()
        }

        fn ids(&self) -> Option<&[String]> {
            self.$ids.as_deref()
        }

        fn tags(&self) -> &[TagFilter] {
            &self.tags
        }

        fn with_tags(self, tags: Vec<TagFilter>) -> Self {
            Self { tags, ..self }
        }

        fn created(&self) -> (Option<Time>, Option<Time>) {
            (self.created_from, self.created_until)
        }

        fn asks_for_more(&self) -> bool {
            let of_places = Self {
                region_id: self.region_id.clone(),
                created_from: self.created_from,
                created_until: self.created_until,
                tags: self.tags.clone(),
                ..Self::default()
            };
            *self != of_places
        }

        fn by_ids(&self, ids: Vec<String>) -> Self {
            Self { region_id: self.region_id.clone(), $ids: Some(ids), ..Self::default() }
        }
    };
}
pub(super) use placed;

/// Of two lists of ids, those that both have.
#[must_use]
pub fn both(one: Option<Vec<String>>, other: Option<Vec<String>>) -> Option<Vec<String>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.into_iter().filter(|id| other.contains(id)).collect()),
        (one, other) => one.or(other),
    }
}
