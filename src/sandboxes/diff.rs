//! What differs between two states, walked side by side in the order of ids, kind by kind.

use std::sync::Arc;

use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use crate::model::kind::{Entry, Kind};
use crate::model::kinds::KINDS;
use crate::store::{self, Session, checkpoints, resources, sandboxes};

/// Resources of each state in memory at a time.
const PAGE: i64 = 500;

/// Ids that are compared for a part of what differs, at most: nobody waits for more.
const LOOKS: usize = 10_000;

/// The name of the current state.
const NOW: &str = "now";

/// One resource that differs.
#[derive(Debug)]
pub enum Change {
    Added(Box<dyn Entry>),
    Removed(Box<dyn Entry>),
    /// Before and after.
    Changed(Box<dyn Entry>, Box<dyn Entry>),
}

/// Where a comparison goes on: behind an id of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffPlace {
    /// The place of the kind among [`KINDS`].
    pub kind: usize,
    pub after: String,
}

/// A part of what differs, by kind and id.
#[derive(Debug)]
pub struct DiffPage {
    pub changes: Vec<Change>,
    /// Where to go on, unless that is all.
    pub next: Option<DiffPlace>,
}

/// All that differs: of each kind, by id, in the order of the kinds.
#[derive(Debug, Default)]
pub struct Diff(pub Vec<Vec<Change>>);

impl Sandboxes {
    /// What differs between two states of a sandbox: checkpoints, or `now` for the current one.
    pub async fn diff(self: &Arc<Self>, sandbox: &Arc<Sandbox>, from: &str, to: &str) -> Result<Diff, SandboxError> {
        if [from, to].contains(&NOW) {
            self.catch_up(sandbox).await?;
        }
        let mut session = self.store.read_long().await?;
        let from = state_named(&mut session, sandbox, from).await?;
        let to = state_named(&mut session, sandbox, to).await?;
        let mut diff = Diff::default();
        for kind in KINDS {
            let mut changes = Vec::new();
            walk(&mut session, kind, from, to, |before, after| changes.extend(change(before, after))).await?;
            diff.0.push(changes);
        }
        Ok(diff)
    }

    /// As [`Sandboxes::diff`], at most `limit` changes from a place on; fewer, if what is the same is much.
    pub async fn diff_page(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        (from, to): (&str, &str),
        start: DiffPlace,
        limit: usize,
    ) -> Result<DiffPage, SandboxError> {
        if [from, to].contains(&NOW) {
            self.catch_up(sandbox).await?;
        }
        let mut session = self.store.read_long().await?;
        let from = state_named(&mut session, sandbox, from).await?;
        let to = state_named(&mut session, sandbox, to).await?;
        let (mut changes, mut looks, mut after) = (Vec::new(), 0, start.after.clone());
        let mut last = start.clone();
        for (number, kind) in KINDS.iter().enumerate().skip(start.kind) {
            let mut pairs = Pairs::new(kind, (from, to), &after);
            while let Some((before, there)) = pairs.next(&mut session).await? {
                if let Some(entry) = before.as_ref().or(there.as_ref()) {
                    entry.key().id.clone_into(&mut after);
                }
                if let Some(change) = change(before, there) {
                    if changes.len() == limit {
                        return Ok(DiffPage { changes, next: Some(last) });
                    }
                    changes.push(change);
                    last = DiffPlace { kind: number, after: after.clone() };
                }
                looks += 1;
                if looks == LOOKS {
                    return Ok(DiffPage { changes, next: Some(DiffPlace { kind: number, after }) });
                }
            }
            after.clear();
        }
        Ok(DiffPage { changes, next: None })
    }
}

fn change(before: Option<Box<dyn Entry>>, after: Option<Box<dyn Entry>>) -> Option<Change> {
    match (before, after) {
        (Some(before), Some(after)) if before.is_same(&*after) => None,
        (Some(before), Some(after)) => Some(Change::Changed(before, after)),
        (Some(before), None) => Some(Change::Removed(before)),
        (None, after) => after.map(Change::Added),
    }
}

async fn state_named(session: &mut Session, sandbox: &Sandbox, name: &str) -> Result<i64, SandboxError> {
    if name == NOW {
        let pointer = sandboxes::pointer(session, sandbox.row.sandbox_id).await?;
        return Ok(pointer.ok_or_else(|| SandboxError::NoSuchSandbox(sandbox.name().to_owned()))?.state_id);
    }
    let found = checkpoints::find(session, sandbox.row.sandbox_id, name).await?;
    Ok(found.ok_or_else(|| SandboxError::NoSuchCheckpoint(name.to_owned()))?.state_id)
}

/// Visits each id of a kind that either state has, with what both have under it.
async fn walk(
    session: &mut Session,
    kind: &'static Kind,
    from: i64,
    to: i64,
    mut visit: impl FnMut(Option<Box<dyn Entry>>, Option<Box<dyn Entry>>),
) -> Result<(), store::Error> {
    let mut pairs = Pairs::new(kind, (from, to), "");
    while let Some((before, after)) = pairs.next(session).await? {
        visit(before, after);
    }
    Ok(())
}

/// The ids of a kind that either of two states has, in their order.
struct Pairs {
    before: Cursor,
    after: Cursor,
}

/// What two states have under an id, at least one of them something.
type Pair = (Option<Box<dyn Entry>>, Option<Box<dyn Entry>>);

impl Pairs {
    /// Those that follow `after`.
    fn new(kind: &'static Kind, (from, to): (i64, i64), after: &str) -> Self {
        Self { before: Cursor::new(kind, from, after), after: Cursor::new(kind, to, after) }
    }

    async fn next(&mut self, session: &mut Session) -> Result<Option<Pair>, store::Error> {
        let order = match (self.before.peek(session).await?, self.after.peek(session).await?) {
            (None, None) => return Ok(None),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(before), Some(after)) => before.cmp(after),
        };
        let before = if order.is_le() { self.before.page.next() } else { None };
        let after = if order.is_ge() { self.after.page.next() } else { None };
        Ok(Some((before, after)))
    }
}

/// The resources of a kind in a state, by id.
struct Cursor {
    kind: &'static Kind,
    state_id: i64,
    last: String,
    page: std::iter::Peekable<std::vec::IntoIter<Box<dyn Entry>>>,
    is_at_end: bool,
}

impl Cursor {
    /// Those that follow `after`.
    fn new(kind: &'static Kind, state_id: i64, after: &str) -> Self {
        let page = Vec::new().into_iter().peekable();
        Self { kind, state_id, last: after.to_owned(), page, is_at_end: false }
    }

    /// The id of the next resource.
    async fn peek(&mut self, session: &mut Session) -> Result<Option<&str>, store::Error> {
        if self.page.peek().is_none() && !self.is_at_end {
            let page = resources::page_by_id(session, self.kind, self.state_id, &self.last, PAGE).await?;
            self.is_at_end = page.is_empty();
            if let Some(last) = page.last() {
                last.key().id.clone_into(&mut self.last);
            }
            self.page = page.into_iter().peekable();
        }
        Ok(self.page.peek().map(|entry| entry.key().id))
    }
}
