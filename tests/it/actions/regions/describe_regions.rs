//! DescribeRegions: which regions there are, what they are called, and where they are to be reached.

use ecs_mock::model::region::PUBLIC_REGIONS;
use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

async fn regions(app: &TestApp, query: &str) -> Vec<Value> {
    app.act(&format!("DescribeRegions&{query}")).await["Regions"]["Region"].as_array().unwrap().clone()
}

fn ids(regions: &[Value]) -> Vec<&str> {
    regions.iter().map(|region| region["RegionId"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn public_regions_come_first_and_then_those_in_use() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, RegionId: xx-snapshot}
          - {SnapshotId: s-2, RegionId: xx-expiring, ExpirationTime: 2026-03-15T12:00:10Z}
          - {SnapshotId: s-3, RegionId: cn-beijing}
        Disks: [{DiskId: d-1, RegionId: xx-disk}]
        Instances: [{InstanceId: i-1, RegionId: xx-instance}]
        Images: [{ImageId: m-1, RegionId: xx-image}, {ImageId: m-2, RegionId: xx-disk}]
        ",
    )
    .await;
    let public: Vec<&str> = PUBLIC_REGIONS.iter().map(|region| region.region_id).collect();
    let all = regions(&app, "").await;
    let in_use = ["xx-disk", "xx-expiring", "xx-image", "xx-instance", "xx-snapshot"];
    assert_eq!(ids(&all), [&public[..], &in_use].concat());
    assert_eq!(all.last().unwrap()["LocalName"], "xx-snapshot", "what has no name is called by its id");

    app.clock.set(NOW.plus(10));
    assert!(!ids(&regions(&app, "").await).contains(&"xx-expiring"), "with what was in it, it is gone");
    app.arrange("DELETE", "/images/m-1", Value::Null).await;
    assert!(!ids(&regions(&app, "").await).contains(&"xx-image"));
    app.sandbox("other", json!("empty")).await;
    assert_eq!(ids(&regions(&app, "AccessKeyId=other").await), public, "another sandbox");
}

#[actix_web::test]
async fn names_are_told_in_chinese_or_english() {
    let app = TestApp::empty().await;
    for (language, expected) in [
        ("", "华东1（杭州）"),
        ("zh-CN", "华东1（杭州）"),
        ("zh-TW", "华东1（杭州）"),
        ("en-US", "China (Hangzhou)"),
        ("ja", "China (Hangzhou)"),
    ] {
        let regions = regions(&app, &format!("AcceptLanguage={language}")).await;
        let region = regions.iter().find(|region| region["RegionId"] == "cn-hangzhou").unwrap();
        assert_eq!(region["LocalName"], expected, "{language}");
    }
}

#[actix_web::test]
async fn the_endpoint_is_the_host_that_the_client_called() {
    let app = TestApp::empty().await;
    assert_eq!(regions(&app, "").await[0]["RegionEndpoint"], app.address.to_string());
    let request =
        app.request(reqwest::Method::GET, "/?Action=DescribeRegions&Format=JSON").header("host", "localhost:9");
    assert_eq!(app.send(request).await.json()["Regions"]["Region"][0]["RegionEndpoint"], "localhost:9");
}

#[actix_web::test]
async fn a_language_or_a_type_that_is_not_listed_is_refused() {
    let app = TestApp::empty().await;
    let message = "Only Chinese (zh-CN), English (en-US), and Japanese (ja) are allowed.";
    let language = Fault::new(404, "InvalidAcceptLanguage.NotFound", message);
    for value in ["xx", "zh-cn", "en"] {
        assert_eq!(app.refused(&format!("DescribeRegions&AcceptLanguage={value}")).await, language, "{value}");
    }
    let message = "The ResourceType provided does not exist in our records.";
    let resource_type = Fault::new(404, "InvalidResourceType.NotFound", message);
    assert_eq!(app.refused("DescribeRegions&ResourceType=slb").await, resource_type);
    assert_eq!(app.refused("DescribeRegions&ResourceType=slb&AcceptLanguage=xx").await, language, "it comes first");
    for value in ["instance", "disk", "reservedinstance", "scu"] {
        assert_eq!(regions(&app, &format!("ResourceType={value}")).await.len(), PUBLIC_REGIONS.len());
    }
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Disks: [{DiskId: d-1, RegionId: xx-own}]", "DescribeRegions&AcceptLanguage=en-US").await;
}
