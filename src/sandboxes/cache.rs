//! What was read of lists, kept to be answered again: one cache for all sandboxes, bounded in bytes, keys included.
//!
//! Whatever is kept holds for one pointer of a sandbox, which is part of its key, and for the time during which the clock
//! changes nothing: from the moment at which it was read until something becomes ready or expires.

use std::any::Any;
use std::sync::Arc;

use quick_cache::sync::{Cache, DefaultLifecycle, EntryAction, EntryResult, PlaceholderGuard};
use quick_cache::{DefaultHashBuilder, Weighter};

use crate::model::paging::Position;
use crate::model::time::Time;
use crate::store::sandboxes::Pointer;

/// What is kept, and of what.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub sandbox_id: i64,
    pub pointer: Pointer,
    /// The number of the kind.
    pub kind: i64,
    pub what: What,
    /// The filter, in JSON; of a page with its start and its size.
    pub question: Box<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    Page,
    /// How many match.
    Count,
    /// The last row before an offset.
    Place(i64),
}

/// When something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub from: Time,
    /// `None`: as long as nobody changes anything.
    pub until: Option<Time>,
}

impl Validity {
    pub fn holds_at(&self, now: Time) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    /// A `Page` of the kind, and its bytes.
    Page(Arc<dyn Any + Send + Sync>, usize),
    Count(i64),
    Place(Arc<Position>),
}

#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub content: Content,
    pub validity: Validity,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bytes;

impl Weighter<Key, Kept> for Bytes {
    fn weight(&self, key: &Key, kept: &Kept) -> u64 {
        /// What the cache itself needs for an entry.
        const OVERHEAD: usize = 64;
        let content = match &kept.content {
            Content::Page(_, bytes) => *bytes,
            Content::Count(_) => 0,
            Content::Place(position) => size_of::<Position>() + position.id.len(),
        };
        let bytes = size_of::<Key>() + key.question.len() + size_of::<Kept>() + content + OVERHEAD;
        // A page's pieces lie between pieces of memory that are freed soon, and the gaps are rarely of use to anybody. Measured,
        // these add half as much again.
        u64::try_from(bytes + bytes / 2).unwrap_or(u64::MAX)
    }
}

pub(super) type Guard<'c> = PlaceholderGuard<'c, Key, Kept, Bytes, DefaultHashBuilder, DefaultLifecycle<Key, Kept>>;

/// All that is kept.
#[derive(Debug)]
pub(super) struct PageCache(Option<Cache<Key, Kept, Bytes>>);

/// What was found of a page, or the right to read it: others who ask for the same wait meanwhile.
pub(super) enum Found<'c> {
    Kept(Kept),
    Open(Option<Guard<'c>>),
}

impl PageCache {
    /// With so many bytes at most; with none, nothing is kept.
    pub fn new(bytes: u64) -> Self {
        /// What a page takes, roughly.
        const PAGE: u64 = 4_096;
        let pages = usize::try_from(bytes / PAGE).unwrap_or(usize::MAX);
        Self((bytes > 0).then(|| Cache::with_weighter(pages, bytes, Bytes)))
    }

    pub async fn page(&self, key: &Key, now: Time) -> Found<'_> {
        let Some(cache) = &self.0 else { return Found::Open(None) };
        let entry = cache.entry_async(key, |_, kept| {
            if kept.validity.holds_at(now) { EntryAction::Retain(kept.clone()) } else { EntryAction::ReplaceWithGuard }
        });
        match entry.await {
            EntryResult::Retained(kept) => Found::Kept(kept),
            EntryResult::Vacant(guard) | EntryResult::Replaced(guard, _) => Found::Open(Some(guard)),
            // Nobody removes entries here, and nobody waits for a time only.
            EntryResult::Removed(..) | EntryResult::Timeout => Found::Open(None),
        }
    }

    pub fn find(&self, key: &Key, now: Time) -> Option<Kept> {
        self.0.as_ref()?.get(key).filter(|kept| kept.validity.holds_at(now))
    }

    pub fn keep(&self, key: Key, kept: Kept) {
        if let Some(cache) = &self.0 {
            cache.insert(key, kept);
        }
    }
}
