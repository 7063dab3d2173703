//! Groups of snapshots on the control plane: what a document may say of their snapshots, and what becomes of them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{NOW, TestApp};

const SEED: &str = "
Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}, {SnapshotId: s-far, RegionId: cn-beijing}]
SnapshotGroups: [{SnapshotGroupId: ssg-1, SnapshotIds: [s-2, s-1]}]
";

#[actix_web::test]
async fn a_snapshot_that_is_not_there_is_refused_by_every_door() {
    let app = TestApp::seeded(SEED).await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    let many: Vec<Value> = (0..600).map(|_| json!({"SnapshotIds": ["s-1"]})).collect();
    for (wrong, moved) in [("s-unknown", false), ("s-far", true)] {
        let group = json!({"SnapshotGroupId": "ssg-9", "SnapshotIds": ["s-1", wrong]});
        let with_many = [many.as_slice(), std::slice::from_ref(&group)].concat();
        let whole = json!({"Snapshots": [{"SnapshotId": "s-1"}], "SnapshotGroups": [{}, group]});
        for (method, path, body, field) in [
            ("POST", "/snapshot-groups", group.clone(), "SnapshotIds"),
            ("PATCH", "/snapshot-groups/ssg-1", json!({"SnapshotIds": [wrong]}), "SnapshotIds"),
            ("PATCH", "/snapshot-groups?RegionId=cn-hangzhou", json!({"SnapshotIds": [wrong]}), "SnapshotIds"),
            ("POST", "/state", json!({"SnapshotGroups": [{}, group]}), "SnapshotGroups[1].SnapshotIds"),
            ("POST", "/state", json!({"SnapshotGroups": with_many}), "SnapshotGroups[600].SnapshotIds"),
            ("PUT", "/state", whole.clone(), "SnapshotGroups[1].SnapshotIds"),
            ("PUT", "/state?dry-run=true", whole, "SnapshotGroups[1].SnapshotIds"),
        ] {
            let reply = app.control(method, &format!("/sandboxes/default{path}"), body).await;
            let (status, problem) = (reply.status, reply.json());
            assert_eq!((status, &problem["field"]), (400, &json!(field)), "{moved} {method} {path}: {}", reply.body);
        }
    }
    let moved = app.control("PATCH", "/sandboxes/default/snapshots/s-1", json!({"RegionId": "cn-beijing"})).await;
    assert_eq!((moved.status, &moved.json()["field"]), (400, &json!("SnapshotIds")), "{}", moved.body);
    assert_eq!(app.arrange("GET", "/state", Value::Null).await, before);
    // A snapshot may come in the same stream, behind the group.
    let both = "{\"SnapshotGroup\":{\"SnapshotGroupId\":\"ssg-9\",\"SnapshotIds\":\"s-9\"}}\n\
                {\"Snapshot\":{\"SnapshotId\":\"s-9\"}}\n";
    let request = app.request(Method::POST, "/_mock/v1/sandboxes/default/state");
    let reply = app.send(request.header("content-type", "application/x-ndjson").body(both)).await;
    assert_eq!(reply.json()["Inserted"], 2, "{}", reply.body);
    assert_eq!(app.entry("snapshot-groups/ssg-9").await["SnapshotIds"], json!(["s-9"]));
}

#[actix_web::test]
async fn snapshots_are_given_in_more_forms_than_one() {
    let app = TestApp::seeded(SEED).await;
    let both = json!(["s-1", "s-2"]);
    for entry in [
        json!({"SnapshotIds": ["s-2", "s-1", "s-2"]}),
        json!({"SnapshotId": ["s-2", "s-1"]}),
        json!({"Snapshots": {"Snapshot": [{"SnapshotId": "s-2"}, {"SnapshotId": "s-1", "Progress": "7%"}]}}),
        json!({"Snapshots": [{"SnapshotId": "s-1"}], "SnapshotIds": "s-2"}),
        json!({"SnapshotIds": ["s-1", "s-2"], "Snapshots": null, "Status": "failed", "ProgressStatus": null}),
    ] {
        let added = app.arrange("POST", "/snapshot-groups", entry.clone()).await;
        assert_eq!(added["SnapshotIds"], both, "{entry}");
        let fields: Vec<&String> = added.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["CreationTime", "RegionId", "SnapshotGroupId", "SnapshotIds"], "{entry}");
    }
    for (entry, field) in [
        (json!({"Snapshots": [{"SnapshotId": "s-1", "Colour": "red"}]}), "Snapshots"),
        (json!({"Snapshots": [{}]}), "Snapshots"),
        (json!({"Snapshots": ["s-1"]}), "Snapshots"),
        (json!({"SnapshotIds": [1]}), "SnapshotIds"),
        (json!({"ExpirationTime": "2026-03-16T12:00:00Z"}), "ExpirationTime"),
    ] {
        let reply = app.control("POST", "/sandboxes/default/snapshot-groups", entry.clone()).await;
        let named = reply.json()["field"].as_str().unwrap_or_default().to_owned();
        assert!(reply.status == 400 && named.starts_with(field), "{entry}: {}", reply.body);
    }
}

#[actix_web::test]
async fn a_group_lets_go_of_snapshots_that_are_deleted_many_at_once_among_them() {
    let app = TestApp::empty().await;
    let snapshots: Vec<Value> = (0..600)
        .map(|number| {
            let name = if number % 2 == 0 { "even" } else { "odd" };
            json!({"SnapshotId": format!("s-{number}"), "SnapshotName": name})
        })
        .collect();
    let group = |number: usize, members: &[usize]| {
        let members: Vec<String> = members.iter().map(|member| format!("s-{member}")).collect();
        json!({"SnapshotGroupId": format!("ssg-{number}"), "SnapshotIds": members, "Tags": {"a": "b"}})
    };
    let groups = [group(1, &[1, 2, 3]), group(2, &[2, 4]), group(3, &[1, 3])];
    app.arrange("PUT", "/state", json!({"Snapshots": snapshots, "SnapshotGroups": groups})).await;
    app.arrange("DELETE", "/snapshots/s-3", Value::Null).await;
    assert_eq!(app.entry("snapshot-groups/ssg-1").await["SnapshotIds"], json!(["s-1", "s-2"]));
    let removed = app.arrange("DELETE", "/snapshots?SnapshotName=even", Value::Null).await;
    assert_eq!(removed["Removed"], 300);
    assert_eq!(app.entry("snapshot-groups/ssg-1").await["SnapshotIds"], json!(["s-1"]));
    let gone = app.control("GET", "/sandboxes/default/snapshot-groups/ssg-2", Value::Null).await;
    assert_eq!(gone.status, 404, "it has no snapshot any more: {}", gone.body);
    let tagged = app.arrange("GET", "/snapshot-groups?Tag.1.Key=a", Value::Null).await;
    assert_eq!(tagged["TotalCount"], 2);
    // What is left of it goes with the next state, and comes back with its snapshots.
    let state = app.arrange("GET", "/state", Value::Null).await;
    assert_eq!(app.arrange("PUT", "/state", state).await["Unchanged"], 302);
    app.arrange("DELETE", "/snapshots?RegionId=cn-hangzhou", Value::Null).await;
    assert_eq!(app.arrange("GET", "/snapshot-groups", Value::Null).await["TotalCount"], 0);
    let regions = app.act("DescribeSnapshotGroups&RegionId=cn-hangzhou").await;
    assert_eq!(regions["SnapshotGroups"]["SnapshotGroup"], json!([]));
}

#[actix_web::test]
async fn what_expired_long_ago_is_taken_out_of_its_group_and_no_answer_tells() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-old, ExpirationTime: 2026-03-07T12:00:00Z}
          - {SnapshotId: s-old-too, ExpirationTime: 2026-03-06T12:00:00Z}
          - {SnapshotId: s-1}
        SnapshotGroups:
          - {SnapshotGroupId: ssg-1, SnapshotIds: [s-1, s-old]}
          - {SnapshotGroupId: ssg-2, SnapshotIds: [s-old, s-old-too], Tags: {a: b}}
          - {SnapshotGroupId: ssg-3}
        ",
    )
    .await;
    let before = app.act("DescribeSnapshotGroups&RegionId=cn-hangzhou").await["SnapshotGroups"].clone();
    let counts = async || {
        let view = app.arrange("GET", "", Value::Null).await;
        (view["Counts"]["Snapshots"].clone(), view["Counts"]["SnapshotGroups"].clone())
    };
    assert_eq!(counts().await, (json!(3), json!(3)));
    app.app().sandboxes.remove_expired().await.unwrap();
    assert_eq!(counts().await, (json!(1), json!(1)), "with its snapshots, a group goes");
    let after = app.act("DescribeSnapshotGroups&RegionId=cn-hangzhou").await["SnapshotGroups"].clone();
    assert_eq!(after, before);
    assert_eq!(app.entry("snapshot-groups/ssg-1").await["SnapshotIds"], json!(["s-1"]));
    app.clock.set(NOW.plus(1));
    let state = app.arrange("GET", "/state", Value::Null).await;
    assert_eq!(app.arrange("PUT", "/state", state).await["Unchanged"], 2);
}
