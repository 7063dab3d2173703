//! DescribeAvailableResource: what can be had in the zones of a region. Everything that the emulation knows can be had in each:
//! all categories of disks, the network of a VPC, and the instance type that is asked for, since there is no catalogue of those.
//! A ZoneId that the region does not have leaves no zone.
//!
//! Checks are made in the order of the documentation's table: RegionId, DestinationResource, InstanceChargeType, SpotStrategy,
//! SpotDuration, ZoneId, IoOptimized, DedicatedHostId, InstanceType, SystemDiskCategory, DataDiskCategory, NetworkCategory,
//! ResourceType, Scope, Cores, Memory. The region is looked up once all of them are made.

use serde::Serialize;

use super::zones;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::actions::wrapped::wrapped;
use crate::model::disk_category::{self, IN_EVERY_ZONE};
use crate::model::params::{Reading, Reason, Refusal};

pub static ACTION: Action = Action {
    name: "DescribeAvailableResource",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_CHARGE_TYPE = 400 "Invalid.InstanceChargeType" "The specified InstanceChargeType is not valid.";
    MISSING_DESTINATION = 400 "Invalid.Param"
        "The input parameter DestinationResource that is mandatory for processing this request is not supplied.";
    MALFORMED_REGION = 400 "InvalidRegionId.MalFormed" "The specified parameter RegionId is not valid.";
    UNKNOWN_HOST = 403 "InvalidDedicatedHostId.NotFound" "The specified DedicatedHostId does not exist.";
    TYPE_AND_SIZE = 403 "InvalidParam.TypeAndCpuMem.Conflict"
        "The specified 'InstanceType' and 'Cores','Memory' are not blank at the same time.";
    INVALID_CORES = 403 "InvalidParam.Cores" "The specified parameter 'Cores' should be empty.";
    INVALID_MEMORY = 403 "InvalidParam.Memory" "The specified parameter 'Memory' should be empty.";
    INVALID_SCOPE = 403 "InvalidParameter.Scope" "The specified parameter Scope is invalid.";
    INVALID_RESOURCE_TYPE = 404 "Invalid.ResourceType" "The ResourceType provided does not exist in our records.";
    INVALID_DESTINATION = 404 "Invalid.DestinationResource" "The specified DestinationResource is not valid.";
    INVALID_IO_OPTIMIZED = 404 "Invalid.IoOptimized" "The specified IoOptimized is not valid.";
    INVALID_NETWORK_CATEGORY = 404 "Invalid.NetworkCategory" "The specified NetworkCategory is not valid.";
    INVALID_SPOT_STRATEGY = 404 "Invalid.SpotStrategy" "The specified SpotStrategy is not valid.";
    UNKNOWN_REGION = 404 "InvalidRegionId.NotFound" "The RegionId provided does not exist in our records.";
    {
        "market" 403 "OperationDenied.RegionIdNotSupported" "The region does not support preemptible instances.";
        "market" 403 "OperationDenied.FlavorNotSupported" "The flavor does not support preemptible instances.";
        "market" 403 "OperationDenied.TimestampNotSupported" "Preemptible instances are not for sale for current time.";
        "owner" 403 "InvalidParameter.ResourceOwnerId" "The specified parameter ResourceOwnerId is not available anymore.";
        "twin" 404 "Invalid.RegionId" "The specified RegionId does not exist.";
        "market" 404 "Unavailable.Regions" "The available region does not exist.";
        "twin" 404 "Invalid.NetworkType" "The specified NetworkType is not valid.";
        "parameter" 404 "InvalidResourceId.NotFound" "The specified ResourceId is not found in our records.";
    }
}

const DESTINATIONS: [&str; 7] = ["Zone", "IoOptimized", "InstanceType", "Network", "ddh", "SystemDisk", "DataDisk"];
const INSTANCE_TYPE: &str = "InstanceType";
const RESOURCE_TYPES: [&str; 4] = ["instance", "disk", "reservedinstance", "ddh"];
const AVAILABLE: &str = "Available";
const WITH_STOCK: &str = "WithStock";

/// What is asked for.
struct Asked<'a> {
    region_id: &'a str,
    destination: &'a str,
    zone_id: Option<&'a str>,
    io_optimized: &'a str,
    instance_type: Option<&'a str>,
    network_category: Option<&'a str>,
    system_disk_category: Option<&'a str>,
    data_disk_category: Option<&'a str>,
}

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::of(Reading::new(call.params), |refusal: &Refusal| {
        let is_destination = refusal.parameter == "DestinationResource" && refusal.reason == Reason::Missing;
        is_destination.then_some(&MISSING_DESTINATION)
    });
    let asked = Asked::read(&mut checks);
    checks.so_far()?;
    if !call.is_region_known(asked.region_id).await? {
        return Err(Fault::from(&UNKNOWN_REGION));
    }

    let zones = zones(call, asked.region_id).await?;
    let zones = zones.into_iter().filter(|zone| asked.zone_id.is_none_or(|zone_id| zone == zone_id));
    let items = zones.map(|zone_id| {
        let supported = asked.supported(&zone_id);
        let resource = AvailableResource {
            resource_type: asked.destination.to_owned(),
            supported_resources: SupportedResources { items: supported },
        };
        AvailableZone {
            region_id: asked.region_id.to_owned(),
            zone_id,
            status: AVAILABLE,
            status_category: WITH_STOCK,
            available_resources: AvailableResources { items: vec![resource] },
        }
    });
    Ok(Box::new(Reply { available_zones: AvailableZones { items: items.collect() } }))
}

impl<'a> Asked<'a> {
    fn read(checks: &mut Checks<'a>) -> Self {
        let region_id = checks.reading().required("RegionId");
        checks.value(region_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), &MALFORMED_REGION);
        let destination = checks.reading().required("DestinationResource");
        checks.value(destination.is_empty() || DESTINATIONS.contains(&destination), &INVALID_DESTINATION);
        let charge_types = ["PrePaid", "PostPaid"];
        checks.text("InstanceChargeType", &INVALID_CHARGE_TYPE, |text| charge_types.contains(&text));
        let spot_strategies = ["NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"];
        checks.text("SpotStrategy", &INVALID_SPOT_STRATEGY, |text| spot_strategies.contains(&text));
        checks.reading().integer("SpotDuration", 0..=1, "0 or 1");
        let zone_id = checks.reading().text("ZoneId");
        let io_optimized =
            checks.text("IoOptimized", &INVALID_IO_OPTIMIZED, |text| ["none", "optimized"].contains(&text));
        // There is no dedicated host.
        checks.text("DedicatedHostId", &UNKNOWN_HOST, |_| false);
        let instance_type = checks.reading().text(INSTANCE_TYPE);
        let system_disk_category = checks.reading().text("SystemDiskCategory");
        let data_disk_category = checks.reading().text("DataDiskCategory");
        let network_category =
            checks.text("NetworkCategory", &INVALID_NETWORK_CATEGORY, |text| ["vpc", "classic"].contains(&text));
        checks.text("ResourceType", &INVALID_RESOURCE_TYPE, |text| RESOURCE_TYPES.contains(&text));
        checks.text("Scope", &INVALID_SCOPE, |text| ["Region", "Zone"].contains(&text));
        let is_of_types = destination == INSTANCE_TYPE;
        if checks.reading().integer("Cores", 1..=i32::MAX, "an integer from 1").is_some() {
            checks.value(is_of_types, &INVALID_CORES);
            checks.value(instance_type.is_none(), &TYPE_AND_SIZE);
        }
        if checks.reading().parsed::<f32>("Memory", "a number").is_some() {
            checks.value(is_of_types, &INVALID_MEMORY);
            checks.value(instance_type.is_none(), &TYPE_AND_SIZE);
        }
        Self {
            region_id,
            destination,
            zone_id,
            io_optimized: io_optimized.unwrap_or("optimized"),
            instance_type,
            network_category,
            system_disk_category,
            data_disk_category,
        }
    }

    /// What can be had in a zone.
    fn supported(&self, zone_id: &str) -> Vec<SupportedResource> {
        let named = |value: &str| vec![SupportedResource::new(value)];
        let of_category = |asked: Option<&str>| {
            let categories = IN_EVERY_ZONE.iter().filter(|category| asked.is_none_or(|asked| asked == **category));
            categories.map(|category| SupportedResource::of_category(category)).collect()
        };
        match self.destination {
            "Zone" => named(zone_id),
            "IoOptimized" => named(self.io_optimized),
            INSTANCE_TYPE => self.instance_type.map(named).unwrap_or_default(),
            // The classic network is closed.
            "Network" if self.network_category != Some("classic") => named("vpc"),
            "SystemDisk" => of_category(self.system_disk_category),
            "DataDisk" => of_category(self.data_disk_category),
            _ => Vec::new(),
        }
    }
}

wrapped!(AvailableZones, "AvailableZone");
wrapped!(AvailableResources, "AvailableResource");
wrapped!(SupportedResources, "SupportedResource");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    available_zones: AvailableZones<AvailableZone>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AvailableZone {
    region_id: String,
    zone_id: String,
    status: &'static str,
    status_category: &'static str,
    available_resources: AvailableResources<AvailableResource>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AvailableResource {
    #[serde(rename = "Type")]
    resource_type: String,
    supported_resources: SupportedResources<SupportedResource>,
}

/// The last three of disks only.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SupportedResource {
    value: String,
    status: &'static str,
    status_category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
}

impl SupportedResource {
    fn new(value: &str) -> Self {
        let value = value.to_owned();
        Self { value, status: AVAILABLE, status_category: WITH_STOCK, min: None, max: None, unit: None }
    }

    fn of_category(category: &str) -> Self {
        let sizes = disk_category::sizes(category);
        Self { min: Some(*sizes.start()), max: Some(*sizes.end()), unit: Some("GiB"), ..Self::new(category) }
    }
}
