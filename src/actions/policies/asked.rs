//! What CreateAutoSnapshotPolicy and ModifyAutoSnapshotPolicyEx have in common: the parameters that say how a policy is to be, and
//! what they make of one. Whatever is left out stays as it is.
//!
//! Hours and weekdays keep their order, since Terraform compares them as lists. It sends TargetCopyRegions as long as its
//! configuration has some, and nothing in their place once it has none. So EnableCrossRegionCopy=false without them takes them
//! away, and with them only puts copying off.

use std::ops::RangeInclusive;

use super::rows::{
    INVALID_COPIED_RETENTION_DAYS, INVALID_POLICY_NAME, INVALID_REPEAT_WEEKDAYS, INVALID_RETENTION_DAYS,
    INVALID_TARGET_COPY_REGIONS, INVALID_TIME_POINTS, KEY_WITHOUT_ENCRYPTED,
};
use crate::actions::checks::{Checks, is_name};
use crate::actions::faults::{Fault, Row};
use crate::model::auto_snapshot_policy::{AutoSnapshotPolicy, FOR_EVER};
use crate::model::auto_snapshot_policy_words::{HOURS, WEEKDAYS, numbers_of_text};
use crate::model::params::{Params, Reading, Reason, Refusal, Type};
use crate::model::tags::{self, Tag};
use crate::sandboxes::Write;

/// The parameters of both actions in the order of the documentation's tables, in which they are checked.
const CHECKED: [&str; 14] = [
    "AssociationType",
    "CopiedSnapshotsRetentionDays",
    "CopyEncryptionConfiguration",
    "EnableCrossRegionCopy",
    "ResourceGroupId",
    "Tag",
    "TargetCopyRegions",
    "TargetTags",
    "autoSnapshotPolicyId",
    "autoSnapshotPolicyName",
    "regionId",
    "repeatWeekdays",
    "retentionDays",
    "timePoints",
];

/// Days that copies may be kept for.
const COPIED_DAYS: RangeInclusive<i32> = 1..=65_535;

/// N of TargetTags.
const TARGET_TAGS: RangeInclusive<u32> = 1..=5;

/// Characters of a key or a value at most.
const LENGTH: usize = 128;

/// What a request says of a policy.
#[derive(Debug)]
pub struct Asked<'a> {
    pub region_id: &'a str,
    /// Of the instances whose disks are meant, by key; empty if they are left out.
    pub target_tags: Vec<Tag>,
    copied_snapshots_retention_days: Option<i32>,
    encrypted: Option<bool>,
    kms_key_id: Option<&'a str>,
    enable_cross_region_copy: Option<bool>,
    target_copy_regions: Option<Vec<String>>,
    auto_snapshot_policy_name: Option<&'a str>,
    repeat_weekdays: Option<Vec<u8>>,
    retention_days: Option<i32>,
    time_points: Option<Vec<u8>>,
}

/// The checks of both actions.
pub fn checks(params: &Params) -> Checks<'_> {
    Checks::of(Reading::in_order(params, &CHECKED), |_| None)
}

impl<'a> Asked<'a> {
    /// `days`: those that snapshots may be kept for, beside for ever.
    pub fn read(checks: &mut Checks<'a>, days: &RangeInclusive<i32>) -> Self {
        let copied_snapshots_retention_days =
            retention(checks, "CopiedSnapshotsRetentionDays", &COPIED_DAYS, &INVALID_COPIED_RETENTION_DAYS);
        let encrypted = checks.reading().boolean("CopyEncryptionConfiguration.Encrypted");
        let kms_key_id = checks.reading().text("CopyEncryptionConfiguration.KMSKeyId");
        checks.value(kms_key_id.is_none() || encrypted != Some(false), &KEY_WITHOUT_ENCRYPTED);
        let enable_cross_region_copy = checks.reading().boolean("EnableCrossRegionCopy");
        let target_copy_regions = list(checks, "TargetCopyRegions", &INVALID_TARGET_COPY_REGIONS, |text| {
            serde_json::from_str::<Vec<String>>(text).ok().filter(|regions| regions.len() <= 1)
        });
        let target_tags = target_tags(checks);
        let auto_snapshot_policy_name =
            checks.text("autoSnapshotPolicyName", &INVALID_POLICY_NAME, |text| is_name(text, ":_-"));
        let region_id = checks.reading().required("regionId");
        let weekdays = |text: &str| numbers_of_text(text, WEEKDAYS);
        let repeat_weekdays = list(checks, "repeatWeekdays", &INVALID_REPEAT_WEEKDAYS, weekdays);
        let retention_days = retention(checks, "retentionDays", days, &INVALID_RETENTION_DAYS);
        let time_points = list(checks, "timePoints", &INVALID_TIME_POINTS, |text| numbers_of_text(text, HOURS));
        Self {
            region_id,
            target_tags,
            copied_snapshots_retention_days,
            encrypted,
            kms_key_id,
            enable_cross_region_copy,
            target_copy_regions,
            auto_snapshot_policy_name,
            repeat_weekdays,
            retention_days,
            time_points,
        }
    }

    /// Makes the policy what the request says.
    pub async fn change(self, policy: &mut AutoSnapshotPolicy, write: &mut Write) -> Result<(), Fault> {
        self.change_copies(policy, write).await?;
        if let Some(name) = self.auto_snapshot_policy_name {
            name.clone_into(&mut policy.auto_snapshot_policy_name);
        }
        policy.repeat_weekdays = self.repeat_weekdays.unwrap_or_else(|| std::mem::take(&mut policy.repeat_weekdays));
        policy.time_points = self.time_points.unwrap_or_else(|| std::mem::take(&mut policy.time_points));
        policy.retention_days = self.retention_days.unwrap_or(policy.retention_days);
        if !self.target_tags.is_empty() {
            policy.target_tags = self.target_tags;
        }
        Ok(())
    }

    async fn change_copies(&self, policy: &mut AutoSnapshotPolicy, write: &mut Write) -> Result<(), Fault> {
        policy.copied_snapshots_retention_days =
            self.copied_snapshots_retention_days.unwrap_or(policy.copied_snapshots_retention_days);
        let encryption = &mut policy.copy_encryption_configuration;
        encryption.encrypted = self.encrypted.unwrap_or(encryption.encrypted);
        if !encryption.encrypted {
            encryption.kms_key_id = None;
        }
        if let Some(key) = self.kms_key_id {
            if !encryption.encrypted {
                return Err(Fault::from(&KEY_WITHOUT_ENCRYPTED));
            }
            encryption.kms_key_id = Some(key.to_owned());
        }
        if let Some(is_enabled) = self.enable_cross_region_copy {
            policy.enable_cross_region_copy = is_enabled;
            if !is_enabled {
                policy.target_copy_regions.clear();
            }
        }
        if let Some(regions) = &self.target_copy_regions {
            for region_id in regions {
                if *region_id == policy.region_id || !write.is_region_known(region_id).await? {
                    return Err(Fault::from(&INVALID_TARGET_COPY_REGIONS));
                }
            }
            policy.target_copy_regions.clone_from(regions);
        }
        if policy.enable_cross_region_copy && policy.target_copy_regions.is_empty() {
            return Err(Fault::from(&INVALID_TARGET_COPY_REGIONS));
        }
        Ok(())
    }
}

/// A number of days, or -1 for ever.
fn retention(
    checks: &mut Checks<'_>,
    name: &'static str,
    days: &RangeInclusive<i32>,
    row: &'static Row,
) -> Option<i32> {
    let number = checks.reading().integer(name, i32::MIN..=i32::MAX, "an integer")?;
    checks.value(number == FOR_EVER || days.contains(&number), row);
    Some(number)
}

/// A list in a text.
fn list<T>(
    checks: &mut Checks<'_>,
    name: &'static str,
    row: &'static Row,
    read: impl FnOnce(&str) -> Option<Vec<T>>,
) -> Option<Vec<T>> {
    let text = checks.reading().text(name)?;
    let items = read(text);
    checks.value(items.is_some(), row);
    items
}

/// `TargetTags.N.Key` and `TargetTags.N.Value`, by key. A value that is not there is empty. Of no table is a row for them, so what
/// is wrong is named.
fn target_tags(checks: &mut Checks<'_>) -> Vec<Tag> {
    let reading = checks.reading();
    reading.ask("TargetTags.N", Type::Text, "a key and a value");
    let mut read: Vec<Tag> = Vec::new();
    for (n, (key, value)) in tags::numbered_under("TargetTags", reading.params()) {
        let mut refuse = |what: &str, reason: Reason| {
            reading.refuse(Refusal::new(format!("TargetTags.{n}{what}"), reason, "at most 5 tags of different keys"));
        };
        let (key, value) = (key.unwrap_or_default(), value.unwrap_or_default());
        if !TARGET_TAGS.contains(&n) {
            refuse("", Reason::TooMany);
        } else if !(1..=LENGTH).contains(&key.chars().count()) || read.iter().any(|tag| tag.key == key) {
            refuse(".Key", Reason::NotPermitted);
        } else if value.chars().count() > LENGTH {
            refuse(".Value", Reason::NotPermitted);
        }
        read.push(Tag { key: key.to_owned(), value: value.to_owned() });
    }
    read.sort_by(|left, right| left.key.cmp(&right.key));
    read
}
