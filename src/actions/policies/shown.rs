//! What an automatic snapshot policy has where a request asks for something.

use crate::actions::list::{Shown, optional, text, value};
use crate::model::auto_snapshot_policy::AutoSnapshotPolicy;
use crate::model::time::Time;
use crate::store::Stored;

pub fn auto_snapshot_policy<'r>(row: &'r Stored<AutoSnapshotPolicy>, name: &str, _now: Time) -> Shown<'r> {
    let policy = &row.resource;
    match name {
        "AutoSnapshotPolicyId" | "AutoSnapshotPolicyIds" => text(&policy.auto_snapshot_policy_id),
        "AutoSnapshotPolicyName" => optional(Some(&policy.auto_snapshot_policy_name)),
        "CreationStartTime" | "CreationEndTime" => value(policy.creation_time),
        "RegionId" => text(&policy.region_id),
        "ResourceGroupId" => optional(policy.resource_group_id.as_deref()),
        _ => Shown::new(),
    }
}
