//! Why a list is what it is: how many resources each condition of a request leaves, and what keeps one of them from the list.
//!
//! All of it is asked of the store with filters, and each filter is read from parameters of the request by the code that reads
//! those of the action itself. Filters are conjunctions, so the conditions that a resource does not meet are the smallest set that
//! keeps it from the list: it is on the list without all of them, and not without some.

mod conditions;
mod hint;

use std::collections::HashMap;
use std::sync::Arc;

use super::ACTIONS;
use super::action::{Action, Explaining, Listing, ReadCall};
use super::explanation::{Condition, Count, Elsewhere, Explanation, NotExplained, Row};
use super::faults::Fault;
use super::list::List;
use crate::model::journal_entry::{ChangeKind, ChangedResource, Happening, JournalEntry};
use crate::model::kind::Kind;
use crate::model::kinds::KINDS;
use crate::model::params::{Params, Reading};
use crate::model::visible::visible;
use crate::sandboxes::{Look, Presence, Sandbox, SandboxError, Sandboxes};
use crate::store::{Stored, Table};

/// Beyond so many, resources are not counted.
const MOST: i64 = 100_000;

/// Resources that almost match, and those that are looked at for each condition to find them.
const NEAREST: i64 = 3;
const LOOKS: i64 = 10_000;

/// Entries of the journal that are named at most as those that may have taken a resource out.
const SUSPECTS: usize = 20;

/// Regions that are looked at one by one: each is a search in an index, and a look at all of them together is none.
const REGIONS: usize = 50;

/// Explains what an action answers to these parameters.
pub async fn explain(
    sandboxes: &Arc<Sandboxes>,
    sandbox: &Arc<Sandbox>,
    action: &str,
    params: &Params,
    id: Option<&str>,
) -> Result<Explanation, NotExplained> {
    let found = super::find(action);
    let Some((action, listing)) = found.and_then(|action| Some((action, action.run.listing()?))) else {
        return Err(NotExplained::Action(not_listing(found, action)));
    };
    let view = sandboxes.view(sandbox).await?;
    let call = ReadCall { sandboxes, params, host: "", view };
    let explanation = listing.explain(&call, id).await?;
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
    fn explain<'a>(&'a self, call: &'a ReadCall<'a>, id: Option<&'a str>) -> Explaining<'a> {
        Box::pin(explained(self, call, id))
    }
}

async fn explained<R: Table>(
    list: &List<R>,
    call: &ReadCall<'_>,
    id: Option<&str>,
) -> Result<Explanation, NotExplained> {
    let mut reading = Reading::new(call.params);
    reading.required(conditions::REGION_ID);
    (list.read)(&mut reading);
    (list.paging)(&mut reading);
    reading.finish()?;
    let (filter, paging) = (list.asked)(call).await.map_err(|fault| refused(fault, &reading))?;
    paging.start(&filter)?;

    let look = call.sandboxes.look_at(&call.view).await?;
    let mut narrowing = Narrowing::new(list, conditions::read(list, call.params), look);
    let total = narrowing.count(|_| false).await?;
    let matching = narrowing.count(|_| true).await?;
    let mut conditions: Vec<Condition> = Vec::with_capacity(narrowing.all.len());
    for number in 0..narrowing.all.len() {
        let region = narrowing.region;
        let alone = narrowing.count(|other| other == number || Some(other) == region).await?;
        let left = match conditions.last() {
            Some(Condition { left: Count::Exactly(0), .. }) => Count::Exactly(0),
            _ => narrowing.count(|other| other <= number).await?,
        };
        let condition = &narrowing.all[number];
        let (name, asked) = (condition.name.clone(), visible(&condition.asked));
        conditions.push(Condition { name, asked, alone, left });
    }
    let row = match id {
        Some(id) => {
            let mut row = narrowing.row(id, &filter, paging.page_size).await?;
            // One that is there, or would be but for the time, was not taken out.
            if !row.listed && row.failed.is_empty() {
                let (deleted_by, may_be_deleted_by) = deleted_by::<R>(call, id).await?;
                let elsewhere = Elsewhere { deleted_by, may_be_deleted_by, ..row.elsewhere.unwrap_or_default() };
                row = Row::absent(id, elsewhere);
            }
            Some(row)
        }
        None => None,
    };
    let nobody_meets: Vec<bool> = conditions.iter().map(|condition| condition.alone == Count::Exactly(0)).collect();
    let nearest = narrowing.nearest(matching, &nobody_meets).await?;
    Ok(Explanation { action: String::new(), total, matching, conditions, row, nearest, changed: false })
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

/// A list that is being narrowed.
struct Narrowing<'l, R: Table> {
    list: &'l List<R>,
    all: Vec<conditions::Condition>,
    /// Which one of them names the region.
    region: Option<usize>,
    look: Look,
    /// What was counted before.
    counted: HashMap<R::Filter, i64>,
}

impl<'l, R: Table> Narrowing<'l, R> {
    fn new(list: &'l List<R>, all: Vec<conditions::Condition>, look: Look) -> Self {
        let region = all.iter().position(conditions::Condition::is_of_region);
        Self { list, all, region, look, counted: HashMap::new() }
    }

    /// The filter of some of the conditions, in this region if none of them says which.
    fn filter(&self, is_in: impl Fn(usize) -> bool, region_id: Option<&str>) -> R::Filter {
        let some = self.all.iter().enumerate().filter(|(number, _)| is_in(*number)).map(|(_, condition)| condition);
        conditions::filter(self.list, some, region_id)
    }

    /// The filters that together are some of the conditions: one for each region, if none of them says which.
    fn filters(&self, is_in: impl Fn(usize) -> bool) -> Vec<R::Filter> {
        let names_region = self.region.is_some_and(&is_in);
        if names_region || self.look.regions.len() > REGIONS {
            return vec![self.filter(is_in, None)];
        }
        self.look.regions.iter().map(|region_id| self.filter(&is_in, Some(region_id))).collect()
    }

    /// How many meet some of the conditions.
    async fn count(&mut self, is_in: impl Fn(usize) -> bool) -> Result<Count, SandboxError> {
        let mut all = 0;
        for filter in self.filters(is_in) {
            let counted = match self.counted.get(&filter) {
                Some(counted) => *counted,
                None => self.look.count_up_to::<R>(&filter, MOST + 1).await?,
            };
            self.counted.insert(filter, counted);
            all += counted;
            if all > MOST {
                return Ok(Count::AtLeast { at_least: MOST });
            }
        }
        Ok(Count::Exactly(all))
    }

    /// Whether the resource of this id is on the list, and what keeps it from there.
    async fn row(&mut self, id: &str, filter: &R::Filter, page_size: i32) -> Result<Row, SandboxError> {
        let Some(row) = self.look.find::<R>(id).await? else {
            let mut elsewhere = Elsewhere::default();
            match self.look.presence::<R>(id).await? {
                Presence::Expired(time) => elsewhere.expired_at = time,
                Presence::Absent | Presence::Present => elsewhere.sandbox = self.look.sandbox_with::<R>(id).await?,
            }
            return Ok(Row::absent(id, elsewhere));
        };
        let filters: Vec<R::Filter> =
            (0..self.all.len()).map(|number| self.filter(|other| other == number, None)).collect();
        let meets = self.look.matches::<R>(&filters, id).await?;
        let failing: Vec<usize> = (0..self.all.len()).filter(|number| !meets[*number]).collect();
        let page = if failing.is_empty() {
            let before = self.look.count_before::<R>(filter, &row.position()).await?;
            Some(before / i64::from(page_size) + 1)
        } else {
            None
        };
        Ok(Row { page, ..self.told(&row, &failing) })
    }

    /// A resource that is there, with the conditions that it does not meet.
    fn told(&self, row: &Stored<R>, failing: &[usize]) -> Row {
        let now = self.look.now();
        let failed = failing.iter().map(|number| hint::failed(self.list, &self.all[*number], row, now));
        let key = row.resource.key();
        let is_in_another_region = self.region.is_some_and(|region| failing.contains(&region));
        let elsewhere =
            Elsewhere { region_id: is_in_another_region.then(|| key.region_id.to_owned()), ..Elsewhere::default() };
        Row { failed: failed.collect(), listed: failing.is_empty(), ..Row::absent(key.id, elsewhere) }
    }

    /// The newest resources that meet all conditions but one. `nobody_meets`: of each condition, whether nobody in the region meets
    /// it, so that nobody meets it with others either.
    async fn nearest(&mut self, matching: Count, nobody_meets: &[bool]) -> Result<Vec<Row>, SandboxError> {
        let mut near: Vec<(Stored<R>, usize)> = Vec::new();
        for number in 0..self.all.len() {
            let is_other = |other| other != number;
            if Some(number) != self.region && (0..self.all.len()).any(|other| is_other(other) && nobody_meets[other]) {
                continue;
            }
            let rows = if Some(number) == self.region && self.look.regions.len() <= REGIONS {
                self.in_other_regions(number).await?
            } else if matches!(matching, Count::Exactly(_)) && self.count(is_other).await? == matching {
                Vec::new()
            } else {
                let (others, one) = (self.filter(is_other, None), self.filter(|other| other == number, None));
                self.look.newest_but::<R>(&others, &one, LOOKS, NEAREST).await?
            };
            near.extend(rows.into_iter().map(|row| (row, number)));
        }
        near.sort_by(|(left, _), (right, _)| {
            let (left, right) = (left.resource.key(), right.resource.key());
            right.creation_time.cmp(&left.creation_time).then_with(|| left.id.cmp(right.id))
        });
        near.truncate(usize::try_from(NEAREST).unwrap_or_default());
        Ok(near.iter().map(|(row, number)| self.told(row, &[*number])).collect())
    }

    /// The newest resources of each other region that meet all other conditions than that of the region.
    async fn in_other_regions(&mut self, region: usize) -> Result<Vec<Stored<R>>, SandboxError> {
        let mut rows = Vec::new();
        for region_id in self.look.regions.clone() {
            if self.all[region].asked != region_id {
                let filter = self.filter(|other| other != region, Some(&region_id));
                rows.extend(self.look.newest::<R>(&filter, NEAREST).await?);
            }
        }
        Ok(rows)
    }
}

impl Row {
    fn absent(id: &str, elsewhere: Elsewhere) -> Self {
        let elsewhere = (elsewhere != Elsewhere::default()).then_some(elsewhere);
        Self { id: id.to_owned(), listed: false, page: None, failed: Vec::new(), elsewhere }
    }
}
