//! CancelAutoSnapshotPolicy: takes disks off a policy, all of them or none. Without autoSnapshotPolicyId, off the one that each of
//! them has. A disk that does not have the policy, or none, is as the request wants it already.
//!
//! Checks run in the order of the documentation's table of parameters, then come the region, the policy, the disks. The table
//! says nothing of a policy that is not there, which is answered as everywhere, nor of a disk with several ones: the code is what
//! clients were seen to get, status and text are ours.

use std::collections::BTreeMap;

use super::rows::{INVALID_DISK_IDS, INVALID_REGION_ID, POLICY_ELSEWHERE, UNKNOWN_POLICY};
use super::{disk_ids, found};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::auto_snapshot_policy::AutoSnapshotPolicy;
use crate::model::params::{Params, Reading};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "CancelAutoSnapshotPolicy",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    TOO_MANY_POLICIES = 403 "OperationDenied.TooManyAutoSnapshotPolicies"
        "The specified disk {} has several automatic snapshot policies. Please specify the autoSnapshotPolicyId.";
    INVALID_DISK_ID = 404 "InvalidDiskId.NotFound" "The specified DiskIds are not found.";
    [INVALID_REGION_ID, INVALID_DISK_IDS, UNKNOWN_POLICY, POLICY_ELSEWHERE]
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::of(Reading::new(params), disk_ids::row);
    let id = checks.reading().text("autoSnapshotPolicyId");
    let disk_ids = disk_ids::read(&mut checks);
    let region_id = checks.reading().required("regionId");
    checks.so_far()?;

    found::check_region(region_id, write).await?;
    let only = match id {
        Some(id) => Some(found::policy(region_id, id, write).await?),
        None => None,
    };
    let disks = found::disks(region_id, &disk_ids, &INVALID_DISK_ID, write).await?;
    // Each policy once, however many disks are taken off it.
    let mut changed = BTreeMap::<String, AutoSnapshotPolicy>::new();
    for disk in &disks {
        let of_disk = if let Some(policy) = &only {
            Some(policy.clone()).filter(|policy| policy.has(&disk.disk_id))
        } else {
            let mut policies = found::policies_of(disk, write).await?;
            if policies.len() > 1 {
                return Err(TOO_MANY_POLICIES.about(&disk.disk_id));
            }
            policies.pop()
        };
        let Some(policy) = of_disk else { continue };
        // What it finds by tags, it would find again.
        if policy.is_by_tags() {
            return Err(Fault::from(&INVALID_DISK_IDS));
        }
        changed.entry(policy.auto_snapshot_policy_id.clone()).or_insert(policy).cancel(&disk.disk_id);
    }
    for policy in changed.values() {
        write.put(policy).await?;
    }
    Ok(Box::new(Done {}))
}
