//! What names a resource of another kind: a disk its instance, which must be there, in its region.

use ecs_mock::app::{App, Config};
use ecs_mock::model::disk::Disk;
use ecs_mock::model::disk_filter::DiskFilter;
use ecs_mock::model::paging::Start;
use ecs_mock::seed::Source;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;

const SEED: &str = "
Instances: [{InstanceId: i-1, ZoneId: cn-hangzhou-g}, {InstanceId: i-2}]
Disks:
  - {DiskId: d-1, InstanceId: i-1, Device: /dev/xvda}
  - {DiskId: d-2, InstanceId: i-1, Status: Detaching, ZoneId: cn-hangzhou-b}
  - {DiskId: d-3, InstanceId: i-2}
  - {DiskId: d-4}
  - {DiskId: d-5, InstanceId: i-1}
";

#[actix_web::test]
async fn an_instance_that_is_not_there_is_refused_by_every_door() {
    let app = TestApp::seeded(SEED).await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    let disk = json!({"DiskId": "d-9", "InstanceId": "i-unknown"});
    let many: Vec<Value> =
        (0..600).map(|number| json!({"DiskId": format!("d-x{number}"), "InstanceId": "i-1"})).collect();
    let with_many = [many.as_slice(), std::slice::from_ref(&disk)].concat();
    for (method, path, body, field) in [
        ("POST", "/disks", disk.clone(), "InstanceId"),
        ("PATCH", "/disks/d-4", json!({"InstanceId": "i-unknown"}), "InstanceId"),
        ("PATCH", "/disks?RegionId=cn-hangzhou", json!({"InstanceId": "i-unknown"}), "InstanceId"),
        ("POST", "/state", json!({"Snapshots": [{}, {}], "Disks": [{}, disk]}), "Disks[1].InstanceId"),
        ("POST", "/state", json!({"Disks": with_many}), "Disks[600].InstanceId"),
        ("PUT", "/state", json!({"Disks": [{}, {}, disk, {}]}), "Disks[2].InstanceId"),
        ("PUT", "/state", json!({"Disks": [{"InstanceId": "i-1"}]}), "Disks[0].InstanceId"),
        ("PUT", "/state?dry-run=true", json!({"Disks": [disk]}), "Disks[0].InstanceId"),
        ("POST", "/state?dry-run=true", json!({"Disks": [disk]}), "Disks[0].InstanceId"),
    ] {
        let reply = app.control(method, &format!("/sandboxes/default{path}"), body).await;
        let (status, named) = (reply.status, &reply.json()["field"]);
        assert_eq!((status, named), (400, &json!(field)), "{method} {path}: {}", reply.body);
    }
    for method in [Method::POST, Method::PUT] {
        let request = app.request(method, "/_mock/v1/sandboxes/default/state");
        let line = "{\"Disk\":{\"InstanceId\":\"i-unknown\"}}\n";
        let reply = app.send(request.header("content-type", "application/x-ndjson").body(line)).await;
        assert_eq!((reply.status, &reply.json()["field"]), (400, &json!("Disks[0].InstanceId")), "{}", reply.body);
    }
    assert_eq!(app.arrange("GET", "/state", Value::Null).await, before);
    // The instance may come in the same document, behind the disk.
    let both = "{\"Disk\":{\"DiskId\":\"d-9\",\"InstanceId\":\"i-9\"}}\n{\"Instance\":{\"InstanceId\":\"i-9\"}}\n";
    let request = app.request(Method::POST, "/_mock/v1/sandboxes/default/state");
    let reply = app.send(request.header("content-type", "application/x-ndjson").body(both)).await;
    assert_eq!(reply.json()["Inserted"], 2, "{}", reply.body);
    // A snapshot may name what is gone.
    app.arrange("POST", "/snapshots", json!({"InstanceId": "i-gone", "SourceDiskId": "d-gone"})).await;
}

#[actix_web::test]
async fn an_instance_of_another_region_is_not_there() {
    let app = TestApp::seeded(SEED).await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    let there = json!({"DiskId": "d-9", "InstanceId": "i-1", "RegionId": "cn-beijing"});
    let many: Vec<Value> = (0..600).map(|_| json!({})).collect();
    let with_many = [many.as_slice(), std::slice::from_ref(&there)].concat();
    let whole = json!({"Instances": [{"InstanceId": "i-1"}], "Disks": [{}, there]});
    for (method, path, body, field) in [
        ("POST", "/disks", there.clone(), "InstanceId"),
        ("PATCH", "/disks/d-1", json!({"RegionId": "cn-beijing"}), "InstanceId"),
        ("PATCH", "/disks?RegionId=cn-hangzhou", json!({"RegionId": "cn-beijing"}), "InstanceId"),
        ("PATCH", "/instances/i-1", json!({"RegionId": "cn-beijing"}), "InstanceId"),
        ("POST", "/state", json!({"Instances": [{"InstanceId": "i-1", "RegionId": "cn-beijing"}]}), "InstanceId"),
        ("POST", "/state", json!({"Disks": [there]}), "Disks[0].InstanceId"),
        ("POST", "/state", json!({"Disks": with_many}), "Disks[600].InstanceId"),
        ("PUT", "/state", whole, "Disks[1].InstanceId"),
    ] {
        let reply = app.control(method, &format!("/sandboxes/default{path}"), body).await;
        let (status, problem) = (reply.status, reply.json());
        assert_eq!((status, &problem["field"]), (400, &json!(field)), "{method} {path}: {}", reply.body);
        assert!(problem["reason"].as_str().unwrap().contains("\"i-1\", which is not there in "), "{}", reply.body);
    }
    assert_eq!(app.arrange("GET", "/state", Value::Null).await, before);
    // Together they move.
    let moved = json!({
        "RegionId": "cn-beijing",
        "Instances": [{"InstanceId": "i-2"}],
        "Disks": [{"DiskId": "d-3", "InstanceId": "i-2"}],
    });
    assert_eq!(app.arrange("POST", "/state", moved).await["Changed"], 2);
}

#[actix_web::test]
async fn a_seed_that_names_an_instance_which_is_not_there_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.yaml");
    std::fs::write(&seed, "Disks: [{DiskId: d-1, InstanceId: i-unknown}]").unwrap();
    let error = App::open(Config::new(folder.path().join("x.db"), Source::Path(seed))).await.unwrap_err().to_string();
    for part in ["InstanceId", "d-1", "i-unknown"] {
        assert!(error.contains(part), "{error} has no {part}");
    }
}

#[actix_web::test]
async fn disks_let_go_of_an_instance_that_is_deleted() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("DELETE", "/instances/i-1", Value::Null).await;
    for id in ["d-1", "d-2", "d-5"] {
        let disk = app.entry(&format!("disks/{id}")).await;
        assert!(disk.get("InstanceId").is_none() && disk.get("Device").is_none(), "{disk}");
        assert_eq!((&disk["Status"], &disk["NeverAttached"]), (&json!("Available"), &json!(false)), "{id}");
    }
    assert_eq!(app.entry("disks/d-3").await["InstanceId"], "i-2");
    let state = app.arrange("GET", "/state", Value::Null).await;
    let put = app.arrange("PUT", "/state", state).await;
    assert_eq!(put["Unchanged"], 6, "the state is whole");
    let removed = app.arrange("DELETE", "/instances?RegionId=cn-hangzhou", Value::Null).await;
    assert_eq!(removed["Removed"], 1);
    assert_eq!(app.entry("disks/d-3").await["Status"], "Available");
}

#[actix_web::test]
async fn more_disks_and_instances_than_one_transaction_takes() {
    let app = TestApp::empty().await;
    let instances: Vec<Value> = (0..3).map(|number| json!({"InstanceId": format!("i-{number}")})).collect();
    let disk = |number: usize| json!({"DiskId": format!("d-{number:03}"), "InstanceId": format!("i-{}", number % 3), "SourceSnapshotId": "s-1"});
    let disks: Vec<Value> = (0..501).map(disk).collect();
    let snapshots = json!([{"SnapshotId": "s-1", "SourceDiskId": "d-000"}]);
    let document = json!({"Snapshots": snapshots, "Instances": instances, "Disks": disks});
    app.arrange("PUT", "/state", document).await;
    let all = "/disks?RegionId=cn-hangzhou";
    let reply = app.control("PATCH", &format!("/sandboxes/default{all}"), json!({"InstanceId": "i-unknown"})).await;
    assert_eq!((reply.status, &reply.json()["field"]), (400, &json!("InstanceId")), "{}", reply.body);
    assert_eq!(app.ids("InstanceId=i-0").await, ["s-1"]);
    let moved = app.arrange("PATCH", all, json!({"InstanceId": "i-1"})).await;
    assert_eq!((&moved["Changed"], &moved["Unchanged"]), (&json!(334), &json!(167)));
    assert_eq!((app.ids("InstanceId=i-0").await, app.ids("InstanceId=i-1").await), (vec![], vec!["s-1".to_owned()]));
    assert_eq!(app.ids("Usage=disk").await, ["s-1"]);
    assert_eq!(app.arrange("DELETE", all, Value::Null).await["Removed"], 501);
    assert_eq!(app.ids("Usage=none").await, ["s-1"], "nothing is left of the last disk");
    assert_eq!(app.ids("InstanceId=i-1").await, [""; 0]);
}

#[actix_web::test]
async fn many_disks_let_go_of_many_instances() {
    let app = TestApp::empty().await;
    let count = 1_200;
    let instances: Vec<Value> = (0..count).map(|number| json!({"InstanceId": format!("i-{number}")})).collect();
    let disk = |number: usize| json!({"DiskId": format!("d-{number}"), "InstanceId": format!("i-{number}")});
    let disks: Vec<Value> = (0..count).map(disk).collect();
    app.arrange("PUT", "/state", json!({"Instances": instances, "Disks": disks})).await;
    let removed = app.arrange("DELETE", "/instances?RegionId=cn-hangzhou", Value::Null).await;
    assert_eq!(removed["Removed"], count);
    let state = app.arrange("GET", "/state", Value::Null).await;
    let disks = state["Disks"].as_array().unwrap();
    assert_eq!((state.get("Instances"), disks.len()), (None, count));
    assert!(disks.iter().all(|disk| disk["Status"] == "Available" && disk.get("InstanceId").is_none()));
}

#[actix_web::test]
async fn a_disk_is_in_the_zone_of_its_instance_unless_it_says_otherwise() {
    let app = TestApp::seeded(SEED).await;
    let zones = async || {
        let sandbox = app.app().sandboxes.by_name("default").unwrap();
        let view = app.app().sandboxes.view(&sandbox).await.unwrap();
        let filter = DiskFilter { region_id: Some("cn-hangzhou".to_owned()), ..DiskFilter::default() };
        let listed = app.app().sandboxes.page::<Disk>(&view, &filter, &Start::Offset(0), 10).await.unwrap();
        let zones =
            listed.page.rows.iter().map(|row| row.derived.zone_id.trim_start_matches("cn-hangzhou-").to_owned());
        zones.collect::<Vec<_>>().concat()
    };
    assert_eq!(zones().await, "gbhhg");
    app.arrange("PATCH", "/instances/i-1", json!({"ZoneId": "cn-hangzhou-a"})).await;
    assert_eq!(zones().await, "abhha");
    app.arrange("PATCH", "/disks/d-4", json!({"InstanceId": "i-1", "ZoneId": null})).await;
    assert_eq!(zones().await, "abhaa");
    app.arrange("PATCH", "/disks/d-4", json!({"ZoneId": "cn-hangzhou-k"})).await;
    assert_eq!(zones().await, "abhka");
}
