//! DescribeZones: which zones a region has, what they are called, and what is to be had there.

use ecs_mock::model::region::zone_of;
use serde_json::{Value, json};

use crate::support::{Fault, TestApp, golden};

async fn zones(app: &TestApp, query: &str) -> Vec<Value> {
    app.act(&format!("DescribeZones&{query}")).await["Zones"]["Zone"].as_array().unwrap().clone()
}

fn ids(zones: &[Value]) -> Vec<&str> {
    zones.iter().map(|zone| zone["ZoneId"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_region_has_four_zones_and_those_in_use() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1, ZoneId: cn-hangzhou-f}, {InstanceId: i-2, RegionId: xx-own}]
        Disks: [{DiskId: d-1, ZoneId: own-zone}, {DiskId: d-2, InstanceId: i-1}, {DiskId: d-3, ZoneId: cn-hangzhou-h}]
        ",
    )
    .await;
    let four = |region: &str| ["a", "b", "g", "h"].map(|letter| format!("{region}-{letter}"));
    let in_hangzhou = ["cn-hangzhou-a", "cn-hangzhou-b", "cn-hangzhou-f", "cn-hangzhou-g", "cn-hangzhou-h", "own-zone"];
    assert_eq!(ids(&zones(&app, "RegionId=cn-hangzhou").await), in_hangzhou);
    assert_eq!(ids(&zones(&app, "RegionId=us-west-1").await), four("us-west-1"));
    assert_eq!(ids(&zones(&app, "RegionId=xx-own").await), four("xx-own"));
    app.arrange("DELETE", "/disks/d-1", Value::Null).await;
    assert_eq!(ids(&zones(&app, "RegionId=cn-hangzhou").await), in_hangzhou[..5]);
}

#[actix_web::test]
async fn names_are_told_in_chinese_or_english() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1, ZoneId: own_zone}]").await;
    for (language, expected) in [("", "华东1（杭州） 可用区A"), ("&AcceptLanguage=en-US", "China (Hangzhou) Zone A")]
    {
        let zones = zones(&app, &format!("RegionId=cn-hangzhou{language}")).await;
        assert_eq!(zones[0]["LocalName"], expected);
        assert_eq!(zones[4]["LocalName"], "own_zone");
    }
}

#[actix_web::test]
async fn every_zone_has_every_category_unless_a_short_answer_is_asked_for() {
    let app = TestApp::empty().await;
    let categories = json!(["cloud", "cloud_efficiency", "cloud_ssd", "cloud_essd", "cloud_auto", "cloud_essd_entry"]);
    for zone in zones(&app, "RegionId=cn-hangzhou&Verbose=true").await {
        assert_eq!(zone["AvailableDiskCategories"]["DiskCategories"], categories);
        let info = &zone["AvailableResources"]["ResourcesInfo"][0];
        assert_eq!(info["SystemDiskCategories"]["supportedSystemDiskCategory"], categories);
        assert_eq!(info["DataDiskCategories"]["supportedDataDiskCategory"], categories);
        let types = json!(["VSwitch", "IoOptimized", "Instance", "Disk"]);
        assert_eq!(zone["AvailableResourceCreation"]["ResourceTypes"], types);
    }
    for zone in zones(&app, "RegionId=cn-hangzhou&Verbose=false").await {
        assert_eq!(zone.as_object().unwrap().keys().collect::<Vec<_>>(), ["LocalName", "ZoneId", "ZoneType"]);
    }
}

#[actix_web::test]
async fn values_that_are_not_listed_are_refused() {
    let app = TestApp::empty().await;
    let language = "Only Chinese (zh-CN), English (en-US), and Japanese (ja) are allowed.";
    for (query, status, code, message) in [
        ("SpotStrategy=x", 400, "InvalidSpotStrategy", "The specified SpotStrategy is not valid."),
        (
            "InstanceChargeType=SpotAsPriceGo",
            404,
            "InvalidInstanceChargeType.NotFound",
            "The InstanceChargeType does not exist in our records.",
        ),
        ("AcceptLanguage=xx", 404, "InvalidAcceptLanguage.NotFound", language),
        ("AcceptLanguage=xx&SpotStrategy=x", 404, "InvalidAcceptLanguage.NotFound", language),
        ("RegionId=nowhere", 404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."),
    ] {
        let query = format!("DescribeZones&{query}&RegionId=cn-hangzhou");
        assert_eq!(app.refused(&query).await, Fault::new(status, code, message), "{query}");
    }
    let query = "RegionId=cn-hangzhou&SpotStrategy=NoSpot&InstanceChargeType=PrePaid";
    assert_eq!(zones(&app, query).await.len(), 4);
}

#[test]
fn a_zone_is_a_region_and_a_letter() {
    for (zone, region) in [
        ("cn-hangzhou-h", Some("cn-hangzhou")),
        ("xx-own-1-z", Some("xx-own-1")),
        ("ap-southeast-1a", Some("ap-southeast-1")),
        ("cn-hangzhou", None),
        ("cn-hangzhou-H", None),
        ("cn-hangzhou-1", None),
        ("cn-hangzhou-", None),
        ("-h", None),
        ("h", None),
        ("", None),
        ("cn-hangzhou-é", None),
    ] {
        assert_eq!(zone_of(zone), region, "{zone}");
    }
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Disks: [{DiskId: d-1, ZoneId: cn-hangzhou-k}]", "DescribeZones&RegionId=cn-hangzhou").await;
}
