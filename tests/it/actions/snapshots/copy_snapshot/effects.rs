//! What a copy looks like, and what becomes of it.

use serde_json::{Value, json};

use super::{FROM, copy, refused, there};
use crate::support::{NOW, TestApp, golden};

#[actix_web::test]
async fn a_call_that_says_no_more_than_the_regions_leaves_the_rest_to_the_source() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - SnapshotId: s-1
            SnapshotName: the source
            Description: of the source
            CreationTime: 2026-03-01T00:00Z
            SourceDiskId: d-7
            SourceDiskType: data
            SourceDiskSize: 120
            SourceStorageType: disk
            InstanceId: i-1
            SnapshotLinkId: sl-7
            SnapshotSN: 1-2-3
            SnapshotType: timer
            ProductCode: jxsc000204
            ResourceGroupId: rg-1
            RetentionDays: 30
            ExpirationTime: 2026-03-31T00:00Z
            FullSnapshotSizeInBytes: 1234567890123
            InstantAccess: true
            InstantAccessRetentionDays: 3
            Usage: image_disk
            Lock: {LockDuration: 20}
            Tags: {of: the source}
        ",
    )
    .await;
    let before = app.entry("snapshots/s-1").await;
    let id = copy(&app, "SnapshotId=s-1").await;
    assert!(id.starts_with("s-2ze") && id.len() == 22, "{id}");
    let found = there(&app).await;
    let link = found[0]["SnapshotLinkId"].as_str().unwrap();
    assert!(link.starts_with("sl-2ze") && link.len() == 23, "{link}");
    let number = &found[0]["SnapshotSN"];
    assert!(number.as_str().unwrap().split('-').count() == 3 && *number != "1-2-3", "{number}");
    let expected = json!({
        "SnapshotId": id,
        "RegionId": "cn-beijing",
        "CreationTime": "2026-03-15T12:00:00Z",
        "LastModifiedTime": "2026-03-15T12:00:00Z",
        "Status": "progressing",
        "Progress": "0%",
        "RemainTime": 2,
        "Available": false,
        "Usage": "none",
        "SnapshotType": "user",
        "Category": "standard",
        "SourceDiskId": "d-7",
        "SourceDiskType": "data",
        "SourceDiskSize": 120,
        "SourceStorageType": "disk",
        "SourceSnapshotId": "s-1",
        "SourceRegionId": "cn-hangzhou",
        "SnapshotLinkId": link,
        "SnapshotSN": number,
        "FullSnapshotSizeInBytes": 1_234_567_890_123_i64,
        "Encrypted": false,
        "Description": "",
        "ProductCode": "jxsc000204",
        "KMSKeyId": "",
        "Tags": {"Tag": []},
    });
    assert_eq!(found, [expected]);
    let stored = app.entry(&format!("snapshots/{id}")).await;
    for field in ["Lock", "ExpirationTime", "InstanceId"] {
        assert_eq!(stored.get(field), None, "{field} is the source's alone");
    }
    assert_eq!(app.entry("snapshots/s-1").await, before, "the source is as it was");
}

#[actix_web::test]
async fn everything_that_the_call_says_is_in_the_copy() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1, Tags: {of: the source}}]").await;
    let query = "snapshotid=s-1&DestinationSnapshotName=Copy:1_a.b-c&DestinationSnapshotDescription=over+there\
        &Encrypted=true&KMSKeyId=key-1&RetentionDays=30&ResourceGroupId=rg-1&Tag.1.Key=a&Tag.1.Value=b&Tag.20.Key=c";
    let id = copy(&app, query).await;
    let found = there(&app).await;
    for (field, value) in [
        ("SnapshotId", json!(id)),
        ("SnapshotName", json!("Copy:1_a.b-c")),
        ("Description", json!("over there")),
        ("Encrypted", json!(true)),
        ("KMSKeyId", json!("key-1")),
        ("RetentionDays", json!(30)),
        ("ResourceGroupId", json!("rg-1")),
        ("Tags", json!({"Tag": [{"TagKey": "a", "TagValue": "b"}, {"TagKey": "c", "TagValue": ""}]})),
    ] {
        assert_eq!(found[0][field], value, "{field}");
    }
    let stored = app.entry(&format!("snapshots/{id}")).await;
    assert_eq!(stored["ExpirationTime"], "2026-04-14T12:00:00Z", "counted from the copy's creation");
    app.clock.set(NOW.plus(30 * 86_400));
    assert_eq!(there(&app).await, [Value::Null; 0]);
}

#[actix_web::test]
async fn an_answer_in_xml_says_the_same() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let xml = app.get(&format!("Action=CopySnapshot&{FROM}&SnapshotId=s-1&Format=XML")).await;
    assert_eq!(xml.status, 200);
    let tree = xml.xml();
    assert_eq!((tree.name.as_str(), tree.children.len()), ("CopySnapshotResponse", 2));
    assert_eq!(there(&app).await[0]["SnapshotId"], tree.child("SnapshotId").text);
}

#[actix_web::test]
async fn copying_takes_as_long_as_its_own_setting_says() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let status = async |app: &TestApp| {
        let found = there(app).await;
        (found[0]["Status"].clone(), found[0]["Progress"].clone(), found[0]["Available"].clone())
    };
    let is = |status: &str, progress: &str, available: bool| (json!(status), json!(progress), json!(available));
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 7, "CopySeconds": 200})).await;
    copy(&app, "SnapshotId=s-1").await;
    app.clock.set(NOW.plus(74));
    assert_eq!(status(&app).await, is("progressing", "37%", false));
    app.clock.set(NOW.plus(200));
    assert_eq!(status(&app).await, is("accomplished", "100%", true));
    app.arrange("PATCH", "/settings", json!({"CopySeconds": 0})).await;
    copy(&app, "SnapshotId=s-1").await;
    copy(&app, "SnapshotId=s-1").await;
    app.arrange("PATCH", "/settings", json!({"CopySeconds": "never"})).await;
    copy(&app, "SnapshotId=s-1").await;
    app.clock.set(NOW.plus(1_000_000));
    assert_eq!(app.describe_in("cn-beijing", "Status=progressing").await["TotalCount"], 1);
    assert_eq!(app.describe_in("cn-beijing", "Status=accomplished").await["TotalCount"], 3);
}

#[actix_web::test]
async fn copies_to_come_fail_when_a_setting_says_so() {
    let app = TestApp::seeded("{Disks: [{DiskId: d-1}], Snapshots: [{SnapshotId: s-1, SourceDiskId: d-9}]}").await;
    app.arrange("PATCH", "/settings", json!({"FailNextSnapshots": 2, "CopySeconds": 10})).await;
    refused(&app, "SnapshotId=s-unknown").await;
    let left = async || app.arrange("GET", "/settings", Value::Null).await["FailNextSnapshots"].clone();
    assert_eq!(left().await, 2, "a refused call takes none of them");
    copy(&app, "SnapshotId=s-1").await;
    assert_eq!(left().await, 1);
    app.act("CreateSnapshot&DiskId=d-1").await;
    assert_eq!(left().await, 0, "they are counted with those of disks");
    app.clock.set(NOW.plus(9));
    assert_eq!(there(&app).await[0]["Status"], "progressing");
    app.clock.set(NOW.plus(10));
    let failed = &there(&app).await[0];
    assert_eq!((&failed["Status"], &failed["Available"]), (&json!("failed"), &json!(false)));
    assert_eq!(app.ids("Status=failed").await.len(), 1);
    copy(&app, "SnapshotId=s-1").await;
    app.clock.set(NOW.plus(20));
    assert_eq!(app.describe_in("cn-beijing", "Status=accomplished").await["TotalCount"], 1);
}

#[actix_web::test]
async fn copies_of_a_disks_snapshots_are_one_chain_in_each_region() {
    let app = TestApp::seeded(
        "{Settings: {CopySeconds: 0}, Snapshots: [
            {SnapshotId: s-1, SourceDiskId: d-1, SnapshotLinkId: sl-1}, {SnapshotId: s-2, SourceDiskId: d-1},
            {SnapshotId: s-3, SourceDiskId: d-2}]}",
    )
    .await;
    let link = async |region: &str, id: &str| {
        let query = format!("CopySnapshot&RegionId=cn-hangzhou&DestinationRegionId={region}&SnapshotId={id}");
        let made = app.act(&query).await["SnapshotId"].as_str().unwrap().to_owned();
        app.entry(&format!("snapshots/{made}")).await["SnapshotLinkId"].clone()
    };
    let first = link("cn-beijing", "s-1").await;
    assert_eq!(link("cn-beijing", "s-2").await, first);
    let chains = [first, link("cn-beijing", "s-3").await, link("us-west-1", "s-1").await, json!("sl-1")];
    for (number, chain) in chains.iter().enumerate() {
        assert!(!chains[..number].contains(chain), "{chain} twice");
    }
    let query = format!("SnapshotLinkId={}", chains[0].as_str().unwrap());
    assert_eq!(app.describe_in("cn-beijing", &query).await["TotalCount"], 2);
}

#[actix_web::test]
async fn a_copy_can_be_copied_on() {
    let app = TestApp::seeded("{Settings: {CopySeconds: 0}, Snapshots: [{SnapshotId: s-1}]}").await;
    let first = copy(&app, "SnapshotId=s-1").await;
    let on = format!("CopySnapshot&RegionId=cn-beijing&DestinationRegionId=us-west-1&SnapshotId={first}");
    app.act(&on).await;
    let reply = app.describe_in("us-west-1", "").await;
    let second = &reply["Snapshots"]["Snapshot"][0];
    assert_eq!((&second["SourceSnapshotId"], &second["SourceRegionId"]), (&json!(first), &json!("cn-beijing")));
    assert_eq!(second["SourceDiskId"], "d-1");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Snapshots: [{SnapshotId: s-1}]", &format!("CopySnapshot&{FROM}&SnapshotId=s-1")).await;
}
