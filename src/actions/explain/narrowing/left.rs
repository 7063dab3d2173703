//! How many resources the conditions leave, one after the other.
//!
//! Each is left by the conditions that begin the request: a prefix. The longer it is, the fewer it leaves, so there is one from
//! which on all are counted, and all before it leave more than anybody counts. That one is guessed from the newest resources, and
//! then tried: what is counted for it counts for all that follow, and the one before it has to leave too many.
//!
//! No order of conditions is dear then. Those of the shortest prefix that is counted are asked in the order that costs least, and
//! only the rows that meet all of them are told apart by those that follow.

use std::ops::Range;

use super::{Counted, FEWER, MOST, Narrowing, Place, ROWS};
use crate::actions::explanation::Count;
use crate::model::paging::Position;
use crate::sandboxes::SandboxError;
use crate::store::Table;
use crate::store::narrowing::{Sums, Walk};

/// The newest of the region that the guess goes by.
const SAMPLE: i64 = 5_000;

/// A place, and the prefixes that leave resources there.
#[derive(Debug)]
struct Part {
    place: Place,
    prefixes: Range<usize>,
    /// How many of its rows may be looked at where no index leads to fewer.
    looks: i64,
    /// Where that ends, if there are more.
    end: Option<Position>,
}

impl<R: Table> Narrowing<'_, R> {
    /// For each condition, how many resources meet it and all before it.
    pub async fn left(&mut self) -> Result<Vec<Count>, SandboxError> {
        let parts = self.parts().await?;
        let mut left = vec![Counted::BEYOND; self.all.len()];
        let mut tried = self.guess(&parts).await?;
        // Those before the first are beyond what is counted, and those from the second on are counted.
        let (mut beyond, mut counted) = (0, left.len());
        while beyond < counted {
            let from = tried.clamp(beyond, counted - 1);
            let found = self.left_by(&parts, from..counted).await?;
            // A prefix leaves at least what a longer one leaves: where a longer one leaves too many, so do all before it.
            if let Some(last) = found.iter().rposition(|found| found.is_beyond()) {
                beyond = from + last + 1;
                tried = beyond;
            } else {
                left[from..counted].copy_from_slice(&found);
                counted = from;
                tried = from.saturating_sub(1);
            }
        }
        Ok(left.into_iter().map(Count::from).collect())
    }

    /// The region that is asked for, and before the condition that says so, all others.
    async fn parts(&mut self) -> Result<Vec<Part>, SandboxError> {
        let (all, region) = (self.all.len(), self.region.unwrap_or(self.all.len()));
        let own = Some(self.region_id.clone());
        let everywhere = self.everywhere();
        let is_one_by_one = everywhere.iter().all(Option::is_some);
        let from = if everywhere.contains(&own) { 0 } else { region };
        let mut places = vec![(own.clone(), from..all)];
        places.extend(everywhere.into_iter().filter(|place| *place != own).map(|place| (place, 0..region)));
        let mut parts = Vec::new();
        let mut budget = ROWS;
        for (region_id, prefixes) in places.into_iter().filter(|(_, prefixes)| !prefixes.is_empty()) {
            let place = self.place(region_id.as_deref()).await?;
            // A place of more than that many rows is told as one of exactly so many.
            let (looks, has_more) = (place.rows.min(budget), place.rows > budget || place.rows == ROWS);
            let end = match &place.region_id {
                Some(region_id) if has_more => {
                    let rows = self.filter(&[], Some(region_id));
                    self.look.place_behind::<R>(&rows, looks).await?
                }
                _ => None,
            };
            // One that stands for all regions leaves the whole budget to the own one: no prefix is about both.
            budget -= if is_one_by_one { looks } else { 0 };
            parts.push(Part { place, prefixes, looks, end });
        }
        Ok(parts)
    }

    /// The first prefix that probably leaves no more than are counted.
    async fn guess(&mut self, parts: &[Part]) -> Result<usize, SandboxError> {
        let rows: i64 = parts.iter().map(|part| part.place.rows).sum();
        if rows <= MOST {
            return Ok(0);
        }
        let lists = [self.filter(&[], Some(&self.region_id))];
        let conditions = self.each(&(0..self.all.len()).collect::<Vec<_>>());
        let walk = Walk { lists: &lists, conditions: &conditions, before: None, skip: 0, limit: SAMPLE };
        let walked = self.look.sums::<R>(&walk, Sums::Chain).await?;
        let of_all = |number: usize| -> i64 {
            let parts = parts.iter().filter(|part| part.prefixes.contains(&number));
            parts.map(|part| part.place.rows).sum()
        };
        let is_counted = |(number, sum): (usize, &i64)| sum.saturating_mul(of_all(number)) <= MOST * walked.rows;
        Ok(walked.sums.iter().enumerate().position(is_counted).unwrap_or(walked.sums.len()))
    }

    /// How many resources these prefixes leave. If the first leaves more than are counted, nothing is told of the others.
    async fn left_by(&mut self, parts: &[Part], prefixes: Range<usize>) -> Result<Vec<Counted>, SandboxError> {
        let mut left = vec![Counted::NONE; prefixes.len()];
        for part in parts {
            let here = part.prefixes.start.max(prefixes.start)..part.prefixes.end.min(prefixes.end);
            if here.is_empty() {
                continue;
            }
            let before = left[here.start - prefixes.start].count;
            let found = self.left_in(part, here.clone(), MOST + 1 - before).await?;
            for (number, found) in here.zip(found) {
                left[number - prefixes.start].add(found);
            }
            if left.first().is_some_and(|first| first.is_beyond()) {
                break;
            }
        }
        Ok(left)
    }

    /// The same of one place, where `most` are as good as more.
    async fn left_in(&mut self, part: &Part, prefixes: Range<usize>, most: i64) -> Result<Vec<Counted>, SandboxError> {
        let place = &part.place;
        let mut left: Vec<Counted> = Vec::with_capacity(prefixes.len());
        let mut from = prefixes.start;
        while from < prefixes.end {
            if place.rows == 0 || left.last() == Some(&Counted::NONE) {
                left.resize(prefixes.len(), Counted::NONE);
                break;
            }
            // As far as an index leads to no rows that are far fewer.
            let fewest = place.fewest(|number| number <= from);
            let is_far_fewer = |until: &usize| {
                let other = place.fewest(|number| number <= *until);
                other != fewest && Self::rows(place, other).saturating_mul(FEWER) < Self::rows(place, fewest)
            };
            let until = (from + 1..prefixes.end).find(is_far_fewer).unwrap_or(prefixes.end);
            left.extend(self.walked(part, fewest, from..until, most).await?);
            from = until;
        }
        Ok(left)
    }

    /// Walks through what the first of these prefixes leaves, and holds the conditions that follow against it.
    async fn walked(
        &mut self,
        part: &Part,
        fewest: Option<usize>,
        prefixes: Range<usize>,
        most: i64,
    ) -> Result<Vec<Counted>, SandboxError> {
        let place = &part.place;
        let first = self.cheapest_first(place, 0..=prefixes.start);
        let rest: Vec<usize> =
            (prefixes.start + 1..prefixes.end).filter(|number| Some(*number) != self.region).collect();
        if rest.is_empty()
            && let Some(counted) = Self::known(place, &first)
        {
            return Ok(vec![counted; prefixes.len()]);
        }
        let region_id = place.region_id.as_deref();
        let (lists, held, limit) = if region_id.is_some() {
            let (lists, held) = self.rows_of(place, fewest, first);
            (lists, held, if fewest.is_some() { MOST } else { most })
        } else {
            // Lists that lie in no common order cannot be merged.
            (vec![self.filter(&[], None)], first, part.looks)
        };
        let conditions = self.each(&[held.as_slice(), rest.as_slice()].concat());
        let before = part.end.as_ref().filter(|_| fewest.is_none());
        let walk = Walk { lists: &lists, conditions: &conditions, before, skip: 0, limit };
        let walked = self.look.sums::<R>(&walk, Sums::Chain).await?;
        let is_all = match (fewest, region_id) {
            (Some(_), _) => true,
            (None, Some(_)) => part.end.is_none() && walked.rows < limit,
            (None, None) => walked.rows < limit || place.rows < ROWS,
        };
        let counted = prefixes.map(|number| {
            let met = held.len() + rest.iter().filter(|other| **other <= number).count();
            let count = met.checked_sub(1).map_or(walked.rows, |last| walked.sums[last]);
            Counted { count, is_all }
        });
        Ok(counted.collect())
    }

    /// How many rows of a place meet these conditions, as far as that is known without another look.
    fn known(place: &Place, numbers: &[usize]) -> Option<Counted> {
        match numbers {
            [] => Some(Counted { count: place.rows, is_all: place.rows < ROWS }),
            [number] => place.selected.get(number).map(|count| Counted { count: *count, is_all: true }),
            _ => None,
        }
    }
}
