//! What differs between two states, walked side by side in the order of ids, kind by kind.

use std::sync::Arc;

use super::error::SandboxError;
use super::put::Counts;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use crate::journal::effects::{Effects, NAMED};
use crate::model::journal_entry::ChangeKind;
use crate::model::kind::{Entry, Kind};
use crate::model::kinds::KINDS;
use crate::store::{self, Session, checkpoints, resources, sandboxes};

/// Resources of each state in memory at a time.
const PAGE: i64 = 500;

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
            walk(&mut session, kind, from, to, |before, after| {
                changes.extend(match (before, after) {
                    (Some(before), Some(after)) if before.is_same(&*after) => None,
                    (Some(before), Some(after)) => Some(Change::Changed(before, after)),
                    (Some(before), None) => Some(Change::Removed(before)),
                    (None, after) => after.map(Change::Added),
                });
            })
            .await?;
            diff.0.push(changes);
        }
        Ok(diff)
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

/// How the second state differs from the first, and what differs, of which the first are named.
pub(super) async fn count(session: &mut Session, from: i64, to: i64) -> Result<(Counts, Effects), store::Error> {
    let (mut counts, mut effects) = (Counts::default(), Effects::default());
    for kind in KINDS {
        if resources::count(session, kind, from).await? == 0 {
            let added = resources::count(session, kind, to).await?;
            counts.inserted += added;
            let first = resources::page_by_id(session, kind, to, "", i64::try_from(NAMED).unwrap_or(i64::MAX)).await?;
            let ids = first.iter().map(|entry| entry.key().id);
            effects.change_all(kind.word, usize::try_from(added).unwrap_or_default(), ids, ChangeKind::Added);
            continue;
        }
        walk(session, kind, from, to, |before, after| {
            tally(&mut counts, &mut effects, before.as_deref(), after.as_deref());
        })
        .await?;
    }
    Ok((counts, effects))
}

/// What putting the resources of `staged` over those of `current` does, and to which, of which the first are named.
pub(super) async fn count_merge(
    session: &mut Session,
    current: i64,
    staged: i64,
) -> Result<(Counts, Effects), store::Error> {
    let (mut counts, mut effects) = (Counts::default(), Effects::default());
    for kind in KINDS {
        let mut after = String::new();
        loop {
            let page = resources::page_by_id(session, kind, staged, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            last.key().id.clone_into(&mut after);
            let ids: Vec<&str> = page.iter().map(|entry| entry.key().id).collect();
            let there = resources::by_ids(session, kind, current, &ids).await?;
            let mut there = there.iter().peekable();
            for entry in &page {
                let before = there.next_if(|other| other.key().id == entry.key().id);
                tally(&mut counts, &mut effects, before.map(|before| &**before), Some(&**entry));
            }
        }
    }
    Ok((counts, effects))
}

fn tally(counts: &mut Counts, effects: &mut Effects, before: Option<&dyn Entry>, after: Option<&dyn Entry>) {
    let (count, change) = match (before, after) {
        (None, _) => (&mut counts.inserted, Some(ChangeKind::Added)),
        (Some(_), None) => (&mut counts.removed, Some(ChangeKind::Removed)),
        (Some(before), Some(after)) if before.is_same(after) => (&mut counts.unchanged, None),
        (Some(_), Some(_)) => (&mut counts.changed, Some(ChangeKind::Changed)),
    };
    *count += 1;
    if let (Some(entry), Some(change)) = (after.or(before), change) {
        effects.change(entry.kind().word, entry.key().id, change);
    }
}

/// Visits each id of a kind that either state has, with what both have under it.
async fn walk(
    session: &mut Session,
    kind: &'static Kind,
    from: i64,
    to: i64,
    mut visit: impl FnMut(Option<Box<dyn Entry>>, Option<Box<dyn Entry>>),
) -> Result<(), store::Error> {
    let (mut before, mut after) = (Cursor::new(kind, from), Cursor::new(kind, to));
    loop {
        let order = match (before.peek(session).await?, after.peek(session).await?) {
            (None, None) => return Ok(()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(before), Some(after)) => before.cmp(after),
        };
        visit(
            if order.is_le() { before.page.next() } else { None },
            if order.is_ge() { after.page.next() } else { None },
        );
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
    fn new(kind: &'static Kind, state_id: i64) -> Self {
        let page = Vec::new().into_iter().peekable();
        Self { kind, state_id, last: String::new(), page, is_at_end: false }
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
