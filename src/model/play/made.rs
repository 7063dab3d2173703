//! The snapshots that a play makes, built when they are wanted: there may be many of them.

use std::ops::Range;

use super::disk::SnapshotRef;
use super::{Play, Source};
use crate::model::auto_snapshot_policy::{AutoSnapshotPolicy, FOR_EVER};
use crate::model::disk::Disk;
use crate::model::ids::IdSequence;
use crate::model::making::Making;
use crate::model::region;
use crate::model::settings::AutomaticSnapshotTags;
use crate::model::snapshot::{Snapshot, SnapshotType};
use crate::model::tags::Tag;
use crate::model::time::Time;
use crate::model::timetable::Timetable;

/// The snapshots that are left at the end of a play.
#[derive(Debug, Default)]
pub struct Made {
    /// `None`: there are none.
    play: Option<Box<Play>>,
    items: Vec<Item>,
}

/// A snapshot, in as little as it follows from.
#[derive(Debug)]
pub(super) enum Item {
    New { policy: usize, disk: usize, making: Making },
    Copied(Copied),
}

/// A copy of a snapshot.
#[derive(Debug)]
pub(super) struct Copied {
    pub policy: usize,
    pub source: Source,
    pub source_id: String,
    pub making: Making,
}

impl Made {
    pub(super) fn new(play: Play, items: Vec<Item>) -> Self {
        Self { play: Some(Box::new(play)), items }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Some of them.
    #[must_use]
    pub fn snapshots(&self, range: Range<usize>) -> Vec<Snapshot> {
        let Some(play) = &self.play else { return Vec::new() };
        let snapshot = |item: &Item| match item {
            Item::New { policy, disk, making } => play.snapshot(*policy, *disk, *making),
            Item::Copied(copied) => play.copy_of(copied),
        };
        self.items.get(range).unwrap_or_default().iter().map(snapshot).collect()
    }
}

impl Play {
    pub(super) fn id(&self, policy: usize, disk: usize, time: Time) -> String {
        let (policy, disk) = (&self.policies[policy].0, &self.disks[disk].disk);
        let of = [
            &self.id_seed.to_be_bytes()[..],
            policy.auto_snapshot_policy_id.as_bytes(),
            disk.disk_id.as_bytes(),
            &time.0.to_be_bytes(),
        ];
        IdSequence::id_of("s-", region::letters(&disk.region_id), &of)
    }

    pub(super) fn id_of(&self, disk: usize, of: &SnapshotRef, creation: Time) -> String {
        match of {
            SnapshotRef::Existing(number) => self.existing[*number].snapshot.snapshot_id.clone(),
            SnapshotRef::New { policy, .. } => self.id(*policy, disk, creation),
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

    /// The copy of a snapshot in the region that its policy copies to.
    fn copy_of(&self, copied: &Copied) -> Snapshot {
        let Copied { policy, source, source_id, making } = copied;
        let (source, disk) = match *source {
            Source::Existing(number) => {
                let snapshot = self.existing[number].snapshot.clone();
                let disks = &mut self.disks.iter().map(|played| &played.disk);
                let disk = disks.find(|disk| disk.disk_id == snapshot.source_disk_id);
                (snapshot, disk)
            }
            Source::New { disk, making } => (self.snapshot(*policy, disk, making), Some(&self.disks[disk].disk)),
        };
        let entry = &self.policies[*policy].0;
        // Whoever has a copy to make has a region for it.
        let region_id = entry.copies_to().unwrap_or_default();
        let id = IdSequence::id_of("s-", region::letters(region_id), &[source_id.as_bytes(), region_id.as_bytes()]);
        let encryption = &entry.copy_encryption_configuration;
        let mut copy = Snapshot {
            snapshot_name: source.snapshot_name.clone(),
            description: source.description.clone(),
            snapshot_type: SnapshotType::Timer,
            auto_snapshot_policy_id: Some(entry.auto_snapshot_policy_id.clone()),
            tags: self.tags(*policy, disk),
            ..making.copy_of(&source, region_id, id)
        };
        copy.encrypted |= encryption.encrypted;
        copy.kms_key_id = encryption.kms_key_id.clone().or(copy.kms_key_id);
        if entry.copied_snapshots_retention_days != FOR_EVER {
            copy.retain(entry.copied_snapshots_retention_days);
        }
        copy
    }
}

pub(super) fn name(timetable: &Timetable, policy: &AutoSnapshotPolicy, time: Time) -> String {
    format!("auto2.0_{}_{}", timetable.date(time), policy.auto_snapshot_policy_id)
}
