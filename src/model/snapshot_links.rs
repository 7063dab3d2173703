//! Which chains of snapshots a request asks for.

use serde::Serialize;

use super::params::Reading;

/// Conditions on chains; all that are given hold at once (DescribeSnapshotLinks). A chain is of the disk and of the instance
/// that its newest snapshot is of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LinkFilter {
    pub region_id: String,
    pub instance_id: Option<String>,
    /// `Some` of nothing matches nothing, as the next.
    pub disk_ids: Option<Vec<String>>,
    pub snapshot_link_ids: Option<Vec<String>>,
}

impl LinkFilter {
    /// Reads the parameters of the documentation's table, in its order.
    pub fn read(reading: &mut Reading<'_>) -> Self {
        Self {
            region_id: reading.required("RegionId").to_owned(),
            instance_id: reading.owned("InstanceId"),
            disk_ids: reading.ids("DiskIds"),
            snapshot_link_ids: reading.ids("SnapshotLinkIds"),
        }
    }
}
