//! Pages of snapshots, and what is remembered to answer the next one: how many match, where pages start, and what is on a
//! page that has them all.
//!
//! Counting what matches, and looking at what does not or comes before a page, cost as much as there are rows. What came of
//! it stays true while nobody changes the state and the clock changes no snapshot; each statement says which version of the
//! state it saw, so that nothing is ever answered from another one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Sandbox;
use crate::model::filter::SnapshotFilter;
use crate::model::paging::{Position, Start};
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;
use crate::store::snapshots::{self, Page, Range, Scope, Version};
use crate::store::{Error, SqlConnection};

/// Lists that are shorter go first where there is no room for another one: most of them are found by an index, at little cost.
const SHORT: i64 = 100;

/// Lists that a sandbox remembers at most.
const LISTS: usize = 256;

/// Places that a list remembers at most.
const PLACES: usize = 1_024;

/// Rows between two places where a page lies far behind any that is known.
const STRIDE: i64 = 2_000;

/// What a sandbox remembers of one version of its state.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    version: Version,
    lists: HashMap<SnapshotFilter, List>,
}

#[derive(Debug)]
struct List {
    total_count: i64,
    /// It was counted at this time, and no snapshot changes by itself before `until`.
    from: Time,
    until: Option<Time>,
    /// The last row before an offset.
    places: BTreeMap<i64, Position>,
    /// The same list by its ids, if one page had all of it: few snapshots can be the rest of many that were looked at.
    by_ids: Option<Arc<SnapshotFilter>>,
}

/// What is remembered of the list that a request asks for.
struct Known {
    version: Version,
    total_count: i64,
    place: Place,
    by_ids: Option<Arc<SnapshotFilter>>,
}

/// Behind so many rows, the last of which is at `position`.
#[derive(Debug, Clone, Default)]
struct Place {
    offset: i64,
    position: Option<Position>,
}

impl Remembered {
    fn find(&self, filter: &SnapshotFilter, now: Time, start: &Start) -> Option<Known> {
        let list = self.lists.get(filter)?;
        let is_true = list.from <= now && list.until.is_none_or(|until| now < until);
        let place = match start {
            Start::After(position) => Place { offset: 0, position: Some(position.clone()) },
            Start::Offset(offset) => list
                .places
                .range(..=*offset)
                .next_back()
                .map_or_else(Place::default, |place| Place { offset: *place.0, position: Some(place.1.clone()) }),
        };
        let (total_count, by_ids) = (list.total_count, list.by_ids.clone());
        is_true.then_some(Known { version: self.version, total_count, place, by_ids })
    }

    fn note_list(&mut self, filter: &SnapshotFilter, now: Time, page: &Page) {
        if page.version < self.version {
            return;
        }
        if page.version != self.version {
            self.lists.clear();
            self.version = page.version;
        }
        if self.lists.len() >= LISTS {
            self.lists.retain(|_, list| list.total_count >= SHORT);
        }
        if self.lists.len() >= LISTS {
            self.lists.clear();
        }
        let Page { total_count, unchanged_until: until, .. } = *page;
        let is_whole = i64::try_from(page.snapshots.len()) == Ok(total_count);
        let by_ids = is_whole.then(|| {
            let snapshot_ids = Some(page.snapshots.iter().map(|snapshot| snapshot.snapshot_id.clone()).collect());
            Arc::new(SnapshotFilter { region_id: filter.region_id.clone(), snapshot_ids, ..SnapshotFilter::default() })
        });
        self.lists.insert(filter.clone(), List { total_count, from: now, until, places: BTreeMap::new(), by_ids });
    }

    fn note_place(&mut self, filter: &SnapshotFilter, version: Version, offset: i64, position: Position) {
        if let Some(list) = self.lists.get_mut(filter).filter(|_| version == self.version) {
            if list.places.len() >= PLACES {
                list.places.clear();
            }
            list.places.insert(offset, position);
        }
    }
}

impl Sandbox {
    /// The page of at most `limit` snapshots that match, from `start` on, with the count of all that match.
    pub async fn page(
        &self,
        connection: &mut SqlConnection,
        scope: Scope,
        filter: &SnapshotFilter,
        start: &Start,
        limit: i64,
    ) -> Result<Page, Error> {
        if let Some(page) = self.known_page(connection, scope, filter, start, limit).await? {
            return Ok(page);
        }
        let page = snapshots::list(connection, scope, filter, start, limit).await?;
        self.remembered().note_list(filter, scope.now, &page);
        self.note_end(filter, start, &page);
        Ok(page)
    }

    /// The page, if all that it takes is remembered and still true.
    async fn known_page(
        &self,
        connection: &mut SqlConnection,
        scope: Scope,
        filter: &SnapshotFilter,
        start: &Start,
        limit: i64,
    ) -> Result<Option<Page>, Error> {
        let known = self.remembered().find(filter, scope.now, start);
        let Some(Known { version, total_count, mut place, by_ids }) = known else { return Ok(None) };
        let range = match start {
            Start::Offset(offset) if *offset >= total_count => Range { after: None, skip: 0, limit: 0 },
            Start::Offset(offset) => {
                while filter.is_in_order() && *offset - place.offset > STRIDE {
                    let stride = Range { after: place.position.take(), skip: STRIDE - 1, limit: 1 };
                    let step = snapshots::rows(connection, scope, filter, &stride).await?;
                    let Some(last) = step.snapshots.last().filter(|_| step.version == version) else {
                        return Ok(None);
                    };
                    place = Place { offset: place.offset + STRIDE, position: Some(last.position()) };
                    self.remembered().note_place(filter, version, place.offset, last.position());
                }
                Range { after: place.position, skip: *offset - place.offset, limit }
            }
            Start::After(_) => Range { after: place.position, skip: 0, limit },
        };
        let rows = snapshots::rows(connection, scope, by_ids.as_deref().unwrap_or(filter), &range).await?;
        if rows.version != version {
            return Ok(None);
        }
        let page = Page { total_count, ..rows };
        self.note_end(filter, start, &page);
        Ok(Some(page))
    }

    /// Where the next page starts.
    fn note_end(&self, filter: &SnapshotFilter, start: &Start, page: &Page) {
        if let (Start::Offset(offset), Some(last)) = (start, page.snapshots.last()) {
            let behind = offset + i64::try_from(page.snapshots.len()).unwrap_or_default();
            self.remembered().note_place(filter, page.version, behind, Snapshot::position(last));
        }
    }
}
