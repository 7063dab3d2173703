//! DescribeAutoSnapshotPolicyAssociations: the pairs of a policy, of a disk, and their pages.

use ecs_mock::model::paging::{Position, Start};
use ecs_mock::model::policy_associations::{AssociationQuery, Of};
use ecs_mock::store::{Reads, lists, policy_associations};
use serde_json::{Value, json};

use super::{apply, list, policies_of};
use crate::support::{NOW, TestApp, golden, percent_encoded};

const SEED: &str = "
Disks: [{DiskId: d-1}, {DiskId: d-2}, {DiskId: d-beijing, RegionId: cn-beijing}]
AutoSnapshotPolicies:
  - {AutoSnapshotPolicyId: sp-1, DiskIds: [d-2, d-1], Places: {d-1: 3}}
  - {AutoSnapshotPolicyId: sp-2, DiskIds: [d-1], Places: {d-1: 2}}
  - {AutoSnapshotPolicyId: sp-3, DiskIds: [d-1]}
  - {AutoSnapshotPolicyId: sp-beijing, RegionId: cn-beijing, DiskIds: [d-beijing]}
";

async fn page(app: &TestApp, query: &str) -> Value {
    app.ask(&format!("DescribeAutoSnapshotPolicyAssociations&RegionId=cn-hangzhou&{query}")).await
}

/// The disks of all pages, each of which has at most `size`.
async fn all(app: &TestApp, query: &str, size: usize, field: &str) -> Vec<String> {
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let reply = page(app, &format!("{query}&MaxResults={size}&NextToken={token}")).await;
        let pairs = reply["AutoSnapshotPolicyAssociations"]["AutoSnapshotPolicyAssociation"].as_array().unwrap();
        assert!(pairs.len() <= size.max(10), "{reply}");
        seen.extend(pairs.iter().map(|pair| pair[field].as_str().unwrap().to_owned()));
        match reply["NextToken"].as_str() {
            Some(next) => token = percent_encoded(next),
            None => return seen,
        }
    }
}

#[actix_web::test]
async fn a_policy_has_disks_and_a_disk_policies() {
    let app = TestApp::seeded(SEED).await;
    let pair = |policy: &str, disk: &str| json!({"AutoSnapshotPolicyId": policy, "DiskId": disk});
    for (query, expected) in [
        ("AutoSnapshotPolicyId=sp-1", json!([pair("sp-1", "d-1"), pair("sp-1", "d-2")])),
        ("DiskId=d-1", json!([pair("sp-3", "d-1"), pair("sp-2", "d-1"), pair("sp-1", "d-1")])),
        ("DiskId=d-2&AutoSnapshotPolicyId=", json!([pair("sp-1", "d-2")])),
    ] {
        let reply = page(&app, query).await;
        assert_eq!(reply["AutoSnapshotPolicyAssociations"]["AutoSnapshotPolicyAssociation"], expected, "{query}");
        assert!(reply.get("NextToken").is_none());
    }
    app.arrange("DELETE", "/disks/d-1", Value::Null).await;
    let reply = page(&app, "AutoSnapshotPolicyId=sp-3").await;
    assert_eq!(reply["AutoSnapshotPolicyAssociations"], json!({"AutoSnapshotPolicyAssociation": []}));
}

#[actix_web::test]
async fn tokens_lead_through_the_pairs_whatever_comes_and_goes() {
    let app = TestApp::empty().await;
    app.arrange("PATCH", "/settings", json!({"PoliciesPerDisk": 100})).await;
    let disks: Vec<Value> = (10..35).map(|number| json!({"DiskId": format!("d-{number}")})).collect();
    let ids: Vec<&str> = disks.iter().map(|disk| disk["DiskId"].as_str().unwrap()).collect();
    let policies: Vec<Value> =
        (10..35).map(|number| json!({"AutoSnapshotPolicyId": format!("sp-{number}"), "DiskIds": ["d-10"], "Places": {"d-10": 50 - number}})).collect();
    app.arrange("POST", "/state", json!({"Disks": disks, "AutoSnapshotPolicies": policies})).await;
    apply(&app, "sp-20", &ids).await;
    for (size, expected) in [(1, 10), (10, 10), (24, 24), (101, 25)] {
        let reply = page(&app, &format!("AutoSnapshotPolicyId=sp-20&MaxResults={size}")).await;
        let pairs = reply["AutoSnapshotPolicyAssociations"]["AutoSnapshotPolicyAssociation"].as_array().unwrap();
        assert_eq!((pairs.len(), reply.get("NextToken").is_some()), (expected, expected < 25), "{size}");
        assert_eq!(all(&app, "AutoSnapshotPolicyId=sp-20", size, "DiskId").await, ids, "{size}");
    }
    let by_place: Vec<String> = (10..35).rev().map(|number| format!("sp-{number}")).collect();
    assert_eq!(all(&app, "DiskId=d-10", 10, "AutoSnapshotPolicyId").await, by_place);

    let first = page(&app, "AutoSnapshotPolicyId=sp-20").await;
    let token = percent_encoded(first["NextToken"].as_str().unwrap());
    // What stood on the first page goes, its last one among them.
    let gone = list(&["d-10", "d-19"]);
    let cancel = format!("CancelAutoSnapshotPolicy&regionId=cn-hangzhou&autoSnapshotPolicyId=sp-20&diskIds={gone}");
    app.act(&cancel).await;
    let second = page(&app, &format!("AutoSnapshotPolicyId=sp-20&NextToken={token}")).await;
    let pairs = &second["AutoSnapshotPolicyAssociations"]["AutoSnapshotPolicyAssociation"];
    assert_eq!((&pairs[0]["DiskId"], pairs.as_array().unwrap().len()), (&json!("d-20"), 10));
    for query in [
        format!("AutoSnapshotPolicyId=sp-21&NextToken={token}"),
        format!("DiskId=d-10&NextToken={token}"),
        "DiskId=d-10&NextToken=x".to_owned(),
    ] {
        let query = format!("DescribeAutoSnapshotPolicyAssociations&RegionId=cn-hangzhou&{query}");
        let fault = app.refused(&query).await;
        assert_eq!(fault.message, "The specified parameter \"NextToken\" is not valid.", "{query}");
    }
}

#[actix_web::test]
async fn each_mistake_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let neither = "The AutoSnapshotPolicyId and DiskId parameters cannot both be empty. Please specify one of them.";
    let both = "The AutoSnapshotPolicyId and DiskId parameters cannot be specified at the same time. You may specify only one of them.";
    let policy = "Specified parameter AutoSnapshotPolicyId not found.";
    let disk = "The specified disk does not exist.";
    app.refuses_all(
        "DescribeAutoSnapshotPolicyAssociations",
        &[
            ("RegionId=cn-hangzhou", 403, "MissingParameter.AutoSnapshotPolicyIdOrDiskId", neither),
            ("RegionId=cn-nowhere&DiskId=", 403, "MissingParameter.AutoSnapshotPolicyIdOrDiskId", neither),
            (
                "RegionId=cn-hangzhou&DiskId=d-x&AutoSnapshotPolicyId=sp-x",
                403,
                "ParameterConflict.AutoSnapshotPolicyIdAndDiskId",
                both,
            ),
            (
                "RegionId=cn-nowhere&DiskId=d-1",
                404,
                "InvalidRegionId.NotFound",
                "The specified RegionId does not exist.",
            ),
            ("RegionId=cn-hangzhou&AutoSnapshotPolicyId=sp-x", 404, "InvalidAutoSnapshotPolicyId.NotFound", policy),
            (
                "RegionId=cn-hangzhou&AutoSnapshotPolicyId=sp-beijing",
                404,
                "InvalidAutoSnapshotPolicyId.NotFound",
                policy,
            ),
            ("RegionId=cn-hangzhou&DiskId=d-x", 404, "InvalidDiskId.NotFound", disk),
            ("RegionId=cn-hangzhou&DiskId=d-beijing", 404, "InvalidDiskId.NotFound", disk),
            (
                "DiskId=d-1",
                400,
                "MissingParameter",
                "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.",
            ),
            (
                "RegionId=cn-hangzhou&MaxResults=x",
                400,
                "InvalidParameter",
                "The specified parameter \"MaxResults\" is not valid.",
            ),
        ],
    )
    .await;
    assert_eq!(policies_of(&app, "d-2").await, ["sp-1"]);
}

/// The plan of a page, a line a step.
async fn plan(app: &TestApp, of: Of, start: &Start) -> String {
    let scope = lists::Scope { sandbox_id: 1, state_id: 1, now: NOW };
    let query = AssociationQuery { region_id: "cn-hangzhou".to_owned(), of };
    let mut session = app.app().store.read(Reads::One).await.unwrap();
    policy_associations::explain(&mut session, scope, &query, start).await.unwrap().join("\n")
}

#[actix_web::test]
async fn pairs_are_found_by_their_key_and_those_of_a_policy_lie_in_order() {
    let app = TestApp::empty().await;
    let after = Start::After(Position { creation_time: NOW, id: "x".to_owned() });
    for (start, key) in [
        (Start::Offset(0), "(state_id=? AND kind=? AND id=?)"),
        (after.clone(), "(state_id=? AND kind=? AND id=? AND linked_id>?)"),
    ] {
        let plan = plan(&app, Of::Policy("sp-1".to_owned()), &start).await;
        assert!(plan.contains(&format!("SEARCH link USING PRIMARY KEY {key}")), "{plan}");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN link"), "{plan}");
    }
    for start in [Start::Offset(0), after] {
        let plan = plan(&app, Of::Disk("d-1".to_owned()), &start).await;
        let links = "SEARCH link USING COVERING INDEX link_by_linked (state_id=? AND linked_id=? AND kind=?)";
        assert!(plan.contains(links), "{plan}");
        assert!(
            plan.contains("SEARCH policy USING INDEX sqlite_autoindex_auto_snapshot_policy_1 (state_id=? AND id=?)"),
            "{plan}"
        );
    }
}

#[actix_web::test]
async fn the_whole_reply() {
    golden(SEED, "DescribeAutoSnapshotPolicyAssociations&RegionId=cn-hangzhou&DiskId=d-1").await;
}
