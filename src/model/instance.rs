//! An instance as it is stored, and which instances a request asks for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::disk::OperationLock;
use super::fields::{self, resource};
use super::id_filter::id_filter;
use super::kind::{Bodies, By, Column, DocumentError, Entry, Kind, NothingDerived, Resource, Touch, grouped, keyed};
use super::lists;
use super::schemas;
use super::tags::Tag;
use super::time::Time;

/// What an instance is doing (DescribeInstances, Status). Pending, Starting and Stopping stay until somebody changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub enum InstanceStatus {
    Pending,
    #[default]
    Running,
    Starting,
    Stopping,
    Stopped,
}

resource! {
    /// One instance.
    #[derive(Default)]
    pub struct Instance {
        pub instance_id: String,
        pub region_id: String,
        /// The region's zone h, if it is left out.
        pub zone_id: String,
        /// The id, if it is left out.
        pub instance_name: String,
        pub host_name: String,
        pub description: String,
        pub creation_time: Time,
        #[serde(deserialize_with = "fields::or_default")]
        #[schema(schema_with = schemas::instance_status)]
        pub status: InstanceStatus,
        pub instance_type: String,
        pub instance_type_family: Option<String>,
        pub image_id: String,
        /// `linux` if it is left out.
        #[serde(rename = "OSType")]
        pub os_type: String,
        #[serde(rename = "OSName")]
        pub os_name: String,
        #[serde(rename = "OSNameEn")]
        pub os_name_en: Option<String>,
        pub cpu: Option<i32>,
        /// MiB.
        pub memory: Option<i32>,
        #[serde(rename = "GPUAmount")]
        pub gpu_amount: Option<i32>,
        #[serde(rename = "GPUSpec")]
        pub gpu_spec: Option<String>,
        pub instance_charge_type: Option<String>,
        pub instance_network_type: Option<String>,
        pub internet_charge_type: Option<String>,
        pub internet_max_bandwidth_in: Option<i32>,
        pub internet_max_bandwidth_out: Option<i32>,
        pub io_optimized: Option<bool>,
        pub key_pair_name: Option<String>,
        pub deletion_protection: Option<bool>,
        pub device_available: Option<bool>,
        pub recyclable: Option<bool>,
        pub local_storage_amount: Option<i32>,
        pub local_storage_capacity: Option<i64>,
        pub cluster_id: Option<String>,
        pub hpc_cluster_id: Option<String>,
        pub vlan_id: Option<String>,
        pub deployment_set_id: Option<String>,
        pub credit_specification: Option<String>,
        pub sale_cycle: Option<String>,
        pub serial_number: Option<String>,
        pub spot_strategy: Option<String>,
        pub stopped_mode: Option<String>,
        pub auto_release_time: Option<String>,
        pub expired_time: Option<String>,
        pub start_time: Option<String>,
        pub resource_group_id: Option<String>,
        #[serde(deserialize_with = "lists::lock_reasons", skip_serializing_if = "Vec::is_empty")]
        #[schema(schema_with = schemas::lock_reasons)]
        pub operation_locks: Vec<OperationLock>,
        /// Of the key; nothing of this kind goes by time alone.
        #[serde_with(skip_apply)]
        #[serde(skip)]
        pub expiration_time: Option<Time>,
        pub tags: Vec<Tag>,
    }
}

pub static KIND: Kind = Kind {
    number: 2,
    word: "Instance",
    words: "Instances",
    path: "instances",
    table: "instance",
    id_field: "InstanceId",
    id_prefix: "i-",
    columns: &["zone_id"],
    derived: &[],
    requires: &[],
    // A disk is in the zone of its instance.
    touches: &[Touch { table: "disk", by: By::Column("instance_id") }],
    ignored: &[
        "AdditionalInfo",
        "ClockOptions",
        "CpuOptions",
        "DedicatedHostAttribute",
        "DedicatedInstanceAttribute",
        "DeploymentSetGroupNo",
        "EcsCapacityReservationAttr",
        "EipAddress",
        "EnableNVS",
        "HibernationOptions",
        "ISP",
        "ImageOptions",
        "InnerIpAddress",
        "MetadataOptions",
        "NetworkInterfaces",
        "PrivateDnsNameOptions",
        "PublicIpAddress",
        "RdmaIpAddress",
        "SecurityGroupIds",
        "SecurityOptions",
        "SpotDuration",
        "SpotInterruptionBehavior",
        "SpotPriceLimit",
        "VpcAttributes",
    ],
    bodies: Bodies::of::<Instance>(),
};

id_filter! {
    /// Which instances a request asks for.
    InstanceFilter, instance_ids, "InstanceIds"
}

impl Resource for Instance {
    const KIND: &'static Kind = &KIND;
    type Filter = InstanceFilter;
    type Derived = NothingDerived;
}

impl Entry for Instance {
    keyed!(instance_id);
    grouped!();

    fn complete(&mut self) -> Result<(), DocumentError> {
        if self.zone_id.is_empty() {
            self.zone_id = format!("{}-h", self.region_id);
        }
        if self.instance_name.is_empty() {
            self.instance_name.clone_from(&self.instance_id);
        }
        if self.os_type.is_empty() {
            "linux".clone_into(&mut self.os_type);
        }
        Ok(())
    }

    fn columns(&self) -> Vec<Column> {
        vec![self.zone_id.as_str().into()]
    }
}

impl Instance {
    /// Whether it is locked for security.
    #[must_use]
    pub fn is_locked_for_security(&self) -> bool {
        self.operation_locks.iter().any(|lock| lock.lock_reason == "security")
    }
}
