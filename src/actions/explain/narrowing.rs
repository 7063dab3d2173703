//! A list that is being narrowed: how many resources the conditions leave, and which almost meet them.
//!
//! Each answer costs as many rows as have to be looked at for it. Where a condition has an index and selects few, the rows are
//! those that it selects, and the other conditions are held against each of them; elsewhere they are all rows of a region.

mod left;

use std::collections::HashMap;

use super::conditions::{self, Condition};
use super::hint;
use crate::actions::explanation::{Count, Elsewhere, Row};
use crate::actions::list::List;
use crate::model::filter::Filter as _;
use crate::model::paging::Position;
use crate::sandboxes::{Look, Presence, SandboxError};
use crate::store::narrowing::{Sums, Walk};
use crate::store::{Stored, Table};

/// Beyond so many, resources are not counted.
const MOST: i64 = 100_000;

/// Rows that are looked at where no index leads to fewer: for what is left, and for what conditions are alone. What was counted
/// by then is less than all.
const ROWS: i64 = 1_000_000;

/// Rows that are looked at first for what conditions are alone: perhaps none of the counts is below [`MOST`] by then.
const FIRST: i64 = 110_000;

/// How many times fewer rows a condition has to select than there are, to be worth it: a row that an index leads to costs more
/// than one that is next.
const FEWER: i64 = 4;

/// Resources that almost match, and the rows of a region that are looked at to find them.
const NEAREST: i64 = 3;
const LOOKS: i64 = 20_000;

/// Of other regions, at least so many.
const LEAST_LOOKS: i64 = 1_000;

/// Regions that are looked at one by one: indexes begin with the region.
const REGIONS: usize = 50;

/// A list that is being narrowed.
pub struct Narrowing<'l, R: Table> {
    list: &'l List<R>,
    pub all: Vec<Condition>,
    /// The region that is asked for, and which one of the conditions says so.
    region_id: String,
    region: Option<usize>,
    look: Look,
    /// The conditions that have an index.
    selective: Vec<usize>,
    places: HashMap<Option<String>, Place>,
}

/// A region, or all of them.
#[derive(Debug, Clone)]
struct Place {
    region_id: Option<String>,
    rows: i64,
    /// How many rows a condition selects, of those that have an index.
    selected: HashMap<usize, i64>,
}

impl Place {
    /// The condition among these that selects the fewest rows, if they are few enough.
    fn fewest(&self, among: impl Fn(usize) -> bool) -> Option<usize> {
        let (mut fewest, mut rows) = (None, self.rows);
        let mut selected: Vec<(usize, i64)> = self.selected.iter().map(|(number, rows)| (*number, *rows)).collect();
        selected.sort_unstable();
        for (number, selected) in selected.into_iter().filter(|(number, _)| among(*number)) {
            if selected <= MOST && selected.saturating_mul(FEWER) < rows {
                (fewest, rows) = (Some(number), selected);
            }
        }
        fewest
    }
}

/// What was counted, and whether that is all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counted {
    count: i64,
    is_all: bool,
}

impl Counted {
    const NONE: Self = Self { count: 0, is_all: true };
    const BEYOND: Self = Self { count: MOST + 1, is_all: false };

    fn is_beyond(self) -> bool {
        self.count > MOST
    }

    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.is_all &= other.is_all;
    }
}

impl From<Counted> for Count {
    fn from(counted: Counted) -> Self {
        match counted {
            counted if counted.is_beyond() => Self::AtLeast { at_least: MOST },
            Counted { count, is_all: true } => Self::Exactly(count),
            Counted { count, is_all: false } => Self::AtLeast { at_least: count },
        }
    }
}

impl<'l, R: Table> Narrowing<'l, R> {
    pub async fn new(
        list: &'l List<R>,
        all: Vec<Condition>,
        region_id: &str,
        mut look: Look,
    ) -> Result<Self, SandboxError> {
        let region = all.iter().position(Condition::is_of_region);
        let mut selective = Vec::new();
        for (number, condition) in all.iter().enumerate() {
            let filter = conditions::filter(list, [condition], Some(region_id));
            if Some(number) != region && look.is_selective::<R>(&filter).await? {
                selective.push(number);
            }
        }
        Ok(Self { list, all, region_id: region_id.to_owned(), region, look, selective, places: HashMap::new() })
    }

    /// The filter of some of the conditions, in this region if none of them says which.
    fn filter(&self, numbers: &[usize], region_id: Option<&str>) -> R::Filter {
        conditions::filter(self.list, numbers.iter().map(|number| &self.all[*number]), region_id)
    }

    async fn place(&mut self, region_id: Option<&str>) -> Result<Place, SandboxError> {
        let region_id = region_id.map(str::to_owned);
        if let Some(place) = self.places.get(&region_id) {
            return Ok(place.clone());
        }
        let of = region_id.as_deref();
        let rows = self.look.count_up_to::<R>(&self.filter(&[], of), ROWS).await?;
        let mut selected = HashMap::new();
        // Indexes begin with the region.
        for number in self.selective.clone().into_iter().filter(|_| of.is_some() && rows > 0) {
            let filter = self.filter(&[number], of);
            selected.insert(number, self.look.count_up_to::<R>(&filter, MOST + 1).await?);
        }
        let place = Place { region_id: region_id.clone(), rows, selected };
        self.places.insert(region_id, place.clone());
        Ok(place)
    }

    /// The places that together are all regions.
    fn everywhere(&self) -> Vec<Option<String>> {
        if self.look.regions.len() > REGIONS {
            return vec![None];
        }
        self.look.regions.iter().cloned().map(Some).collect()
    }

    /// How many resources there are.
    pub async fn total(&mut self) -> Result<Count, SandboxError> {
        let mut total = Counted::NONE;
        for region_id in self.everywhere() {
            let rows = self.place(region_id.as_deref()).await?.rows;
            total.add(Counted { count: rows, is_all: rows < ROWS });
        }
        Ok(total.into())
    }

    /// Of each condition, how many resources of the region meet it.
    pub async fn alone(&mut self) -> Result<Vec<Count>, SandboxError> {
        let place = self.place(Some(&self.region_id.clone())).await?;
        let others = |number: &usize| Some(*number) != self.region && !place.selected.contains_key(number);
        let walked: Vec<usize> = (0..self.all.len()).filter(others).collect();
        let sums = self.sums(&place, &walked).await?;
        let of_walk: HashMap<usize, Counted> = walked.into_iter().zip(sums).collect();
        let alone = (0..self.all.len()).map(|number| {
            let indexed = place.selected.get(&number).copied().unwrap_or(place.rows);
            of_walk.get(&number).copied().unwrap_or(Counted { count: indexed, is_all: true }).into()
        });
        Ok(alone.collect())
    }

    /// How many rows there are of a place, or of those that a condition selects there, as far as that is known.
    fn rows(place: &Place, fewest: Option<usize>) -> i64 {
        let selected = fewest.and_then(|number| place.selected.get(&number).copied());
        // Beyond that, nobody has counted.
        selected.filter(|rows| *rows <= MOST).unwrap_or(place.rows)
    }

    /// Of each of these conditions, which no index leads to, how many rows of a place meet it.
    async fn sums(&mut self, place: &Place, numbers: &[usize]) -> Result<Vec<Counted>, SandboxError> {
        let mut counted = vec![Counted::NONE; numbers.len()];
        if numbers.is_empty() || place.rows == 0 {
            return Ok(counted);
        }
        let lists = [self.filter(&[], place.region_id.as_deref())];
        let conditions = self.each(numbers);
        let (mut skip, mut is_all) = (0, false);
        for limit in [FIRST, ROWS - FIRST] {
            let walk = Walk { lists: &lists, conditions: &conditions, before: None, skip, limit };
            let walked = self.look.sums::<R>(&walk, Sums::Each).await?;
            for (counted, sum) in counted.iter_mut().zip(walked.sums) {
                counted.count += sum;
            }
            skip += walked.rows;
            // Rows of a place are counted up to ROWS: one that has so many may have more.
            is_all = walked.rows < limit || (skip == place.rows && place.rows < ROWS);
            if is_all || counted.iter().all(|counted| counted.is_beyond()) {
                break;
            }
        }
        for counted in &mut counted {
            counted.is_all = is_all;
        }
        Ok(counted)
    }

    /// The filter of each of these conditions, in whatever region.
    fn each(&self, numbers: &[usize]) -> Vec<R::Filter> {
        numbers.iter().map(|number| self.filter(&[*number], None)).collect()
    }

    fn is_tag(&self, number: usize) -> bool {
        !self.filter(&[number], None).tags().is_empty()
    }

    /// The same conditions, without that of the region: first those that a row tells itself, and then the tags, each of which is a
    /// search, the rarest first.
    fn cheapest_first(&self, place: &Place, numbers: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut sorted: Vec<usize> = numbers.filter(|number| Some(*number) != self.region).collect();
        sorted.sort_by_cached_key(|number| (self.is_tag(*number), place.selected.get(number).copied()));
        sorted
    }

    /// Where the rows of a region come from that meet all of these conditions: lists, and the conditions that are to be held against
    /// what is on all of them. One list is by what the rows tell themselves, and one by each tag. Where a condition selects few rows,
    /// the lists are those that are not much longer, since the others cost more than a search for each of the few.
    fn rows_of(&self, place: &Place, fewest: Option<usize>, numbers: Vec<usize>) -> (Vec<R::Filter>, Vec<usize>) {
        let most = fewest.map(|number| Self::rows(place, Some(number)).saturating_mul(FEWER));
        let is_list = |number: &usize| most.is_none_or(|most| Self::rows(place, Some(*number)) <= most);
        let (listed, held): (Vec<usize>, Vec<usize>) = numbers.into_iter().partition(is_list);
        let (tags, others): (Vec<usize>, Vec<usize>) = listed.into_iter().partition(|number| self.is_tag(*number));
        let others = Some(others).filter(|others| !others.is_empty() || tags.is_empty());
        let lists = others.into_iter().chain(tags.into_iter().map(|number| vec![number]));
        (lists.map(|numbers| self.filter(&numbers, place.region_id.as_deref())).collect(), held)
    }

    /// Whether the resource of this id is on the list, and what keeps it from there.
    pub async fn row(&mut self, id: &str, page_size: i32) -> Result<Row, SandboxError> {
        let Some(row) = self.look.find::<R>(id).await? else {
            if let Presence::Expired(time) = self.look.presence::<R>(id).await? {
                let elsewhere = Elsewhere { expired_at: time, ..Elsewhere::default() };
                return Ok(Row::absent(id, elsewhere));
            }
            let sandbox = self.look.sandbox_with::<R>(id).await?;
            let failed = hint::other_id::<R>(&mut self.look, id).await?;
            let elsewhere = Elsewhere { sandbox, ..Elsewhere::default() };
            return Ok(Row { failed: failed.into_iter().collect(), ..Row::absent(id, elsewhere) });
        };
        let filters = self.each(&(0..self.all.len()).collect::<Vec<_>>());
        let meets = self.look.matches::<R>(&filters, id).await?;
        let failing: Vec<usize> = (0..self.all.len()).filter(|number| !meets[*number]).collect();
        let page = if failing.is_empty() { self.page(&row, page_size).await? } else { None };
        Ok(Row { page, ..self.told(&row, &failing) })
    }

    /// The page that a resource is on, unless too many are looked at to tell.
    async fn page(&mut self, row: &Stored<R>, page_size: i32) -> Result<Option<i64>, SandboxError> {
        let place = self.place(Some(&self.region_id.clone())).await?;
        let position = row.position();
        let all = self.cheapest_first(&place, 0..self.all.len());
        if place.fewest(|_| true).is_none() && place.rows == ROWS && !self.is_among_first(&position).await? {
            return Ok(None);
        }
        let (lists, held) = self.rows_of(&place, place.fewest(|_| true), all);
        let held = self.each(&held);
        let walk = Walk { lists: &lists, conditions: &held, before: Some(&position), skip: 0, limit: ROWS };
        let walked = self.look.sums::<R>(&walk, Sums::Chain).await?;
        let before = walked.sums.last().copied().unwrap_or(walked.rows);
        Ok(Some(before / i64::from(page_size) + 1))
    }

    /// Whether fewer than [`ROWS`] rows of the region come before a place.
    async fn is_among_first(&mut self, position: &Position) -> Result<bool, SandboxError> {
        let lists = [self.filter(&[], Some(&self.region_id))];
        let walk = Walk { lists: &lists, conditions: &[], before: Some(position), skip: 0, limit: ROWS };
        Ok(self.look.sums::<R>(&walk, Sums::Chain).await?.rows < ROWS)
    }

    /// A resource that is there, with the conditions that it does not meet.
    fn told(&self, row: &Stored<R>, failing: &[usize]) -> Row {
        let now = self.look.now();
        let failed = failing.iter().map(|number| hint::failed(self.list, &self.all[*number], row, now));
        let key = row.resource.key();
        let is_in_another_region = self.region.is_some_and(|region| failing.contains(&region));
        let elsewhere =
            Elsewhere { region_id: is_in_another_region.then(|| key.region_id.to_owned()), ..Elsewhere::default() };
        Row { failed: failed.collect(), listed: failing.is_empty(), is_there: true, ..Row::absent(key.id, elsewhere) }
    }

    /// The newest resources that meet all conditions but one. `alone`: how many of the region meet each condition.
    pub async fn nearest(&mut self, alone: &[Count]) -> Result<Vec<Row>, SandboxError> {
        let own = self.region_id.clone();
        let mut near: Vec<(Stored<R>, usize)> = Vec::new();
        let nobody_meets: Vec<usize> = (0..alone.len())
            .filter(|number| Some(*number) != self.region && alone[*number] == Count::Exactly(0))
            .collect();
        if nobody_meets.len() < 2 {
            let fewest = self.place(Some(&own)).await?.fewest(|_| true);
            near.extend(self.near(&own, fewest, None, LOOKS).await?);
            // Those that fail this one are not among the rows that it selects.
            if let Some(fewest) = fewest.filter(|fewest| nobody_meets.iter().all(|number| number == fewest)) {
                let next = self.place(Some(&own)).await?.fewest(|number| number != fewest);
                near.extend(self.near(&own, next, Some(fewest), LOOKS).await?);
            }
        }
        if let Some(region) = self.region {
            let others = self.look.regions.iter().filter(|region_id| **region_id != own);
            let others: Vec<String> = others.take(REGIONS).cloned().collect();
            let looks = (LOOKS / i64::try_from(others.len().max(1)).unwrap_or(LOOKS)).max(LEAST_LOOKS);
            for region_id in others {
                let fewest = self.place(Some(&region_id)).await?.fewest(|_| true);
                near.extend(self.near(&region_id, fewest, Some(region), looks).await?);
            }
        }
        near.sort_by(|(left, _), (right, _)| {
            let (left, right) = (left.resource.key(), right.resource.key());
            right.creation_time.cmp(&left.creation_time).then_with(|| left.id.cmp(right.id))
        });
        near.truncate(usize::try_from(NEAREST).unwrap_or_default());
        Ok(near.iter().map(|(row, number)| self.told(row, &[*number])).collect())
    }

    /// The newest of a region that fail one condition, among those that a condition selects if one does.
    async fn near(
        &mut self,
        region_id: &str,
        fewest: Option<usize>,
        failing: Option<usize>,
        looks: i64,
    ) -> Result<Vec<(Stored<R>, usize)>, SandboxError> {
        let few: Vec<usize> = fewest.into_iter().collect();
        let lists = [self.filter(&few, Some(region_id))];
        // All of the rows meet the one that selects them.
        let others: Vec<usize> = (0..self.all.len()).filter(|number| Some(*number) != fewest).collect();
        let conditions = self.each(&others);
        let failing = failing.and_then(|failing| others.iter().position(|number| *number == failing));
        let walk = Walk { lists: &lists, conditions: &conditions, before: None, skip: 0, limit: looks };
        let found = self.look.all_but_one::<R>(&walk, failing, NEAREST).await?;
        Ok(found.into_iter().map(|(row, number)| (row, others[number])).collect())
    }
}

impl Row {
    #[must_use]
    pub fn absent(id: &str, elsewhere: Elsewhere) -> Self {
        let elsewhere = (elsewhere != Elsewhere::default()).then_some(elsewhere);
        Self { id: id.to_owned(), listed: false, is_there: false, page: None, failed: Vec::new(), elsewhere }
    }
}
