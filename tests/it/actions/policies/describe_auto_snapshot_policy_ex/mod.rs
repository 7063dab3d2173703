//! DescribeAutoSnapshotPolicyEx: what is shown of a policy, filters and pages.

mod properties;

use reqwest::Method;
use serde_json::{Value, json};

use super::{described, ids, shown};
use crate::support::{TestApp, golden};

const SEED: &str = "
Disks: [{DiskId: d-1}, {DiskId: d-2}]
AutoSnapshotPolicies:
  - AutoSnapshotPolicyId: sp-1
    AutoSnapshotPolicyName: one
    CreationTime: 2026-03-15T10:00:07Z
    TimePoints: [22, 1]
    RepeatWeekdays: '[\"7\"]'
    RetentionDays: 30
    EnableCrossRegionCopy: true
    TargetCopyRegions: [cn-beijing]
    CopiedSnapshotsRetentionDays: 7
    CopyEncryptionConfiguration: {Encrypted: true, KMSKeyId: key}
    ResourceGroupId: rg-1
    DiskIds: [d-1, d-2]
    Tags: {a: '1', b: '2'}
  - {AutoSnapshotPolicyId: sp-2, CreationTime: 2026-03-15T11:00:00Z, Status: Expire, Type: System, Tags: {a: '2'}}
  - {AutoSnapshotPolicyId: sp-3, AssociationType: AssociatedWithInstanceTag, TargetTags: {k: v}}
  - {AutoSnapshotPolicyId: sp-beijing, RegionId: cn-beijing, AutoSnapshotPolicyName: one}
";

#[actix_web::test]
async fn a_policy_is_shown_with_all_that_it_has() {
    let app = TestApp::seeded(SEED).await;
    let expected = json!({
        "AutoSnapshotPolicyId": "sp-1",
        "RegionId": "cn-hangzhou",
        "AutoSnapshotPolicyName": "one",
        "CreationTime": "2026-03-15T10:00:07Z",
        "TimePoints": "[\"22\",\"1\"]",
        "RepeatWeekdays": "[\"7\"]",
        "RetentionDays": 30,
        "Status": "Normal",
        "Type": "Custom",
        "EnableCrossRegionCopy": true,
        "TargetCopyRegions": "[\"cn-beijing\"]",
        "CopiedSnapshotsRetentionDays": 7,
        "CopyEncryptionConfiguration": {"Encrypted": true, "KMSKeyId": "key"},
        "ResourceGroupId": "rg-1",
        "AssociationType": "AssociatedWithDisk",
        "DiskNums": 2,
        "VolumeNums": 0,
        "Tags": {"Tag": [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}]},
    });
    assert_eq!(shown(&app, "sp-1").await, expected);
    let expected = json!({
        "AutoSnapshotPolicyId": "sp-2",
        "RegionId": "cn-hangzhou",
        "AutoSnapshotPolicyName": "",
        "CreationTime": "2026-03-15T11:00:00Z",
        "TimePoints": "[]",
        "RepeatWeekdays": "[]",
        "RetentionDays": -1,
        "Status": "Expire",
        "Type": "System",
        "EnableCrossRegionCopy": false,
        "TargetCopyRegions": "[]",
        "CopiedSnapshotsRetentionDays": -1,
        "ResourceGroupId": "",
        "AssociationType": "AssociatedWithDisk",
        "DiskNums": 0,
        "VolumeNums": 0,
        "Tags": {"Tag": [{"TagKey": "a", "TagValue": "2"}]},
    });
    assert_eq!(shown(&app, "sp-2").await, expected);
    let by_tags = shown(&app, "sp-3").await;
    assert_eq!(by_tags["AssociationType"], "AssociatedWithInstanceTag");
    assert_eq!(by_tags["TargetTags"], json!({"TargetTag": [{"TagKey": "k", "TagValue": "v"}]}));
}

#[actix_web::test]
async fn filters_and_pages() {
    let app = TestApp::seeded(SEED).await;
    for (query, expected) in [
        ("", &["sp-3", "sp-2", "sp-1"][..]),
        ("AutoSnapshotPolicyId=sp-2", &["sp-2"]),
        ("AutoSnapshotPolicyId=sp-unknown", &[]),
        ("AutoSnapshotPolicyId=sp-beijing", &[]),
        ("AutoSnapshotPolicyName=one", &["sp-1"]),
        ("AutoSnapshotPolicyName=One", &[]),
        ("ResourceGroupId=rg-1", &["sp-1"]),
        ("Tag.1.Key=a", &["sp-2", "sp-1"]),
        ("Tag.1.Key=a&Tag.1.Value=1&Tag.2.Key=b", &["sp-1"]),
    ] {
        assert_eq!(ids(&app, query).await, expected, "{query}");
    }
    let page = described(&app, "PageSize=2&PageNumber=2").await;
    let numbers = ["PageNumber", "PageSize", "TotalCount"].map(|name| page[name].as_i64().unwrap());
    assert_eq!(numbers, [2, 2, 3]);
    let items = page["AutoSnapshotPolicies"]["AutoSnapshotPolicy"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["AutoSnapshotPolicyId"]), (1, &json!("sp-1")));
    let open = described(&app, "").await;
    assert_eq!((&open["PageSize"], open.get("NextToken")), (&json!(10), None));
    let none = described(&app, "AutoSnapshotPolicyName=x").await;
    assert_eq!(none["AutoSnapshotPolicies"], json!({"AutoSnapshotPolicy": []}));
}

#[actix_web::test]
async fn its_name_has_another_spelling() {
    let app = TestApp::seeded(SEED).await;
    for (format, start) in [
        ("JSON", "{\"AutoSnapshotPolicies\""),
        ("XML", "<?xml version='1.0' encoding='UTF-8'?><DescribeAutoSnapshotPolicyEXResponse>"),
    ] {
        let query = format!("/?Action=DescribeAutoSnapshotPolicyEX&RegionId=cn-hangzhou&Format={format}");
        let reply = app.send(app.request(Method::GET, &query)).await;
        assert!(reply.status == 200 && reply.body.starts_with(start), "{}", reply.body);
        let query = query.replace("PolicyEX", "Policyex");
        assert_eq!(app.send(app.request(Method::GET, &query)).await.status, 404, "and no third one");
    }
}

#[actix_web::test]
async fn each_mistake_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let count = "The specified tags are beyond the permitted range.";
    let mismatch = "The specified Tag.n.Key and Tag.n.Value are not match.";
    app.refuses_all(
        "DescribeAutoSnapshotPolicyEx",
        &[
            ("RegionId=cn-nowhere", 400, "InvalidRegionId.NotFound", "The specified RegionId does not exist."),
            ("RegionId=cn-hangzhou&Tag.1.Value=x", 400, "InvalidTag.Mismatch", mismatch),
            ("RegionId=cn-hangzhou&Tag.21.Key=x", 400, "InvalidTagCount", count),
            (
                "RegionId=cn-hangzhou&PageSize=101",
                400,
                "InvalidParameter",
                "The specified parameter \"PageSize\" is not valid.",
            ),
            (
                "",
                400,
                "MissingParameter",
                "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.",
            ),
        ],
    )
    .await;
}

#[actix_web::test]
async fn the_whole_reply() {
    golden(SEED, "DescribeAutoSnapshotPolicyEx&RegionId=cn-hangzhou").await;
}

#[actix_web::test]
async fn a_reply_is_a_document() {
    let app = TestApp::seeded(SEED).await;
    let reply = described(&app, "").await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    let put = app.arrange("POST", "/state", reply).await;
    // Which disks a policy has, a reply does not say.
    assert_eq!(put, json!({"Inserted": 0, "Changed": 1, "Removed": 0, "Unchanged": 2}));
    let mut after = app.arrange("GET", "/state", Value::Null).await;
    let one = after["AutoSnapshotPolicies"].as_array_mut().unwrap();
    let one = one.iter_mut().find(|policy| policy["AutoSnapshotPolicyId"] == "sp-1").unwrap();
    let was = before["AutoSnapshotPolicies"].as_array().unwrap();
    let was = was.iter().find(|policy| policy["AutoSnapshotPolicyId"] == "sp-1").unwrap();
    for field in ["DiskIds", "FiredUntil"] {
        if let Some(value) = was.get(field) {
            one[field] = value.clone();
        }
    }
    assert_eq!(after, before);
}
