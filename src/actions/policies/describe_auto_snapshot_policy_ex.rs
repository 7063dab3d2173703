//! DescribeAutoSnapshotPolicyEx: the policies of a region, a page at a time, newest first. An id or a name that none of them has
//! leads to an empty list.
//!
//! TimePoints, RepeatWeekdays and TargetCopyRegions are texts that hold lists: SDKs take nothing else. CopyEncryptionConfiguration
//! and TargetTags are there for policies that have one, as Terraform takes an empty configuration for a change.

use serde::Serialize;

use super::shown;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INVALID_TAG_COUNT, INVALID_TAG_MISMATCH, Row, Unreachable, rows};
use crate::actions::list::{Described, List};
use crate::actions::output::Output;
use crate::actions::wrapped::{PageInfo, Tags, listed, page, wrapped};
use crate::model::auto_snapshot_policy::AutoSnapshotPolicy;
use crate::model::auto_snapshot_policy_filter::AutoSnapshotPolicyFilter;
use crate::model::auto_snapshot_policy_words::to_text;
use crate::model::filter::Filter as _;
use crate::model::paging::{Paging, Sizes};
use crate::model::params::{Reading, Reason, Refusal};
use crate::model::time::Time;
use crate::store::Stored;

pub static ACTION: Action = Action {
    name: "DescribeAutoSnapshotPolicyEx",
    run: Run::List(|call| Box::pin(run(call)), &LIST),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

static LIST: List<AutoSnapshotPolicy> = List {
    asked: |call| Box::pin(asked(call)),
    read: AutoSnapshotPolicyFilter::read,
    paging: |reading| Paging::read_numbers(reading, Sizes::USUAL),
    implied: None,
    shown: shown::auto_snapshot_policy,
};

impl Described for AutoSnapshotPolicy {
    const LIST: &'static List<Self> = &LIST;
}

rows! {
    INVALID_REGION_ID = 400 "InvalidRegionId.NotFound" "The specified RegionId does not exist.";
    [INVALID_TAG_MISMATCH, INVALID_TAG_COUNT]
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    match (refusal.family(), refusal.reason) {
        ("Tag", Reason::TooMany) => Some(&INVALID_TAG_COUNT),
        ("Tag", Reason::Unpaired) => Some(&INVALID_TAG_MISMATCH),
        _ => None,
    }
}

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let (filter, paging) = (LIST.asked)(call).await?;
    let (rows, page_info) = page::<AutoSnapshotPolicy>(call, &filter, &paging).await?;
    Ok(Box::new(Reply { auto_snapshot_policies: AutoSnapshotPolicies(rows), page_info }))
}

/// Makes all checks.
async fn asked(call: &ReadCall<'_>) -> Result<(AutoSnapshotPolicyFilter, Paging), Fault> {
    let mut checks = Checks::of(Reading::new(call.params), row);
    let region_id = checks.reading().required("RegionId");
    let filter = LIST.filter(checks.reading());
    let paging = (LIST.paging)(checks.reading());
    checks.so_far()?;

    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    Ok((filter, paging))
}

listed!(AutoSnapshotPolicies, "AutoSnapshotPolicy", AutoSnapshotPolicy, PolicyItem);
wrapped!(TargetTags, "TargetTag");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    auto_snapshot_policies: AutoSnapshotPolicies,
    #[serde(flatten)]
    page_info: PageInfo,
}

/// A policy as the reply shows it. `None` leaves a field out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyItem<'a> {
    auto_snapshot_policy_id: &'a str,
    region_id: &'a str,
    auto_snapshot_policy_name: &'a str,
    creation_time: Time,
    time_points: String,
    repeat_weekdays: String,
    retention_days: i32,
    /// Terraform takes one without it for a policy that is gone.
    status: &'static str,
    #[serde(rename = "Type")]
    policy_type: &'static str,
    enable_cross_region_copy: bool,
    target_copy_regions: String,
    copied_snapshots_retention_days: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_encryption_configuration: Option<EncryptionItem<'a>>,
    resource_group_id: &'a str,
    association_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_tags: Option<TargetTags<TagItem<'a>>>,
    disk_nums: usize,
    /// Of another sort of storage, which there is none of.
    volume_nums: usize,
    tags: Tags<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EncryptionItem<'a> {
    encrypted: bool,
    #[serde(rename = "KMSKeyId", skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagItem<'a> {
    tag_key: &'a str,
    tag_value: &'a str,
}

impl<'a> PolicyItem<'a> {
    fn new(Stored { resource: policy, .. }: &'a Stored<AutoSnapshotPolicy>, _now: Time) -> Self {
        let encryption = &policy.copy_encryption_configuration;
        let target_tags = policy.is_by_tags().then(|| {
            let tags = policy.target_tags.iter().map(|tag| TagItem { tag_key: &tag.key, tag_value: &tag.value });
            TargetTags { items: tags.collect() }
        });
        Self {
            auto_snapshot_policy_id: &policy.auto_snapshot_policy_id,
            region_id: &policy.region_id,
            auto_snapshot_policy_name: &policy.auto_snapshot_policy_name,
            creation_time: policy.creation_time,
            time_points: to_text(&policy.time_points),
            repeat_weekdays: to_text(&policy.repeat_weekdays),
            retention_days: policy.retention_days,
            status: policy.status.into(),
            policy_type: policy.policy_type.into(),
            enable_cross_region_copy: policy.enable_cross_region_copy,
            target_copy_regions: to_text(&policy.target_copy_regions),
            copied_snapshots_retention_days: policy.copied_snapshots_retention_days,
            copy_encryption_configuration: (!encryption.is_empty()).then_some(EncryptionItem {
                encrypted: encryption.encrypted,
                kms_key_id: encryption.kms_key_id.as_deref(),
            }),
            resource_group_id: policy.resource_group_id.as_deref().unwrap_or_default(),
            association_type: policy.association_type.into(),
            target_tags,
            disk_nums: policy.disk_ids.len(),
            volume_nums: 0,
            tags: Tags::new(&policy.tags),
        }
    }
}
