//! Automatic snapshot policies as entries: the forms of their fields, the disks that they name, and what is refused.

use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

const SEED: &str = "Disks: [{DiskId: d-1}, {DiskId: d-2}, {DiskId: d-beijing, RegionId: cn-beijing}]";
const POLICIES: &str = "/auto-snapshot-policies";

/// The entry that comes of these fields.
async fn made(app: &TestApp, entry: Value) -> Value {
    let entry = app.arrange("POST", POLICIES, entry).await;
    let id = entry["AutoSnapshotPolicyId"].as_str().unwrap();
    assert_eq!(app.entry(&format!("auto-snapshot-policies/{id}")).await, entry);
    entry
}

#[actix_web::test]
async fn what_an_entry_leaves_out_is_filled_in() {
    let app = TestApp::seeded(SEED).await;
    let mut entry = made(&app, json!({})).await;
    let id = entry.as_object_mut().unwrap().remove("AutoSnapshotPolicyId").unwrap();
    assert!(id.as_str().unwrap().starts_with("sp-bp1"), "{id}");
    let expected = json!({
        "RegionId": "cn-hangzhou",
        "CreationTime": "2026-03-15T12:00:00Z",
        "RetentionDays": -1,
        "Status": "Normal",
        "Type": "Custom",
        "EnableCrossRegionCopy": false,
        "CopiedSnapshotsRetentionDays": -1,
        "AssociationType": "AssociatedWithDisk",
    });
    assert_eq!(entry, expected);
    let empty = json!({"TimePoints": "", "RepeatWeekdays": "[]", "TargetCopyRegions": "[]", "RetentionDays": "", "Status": "",
        "AssociationType": "", "CopyEncryptionConfiguration": {}, "TargetTags": {"TargetTag": []}, "DiskIds": [], "FiredUntil": ""});
    let mut entry = made(&app, empty).await;
    entry.as_object_mut().unwrap().remove("AutoSnapshotPolicyId");
    assert_eq!(entry, expected, "what is empty was not given");
}

#[actix_web::test]
async fn lists_have_the_form_of_the_api_or_that_of_a_list() {
    let app = TestApp::empty().await;
    for (field, forms, expected) in [
        (
            "TimePoints",
            vec![json!("[\"22\",\"1\"]"), json!("[22, 1]"), json!(["22", 1]), json!([22, 1, 22])],
            json!([22, 1]),
        ),
        ("RepeatWeekdays", vec![json!("[\"7\",\"1\"]"), json!(["7", "1"]), json!([7, 1])], json!([7, 1])),
        (
            "TargetCopyRegions",
            vec![json!("[\"cn-beijing\"]"), json!(["cn-beijing"]), json!("cn-beijing")],
            json!(["cn-beijing"]),
        ),
        ("RetentionDays", vec![json!(65_536), json!("65536")], json!(65_536)),
        (
            "TargetTags",
            vec![
                json!({"a": "b"}),
                json!([{"TagKey": "a", "TagValue": "b"}]),
                json!({"TargetTag": [{"TagKey": "a", "TagValue": "b"}]}),
            ],
            json!({"a": "b"}),
        ),
    ] {
        for form in forms {
            assert_eq!(made(&app, json!({field: form})).await[field], expected, "{field}: {form}");
        }
    }
}

#[actix_web::test]
async fn fired_until_is_a_time_of_all_disks_or_of_each() {
    let app = TestApp::seeded(SEED).await;
    let time = |seconds: i64| json!(NOW.plus(seconds).to_string());
    let disks = json!(["d-2", "d-1"]);
    for (fired, expected) in [
        (time(-60), json!({"d-1": time(-60), "d-2": time(-60)})),
        (json!({"d-1": time(-60), "d-2": time(5), "d-other": time(0)}), json!({"d-1": time(-60), "d-2": time(5)})),
    ] {
        let entry = made(&app, json!({"DiskIds": disks, "FiredUntil": fired})).await;
        assert_eq!(entry["FiredUntil"], expected, "{fired}");
        assert_eq!(entry["DiskIds"], json!(["d-1", "d-2"]), "in order");
    }
}

#[actix_web::test]
async fn a_disk_that_is_not_there_is_refused_by_every_door() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("POST", POLICIES, json!({"AutoSnapshotPolicyId": "sp-1", "DiskIds": ["d-1"]})).await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    for id in ["d-unknown", "d-beijing"] {
        let policy = json!({"AutoSnapshotPolicyId": "sp-9", "DiskIds": ["d-1", id]});
        for (method, path, body, field) in [
            ("POST", POLICIES, policy.clone(), "DiskIds"),
            ("PATCH", "/auto-snapshot-policies/sp-1", json!({"DiskIds": [id]}), "DiskIds"),
            ("PATCH", "/auto-snapshot-policies?RegionId=cn-hangzhou", json!({"DiskIds": [id]}), "DiskIds"),
            ("POST", "/state", json!({"AutoSnapshotPolicies": [{}, policy]}), "AutoSnapshotPolicies[1].DiskIds"),
            (
                "PUT",
                "/state",
                json!({"Disks": [{"DiskId": "d-1"}], "AutoSnapshotPolicies": [policy]}),
                "AutoSnapshotPolicies[0].DiskIds",
            ),
            ("PATCH", "/disks/d-1", json!({"RegionId": "cn-beijing"}), "DiskIds"),
        ] {
            let reply = app.control(method, &format!("/sandboxes/default{path}"), body).await;
            let (status, named) = (reply.status, &reply.json()["field"]);
            assert_eq!((status, named), (400, &json!(field)), "{method} {path}: {}", reply.body);
        }
    }
    assert_eq!(app.arrange("GET", "/state", Value::Null).await, before);
    // The disk may come in the same document, behind the policy.
    let both = json!({"AutoSnapshotPolicies": [{"DiskIds": ["d-9"]}], "Disks": [{"DiskId": "d-9"}]});
    assert_eq!(app.arrange("POST", "/state", both).await["Inserted"], 2);
}

#[actix_web::test]
async fn a_disk_that_goes_is_let_go_of() {
    let app = TestApp::seeded(SEED).await;
    let entry = json!({"AutoSnapshotPolicyId": "sp-1", "DiskIds": ["d-1", "d-2"], "Places": {"d-1": 2, "d-2": 3},
        "FiredUntil": NOW.to_string()});
    app.arrange("POST", POLICIES, entry).await;
    app.arrange("DELETE", "/disks?DiskIds=%5B%22d-1%22%5D", Value::Null).await;
    let entry = app.entry("auto-snapshot-policies/sp-1").await;
    let left = json!([["d-2"], {"d-2": 3}, {"d-2": NOW.to_string()}]);
    assert_eq!(json!([entry["DiskIds"], entry["Places"], entry["FiredUntil"]]), left);
    app.arrange("DELETE", "/disks/d-2", Value::Null).await;
    let entry = app.entry("auto-snapshot-policies/sp-1").await;
    assert!(["DiskIds", "Places", "FiredUntil"].iter().all(|field| entry.get(field).is_none()), "{entry}");
    let state = app.arrange("GET", "/state", Value::Null).await;
    assert_eq!(app.arrange("PUT", "/state", state).await["Unchanged"], 2, "the state is whole");
}

#[actix_web::test]
async fn an_entry_that_contradicts_itself_is_refused() {
    let app = TestApp::seeded(SEED).await;
    for (body, field) in [
        (json!({"TargetCopyRegions": ["cn-beijing", "cn-shanghai"]}), "TargetCopyRegions"),
        (json!({"TargetCopyRegions": ["cn-hangzhou"]}), "TargetCopyRegions"),
        (json!({"TargetCopyRegions": "[1"}), "TargetCopyRegions"),
        (json!({"AssociationType": "AssociatedWithInstanceTag"}), "TargetTags"),
        (json!({"AssociationType": "associatedWithDisk"}), "AssociationType"),
        (json!({"TargetTags": {"a": 1}}), "TargetTags"),
        (json!({"TimePoints": [24]}), "TimePoints"),
        (json!({"TimePoints": "1"}), "TimePoints"),
        (json!({"TimePoints": [1.5]}), "TimePoints"),
        (json!({"RepeatWeekdays": [0]}), "RepeatWeekdays"),
        (json!({"RepeatWeekdays": "[\"8\"]"}), "RepeatWeekdays"),
        (json!({"RetentionDays": 0}), "RetentionDays"),
        (json!({"RetentionDays": 65_537}), "RetentionDays"),
        (json!({"CopiedSnapshotsRetentionDays": -2}), "CopiedSnapshotsRetentionDays"),
        (json!({"CopyEncryptionConfiguration": {"Key": "x"}}), "CopyEncryptionConfiguration"),
        (json!({"FiredUntil": "yesterday"}), "FiredUntil"),
        (json!({"FiredUntil": {"d-1": 7}}), "FiredUntil"),
        (json!({"FiredUntil": ["d-1"]}), "FiredUntil"),
        (json!({"Places": {"d-1": "first"}}), "Places"),
        (json!({"Status": "normal"}), "Status"),
        (json!({"Type": "custom"}), "Type"),
    ] {
        let reply = app.control("POST", &format!("/sandboxes/default{POLICIES}"), body.clone()).await;
        let named = reply.json()["field"].as_str().unwrap_or_default().to_owned();
        assert_eq!(reply.status, 400, "{body}");
        assert!(named.starts_with(field), "{body}: {}", reply.body);
    }
}

#[actix_web::test]
async fn a_policy_goes_by_five_tags_at_most() {
    let app = TestApp::empty().await;
    for (count, status) in [(5, 201), (6, 400), (70, 400)] {
        let tags: serde_json::Map<_, _> = (0..count).map(|number| (format!("k{number}"), json!("v"))).collect();
        let policy = json!({"AssociationType": "AssociatedWithInstanceTag", "TargetTags": tags});
        let reply = app.control("POST", "/sandboxes/default/auto-snapshot-policies", policy).await;
        assert_eq!(reply.status, status, "{count}: {}", reply.body);
        assert!(status == 201 || reply.json()["field"] == "TargetTags", "{}", reply.body);
    }
}
