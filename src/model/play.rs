//! What automatic snapshot policies make as time goes by, played forwards in memory: point by point over all policies, with
//! what expires and what gives way in between. Only what is left at the end is worth writing.
//!
//! At one moment, first goes what expires, then come copies, by the id of their source, then points, by policy and disk. So one
//! long play and many short ones come to the same.

mod disk;
mod made;
mod words;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use super::auto_snapshot_policy::{AutoSnapshotPolicy, FOR_EVER};
use super::disk::Disk;
use super::making::Making;
use super::settings::Settings;
use super::snapshot::Status;
use super::time::Time;
use super::timetable::Timetable;

pub use disk::{Existing, Skip};
use disk::{Held, PlayedDisk, SnapshotRef};
pub use made::Made;
use made::{Copied, Item, name};
pub use words::{Firing, Given, Left, Tally, TooMuch};

const DAY: i64 = 86_400;

/// Points that a catch-up plays at most, see [`Play::new`]. A disk keeps a thousand automatic snapshots unless a setting says
/// otherwise, so its last thousand points decide what is left of it: with ten thousand disks, each has as many.
pub const POINTS: i64 = 10_000_000;

/// New snapshots take memory until they are written, so a play ends with [`TooMuch`] beyond so many. Counting them takes time, so it
/// is done once in so many turns.
const MOST: usize = 1_000_000;
const TURNS_BETWEEN_COUNTS: u64 = 4_096;

/// A policy with one of its disks.
#[derive(Debug)]
struct Pair {
    policy: usize,
    disk: usize,
    fired_until: Time,
}

/// What is to be copied.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// One of the given snapshots.
    Existing(usize),
    New {
        disk: usize,
        making: Making,
    },
}

/// A play under way.
#[derive(Debug)]
pub struct Play {
    settings: Settings,
    id_seed: i64,
    policies: Vec<(AutoSnapshotPolicy, Timetable)>,
    disks: Vec<PlayedDisk>,
    existing: Vec<Existing>,
    /// Which of them has this id.
    existing_ids: HashMap<String, usize>,
    gone: HashSet<usize>,
    pairs: Vec<Pair>,
    /// The next point of each pair. Pairs are in the order of policies and disks.
    points: BinaryHeap<Reverse<(Time, usize)>>,
    /// What is to be copied, in the order in which it is: when, the id of the source, and the policy.
    copies: BTreeMap<(Time, String, usize), Source>,
    copied: Vec<Copied>,
    tally: Tally,
    until: Time,
}

impl Play {
    /// One that goes as far as `until`. Of more than so many points, each disk gets the last ones of its own.
    #[must_use]
    pub fn new(given: Given, until: Time, points: Option<i64>) -> Self {
        let Given { settings, id_seed, mut policies, mut disks, moving_instances, snapshots } = given;
        policies.sort_by(|left, right| left.auto_snapshot_policy_id.cmp(&right.auto_snapshot_policy_id));
        disks.sort_by(|left, right| left.disk_id.cmp(&right.disk_id));
        let with_timetable = |policy| {
            let timetable = Timetable::new(&policy, &settings);
            (policy, timetable)
        };
        let policies: Vec<_> = policies.into_iter().map(with_timetable).collect();
        let is_moving = |disk: &Disk| disk.instance_id.as_ref().is_some_and(|id| moving_instances.contains(id));
        let disks = disks.into_iter().map(|disk| PlayedDisk::new(is_moving(&disk), disk)).collect();
        let mut play = Self {
            settings,
            id_seed,
            policies,
            disks,
            existing_ids: (snapshots.iter().map(|existing| existing.snapshot.snapshot_id.clone()).zip(0..)).collect(),
            existing: snapshots,
            gone: HashSet::new(),
            pairs: Vec::new(),
            points: BinaryHeap::new(),
            copies: BTreeMap::new(),
            copied: Vec::new(),
            tally: Tally::default(),
            until,
        };
        play.hold_all_existing();
        play.schedule_points(points);
        play.schedule_copies();
        play
    }

    fn hold_all_existing(&mut self) {
        let places: HashMap<&str, usize> =
            self.disks.iter().enumerate().map(|(place, disk)| (disk.disk.disk_id.as_str(), place)).collect();
        let held: Vec<(usize, usize)> = self
            .existing
            .iter()
            .enumerate()
            .filter_map(|(number, existing)| Some((*places.get(existing.snapshot.source_disk_id.as_str())?, number)))
            .collect();
        for (disk, number) in held {
            self.disks[disk].hold_existing(number, &self.existing[number]);
        }
    }

    fn schedule_points(&mut self, points: Option<i64>) {
        for (policy, (entry, _)) in self.policies.iter().enumerate() {
            for (disk, played) in self.disks.iter().enumerate().filter(|(_, played)| entry.has(&played.disk.disk_id)) {
                if let Some(fired_until) = entry.fired_until.of_disks.get(&played.disk.disk_id) {
                    self.pairs.push(Pair { policy, disk, fired_until: *fired_until });
                }
            }
        }
        let first = points.map(|points| self.first_of_disks(points));
        for (number, pair) in self.pairs.iter().enumerate() {
            let first = first.as_ref().map_or(Time(Time::FIRST), |first| first[pair.disk]);
            let point = self.policies[pair.policy].1.next_after(pair.fired_until.max(first));
            self.points.extend(point.map(|point| Reverse((point, number))));
        }
    }

    /// From when on the points of each disk are played, if no more than `points` are to be played in all. A disk has a week at
    /// least, so that each of its policies fires.
    fn first_of_disks(&self, points: i64) -> Vec<Time> {
        const WEEK: i64 = 7 * DAY;
        let mut weekly = vec![0_i64; self.disks.len()];
        let mut all = 0_i128;
        for pair in &self.pairs {
            let a_week = self.policies[pair.policy].1.points_a_week();
            weekly[pair.disk] += a_week;
            let seconds = self.until.0.saturating_sub(pair.fired_until.0).max(0);
            all += i128::from(seconds) * i128::from(a_week) / i128::from(WEEK) + 1;
        }
        if all <= i128::from(points) {
            return vec![Time(Time::FIRST); self.disks.len()];
        }
        let of_disk = points / i64::try_from(self.disks.len().max(1)).unwrap_or(i64::MAX);
        let first = |a_week: i64| self.until.plus(-(of_disk / a_week.max(1)).max(1).saturating_mul(WEEK));
        weekly.into_iter().map(first).collect()
    }

    fn schedule_copies(&mut self) {
        let existing = self.existing.iter().enumerate();
        let existing: HashMap<&str, usize> =
            existing.map(|(number, existing)| (existing.snapshot.snapshot_id.as_str(), number)).collect();
        for (policy, (entry, _)) in self.policies.iter().enumerate() {
            for (snapshot_id, time) in &entry.pending_copies {
                if let Some(number) = existing.get(snapshot_id.as_str()) {
                    self.copies.insert((*time, snapshot_id.clone(), policy), Source::Existing(*number));
                }
            }
        }
    }

    /// Plays to the end, or until `see` wants to see no more points.
    ///
    /// # Errors
    ///
    /// [`TooMuch`]: more would be left than is good to keep.
    pub fn run(&mut self, mut see: Option<&mut dyn FnMut(Firing) -> bool>) -> Result<(), TooMuch> {
        for turn in 0_u64.. {
            if turn % TURNS_BETWEEN_COUNTS == 0
                && self.disks.iter().map(PlayedDisk::count).sum::<usize>() + self.copied.len() > MOST
            {
                return Err(TooMuch);
            }
            let point = self.points.peek().map(|Reverse((time, _))| *time);
            let copy = self.copies.first_key_value().map(|((time, ..), _)| *time);
            let Some(next) = point.into_iter().chain(copy).min().filter(|next| *next <= self.until) else { break };
            if copy == Some(next) {
                if let Some(((time, source_id, policy), source)) = self.copies.pop_first() {
                    self.copy(time, source_id, policy, source);
                }
                continue;
            }
            let Some(Reverse((time, number))) = self.points.pop() else { break };
            let goes_on = self.fire(time, number, &mut see);
            self.pairs[number].fired_until = time;
            let following = self.policies[self.pairs[number].policy].1.next_after(time);
            self.points.extend(following.map(|following| Reverse((following, number))));
            if !goes_on {
                break;
            }
        }
        for disk in &mut self.disks {
            self.tally.expired += disk.forget_expired(self.until, &mut self.gone);
        }
        Ok(())
    }

    /// A point of a pair. Whether whoever sees it wants to see more.
    fn fire(&mut self, time: Time, pair: usize, see: &mut Option<&mut dyn FnMut(Firing) -> bool>) -> bool {
        let Pair { policy, disk, .. } = self.pairs[pair];
        self.tally.expired += self.disks[disk].forget_expired(time, &mut self.gone);
        if self.disks[disk].was_there_at(time) {
            let existing = self.existing_ids.get(&self.id(policy, disk, time));
            if existing.is_some_and(|number| !self.gone.contains(number)) {
                return true;
            }
        }
        let mut removed = Vec::new();
        let skipped = self.disks[disk].skips(time).or_else(|| self.make_room(time, disk, &mut removed));
        let mut copies_to = None;
        if skipped.is_none() {
            let making = Making::begin(&mut self.settings, time);
            self.tally.made += 1;
            copies_to = self.policies[policy].0.copies_to().map(str::to_owned).filter(|_| !making.fails());
            if copies_to.is_some()
                && let Some(ready) = making.ready_time()
            {
                let source_id = self.id(policy, disk, time);
                self.copies.insert((ready, source_id, policy), Source::New { disk, making });
            }
            self.hold(disk, policy, making);
        }
        let Some(see) = see else { return true };
        let (entry, timetable) = &self.policies[policy];
        let days = Some(entry.retention_days).filter(|days| *days != FOR_EVER);
        let gave_way = removed.iter().map(|(of, creation)| self.id_of(disk, of, *creation)).collect();
        see(Firing {
            time,
            auto_snapshot_policy_id: entry.auto_snapshot_policy_id.clone(),
            disk_id: self.disks[disk].disk.disk_id.clone(),
            region_id: entry.region_id.clone(),
            snapshot_name: name(timetable, entry, time),
            snapshot_id: self.id(policy, disk, time),
            expiration_time: days.filter(|_| skipped.is_none()).map(|days| time.plus(i64::from(days) * DAY)),
            skipped,
            removes: gave_way,
            copies_to: copies_to.into_iter().collect(),
        })
    }

    /// Makes room for another automatic snapshot of a disk: the oldest that may go goes, if that makes room.
    fn make_room(&mut self, time: Time, disk: usize, removed: &mut Vec<(SnapshotRef, Time)>) -> Option<Skip> {
        let quota = usize::try_from(self.settings.automatic_snapshots_per_disk).unwrap_or(0);
        let too_many = (self.disks[disk].count() + 1).saturating_sub(quota);
        if too_many > 0 && (quota == 0 || !self.disks[disk].can_lose(too_many, time, &self.existing)) {
            return Some(Skip::Quota);
        }
        for _ in 0..too_many {
            let Some((creation, held)) = self.disks[disk].remove_oldest(time, &self.existing) else { break };
            self.tally.expired += u64::from(held.is_of_policy(&self.existing));
            if let SnapshotRef::Existing(number) = held.of {
                self.gone.insert(number);
            }
            removed.push((held.of, creation));
        }
        None
    }

    /// Holds a new snapshot. Of those of one moment the ids decide which is older, so only then they are worked out.
    fn hold(&mut self, disk: usize, policy: usize, making: Making) {
        let days = Some(self.policies[policy].0.retention_days).filter(|days| *days != FOR_EVER);
        let expires = days.map(|days| making.creation_time.plus(i64::from(days) * DAY));
        let held = Held { of: SnapshotRef::New { policy, making }, expires };
        let mut of_the_moment = self.disks[disk].take_of(making.creation_time);
        of_the_moment.push(held);
        if of_the_moment.len() > 1 {
            of_the_moment.sort_by_cached_key(|held| self.id_of(disk, &held.of, making.creation_time));
        }
        self.disks[disk].hold_of(making.creation_time, of_the_moment);
        self.disks[disk].begin(SnapshotRef::New { policy, making }, making.ready_time());
    }

    /// A copy that is due, if its source is there.
    fn copy(&mut self, time: Time, source_id: String, policy: usize, source: Source) {
        let (entry, _) = &self.policies[policy];
        let days = Some(entry.copied_snapshots_retention_days).filter(|days| *days != FOR_EVER);
        if entry.copies_to().is_none() {
            return;
        }
        match source {
            Source::Existing(number) => {
                let existing = &self.existing[number];
                let is_gone = self.gone.contains(&number) || existing.expiration_time.is_some_and(|end| end <= time);
                match existing.snapshot.status(time) {
                    Status::Accomplished if !is_gone => {}
                    Status::Progressing if !is_gone => {
                        // Somebody has put it off.
                        if let Some(ready) = existing.snapshot.ready_time.filter(|ready| *ready > time) {
                            self.copies.insert((ready, source_id, policy), source);
                        }
                        return;
                    }
                    _ => return,
                }
            }
            Source::New { disk, making } => {
                self.tally.expired += self.disks[disk].forget_expired(time, &mut self.gone);
                if !self.disks[disk].has_new(policy, making.creation_time) {
                    return;
                }
            }
        }
        let making = Making::begin_copy(&mut self.settings, time);
        self.tally.made += 1;
        if days.is_some_and(|days| time.plus(i64::from(days) * DAY) <= self.until) {
            self.tally.expired += 1;
        } else {
            self.copied.push(Copied { policy, source, source_id, making });
        }
    }

    /// What is left at `until`, as far as it was played.
    #[must_use]
    pub fn end(mut self) -> Left {
        let mut made: Vec<Item> = self.copied.drain(..).map(Item::Copied).collect();
        for (disk, played) in self.disks.iter().enumerate() {
            made.extend(played.new_ones().map(|(policy, making)| Item::New { policy, disk, making }));
        }
        let mut changed: HashSet<usize> = HashSet::new();
        let before: Vec<BTreeMap<String, Time>> =
            self.policies.iter().map(|(entry, _)| entry.pending_copies.clone()).collect();
        for (entry, _) in &mut self.policies {
            entry.pending_copies.clear();
        }
        for (time, source_id, policy) in self.copies.keys() {
            self.policies[*policy].0.pending_copies.insert(source_id.clone(), *time);
        }
        changed.extend((0..before.len()).filter(|policy| self.policies[*policy].0.pending_copies != before[*policy]));
        for Pair { policy, disk, fired_until } in &self.pairs {
            let disk_id = &self.disks[*disk].disk.disk_id;
            let of_disk = self.policies[*policy].0.fired_until.of_disks.get_mut(disk_id);
            if let Some(of_disk) = of_disk.filter(|of_disk| **of_disk != *fired_until) {
                *of_disk = *fired_until;
                changed.insert(*policy);
            }
        }
        let policies = self.policies.iter().enumerate().filter(|(place, _)| changed.contains(place));
        let policies = policies.map(|(_, (entry, _))| entry.clone()).collect();
        let removed = self.disks.iter().flat_map(PlayedDisk::removed);
        let removed = removed.map(|number| self.existing[number].snapshot.snapshot_id.clone()).collect();
        let (settings, tally) = (self.settings, self.tally);
        Left { made: Made::new(self, made), removed, policies, settings, tally }
    }
}
