//! How a snapshot begins, whoever makes it: what it has of its disk or of the snapshot that it is a copy of, when it will be
//! ready, and how it ends.

use sha2::{Digest as _, Sha256};

use super::disk::Disk;
use super::ids::IdSequence;
use super::region;
use super::settings::{Duration, Settings};
use super::snapshot::{Outcome, Snapshot, SnapshotType, Status};
use super::time::Time;

/// A snapshot about to be made: since when, until when, and with which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Making {
    pub creation_time: Time,
    duration: Duration,
    fails: bool,
}

impl Making {
    /// One that begins at `now` and takes as long as the settings say. If the settings have failures left for snapshots to come,
    /// this one takes the next of them.
    #[must_use]
    pub fn begin(settings: &mut Settings, now: Time) -> Self {
        Self::taking(settings.snapshot_seconds, settings, now)
    }

    /// As [`Making::begin`], of a copy.
    #[must_use]
    pub fn begin_copy(settings: &mut Settings, now: Time) -> Self {
        Self::taking(settings.copy_seconds(), settings, now)
    }

    fn taking(duration: Duration, settings: &mut Settings, now: Time) -> Self {
        // One that is never ready does not fail either.
        let fails = settings.fail_next_snapshots > 0 && duration != Duration::Never;
        if fails {
            settings.fail_next_snapshots -= 1;
        }
        Self { creation_time: now, duration, fails }
    }

    /// When it will be ready; `None`: never.
    #[must_use]
    pub fn ready_time(self) -> Option<Time> {
        match self.duration {
            Duration::Seconds(seconds) => Some(self.creation_time.plus(i64::from(seconds))),
            Duration::Never => None,
        }
    }

    #[must_use]
    pub fn fails(self) -> bool {
        self.fails
    }

    /// The snapshot that this makes of a disk, with nothing that anybody has said of it.
    #[must_use]
    pub fn of_disk(self, disk: &Disk, snapshot_id: String) -> Snapshot {
        self.started(Snapshot {
            region_id: disk.region_id.clone(),
            snapshot_link_id: Some(link_of_disk(&disk.disk_id)),
            source_disk_id: disk.disk_id.clone(),
            source_disk_type: disk.disk_type.clone(),
            source_disk_size: disk.size,
            instance_id: disk.instance_id.clone(),
            encrypted: disk.encrypted,
            kms_key_id: disk.kms_key_id.clone(),
            product_code: disk.product_code.clone(),
            // Snapshots of these disks serve from their creation on, unless they will fail.
            available: (disk.is_essd() && !self.fails).then_some(true),
            snapshot_id,
            ..Snapshot::default()
        })
    }

    /// The copy that this makes of a snapshot in another region, with nothing that anybody has said of it. Its lock, its
    /// retention, its tags and its instance are those of the source alone.
    #[must_use]
    pub fn copy_of(self, source: &Snapshot, region_id: &str, snapshot_id: String) -> Snapshot {
        self.started(Snapshot {
            region_id: region_id.to_owned(),
            snapshot_link_id: Some(link_of_copies(&source.source_disk_id, region_id)),
            source_disk_id: source.source_disk_id.clone(),
            source_disk_type: source.source_disk_type.clone(),
            source_disk_size: source.source_disk_size,
            source_storage_type: source.source_storage_type.clone(),
            source_snapshot_id: Some(source.snapshot_id.clone()),
            source_region_id: Some(source.region_id.clone()),
            full_snapshot_size_in_bytes: source.full_snapshot_size_in_bytes,
            encrypted: source.encrypted,
            product_code: source.product_code.clone(),
            snapshot_id,
            ..Snapshot::default()
        })
    }

    fn started(self, snapshot: Snapshot) -> Snapshot {
        let is_ready_at_once = self.duration == Duration::Seconds(0) && !self.fails;
        let ready_time = self.ready_time().filter(|_| !is_ready_at_once);
        let outcome = if self.fails { Outcome::Failed } else { Outcome::Accomplished };
        Snapshot {
            creation_time: self.creation_time,
            pinned_status: (self.duration == Duration::Never).then_some(Status::Progressing),
            ready_time,
            outcome: ready_time.map(|_| outcome),
            snapshot_sn: Some(serial_number(&snapshot.snapshot_id)),
            snapshot_type: SnapshotType::User,
            ..snapshot
        }
    }
}

/// All snapshots of a disk in its region are one chain.
fn link_of_disk(disk_id: &str) -> String {
    format!("sl-{}", disk_id.strip_prefix("d-").unwrap_or(disk_id))
}

/// A chain is of one region, so all copies of a disk's snapshots in another region are a chain of their own. No source says how
/// it is named; here its id follows from the disk and the region.
fn link_of_copies(disk_id: &str, region_id: &str) -> String {
    IdSequence::id_of("sl-", region::letters(region_id), &[disk_id.as_bytes(), region_id.as_bytes()])
}

/// Three groups of digits, as the service has them, that follow from the id.
fn serial_number(snapshot_id: &str) -> String {
    let digest = Sha256::digest(snapshot_id);
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let groups =
        [number(&digest[..4]) % 100_000, number(&digest[4..8]) % 1_000_000_000, number(&digest[8..12]) % 1_000_000_000];
    format!("{}-{}-{}", groups[0], groups[1], groups[2])
}
