//! What a play begins with, what is seen of it, and what it leaves.

use std::collections::HashSet;

use super::disk::{Existing, Skip};
use super::made::Made;
use crate::model::auto_snapshot_policy::AutoSnapshotPolicy;
use crate::model::disk::Disk;
use crate::model::settings::Settings;
use crate::model::time::Time;

/// What a play begins with.
#[derive(Debug)]
pub struct Given {
    pub settings: Settings,
    /// The seed of the sandbox's ids, which those of automatic snapshots follow from, too.
    pub id_seed: i64,
    pub policies: Vec<AutoSnapshotPolicy>,
    /// Those that points or copies are about; points of others are left out.
    pub disks: Vec<Disk>,
    /// The instances that start or stop.
    pub moving_instances: HashSet<String>,
    /// The automatic snapshots of the disks, those in the making, and those that are to be copied.
    pub snapshots: Vec<Existing>,
}

/// A point in time that fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firing {
    pub time: Time,
    pub auto_snapshot_policy_id: String,
    pub disk_id: String,
    pub region_id: String,
    pub snapshot_name: String,
    pub snapshot_id: String,
    pub expiration_time: Option<Time>,
    /// Why it makes no snapshot, if it makes none.
    pub skipped: Option<Skip>,
    /// The automatic snapshots that give way.
    pub removes: Vec<String>,
    pub copies_to: Vec<String>,
}

/// How many snapshots came and went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Those that policies made, copies too, whether or not they are left.
    pub made: u64,
    /// Those that policies had made, and that went with their retention or for a newer one.
    pub expired: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.made += other.made;
        self.expired += other.expired;
    }
}

/// What a play leaves.
#[derive(Debug)]
pub struct Left {
    pub made: Made,
    /// The ids of given snapshots that gave way.
    pub removed: Vec<String>,
    /// Those that fired, with what they say of it.
    pub policies: Vec<AutoSnapshotPolicy>,
    pub settings: Settings,
    pub tally: Tally,
}

/// More would be left of a play than is good to keep in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch;
