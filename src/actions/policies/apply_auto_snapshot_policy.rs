//! ApplyAutoSnapshotPolicy: adds disks to a policy, all of them or none. The policies that a disk has already stay, and come before
//! this one. A disk that has this one stays as it is; one that was never attached is accepted, and nothing is made of it until
//! it was.
//!
//! Checks run in the order of the documentation's table of parameters, then come the region, the policy, the disks, what they
//! are of, and how many policies they have. A policy that finds its disks by tags takes none by hand.

use super::rows::{INVALID_DISK_IDS, INVALID_REGION_ID, POLICY_ELSEWHERE, UNKNOWN_POLICY};
use super::{disk_ids, found};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::params::{Params, Reading};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ApplyAutoSnapshotPolicy",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    CATEGORY_NOT_SUPPORTED = 400 "DiskCategory.OperationNotSupported"
        "The type of the specified disk does not support creating a snapshot.";
    SOME_NOT_SUPPORTED = 400 "PartofDiskCategory.OperationNotSupported"
        "The types of some disks in the disk list do not support creating snapshots.";
    BY_TAGS = 403 "ParameterInvalid" "The specified AutoSnapshotPolicyId parameter is invalid.";
    QUOTA_EXCEED = 403 "QuotaExceed.AppliedAutoSnapshotPolicyQuota"
        "The number of auto snapshot policies applied to the specified disk {} has exceeded the quota {}. Please cancel any unused policies and try again.";
    INVALID_DISK_ID = 404 "InvalidDiskId.NotFound" "The specified disk does not exist in the region.";
    [INVALID_REGION_ID, INVALID_DISK_IDS, UNKNOWN_POLICY, POLICY_ELSEWHERE]
    {
        "twin" 400 "InvalidAutoSnapshotPolicyId.NotFound" "The specified AutoSnapshotPolicyId does not exist.";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance.";
        "account" 403 "InvalidAccountStatus.SnapshotServiceUnavailable" "Snapshot service has not been opened yet.";
        "promotions" 403 "InvalidOperation.SnapshotAlreadyCreatedUnsupported"
            "The current disk already has snapshots created by non-promotional activities. Snapshot policies bound to promotional activities are not supported.";
        "promotions" 403 "InvalidOperation.AutoSnapshotPolicyConflict"
            "The disk %s cannot apply the auto snapshot policy of promotional activities and other policies at the same time.";
    }
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::of(Reading::new(params), disk_ids::row);
    let id = checks.reading().required("autoSnapshotPolicyId");
    let disk_ids = disk_ids::read(&mut checks);
    let region_id = checks.reading().required("regionId");
    checks.so_far()?;

    found::check_region(region_id, write).await?;
    let mut policy = found::policy(region_id, id, write).await?;
    if policy.is_by_tags() {
        return Err(Fault::from(&BY_TAGS));
    }
    let disks = found::disks(region_id, &disk_ids, &INVALID_DISK_ID, write).await?;
    match disks.iter().filter(|disk| disk.is_ephemeral()).count() {
        0 => {}
        count if count == disks.len() => return Err(Fault::from(&CATEGORY_NOT_SUPPORTED)),
        _ => return Err(Fault::from(&SOME_NOT_SUPPORTED)),
    }
    let quota = write.settings().policies_per_disk;
    for disk in disks.iter().filter(|disk| !policy.has(&disk.disk_id)).collect::<Vec<_>>() {
        let others = found::policies_of(disk, write).await?;
        if i64::try_from(others.len()).unwrap_or(i64::MAX) >= i64::from(quota) {
            return Err(QUOTA_EXCEED.about_both(&disk.disk_id, &quota.to_string()));
        }
        let last = others.iter().map(|other| other.place(&disk.disk_id)).max().unwrap_or(0);
        policy.apply(&disk.disk_id, last.saturating_add(1), write.now());
    }
    write.put(&policy).await?;
    Ok(Box::new(Done {}))
}
