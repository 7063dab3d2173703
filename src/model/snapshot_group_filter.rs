//! Which groups of snapshots a request asks for: the one filter of both planes, read from names and values.

use std::ops::RangeInclusive;

use serde::Serialize;

use super::filter::{Filter, both};
use super::params::{Reading, Reason, Refusal, Type};
use super::snapshot_words::Status;
use super::tags::{self, TagFilter};

/// Conditions on groups; all that are given hold at once (DescribeSnapshotGroups). An empty filter matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct SnapshotGroupFilter {
    pub region_id: Option<String>,
    /// `Some` of nothing matches nothing.
    pub snapshot_group_ids: Option<Vec<String>>,
    /// That it names, or that all of its snapshots share.
    pub instance_id: Option<String>,
    pub name: Option<String>,
    pub resource_group_id: Option<String>,
    /// One of these; none: any.
    pub statuses: Vec<Status>,
    pub tags: Vec<TagFilter>,
}

/// N of SnapshotGroupId, and of Status.
const IDS: RangeInclusive<u32> = 1..=10;
const STATUSES: RangeInclusive<u32> = 1..=3;

const STATUS: &str = "progressing, accomplished or failed";

impl Filter for SnapshotGroupFilter {
    /// Reads the parameters that DescribeSnapshotGroups documents as filters, under their documented names and in the order of
    /// its table; and SnapshotGroupIds, as every kind has it on the control plane.
    fn read(reading: &mut Reading<'_>) -> Self {
        let instance_id = reading.owned("InstanceId");
        let name = reading.owned("Name");
        let region_id = reading.owned("RegionId");
        let resource_group_id = reading.owned("ResourceGroupId");
        let snapshot_group_ids = both(ids(reading), reading.ids("SnapshotGroupIds"));
        let statuses = statuses(reading);
        let tags = tags::read(reading);
        Self { region_id, snapshot_group_ids, instance_id, name, resource_group_id, statuses, tags }
    }

    fn region_id(&self) -> Option<&str> {
        self.region_id.as_deref()
    }

    fn ids(&self) -> Option<&[String]> {
        self.snapshot_group_ids.as_deref()
    }

    fn tags(&self) -> &[TagFilter] {
        &self.tags
    }

    fn with_tags(self, tags: Vec<TagFilter>) -> Self {
        Self { tags, ..self }
    }

    fn asks_for_more(&self) -> bool {
        *self != Self { region_id: self.region_id.clone(), tags: self.tags.clone(), ..Self::default() }
    }

    fn by_ids(&self, ids: Vec<String>) -> Self {
        Self { region_id: self.region_id.clone(), snapshot_group_ids: Some(ids), ..Self::default() }
    }
}

/// `SnapshotGroupId.N`, sorted and each once; `None` if there is none.
fn ids(reading: &mut Reading<'_>) -> Option<Vec<String>> {
    reading.ask("SnapshotGroupId.N", Type::Text, "at most 10 ids");
    let ids = reading.params().listed("SnapshotGroupId");
    if let Some(n) = ids.keys().find(|n| !IDS.contains(*n)) {
        reading.refuse(Refusal::new(format!("SnapshotGroupId.{n}"), Reason::TooMany, "an N from 1 to 10"));
    }
    let mut ids: Vec<String> = ids.into_values().map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    (!ids.is_empty()).then_some(ids)
}

/// `Status.N`, in the order of the words and each once; all of them are none.
fn statuses(reading: &mut Reading<'_>) -> Vec<Status> {
    reading.ask("Status.N", Type::Text, STATUS);
    let words = reading.params().listed("Status");
    if let Some(n) = words.keys().find(|n| !STATUSES.contains(*n)) {
        reading.refuse(Refusal::new(format!("Status.{n}"), Reason::TooMany, "an N from 1 to 3"));
    }
    let mut asked = Vec::new();
    for (n, word) in words {
        match word.parse::<Status>() {
            Ok(status) => asked.push(status),
            Err(_) => reading.refuse(Refusal::new(format!("Status.{n}"), Reason::NotPermitted, STATUS)),
        }
    }
    let all = [Status::Progressing, Status::Accomplished, Status::Failed];
    let asked: Vec<Status> = all.into_iter().filter(|status| asked.contains(status)).collect();
    if asked.len() == all.len() { Vec::new() } else { asked }
}
