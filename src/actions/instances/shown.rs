//! What an instance has where a request asks for something. It is in no network, so of what is in one it has nothing.

use std::borrow::Cow;

use crate::actions::list::{Shown, optional, text, value};
use crate::model::instance::Instance;
use crate::model::time::Time;
use crate::store::Stored;

pub fn instance<'r>(row: &'r Stored<Instance>, name: &str, _now: Time) -> Shown<'r> {
    let instance = &row.resource;
    match name {
        "CreationStartTime" | "CreationEndTime" => value(instance.creation_time),
        "ExpiredStartTime" | "ExpiredEndTime" => text(instance.expired_time()),
        "HpcClusterId" => optional(instance.hpc_cluster_id.as_deref()),
        "ImageId" => optional(Some(&instance.image_id)),
        "InstanceChargeType" => text(instance.instance_charge_type()),
        "InstanceIds" => text(&instance.instance_id),
        "InstanceName" => text(&instance.instance_name),
        "InstanceNetworkType" => text(instance.instance_network_type()),
        "InstanceType" => optional(Some(&instance.instance_type)),
        "InstanceTypeFamily" => optional(Some(instance.instance_type_family())),
        "InternetChargeType" => text(instance.internet_charge_type()),
        "IoOptimized" => value(instance.io_optimized()),
        "KeyPairName" => optional(instance.key_pair_name.as_deref()),
        "LockReason" => instance.operation_locks.iter().map(|lock| Cow::Borrowed(lock.lock_reason.as_str())).collect(),
        "RegionId" => text(&instance.region_id),
        "ResourceGroupId" => optional(instance.resource_group_id.as_deref()),
        "Status" => text(instance.status.into()),
        "ZoneId" => text(&instance.zone_id),
        _ => Shown::new(),
    }
}
