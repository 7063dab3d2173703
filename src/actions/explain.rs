//! Why a list is what it is: how many resources each condition of a request leaves, and what keeps one of them from the list.
//!
//! All of it is asked of the store with filters, and each filter is read from parameters of the request by the code that reads
//! those of the action itself. Filters are conjunctions, so the conditions that a resource does not meet are the smallest set that
//! keeps it from the list: it is on the list without all of them, and not without some.

mod conditions;
mod hint;
mod narrowing;

use std::sync::Arc;

use super::ACTIONS;
use super::action::{Action, Explaining, Listing, ReadCall};
use super::dispatch::is_try;
use super::explanation::{About, Condition, Elsewhere, Explanation, NotExplained, Row};
use super::faults::{DRY_RUN_OPERATION, Fault};
use super::list::List;
use crate::model::journal_entry::{ChangeKind, ChangedResource, Happening, JournalEntry};
use crate::model::kind::Kind;
use crate::model::kinds::KINDS;
use crate::model::params::{Params, Reading};
use crate::model::visible::visible;
use crate::sandboxes::{Sandbox, SandboxError, Sandboxes};
use crate::store::Table;
use narrowing::Narrowing;

/// Entries of the journal that are named at most as those that may have taken a resource out.
const SUSPECTS: usize = 20;

/// Explains what an action answers to these parameters.
pub async fn explain(
    sandboxes: &Arc<Sandboxes>,
    sandbox: &Arc<Sandbox>,
    action: &str,
    params: &Params,
    about: About<'_>,
) -> Result<Explanation, NotExplained> {
    let found = super::find(action);
    let Some((action, listing)) = found.and_then(|action| Some((action, action.run.listing()?))) else {
        return Err(NotExplained::Action(not_listing(found, action)));
    };
    let view = sandboxes.view(sandbox).await?;
    let call = ReadCall { sandboxes, params, host: "", view };
    let explanation = listing.explain(&call, about).await?;
    if is_try(action, params) {
        let fault = Fault::from(&DRY_RUN_OPERATION);
        return Err(NotExplained::Fault { parameter: "DryRun".to_owned(), fault });
    }
    Ok(Explanation { action: action.name.to_owned(), ..explanation })
}

/// Why an action cannot be explained.
fn not_listing(found: Option<&Action>, name: &str) -> String {
    let listing = ACTIONS.iter().filter(|action| action.run.listing().is_some()).map(|action| action.name);
    let others = listing.collect::<Vec<_>>().join(", ");
    let why = match found {
        Some(_) => format!("{name} is no list of the resources of one kind that conditions narrow"),
        None => format!("there is no action {name:?} here"),
    };
    format!("{why}. The actions that can be explained are {others}")
}

impl<R: Table> Listing for List<R> {
    fn explain<'a>(&'a self, call: &'a ReadCall<'a>, about: About<'a>) -> Explaining<'a> {
        Box::pin(explained(self, call, about))
    }
}

async fn explained<R: Table>(
    list: &List<R>,
    call: &ReadCall<'_>,
    About { id, saw }: About<'_>,
) -> Result<Explanation, NotExplained> {
    let mut reading = Reading::new(call.params);
    let region_id = reading.required(conditions::REGION_ID);
    (list.read)(&mut reading);
    (list.paging)(&mut reading);
    reading.finish()?;
    let (filter, paging) = (list.asked)(call).await.map_err(|fault| refused(fault, &reading))?;
    paging.start(&filter)?;

    let mut look = call.sandboxes.look_at(&call.view).await?;
    let changed = match saw {
        Some(saw) => look.has_changed::<R>(&filter, saw).await.map_err(SandboxError::from)?,
        None => false,
    };
    let mut narrowing = Narrowing::new(list, conditions::read(list, call.params), region_id, look).await?;
    let total = narrowing.total().await?;
    let (alone, left) = (narrowing.alone().await?, narrowing.left().await?);
    let nearest = narrowing.nearest(&alone).await?;
    let row = match id {
        Some(id) => Some(narrowing.row(id, paging.page_size).await?),
        None => None,
    };
    let counts = alone.into_iter().zip(&left);
    let conditions = narrowing.all.iter().zip(counts).map(|(condition, (alone, left))| {
        let (name, asked) = (condition.name.clone(), visible(&condition.asked));
        Condition { name, asked, alone, left: *left }
    });
    let conditions = conditions.collect();
    let matching = left.last().copied().unwrap_or(total);
    drop(narrowing);
    let row = match row {
        Some(row) => Some(with_removal::<R>(call, row).await?),
        None => None,
    };
    Ok(Explanation { action: String::new(), total, matching, conditions, row, nearest, changed })
}

/// The row of a resource that is not there with the entry of the journal that took it out, if there is a journal that tells.
async fn with_removal<R: Table>(call: &ReadCall<'_>, row: Row) -> Result<Row, SandboxError> {
    if row.is_there || !call.sandboxes.journals().is_on() {
        return Ok(row);
    }
    let (deleted_by, may_be_deleted_by) = deleted_by::<R>(call, &row.id).await?;
    let elsewhere = Elsewhere { deleted_by, may_be_deleted_by, ..row.elsewhere.unwrap_or_default() };
    Ok(Row { failed: row.failed, ..Row::absent(&row.id, elsewhere) })
}

/// The newest entry of the journal that says that the resource of this id was taken out. Where none does, those that may have done
/// it, since an entry names the first of many changes only: newest first, back to where the resource was last named.
async fn deleted_by<R: Table>(call: &ReadCall<'_>, id: &str) -> Result<(Option<i64>, Vec<i64>), SandboxError> {
    let of_it = |change: &&ChangedResource| change.id == id && change.kind == R::KIND.word;
    let kept = call.sandboxes.journal_of(&call.view.sandbox).await?;
    let mut perhaps = Vec::new();
    for entry in kept.entries.iter().rev() {
        match entry.changes.iter().rfind(of_it) {
            Some(change) if change.change == ChangeKind::Removed => return Ok((Some(entry.sequence), Vec::new())),
            // It was there then.
            Some(_) => break,
            None if perhaps.len() < SUSPECTS && may_remove_more(entry, R::KIND) => perhaps.push(entry.sequence),
            None => {}
        }
    }
    Ok((None, perhaps))
}

/// Whether an entry is one of more changes than it names, and may have taken out a resource of this kind with those.
fn may_remove_more(entry: &JournalEntry, kind: &Kind) -> bool {
    let has_more = entry.changed > i64::try_from(entry.changes.len()).unwrap_or(i64::MAX);
    // What is merged, changed or of another kind takes none out.
    let of_a_kind = KINDS.iter().find(|other| entry.action.strip_prefix('/').is_some_and(|path| path == other.path));
    let is_control = entry.kind == Happening::Control;
    let may_remove = match of_a_kind.filter(|_| is_control) {
        Some(other) => *other == kind && entry.method == "DELETE",
        None => !(is_control && entry.method == "POST" && entry.action == "/state"),
    };
    has_more && may_remove
}

/// An error that the action answers, as far as can be told about the parameter whose name it has.
fn refused(fault: Fault, reading: &Reading<'_>) -> NotExplained {
    let text = format!("{} {}", fault.code, fault.message).to_ascii_lowercase();
    let sent = reading.params().pairs().iter().map(|(name, _)| name.split('.').next().unwrap_or(name));
    let named = sent.filter(|name| text.contains(&name.to_ascii_lowercase())).max_by_key(|name| name.len());
    NotExplained::Fault { parameter: named.unwrap_or("Parameters").to_owned(), fault }
}
