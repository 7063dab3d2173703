//! A disk in a play of automatic snapshot policies: its automatic snapshots, from the oldest on, and those in the making.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet};

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::disk::Disk;
use crate::model::making::Making;
use crate::model::snapshot::{Snapshot, SnapshotType, Status};
use crate::model::time::Time;

/// A snapshot that the sandbox has when the play begins.
#[derive(Debug)]
pub struct Existing {
    pub snapshot: Snapshot,
    /// When it goes; images put that off.
    pub expiration_time: Option<Time>,
    pub is_used_by_image: bool,
}

/// Why a point makes no snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub enum Skip {
    /// The disk was never attached to an instance.
    NeverAttached,
    /// As many snapshots of the disk are in the making as may be.
    CreatingSnapshot,
    /// The instance starts or stops.
    InstanceStatus,
    /// The disk has as many automatic snapshots as it may have, and none of them can go.
    Quota,
}

/// A snapshot of a disk, whether the play began with it or made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotRef {
    /// One of those that the play began with, by its place among them.
    Existing(usize),
    /// One that a policy makes in the play.
    New { policy: usize, making: Making },
}

/// An automatic snapshot of a disk.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    pub of: SnapshotRef,
    pub expires: Option<Time>,
}

impl Held {
    /// Whether a policy made it, and not a document.
    pub fn is_of_policy(&self, existing: &[Existing]) -> bool {
        match self.of {
            SnapshotRef::Existing(number) => existing[number].snapshot.auto_snapshot_policy_id.is_some(),
            SnapshotRef::New { .. } => true,
        }
    }

    /// Whether it stays, whatever comes: an image is made of it, or it is locked.
    fn stays(&self, now: Time, existing: &[Existing]) -> bool {
        match self.of {
            SnapshotRef::Existing(number) => {
                existing[number].is_used_by_image || existing[number].snapshot.lock_at(now).is_some()
            }
            SnapshotRef::New { .. } => false,
        }
    }
}

/// A disk, and what is held of it.
#[derive(Debug)]
pub struct PlayedDisk {
    pub disk: Disk,
    is_instance_moving: bool,
    /// By creation time and, of one moment, in the order of ids.
    held: BTreeMap<(Time, u32), Held>,
    /// When each goes; some of them speak of what is gone already.
    expiries: BinaryHeap<Reverse<(Time, (Time, u32))>>,
    /// Those in the making, each with when it no longer will be, if ever.
    unfinished: Vec<(SnapshotRef, Option<Time>)>,
    /// The creation times of those that the play began with.
    existing_since: HashSet<Time>,
    /// Those that the play began with and that gave way, by their places.
    removed: Vec<usize>,
}

impl PlayedDisk {
    pub fn new(is_instance_moving: bool, disk: Disk) -> Self {
        Self {
            disk,
            is_instance_moving,
            held: BTreeMap::new(),
            expiries: BinaryHeap::new(),
            unfinished: Vec::new(),
            existing_since: HashSet::new(),
            removed: Vec::new(),
        }
    }

    /// Takes in one that the play begins with.
    pub fn hold_existing(&mut self, number: usize, existing: &Existing) {
        let snapshot = &existing.snapshot;
        if snapshot.region_id != self.disk.region_id {
            return;
        }
        self.existing_since.insert(snapshot.creation_time);
        let ready = match (snapshot.pinned_status, snapshot.ready_time) {
            (Some(Status::Progressing), _) => Some(None),
            (None, Some(ready)) => Some(Some(ready)),
            _ => None,
        };
        if let Some(ready) = ready {
            // What goes before it is ready is in the making until then.
            let end = ready.into_iter().chain(existing.expiration_time).min();
            self.unfinished.push((SnapshotRef::Existing(number), end));
        }
        if snapshot.snapshot_type != SnapshotType::User {
            // They come in the order of ids, which is that of one moment.
            let mut of_the_moment = self.take_of(snapshot.creation_time);
            of_the_moment.push(Held { of: SnapshotRef::Existing(number), expires: existing.expiration_time });
            self.hold_of(snapshot.creation_time, of_the_moment);
        }
    }

    /// Takes out those that were made at a moment, in the order of ids.
    pub fn take_of(&mut self, creation: Time) -> Vec<Held> {
        let keys: Vec<_> = self.held.range((creation, 0)..=(creation, u32::MAX)).map(|(key, _)| *key).collect();
        keys.iter().filter_map(|key| self.held.remove(key)).collect()
    }

    /// Holds all that were made at a moment, in the order of ids.
    pub fn hold_of(&mut self, creation: Time, of_the_moment: Vec<Held>) {
        for (number, held) in (0..).zip(of_the_moment) {
            let key = (creation, number);
            self.expiries.extend(held.expires.map(|expires| Reverse((expires, key))));
            self.held.insert(key, held);
        }
    }

    /// Notes one in the making.
    pub fn begin(&mut self, of: SnapshotRef, ready: Option<Time>) {
        self.unfinished.push((of, ready));
    }

    pub fn was_there_at(&self, creation: Time) -> bool {
        self.existing_since.contains(&creation)
    }

    /// How many automatic snapshots it has.
    pub fn count(&self) -> usize {
        self.held.len()
    }

    /// Why a point at `time` makes no snapshot, whatever gives way.
    pub fn skips(&mut self, time: Time) -> Option<Skip> {
        self.unfinished.retain(|(_, ready)| ready.is_none_or(|ready| ready > time));
        if self.disk.never_attached {
            return Some(Skip::NeverAttached);
        }
        if self.unfinished.len() >= self.disk.snapshots_at_once() {
            return Some(Skip::CreatingSnapshot);
        }
        self.is_instance_moving.then_some(Skip::InstanceStatus)
    }

    /// Forgets those that expire by a time, and says how many of them policies made in the play. Those that the play
    /// began with are counted by whoever takes their rows out.
    pub fn forget_expired(&mut self, time: Time, gone: &mut HashSet<usize>) -> u64 {
        let mut count = 0;
        while let Some(Reverse((expires, key))) = self.expiries.peek().copied().filter(|Reverse((end, _))| *end <= time)
        {
            self.expiries.pop();
            if self.held.get(&key).is_some_and(|held| held.expires == Some(expires))
                && let Some(held) = self.held.remove(&key)
            {
                self.finish(held.of);
                match held.of {
                    SnapshotRef::Existing(number) => {
                        gone.insert(number);
                    }
                    SnapshotRef::New { .. } => count += 1,
                }
            }
        }
        count
    }

    /// Whether so many of them do not stay.
    pub fn can_lose(&self, count: usize, now: Time, existing: &[Existing]) -> bool {
        self.held.values().filter(|held| !held.stays(now, existing)).take(count).count() == count
    }

    /// Takes out the oldest that does not stay.
    pub fn remove_oldest(&mut self, now: Time, existing: &[Existing]) -> Option<(Time, Held)> {
        let key = self.held.iter().find(|(_, held)| !held.stays(now, existing)).map(|(key, _)| *key)?;
        let held = self.held.remove(&key)?;
        self.finish(held.of);
        if let SnapshotRef::Existing(number) = held.of {
            self.removed.push(number);
        }
        Some((key.0, held))
    }

    fn finish(&mut self, of: SnapshotRef) {
        self.unfinished.retain(|(other, _)| *other != of);
    }

    /// Whether the snapshot is held that a policy made at a moment of the play.
    pub fn has_new(&self, policy: usize, creation: Time) -> bool {
        let of_the_moment = self.held.range((creation, 0)..=(creation, u32::MAX));
        let mut own = of_the_moment
            .filter(|(_, held)| matches!(held.of, SnapshotRef::New { policy: other, .. } if other == policy));
        own.next().is_some()
    }

    /// The snapshots that policies made in the play, each with its policy.
    pub fn new_ones(&self) -> impl Iterator<Item = (usize, Making)> {
        self.held.values().filter_map(|held| match held.of {
            SnapshotRef::New { policy, making } => Some((policy, making)),
            SnapshotRef::Existing(_) => None,
        })
    }

    /// Those that the play began with and that gave way, by their places.
    pub fn removed(&self) -> impl Iterator<Item = usize> {
        self.removed.iter().copied()
    }
}
