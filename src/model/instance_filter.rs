//! Which instances a request asks for: the one filter of both planes, read from names and values.

use serde::Serialize;

use super::filter::{Filter, placed};
use super::filter_pairs;
use super::instance_words::InstanceStatus;
use super::params::{Reading, Type};
use super::tags::{self, TagFilter};
use super::time::Time;

/// Conditions on instances; all that are given hold at once (DescribeInstances). An empty filter matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct InstanceFilter {
    pub region_id: Option<String>,
    /// `Some` of nothing matches nothing.
    pub instance_ids: Option<Vec<String>>,
    /// `*` in it stands for any text.
    pub instance_name: Option<String>,
    pub status: Option<InstanceStatus>,
    pub zone_id: Option<String>,
    pub image_id: Option<String>,
    pub instance_type: Option<String>,
    pub instance_type_family: Option<String>,
    pub instance_charge_type: Option<String>,
    pub instance_network_type: Option<String>,
    pub internet_charge_type: Option<String>,
    pub io_optimized: Option<bool>,
    pub key_pair_name: Option<String>,
    pub lock_reason: Option<String>,
    pub hpc_cluster_id: Option<String>,
    pub resource_group_id: Option<String>,
    /// In a network, in a security group, under an address: instances have none of these here, so none matches.
    pub is_in_network: bool,
    /// Earliest creation time, inclusive.
    pub created_from: Option<Time>,
    /// Latest creation time, inclusive.
    pub created_until: Option<Time>,
    /// Earliest time until which it is paid for, inclusive.
    pub expired_from: Option<Time>,
    /// Latest time until which it is paid for, inclusive.
    pub expired_until: Option<Time>,
    pub tags: Vec<TagFilter>,
}

/// Parameters that ask for networks and what is in them.
const OF_NETWORKS: [&str; 8] = [
    "EipAddresses",
    "InnerIpAddresses",
    "PrivateIpAddresses",
    "PublicIpAddresses",
    "RdmaIpAddresses",
    "SecurityGroupId",
    "VSwitchId",
    "VpcId",
];

impl Filter for InstanceFilter {
    /// Reads the parameters that DescribeInstances documents as filters, under their documented names.
    fn read(reading: &mut Reading<'_>) -> Self {
        let keys = ["CreationStartTime", "CreationEndTime", "ExpiredStartTime", "ExpiredEndTime"];
        let expected = "CreationStartTime, CreationEndTime, ExpiredStartTime or ExpiredEndTime";
        let pairs = filter_pairs::read(reading, &keys, expected);
        let (created_from, created_until) =
            filter_pairs::bounds(reading, &pairs, "CreationStartTime", "CreationEndTime");
        let (expired_from, expired_until) = filter_pairs::bounds(reading, &pairs, "ExpiredStartTime", "ExpiredEndTime");
        let instance_charge_type =
            reading.one_of("InstanceChargeType", &["PostPaid", "PrePaid"], "PostPaid or PrePaid").map(str::to_owned);
        let instance_ids = reading.ids("InstanceIds");
        let instance_network_type =
            reading.one_of("InstanceNetworkType", &["vpc", "classic"], "vpc or classic").map(str::to_owned);
        let by = ["PayByBandwidth", "PayByTraffic"];
        let internet_charge_type =
            reading.one_of("InternetChargeType", &by, "PayByBandwidth or PayByTraffic").map(str::to_owned);
        let io_optimized = reading.boolean("IoOptimized");
        let lock_reason = reading.one_of("LockReason", &LOCK_REASONS, LOCK_REASON).map(str::to_owned);
        let status = reading.word("Status", "Pending, Running, Starting, Stopping or Stopped");
        let tags = tags::read(reading);
        let mut is_in_network = false;
        for name in OF_NETWORKS {
            is_in_network |= reading.text(name).is_some();
        }
        reading.ask("Ipv6Address.N", Type::Text, "a text");
        is_in_network |= !reading.params().listed("Ipv6Address").is_empty();
        Self {
            region_id: reading.owned("RegionId"),
            instance_ids,
            instance_name: reading.owned("InstanceName"),
            status,
            zone_id: reading.owned("ZoneId"),
            image_id: reading.owned("ImageId"),
            instance_type: reading.owned("InstanceType"),
            instance_type_family: reading.owned("InstanceTypeFamily"),
            instance_charge_type,
            instance_network_type,
            internet_charge_type,
            io_optimized,
            key_pair_name: reading.owned("KeyPairName"),
            lock_reason,
            hpc_cluster_id: reading.owned("HpcClusterId"),
            resource_group_id: reading.owned("ResourceGroupId"),
            is_in_network,
            created_from,
            created_until,
            expired_from,
            expired_until,
            tags,
        }
    }

    placed!(instance_ids);
}

const LOCK_REASONS: [&str; 5] = ["financial", "security", "Recycling", "dedicatedhostfinancial", "refunded"];
const LOCK_REASON: &str = "financial, security, Recycling, dedicatedhostfinancial or refunded";
