//! What pages show of each kind of resources: what it is called, and its columns.

use crate::actions::list::Described;
use crate::model::auto_snapshot_policy::AutoSnapshotPolicy;
use crate::model::disk::Disk;
use crate::model::image::Image;
use crate::model::instance::Instance;
use crate::model::kind::Kind;
use crate::model::kinds::KINDS;
use crate::model::snapshot::Snapshot;
use crate::model::snapshot_group::SnapshotGroup;
use crate::model::time::Time;
use crate::store::Stored;

/// A kind that has pages.
pub trait Shown: Described {
    /// Columns of its list, beside id, region, creation time and tags: each is a parameter of its Describe action, and shows
    /// what a resource has there.
    const COLUMNS: &'static [&'static str];

    /// How far a resource is, in percent, if its kind tells.
    fn progress(_row: &Stored<Self>, _now: Time) -> Option<u8> {
        None
    }
}

impl Shown for Snapshot {
    const COLUMNS: &'static [&'static str] =
        &["SnapshotName", "Status", "DiskId", "SnapshotType", "Category", "Usage", "Encrypted"];

    fn progress(row: &Stored<Self>, now: Time) -> Option<u8> {
        Some(row.resource.progress(now))
    }
}

impl Shown for Disk {
    const COLUMNS: &'static [&'static str] =
        &["DiskName", "Status", "DiskType", "Category", "InstanceId", "ZoneId", "AutoSnapshotPolicyId"];
}

impl Shown for Instance {
    const COLUMNS: &'static [&'static str] = &["InstanceName", "Status", "InstanceType", "ImageId", "ZoneId"];
}

impl Shown for Image {
    const COLUMNS: &'static [&'static str] =
        &["ImageName", "Status", "SnapshotId", "OSType", "Architecture", "ImageOwnerAlias", "Usage"];

    fn progress(row: &Stored<Self>, now: Time) -> Option<u8> {
        Some(row.resource.progress(now))
    }
}

impl Shown for SnapshotGroup {
    const COLUMNS: &'static [&'static str] = &["Name", "Status", "InstanceId"];
}

impl Shown for AutoSnapshotPolicy {
    const COLUMNS: &'static [&'static str] = &["AutoSnapshotPolicyName"];
}

/// What a kind is called, several of it.
pub fn title(kind: &Kind) -> &'static str {
    match kind.word {
        "Snapshot" => "Snapshots",
        "Disk" => "Disks",
        "Instance" => "Instances",
        "Image" => "Images",
        "SnapshotGroup" => "Snapshot groups",
        "AutoSnapshotPolicy" => "Automatic snapshot policies",
        _ => kind.words,
    }
}

/// What one of a kind is called.
pub fn name(kind: &Kind) -> &'static str {
    match kind.word {
        "SnapshotGroup" => "Snapshot group",
        "AutoSnapshotPolicy" => "Automatic snapshot policy",
        word => word,
    }
}

/// The kind whose ids a field holds: that of disks for `DiskId`, `SourceDiskId` and `DiskIds`.
pub fn named_by(field: &str) -> Option<&'static Kind> {
    let field = field.strip_suffix('s').unwrap_or(field);
    let naming = KINDS.iter().filter(|kind| field.ends_with(kind.id_field));
    // `SnapshotGroupId` is no `GroupId`: the longest that fits is meant.
    naming.max_by_key(|kind| kind.id_field.len()).copied()
}

/// The kind that an id is of, as far as one can tell: by what ids begin with that nobody chose, else by the name of the action
/// that shows it.
pub fn of_id(id: &str, action: &str) -> Option<&'static Kind> {
    let by_id = KINDS.iter().find(|kind| id.starts_with(kind.id_prefix));
    let by_action = || KINDS.iter().filter(|kind| action.contains(kind.word)).max_by_key(|kind| kind.word.len());
    by_id.or_else(by_action).copied()
}
