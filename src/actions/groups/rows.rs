//! Rows that several actions on groups of snapshots have in common.

use crate::actions::faults::Row;

pub static INVALID_NAME: Row = Row::new(400, "InvalidParameter.Name", "The specified Name is invalid.");
pub static INVALID_DESCRIPTION: Row =
    Row::new(400, "InvalidParameter.Description", "The specified Description is invalid.");
pub static INVALID_REGION_ID: Row =
    Row::new(404, "InvalidRegionId.NotFound", "The RegionId provided does not exist in our records.");
pub static INVALID_SNAPSHOT_GROUP: Row =
    Row::new(404, "InvalidSnapshotGroup.NotFound", "The SnapshotGroupId provided does not exist in our records.");
