//! An automatic snapshot policy as it is stored: when it makes snapshots, of which disks, and for how long.

use std::collections::BTreeMap;

use super::auto_snapshot_policy_filter::AutoSnapshotPolicyFilter;
use super::auto_snapshot_policy_words as words;
pub use super::auto_snapshot_policy_words::{
    AssociationType, CopyEncryptionConfiguration, FOR_EVER, FiredUntil, PolicyStatus, PolicyType,
};
use super::fields::{self, resource};
use super::kind::{
    Bodies, By, Column, DocumentError, Entry, Kind, NothingDerived, Require, Resource, Touch, grouped, keyed,
};
use super::lists;
use super::schemas;
use super::tags::Tag;
use super::time::Time;

/// Tags that a policy may go by (CreateAutoSnapshotPolicy).
const TARGET_TAGS: usize = 5;

resource! {
    /// One automatic snapshot policy.
    pub struct AutoSnapshotPolicy {
        pub auto_snapshot_policy_id: String,
        pub region_id: String,
        pub auto_snapshot_policy_name: String,
        pub creation_time: Time,
        /// The hours at which it fires, as a list or as the API's text `["1","22"]`.
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "words::hours", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::hours)]
        pub time_points: Vec<u8>,
        /// The weekdays on which it fires, likewise; Monday is 1.
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "words::weekdays", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::weekdays)]
        pub repeat_weekdays: Vec<u8>,
        /// Days that its snapshots are kept for; -1: for ever.
        #[serde(deserialize_with = "words::days")]
        #[schema(schema_with = schemas::days)]
        pub retention_days: i32,
        #[serde(deserialize_with = "fields::or_default")]
        #[schema(schema_with = schemas::policy_status)]
        pub status: PolicyStatus,
        #[serde(rename = "Type", deserialize_with = "fields::or_default")]
        #[schema(schema_with = schemas::policy_type)]
        pub policy_type: PolicyType,
        pub enable_cross_region_copy: bool,
        /// The region that its snapshots are copied to, as a list of one or as the API's text `["cn-beijing"]`.
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "words::regions", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::texts)]
        pub target_copy_regions: Vec<String>,
        /// Days that the copies are kept for; -1: for ever.
        #[serde(deserialize_with = "words::days")]
        #[schema(schema_with = schemas::days)]
        pub copied_snapshots_retention_days: i32,
        #[serde(
            deserialize_with = "lists::map_or_default",
            skip_serializing_if = "CopyEncryptionConfiguration::is_empty"
        )]
        #[schema(schema_with = schemas::copy_encryption_configuration)]
        pub copy_encryption_configuration: CopyEncryptionConfiguration,
        pub resource_group_id: Option<String>,
        #[serde(deserialize_with = "fields::or_default")]
        #[schema(schema_with = schemas::association_type)]
        pub association_type: AssociationType,
        /// Of a policy that finds its disks by tags of their instances: all tags that those must have. Read and written as
        /// `Tags` is, and under TargetTag as replies have it.
        #[serde_with(skip_apply)]
        #[serde(
            deserialize_with = "super::tag_lists::read_targets",
            serialize_with = "super::tag_lists::as_map",
            skip_serializing_if = "Vec::is_empty"
        )]
        #[schema(schema_with = schemas::tags)]
        pub target_tags: Vec<Tag>,
        /// Its disks, which must be there, in the same region. Those of a policy that goes by tags are worked out.
        #[serde(deserialize_with = "lists::texts", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::texts)]
        pub disk_ids: Vec<String>,
        /// Until when it has fired: a time, or a map from DiskId to time. For a disk without one, from the moment on at which
        /// the sandbox holds the policy with that disk.
        #[serde_with(skip_apply)]
        #[serde(skip_serializing_if = "FiredUntil::is_unsaid")]
        #[schema(schema_with = schemas::fired_until)]
        pub fired_until: FiredUntil,
        /// Which one of the policies of a disk it is, by DiskId, in the order in which they were applied; 1 where nothing is
        /// said.
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "lists::map_or_default", skip_serializing_if = "BTreeMap::is_empty")]
        #[schema(schema_with = schemas::places)]
        pub places: BTreeMap<String, i32>,
        /// Snapshots that are copied once they are accomplished, by SnapshotId, and when that will be.
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "lists::map_or_default", skip_serializing_if = "BTreeMap::is_empty")]
        #[schema(schema_with = schemas::pending_copies)]
        pub pending_copies: BTreeMap<String, Time>,
        /// Part of the key of every kind; this one never expires.
        #[serde_with(skip_apply)]
        #[serde(skip)]
        pub expiration_time: Option<Time>,
        pub tags: Vec<Tag>,
    }
}

impl Default for AutoSnapshotPolicy {
    fn default() -> Self {
        Self {
            auto_snapshot_policy_id: String::new(),
            region_id: String::new(),
            auto_snapshot_policy_name: String::new(),
            creation_time: Time::UNSAID,
            time_points: Vec::new(),
            repeat_weekdays: Vec::new(),
            retention_days: FOR_EVER,
            status: PolicyStatus::Normal,
            policy_type: PolicyType::Custom,
            enable_cross_region_copy: false,
            target_copy_regions: Vec::new(),
            copied_snapshots_retention_days: FOR_EVER,
            copy_encryption_configuration: CopyEncryptionConfiguration::default(),
            resource_group_id: None,
            association_type: AssociationType::AssociatedWithDisk,
            target_tags: Vec::new(),
            disk_ids: Vec::new(),
            fired_until: FiredUntil::default(),
            places: BTreeMap::new(),
            pending_copies: BTreeMap::new(),
            expiration_time: None,
            tags: Vec::new(),
        }
    }
}

pub static KIND: Kind = Kind {
    number: 5,
    word: "AutoSnapshotPolicy",
    words: "AutoSnapshotPolicies",
    path: "auto-snapshot-policies",
    table: "auto_snapshot_policy",
    id_field: "AutoSnapshotPolicyId",
    id_prefix: "sp-",
    columns: &["auto_snapshot_policy_name", "resource_group_id", "is_by_tags"],
    derived: &[],
    requires: &[Require { by: By::Link, field: "DiskIds", table: "disk" }],
    // A disk shows the policy that was applied to it first.
    touches: &[Touch { table: "disk", by: By::Link }],
    ignored: &["DiskNums", "VolumeNums"],
    bodies: Bodies::of::<AutoSnapshotPolicy>(),
};

impl Resource for AutoSnapshotPolicy {
    const KIND: &'static Kind = &KIND;
    type Filter = AutoSnapshotPolicyFilter;
    type Derived = NothingDerived;
}

impl Entry for AutoSnapshotPolicy {
    keyed!(auto_snapshot_policy_id);
    grouped!();

    fn complete(&mut self) -> Result<(), DocumentError> {
        if self.target_copy_regions.len() > 1 {
            return Err(DocumentError::field("TargetCopyRegions", "a policy copies to one region"));
        }
        if self.target_copy_regions.contains(&self.region_id) {
            return Err(DocumentError::field("TargetCopyRegions", "a copy goes to another region"));
        }
        if self.target_tags.len() > TARGET_TAGS {
            return Err(DocumentError::field("TargetTags", format!("a policy names {TARGET_TAGS} at most")));
        }
        let ids = self.places.keys().map(|id| ("Places", id));
        for (field, id) in ids.chain(self.pending_copies.keys().map(|id| ("PendingCopies", id))) {
            fields::check_characters::<serde::de::value::Error>(id)
                .map_err(|error| DocumentError::field(field, error.to_string()))?;
        }
        if self.is_by_tags() && self.target_tags.is_empty() {
            return Err(DocumentError::field("TargetTags", "a policy that goes by tags names at least one"));
        }
        self.disk_ids.sort();
        self.disk_ids.dedup();
        if !self.is_by_tags()
            && let Some(time) = self.fired_until.of_all.take()
        {
            // A disk that is added later has a time of its own.
            let disks = self.disk_ids.iter().map(|disk_id| (disk_id.clone(), time));
            self.fired_until.of_disks = disks.collect();
        }
        self.forget_others();
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            self.auto_snapshot_policy_name.as_str().into(),
            self.resource_group_id.as_deref().into(),
            self.is_by_tags().into(),
        ]
    }

    fn links(&self) -> Vec<&str> {
        self.disk_ids.iter().map(String::as_str).collect()
    }

    fn link_place(&self, linked_id: &str) -> i32 {
        self.place(linked_id)
    }

    fn let_go(&mut self, id: &str) {
        self.cancel(id);
    }

    fn succeed(&mut self, before: &dyn Entry, now: Time) {
        let before: &dyn std::any::Any = before;
        let Some(before) = before.downcast_ref::<Self>() else { return };
        // Points of other times are none of the time that has passed, unless somebody says so.
        if self.fires_at_other_times_than(before) {
            for (disk_id, fired_until) in &mut self.fired_until.of_disks {
                if before.fired_until.of_disks.get(disk_id) == Some(fired_until) {
                    *fired_until = now.max(*fired_until);
                }
            }
        }
    }
}

impl AutoSnapshotPolicy {
    /// Whether it finds its disks by tags of their instances.
    #[must_use]
    pub fn is_by_tags(&self) -> bool {
        self.association_type == AssociationType::AssociatedWithInstanceTag
    }

    fn fires_at_other_times_than(&self, other: &Self) -> bool {
        let is_same = self.status == other.status
            && same_numbers(&self.time_points, &other.time_points)
            && same_numbers(&self.repeat_weekdays, &other.repeat_weekdays);
        !is_same
    }

    /// Lets what was due by `now` and is not made never be made.
    pub fn skip_until(&mut self, now: Time) {
        for fired_until in self.fired_until.of_disks.values_mut() {
            *fired_until = now.max(*fired_until);
        }
        self.pending_copies.retain(|_, time| *time > now);
    }

    /// Where its snapshots are copied to, if they are.
    #[must_use]
    pub fn copies_to(&self) -> Option<&str> {
        self.target_copy_regions.first().filter(|_| self.enable_cross_region_copy).map(String::as_str)
    }

    /// Whether a disk is one of its.
    #[must_use]
    pub fn has(&self, disk_id: &str) -> bool {
        self.disk_ids.binary_search_by(|other| other.as_str().cmp(disk_id)).is_ok()
    }

    /// Which one of the policies of a disk it is.
    #[must_use]
    pub fn place(&self, disk_id: &str) -> i32 {
        self.places.get(disk_id).copied().unwrap_or(1)
    }

    /// Makes a disk one of its, behind so many policies that the disk has already. It fires from `now` on. A disk that it has
    /// stays as it is.
    pub fn apply(&mut self, disk_id: &str, place: i32, now: Time) {
        let Err(position) = self.disk_ids.binary_search_by(|other| other.as_str().cmp(disk_id)) else { return };
        self.disk_ids.insert(position, disk_id.to_owned());
        self.fired_until.of_disks.insert(disk_id.to_owned(), self.fired_until.of_all.unwrap_or(now));
        if place > 1 {
            self.places.insert(disk_id.to_owned(), place);
        }
    }

    /// Takes a disk out.
    pub fn cancel(&mut self, disk_id: &str) {
        self.disk_ids.retain(|other| other != disk_id);
        self.forget_others();
    }

    /// What it says of disks that are none of its.
    fn forget_others(&mut self) {
        let Self { disk_ids, fired_until, places, .. } = self;
        let is_own = |disk_id: &String| disk_ids.binary_search(disk_id).is_ok();
        fired_until.of_disks.retain(|disk_id, _| is_own(disk_id));
        places.retain(|disk_id, place| is_own(disk_id) && *place > 1);
    }
}

fn same_numbers(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().all(|number| right.contains(number))
}
