//! Which pairs of automatic snapshot policy and disk a request asks for.

use serde::Serialize;

/// The pairs of a policy or of a disk, which is in a region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssociationQuery {
    pub region_id: String,
    pub of: Of,
}

/// Whose they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Of {
    /// By the ids of the disks.
    Policy(String),
    /// In the order in which the policies were applied, then by their ids.
    Disk(String),
}
