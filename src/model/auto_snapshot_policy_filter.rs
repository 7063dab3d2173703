//! Which automatic snapshot policies a request asks for: the one filter of both planes, read from names and values.

use serde::Serialize;

use super::filter::{Filter, both, placed};
use super::params::Reading;
use super::snapshot_filter::creation_times;
use super::tags::{self, TagFilter};
use super::time::Time;

/// Conditions on policies; all that are given hold at once (DescribeAutoSnapshotPolicyEx). An empty filter matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct AutoSnapshotPolicyFilter {
    pub region_id: Option<String>,
    /// `Some` of nothing matches nothing.
    pub auto_snapshot_policy_ids: Option<Vec<String>>,
    pub auto_snapshot_policy_name: Option<String>,
    pub resource_group_id: Option<String>,
    /// Earliest creation time, inclusive.
    pub created_from: Option<Time>,
    /// Latest creation time, inclusive.
    pub created_until: Option<Time>,
    pub tags: Vec<TagFilter>,
}

impl Filter for AutoSnapshotPolicyFilter {
    /// Reads the parameters that DescribeAutoSnapshotPolicyEx documents as filters, under their documented names; and
    /// AutoSnapshotPolicyIds and Filter, which every kind has on the control plane.
    fn read(reading: &mut Reading<'_>) -> Self {
        let (created_from, created_until) = creation_times(reading);
        let id = reading.owned("AutoSnapshotPolicyId").map(|id| vec![id]);
        Self {
            auto_snapshot_policy_ids: both(id, reading.ids("AutoSnapshotPolicyIds")),
            auto_snapshot_policy_name: reading.owned("AutoSnapshotPolicyName"),
            region_id: reading.owned("RegionId"),
            resource_group_id: reading.owned("ResourceGroupId"),
            created_from,
            created_until,
            tags: tags::read(reading),
        }
    }

    placed!(auto_snapshot_policy_ids);
}
