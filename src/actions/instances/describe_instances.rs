//! DescribeInstances: the instances of a region that meet all given conditions, newest first, a page at a time. Networks, security
//! groups and addresses are none of an instance here: who asks for one of them finds nothing.
//!
//! Checks run in three phases: presence (`MissingParameter`), format (`InvalidParameter`), values (the rows below). Within a
//! phase RegionId comes first, then the order of the documentation's table of parameters.

use super::shown;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{
    Fault, INVALID_REGION_ID, INVALID_TAG_COUNT, INVALID_TAG_KEY, INVALID_TAG_MISMATCH, INVALID_TAG_VALUE, Row,
    Unreachable, of_tag, rows,
};
use crate::actions::list::{Described, List};
use crate::actions::output::Output;
use crate::actions::wrapped::{PageInfo, Tags, listed, page, wrapped};
use crate::model::filter::Filter as _;
use crate::model::instance::{Instance, InstanceStatus};
use crate::model::instance_filter::InstanceFilter;
use crate::model::paging::Paging;
use crate::model::params::{Reading, Reason, Refusal};
use crate::model::time::Time;
use crate::store::Stored;

pub static ACTION: Action = Action {
    name: "DescribeInstances",
    run: Run::List(|call| Box::pin(run(call)), &LIST),
    has_dry_run: true,
    client_token_mismatch: None,
    // How instances are asked for their metadata is no state here, and no more is shown of them than there is. The other two are
    // the service's own.
    ignored: &[
        "AdditionalAttributes.N",
        "DeviceAvailable",
        "HttpEndpoint",
        "HttpPutResponseHopLimit",
        "HttpTokens",
        "NeedSaleCycle",
    ],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

static LIST: List<Instance> = List {
    asked: |call| Box::pin(asked(call)),
    read: InstanceFilter::read,
    paging: Paging::read,
    implied: None,
    shown: shown::instance,
};

impl Described for Instance {
    const LIST: &'static List<Self> = &LIST;
}

rows! {
    INVALID_INSTANCE_CHARGE_TYPE = 404 "InvalidInstanceChargeType.NotFound" "The InstanceChargeType does not exist in our records";
    INVALID_INTERNET_CHARGE_TYPE = 404 "InvalidInternetChargeType.ValueNotSupported" "The specified InternetChargeType is not valid";
    INVALID_LOCK_REASON = 404 "InvalidLockReason.NotFound" "The specified LockReason is not found";
    // The documentation leaves its text empty.
    INVALID_FILTER_KEY = 404 "InvalidFilterKey.NotFound" "The specified FilterKey is not found.";
    INVALID_NETWORK_TYPE = 404 "InvalidNetworkType.NotFound" "The specified InstanceNetworkType is not found";
    INVALID_STATUS = 404 "InvalidStatus.NotFound" "The specified Status is not found";
    INVALID_HPC_CLUSTER_ID = 400 "InvalidHpcClusterId.NotFound" "The specified HpcClusterId is not found.";
    [INVALID_REGION_ID, INVALID_TAG_COUNT, INVALID_TAG_MISMATCH, INVALID_TAG_KEY, INVALID_TAG_VALUE]
    { "clusters" 400 "InvalidHpcClusterId.Creating" "The specified HpcClusterId is creating."; }
}

/// The parameters that are checked, in the order in which they are.
const CHECKED: [&str; 16] = [
    "RegionId",
    "Filter",
    "DryRun",
    "HpcClusterId",
    "InstanceChargeType",
    "InstanceIds",
    "InstanceNetworkType",
    "InternetChargeType",
    "IoOptimized",
    "LockReason",
    "MaxResults",
    "NextToken",
    "PageNumber",
    "PageSize",
    "Status",
    "Tag",
];

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let (filter, paging) = (LIST.asked)(call).await?;
    let (rows, page_info) = page::<Instance>(call, &filter, &paging).await?;
    Ok(Box::new(Reply { instances: Instances(rows), page_info }))
}

/// Makes all checks.
async fn asked(call: &ReadCall<'_>) -> Result<(InstanceFilter, Paging), Fault> {
    let mut checks = Checks::of(Reading::in_order(call.params, &CHECKED), row);
    let region_id = checks.reading().required("RegionId");
    checks.reading().boolean("DryRun");
    let filter = LIST.filter(checks.reading());
    let paging = (LIST.paging)(checks.reading());
    checks.format()?;

    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    if let Some(hpc_cluster_id) = &filter.hpc_cluster_id {
        checks.before("HpcClusterId")?;
        let cluster = InstanceFilter {
            region_id: Some(region_id.to_owned()),
            hpc_cluster_id: Some(hpc_cluster_id.clone()),
            ..InstanceFilter::default()
        };
        if !call.sandboxes.exists::<Instance>(&call.view, &cluster).await? {
            return Err(Fault::from(&INVALID_HPC_CLUSTER_ID));
        }
    }
    checks.so_far()?;
    Ok((filter, paging))
}

/// The row for a filter's value that is not permitted.
fn row(refusal: &Refusal) -> Option<&'static Row> {
    Some(match (refusal.family(), refusal.reason) {
        (_, Reason::Missing | Reason::Malformed) => return None,
        ("Filter", Reason::NotPermitted) if refusal.parameter.ends_with("Key") => &INVALID_FILTER_KEY,
        ("InstanceChargeType", _) => &INVALID_INSTANCE_CHARGE_TYPE,
        ("InstanceNetworkType", _) => &INVALID_NETWORK_TYPE,
        ("InternetChargeType", _) => &INVALID_INTERNET_CHARGE_TYPE,
        ("LockReason", _) => &INVALID_LOCK_REASON,
        ("Status", _) => &INVALID_STATUS,
        ("Tag", _) => of_tag(refusal),
        _ => return None,
    })
}

wrapped!(Locks, "LockReason");
wrapped!(Addresses, "IpAddress");
wrapped!(SecurityGroups, "SecurityGroupId");
wrapped!(Interfaces, "NetworkInterface");
listed!(Instances, "Instance", Instance, InstanceItem);

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    instances: Instances,
    #[serde(flatten)]
    page_info: PageInfo,
}

/// An instance as the reply shows it. `None` leaves a field out; of networks there are the lists that clients look into, all empty.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct InstanceItem<'a> {
    instance_id: &'a str,
    instance_name: &'a str,
    host_name: &'a str,
    description: &'a str,
    region_id: &'a str,
    zone_id: &'a str,
    status: InstanceStatus,
    creation_time: Time,
    start_time: &'a str,
    expired_time: &'a str,
    auto_release_time: &'a str,
    image_id: &'a str,
    instance_type: &'a str,
    instance_type_family: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu: Option<i32>,
    /// MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<i32>,
    #[serde(rename = "GPUAmount", skip_serializing_if = "Option::is_none")]
    gpu_amount: Option<i32>,
    #[serde(rename = "GPUSpec")]
    gpu_spec: &'a str,
    #[serde(rename = "OSType")]
    os_type: &'a str,
    #[serde(rename = "OSName")]
    os_name: &'a str,
    #[serde(rename = "OSNameEn")]
    os_name_en: &'a str,
    instance_charge_type: &'a str,
    instance_network_type: &'a str,
    internet_charge_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    internet_max_bandwidth_in: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    internet_max_bandwidth_out: Option<i32>,
    io_optimized: bool,
    key_pair_name: &'a str,
    resource_group_id: &'a str,
    deletion_protection: bool,
    device_available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    recyclable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_storage_amount: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_storage_capacity: Option<i64>,
    cluster_id: &'a str,
    hpc_cluster_id: &'a str,
    vlan_id: &'a str,
    deployment_set_id: &'a str,
    credit_specification: &'a str,
    sale_cycle: &'a str,
    serial_number: &'a str,
    spot_strategy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_mode: Option<&'a str>,
    operation_locks: Locks<LockItem<'a>>,
    inner_ip_address: Addresses<&'a str>,
    public_ip_address: Addresses<&'a str>,
    rdma_ip_address: Addresses<&'a str>,
    eip_address: EipAddress,
    vpc_attributes: VpcAttributes,
    security_group_ids: SecurityGroups<&'a str>,
    network_interfaces: Interfaces<&'a str>,
    tags: Tags<'a>,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct LockItem<'a> {
    lock_reason: &'a str,
    lock_msg: &'a str,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct EipAddress {
    allocation_id: &'static str,
    ip_address: &'static str,
    internet_charge_type: &'static str,
}

#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct VpcAttributes {
    vpc_id: &'static str,
    #[serde(rename = "VSwitchId")]
    v_switch_id: &'static str,
    nat_ip_address: &'static str,
    private_ip_address: Addresses<&'static str>,
}

impl<'a> InstanceItem<'a> {
    fn new(Stored { resource: instance, .. }: &'a Stored<Instance>, _now: Time) -> Self {
        let locks = instance.operation_locks.iter();
        let locks = locks.map(|lock| LockItem {
            lock_reason: &lock.lock_reason,
            lock_msg: lock.lock_msg.as_deref().unwrap_or_default(),
        });
        Self {
            instance_id: &instance.instance_id,
            instance_name: &instance.instance_name,
            host_name: &instance.host_name,
            description: &instance.description,
            region_id: &instance.region_id,
            zone_id: &instance.zone_id,
            status: instance.status,
            creation_time: instance.creation_time,
            start_time: instance.start_time.as_deref().unwrap_or_default(),
            expired_time: instance.expired_time(),
            auto_release_time: instance.auto_release_time.as_deref().unwrap_or_default(),
            image_id: &instance.image_id,
            instance_type: &instance.instance_type,
            instance_type_family: instance.instance_type_family(),
            cpu: instance.cpu,
            memory: instance.memory,
            gpu_amount: instance.gpu_amount,
            gpu_spec: instance.gpu_spec.as_deref().unwrap_or_default(),
            os_type: &instance.os_type,
            os_name: &instance.os_name,
            os_name_en: instance.os_name_en.as_deref().unwrap_or_default(),
            instance_charge_type: instance.instance_charge_type(),
            instance_network_type: instance.instance_network_type(),
            internet_charge_type: instance.internet_charge_type(),
            internet_max_bandwidth_in: instance.internet_max_bandwidth_in,
            internet_max_bandwidth_out: instance.internet_max_bandwidth_out,
            io_optimized: instance.io_optimized(),
            key_pair_name: instance.key_pair_name.as_deref().unwrap_or_default(),
            resource_group_id: instance.resource_group_id.as_deref().unwrap_or_default(),
            deletion_protection: instance.deletion_protection.unwrap_or(false),
            device_available: instance.device_available.unwrap_or(true),
            recyclable: instance.recyclable,
            local_storage_amount: instance.local_storage_amount,
            local_storage_capacity: instance.local_storage_capacity,
            cluster_id: instance.cluster_id.as_deref().unwrap_or_default(),
            hpc_cluster_id: instance.hpc_cluster_id.as_deref().unwrap_or_default(),
            vlan_id: instance.vlan_id.as_deref().unwrap_or_default(),
            deployment_set_id: instance.deployment_set_id.as_deref().unwrap_or_default(),
            credit_specification: instance.credit_specification.as_deref().unwrap_or_default(),
            sale_cycle: instance.sale_cycle.as_deref().unwrap_or_default(),
            serial_number: instance.serial_number.as_deref().unwrap_or_default(),
            spot_strategy: instance.spot_strategy.as_deref().unwrap_or("NoSpot"),
            stopped_mode: instance.stopped_mode.as_deref(),
            operation_locks: Locks { items: locks.collect() },
            inner_ip_address: Addresses { items: Vec::new() },
            public_ip_address: Addresses { items: Vec::new() },
            rdma_ip_address: Addresses { items: Vec::new() },
            eip_address: EipAddress { allocation_id: "", ip_address: "", internet_charge_type: "" },
            vpc_attributes: VpcAttributes {
                vpc_id: "",
                v_switch_id: "",
                nat_ip_address: "",
                private_ip_address: Addresses { items: Vec::new() },
            },
            security_group_ids: SecurityGroups { items: Vec::new() },
            network_interfaces: Interfaces { items: Vec::new() },
            tags: Tags::new(&instance.tags),
        }
    }
}
