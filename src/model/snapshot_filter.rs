//! Which snapshots a request asks for: the one filter of both planes, read from names and values.

use std::str::FromStr;

use serde::Serialize;

use super::filter::{Filter, placed};
use super::lock::LockStatus;
use super::params::{Params, Reading, Reason, Refusal, Type};
use super::snapshot_words::{Status, Usage};
use super::tags::{self, TagFilter};
use super::time::Time;

/// Conditions on snapshots; all that are given hold at once (DescribeSnapshots). An empty filter matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct SnapshotFilter {
    pub region_id: Option<String>,
    /// `Some` of nothing matches nothing.
    pub snapshot_ids: Option<Vec<String>>,
    pub disk_id: Option<String>,
    pub instance_id: Option<String>,
    pub snapshot_link_id: Option<String>,
    pub snapshot_name: Option<String>,
    pub kms_key_id: Option<String>,
    pub resource_group_id: Option<String>,
    /// Only encrypted ones; `false` says nothing.
    pub encrypted: bool,
    pub status: Option<Status>,
    pub usage: Option<Usage>,
    pub snapshot_type: Option<SnapshotTypeFilter>,
    /// Lower case; compared in any case.
    pub source_disk_type: Option<String>,
    /// Lower case; compared in any case.
    pub category: Option<String>,
    /// Earliest creation time, inclusive.
    pub created_from: Option<Time>,
    /// Latest creation time, inclusive.
    pub created_until: Option<Time>,
    pub tags: Vec<TagFilter>,
    /// Only those with a lock, which may be over (DescribeLockedSnapshots).
    pub lock: Option<LockFilter>,
}

/// Which locks: the values of the request parameter LockStatus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum LockFilter {
    Any,
    Status(LockStatus),
}

/// Who made the snapshot: the values of the request parameter SnapshotType.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum SnapshotTypeFilter {
    /// Stored as `auto` or `timer`.
    Automatic,
    /// Stored as `user`.
    User,
}

impl SnapshotFilter {
    /// Those of a disk that are in this region.
    #[must_use]
    pub fn of_disk(region_id: &str, disk_id: &str) -> Self {
        Self { region_id: Some(region_id.to_owned()), disk_id: Some(disk_id.to_owned()), ..Self::default() }
    }
}

impl Filter for SnapshotFilter {
    /// Reads the parameters that DescribeSnapshots documents as filters, under their documented names and in the order of
    /// the documentation's table, Category last. Those that can be refused come first: the others take any text.
    fn read(reading: &mut Reading<'_>) -> Self {
        let encrypted = reading.boolean("Encrypted").unwrap_or(false);
        let (created_from, created_until) = creation_times(reading);
        let snapshot_ids = reading.ids("SnapshotIds");
        let snapshot_link_id = reading.owned("SnapshotLinkId");
        let snapshot_type = reading.word::<SnapshotTypeWord>("SnapshotType", "auto, user or all");
        let source_disk_type = reading.word_in_any_case("SourceDiskType", &["system", "data"], "System or Data");
        let status = reading.word::<StatusWord>("Status", "progressing, accomplished, failed or all");
        let tags = tags::read(reading);
        let usage = reading.word("Usage", "image, disk, image_disk or none");
        let categories = ["standard", "flash", "archive"];
        let category = reading.word_in_any_case("Category", &categories, "standard, flash or archive");
        Self {
            region_id: reading.owned("RegionId"),
            snapshot_ids,
            disk_id: reading.owned("DiskId"),
            instance_id: reading.owned("InstanceId"),
            snapshot_link_id,
            snapshot_name: reading.owned("SnapshotName"),
            kms_key_id: reading.owned("KMSKeyId"),
            resource_group_id: reading.owned("ResourceGroupId"),
            encrypted,
            status: status.and_then(|StatusWord(status)| status),
            usage,
            snapshot_type: snapshot_type.and_then(|SnapshotTypeWord(snapshot_type)| snapshot_type),
            source_disk_type,
            category,
            created_from,
            created_until,
            tags,
            lock: None,
        }
    }

    placed!(snapshot_ids);

    fn moments(&self) -> &'static [&'static str] {
        match self.lock {
            Some(LockFilter::Status(_)) => &["cool_off_period_expired_time", "lock_expired_time"],
            _ => &[],
        }
    }
}

/// A status, or `all`, which is none.
struct StatusWord(Option<Status>);

impl FromStr for StatusWord {
    type Err = strum::ParseError;

    fn from_str(text: &str) -> Result<Self, strum::ParseError> {
        if text == "all" { Ok(Self(None)) } else { text.parse().map(|status| Self(Some(status))) }
    }
}

/// Who made it, or `all`, which is nobody.
struct SnapshotTypeWord(Option<SnapshotTypeFilter>);

impl FromStr for SnapshotTypeWord {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "all" => Ok(Self(None)),
            "auto" => Ok(Self(Some(SnapshotTypeFilter::Automatic))),
            "user" => Ok(Self(Some(SnapshotTypeFilter::User))),
            _ => Err(()),
        }
    }
}

/// The bounds that `Filter.1` and `Filter.2` set on the creation time, both inclusive. Either key may stand in either slot.
pub(super) fn creation_times(reading: &mut Reading<'_>) -> (Option<Time>, Option<Time>) {
    reading.ask("Filter.N.Key", Type::Text, "CreationStartTime or CreationEndTime");
    reading.ask("Filter.N.Value", Type::Text, VALUE);
    bounds(reading.params()).unwrap_or_else(|refusal| {
        reading.refuse(refusal);
        (None, None)
    })
}

const VALUE: &str = "a time in UTC such as 2014-07-24T13:00Z, beside the key of the same number";

fn bounds(params: &Params) -> Result<(Option<Time>, Option<Time>), Refusal> {
    let (mut from, mut until) = (None, None);
    for (key_name, value_name) in [("Filter.1.Key", "Filter.1.Value"), ("Filter.2.Key", "Filter.2.Value")] {
        let (key, value) = (params.text(key_name), params.text(value_name));
        let is_start = match key {
            None if value.is_none() => continue,
            Some("CreationStartTime") => true,
            Some("CreationEndTime") => false,
            None => return Err(Refusal::new(value_name, Reason::Unpaired, VALUE)),
            Some(_) => {
                return Err(Refusal::new(key_name, Reason::NotPermitted, "CreationStartTime or CreationEndTime"));
            }
        };
        let time = value.and_then(|value| value.parse().ok());
        let time: Time = time.ok_or_else(|| Refusal::new(value_name, Reason::NotPermitted, VALUE))?;
        // Of two bounds of one kind both hold.
        if is_start {
            from = from.max(Some(time));
        } else {
            until = Some(until.map_or(time, |until: Time| until.min(time)));
        }
    }
    Ok((from, until))
}
