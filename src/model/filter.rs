//! Which snapshots a request asks for: the one filter of both planes, read from names and values.

use serde::Serialize;

use super::params::{Params, Reason, Refusal};
use super::snapshot::{Status, Usage};
use super::tags;
use super::time::Time;

/// SnapshotIds at most, duplicates counted.
const SNAPSHOT_IDS_LIMIT: usize = 100;

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
}

/// Who made the snapshot: the values of the request parameter SnapshotType.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum SnapshotTypeFilter {
    /// Stored as `auto` or `timer`.
    Automatic,
    /// Stored as `user`.
    User,
}

/// A tag that must be there; without a value, any value will do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct TagFilter {
    pub key: String,
    pub value: Option<String>,
}

impl SnapshotFilter {
    /// Whether an index finds what matches in the order of pages, so that what is in between can be stepped over.
    #[must_use]
    pub fn is_in_order(&self) -> bool {
        self.region_id.is_some() && self.snapshot_ids.is_none()
    }

    /// Reads the parameters that DescribeSnapshots documents as filters, under their documented names.
    ///
    /// # Errors
    ///
    /// The first refusal: what is malformed before what is not permitted, and within each in the order of the
    /// documentation's table, Category last.
    pub fn read(params: &Params) -> Result<Self, Refusal> {
        let encrypted = params.boolean("Encrypted")?.unwrap_or(false);
        let mut snapshot_ids = params.json_texts("SnapshotIds")?;

        let (created_from, created_until) = creation_times(params)?;
        if snapshot_ids.as_ref().is_some_and(|ids| ids.len() > SNAPSHOT_IDS_LIMIT) {
            return Err(Refusal::new("SnapshotIds", Reason::TooMany, "at most 100 ids"));
        }
        if let Some(ids) = &mut snapshot_ids {
            ids.sort();
            ids.dedup();
        }
        let snapshot_type = match params.text("SnapshotType") {
            None | Some("all") => None,
            Some("auto") => Some(SnapshotTypeFilter::Automatic),
            Some("user") => Some(SnapshotTypeFilter::User),
            Some(_) => return Err(Refusal::new("SnapshotType", Reason::NotPermitted, "auto, user or all")),
        };
        Ok(Self {
            region_id: params.owned("RegionId"),
            snapshot_ids,
            disk_id: params.owned("DiskId"),
            instance_id: params.owned("InstanceId"),
            snapshot_link_id: params.owned("SnapshotLinkId"),
            snapshot_name: params.owned("SnapshotName"),
            kms_key_id: params.owned("KMSKeyId"),
            resource_group_id: params.owned("ResourceGroupId"),
            encrypted,
            created_from,
            created_until,
            snapshot_type,
            source_disk_type: params.word_in_any_case("SourceDiskType", &["system", "data"], "System or Data")?,
            status: match params.text("Status") {
                Some("all") => None,
                _ => params.word("Status", "progressing, accomplished, failed or all")?,
            },
            tags: tags::read(params)?,
            usage: params.word("Usage", "image, disk, image_disk or none")?,
            category: {
                let categories = ["standard", "flash", "archive"];
                params.word_in_any_case("Category", &categories, "standard, flash or archive")?
            },
        })
    }
}

/// The bounds that `Filter.1` and `Filter.2` set on the creation time, both inclusive. Either key may stand in either slot.
fn creation_times(params: &Params) -> Result<(Option<Time>, Option<Time>), Refusal> {
    const VALUE: &str = "a time in UTC such as 2014-07-24T13:00Z, beside the key of the same number";
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
