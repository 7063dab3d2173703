//! Sandboxes: what they start with, who reaches them, and when they go.

use ecs_mock::admin::guard::Access;
use ecs_mock::app::Config;
use ecs_mock::sandboxes::Limits;
use ecs_mock::seed::Source;
use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

const SEED: &str = "Snapshots: [{SnapshotId: s-1, Tags: {a: b}}, {SnapshotId: s-2}]";

#[actix_web::test]
async fn an_access_key_selects_its_sandbox() {
    let app = TestApp::seeded(SEED).await;
    let created = app.control("POST", "/sandboxes", json!({"Name": "mine", "From": "empty"})).await;
    assert_eq!(created.status, 201);
    let created = created.json();
    assert_eq!((&created["Name"], &created["AccessKeyId"]), (&json!("mine"), &json!("mine")), "the key is the name");
    assert_eq!(created["AccessKeySecret"].as_str().unwrap().len(), 30);
    assert_eq!(app.ids_of("mine").await, [""; 0]);
    assert_eq!(app.ids_of("testid").await, ["s-1", "s-2"], "the documentation's key belongs to default");
    assert_eq!(app.ids_of("nobody").await, ["s-1", "s-2"], "a key that nobody registered falls to default");

    let own = json!({"Name": "other", "AccessKeyId": "LTAI5t", "AccessKeySecret": "xyz", "From": "empty"});
    let created = app.control("POST", "/sandboxes", own).await.json();
    assert_eq!(created, json!({"Name": "other", "AccessKeyId": "LTAI5t", "AccessKeySecret": "xyz"}));
    assert_eq!(app.ids_of("LTAI5t").await, [""; 0]);
    assert_eq!(app.ids_of("other").await, ["s-1", "s-2"], "the name is no key then");
}

#[actix_web::test]
async fn the_key_is_found_wherever_clients_put_it() {
    let app = TestApp::seeded(SEED).await;
    app.sandbox("mine", json!("empty")).await;
    for (name, value) in [
        ("authorization", "ACS3-HMAC-SHA256 Credential=mine,SignedHeaders=host,Signature=0"),
        ("authorization", "ACS3-HMAC-SHA256 Signature=0, SignedHeaders=host, Credential=mine"),
        ("x-acs-accesskey-id", "mine"),
    ] {
        let path = "/?Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON";
        let reply = app.send(app.request(reqwest::Method::GET, path).header(name, value)).await;
        assert_eq!(reply.json()["TotalCount"], 0, "{name}: {value}");
    }
}

#[actix_web::test]
async fn a_sandbox_starts_empty_from_the_seed_or_as_a_fork() {
    let app = TestApp::seeded(SEED).await;
    app.sandbox("a", json!("seed")).await;
    app.control("DELETE", "/sandboxes/a/snapshots/s-1", Value::Null).await;
    app.control("PUT", "/sandboxes/a/checkpoints/before", Value::Null).await;
    app.control("POST", "/sandboxes/a/snapshots", json!({"SnapshotId": "s-3"})).await;
    app.sandbox("b", json!({"Sandbox": "a"})).await;
    app.sandbox("c", json!({"Sandbox": "a", "Checkpoint": "before"})).await;
    app.sandbox("d", json!("empty")).await;
    let unsaid = app.control("POST", "/sandboxes", json!({"Name": "e"})).await;
    assert_eq!(unsaid.status, 201);
    assert_eq!(app.ids_of("a").await, ["s-2", "s-3"]);
    assert_eq!(app.ids_of("b").await, ["s-2", "s-3"]);
    assert_eq!(app.ids_of("c").await, ["s-2"]);
    assert_eq!(app.ids_of("d").await, [""; 0]);
    assert_eq!(app.ids_of("e").await, ["s-1", "s-2"], "the seed, if nothing is said");
    // A fork goes its own way.
    app.control("DELETE", "/sandboxes/b/snapshots/s-2", Value::Null).await;
    assert_eq!((app.ids_of("a").await.len(), app.ids_of("b").await.len()), (2, 1));
}

#[actix_web::test]
async fn sandboxes_are_shown_without_their_secrets() {
    let app = TestApp::seeded(SEED).await;
    let new = json!({"Name": "mine", "AccessKeySecret": "hush", "TtlSeconds": 60, "Labels": {"team": "a"}});
    app.control("POST", "/sandboxes", new).await;
    app.control("PUT", "/sandboxes/mine/checkpoints/c", Value::Null).await;
    app.clock.set(NOW.plus(30));
    app.ids_of("mine").await;
    let list = app.control("GET", "/sandboxes", Value::Null).await;
    assert!(!list.body.contains("hush") && !list.body.contains("testsecret"));
    let list = list.json();
    let names: Vec<&str> =
        list["Sandboxes"].as_array().unwrap().iter().map(|one| one["Name"].as_str().unwrap()).collect();
    assert_eq!(names, ["default", "mine"]);
    let one = app.control("GET", "/sandboxes/mine", Value::Null).await.json();
    assert_eq!(one, list["Sandboxes"][1]);
    assert!(one["SizeInBytes"].as_i64().unwrap() > 0);
    let expected = json!({
        "Name": "mine", "AccessKeyIds": ["mine"], "TtlSeconds": 60, "Labels": {"team": "a"},
        "CreationTime": "2026-03-15T12:00:00Z", "LastUsedTime": "2026-03-15T12:00:30Z",
        "Counts": {"Snapshots": 2, "Disks": 0, "Instances": 0, "Images": 0, "AutoSnapshotPolicies": 0}, "SnapshotCount": 2, "TagCount": 1, "CheckpointCount": 1, "SizeInBytes": one["SizeInBytes"],
    });
    assert_eq!(one, expected);
}

#[actix_web::test]
async fn a_deleted_sandbox_is_gone_with_its_key() {
    let app = TestApp::seeded(SEED).await;
    app.sandbox("mine", json!("empty")).await;
    assert_eq!(app.control("DELETE", "/sandboxes/mine", Value::Null).await.status, 204);
    assert_eq!(app.control("DELETE", "/sandboxes/mine", Value::Null).await.status, 404);
    assert_eq!(app.ids_of("mine").await, ["s-1", "s-2"], "its key falls to default again");
    app.sandbox("mine", json!("empty")).await;
    let default = app.control("DELETE", "/sandboxes/default", Value::Null).await;
    assert_eq!(default.status, 409);
    assert_eq!(default.json()["detail"], "the sandbox default cannot be deleted");
}

#[actix_web::test]
async fn a_sandbox_that_nobody_uses_outlives_its_ttl_by_nothing() {
    let app = TestApp::seeded(SEED).await;
    app.control("POST", "/sandboxes", json!({"Name": "mine", "From": "empty", "TtlSeconds": 60})).await;
    app.clock.run(59);
    assert_eq!(app.ids_of("mine").await, [""; 0], "using it makes it last");
    app.clock.run(59);
    assert_eq!(app.ids_of("mine").await, [""; 0]);
    app.clock.run(60);
    assert_eq!(app.ids_of("mine").await, ["s-1", "s-2"]);
    assert_eq!(app.control("GET", "/sandboxes/mine", Value::Null).await.status, 404);
    app.sandbox("mine", json!("empty")).await;
}

#[actix_web::test]
async fn names_and_keys_are_checked() {
    let app = TestApp::seeded(SEED).await;
    for (body, status, field) in [
        (json!({}), 400, "Name"),
        (json!({"Name": ""}), 400, "Name"),
        (json!({"Name": "a b"}), 400, "Name"),
        (json!({"Name": "ä"}), 400, "Name"),
        (json!({"Name": "x".repeat(65)}), 400, "Name"),
        (json!({"Name": "seed"}), 400, "Name"),
        (json!({"Name": "."}), 400, "Name"),
        (json!({"Name": ".."}), 400, "Name"),
        (json!({"Name": "x", "TtlSeconds": 2_147_483_648_i64}), 400, "TtlSeconds"),
        (json!({"Name": "x", "From": 7}), 400, "From"),
        (json!({"Name": "x", "From": {"Sandbox": "default", "Colour": 1}}), 400, "From.Colour"),
        (json!({"Name": 7}), 400, "Name"),
        (json!({"Name": "x", "AccessKeyId": "a,b"}), 400, "AccessKeyId"),
        (json!({"Name": "default"}), 409, "Name"),
        (json!({"Name": "x", "AccessKeyId": "testid"}), 409, "AccessKeyId"),
        (json!({"Name": "x", "TtlSeconds": 0}), 400, "TtlSeconds"),
        (json!({"Name": "x", "IdSeed": -1}), 400, "IdSeed"),
        (json!({"Name": "x", "IdSeed": 9_007_199_254_740_992_i64}), 400, "IdSeed"),
        (json!({"Name": "x", "TtlSeconds": -1}), 400, "TtlSeconds"),
        (json!({"Name": "x", "From": "nothing"}), 400, "From"),
        (json!({"Name": "x", "Labels": {"a": 1}}), 400, "Labels.a"),
        (json!({"Name": "x", "Colour": "red"}), 400, "Colour"),
    ] {
        let reply = app.control("POST", "/sandboxes", body.clone()).await;
        assert_eq!((reply.status, reply.header("content-type")), (status, "application/problem+json"), "{body}");
        let problem = reply.json();
        let named = problem["field"] == field || problem["detail"].as_str().unwrap().contains(field);
        assert!(named && problem["status"] == status, "{body}: {problem}");
    }
    for from in [json!({"Sandbox": "nobody"}), json!({"Sandbox": "default", "Checkpoint": "never"})] {
        let reply = app.control("POST", "/sandboxes", json!({"Name": "x", "From": from})).await;
        assert_eq!(reply.status, 404);
    }
    let list = app.control("GET", "/sandboxes", Value::Null).await.json();
    assert_eq!(list["Sandboxes"].as_array().unwrap().len(), 1, "nothing was made");
}

#[actix_web::test]
async fn limits_give_a_clear_error_and_change_nothing() {
    let limited = |config| Config { limits: Limits { sandboxes: 2, checkpoints: 2, resources: Some(3) }, ..config };
    let app = TestApp::configured(Source::None, limited, Access::default()).await;
    app.sandbox("a", json!("empty")).await;
    let reply = app.control("POST", "/sandboxes", json!({"Name": "b"})).await;
    assert_eq!(reply.status, 507);
    assert!(reply.json()["detail"].as_str().unwrap().contains("--max-sandboxes"));

    let document = |count: usize| json!({"Snapshots": vec![json!({}); count]});
    for (method, count, status) in
        [("PUT", 4, 507), ("PUT", 3, 200), ("POST", 1, 507), ("PUT", 2, 200), ("POST", 1, 200)]
    {
        let reply = app.control(method, "/sandboxes/a/state", document(count)).await;
        assert_eq!(reply.status, status, "{method} {count}: {}", reply.body);
    }
    assert_eq!(app.control("POST", "/sandboxes/a/snapshots", json!({})).await.status, 507);
    assert_eq!(app.ids_of("a").await.len(), 3);

    let save = async |name: &str| app.control("PUT", &format!("/sandboxes/a/checkpoints/{name}"), Value::Null).await;
    for (name, status) in [("one", 201), ("two", 201), ("three", 507), ("one", 201)] {
        let reply = save(name).await;
        assert_eq!(reply.status, status, "{name}: {}", reply.body);
        assert!(status == 201 || reply.json()["detail"].as_str().unwrap().contains("--max-checkpoints"));
    }
    // Of those that are saved at the same moment, as many as there is room for.
    app.control("DELETE", "/sandboxes/a/checkpoints/two", Value::Null).await;
    let names: Vec<String> = (0..5).map(|number| format!("n-{number}")).collect();
    let mut statuses: Vec<u16> = futures_util::future::join_all(names.iter().map(|name| save(name)))
        .await
        .iter()
        .map(|reply| reply.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 507, 507, 507, 507]);
}

#[actix_web::test]
async fn with_auto_sandbox_a_new_key_gets_a_fork_of_the_seed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.yaml");
    std::fs::write(&path, SEED).unwrap();
    let auto = |config| Config { is_auto_sandbox: true, ..config };
    let app = TestApp::configured(Source::Path(path), auto, Access::default()).await;
    // Many first requests at once make one sandbox.
    let all = futures_util::future::join_all((0..20).map(|_| app.ids_of("case-1"))).await;
    assert!(all.iter().all(|ids| *ids == ["s-1", "s-2"]), "{all:?}");
    app.control("DELETE", "/sandboxes/case-1/snapshots/s-1", Value::Null).await;
    assert_eq!(app.ids_of("case-1").await, ["s-2"]);
    assert_eq!(app.ids_of("case-2").await, ["s-1", "s-2"]);
    assert_eq!(app.ids_of("").await, ["s-1", "s-2"], "no key is default");
    let list = app.control("GET", "/sandboxes", Value::Null).await.json();
    assert_eq!(list["Sandboxes"].as_array().unwrap().len(), 3);
    for key in ["a%20b", "seed", "default"] {
        let query = format!("Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&AccessKeyId={key}");
        let fault = app.get(&query).await.fault();
        assert_eq!((fault.status, fault.code.as_str()), (404, "InvalidAccessKeyId.NotFound"), "{key}");
    }
}

#[actix_web::test]
async fn a_sandbox_that_was_made_for_a_key_goes_when_nobody_uses_the_key() {
    const DAY: i64 = 86_400;
    let auto = |config| Config { is_auto_sandbox: true, ..config };
    let app = TestApp::configured(Source::None, auto, Access::default()).await;
    let add = async || app.control("POST", "/sandboxes/case-1/snapshots", json!({"SnapshotId": "s-1"})).await.status;
    app.ids_of("case-1").await;
    assert_eq!(add().await, 201);
    app.clock.run(7 * DAY - 1);
    assert_eq!(app.ids_of("case-1").await, ["s-1"], "using it makes it last");
    app.clock.run(7 * DAY);
    assert_eq!(app.ids_of("case-1").await, [""; 0], "another one of the same name");
    let list = app.control("GET", "/sandboxes", Value::Null).await.json();
    let ttl = |number: usize| list["Sandboxes"][number]["TtlSeconds"].clone();
    assert_eq!((ttl(0), ttl(1)), (json!(7 * DAY), Value::Null), "that of the key, and default");

    let forever = |config| Config { is_auto_sandbox: true, auto_sandbox_ttl: None, ..config };
    let app = TestApp::configured(Source::None, forever, Access::default()).await;
    app.ids_of("case-1").await;
    let one = app.control("GET", "/sandboxes/case-1", Value::Null).await.json();
    assert_eq!(one["TtlSeconds"], Value::Null);
}

#[actix_web::test]
async fn many_are_made_at_once_while_others_outlive_their_time() {
    let app = TestApp::empty().await;
    for number in 0..20 {
        let short = json!({"Name": format!("old-{number}"), "From": "empty", "TtlSeconds": 1});
        assert_eq!(app.control("POST", "/sandboxes", short).await.status, 201);
    }
    app.clock.run(60);
    let create = |number: i32| {
        // The name of each is the key of another one, which is no clash.
        let new =
            json!({"Name": format!("n-{number}"), "AccessKeyId": format!("n-{}", (number + 1) % 40), "From": "empty"});
        app.control("POST", "/sandboxes", new)
    };
    for reply in futures_util::future::join_all((0..40).map(create)).await {
        assert_eq!(reply.status, 201, "{}", reply.body);
    }
}

#[actix_web::test]
async fn ids_follow_from_the_seed_of_the_sandbox_and_start_over_with_it() {
    let app = TestApp::empty().await;
    let disk = json!({"Disks": [{"DiskId": "d-1", "Category": "cloud_essd"}]});
    let make = async |name: &str, seed: Value| {
        let new = json!({"Name": name, "From": "empty", "IdSeed": seed});
        assert_eq!(app.control("POST", "/sandboxes", new).await.status, 201);
    };
    let ids = async |name: &str| {
        assert_eq!(app.control("PUT", &format!("/sandboxes/{name}/state"), disk.clone()).await.status, 200);
        let snapshot = app.act(&format!("CreateSnapshot&DiskId=d-1&AccessKeyId={name}")).await;
        let made = format!("CreateDisk&RegionId=cn-beijing&ZoneId=cn-beijing-h&Size=20&AccessKeyId={name}");
        let made = app.act(&made).await;
        (snapshot["SnapshotId"].clone(), made["DiskId"].clone())
    };
    for (name, seed) in [("a", json!(7)), ("b", json!(7)), ("c", json!(8)), ("d", Value::Null)] {
        make(name, seed).await;
    }
    let (of_a, of_b, of_c, of_d) = (ids("a").await, ids("b").await, ids("c").await, ids("d").await);
    let snapshot_id = of_a.0.as_str().unwrap();
    assert!(snapshot_id.starts_with("s-bp1") && snapshot_id.len() == 22, "{of_a:?}");
    assert!(of_a.1.as_str().unwrap().starts_with("d-2ze"), "{of_a:?}");
    assert_eq!(of_a, of_b);
    assert!(of_a != of_c && of_a != of_d && of_c != of_d);
    assert_eq!(app.control("POST", "/sandboxes/a/reset?to=empty", Value::Null).await.status, 204);
    assert_eq!(ids("a").await, of_a);
}
