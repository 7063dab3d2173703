//! Resources of every kind: one by one, many at once, as documents, and what they add to each other.

mod documents;
mod doors;
mod references;

use ecs_mock::model::kind::Kind;
use ecs_mock::model::kinds::KINDS;
use serde_json::{Value, json};

use crate::support::{TestApp, percent_encoded};

fn path(kind: &Kind) -> String {
    format!("/sandboxes/default/{}", kind.path)
}

fn id(kind: &Kind, number: usize) -> String {
    format!("{}{number}", kind.id_prefix)
}

/// A text of an entry that says nothing to the mock.
fn text(kind: &Kind) -> &'static str {
    if kind.word == "AutoSnapshotPolicy" { "AutoSnapshotPolicyName" } else { "Description" }
}

/// An entry with fields that every kind has, and its text.
fn entry(kind: &Kind, number: usize, region_id: &str) -> Value {
    json!({
        kind.id_field: id(kind, number),
        "RegionId": region_id,
        text(kind): format!("number {number}"),
        "CreationTime": "2026-03-01T00:00:00Z",
        "Tags": {"number": number.to_string(), "é \"q\"": ""},
    })
}

/// Three of each kind, one of them in another region.
async fn filled() -> TestApp {
    let app = TestApp::empty().await;
    for kind in KINDS {
        for (number, region_id) in [(1, "cn-hangzhou"), (2, "cn-hangzhou"), (3, "cn-beijing")] {
            let reply = app.control("POST", &path(kind), entry(kind, number, region_id)).await;
            assert_eq!(reply.status, 201, "{}", reply.body);
        }
    }
    app
}

#[actix_web::test]
async fn one_of_each_kind_is_added_shown_changed_and_deleted() {
    let app = TestApp::empty().await;
    for kind in KINDS {
        let all = path(kind);
        let one = format!("{all}/{}", id(kind, 1));
        let sent = entry(kind, 1, "cn-beijing");
        let added = app.control("POST", &all, sent.clone()).await;
        assert_eq!(added.status, 201, "{}", added.body);
        for (name, value) in sent.as_object().unwrap() {
            assert_eq!(added.json()[name], *value, "{kind:?} {name}");
        }
        assert_eq!(app.control("GET", &one, Value::Null).await.json(), added.json());
        let again = app.control("POST", &all, json!({kind.id_field: id(kind, 1)})).await;
        assert_eq!((again.status, &again.json()["field"]), (409, &json!(kind.id_field)), "{kind:?}");

        let patch = json!({text(kind): null, "Tags": {"number": null, "more": "x"}, "ResourceGroupId": "rg-1"});
        let changed = app.control("PATCH", &one, patch).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let mut expected = added.json();
        expected.as_object_mut().unwrap().remove(text(kind));
        expected["Tags"] = json!({"é \"q\"": "", "more": "x"});
        expected["ResourceGroupId"] = json!("rg-1");
        assert_eq!(changed.json(), expected);
        assert_eq!(app.control("GET", &one, Value::Null).await.json(), expected);

        for (body, field) in [
            (json!({"Colour": "red"}), "Colour"),
            (json!({text(kind): 7}), text(kind)),
            (json!({"Tags": {"a": 1}}), "Tags"),
            (json!({"CreationTime": "yesterday"}), "CreationTime"),
        ] {
            for (method, path) in [("POST", &all), ("PATCH", &one)] {
                let reply = app.control(method, path, body.clone()).await;
                assert_eq!(reply.status, 400, "{kind:?} {method} {body}");
                let named = reply.json()["field"].as_str().unwrap_or_default().to_owned();
                assert!(named.starts_with(field), "{kind:?} {method} {body}: {}", reply.body);
            }
        }
        let renamed = app.control("PATCH", &one, json!({kind.id_field: "other"})).await;
        assert_eq!((renamed.status, &renamed.json()["field"]), (400, &json!(kind.id_field)));
        assert_eq!(app.control("GET", &one, Value::Null).await.json(), expected, "what is refused changes nothing");

        assert_eq!(app.control("DELETE", &one, Value::Null).await.status, 204);
        for (method, body) in [("GET", Value::Null), ("DELETE", Value::Null), ("PATCH", json!({}))] {
            assert_eq!(app.control(method, &one, body).await.status, 404, "{kind:?} {method}");
        }
        let made_up = app.control("POST", &all, json!({"RegionId": "us-west-1"})).await.json();
        let made_up = made_up[kind.id_field].as_str().unwrap();
        assert!(made_up.starts_with(&format!("{}rj9", kind.id_prefix)), "{made_up}");
    }
}

#[actix_web::test]
async fn lists_of_each_kind_have_pages_and_filters_and_know_their_parameters() {
    let app = filled().await;
    for kind in KINDS {
        let list = async |query: &str| app.control("GET", &format!("{}?{query}", path(kind)), Value::Null).await;
        let ids = async |query: &str| {
            let reply = list(query).await;
            assert_eq!(reply.status, 200, "{kind:?} {query}: {}", reply.body);
            let entries = reply.json()[kind.words].as_array().unwrap().clone();
            entries.iter().map(|entry| entry[kind.id_field].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let all: Vec<String> = (1..=3).map(|number| id(kind, number)).collect();
        assert_eq!(ids("").await, all, "{kind:?}: all regions");
        assert_eq!(ids("RegionId=cn-beijing").await, all[2..]);
        assert_eq!(ids("RegionId=cn-nowhere").await, [""; 0]);
        let these = |ids: &[&str]| format!("{}s={}", kind.id_field, percent_encoded(&json!(ids).to_string()));
        assert_eq!(ids(&these(&[&all[2], &all[0], "unknown"])).await, [all[0].clone(), all[2].clone()]);
        assert_eq!(ids(&format!("{}&RegionId=cn-hangzhou", these(&[&all[2], &all[0]]))).await, all[..1]);
        assert_eq!(ids(&these(&[])).await, [""; 0], "none is none");

        let page = list("PageSize=2&PageNumber=2").await.json();
        let numbers = ["PageNumber", "PageSize", "TotalCount"].map(|name| page[name].as_i64().unwrap());
        assert_eq!((numbers, page[kind.words].as_array().unwrap().len()), ([2, 2, 3], 1), "{kind:?}");
        assert!(page.get("NextToken").is_none());
        let shown = app.control("GET", &format!("{}/{}", path(kind), all[2]), Value::Null).await.json();
        assert_eq!(page[kind.words][0], shown, "an entry is the same in a list");
        for query in ["Size=1", "Staus=x", "RegionID2=x", "Tag.1.Colour=x"] {
            let reply = list(query).await;
            let name = query.split('=').next().unwrap();
            assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(name)), "{kind:?} {query}");
        }
        for (query, name) in
            [("PageSize=0", "PageSize".to_owned()), (&format!("{}s=x", kind.id_field), format!("{}s", kind.id_field))]
        {
            let reply = list(query).await;
            assert_eq!((reply.status, &reply.json()["field"]), (400, &json!(name)), "{kind:?} {query}");
        }
    }
}

#[actix_web::test]
async fn tokens_lead_through_a_list_of_each_kind() {
    let app = TestApp::empty().await;
    for kind in KINDS {
        let entries: Vec<Value> = (10..35).map(|number| entry(kind, number, "cn-hangzhou")).collect();
        app.arrange("POST", "/state", json!({kind.words: entries})).await;
        let (mut seen, mut query) = (Vec::new(), "MaxResults=10".to_owned());
        loop {
            let page = app.control("GET", &format!("{}?{query}", path(kind)), Value::Null).await.json();
            assert_eq!(page["TotalCount"], 25, "{kind:?}");
            let entries = page[kind.words].as_array().unwrap();
            seen.extend(entries.iter().map(|entry| entry[kind.id_field].as_str().unwrap().to_owned()));
            match page["NextToken"].as_str() {
                Some(token) => query = format!("MaxResults=10&NextToken={}", percent_encoded(token)),
                None => break,
            }
            assert!(seen.len() < 25);
        }
        assert_eq!(seen, (10..35).map(|number| id(kind, number)).collect::<Vec<_>>(), "{kind:?}");
    }
}

#[actix_web::test]
async fn many_of_a_kind_are_changed_or_deleted_by_a_filter_and_never_without_one() {
    let app = filled().await;
    for kind in KINDS {
        let all = path(kind);
        for (method, body) in [("PATCH", json!({text(kind): "x"})), ("DELETE", Value::Null)] {
            for query in ["", "?RegionId="] {
                assert_eq!(app.control(method, &format!("{all}{query}"), body.clone()).await.status, 400, "{method}");
            }
            let reply = app.control(method, &format!("{all}?Colour=red"), body.clone()).await;
            assert_eq!((reply.status, &reply.json()["field"]), (400, &json!("Colour")), "{kind:?}");
        }
        let counts = |changed: i64, removed: i64, unchanged: i64| json!({"Inserted": 0, "Changed": changed, "Removed": removed, "Unchanged": unchanged});
        let patch = json!({text(kind): "number 1"});
        let reply = app.control("PATCH", &format!("{all}?RegionId=cn-hangzhou"), patch).await;
        assert_eq!((reply.status, reply.json()), (200, counts(1, 0, 1)), "{kind:?}");
        let wrong = app.control("PATCH", &format!("{all}?RegionId=cn-hangzhou"), json!({"Tags": {"a": 1}})).await;
        assert_eq!(wrong.status, 400, "{kind:?}");
        let reply = app.control("DELETE", &format!("{all}?RegionId=cn-hangzhou"), Value::Null).await;
        assert_eq!((reply.status, reply.json()), (200, counts(0, 2, 0)), "{kind:?}");
        let left = app.control("GET", &all, Value::Null).await.json();
        assert_eq!((&left["TotalCount"], &left[kind.words][0][kind.id_field]), (&json!(1), &json!(id(kind, 3))));
    }
}

#[actix_web::test]
async fn what_expires_is_not_there_any_more() {
    let app = TestApp::empty().await;
    for kind in KINDS {
        let expired = json!({kind.id_field: id(kind, 1), "ExpirationTime": "2026-03-15T12:00:00Z"});
        let reply = app.control("POST", &path(kind), expired).await;
        // Snapshots are the only ones that go by time alone.
        assert_eq!(reply.status, if kind.word == "Snapshot" { 201 } else { 400 }, "{}", reply.body);
        assert_eq!(app.control("GET", &path(kind), Value::Null).await.json()["TotalCount"], 0, "{kind:?}");
    }
}

/// An entry as it is shown, without its id.
async fn made(app: &TestApp, kind: &str, body: Value) -> Value {
    let kind = KINDS.iter().find(|other| other.word == kind).unwrap();
    let reply = app.control("POST", &path(kind), body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let mut entry = reply.json();
    entry.as_object_mut().unwrap().remove(kind.id_field).unwrap();
    entry
}

#[actix_web::test]
async fn what_an_entry_leaves_out_is_filled_in() {
    let app = TestApp::empty().await;
    let disk = json!({
        "RegionId": "cn-hangzhou",
        "ZoneId": "cn-hangzhou-h",
        "CreationTime": "2026-03-15T12:00:00Z",
        "Category": "cloud",
        "Type": "data",
        "Size": 40,
        "Status": "Available",
        "NeverAttached": false,
        "DiskChargeType": "PostPaid",
        "Portable": true,
        "DeleteAutoSnapshot": true,
        "DeleteWithInstance": false,
        "EnableAutoSnapshot": true,
        "Encrypted": false,
        "ExpiredTime": "2999-09-08T16:00Z",
    });
    assert_eq!(made(&app, "Disk", json!({})).await, disk);
    let empty = json!({"Category": "", "Type": "", "Size": "", "Status": "", "Portable": "", "DiskChargeType": "",
        "ExpiredTime": "", "EnableAutoSnapshot": "", "ZoneId": "", "Tags": {}, "OperationLocks": {"OperationLock": []}});
    assert_eq!(made(&app, "Disk", empty).await, disk, "what is empty was not given");
    let instance = made(&app, "Instance", json!({"InstanceId": "i-1", "RegionId": "cn-beijing"})).await;
    let expected = json!({
        "RegionId": "cn-beijing",
        "ZoneId": "cn-beijing-h",
        "InstanceName": "i-1",
        "CreationTime": "2026-03-15T12:00:00Z",
        "Status": "Running",
        "OSType": "linux",
    });
    assert_eq!(instance, expected);
    let attached = made(
        &app,
        "Disk",
        json!({"InstanceId": "i-1", "RegionId": "cn-beijing", "Type": "system",
        "Category": "cloud_essd", "Size": "120"}),
    )
    .await;
    assert_eq!(attached["Status"], "In_use");
    assert_eq!(attached["PerformanceLevel"], "PL1");
    assert_eq!((&attached["Portable"], &attached["Size"]), (&json!(false), &json!(120)));
    assert!(attached.get("ZoneId").is_none(), "its zone is that of its instance: {attached}");
    let own = made(&app, "Disk", json!({"Category": "cloud_essd", "PerformanceLevel": "PL3"})).await;
    assert_eq!(own["PerformanceLevel"], "PL3");
    assert!(made(&app, "Disk", json!({"Category": "cloud_auto"})).await.get("PerformanceLevel").is_none());
    let image = json!({
        "RegionId": "cn-hangzhou",
        "CreationTime": "2026-03-15T12:00:00Z",
        "ImageOwnerAlias": "self",
        "Architecture": "x86_64",
        "Usable": true,
        "IsPublic": false,
        "IsCopied": false,
        "IsSubscribed": false,
    });
    assert_eq!(made(&app, "Image", json!({})).await, image);
    let image = made(&app, "Image", json!({"SnapshotId": "s-1"})).await;
    assert_eq!(image["DiskDeviceMappings"], json!([{"SnapshotId": "s-1", "Type": "system"}]));
    let same = made(&app, "Image", json!({"SnapshotIds": ["", "s-1"]})).await;
    assert_eq!(same["DiskDeviceMappings"], image["DiskDeviceMappings"]);
    let mappings = json!([{"SnapshotId": "s-1", "Size": 20}, {"SnapshotId": "s-2", "Size": "200"}]);
    let image = made(&app, "Image", json!({"DiskDeviceMappings": mappings, "SnapshotIds": ["s-2", "s-3"]})).await;
    assert_eq!(image["Size"], 200, "that of its largest mapping");
    let types: Vec<(&Value, &Value)> = image["DiskDeviceMappings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mapping| (&mapping["SnapshotId"], &mapping["Type"]))
        .collect();
    let (first, others) = (json!("system"), json!("data"));
    assert_eq!(types, [(&json!("s-1"), &first), (&json!("s-2"), &others), (&json!("s-3"), &others)]);
    assert!(image.get("SnapshotIds").is_none());
}

#[actix_web::test]
async fn an_entry_that_contradicts_itself_is_refused() {
    let app = TestApp::empty().await;
    app.arrange("POST", "/instances", json!({"InstanceId": "i-1"})).await;
    for (path, body, field) in [
        ("disks", json!({"NeverAttached": true, "InstanceId": "i-1"}), "NeverAttached"),
        ("disks", json!({"Status": "in_use"}), "Status"),
        ("disks", json!({"Type": "root"}), "Type"),
        ("disks", json!({"Size": -1}), "Size"),
        ("disks", json!({"OperationLocks": [{"Reason": "x"}]}), "OperationLocks"),
        ("disks", json!({"OperationLocks": [{"LockReason": ""}]}), "OperationLocks[0].LockReason"),
        ("instances", json!({"OperationLocks": [{"LockReason": "security", "LockMsg": "\u{1}"}]}), "OperationLocks"),
        ("instances", json!({"Status": "running"}), "Status"),
        ("images", json!({"Status": "available"}), "Status"),
        ("images", json!({"DiskDeviceMappings": [{"Colour": 1}]}), "DiskDeviceMappings"),
    ] {
        let reply = app.control("POST", &format!("/sandboxes/default/{path}"), body.clone()).await;
        let named = reply.json()["field"].as_str().unwrap_or_default().to_owned();
        assert_eq!(reply.status, 400, "{path} {body}");
        assert!(named.starts_with(field), "{path} {body}: {}", reply.body);
    }
    // Attached or not is told by the instance.
    for (body, status) in [
        (json!({"InstanceId": "i-1", "Status": "Available"}), "In_use"),
        (json!({"Status": "In_use"}), "Available"),
        (json!({"InstanceId": "i-1", "Status": "Detaching"}), "Detaching"),
        (json!({"Status": "Creating"}), "Creating"),
    ] {
        assert_eq!(made(&app, "Disk", body.clone()).await["Status"], status, "{body}");
    }
}
