//! JoinResourceGroup: a resource moves to another group.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

const SEED: &str = "
Snapshots:
  - {SnapshotId: s-1, ResourceGroupId: rg-before}
  - {SnapshotId: s-gone, ExpirationTime: 2026-03-15T12:00:00Z}
Disks: [{DiskId: d-1}]
Instances: [{InstanceId: i-1}]
Images: [{ImageId: m-1}]
SnapshotGroups: [{SnapshotGroupId: ssg-1, SnapshotIds: [s-1]}, {SnapshotGroupId: ssg-gone, SnapshotIds: [s-gone]}]
";

const RIGHT: &str = "JoinResourceGroup&RegionId=cn-hangzhou&ResourceGroupId=rg-new";

async fn group_of(app: &TestApp, path: &str) -> Value {
    app.arrange("GET", &format!("/{path}"), Value::Null).await["ResourceGroupId"].clone()
}

#[actix_web::test]
async fn a_resource_of_each_kind_moves() {
    let app = TestApp::seeded(SEED).await;
    app.clock.set(NOW.plus(60));
    for (word, id) in
        [("snapshot", "s-1"), ("Disk", "d-1"), ("instance", "i-1"), ("image", "m-1"), ("snapshotgroup", "ssg-1")]
    {
        let reply = app.act(&format!("{RIGHT}&ResourceType={word}&ResourceId={id}")).await;
        assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
    }
    for path in ["snapshots/s-1", "disks/d-1", "instances/i-1", "images/m-1", "snapshot-groups/ssg-1"] {
        assert_eq!(group_of(&app, path).await, "rg-new", "{path}");
    }
    let reply = app.describe("ResourceGroupId=rg-new").await;
    let snapshot = &reply["Snapshots"]["Snapshot"][0];
    assert_eq!(snapshot["SnapshotId"], "s-1", "filters see it");
    assert_eq!(snapshot["LastModifiedTime"], "2026-03-15T12:01:00Z");
    assert_eq!(app.ids("ResourceGroupId=rg-before").await, [""; 0]);
}

#[actix_web::test]
async fn the_id_tells_the_type_where_nothing_else_does() {
    let app = TestApp::seeded(SEED).await;
    app.act(&format!("{RIGHT}&ResourceId=m-1")).await;
    app.act(&format!("{RIGHT}&ResourceId=s-1&ResourceType=")).await;
    assert_eq!(group_of(&app, "images/m-1").await, "rg-new");
    assert_eq!(group_of(&app, "snapshots/s-1").await, "rg-new");
}

#[actix_web::test]
async fn every_row() {
    let app = TestApp::seeded(SEED).await;
    let missing = |name: &str| {
        let text = "that is mandatory for processing this request is not supplied.";
        Fault::new(403, "MissingParameter", &format!("The input parameter \"{name}\" {text}"))
    };
    let duplicate = Fault::new(
        403,
        "InvalidResourceGroup.Duplicate",
        "The ResourceId provided has a ResourceGroup in our records.",
    );
    let region =
        Fault::new(403, "InvalidRegionId.ResourceGroup", "The specified region does not support resource group yet.");
    let kind =
        Fault::new(404, "InvalidResourceType.NotFound", "The ResourceType provided does not exist in our records.");
    let group =
        Fault::new(404, "InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist in our records.");
    let unknown =
        Fault::new(404, "InvalidResourceId.NotFound", "The ResourceId provided does not exist in our records.");
    for (query, fault) in [
        ("RegionId=cn-hangzhou&ResourceGroupId=rg-1&ResourceType=snapshot", missing("ResourceId")),
        ("RegionId=cn-hangzhou&ResourceId=s-1&ResourceType=snapshot", missing("ResourceGroupId")),
        ("ResourceGroupId=rg-1&ResourceId=s-1&ResourceType=snapshot", missing("RegionId")),
        ("ResourceGroupId=bad&ResourceId=s-1&ResourceType=bad", missing("RegionId")),
        ("RegionId=cn-hangzhou&ResourceGroupId=rg-before&ResourceId=s-1", duplicate),
        ("RegionId=cn-nowhere&ResourceGroupId=rg-1&ResourceId=s-1", region),
        ("RegionId=cn-hangzhou&ResourceGroupId=rg-1&ResourceId=s-1&ResourceType=volume", kind),
        ("RegionId=cn-hangzhou&ResourceGroupId=group&ResourceId=s-1&ResourceType=snapshot", group),
    ] {
        assert_eq!(app.refused(&format!("JoinResourceGroup&{query}")).await, fault, "{query}");
    }
    for query in [
        "RegionId=cn-beijing&ResourceId=s-1&ResourceType=snapshot",
        "RegionId=cn-hangzhou&ResourceId=s-1&ResourceType=disk",
        "RegionId=cn-hangzhou&ResourceId=s-unknown",
        "RegionId=cn-hangzhou&ResourceId=s-gone&ResourceType=snapshot",
        "RegionId=cn-hangzhou&ResourceId=sp-1&ResourceType=snapshotpolicy",
        "RegionId=cn-hangzhou&ResourceId=ssg-gone&ResourceType=snapshotgroup",
        "RegionId=cn-hangzhou&ResourceId=i-1&ResourceType=managedinstance",
    ] {
        let query = format!("JoinResourceGroup&ResourceGroupId=rg-1&{query}");
        assert_eq!(app.refused(&query).await, unknown, "{query}");
    }
    assert_eq!(group_of(&app, "snapshots/s-1").await, "rg-before");
    assert_eq!(group_of(&app, "instances/i-1").await, json!(null));
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, &format!("{RIGHT}&ResourceType=snapshot&ResourceId=s-1")).await;
}
