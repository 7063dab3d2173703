//! An instance as it is stored, and what its entry leaves to be worked out.

use super::disk::OperationLock;
use super::fields::{self, resource};
use super::instance_filter::InstanceFilter;
pub use super::instance_words::InstanceStatus;
use super::kind::{Bodies, By, Column, DocumentError, Entry, Kind, NothingDerived, Resource, Touch, grouped, keyed};
use super::lists;
use super::schemas;
use super::tags::Tag;
use super::time::Time;

/// The StoppedMode of an instance whose billing never stops (DescribeInstances).
const NOT_APPLICABLE: &str = "Not-applicable";

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
        /// Part of the key of every kind; this one never expires.
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
    columns: &[
        "zone_id",
        "instance_name",
        "status",
        "image_id",
        "instance_type",
        "instance_type_family",
        "instance_charge_type",
        "instance_network_type",
        "internet_charge_type",
        "io_optimized",
        "key_pair_name",
        "hpc_cluster_id",
        "resource_group_id",
        "lock_reasons",
        "expired_time",
    ],
    derived: &[],
    requires: &[],
    // A disk is in the zone of its instance, and an image is used by the instances made from it.
    touches: &[Touch { table: "disk", by: By::Column("instance_id") }, Touch { table: "image", by: By::Link }],
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
        let image_id = Some(self.image_id.as_str()).filter(|id| !id.is_empty());
        let reasons = self.operation_locks.iter().map(|lock| lock.lock_reason.as_str());
        let lock_reasons =
            (!self.operation_locks.is_empty()).then(|| reasons.collect::<serde_json::Value>().to_string());
        vec![
            self.zone_id.as_str().into(),
            self.instance_name.as_str().into(),
            <&str>::from(self.status).into(),
            image_id.into(),
            self.instance_type.as_str().into(),
            self.instance_type_family().into(),
            self.instance_charge_type().into(),
            self.instance_network_type().into(),
            self.internet_charge_type().into(),
            self.io_optimized().into(),
            self.key_pair_name.as_deref().into(),
            self.hpc_cluster_id.as_deref().into(),
            self.resource_group_id.as_deref().into(),
            lock_reasons.as_deref().into(),
            self.expired_time().parse::<Time>().ok().into(),
        ]
    }

    fn links(&self) -> Vec<&str> {
        Some(self.image_id.as_str()).filter(|id| !id.is_empty()).into_iter().collect()
    }
}

impl Instance {
    /// Whether it is paid for in advance.
    #[must_use]
    pub fn is_subscription(&self) -> bool {
        self.instance_charge_type.as_deref() == Some("PrePaid")
    }

    /// Makes it run from `now` on.
    pub fn start(&mut self, now: Time) {
        self.status = InstanceStatus::Running;
        self.start_time = Some(now.to_the_minute());
        // It says how the instance is stopped, or that there is but one way, which stays so.
        self.stopped_mode = self.stopped_mode.take().filter(|mode| mode == NOT_APPLICABLE);
    }

    /// Stops it. Where billing cannot stop with it, `stops_charging` makes no difference.
    pub fn stop(&mut self, stops_charging: bool) {
        let mode = match (self.can_stop_charging(), stops_charging) {
            (false, _) => NOT_APPLICABLE,
            (true, true) => "StopCharging",
            (true, false) => "KeepCharging",
        };
        self.status = InstanceStatus::Stopped;
        self.stopped_mode = Some(mode.to_owned());
    }

    /// Whether its billing can stop while it is stopped. It cannot for subscriptions, classic networks and local disks, nor
    /// where the entry says so.
    fn can_stop_charging(&self) -> bool {
        !self.is_subscription()
            && self.instance_network_type.as_deref() != Some("classic")
            && self.local_storage_amount.unwrap_or(0) == 0
            && self.stopped_mode.as_deref() != Some(NOT_APPLICABLE)
    }

    /// Whether it is locked for this reason.
    #[must_use]
    pub fn is_locked(&self, reason: &str) -> bool {
        self.operation_locks.iter().any(|lock| lock.lock_reason == reason)
    }

    /// Whether it is locked for security.
    #[must_use]
    pub fn is_locked_for_security(&self) -> bool {
        self.is_locked("security")
    }

    /// What its entry says, or its type up to the last dot: `ecs.g6` of `ecs.g6.large`.
    #[must_use]
    pub fn instance_type_family(&self) -> &str {
        let family = || self.instance_type.rsplit_once('.').map_or("", |(family, _)| family);
        self.instance_type_family.as_deref().unwrap_or_else(family)
    }

    #[must_use]
    pub fn instance_charge_type(&self) -> &str {
        self.instance_charge_type.as_deref().unwrap_or("PostPaid")
    }

    #[must_use]
    pub fn instance_network_type(&self) -> &str {
        self.instance_network_type.as_deref().unwrap_or("vpc")
    }

    #[must_use]
    pub fn internet_charge_type(&self) -> &str {
        self.internet_charge_type.as_deref().unwrap_or("PayByTraffic")
    }

    #[must_use]
    pub fn io_optimized(&self) -> bool {
        self.io_optimized.unwrap_or(true)
    }

    /// Until when it is paid for; one that is paid for as it goes has no end that anybody will see.
    #[must_use]
    pub fn expired_time(&self) -> &str {
        self.expired_time.as_deref().unwrap_or("2999-09-08T16:00Z")
    }
}
