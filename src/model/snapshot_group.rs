//! A group of snapshots, which were made of several disks at once, and what its snapshots say of it at a given time.

use serde::{Deserialize, Deserializer};

use super::fields::{self, resource};
use super::kind::{Bodies, By, Column, DocumentError, Entry, Kind, Require, Resource, grouped, keyed};
use super::lists;
use super::members;
use super::schemas;
use super::snapshot::{Snapshot, Status};
use super::snapshot_group_filter::SnapshotGroupFilter;
use super::stored::Stored;
use super::tags::Tag;
use super::time::Time;

resource! {
    /// One group of snapshots.
    #[derive(Default)]
    pub struct SnapshotGroup {
        pub snapshot_group_id: String,
        pub region_id: String,
        pub name: Option<String>,
        pub description: String,
        pub creation_time: Time,
        /// The instance that had all of its disks; the one that its snapshots belong to now, if it is left out and they share one.
        pub instance_id: Option<String>,
        pub resource_group_id: Option<String>,
        /// Its snapshots, which must be there, in the same region. Without one that is there, the group is not there either.
        #[serde(alias = "SnapshotId", deserialize_with = "lists::texts", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::texts)]
        pub snapshot_ids: Vec<String>,
        /// More of its snapshots, as replies have them.
        #[serde(deserialize_with = "members::read", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::members)]
        pub snapshots: Vec<String>,
        /// Of the key; it goes with the last of its snapshots.
        #[serde_with(skip_apply)]
        #[serde(skip)]
        pub expiration_time: Option<Time>,
        pub tags: Vec<Tag>,
    }
}

pub static KIND: Kind = Kind {
    number: 4,
    word: "SnapshotGroup",
    words: "SnapshotGroups",
    path: "snapshot-groups",
    table: "snapshot_group",
    id_field: "SnapshotGroupId",
    id_prefix: "ssg-",
    columns: &["instance_id", "name", "resource_group_id"],
    derived: &["expiration_time"],
    requires: &[Require { by: By::Link, field: "SnapshotIds", table: "snapshot" }],
    touches: &[],
    ignored: &["ProgressStatus", "Status"],
    bodies: Bodies::of::<SnapshotGroup>(),
};

/// What its snapshots add to a group.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SnapshotGroupDerived {
    /// When the last of its snapshots goes.
    #[serde(deserialize_with = "fields::seconds")]
    pub expiration_time: Option<Time>,
    /// By id; some may have expired.
    #[serde(deserialize_with = "by_id")]
    members: Vec<Stored<Snapshot>>,
}

fn by_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Stored<Snapshot>>, D::Error> {
    let mut members = Vec::<Stored<Snapshot>>::deserialize(deserializer)?;
    members.sort_by(|left, right| left.resource.snapshot_id.cmp(&right.resource.snapshot_id));
    Ok(members)
}

impl Resource for SnapshotGroup {
    const KIND: &'static Kind = &KIND;
    type Filter = SnapshotGroupFilter;
    type Derived = SnapshotGroupDerived;
}

impl Entry for SnapshotGroup {
    keyed!(snapshot_group_id);
    grouped!();

    fn complete(&mut self) -> Result<(), DocumentError> {
        self.snapshot_ids.append(&mut self.snapshots);
        self.snapshot_ids.sort();
        self.snapshot_ids.dedup();
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        vec![self.instance_id.as_deref().into(), self.name.as_deref().into(), self.resource_group_id.as_deref().into()]
    }

    fn links(&self) -> Vec<&str> {
        self.snapshot_ids.iter().map(String::as_str).collect()
    }

    fn let_go(&mut self, id: &str) {
        self.snapshot_ids.retain(|other| other != id);
    }
}

impl SnapshotGroupDerived {
    /// Its snapshots that are there at `now`, by id.
    pub fn members(&self, now: Time) -> impl Iterator<Item = &Stored<Snapshot>> {
        self.members.iter().filter(move |member| member.derived.expiration_time.is_none_or(|time| now < time))
    }

    /// How making it stands at `now`. The store's SQL says the same for filters.
    #[must_use]
    pub fn status(&self, now: Time) -> Status {
        let has = |status| self.members(now).any(|member| member.resource.status(now) == status);
        [Status::Failed, Status::Progressing].into_iter().find(|status| has(*status)).unwrap_or(Status::Accomplished)
    }

    /// The instance that all of its snapshots belong to at `now`. The store's SQL says the same for filters.
    #[must_use]
    pub fn instance_id(&self, now: Time) -> Option<&str> {
        let mut instance_ids = self.members(now).map(|member| member.derived.instance_id.as_deref());
        let first = instance_ids.next()?;
        first.filter(|_| instance_ids.all(|other| other == first))
    }
}
