//! ModifySnapshotGroup: what is said is changed, and all else stays.

use serde_json::{Value, json};

use super::{ids, shown};
use crate::support::{TestApp, golden};

const SEED: &str = "
Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2, RegionId: cn-beijing}]
SnapshotGroups:
  - SnapshotGroupId: ssg-1
    Name: before
    Description: what it was
    ResourceGroupId: rg-1
    InstanceId: i-1
    SnapshotIds: [s-1]
    Tags: {a: b}
  - {SnapshotGroupId: ssg-far, RegionId: cn-beijing, SnapshotIds: [s-2]}
  - {SnapshotGroupId: ssg-none, Name: before}
";

const RIGHT: &str = "ModifySnapshotGroup&RegionId=cn-hangzhou&SnapshotGroupId=ssg-1";

#[actix_web::test]
async fn what_is_not_said_stays() {
    let app = TestApp::seeded(SEED).await;
    let mut expected = app.entry("snapshot-groups/ssg-1").await;
    for (query, field, value) in [
        ("Name=after", "Name", json!("after")),
        ("Description=what+it+is", "Description", json!("what it is")),
        ("Name=", "Name", json!("after")),
        ("Description=", "Description", Value::Null),
        ("", "Name", json!("after")),
    ] {
        let reply = app.act(&format!("{RIGHT}&{query}")).await;
        assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{query}");
        expected[field] = value;
        expected.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(app.entry("snapshot-groups/ssg-1").await, expected, "{query}");
    }
    assert_eq!(ids(&app, "Name=after").await, ["ssg-1"]);
    assert_eq!(ids(&app, "Name=before").await, [""; 0]);
    assert_eq!(shown(&app, "").await[0]["Description"], "");
    app.act(&format!("{RIGHT}&Name=%E5%BF%AB%E7%85%A7:_.-1&Description=ab")).await;
    assert_eq!(shown(&app, "").await[0]["Name"], "快照:_.-1");
}

#[actix_web::test]
async fn every_row() {
    let app = TestApp::seeded(SEED).await;
    let long = "x".repeat(129);
    let name = ["a", "1a", "a/b", "http://a", &long].map(|name| format!("Name={name}"));
    let description = ["a", "http://ab", "https://ab", &"x".repeat(257)].map(|text| format!("Description={text}"));
    for query in &name {
        let fault = app.refused(&format!("{RIGHT}&{query}&Description=fine")).await;
        let expected = (400, "InvalidParameter.Name", "The specified Name is invalid.");
        assert_eq!((fault.status, fault.code.as_str(), fault.message.as_str()), expected, "{query}");
    }
    for query in &description {
        let fault = app.refused(&format!("{RIGHT}&{query}&Name=a")).await;
        let expected = (400, "InvalidParameter.Description", "The specified Description is invalid.");
        assert_eq!((fault.status, fault.code.as_str(), fault.message.as_str()), expected, "{query}");
    }
    let region = "The RegionId provided does not exist in our records.";
    let group = "The SnapshotGroupId provided does not exist in our records.";
    app.refuses_all(
        "ModifySnapshotGroup",
        &[
            ("RegionId=no-where&SnapshotGroupId=ssg-1&Name=ab", 404, "InvalidRegionId.NotFound", region),
            ("RegionId=cn-hangzhou&SnapshotGroupId=ssg-9&Name=ab", 404, "InvalidSnapshotGroup.NotFound", group),
            ("RegionId=cn-hangzhou&SnapshotGroupId=ssg-far&Name=ab", 404, "InvalidSnapshotGroup.NotFound", group),
            ("RegionId=cn-hangzhou&SnapshotGroupId=ssg-none&Name=ab", 404, "InvalidSnapshotGroup.NotFound", group),
        ],
    )
    .await;
    for (query, parameter) in
        [("SnapshotGroupId=ssg-1", "RegionId"), ("RegionId=cn-hangzhou&Name=a", "SnapshotGroupId")]
    {
        let fault = app.refused(&format!("ModifySnapshotGroup&{query}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "MissingParameter"), "{query}");
        assert!(fault.message.contains(parameter), "{fault:?}");
    }
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "ModifySnapshotGroup&RegionId=cn-hangzhou&SnapshotGroupId=ssg-1&Name=after").await;
}
