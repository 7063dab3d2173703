//! Pages of resources, as requests ask for them: from what is kept, or from the store.
//!
//! Counting what matches, and looking at what comes before a page, cost as much as there are rows. So counts are kept, and the
//! places in a list at which pages start, beside the pages themselves.

use std::sync::Arc;
use std::time::Duration;

use super::cache::{Content, Found, Kept, Key, Validity, What};
use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::View;
use crate::journal::effects;
use crate::model::filter::Filter as _;
use crate::model::journal_entry::Saw;
use crate::model::paging::{Position, Start};
use crate::model::time::Time;
use crate::store::lists::{self, Page, Range, Scope};
use crate::store::sandboxes::{self, Pointer};
use crate::store::{Reads, Session, Table, resources};

/// Rows between two places where a page lies far behind any that is known.
const STRIDE: i64 = 2_000;

/// How often a page is read anew because the sandbox points elsewhere meanwhile. Memory follows the database within
/// microseconds, unless the machine has no time for it.
pub(super) const ATTEMPTS: usize = 500;

/// How long to wait for memory, after some attempts without.
pub(super) const PAUSE: Duration = Duration::from_millis(2);

/// A page, and the sandbox's time at which it was read.
#[derive(Debug, Clone)]
pub struct Listed<R: Table> {
    pub page: Arc<Page<R>>,
    pub now: Time,
}

/// What a page is asked of.
struct List<'a, R: Table> {
    view: &'a View,
    filter: &'a R::Filter,
    /// The filter in JSON.
    question: String,
}

impl<R: Table> List<'_, R> {
    fn key(&self, what: What, question: &str) -> Key {
        Key {
            sandbox_id: self.view.sandbox.row.sandbox_id,
            pointer: self.view.pointer,
            kind: R::KIND.number,
            what,
            question: question.into(),
        }
    }
}

impl Sandboxes {
    /// The page of at most `limit` resources that match, from `start` on, with the count of all that match.
    pub async fn page<R: Table>(
        self: &Arc<Self>,
        view: &View,
        filter: &R::Filter,
        start: &Start,
        limit: i64,
    ) -> Result<Listed<R>, SandboxError> {
        // A filter is plain data, which can be written.
        let question = serde_json::to_string(filter).unwrap_or_default();
        let mut view = view.clone();
        for attempt in 0..ATTEMPTS {
            if attempt > 2 {
                tokio::time::sleep(PAUSE).await;
            }
            let list = List::<R> { view: &view, filter, question: question.clone() };
            if let Some(page) = self.page_of(&list, start, limit).await? {
                if let Some(Pointer { state_id, version }) = page.pointer {
                    effects::list_from(Saw { state_id, version, now: view.now });
                }
                return Ok(Listed { page, now: view.now });
            }
            view = self.view(&view.sandbox).await?;
        }
        Err(SandboxError::Busy)
    }

    /// The page of at most `limit` resources that match, after the `skip` oldest ones, the oldest first, with the count of all
    /// that match.
    pub async fn page_of_oldest<R: Table>(
        self: &Arc<Self>,
        view: &View,
        filter: &R::Filter,
        skip: i64,
        limit: i64,
    ) -> Result<Listed<R>, SandboxError> {
        let mut view = view.clone();
        for _ in 0..ATTEMPTS {
            let newest = self.page::<R>(&view, filter, &Start::Offset(0), 1).await?;
            let Page { total_count, pointer, unchanged_until, .. } = *newest.page;
            let range = Range { after: None, skip, limit, from_end: true };
            let rows = lists::rows::<R>(&mut self.store.read(Reads::One).await?, view.scope(), filter, &range).await?;
            // Count and rows must be of one moment.
            if rows.pointer == pointer {
                let page = Arc::new(Page { total_count, unchanged_until, ..rows });
                return Ok(Listed { page, now: newest.now });
            }
            tokio::time::sleep(PAUSE).await;
            view = self.view(&view.sandbox).await?;
        }
        Err(SandboxError::Busy)
    }

    /// Whether any resource matches.
    pub async fn exists<R: Table>(self: &Arc<Self>, view: &View, filter: &R::Filter) -> Result<bool, SandboxError> {
        Ok(self.page::<R>(view, filter, &Start::Offset(0), 1).await?.page.total_count > 0)
    }

    /// Whether any resource is in this region.
    pub async fn is_region_used(&self, view: &View, region_id: &str) -> Result<bool, SandboxError> {
        let mut session = self.store.read(Reads::Several).await?;
        let pointer = sandboxes::pointer(&mut session, view.sandbox.row.sandbox_id).await?;
        let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(view.sandbox.name().to_owned()))?;
        let scope = Scope { state_id: pointer.state_id, ..view.scope() };
        Ok(resources::is_region_used(&mut session, scope, region_id).await?)
    }

    /// The page; `None` if the sandbox points elsewhere meanwhile.
    async fn page_of<R: Table>(
        &self,
        list: &List<'_, R>,
        start: &Start,
        limit: i64,
    ) -> Result<Option<Arc<Page<R>>>, SandboxError> {
        let view = list.view;
        let mut guard = None;
        if view.is_settled {
            let start = serde_json::to_string(start).unwrap_or_default();
            let key = list.key(What::Page, &format!("{} {start} {limit}", list.question));
            match self.pages.page(&key, view.now).await {
                Found::Kept(Kept { content: Content::Page(page, _), .. }) => {
                    if let Ok(page) = page.downcast() {
                        return Ok(Some(page));
                    }
                }
                Found::Kept(_) => {}
                Found::Open(open) => guard = open,
            }
        }
        let (page, validity) = self.read(list, start, limit).await?;
        let Some(pointer) = page.pointer else {
            return Err(SandboxError::NoSuchSandbox(view.sandbox.name().to_owned()));
        };
        if pointer.state_id != view.pointer.state_id {
            return Ok(None);
        }
        let page = Arc::new(page);
        if let Some(guard) = guard.filter(|_| pointer == view.pointer) {
            let content = Content::Page(page.clone(), page.bytes);
            // Nobody else has the right to it, so this is not refused.
            let _ = guard.insert(Kept { content, validity });
        }
        Ok(Some(page))
    }

    /// Reads the page, with the help of what is known of its list.
    async fn read<R: Table>(
        &self,
        list: &List<'_, R>,
        start: &Start,
        limit: i64,
    ) -> Result<(Page<R>, Validity), SandboxError> {
        let view = list.view;
        let known = match self.pages.find(&list.key(What::Count, &list.question), view.now) {
            Some(Kept { content: Content::Count(count), validity }) if view.is_settled => Some((count, validity)),
            _ => None,
        };
        let mut session = self.store.read(Reads::One).await?;
        if let Some((total_count, validity)) = known
            && let Some(page) = self.known_page(&mut session, list, total_count, start, limit).await?
        {
            self.keep_end(list, start, &page, validity);
            return Ok((page, validity));
        }
        let page = lists::list::<R>(&mut session, view.scope(), list.filter, start, limit).await?;
        let validity = Validity { from: view.now, until: page.unchanged_until };
        if page.pointer == Some(view.pointer) {
            let kept = Kept { content: Content::Count(page.total_count), validity };
            self.pages.keep(list.key(What::Count, &list.question), kept);
            self.keep_end(list, start, &page, validity);
        }
        Ok((page, validity))
    }

    /// The page of a list whose count is known; `None` if it turns out to be another list by now.
    async fn known_page<R: Table>(
        &self,
        session: &mut Session,
        list: &List<'_, R>,
        total_count: i64,
        start: &Start,
        limit: i64,
    ) -> Result<Option<Page<R>>, SandboxError> {
        let range = match start {
            Start::Offset(offset) if *offset >= total_count => {
                Range { after: None, skip: 0, limit: 0, from_end: false }
            }
            Start::Offset(offset) => match self.place_before(session, list, *offset).await? {
                Some((place, after)) => Range { after, skip: offset - place, limit, from_end: false },
                None => return Ok(None),
            },
            Start::After(position) => Range { after: Some(position.clone()), skip: 0, limit, from_end: false },
        };
        let page = lists::rows::<R>(session, list.view.scope(), list.filter, &range).await?;
        let is_same = page.pointer == Some(list.view.pointer);
        Ok(is_same.then_some(Page { total_count, ..page }))
    }

    /// The known place from which it is the least way to an offset, made known on the way there if it is far.
    async fn place_before<R: Table>(
        &self,
        session: &mut Session,
        list: &List<'_, R>,
        offset: i64,
    ) -> Result<Option<(i64, Option<Position>)>, SandboxError> {
        let find = |offset: i64| {
            let kept = self.pages.find(&list.key(What::Place(offset), &list.question), list.view.now);
            match kept?.content {
                Content::Place(position) => Some((*position).clone()),
                _ => None,
            }
        };
        if let Some(position) = find(offset) {
            return Ok(Some((offset, Some(position))));
        }
        // Only where an index has the order of pages, what is in between is stepped over at little cost.
        let has_order = list.filter.region_id().is_some() && list.filter.ids().is_none();
        let mut place = if has_order { offset - offset % STRIDE } else { 0 };
        let mut position = None;
        while place > 0 && position.is_none() {
            position = find(place);
            if position.is_none() {
                place -= STRIDE;
            }
        }
        while has_order && offset - place > STRIDE {
            let stride = Range { after: position.take(), skip: STRIDE - 1, limit: 1, from_end: false };
            let step = lists::rows::<R>(session, list.view.scope(), list.filter, &stride).await?;
            let Some(end) = step.rows.last().filter(|_| step.pointer == Some(list.view.pointer)) else {
                return Ok(None);
            };
            place += STRIDE;
            self.keep_place(list, place, end.position(), list.view.now);
            position = Some(end.position());
        }
        Ok(Some((place, position)))
    }

    fn keep_place<R: Table>(&self, list: &List<'_, R>, offset: i64, position: Position, from: Time) {
        let key = list.key(What::Count, &list.question);
        // What the clock changes of the list, it changes of its places too.
        let Some(Kept { validity, .. }) = self.pages.find(&key, from) else { return };
        let kept = Kept { content: Content::Place(Arc::new(position)), validity };
        self.pages.keep(list.key(What::Place(offset), &list.question), kept);
    }

    /// Where the next page starts.
    fn keep_end<R: Table>(&self, list: &List<'_, R>, start: &Start, page: &Page<R>, validity: Validity) {
        if let (Start::Offset(offset), Some(last)) = (start, page.rows.last())
            && list.view.is_settled
        {
            let behind = offset + i64::try_from(page.rows.len()).unwrap_or_default();
            let kept = Kept { content: Content::Place(Arc::new(last.position())), validity };
            self.pages.keep(list.key(What::Place(behind), &list.question), kept);
        }
    }
}
