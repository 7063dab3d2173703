//! How many resources are not in one state as they are in another. What is read are the resources of the smaller one, and in the
//! other those of the same ids: how many others there are is known.

use std::sync::Arc;

use super::error::SandboxError;
use super::put::Counts;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use crate::model::journal_entry::Replaced;
use crate::model::kind::Kind;
use crate::model::kinds::KINDS;
use crate::store::sandboxes::{self, Pointer};
use crate::store::{self, Session, resources};

/// Resources of each state in memory at a time.
const PAGE: i64 = 500;

/// Resources of the smaller state that are compared for an entry of the journal, whose reader mostly asks what a test has left
/// over. Beyond them, nobody should wait for that.
const COMPARED: i64 = 5_000;

/// What comes of putting a state in the place of another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    Counted(Counts),
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
            Outcome::Counted(count(&mut session, pointer.state_id, to).await?)
        } else {
            Outcome::Replaced(Replaced { before: before.iter().sum(), after: after.iter().sum() })
        };
        Ok((pointer, outcome))
    }
}

/// How the second state differs from the first.
pub(super) async fn count(session: &mut Session, from: i64, to: i64) -> Result<Counts, store::Error> {
    let mut counts = Counts::default();
    let all_before = resources::counts(session, from).await?;
    let all_after = resources::counts(session, to).await?;
    for ((kind, before), after) in KINDS.iter().zip(all_before).zip(all_after) {
        let (smaller, other) = if after <= before { (to, from) } else { (from, to) };
        let Shared { same, different } = shared(session, kind, smaller, other).await?;
        counts.unchanged += same;
        counts.changed += different;
        counts.inserted += after - same - different;
        counts.removed += before - same - different;
    }
    Ok(counts)
}

/// What putting the resources of `staged` over those of `current` does.
pub(super) async fn count_merge(session: &mut Session, current: i64, staged: i64) -> Result<Counts, store::Error> {
    let mut counts = Counts::default();
    let sent = resources::counts(session, staged).await?;
    for (kind, sent) in KINDS.iter().zip(sent) {
        let Shared { same, different } = shared(session, kind, staged, current).await?;
        counts.unchanged += same;
        counts.changed += different;
        counts.inserted += sent - same - different;
    }
    Ok(counts)
}

/// Of the resources of a kind in the first state, those whose ids the other one has, too.
async fn shared(session: &mut Session, kind: &'static Kind, first: i64, other: i64) -> Result<Shared, store::Error> {
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
            let Some(twin) = there.next_if(|twin| twin.key().id == entry.key().id) else { continue };
            *if entry.is_same(&**twin) { &mut shared.same } else { &mut shared.different } += 1;
        }
    }
}
