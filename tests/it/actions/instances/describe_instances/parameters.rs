//! Every parameter: which instances it lets through, and how they are shown.

use serde_json::{Value, json};

use crate::support::{TestApp, golden, percent_encoded};

const SEED: &str = "
    Instances:
      - {InstanceId: i-a, InstanceName: web-1, CreationTime: '2026-01-01T00:00:00Z', InstanceType: ecs.g7.large, ImageId: m-1,
         ZoneId: cn-hangzhou-g, KeyPairName: k1, HpcClusterId: hpc-1, ResourceGroupId: rg-1, Tags: {env: one}}
      - {InstanceId: i-b, InstanceName: web-2, CreationTime: '2026-01-02T00:00:00Z', InstanceType: ecs.g7.xlarge, ImageId: m-1,
         Status: Stopped, InstanceChargeType: PrePaid, ExpiredTime: '2026-06-01T00:00Z', Tags: {env: two}}
      - {InstanceId: i-c, InstanceName: 'web[1]?', CreationTime: '2026-01-03T00:00:00Z', InstanceType: ecs.t5-lc1m1.small,
         InstanceNetworkType: classic, InternetChargeType: PayByBandwidth, IoOptimized: false, Status: Pending}
      - {InstanceId: i-d, InstanceName: Web-1, CreationTime: '2026-01-04T00:00:00Z', InstanceTypeFamily: ecs.special,
         OperationLocks: [{LockReason: financial}, {LockReason: security}], ExpiredTime: never}
      - {InstanceId: i-e, CreationTime: '2026-01-05T00:00:00Z', RegionId: cn-beijing}
    ";

async fn ids(app: &TestApp, query: &str) -> Vec<String> {
    let reply = app.act(&format!("DescribeInstances&RegionId=cn-hangzhou&PageSize=100&{query}")).await;
    let instances = reply["Instances"]["Instance"].as_array().unwrap();
    assert_eq!(reply["TotalCount"], instances.len(), "{query}: all on one page");
    instances.iter().map(|instance| instance["InstanceId"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn each_lets_through_what_it_says() {
    let app = TestApp::seeded(SEED).await;
    let of = |ids: &[&str]| format!("InstanceIds={}", percent_encoded(&json!(ids).to_string()));
    let (two, none) = (of(&["i-a", "i-c", "i-e", "i-unknown"]), of(&[]));
    for (query, expected) in [
        ("", "d c b a"),
        (&*two, "c a"),
        (&*none, ""),
        ("InstanceName=web-1", "a"),
        ("InstanceName=web-*", "b a"),
        ("InstanceName=*-1", "d a"),
        ("InstanceName=w*1*", "c a"),
        ("InstanceName=web[1]?", "c"),
        ("InstanceName=*[1]?", "c"),
        ("InstanceName=web?1*", ""),
        ("InstanceName=*", "d c b a"),
        ("InstanceName=web", ""),
        ("Status=Running", "d a"),
        ("Status=Stopped", "b"),
        ("Status=Starting", ""),
        ("ZoneId=cn-hangzhou-g", "a"),
        ("ZoneId=cn-hangzhou-h", "d c b"),
        ("ImageId=m-1", "b a"),
        ("ImageId=m-2", ""),
        ("InstanceType=ecs.g7.large", "a"),
        ("InstanceType=ecs.g7", ""),
        ("InstanceTypeFamily=ecs.g7", "b a"),
        ("InstanceTypeFamily=ecs.t5-lc1m1", "c"),
        ("InstanceTypeFamily=ecs.special", "d"),
        ("InstanceChargeType=PrePaid", "b"),
        ("InstanceChargeType=PostPaid", "d c a"),
        ("InstanceNetworkType=classic", "c"),
        ("InstanceNetworkType=vpc", "d b a"),
        ("InternetChargeType=PayByBandwidth", "c"),
        ("InternetChargeType=PayByTraffic", "d b a"),
        ("IoOptimized=false", "c"),
        ("IoOptimized=true", "d b a"),
        ("KeyPairName=k1", "a"),
        ("KeyPairName=k*", ""),
        ("LockReason=security", "d"),
        ("LockReason=financial", "d"),
        ("LockReason=Recycling", ""),
        ("HpcClusterId=hpc-1", "a"),
        ("ResourceGroupId=rg-1", "a"),
        ("Tag.1.Key=env", "b a"),
        ("Tag.1.Key=env&Tag.1.Value=two", "b"),
        ("Filter.1.Key=CreationStartTime&Filter.1.Value=2026-01-03T00:00Z", "d c"),
        ("Filter.2.Key=CreationEndTime&Filter.2.Value=2026-01-02T00:00:00Z", "b a"),
        ("Filter.3.Key=ExpiredStartTime&Filter.3.Value=2026-06-01T00:00Z", "c b a"),
        ("Filter.3.Key=ExpiredStartTime&Filter.3.Value=2026-06-01T00:00:01Z", "c a"),
        ("Filter.4.Key=ExpiredEndTime&Filter.4.Value=2026-06-01T00:00Z", "b"),
        ("Status=Running&InstanceTypeFamily=ecs.g7&ImageId=m-1&Tag.1.Key=env&InstanceName=web*", "a"),
        // What no instance has here.
        ("VpcId=vpc-1", ""),
        ("VSwitchId=vsw-1", ""),
        ("SecurityGroupId=sg-1", ""),
        ("PrivateIpAddresses=%5B%2210.0.0.1%22%5D", ""),
        ("PublicIpAddresses=%5B%2242.0.0.1%22%5D", ""),
        ("EipAddresses=%5B%2242.0.0.1%22%5D", ""),
        ("InnerIpAddresses=%5B%2210.0.0.1%22%5D", ""),
        ("RdmaIpAddresses=10.0.0.1", ""),
        ("Ipv6Address.1=2001:db8::1", ""),
        ("VpcId=&Ipv6Address.1=", "d c b a"),
        ("AdditionalAttributes.1=META_OPTIONS&HttpEndpoint=disabled&HttpTokens=required", "d c b a"),
    ] {
        let ids = ids(&app, query).await;
        let letters: Vec<&str> = ids.iter().map(|id| id.strip_prefix("i-").unwrap()).collect();
        assert_eq!(letters.join(" "), expected, "{query}");
        // The control plane has the same filters.
        if !query.contains("Http") {
            let path = format!("/instances?RegionId=cn-hangzhou&PageSize=100&{query}");
            let entries = app.arrange("GET", &path, Value::Null).await["Instances"].as_array().unwrap().clone();
            let letters: Vec<&str> = entries.iter().map(|entry| &entry["InstanceId"].as_str().unwrap()[2..]).collect();
            assert_eq!(letters.join(" "), expected, "{query}");
        }
    }
}

#[actix_web::test]
async fn pages_are_numbered_or_follow_each_other() {
    let entries: Vec<Value> = (10..35).map(|number| json!({"InstanceId": format!("i-{number}")})).collect();
    let app = TestApp::seeded(&json!({"Instances": entries}).to_string()).await;
    let page = async |query: &str| {
        let reply = app.act(&format!("DescribeInstances&RegionId=cn-hangzhou&{query}")).await;
        let instances = reply["Instances"]["Instance"].as_array().unwrap().iter();
        let ids: Vec<String> = instances.map(|instance| instance["InstanceId"].as_str().unwrap().to_owned()).collect();
        let numbers = json!([reply["PageNumber"], reply["PageSize"], reply["TotalCount"]]);
        (ids, numbers, reply["NextToken"].as_str().map(str::to_owned))
    };
    let all: Vec<String> = (10..35).map(|number| format!("i-{number}")).collect();
    let (ids, numbers, token) = page("PageSize=20&PageNumber=2").await;
    assert_eq!((&ids[..], numbers, token), (&all[20..], json!([2, 20, 25]), None));
    let (ids, numbers, token) = page("").await;
    assert_eq!((&ids[..], numbers), (&all[..10], json!([1, 10, 25])));
    assert!(token.is_some(), "whoever names no page is told of the next one");
    let (mut seen, mut query) = (Vec::new(), "MaxResults=12".to_owned());
    loop {
        let (ids, numbers, token) = page(&query).await;
        assert_eq!(numbers, json!([1, 12, 25]));
        seen.extend(ids);
        let Some(token) = token else { break };
        query = format!("MaxResults=12&NextToken={token}");
        let other = app.refused(&format!("DescribeInstances&RegionId=cn-hangzhou&Status=Running&{query}")).await;
        assert_eq!(other.code, "InvalidParameter", "the token is of another list");
    }
    assert_eq!(seen, all);
}

#[actix_web::test]
async fn what_an_entry_says_is_shown() {
    let app = TestApp::empty().await;
    let reply: Value = serde_json::from_str(include_str!("../../../admin/replies/instances.json")).unwrap();
    let pasted = &reply["Instances"]["Instance"][0];
    app.arrange("POST", "/state", reply.clone()).await;
    let shown = app.act("DescribeInstances&RegionId=cn-beijing").await["Instances"]["Instance"][0].take();
    let ignored = ecs_mock::model::instance::KIND.ignored;
    let empty = json!({
        "EipAddress": {"AllocationId": "", "IpAddress": "", "InternetChargeType": ""},
        "InnerIpAddress": {"IpAddress": []},
        "NetworkInterfaces": {"NetworkInterface": []},
        "PublicIpAddress": {"IpAddress": []},
        "RdmaIpAddress": {"IpAddress": []},
        "SecurityGroupIds": {"SecurityGroupId": []},
        "VpcAttributes": {"VpcId": "", "VSwitchId": "", "NatIpAddress": "", "PrivateIpAddress": {"IpAddress": []}},
    });
    for (name, value) in pasted.as_object().unwrap() {
        match name.as_str() {
            "CreationTime" => assert_eq!(shown[name], "2026-01-02T03:04:00Z"),
            name if ignored.contains(&name) => assert_eq!(shown.get(name), empty.get(name), "{name}"),
            _ => assert_eq!(shown[name], *value, "{name}"),
        }
    }
}

#[actix_web::test]
async fn an_entry_that_says_nothing_is_shown_with_what_most_instances_are() {
    let app = TestApp::seeded("Instances: [{InstanceId: i-1, InstanceType: ecs.g7.large}]").await;
    let shown = app.act("DescribeInstances&RegionId=cn-hangzhou").await["Instances"]["Instance"][0].take();
    for (name, value) in [
        ("InstanceName", json!("i-1")),
        ("Status", json!("Running")),
        ("ZoneId", json!("cn-hangzhou-h")),
        ("InstanceTypeFamily", json!("ecs.g7")),
        ("InstanceChargeType", json!("PostPaid")),
        ("InstanceNetworkType", json!("vpc")),
        ("InternetChargeType", json!("PayByTraffic")),
        ("IoOptimized", json!(true)),
        ("ExpiredTime", json!("2999-09-08T16:00Z")),
        ("OSType", json!("linux")),
        ("DeletionProtection", json!(false)),
        ("DeviceAvailable", json!(true)),
        ("SpotStrategy", json!("NoSpot")),
        ("OperationLocks", json!({"LockReason": []})),
        ("Tags", json!({"Tag": []})),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    for name in ["Cpu", "Memory", "GPUAmount", "LocalStorageCapacity", "Recyclable", "StoppedMode"] {
        assert!(shown.get(name).is_none(), "{name}");
    }
}

#[actix_web::test]
async fn a_change_is_seen_at_once() {
    let app = TestApp::seeded(SEED).await;
    assert_eq!(ids(&app, "Status=Stopped").await, ["i-b"]);
    app.arrange("PATCH", "/instances/i-a", json!({"Status": "Stopped", "InstanceName": "other"})).await;
    assert_eq!(ids(&app, "Status=Stopped").await, ["i-b", "i-a"]);
    assert_eq!(ids(&app, "InstanceName=other").await, ["i-a"]);
    app.arrange("PATCH", "/instances/i-d", json!({"OperationLocks": null})).await;
    assert_eq!(ids(&app, "LockReason=security").await, [""; 0]);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "DescribeInstances&RegionId=cn-hangzhou&LockReason=security").await;
}
