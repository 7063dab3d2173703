//! A disk as it is stored, and what other rows add to it.

use serde::Deserialize;

use super::disk_category;
use super::disk_filter::DiskFilter;
pub use super::disk_words::{DiskStatus, OperationLock};
use super::fields::{self, resource};
use super::kind::{Bodies, By, Column, DocumentError, Entry, Kind, Require, Resource, Touch, grouped, keyed};
use super::lists;
use super::schemas;
use super::tags::Tag;
use super::time::Time;

resource! {
    /// One disk.
    pub struct Disk {
        pub disk_id: String,
        pub region_id: String,
        /// That of its instance if it is left out, else the region's zone h.
        pub zone_id: Option<String>,
        pub disk_name: Option<String>,
        pub description: String,
        pub creation_time: Time,
        /// For example `cloud` or `cloud_essd`.
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::text")]
        #[schema(value_type = Option<String>)]
        pub category: String,
        /// `system` or `data`.
        #[serde_with(skip_apply)]
        #[serde(rename = "Type", deserialize_with = "fields::disk_type")]
        #[schema(value_type = Option<String>)]
        pub disk_type: String,
        /// GiB.
        #[serde(deserialize_with = "fields::integer_or::<_, 40>")]
        #[schema(schema_with = schemas::integer)]
        pub size: i32,
        /// `In_use` with an InstanceId, else `Available`, if it is left out.
        #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
        #[schema(schema_with = schemas::disk_status)]
        pub status: Option<DiskStatus>,
        /// The instance that it is attached to, which must be there, in the same region.
        pub instance_id: Option<String>,
        pub device: Option<String>,
        /// Whether it was never attached to an instance.
        pub never_attached: bool,
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::text")]
        #[schema(value_type = Option<String>)]
        pub disk_charge_type: String,
        /// When its DiskChargeType was changed last.
        pub charge_type_modified_time: Option<Time>,
        /// `None`: a data disk is.
        pub portable: Option<bool>,
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::or_true")]
        #[schema(schema_with = schemas::boolean)]
        pub delete_auto_snapshot: bool,
        pub delete_with_instance: bool,
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::or_true")]
        #[schema(schema_with = schemas::boolean)]
        pub enable_auto_snapshot: bool,
        pub encrypted: bool,
        #[serde(rename = "KMSKeyId")]
        pub kms_key_id: Option<String>,
        /// `PL1` for cloud_essd, if it is left out.
        pub performance_level: Option<String>,
        pub provisioned_iops: Option<i64>,
        /// IOPS that ModifyDiskSpec has set for a disk of a dedicated block storage cluster.
        pub performance_control_iops: Option<i32>,
        /// MB/s that it has set likewise.
        pub performance_control_throughput: Option<i32>,
        pub bursting_enabled: Option<bool>,
        pub multi_attach: Option<String>,
        pub source_snapshot_id: Option<String>,
        pub image_id: Option<String>,
        pub attached_time: Option<Time>,
        pub detached_time: Option<Time>,
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::text")]
        #[schema(value_type = Option<String>)]
        pub expired_time: String,
        pub product_code: String,
        pub resource_group_id: Option<String>,
        pub serial_number: Option<String>,
        pub storage_cluster_id: Option<String>,
        pub storage_set_id: Option<String>,
        pub storage_set_partition_number: Option<i32>,
        #[serde(deserialize_with = "lists::operation_locks", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::operation_locks)]
        pub operation_locks: Vec<OperationLock>,
        /// Part of the key of every kind; this one never expires.
        #[serde_with(skip_apply)]
        #[serde(skip)]
        pub expiration_time: Option<Time>,
        pub tags: Vec<Tag>,
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            disk_id: String::new(),
            region_id: String::new(),
            zone_id: None,
            disk_name: None,
            description: String::new(),
            creation_time: Time::UNSAID,
            category: "cloud".to_owned(),
            disk_type: "data".to_owned(),
            size: 40,
            status: None,
            instance_id: None,
            device: None,
            never_attached: false,
            disk_charge_type: "PostPaid".to_owned(),
            charge_type_modified_time: None,
            portable: None,
            delete_auto_snapshot: true,
            delete_with_instance: false,
            enable_auto_snapshot: true,
            encrypted: false,
            kms_key_id: None,
            performance_level: None,
            provisioned_iops: None,
            performance_control_iops: None,
            performance_control_throughput: None,
            bursting_enabled: None,
            multi_attach: None,
            source_snapshot_id: None,
            image_id: None,
            attached_time: None,
            detached_time: None,
            expired_time: "2999-09-08T16:00Z".to_owned(),
            product_code: String::new(),
            resource_group_id: None,
            serial_number: None,
            storage_cluster_id: None,
            storage_set_id: None,
            storage_set_partition_number: None,
            operation_locks: Vec::new(),
            expiration_time: None,
            tags: Vec::new(),
        }
    }
}

pub static KIND: Kind = Kind {
    number: 1,
    word: "Disk",
    words: "Disks",
    path: "disks",
    table: "disk",
    id_field: "DiskId",
    id_prefix: "d-",
    columns: &[
        "instance_id",
        "zone_id",
        "disk_name",
        "category",
        "disk_type",
        "status",
        "source_snapshot_id",
        "disk_charge_type",
        "portable",
        "delete_with_instance",
        "delete_auto_snapshot",
        "enable_auto_snapshot",
        "encrypted",
        "kms_key_id",
        "multi_attach",
        "performance_level",
        "resource_group_id",
        "financial_lock",
        "security_lock",
        "auto_snapshot_policy_id",
    ],
    derived: &["zone_id", "auto_snapshot_policy_id"],
    requires: &[Require { by: By::Column("instance_id"), field: "InstanceId", table: "instance" }],
    // A snapshot is used by the disks made from it, and belongs to the instance that its own disk is attached to.
    touches: &[
        Touch { table: "snapshot", by: By::Link },
        Touch { table: "snapshot", by: By::Column("source_disk_id") },
    ],
    ignored: &[
        "Attachments",
        "AutoSnapshotPolicyId",
        "BdfId",
        "DataSource",
        "EnableAutomatedSnapshotPolicy",
        "IOPS",
        "IOPSRead",
        "IOPSWrite",
        "MountInstanceNum",
        "MountInstances",
        "Placement",
        "SourceDiskId",
        "Throughput",
        "ThroughputRead",
        "ThroughputWrite",
    ],
    bodies: Bodies::of::<Disk>(),
};

/// What other rows add to a disk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DiskDerived {
    pub zone_id: String,
    /// The one of its automatic snapshot policies that was applied first.
    pub auto_snapshot_policy_id: Option<String>,
}

impl Resource for Disk {
    const KIND: &'static Kind = &KIND;
    type Filter = DiskFilter;
    type Derived = DiskDerived;
}

impl Entry for Disk {
    keyed!(disk_id);
    grouped!();

    fn complete(&mut self) -> Result<(), DocumentError> {
        if self.category.is_empty() {
            "cloud".clone_into(&mut self.category);
        }
        if self.disk_type.is_empty() {
            "data".clone_into(&mut self.disk_type);
        }
        if self.disk_charge_type.is_empty() {
            "PostPaid".clone_into(&mut self.disk_charge_type);
        }
        if self.expired_time.is_empty() {
            "2999-09-08T16:00Z".clone_into(&mut self.expired_time);
        }
        if self.never_attached && self.instance_id.is_some() {
            return Err(DocumentError::field("NeverAttached", "a disk with an InstanceId is attached"));
        }
        // Attached or not is told twice, by the status and by the instance; the instance decides.
        self.status = Some(match (self.status, &self.instance_id) {
            (None | Some(DiskStatus::Available), Some(_)) => DiskStatus::InUse,
            (None | Some(DiskStatus::InUse), None) => DiskStatus::Available,
            (Some(status), _) => status,
        });
        if self.category == "cloud_essd" {
            self.performance_level.get_or_insert_with(|| "PL1".to_owned());
        }
        self.portable = Some(self.is_portable());
        if self.instance_id.is_none() {
            self.stay_in(format!("{}-h", self.region_id));
        }
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        let zone_id = self.zone_id.clone().unwrap_or_else(|| format!("{}-h", self.region_id));
        vec![
            self.instance_id.as_deref().into(),
            Column::Text(zone_id),
            self.disk_name.as_deref().into(),
            self.category.as_str().into(),
            Column::Text(self.disk_type.to_ascii_lowercase()),
            <&str>::from(self.status()).into(),
            self.source_snapshot_id.as_deref().into(),
            self.disk_charge_type.as_str().into(),
            self.is_portable().into(),
            self.delete_with_instance.into(),
            self.delete_auto_snapshot.into(),
            self.enable_auto_snapshot.into(),
            self.encrypted.into(),
            self.kms_key_id.as_deref().into(),
            self.multi_attach().into(),
            self.performance_level.as_deref().into(),
            self.resource_group_id.as_deref().into(),
            self.is_locked(FINANCIAL).into(),
            self.is_locked(SECURITY).into(),
            Column::Null,
        ]
    }

    fn let_go(&mut self, id: &str) {
        if self.instance_id.as_deref() == Some(id) {
            self.instance_id = None;
            self.device = None;
            self.status = Some(DiskStatus::Available);
            self.stay_in(format!("{}-h", self.region_id));
        }
    }

    fn links(&self) -> Vec<&str> {
        self.source_snapshot_id.as_deref().into_iter().collect()
    }
}

/// The reasons of locks that requests ask for.
pub const FINANCIAL: &str = "financial";
pub const SECURITY: &str = "security";

/// The categories of the ESSD family, whose disks take several snapshots at once.
const ESSD_FAMILY: [&str; 4] = ["cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_regional_disk_auto"];

impl Disk {
    /// What it is doing.
    #[must_use]
    pub fn status(&self) -> DiskStatus {
        let default = if self.instance_id.is_some() { DiskStatus::InUse } else { DiskStatus::Available };
        self.status.unwrap_or(default)
    }

    /// Whether it can be taken off its instance and be there without it: a data disk can, unless it says otherwise.
    #[must_use]
    pub fn is_portable(&self) -> bool {
        self.portable.unwrap_or(!self.is_system())
    }

    /// Whether nothing is under way with it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.status(), DiskStatus::Available | DiskStatus::InUse)
    }

    #[must_use]
    pub fn is_system(&self) -> bool {
        self.disk_type.eq_ignore_ascii_case("system")
    }

    /// Whether several instances may have it at once: `Disabled`, `Enabled`, or `LegacyShared`.
    #[must_use]
    pub fn multi_attach(&self) -> &str {
        self.multi_attach.as_deref().unwrap_or("Disabled")
    }

    /// Whether it is locked for this reason.
    #[must_use]
    pub fn is_locked(&self, reason: &str) -> bool {
        self.operation_locks.iter().any(|lock| lock.lock_reason == reason)
    }

    /// Whether it is paid for in advance.
    #[must_use]
    pub fn is_subscription(&self) -> bool {
        self.disk_charge_type == "PrePaid"
    }

    /// Whether several instances may have it at a time.
    #[must_use]
    pub fn is_multi_attach(&self) -> bool {
        self.multi_attach.as_deref() == Some("Enabled")
    }

    /// Whether it was ever taken off an instance.
    #[must_use]
    pub fn was_detached(&self) -> bool {
        self.detached_time.is_some() || (self.instance_id.is_none() && !self.never_attached)
    }

    /// Whether it is a disk of the machine that its instance runs on, which no other instance can have.
    #[must_use]
    pub fn is_local(&self) -> bool {
        ["local_", "ephemeral"].iter().any(|prefix| self.category.starts_with(prefix))
    }

    /// Makes an instance have it.
    pub fn attach(&mut self, instance_id: &str, device: String, now: Time) {
        self.instance_id = Some(instance_id.to_owned());
        self.device = Some(device);
        self.status = Some(DiskStatus::InUse);
        self.never_attached = false;
        self.attached_time = Some(now);
        self.detached_time = None;
    }

    /// Says that it is in a zone, without an instance that says so for it. A regional disk is in all zones of its region.
    pub fn stay_in(&mut self, zone_id: String) {
        if !disk_category::is_regional(&self.category) {
            self.zone_id.get_or_insert(zone_id);
        }
    }

    /// Whether it is of the ESSD family.
    #[must_use]
    pub fn is_essd(&self) -> bool {
        ESSD_FAMILY.contains(&self.category.as_str())
    }

    /// How many of its snapshots may be in the making at once (limits of the ECS guide).
    #[must_use]
    pub fn snapshots_at_once(&self) -> usize {
        if self.is_essd() { 10 } else { 1 }
    }

    /// Whether its category is of disks that cannot be snapshotted: local and elastic ephemeral ones.
    #[must_use]
    pub fn is_ephemeral(&self) -> bool {
        self.is_local() || self.category.starts_with("elastic_ephemeral_")
    }
}
