//! What differs between two states, walked side by side in the order of ids.

use super::change::Counts;
use super::{Sandbox, SandboxError, Sandboxes};
use crate::model::snapshot::Snapshot;
use crate::store::{self, SqlConnection, checkpoints, sandboxes, snapshots};

/// Snapshots of each state in memory at a time.
const PAGE: i64 = 500;

/// One snapshot that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Added(Snapshot),
    Removed(Snapshot),
    /// Before and after.
    Changed(Box<(Snapshot, Snapshot)>),
}

/// All that differs, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff(pub Vec<Change>);

impl Sandboxes {
    /// What differs between two states of a sandbox: checkpoints, or `now` for the current one.
    pub async fn diff(&self, sandbox: &Sandbox, from: &str, to: &str) -> Result<Diff, SandboxError> {
        let mut connection = self.store.read_long().await?;
        let from = state_named(&mut connection, sandbox, from).await?;
        let to = state_named(&mut connection, sandbox, to).await?;
        let mut diff = Diff::default();
        walk(&mut connection, from, to, |before, after| {
            diff.0.extend(match (before, after) {
                (Some(before), Some(after)) if before == after => None,
                (Some(before), Some(after)) => Some(Change::Changed(Box::new((before, after)))),
                (Some(before), None) => Some(Change::Removed(before)),
                (None, after) => after.map(Change::Added),
            });
        })
        .await?;
        Ok(diff)
    }
}

async fn state_named(connection: &mut SqlConnection, sandbox: &Sandbox, name: &str) -> Result<i64, SandboxError> {
    if name == "now" {
        return Ok(sandboxes::state_id(connection, sandbox.row.sandbox_id).await?);
    }
    let found = checkpoints::find(connection, sandbox.row.sandbox_id, name).await?;
    Ok(found.ok_or_else(|| SandboxError::NoSuchCheckpoint(name.to_owned()))?.state_id)
}

/// How the second state differs from the first.
pub async fn count(connection: &mut SqlConnection, from: i64, to: i64) -> Result<Counts, store::Error> {
    if snapshots::count(connection, from).await? == 0 {
        return Ok(Counts { inserted: snapshots::count(connection, to).await?, ..Counts::default() });
    }
    let mut counts = Counts::default();
    walk(connection, from, to, |before, after| tally(&mut counts, before.as_ref(), after.as_ref())).await?;
    Ok(counts)
}

/// What putting the snapshots of `staged` over those of `current` does.
pub async fn count_merge(connection: &mut SqlConnection, current: i64, staged: i64) -> Result<Counts, store::Error> {
    let mut counts = Counts::default();
    let mut after = String::new();
    loop {
        let page = snapshots::page_by_id(connection, staged, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(counts) };
        after.clone_from(&last.snapshot_id);
        let ids: Vec<String> = page.iter().map(|snapshot| snapshot.snapshot_id.clone()).collect();
        let there = snapshots::by_ids(connection, current, &ids).await?;
        let mut there = there.into_iter().peekable();
        for snapshot in &page {
            let before = there.next_if(|other| other.snapshot_id == snapshot.snapshot_id);
            tally(&mut counts, before.as_ref(), Some(snapshot));
        }
    }
}

fn tally(counts: &mut Counts, before: Option<&Snapshot>, after: Option<&Snapshot>) {
    *match (before, after) {
        (None, _) => &mut counts.inserted,
        (Some(_), None) => &mut counts.removed,
        (Some(before), Some(after)) if before == after => &mut counts.unchanged,
        (Some(_), Some(_)) => &mut counts.changed,
    } += 1;
}

/// Visits each id that either state has, with what both have under it.
async fn walk(
    connection: &mut SqlConnection,
    from: i64,
    to: i64,
    mut visit: impl FnMut(Option<Snapshot>, Option<Snapshot>),
) -> Result<(), store::Error> {
    let (mut before, mut after) = (Cursor::new(from), Cursor::new(to));
    loop {
        let order = match (before.peek(connection).await?, after.peek(connection).await?) {
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

/// The snapshots of a state, by id.
struct Cursor {
    state_id: i64,
    last: String,
    page: std::iter::Peekable<std::vec::IntoIter<Snapshot>>,
    is_at_end: bool,
}

impl Cursor {
    fn new(state_id: i64) -> Self {
        Self { state_id, last: String::new(), page: Vec::new().into_iter().peekable(), is_at_end: false }
    }

    /// The id of the next snapshot.
    async fn peek(&mut self, connection: &mut SqlConnection) -> Result<Option<&str>, store::Error> {
        if self.page.peek().is_none() && !self.is_at_end {
            let page = snapshots::page_by_id(connection, self.state_id, &self.last, PAGE).await?;
            self.is_at_end = page.is_empty();
            if let Some(last) = page.last() {
                self.last.clone_from(&last.snapshot_id);
            }
            self.page = page.into_iter().peekable();
        }
        Ok(self.page.peek().map(|snapshot| snapshot.snapshot_id.as_str()))
    }
}
