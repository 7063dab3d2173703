//! ModifyAutoSnapshotPolicyEx: changes what a policy says, and leaves what is not given as it is. retentionDays has a default in the
//! documentation; nobody who changes a name wants another retention, so that is not applied.
//!
//! Checks run in the order of the documentation's table of parameters, then come the region and the policy: its existence, whose
//! it is, how it finds its disks, where its snapshots are copied to. A policy that does not go by tags is not the one to give
//! TargetTags to. The table has no row for a name: that one is CreateAutoSnapshotPolicy's.

use std::ops::RangeInclusive;

use super::asked::{self, Asked};
use super::found;
use super::rows::{
    INVALID_COPIED_RETENTION_DAYS, INVALID_POLICY_NAME, INVALID_REGION_ID, INVALID_REPEAT_WEEKDAYS,
    INVALID_RETENTION_DAYS, INVALID_TARGET_COPY_REGIONS, INVALID_TIME_POINTS, KEY_WITHOUT_ENCRYPTED, POLICY_ELSEWHERE,
    UNKNOWN_POLICY,
};
use crate::actions::action::{Action, Run};
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::auto_snapshot_policy::PolicyType;
use crate::model::params::Params;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ModifyAutoSnapshotPolicyEx",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[
        "CopyEncryptionConfiguration.Arn.N.AssumeRoleFor",
        "CopyEncryptionConfiguration.Arn.N.RoleType",
        "CopyEncryptionConfiguration.Arn.N.Rolearn",
    ],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_POLICY_ID = 403 "ParameterInvalid" "The specified AutoSnapshotPolicyId is invalid.";
    POLICY_TYPE_UNSUPPORTED = 403 "InvalidOperation.PolicyTypeUnsupported"
        "The current policy type does not support this operation. Only custom policies are permitted.";
    [
        INVALID_POLICY_NAME, KEY_WITHOUT_ENCRYPTED, INVALID_REGION_ID, INVALID_REPEAT_WEEKDAYS, INVALID_TIME_POINTS,
        INVALID_RETENTION_DAYS, INVALID_TARGET_COPY_REGIONS, INVALID_COPIED_RETENTION_DAYS, UNKNOWN_POLICY, POLICY_ELSEWHERE
    ]
    {
        "KMS" 400 "InvalidParameter.KmsNotEnabled" "Failed to perform this operation because KMS is not activated.";
        "KMS" 400 "InvalidParameter.Encrypted.KmsNotEnable" "Failed to perform this operation because KMS is not activated.";
        "images" 400 "InvalidParam.EncryptedMismatch"
            "Creating encrypted disks with shared encrypted image requires replacing encryption keys.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "regions" 403 "Abs.InvalidAction.RegionNotSupport" "This region does not support this action.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK (Customer Master Key) must be in an active state.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKUnauthorized"
            "The CMK(Customer Master Key) lacks authorization to add tags to the ECS service.";
        "KMS" 404 "InvalidParameter.KMSKeyId.NotFound" "The specified KMSKeyId does not exist.";
    }
}

/// Days that snapshots may be kept for, beside for ever. CreateAutoSnapshotPolicy takes one less.
const DAYS: RangeInclusive<i32> = 1..=65_536;

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = asked::checks(params);
    let id = checks.reading().required("autoSnapshotPolicyId");
    let asked = Asked::read(&mut checks, &DAYS);
    checks.so_far()?;

    found::check_region(asked.region_id, write).await?;
    let mut policy = found::policy(asked.region_id, id, write).await?;
    if policy.policy_type == PolicyType::System {
        return Err(Fault::from(&POLICY_TYPE_UNSUPPORTED));
    }
    if !asked.target_tags.is_empty() && !policy.is_by_tags() {
        return Err(Fault::from(&INVALID_POLICY_ID));
    }
    asked.change(&mut policy, write).await?;
    write.put(&policy).await?;
    Ok(Box::new(Done {}))
}
