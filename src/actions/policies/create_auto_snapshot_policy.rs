//! CreateAutoSnapshotPolicy: a policy of a region, which has no disks yet unless it finds them by tags of their instances.
//!
//! Checks run in the order of the documentation's table of parameters, then come the region, the quota, and where snapshots are
//! copied to. What is not there at all is a MissingParameter, since the rows are about what is wrong. retentionDays is marked as
//! required and has a default: it may be left out.

use std::ops::RangeInclusive;

use serde::Serialize;

use super::asked::{self, Asked};
use super::found::check_region;
use super::rows::{
    INVALID_COPIED_RETENTION_DAYS, INVALID_POLICY_NAME, INVALID_REGION_ID, INVALID_REPEAT_WEEKDAYS,
    INVALID_RETENTION_DAYS, INVALID_TARGET_COPY_REGIONS, INVALID_TIME_POINTS, KEY_WITHOUT_ENCRYPTED,
};
use crate::actions::action::{Action, Run};
use crate::actions::faults::{
    DUPLICATE_TAG_KEY, Fault, INVALID_RESOURCE_GROUP, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_VALUE, Row,
    Unreachable, rows,
};
use crate::actions::output::Output;
use crate::model::auto_snapshot_policy::{self, AssociationType, AutoSnapshotPolicy};
use crate::model::auto_snapshot_policy_filter::AutoSnapshotPolicyFilter;
use crate::model::params::{Params, Reason, Refusal};
use crate::model::tags::Tag;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "CreateAutoSnapshotPolicy",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[
        "CopyEncryptionConfiguration.Arn.N.AssumeRoleFor",
        "CopyEncryptionConfiguration.Arn.N.RoleType",
        "CopyEncryptionConfiguration.Arn.N.Rolearn",
        "StorageLocationArn",
    ],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    QUOTA_EXCEED = 403 "AutoSnapshotPolicy.QuotaExceed" "The maximum number of automatic snapshot policy has been reached.";
    // The table has no row for the number of tags: that one is CreateSnapshot's.
    [
        INVALID_POLICY_NAME, DUPLICATE_TAG_KEY, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_VALUE, KEY_WITHOUT_ENCRYPTED,
        INVALID_REGION_ID, INVALID_REPEAT_WEEKDAYS, INVALID_TIME_POINTS, INVALID_RETENTION_DAYS, INVALID_TARGET_COPY_REGIONS,
        INVALID_COPIED_RETENTION_DAYS, INVALID_RESOURCE_GROUP
    ]
    {
        "disks" 400 "DiskCategory.OperationNotSupported" "The type of the specified disk does not support creating a snapshot.";
        "KMS" 400 "InvalidParameter.KmsNotEnabled" "Failed to perform this operation because KMS is not activated.";
        "KMS" 400 "InvalidParameter.Encrypted.KmsNotEnable" "Failed to perform this operation because KMS is not activated.";
        "images" 400 "InvalidParam.EncryptedMismatch"
            "Creating encrypted disks with shared encrypted image requires replacing encryption keys.";
        "balance" 403 "InvalidAccountStatus.NotEnoughBalance" "Your account does not have enough balance.";
        "account" 403 "InvalidAccountStatus.SnapshotServiceUnavailable" "Snapshot service has not been opened yet.";
        "KMS" 403 "InvalidParameter.KMSKeyId.KMSUnauthorized" "ECS service have no right to access your KMS.";
        "KMS" 403 "InvalidOperation.KMSKeyIdNotFound" "The specified KMSKeyId not found, %s.";
        "regions" 403 "Abs.InvalidAction.RegionNotSupport" "This region does not support this action.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKNotEnabled" "The CMK (Customer Master Key) must be in an active state.";
        "KMS" 403 "InvalidParameter.KMSKeyId.CMKUnauthorized"
            "The CMK(Customer Master Key) lacks authorization to add tags to the ECS service.";
    }
}

/// Days that snapshots may be kept for, beside for ever. ModifyAutoSnapshotPolicyEx takes one more.
const DAYS: RangeInclusive<i32> = 1..=65_535;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    auto_snapshot_policy_id: String,
}

/// What only this action is asked for, and the rest.
struct Created<'a> {
    association_type: AssociationType,
    resource_group_id: Option<&'a str>,
    tags: Vec<Tag>,
    asked: Asked<'a>,
}

fn read(params: &Params) -> Result<Created<'_>, Fault> {
    let mut checks = asked::checks(params);
    let expected = "AssociatedWithDisk or AssociatedWithInstanceTag";
    let association_type = checks.reading().word::<AssociationType>("AssociationType", expected).unwrap_or_default();
    let resource_group_id = checks.resource_group_id();
    let tags = checks.tags();
    // Other than those of snapshots that are created, the values of these must not be of the system either.
    checks.value(!tags.iter().any(|tag| tag.value.starts_with("acs:")), &INVALID_TAG_VALUE);
    for name in ["repeatWeekdays", "timePoints"] {
        checks.reading().required(name);
    }
    let asked = Asked::read(&mut checks, &DAYS);
    let is_by_tags = association_type == AssociationType::AssociatedWithInstanceTag;
    if is_by_tags == asked.target_tags.is_empty() {
        let reason = if is_by_tags { Reason::Missing } else { Reason::NotPermitted };
        let expected = "tags if the policy goes by them, and none if not";
        checks.reading().text("TargetTags");
        checks.reading().refuse(Refusal::new("TargetTags.1.Key", reason, expected));
    }
    checks.so_far()?;
    Ok(Created { association_type, resource_group_id, tags, asked })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let Created { association_type, resource_group_id, tags, asked } = read(params)?;
    let region_id = asked.region_id;
    check_region(region_id, write).await?;
    let in_region =
        AutoSnapshotPolicyFilter { region_id: Some(region_id.to_owned()), ..AutoSnapshotPolicyFilter::default() };
    if write.count::<AutoSnapshotPolicy>(&in_region).await? >= i64::from(write.settings().policies_per_region) {
        return Err(Fault::from(&QUOTA_EXCEED));
    }
    let mut policy = AutoSnapshotPolicy {
        region_id: region_id.to_owned(),
        creation_time: write.now(),
        association_type,
        resource_group_id: resource_group_id.map(str::to_owned),
        tags,
        ..AutoSnapshotPolicy::default()
    };
    asked.change(&mut policy, write).await?;
    policy.auto_snapshot_policy_id = write.new_id(&auto_snapshot_policy::KIND, &policy.region_id).await?;
    write.put(&policy).await?;
    Ok(Box::new(Reply { auto_snapshot_policy_id: policy.auto_snapshot_policy_id }))
}
