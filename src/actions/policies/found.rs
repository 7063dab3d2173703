//! What actions on policies find: the policy, its region and the disks that a request names.

use super::rows::{INVALID_REGION_ID, POLICY_ELSEWHERE, UNKNOWN_POLICY};
use crate::actions::faults::{Fault, Row};
use crate::model::auto_snapshot_policy::{self, AutoSnapshotPolicy};
use crate::model::auto_snapshot_policy_filter::AutoSnapshotPolicyFilter;
use crate::model::disk::Disk;
use crate::model::disk_filter::DiskFilter;
use crate::model::filter::Filter as _;
use crate::model::kind::By;
use crate::sandboxes::Write;

/// Whether a region is known.
pub async fn check_region(region_id: &str, write: &mut Write) -> Result<(), Fault> {
    if write.is_region_known(region_id).await? { Ok(()) } else { Err(Fault::from(&INVALID_REGION_ID)) }
}

/// The policy of this id in this region. One of another region has a row of its own.
pub async fn policy(region_id: &str, id: &str, write: &mut Write) -> Result<AutoSnapshotPolicy, Fault> {
    let policy = write.find::<AutoSnapshotPolicy>(id).await?.ok_or(&UNKNOWN_POLICY)?.resource;
    if policy.region_id == region_id { Ok(policy) } else { Err(Fault::from(&POLICY_ELSEWHERE)) }
}

/// The disks of these ids, which all must be in this region.
pub async fn disks(
    region_id: &str,
    ids: &[String],
    unknown: &'static Row,
    write: &mut Write,
) -> Result<Vec<Disk>, Fault> {
    let in_region = DiskFilter { region_id: Some(region_id.to_owned()), ..DiskFilter::default() };
    let found = write.matching::<Disk>(&in_region.by_ids(ids.to_vec()), i64::MAX).await?;
    if found.len() < ids.len() {
        return Err(Fault::from(unknown));
    }
    Ok(found.into_iter().map(|found| found.resource).collect())
}

/// The policies that a disk has.
pub async fn policies_of(disk: &Disk, write: &mut Write) -> Result<Vec<AutoSnapshotPolicy>, Fault> {
    let ids = write.naming(&auto_snapshot_policy::KIND, By::Link, &disk.disk_id).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let these = AutoSnapshotPolicyFilter::default().by_ids(ids);
    let found = write.matching::<AutoSnapshotPolicy>(&these, i64::MAX).await?;
    Ok(found.into_iter().map(|found| found.resource).collect())
}
