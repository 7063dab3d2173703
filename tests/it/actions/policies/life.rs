//! What other actions and documents say of policies: disks, tags, resource groups.

use serde_json::{Value, json};

use super::{apply, described, disks_of, ids, list, policies_of, policy, shown};
use crate::support::TestApp;

const SEED: &str = "
Disks: [{DiskId: d-1}, {DiskId: d-2}, {DiskId: d-3}]
AutoSnapshotPolicies: [{AutoSnapshotPolicyId: sp-1, Tags: {a: b}}, {AutoSnapshotPolicyId: sp-2}]
";

/// Of each disk that DescribeDisks lists: its id, its policy, and whether it has one.
async fn listed(app: &TestApp, query: &str) -> Value {
    let reply = app.ask(&format!("DescribeDisks&RegionId=cn-hangzhou&{query}")).await;
    assert_eq!(reply["TotalCount"], reply["Disks"]["Disk"].as_array().unwrap().len());
    let disks = reply["Disks"]["Disk"].as_array().unwrap().iter();
    let fields = ["DiskId", "AutoSnapshotPolicyId", "EnableAutomatedSnapshotPolicy"];
    disks.map(|disk| Value::from(fields.map(|field| disk[field].clone()).to_vec())).collect()
}

#[actix_web::test]
async fn disks_show_the_policy_that_was_applied_first_or_the_one_that_is_asked_for() {
    let app = TestApp::seeded(SEED).await;
    apply(&app, "sp-2", &["d-1", "d-2"]).await;
    apply(&app, "sp-1", &["d-1"]).await;
    for (query, expected) in [
        ("", json!([["d-1", "sp-2", true], ["d-2", "sp-2", true], ["d-3", "", false]])),
        ("AutoSnapshotPolicyId=sp-1", json!([["d-1", "sp-1", true]])),
        ("AutoSnapshotPolicyId=sp-2", json!([["d-1", "sp-2", true], ["d-2", "sp-2", true]])),
        ("AutoSnapshotPolicyId=sp-unknown", json!([])),
        ("EnableAutomatedSnapshotPolicy=true", json!([["d-1", "sp-2", true], ["d-2", "sp-2", true]])),
        // Terraform's look for one attachment.
        (&format!("AutoSnapshotPolicyId=sp-1&DiskIds={}", list(&["d-1"])), json!([["d-1", "sp-1", true]])),
        (&format!("AutoSnapshotPolicyId=sp-1&DiskIds={}", list(&["d-2"])), json!([])),
    ] {
        assert_eq!(listed(&app, query).await, expected, "{query}");
    }
    let cancel = "CancelAutoSnapshotPolicy&regionId=cn-hangzhou&autoSnapshotPolicyId=sp-2";
    app.act(&format!("{cancel}&diskIds={}", list(&["d-1", "d-2"]))).await;
    assert_eq!(listed(&app, "").await, json!([["d-1", "sp-1", true], ["d-2", "", false], ["d-3", "", false]]));
    app.arrange("DELETE", "/auto-snapshot-policies/sp-1", Value::Null).await;
    assert_eq!(listed(&app, "EnableAutomatedSnapshotPolicy=true").await, json!([]));
}

#[actix_web::test]
async fn a_disk_that_goes_leaves_its_policies() {
    let app = TestApp::seeded(SEED).await;
    apply(&app, "sp-1", &["d-1", "d-2", "d-3"]).await;
    apply(&app, "sp-2", &["d-1"]).await;
    app.act("DeleteDisk&DiskId=d-1").await;
    app.arrange("DELETE", "/disks/d-2", Value::Null).await;
    assert_eq!((disks_of(&app, "sp-1").await, disks_of(&app, "sp-2").await), (vec!["d-3".to_owned()], vec![]));
    assert_eq!(policy(&app, "sp-1").await["FiredUntil"].as_object().unwrap().len(), 1);
    assert_eq!(shown(&app, "sp-1").await["DiskNums"], 1);
    // One that comes with its id is another one.
    app.arrange("POST", "/disks", json!({"DiskId": "d-1"})).await;
    assert_eq!(policies_of(&app, "d-1").await, [""; 0]);
}

#[actix_web::test]
async fn tags_are_given_listed_counted_and_taken_away() {
    let app = TestApp::seeded(SEED).await;
    let of = "RegionId=cn-hangzhou&ResourceType=snapshotpolicy";
    app.act(&format!("TagResources&{of}&ResourceId.1=sp-1&ResourceId.2=sp-2&Tag.1.Key=k&Tag.1.Value=v")).await;
    assert_eq!(policy(&app, "sp-1").await["Tags"], json!({"a": "b", "k": "v"}));
    assert_eq!(ids(&app, "Tag.1.Key=k&Tag.1.Value=v").await, ["sp-1", "sp-2"]);
    let listed = app.ask(&format!("ListTagResources&{of}&Tag.1.Key=k")).await;
    let pairs = listed["TagResources"]["TagResource"].as_array().unwrap();
    let pair = |id: &str| json!({"ResourceId": id, "ResourceType": "snapshotpolicy", "TagKey": "k", "TagValue": "v"});
    assert_eq!(pairs.len(), 3, "all tags of the resources that have this one");
    assert!(["sp-1", "sp-2"].iter().all(|id| pairs.contains(&pair(id))), "{listed}");
    let counts = async |query: &str| {
        let reply = app.ask(&format!("DescribeTags&RegionId=cn-hangzhou&{query}")).await;
        let tags = reply["Tags"]["Tag"].as_array().unwrap().clone();
        let count = |tag: &Value| json!([tag["TagKey"], tag["ResourceTypeCount"]["SnapshotPolicy"]]);
        tags.iter().map(count).collect::<Value>()
    };
    assert_eq!(counts("").await, json!([["a", 1], ["k", 2]]));
    assert_eq!(counts("ResourceType=snapshotpolicy&ResourceId=sp-2").await, json!([["k", 1]]));
    app.act("AddTags&RegionId=cn-hangzhou&ResourceType=snapshotpolicy&ResourceId=sp-2&Tag.1.Key=m").await;
    assert_eq!(policy(&app, "sp-2").await["Tags"], json!({"k": "v", "m": ""}));
    app.act("RemoveTags&RegionId=cn-hangzhou&ResourceType=snapshotpolicy&ResourceId=sp-2&Tag.1.Key=m").await;
    app.act(&format!("UntagResources&{of}&ResourceId.1=sp-1&ResourceId.2=sp-2&TagKey.1=k")).await;
    assert_eq!(counts("").await, json!([["a", 1]]));
    let resources = app.ask("DescribeResourceByTags&RegionId=cn-hangzhou&Tag.1.Key=a").await;
    assert_eq!(
        resources["Resources"]["Resource"][0],
        json!({"RegionId": "cn-hangzhou", "ResourceId": "sp-1", "ResourceType": "snapshotpolicy"})
    );
    let fault = app.refused(&format!("TagResources&{of}&ResourceId.1=sp-x&Tag.1.Key=k&Tag.1.Value=v")).await;
    assert_eq!(fault.code, "InvalidResourceId.NotFound");
}

#[actix_web::test]
async fn a_policy_moves_to_another_resource_group() {
    let app = TestApp::seeded(SEED).await;
    for resource_type in ["&ResourceType=snapshotpolicy", ""] {
        let group = format!("rg-{}", resource_type.len());
        let query = format!("RegionId=cn-hangzhou&ResourceId=sp-1&ResourceGroupId={group}{resource_type}");
        app.act(&format!("JoinResourceGroup&{query}")).await;
        assert_eq!(ids(&app, &format!("ResourceGroupId={group}")).await, ["sp-1"]);
        assert_eq!(app.refused(&format!("JoinResourceGroup&{query}")).await.code, "InvalidResourceGroup.Duplicate");
    }
}

#[actix_web::test]
async fn a_fork_a_checkpoint_and_an_export_have_them() {
    let app = TestApp::seeded(SEED).await;
    apply(&app, "sp-2", &["d-1", "d-2"]).await;
    apply(&app, "sp-1", &["d-1"]).await;
    let seen = async |key: &str| {
        let policies = app.act(&format!("DescribeAutoSnapshotPolicyEx&RegionId=cn-hangzhou&AccessKeyId={key}")).await;
        let disks = app.act(&format!("DescribeDisks&RegionId=cn-hangzhou&AccessKeyId={key}")).await;
        json!([policies["AutoSnapshotPolicies"], disks["Disks"]])
    };
    let before = seen("testid").await;
    let state = app.arrange("GET", "/state", Value::Null).await;
    app.arrange("PUT", "/checkpoints/c", Value::Null).await;
    app.sandbox("fork", json!({"Sandbox": "default"})).await;
    app.sandbox("moved", json!("empty")).await;
    let put = app.control("PUT", "/sandboxes/moved/state", state.clone()).await;
    assert_eq!(put.status, 200, "{}", put.body);
    app.act("DeleteAutoSnapshotPolicy&regionId=cn-hangzhou&autoSnapshotPolicyId=sp-2").await;
    assert_eq!(described(&app, "").await["TotalCount"], 1);
    assert_ne!(seen("testid").await, before);
    for key in ["fork", "moved"] {
        assert_eq!(seen(key).await, before, "{key}");
        assert_eq!(app.control("GET", &format!("/sandboxes/{key}/state"), Value::Null).await.json(), state, "{key}");
    }
    app.arrange("POST", "/checkpoints/c/restore", Value::Null).await;
    assert_eq!(seen("testid").await, before);
}
