//! Which disks a request asks for: the one filter of both planes, read from names and values.

use serde::Serialize;
use strum::EnumString;

use super::disk_words::DiskStatus;
use super::filter::{Filter, placed};
use super::params::{Reading, Reason, Refusal, Type};
use super::snapshot_filter::creation_times;
use super::tags::{self, TagFilter};
use super::time::Time;

/// Conditions on disks; all that are given hold at once (DescribeDisks). An empty filter matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct DiskFilter {
    pub region_id: Option<String>,
    /// `Some` of nothing matches nothing.
    pub disk_ids: Option<Vec<String>>,
    pub zone_id: Option<String>,
    pub category: Option<String>,
    /// `system` or `data`.
    pub disk_type: Option<String>,
    pub status: Option<DiskStatus>,
    pub disk_name: Option<String>,
    /// The instance that it is attached to now.
    pub instance_id: Option<String>,
    /// The snapshot that it was made from.
    pub snapshot_id: Option<String>,
    pub disk_charge_type: Option<String>,
    pub portable: Option<bool>,
    pub delete_with_instance: Option<bool>,
    pub delete_auto_snapshot: Option<bool>,
    pub enable_auto_snapshot: Option<bool>,
    /// Only encrypted ones; `false` says nothing.
    pub encrypted: bool,
    pub kms_key_id: Option<String>,
    pub lock_reason: Option<LockReason>,
    pub multi_attach: Option<String>,
    /// Only those that several instances may have at once; `false` says nothing.
    pub shared: bool,
    pub performance_level: Option<String>,
    pub resource_group_id: Option<String>,
    /// One of its automatic snapshot policies, whichever place it has among them.
    pub auto_snapshot_policy_id: Option<String>,
    /// Only those with such a policy; `false` says nothing.
    pub automated: bool,
    /// Earliest creation time, inclusive.
    pub created_from: Option<Time>,
    /// Latest creation time, inclusive.
    pub created_until: Option<Time>,
    pub tags: Vec<TagFilter>,
}

/// Why a disk may be locked: the values of the request parameter LockReason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum LockReason {
    Financial,
    Security,
}

/// The categories that a request may ask for, beside `all`.
const CATEGORIES: [&str; 14] = [
    "all",
    "cloud",
    "cloud_efficiency",
    "cloud_ssd",
    "cloud_essd",
    "cloud_auto",
    "cloud_regional_disk_auto",
    "cloud_essd_entry",
    "elastic_ephemeral_disk_standard",
    "elastic_ephemeral_disk_premium",
    "local_ssd_pro",
    "local_hdd_pro",
    "ephemeral",
    "ephemeral_ssd",
];

impl Filter for DiskFilter {
    /// Reads the parameters that DescribeDisks documents as filters, under their documented names and in the order of the
    /// documentation's table.
    fn read(reading: &mut Reading<'_>) -> Self {
        let (created_from, created_until) = creation_times(reading);
        let auto_snapshot_policy_id = reading.owned("AutoSnapshotPolicyId");
        let category = one_of(reading, "Category", &CATEGORIES, "a category of disks, or all");
        let delete_auto_snapshot = reading.boolean("DeleteAutoSnapshot");
        let delete_with_instance = reading.boolean("DeleteWithInstance");
        let disk_charge_type = one_of(reading, "DiskChargeType", &["PrePaid", "PostPaid"], "PrePaid or PostPaid");
        let disk_ids = reading.ids("DiskIds");
        let disk_name = reading.owned("DiskName");
        let disk_type = one_of(reading, "DiskType", &["all", "system", "data"], "system, data or all");
        let enable_auto_snapshot = reading.boolean("EnableAutoSnapshot");
        let automated = reading.boolean("EnableAutomatedSnapshotPolicy").unwrap_or(false);
        let shared = reading.boolean("EnableShared");
        let encrypted = reading.boolean("Encrypted").unwrap_or(false);
        let instance_id = reading.owned("InstanceId");
        let kms_key_id = reading.owned("KMSKeyId");
        let lock_reason = reading.word("LockReason", "financial or security");
        let multi_attach = multi_attach(reading, shared);
        let performance_level = reading.owned("PerformanceLevel");
        let portable = reading.boolean("Portable");
        let region_id = reading.owned("RegionId");
        let resource_group_id = reading.owned("ResourceGroupId");
        let snapshot_id = reading.owned("SnapshotId");
        let status = status(reading);
        let tags = tags::read(reading);
        Self {
            region_id,
            disk_ids,
            zone_id: reading.owned("ZoneId"),
            category,
            disk_type,
            status,
            disk_name,
            instance_id,
            snapshot_id,
            disk_charge_type,
            portable,
            delete_with_instance,
            delete_auto_snapshot,
            enable_auto_snapshot,
            encrypted,
            kms_key_id,
            lock_reason,
            multi_attach,
            shared: shared.unwrap_or(false),
            performance_level,
            resource_group_id,
            auto_snapshot_policy_id,
            automated,
            created_from,
            created_until,
            tags,
        }
    }

    placed!(disk_ids);
}

/// One of these words, as they are; `all` is none of them.
fn one_of(reading: &mut Reading<'_>, name: &'static str, words: &[&str], expected: &'static str) -> Option<String> {
    reading.ask(name, Type::Text, expected);
    let text = reading.params().text(name)?;
    if !words.contains(&text) {
        reading.refuse(Refusal::new(name, Reason::NotPermitted, expected));
    }
    Some(text.to_owned()).filter(|text| text != "all")
}

/// What a disk is doing; `All`, which is also written `all`, is anything.
fn status(reading: &mut Reading<'_>) -> Option<DiskStatus> {
    const EXPECTED: &str = "In_use, Available, Attaching, Detaching, Creating, ReIniting or All";
    reading.ask("Status", Type::Text, EXPECTED);
    let text = reading.params().text("Status").filter(|text| !text.eq_ignore_ascii_case("all"))?;
    let status = text.parse().ok();
    if status.is_none() {
        reading.refuse(Refusal::new("Status", Reason::NotPermitted, EXPECTED));
    }
    status
}

/// Whether several instances may have it at once, which the older EnableShared says too: the two must agree.
fn multi_attach(reading: &mut Reading<'_>, shared: Option<bool>) -> Option<String> {
    let words = ["Disabled", "Enabled", "LegacyShared"];
    let multi_attach = one_of(reading, "MultiAttach", &words, "Disabled, Enabled or LegacyShared")?;
    if shared.is_some_and(|shared| shared == (multi_attach == "Disabled")) {
        reading.refuse(Refusal::new("EnableShared", Reason::NotPermitted, "what MultiAttach says"));
    }
    Some(multi_attach)
}
