//! How many resources are not in one state as they are in another. What is read are the resources of the smaller one, and in the
//! other those of the same ids: how many others there are is known.

use std::collections::HashSet;
use std::sync::Arc;

use super::error::SandboxError;
use super::put::Counts;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use crate::journal::effects::Effects;
use crate::model::journal_entry::{ChangeKind, Replaced};
use crate::model::kind::Kind;
use crate::model::kinds::KINDS;
use crate::model::named::NAMED;
use crate::store::sandboxes::{self, Pointer};
use crate::store::{self, Session, resources};

/// Resources of each state in memory at a time.
const PAGE: i64 = 500;

/// Resources of the smaller state that are compared for an entry of the journal, whose reader mostly asks what a test has left
/// over. Beyond them, nobody should wait for that.
const COMPARED: i64 = 5_000;

/// What comes of putting a state in the place of another.
#[derive(Debug)]
pub(super) enum Outcome {
    Counted(Effects),
    /// Both have too many resources to compare them.
    Replaced(Replaced),
}

/// Resources whose ids two states have.
struct Shared {
    same: i64,
    different: i64,
}

impl Sandboxes {
    /// What comes of putting a state in the place of what the sandbox holds now, and where that is: nothing keeps others from
    /// changing it afterwards.
    pub(super) async fn outcome(&self, sandbox: &Arc<Sandbox>, to: i64) -> Result<(Pointer, Outcome), SandboxError> {
        let mut session = self.store.read_long().await?;
        let pointer = sandboxes::pointer(&mut session, sandbox.row.sandbox_id).await?;
        let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(sandbox.name().to_owned()))?;
        let before = resources::counts(&mut session, pointer.state_id).await?;
        let after = resources::counts(&mut session, to).await?;
        let compared: i64 = before.iter().zip(&after).map(|(before, after)| before.min(after)).sum();
        let outcome = if compared <= COMPARED {
            Outcome::Counted(count(&mut session, pointer.state_id, to).await?.1)
        } else {
            Outcome::Replaced(Replaced { before: before.iter().sum(), after: after.iter().sum() })
        };
        Ok((pointer, outcome))
    }
}

/// How the second state differs from the first, and what differs, of which the first are named.
pub(super) async fn count(session: &mut Session, from: i64, to: i64) -> Result<(Counts, Effects), store::Error> {
    let (mut counts, mut effects) = (Counts::default(), Effects::default());
    let all_before = resources::counts(session, from).await?;
    let all_after = resources::counts(session, to).await?;
    for ((kind, before), after) in KINDS.iter().zip(all_before).zip(all_after) {
        let is_larger = after > before;
        let (smaller, other) = if is_larger { (from, to) } else { (to, from) };
        let (in_smaller, in_other) =
            if is_larger { (ChangeKind::Removed, ChangeKind::Added) } else { (ChangeKind::Added, ChangeKind::Removed) };
        let Shared { same, different } = shared(session, kind, smaller, other, (in_smaller, &mut effects)).await?;
        counts.unchanged += same;
        counts.changed += different;
        counts.inserted += after - same - different;
        counts.removed += before - same - different;
        let others = before.max(after) - same - different;
        let named = not_in(session, kind, other, smaller, usize::try_from(others).unwrap_or(NAMED).min(NAMED)).await?;
        for id in &named {
            effects.change(kind.word, id, in_other);
        }
        effects.change_others(others - i64::try_from(named.len()).unwrap_or(i64::MAX));
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
    let sent = resources::counts(session, staged).await?;
    for (kind, sent) in KINDS.iter().zip(sent) {
        let told = (ChangeKind::Added, &mut effects);
        let Shared { same, different } = shared(session, kind, staged, current, told).await?;
        counts.unchanged += same;
        counts.changed += different;
        counts.inserted += sent - same - different;
    }
    Ok((counts, effects))
}

/// Of the resources of a kind in the first state, those whose ids the other one has, too. Those that differ are told as changed,
/// and those that only the first one has as what `alone` says.
async fn shared(
    session: &mut Session,
    kind: &'static Kind,
    first: i64,
    other: i64,
    (alone, effects): (ChangeKind, &mut Effects),
) -> Result<Shared, store::Error> {
    let mut shared = Shared { same: 0, different: 0 };
    let mut after = String::new();
    loop {
        let page = resources::page_by_id(session, kind, first, &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(shared) };
        last.key().id.clone_into(&mut after);
        let ids: Vec<&str> = page.iter().map(|entry| entry.key().id).collect();
        // Both are by id.
        let there = resources::by_ids(session, kind, other, &ids).await?;
        let mut there = there.iter().peekable();
        for entry in &page {
            match there.next_if(|twin| twin.key().id == entry.key().id) {
                None => effects.change(kind.word, entry.key().id, alone),
                Some(twin) if entry.is_same(&**twin) => shared.same += 1,
                Some(_) => {
                    shared.different += 1;
                    effects.change(kind.word, entry.key().id, ChangeKind::Changed);
                }
            }
        }
    }
}

/// The first ids of a kind that one state has and the other one has not, so many. Ahead of those are no more than the other one has.
async fn not_in(
    session: &mut Session,
    kind: &'static Kind,
    first: i64,
    other: i64,
    count: usize,
) -> Result<Vec<String>, store::Error> {
    let (mut found, mut after) = (Vec::new(), String::new());
    while found.len() < count {
        let page = resources::page_by_id(session, kind, first, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        last.key().id.clone_into(&mut after);
        let ids: Vec<&str> = page.iter().map(|entry| entry.key().id).collect();
        let there = resources::by_ids(session, kind, other, &ids).await?;
        let there: HashSet<&str> = there.iter().map(|entry| entry.key().id).collect();
        let alone = ids.into_iter().filter(|id| !there.contains(id)).map(str::to_owned);
        found.extend(alone.take(count - found.len()));
    }
    Ok(found)
}
