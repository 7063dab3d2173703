//! What the conditions of a request are, and how each narrows the list.

use serde_json::{Value, json};

use super::explain;
use crate::support::TestApp;

const STATE: &str = "
Snapshots:
  - {SnapshotId: s-1, SnapshotName: a, SourceDiskId: d-1, Tags: {env: prod, team: x}, CreationTime: '2026-03-01T00:00:00Z'}
  - {SnapshotId: s-2, SnapshotName: b, SourceDiskId: d-1, Tags: {env: prod}, CreationTime: '2026-03-02T00:00:00Z'}
  - {SnapshotId: s-3, SnapshotName: a, SourceDiskId: d-2, Tags: {env: test}, CreationTime: '2026-03-03T00:00:00Z'}
  - {SnapshotId: s-4, SnapshotName: a, SourceDiskId: d-1, Status: failed, CreationTime: '2026-03-04T00:00:00Z'}
  - {SnapshotId: s-5, SnapshotName: a, SourceDiskId: d-1, RegionId: cn-beijing, CreationTime: '2026-03-05T00:00:00Z'}
";

/// Name, what is asked for, how many meet it alone, how many are left.
fn told(explanation: &Value) -> Vec<Value> {
    let conditions = explanation["Conditions"].as_array().unwrap().iter();
    conditions.map(|told| json!([told["Name"], told["Asked"], told["Alone"], told["Left"]])).collect()
}

#[actix_web::test]
async fn each_narrows_what_those_before_it_leave() {
    let app = TestApp::seeded(STATE).await;
    let query = "DescribeSnapshots&SnapshotName=a&RegionId=cn-hangzhou&DiskId=d-1&Tag.1.Key=env&Tag.1.Value=prod";
    let explanation = explain(&app, query, None).await;
    let expected = [
        json!(["SnapshotName", "a", 3, 4]),
        json!(["RegionId", "cn-hangzhou", 4, 3]),
        json!(["DiskId", "d-1", 3, 2]),
        json!(["Tag.1", "env=prod", 2, 1]),
    ];
    assert_eq!(told(&explanation), expected, "alone in the region, left as far as the request goes");
    assert_eq!((&explanation["Total"], &explanation["Matching"]), (&json!(5), &json!(1)));
    assert_eq!((&explanation["Action"], &explanation["Changed"]), (&json!("DescribeSnapshots"), &json!(false)));
    assert_eq!(explanation.get("Row"), None, "nobody asked for one");
}

#[actix_web::test]
async fn what_belongs_together_is_one_condition() {
    let app = TestApp::seeded(STATE).await;
    let query = "DescribeSnapshots&RegionId=cn-hangzhou&tag.2.key=team&Filter.1.Key=CreationStartTime&Tag.1.Value=prod\
        &Filter.1.Value=2026-03-02T00:00Z&Tag.1.Key=env&SnapshotIds=[%22s-1%22,%22s-2%22]";
    let expected = [
        json!(["RegionId", "cn-hangzhou", 4, 4]),
        json!(["Tag.2", "team", 1, 1]),
        json!(["Filter.1", "CreationStartTime=2026-03-02T00:00Z", 3, 0]),
        json!(["Tag.1", "env=prod", 2, 0]),
        json!(["SnapshotIds", r#"["s-1","s-2"]"#, 2, 0]),
    ];
    assert_eq!(told(&explain(&app, query, None).await), expected);
    let groups = "DescribeSnapshotGroups&RegionId=cn-hangzhou&SnapshotGroupId.1=ssg-1&SnapshotGroupId.2=ssg-2";
    let expected = [json!(["RegionId", "cn-hangzhou", 0, 0]), json!(["SnapshotGroupId", "ssg-1,ssg-2", 0, 0])];
    assert_eq!(told(&explain(&app, groups, None).await), expected, "one of them is enough");
}

#[actix_web::test]
async fn what_asks_for_nothing_is_no_condition() {
    let app = TestApp::seeded(STATE).await;
    let query = "DescribeSnapshots&RegionId=cn-hangzhou&Status=all&Encrypted=false&SnapshotName=&PageSize=5&PageNumber=2\
        &MaxResults=20&Format=JSON&AccessKeyId=x&Version=2014-05-26&SnapshotNmae=a&Filter.3.Key=x&DryRun=false";
    let explanation = explain(&app, query, None).await;
    assert_eq!(told(&explanation), [json!(["RegionId", "cn-hangzhou", 4, 4])]);
    let twice = "DescribeSnapshots&RegionId=cn-hangzhou&SnapshotName=b&snapshotname=a";
    let expected = [json!(["RegionId", "cn-hangzhou", 4, 4]), json!(["SnapshotName", "b", 1, 1])];
    assert_eq!(told(&explain(&app, twice, None).await), expected, "of two of a name the first counts");
}

#[actix_web::test]
async fn what_an_action_asks_of_itself_is_a_condition() {
    let state = "
Images:
  - {ImageId: m-1}
  - {ImageId: m-2, Status: Creating}
Snapshots:
  - {SnapshotId: s-1}
  - {SnapshotId: s-2, Lock: {LockDuration: 10}}
";
    let app = TestApp::seeded(state).await;
    let explanation = explain(&app, "DescribeImages&RegionId=cn-hangzhou", Some("m-2")).await;
    let expected = [json!(["RegionId", "cn-hangzhou", 2, 2]), json!(["Status", "Available", 1, 1])];
    assert_eq!(told(&explanation), expected);
    let failed = json!([{"Name": "Status", "Asked": "Available", "Has": "Creating"}]);
    assert_eq!(explanation["Row"]["Failed"], failed);
    let asked = explain(&app, "DescribeImages&RegionId=cn-hangzhou&Status=Creating", Some("m-1")).await;
    assert_eq!(told(&asked)[1], json!(["Status", "Creating", 1, 1]));
    let all = explain(&app, "DescribeImages&RegionId=cn-hangzhou&Status=ALL", Some("m-2")).await;
    assert_eq!((told(&all).len(), &all["Row"]["Listed"]), (1, &json!(true)));

    let locks = explain(&app, "DescribeLockedSnapshots&RegionId=cn-hangzhou", Some("s-1")).await;
    assert_eq!(told(&locks)[1], json!(["LockStatus", "any", 1, 1]));
    assert_eq!(locks["Row"]["Failed"], json!([{"Name": "LockStatus", "Asked": "any", "Has": ""}]));
    let over = explain(&app, "DescribeLockedSnapshots&RegionId=cn-hangzhou&LockStatus=expired", Some("s-2")).await;
    assert_eq!(told(&over)[1], json!(["LockStatus", "expired", 0, 0]));
    assert_eq!(over["Row"]["Failed"][0]["Has"], "compliance");
}

#[actix_web::test]
async fn what_an_action_refuses_is_not_explained() {
    let app = TestApp::seeded(STATE).await;
    let region = "RegionId=cn-hangzhou";
    for (action, query, field, part) in [
        ("DescribeSnapshots", String::new(), "RegionId", "expected a value"),
        ("DescribeSnapshots", format!("{region}&Encrypted=maybe"), "Encrypted", "true or false"),
        ("DescribeSnapshots", format!("{region}&Status=done"), "Status", "progressing"),
        ("DescribeSnapshots", format!("{region}&PageSize=0"), "PageSize", "1 to 100"),
        ("DescribeSnapshots", format!("{region}&Tag.2.Value=x"), "Tag.2.Value", "Key"),
        ("DescribeSnapshots", format!("{region}&DryRun=true"), "DryRun", "DryRunOperation"),
        ("DescribeSnapshots", format!("{region}&DryRun=True&Status=done"), "Status", "progressing"),
        ("DescribeSnapshots", "RegionId=xx-nowhere".to_owned(), "RegionId", "InvalidRegionId.NotFound"),
        (
            "DescribeSnapshots",
            format!("{region}&SnapshotLinkId=sl-1"),
            "SnapshotLinkId",
            "InvalidSnapshotLinkId.NotFound",
        ),
        ("DescribeDisks", format!("{region}&ZoneId=z"), "ZoneId", "InvalidZoneId.NotFound"),
        ("DescribeImages", format!("{region}&IsPublic=true"), "IsPublic", "PublicImageUnsupported"),
        ("DescribeLockedSnapshots", format!("{region}&SnapshotIds.1=s-1"), "Parameters", "s-1"),
        ("DescribeTags", region.to_owned(), "Action", "DescribeSnapshots"),
        ("CreateSnapshot", String::new(), "Action", "DescribeDisks"),
        ("DescribeNothing", String::new(), "Action", "DescribeDisks"),
    ] {
        let asked = json!({"Action": action, "Url": query});
        let problem = app.control("POST", "/sandboxes/default/explain", asked).await;
        assert_eq!(problem.status, 400, "{action} {query}: {}", problem.body);
        let problem = problem.json();
        assert_eq!(problem["field"], field, "{action} {query}: {problem}");
        assert!(problem["reason"].as_str().unwrap().contains(part), "{action} {query}: {problem}");
    }
}
