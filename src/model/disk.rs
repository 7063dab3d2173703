//! A disk as it is stored, and which disks a request asks for.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use utoipa::ToSchema;

use super::fields::{self, resource};
use super::id_filter::id_filter;
use super::kind::{Bodies, By, Column, DocumentError, Entry, Kind, Require, Resource, Touch, grouped, keyed};
use super::lists;
use super::schemas;
use super::tags::Tag;
use super::time::Time;

/// What a disk is doing (DescribeDisks, Status). All but the first two stay until somebody changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, ToSchema)]
#[strum(serialize_all = "PascalCase")]
pub enum DiskStatus {
    #[serde(rename = "In_use")]
    #[strum(serialize = "In_use")]
    InUse,
    Available,
    Attaching,
    Detaching,
    Creating,
    ReIniting,
}

/// Why a resource may not be worked with (DescribeDisks and DescribeInstances, OperationLocks).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct OperationLock {
    /// For example `financial` or `security`.
    #[serde(deserialize_with = "fields::required_text")]
    pub lock_reason: String,
    #[serde(default, deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub lock_msg: Option<String>,
}

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
        /// The instance that it is attached to, which must be there.
        pub instance_id: Option<String>,
        pub device: Option<String>,
        /// Whether it was never attached to an instance.
        pub never_attached: bool,
        #[serde_with(skip_apply)]
        #[serde(deserialize_with = "fields::text")]
        #[schema(value_type = Option<String>)]
        pub disk_charge_type: String,
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
        /// Of the key; nothing of this kind goes by time alone.
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
            portable: None,
            delete_auto_snapshot: true,
            delete_with_instance: false,
            enable_auto_snapshot: true,
            encrypted: false,
            kms_key_id: None,
            performance_level: None,
            provisioned_iops: None,
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
    columns: &["instance_id", "zone_id"],
    derived: &["zone_id"],
    requires: &[Require { column: "instance_id", field: "InstanceId", table: "instance" }],
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

id_filter! {
    /// Which disks a request asks for.
    DiskFilter, disk_ids, "DiskIds"
}

/// What other rows add to a disk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DiskDerived {
    pub zone_id: String,
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
        self.portable.get_or_insert(self.disk_type.eq_ignore_ascii_case("data"));
        if self.instance_id.is_none() {
            self.zone_id.get_or_insert_with(|| format!("{}-h", self.region_id));
        }
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        let zone_id = self.zone_id.clone().unwrap_or_else(|| format!("{}-h", self.region_id));
        vec![self.instance_id.as_deref().into(), Column::Text(zone_id)]
    }

    fn let_go(&mut self, id: &str) {
        if self.instance_id.as_deref() == Some(id) {
            self.instance_id = None;
            self.device = None;
            self.status = Some(DiskStatus::Available);
            self.zone_id.get_or_insert_with(|| format!("{}-h", self.region_id));
        }
    }

    fn links(&self) -> Vec<&str> {
        self.source_snapshot_id.as_deref().into_iter().collect()
    }
}

/// The categories of the ESSD family, whose disks take several snapshots at once.
const ESSD_FAMILY: [&str; 4] = ["cloud_essd", "cloud_auto", "cloud_essd_entry", "cloud_regional_disk_auto"];

impl Disk {
    /// What it is doing.
    #[must_use]
    pub fn status(&self) -> DiskStatus {
        let default = if self.instance_id.is_some() { DiskStatus::InUse } else { DiskStatus::Available };
        self.status.unwrap_or(default)
    }

    /// Whether it is of the ESSD family.
    #[must_use]
    pub fn is_essd(&self) -> bool {
        ESSD_FAMILY.contains(&self.category.as_str())
    }

    /// Whether its category is of disks that cannot be snapshotted: local and elastic ephemeral ones.
    #[must_use]
    pub fn is_ephemeral(&self) -> bool {
        ["local_", "elastic_ephemeral_", "ephemeral"].iter().any(|prefix| self.category.starts_with(prefix))
    }
}
