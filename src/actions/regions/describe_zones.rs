//! DescribeZones: the zones of a region, four that every region has and those that something is in. Each has all categories of
//! disks. There is no catalogue of instance types or of dedicated hosts, so their lists are empty.

use serde::Serialize;

use super::zones;
use crate::actions::action::{Action, ReadCall, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INVALID_REGION_ID, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::actions::wrapped::wrapped;
use crate::model::disk_category::IN_EVERY_ZONE;
use crate::model::region::{self, Language};

pub static ACTION: Action = Action {
    name: "DescribeZones",
    run: Run::Read(|call| Box::pin(run(call))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_SPOT_STRATEGY = 400 "InvalidSpotStrategy" "The specified SpotStrategy is not valid.";
    INVALID_CHARGE_TYPE = 404 "InvalidInstanceChargeType.NotFound"
        "The InstanceChargeType does not exist in our records.";
    INVALID_ACCEPT_LANGUAGE = 404 "InvalidAcceptLanguage.NotFound"
        "Only Chinese (zh-CN), English (en-US), and Japanese (ja) are allowed.";
    [INVALID_REGION_ID]
    {
        "twin" 404 "InvalidRegion.NotFound" "The specified parameter RegionId is not valid.";
    }
}

/// What can be made in a zone.
const RESOURCE_TYPES: [&str; 4] = ["VSwitch", "IoOptimized", "Instance", "Disk"];

async fn run(call: &ReadCall<'_>) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(call.params);
    let region_id = checks.reading().required("RegionId");
    let language = checks.text("AcceptLanguage", &INVALID_ACCEPT_LANGUAGE, |text| Language::accepted(text).is_some());
    checks.text("InstanceChargeType", &INVALID_CHARGE_TYPE, |text| ["PrePaid", "PostPaid"].contains(&text));
    let spot_strategies = ["NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo"];
    checks.text("SpotStrategy", &INVALID_SPOT_STRATEGY, |text| spot_strategies.contains(&text));
    let is_verbose = checks.reading().boolean("Verbose").unwrap_or(true);
    checks.so_far()?;
    if !call.is_region_known(region_id).await? {
        return Err(Fault::from(&INVALID_REGION_ID));
    }

    let language = language.and_then(Language::accepted).unwrap_or_default();
    let items = zones(call, region_id).await?.into_iter().map(|zone_id| ZoneItem {
        local_name: region::zone_name(&zone_id, language),
        zone_type: "AvailabilityZone",
        zone_id,
        details: is_verbose.then(Details::new),
    });
    Ok(Box::new(Reply { zones: Zones { items: items.collect() } }))
}

wrapped!(Zones, "Zone");
wrapped!(ResourceTypes, "ResourceTypes");
wrapped!(DiskCategories, "DiskCategories");
wrapped!(VolumeCategories, "VolumeCategories");
wrapped!(InstanceTypes, "InstanceTypes");
wrapped!(DedicatedHostTypes, "DedicatedHostType");
wrapped!(DedicatedHostGenerations, "DedicatedHostGeneration");
wrapped!(ResourcesInfos, "ResourcesInfo");
wrapped!(SystemDiskCategories, "supportedSystemDiskCategory");
wrapped!(DataDiskCategories, "supportedDataDiskCategory");
wrapped!(NetworkTypes, "supportedNetworkCategory");
wrapped!(SupportedTypes, "supportedInstanceType");
wrapped!(SupportedFamilies, "supportedInstanceTypeFamily");
wrapped!(SupportedGenerations, "supportedInstanceGeneration");

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    zones: Zones<ZoneItem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ZoneItem {
    zone_id: String,
    local_name: String,
    zone_type: &'static str,
    #[serde(flatten)]
    details: Option<Details>,
}

/// What a short answer leaves out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    available_resource_creation: ResourceTypes<&'static str>,
    available_disk_categories: DiskCategories<&'static str>,
    available_volume_categories: VolumeCategories<&'static str>,
    available_instance_types: InstanceTypes<&'static str>,
    available_dedicated_host_types: DedicatedHostTypes<&'static str>,
    dedicated_host_generations: DedicatedHostGenerations<&'static str>,
    available_resources: ResourcesInfos<ResourcesInfo>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourcesInfo {
    io_optimized: bool,
    network_types: NetworkTypes<&'static str>,
    system_disk_categories: SystemDiskCategories<&'static str>,
    data_disk_categories: DataDiskCategories<&'static str>,
    instance_types: SupportedTypes<&'static str>,
    instance_type_families: SupportedFamilies<&'static str>,
    instance_generations: SupportedGenerations<&'static str>,
}

impl Details {
    fn new() -> Self {
        let categories = || IN_EVERY_ZONE.to_vec();
        let info = ResourcesInfo {
            io_optimized: true,
            network_types: NetworkTypes { items: vec!["vpc"] },
            system_disk_categories: SystemDiskCategories { items: categories() },
            data_disk_categories: DataDiskCategories { items: categories() },
            instance_types: SupportedTypes { items: Vec::new() },
            instance_type_families: SupportedFamilies { items: Vec::new() },
            instance_generations: SupportedGenerations { items: Vec::new() },
        };
        Self {
            available_resource_creation: ResourceTypes { items: RESOURCE_TYPES.to_vec() },
            available_disk_categories: DiskCategories { items: categories() },
            available_volume_categories: VolumeCategories { items: Vec::new() },
            available_instance_types: InstanceTypes { items: Vec::new() },
            available_dedicated_host_types: DedicatedHostTypes { items: Vec::new() },
            dedicated_host_generations: DedicatedHostGenerations { items: Vec::new() },
            available_resources: ResourcesInfos { items: vec![info] },
        }
    }
}
