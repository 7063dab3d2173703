//! What automatic snapshot policies make as time goes by, played forwards in memory: point by point over all policies, with
//! what expires and what gives way in between. Only what is left at the end is worth writing.
//!
//! At one moment, first goes what expires, then come copies, by the id of their source, then points, by policy and disk. So one
//! long play and many short ones come to the same.

mod disk;
mod words;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use super::auto_snapshot_policy::{AutoSnapshotPolicy, FOR_EVER};
use super::disk::Disk;
use super::ids::IdSequence;
use super::making::Making;
use super::region;
use super::settings::{AutomaticSnapshotTags, Settings};
use super::snapshot::{Snapshot, SnapshotType, Status};
use super::tags::Tag;
use super::time::Time;
use super::timetable::Timetable;

use disk::{Held, Of, PlayedDisk};
pub use disk::{Skip, There};
pub use words::{Firing, Given, Left, Tally};

/// Points that are played at most. Of more, the last ones are: what those before them made is gone by the end, unless a disk
/// may have more automatic snapshots than it has points left.
const POINTS: i64 = 10_000_000;

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
    There(usize),
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
    there: Vec<There>,
    /// Which of them has an id.
    there_ids: HashMap<String, usize>,
    gone: HashSet<usize>,
    pairs: Vec<Pair>,
    /// The next point of each pair. Pairs are in the order of policies and disks.
    points: BinaryHeap<Reverse<(Time, usize)>>,
    /// By when they are due and the id of their source, with their policy.
    copies: BTreeMap<(Time, String), (usize, Source)>,
    copied: Vec<Snapshot>,
    tally: Tally,
}

impl Play {
    /// One that goes as far as `until`.
    #[must_use]
    pub fn new(given: Given, until: Time) -> Self {
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
            there_ids: (snapshots.iter().map(|there| there.snapshot.snapshot_id.clone()).zip(0..)).collect(),
            there: snapshots,
            gone: HashSet::new(),
            pairs: Vec::new(),
            points: BinaryHeap::new(),
            copies: BTreeMap::new(),
            copied: Vec::new(),
            tally: Tally::default(),
        };
        play.hold_what_is_there();
        play.schedule_points(until);
        play.schedule_copies();
        play
    }

    fn hold_what_is_there(&mut self) {
        let places: HashMap<&str, usize> =
            self.disks.iter().enumerate().map(|(place, disk)| (disk.disk.disk_id.as_str(), place)).collect();
        let held: Vec<(usize, usize)> = self
            .there
            .iter()
            .enumerate()
            .filter_map(|(number, there)| Some((*places.get(there.snapshot.source_disk_id.as_str())?, number)))
            .collect();
        for (disk, number) in held {
            self.disks[disk].hold_there(number, &self.there[number]);
        }
    }

    fn schedule_points(&mut self, until: Time) {
        const WEEK: i128 = 7 * 86_400;
        for (policy, (entry, _)) in self.policies.iter().enumerate() {
            for (disk, played) in self.disks.iter().enumerate().filter(|(_, played)| entry.has(&played.disk.disk_id)) {
                if let Some(fired_until) = entry.fired_until.of_disks.get(&played.disk.disk_id) {
                    self.pairs.push(Pair { policy, disk, fired_until: *fired_until });
                }
            }
        }
        let a_week: i64 = self.pairs.iter().map(|pair| self.policies[pair.policy].1.points_a_week()).sum();
        let seconds = i128::from(POINTS) * WEEK / i128::from(a_week.max(1));
        let first = until.plus(-i64::try_from(seconds).unwrap_or(i64::MAX));
        for (number, pair) in self.pairs.iter().enumerate() {
            let point = self.policies[pair.policy].1.next_after(pair.fired_until.max(first));
            self.points.extend(point.map(|point| Reverse((point, number))));
        }
    }

    fn schedule_copies(&mut self) {
        let there = self.there.iter().enumerate();
        let there: HashMap<&str, usize> =
            there.map(|(number, there)| (there.snapshot.snapshot_id.as_str(), number)).collect();
        for (policy, (entry, _)) in self.policies.iter().enumerate() {
            for (snapshot_id, time) in &entry.pending_copies {
                if let Some(number) = there.get(snapshot_id.as_str()) {
                    self.copies.insert((*time, snapshot_id.clone()), (policy, Source::There(*number)));
                }
            }
        }
    }

    /// Plays as far as `until`, or until `see` wants to see no more points. Whether it came to the end.
    pub fn run(&mut self, until: Time, mut see: Option<&mut dyn FnMut(Firing) -> bool>) -> bool {
        loop {
            let point = self.points.peek().map(|Reverse((time, _))| *time);
            let copy = self.copies.first_key_value().map(|((time, _), _)| *time);
            let Some(next) = point.into_iter().chain(copy).min().filter(|next| *next <= until) else { break };
            if copy == Some(next) {
                if let Some(((time, source_id), (policy, source))) = self.copies.pop_first() {
                    self.copy(time, &source_id, policy, source);
                }
                continue;
            }
            let Some(Reverse((time, number))) = self.points.pop() else { break };
            let goes_on = self.fire(time, number, &mut see);
            self.pairs[number].fired_until = time;
            let following = self.policies[self.pairs[number].policy].1.next_after(time);
            self.points.extend(following.map(|following| Reverse((following, number))));
            if !goes_on {
                return false;
            }
        }
        for disk in &mut self.disks {
            self.tally.expired += disk.forget_expired(until, &self.there, &mut self.gone);
        }
        true
    }

    /// A point of a pair. Whether whoever sees it wants to see more.
    fn fire(&mut self, time: Time, pair: usize, see: &mut Option<&mut dyn FnMut(Firing) -> bool>) -> bool {
        let Pair { policy, disk, .. } = self.pairs[pair];
        self.tally.expired += self.disks[disk].forget_expired(time, &self.there, &mut self.gone);
        if self.disks[disk].was_there_at(time) {
            let there = self.there_ids.get(&self.id(policy, disk, time));
            if there.is_some_and(|number| !self.gone.contains(number)) {
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
                self.copies.insert((ready, source_id), (policy, Source::New { disk, making }));
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
            expiration_time: days.filter(|_| skipped.is_none()).map(|days| time.plus(i64::from(days) * 86_400)),
            skipped,
            removes: gave_way,
            copies_to: copies_to.into_iter().collect(),
        })
    }

    /// Makes room for another automatic snapshot of a disk: the oldest that may go goes.
    fn make_room(&mut self, time: Time, disk: usize, removed: &mut Vec<(Of, Time)>) -> Option<Skip> {
        let quota = usize::try_from(self.settings.automatic_snapshots_per_disk).unwrap_or(0);
        while self.disks[disk].count() >= quota {
            let Some((creation, held)) = self.disks[disk].remove_oldest(time, &self.there) else {
                return Some(Skip::Quota);
            };
            self.tally.expired += u64::from(held.is_of_policy(&self.there));
            if let Of::There(number) = held.of {
                self.gone.insert(number);
            }
            removed.push((held.of, creation));
        }
        None
    }

    /// Holds a new snapshot. Of those of one moment the ids decide which is older, so only then they are worked out.
    fn hold(&mut self, disk: usize, policy: usize, making: Making) {
        let days = Some(self.policies[policy].0.retention_days).filter(|days| *days != FOR_EVER);
        let expires = days.map(|days| making.creation_time.plus(i64::from(days) * 86_400));
        let held = Held { of: Of::New { policy, making }, expires };
        let mut of_the_moment = self.disks[disk].take_of(making.creation_time);
        of_the_moment.push(held);
        if of_the_moment.len() > 1 {
            of_the_moment.sort_by_cached_key(|held| self.id_of(disk, &held.of, making.creation_time));
        }
        self.disks[disk].hold_of(making.creation_time, of_the_moment);
        self.disks[disk].begin(Of::New { policy, making }, making.ready_time());
    }

    fn copy(&mut self, time: Time, source_id: &str, policy: usize, source: Source) {
        let Some(region_id) = self.policies[policy].0.copies_to().map(str::to_owned) else { return };
        let (source, disk) = match source {
            Source::There(number) => {
                let there = &self.there[number];
                let is_gone = self.gone.contains(&number) || there.expiration_time.is_some_and(|end| end <= time);
                match there.snapshot.status(time) {
                    Status::Accomplished if !is_gone => {}
                    Status::Progressing if !is_gone => {
                        // Somebody has put it off.
                        if let Some(ready) = there.snapshot.ready_time.filter(|ready| *ready > time) {
                            self.copies.insert((ready, source_id.to_owned()), (policy, Source::There(number)));
                        }
                        return;
                    }
                    _ => return,
                }
                let disks = &mut self.disks.iter().map(|played| &played.disk);
                let disk = disks.find(|disk| disk.disk_id == there.snapshot.source_disk_id);
                (there.snapshot.clone(), disk)
            }
            Source::New { disk, making } => {
                self.tally.expired += self.disks[disk].forget_expired(time, &self.there, &mut self.gone);
                if !self.disks[disk].has_new(policy, making.creation_time) {
                    return;
                }
                (self.snapshot(policy, disk, making), Some(&self.disks[disk].disk))
            }
        };
        let tags = self.tags(policy, disk);
        let entry = &self.policies[policy].0;
        let id = IdSequence::id_of("s-", region::letters(&region_id), &[source_id.as_bytes(), region_id.as_bytes()]);
        let making = Making::begin_copy(&mut self.settings, time);
        let mut copy = Snapshot {
            snapshot_name: source.snapshot_name.clone(),
            description: source.description.clone(),
            snapshot_type: SnapshotType::Timer,
            auto_snapshot_policy_id: Some(entry.auto_snapshot_policy_id.clone()),
            tags,
            ..making.copy_of(&source, &region_id, id)
        };
        let encryption = &entry.copy_encryption_configuration;
        copy.encrypted |= encryption.encrypted;
        copy.kms_key_id = encryption.kms_key_id.clone().or(copy.kms_key_id);
        if entry.copied_snapshots_retention_days != FOR_EVER {
            copy.retain(entry.copied_snapshots_retention_days);
        }
        self.tally.made += 1;
        self.copied.push(copy);
    }

    fn id(&self, policy: usize, disk: usize, time: Time) -> String {
        let (policy, disk) = (&self.policies[policy].0, &self.disks[disk].disk);
        let of = [
            &self.id_seed.to_be_bytes()[..],
            policy.auto_snapshot_policy_id.as_bytes(),
            disk.disk_id.as_bytes(),
            &time.0.to_be_bytes(),
        ];
        IdSequence::id_of("s-", region::letters(&disk.region_id), &of)
    }

    fn id_of(&self, disk: usize, of: &Of, creation: Time) -> String {
        match of {
            Of::There(number) => self.there[*number].snapshot.snapshot_id.clone(),
            Of::New { policy, .. } => self.id(*policy, disk, creation),
        }
    }

    fn tags(&self, policy: usize, disk: Option<&Disk>) -> Vec<Tag> {
        match self.settings.automatic_snapshot_tags {
            AutomaticSnapshotTags::None => Vec::new(),
            AutomaticSnapshotTags::Policy => self.policies[policy].0.tags.clone(),
            AutomaticSnapshotTags::Disk => disk.map(|disk| disk.tags.clone()).unwrap_or_default(),
        }
    }

    fn snapshot(&self, policy: usize, disk: usize, making: Making) -> Snapshot {
        let (entry, timetable) = &self.policies[policy];
        let disk_entry = &self.disks[disk].disk;
        let mut snapshot = Snapshot {
            snapshot_name: Some(name(timetable, entry, making.creation_time)),
            snapshot_type: SnapshotType::Timer,
            auto_snapshot_policy_id: Some(entry.auto_snapshot_policy_id.clone()),
            tags: self.tags(policy, Some(disk_entry)),
            ..making.of_disk(disk_entry, self.id(policy, disk, making.creation_time))
        };
        if entry.retention_days != FOR_EVER {
            snapshot.retain(entry.retention_days);
        }
        snapshot
    }

    /// What is left at `until`, as far as it was played.
    #[must_use]
    pub fn end(mut self, until: Time) -> Left {
        let (left, expired): (Vec<_>, Vec<_>) =
            self.copied.drain(..).partition(|copy| copy.expiration_time.is_none_or(|end| end > until));
        self.tally.expired += expired.len() as u64;
        let mut made = left;
        for (place, disk) in self.disks.iter().enumerate() {
            let new = disk.new_ones().map(|(policy, making)| self.snapshot(policy, place, making));
            made.extend(new);
        }
        let mut changed: HashSet<usize> = HashSet::new();
        let before: Vec<BTreeMap<String, Time>> =
            self.policies.iter().map(|(entry, _)| entry.pending_copies.clone()).collect();
        for (entry, _) in &mut self.policies {
            entry.pending_copies.clear();
        }
        for ((time, source_id), (policy, _)) in &self.copies {
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
        let policies = self.policies.into_iter().enumerate().filter(|(place, _)| changed.contains(place));
        let removed = self.disks.iter().flat_map(PlayedDisk::removed);
        Left {
            made,
            removed: removed.map(|number| self.there[number].snapshot.snapshot_id.clone()).collect(),
            policies: policies.map(|(_, (entry, _))| entry).collect(),
            settings: self.settings,
            tally: self.tally,
        }
    }
}

fn name(timetable: &Timetable, policy: &AutoSnapshotPolicy, time: Time) -> String {
    format!("auto2.0_{}_{}", timetable.date(time), policy.auto_snapshot_policy_id)
}
