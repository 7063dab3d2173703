//! DescribeAvailableResource: what can be had in the zones of a region, as far as data sources of zones read it.

use serde_json::{Value, json};

use crate::support::{Fault, TestApp, golden};

async fn zones(app: &TestApp, query: &str) -> Vec<Value> {
    let reply = app.act(&format!("DescribeAvailableResource&RegionId=cn-hangzhou&{query}")).await;
    reply["AvailableZones"]["AvailableZone"].as_array().unwrap().clone()
}

/// What the first zone has, without its status.
async fn values(app: &TestApp, query: &str) -> Vec<Value> {
    let zones = zones(app, query).await;
    let resource = &zones[0]["AvailableResources"]["AvailableResource"][0];
    let supported = resource["SupportedResources"]["SupportedResource"].as_array().unwrap();
    supported.iter().map(|supported| supported["Value"].clone()).collect()
}

#[actix_web::test]
async fn the_zones_are_those_of_describe_zones() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1, ZoneId: cn-hangzhou-k}]").await;
    let query = "DestinationResource=Zone&InstanceChargeType=PostPaid&IoOptimized=optimized&SpotStrategy=NoSpot";
    let all = zones(&app, query).await;
    let ids: Vec<&str> = all.iter().map(|zone| zone["ZoneId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["cn-hangzhou-a", "cn-hangzhou-b", "cn-hangzhou-g", "cn-hangzhou-h", "cn-hangzhou-k"]);
    let described = app.act("DescribeZones&RegionId=cn-hangzhou").await;
    let described = described["Zones"]["Zone"].as_array().unwrap();
    assert!(described.iter().zip(&ids).all(|(zone, id)| zone["ZoneId"] == *id) && described.len() == ids.len());
    assert!(all.iter().all(|zone| zone["Status"] == "Available" && zone["StatusCategory"] == "WithStock"));
    let one = zones(&app, "DestinationResource=Zone&ZoneId=cn-hangzhou-g").await;
    assert_eq!((one.len(), &one[0]["ZoneId"]), (1, &json!("cn-hangzhou-g")));
    assert_eq!(zones(&app, "DestinationResource=Zone&ZoneId=cn-beijing-g").await, [Value::Null; 0]);
}

#[actix_web::test]
async fn each_destination_names_what_there_is_of_it() {
    let app = TestApp::empty().await;
    let categories = ["cloud", "cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud_auto", "cloud_essd_entry"];
    for (query, expected) in [
        ("Zone", &["cn-hangzhou-a"][..]),
        ("IoOptimized", &["optimized"]),
        ("IoOptimized&IoOptimized=none", &["none"]),
        ("InstanceType", &[]),
        ("InstanceType&InstanceType=ecs.g7.large", &["ecs.g7.large"]),
        ("InstanceType&Cores=2&Memory=4.0", &[]),
        ("Network", &["vpc"]),
        ("Network&NetworkCategory=vpc", &["vpc"]),
        ("Network&NetworkCategory=classic", &[]),
        ("ddh", &[]),
        ("SystemDisk&InstanceType=ecs.g7.large", &categories),
        ("SystemDisk&SystemDiskCategory=cloud_essd", &["cloud_essd"]),
        ("DataDisk&ResourceType=disk", &categories),
        ("DataDisk&DataDiskCategory=cloud_auto&SystemDiskCategory=cloud_essd", &["cloud_auto"]),
        ("DataDisk&DataDiskCategory=ephemeral_ssd", &[]),
    ] {
        assert_eq!(values(&app, &format!("DestinationResource={query}")).await, expected, "{query}");
    }
    let essd = &zones(&app, "DestinationResource=DataDisk&DataDiskCategory=cloud_essd").await[0];
    let essd = &essd["AvailableResources"]["AvailableResource"][0];
    assert_eq!(essd["Type"], "DataDisk");
    let essd = &essd["SupportedResources"]["SupportedResource"][0];
    assert_eq!((&essd["Min"], &essd["Max"], &essd["Unit"]), (&json!(1), &json!(65_536), &json!("GiB")));
}

#[actix_web::test]
async fn a_region_of_ones_own_has_zones_too() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1, RegionId: xx-own}]").await;
    let reply = app.act("DescribeAvailableResource&RegionId=xx-own&DestinationResource=Zone").await;
    assert_eq!(reply["AvailableZones"]["AvailableZone"][0]["ZoneId"], "xx-own-a");
}

#[actix_web::test]
async fn values_that_are_not_listed_are_refused() {
    let app = TestApp::empty().await;
    let missing =
        "The input parameter DestinationResource that is mandatory for processing this request is not supplied.";
    let both = "The specified 'InstanceType' and 'Cores','Memory' are not blank at the same time.";
    for (query, status, code, message) in [
        ("", 400, "Invalid.Param", missing),
        ("DestinationResource=", 400, "Invalid.Param", missing),
        (
            "DestinationResource=zone",
            404,
            "Invalid.DestinationResource",
            "The specified DestinationResource is not valid.",
        ),
        (
            "DestinationResource=Zone&InstanceChargeType=x",
            400,
            "Invalid.InstanceChargeType",
            "The specified InstanceChargeType is not valid.",
        ),
        (
            "DestinationResource=Zone&SpotStrategy=x",
            404,
            "Invalid.SpotStrategy",
            "The specified SpotStrategy is not valid.",
        ),
        (
            "DestinationResource=Zone&IoOptimized=x",
            404,
            "Invalid.IoOptimized",
            "The specified IoOptimized is not valid.",
        ),
        (
            "DestinationResource=Zone&DedicatedHostId=dh-1",
            403,
            "InvalidDedicatedHostId.NotFound",
            "The specified DedicatedHostId does not exist.",
        ),
        (
            "DestinationResource=Zone&NetworkCategory=x",
            404,
            "Invalid.NetworkCategory",
            "The specified NetworkCategory is not valid.",
        ),
        (
            "DestinationResource=Zone&ResourceType=x",
            404,
            "Invalid.ResourceType",
            "The ResourceType provided does not exist in our records.",
        ),
        (
            "DestinationResource=Zone&Scope=x",
            403,
            "InvalidParameter.Scope",
            "The specified parameter Scope is invalid.",
        ),
        (
            "DestinationResource=Zone&Cores=2",
            403,
            "InvalidParam.Cores",
            "The specified parameter 'Cores' should be empty.",
        ),
        (
            "DestinationResource=Zone&Memory=2",
            403,
            "InvalidParam.Memory",
            "The specified parameter 'Memory' should be empty.",
        ),
        ("DestinationResource=InstanceType&InstanceType=x&Cores=2", 403, "InvalidParam.TypeAndCpuMem.Conflict", both),
        ("DestinationResource=InstanceType&InstanceType=x&Memory=2", 403, "InvalidParam.TypeAndCpuMem.Conflict", both),
        (
            "DestinationResource=Zone&SpotDuration=2",
            400,
            "InvalidParameter",
            "The specified parameter \"SpotDuration\" is not valid.",
        ),
        (
            "DestinationResource=InstanceType&Memory=x",
            400,
            "InvalidParameter",
            "The specified parameter \"Memory\" is not valid.",
        ),
    ] {
        let query = format!("DescribeAvailableResource&RegionId=cn-hangzhou&{query}");
        assert_eq!(app.refused(&query).await, Fault::new(status, code, message), "{query}");
    }
    let malformed = Fault::new(400, "InvalidRegionId.MalFormed", "The specified parameter RegionId is not valid.");
    let unknown = "The RegionId provided does not exist in our records.";
    let unknown = Fault::new(404, "InvalidRegionId.NotFound", unknown);
    for (region, fault) in [("cn_hangzhou", &malformed), ("cn%20hangzhou", &malformed), ("cn-nowhere", &unknown)] {
        let query = format!("DescribeAvailableResource&DestinationResource=Zone&RegionId={region}");
        assert_eq!(app.refused(&query).await, *fault, "{region}");
    }
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("{}", "DescribeAvailableResource&RegionId=cn-hangzhou&DestinationResource=DataDisk&ZoneId=cn-hangzhou-h")
        .await;
}
