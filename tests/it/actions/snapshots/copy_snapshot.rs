//! CopySnapshot: what a copy has of its source, what becomes of it, and what cannot be copied.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

/// The parameters that every call needs, for a copy to cn-beijing.
const FROM: &str = "RegionId=cn-hangzhou&DestinationRegionId=cn-beijing";

/// The id of the copy that a call made.
async fn copy(app: &TestApp, query: &str) -> String {
    let reply = app.act(&format!("CopySnapshot&{FROM}&{query}")).await;
    let reply = reply.as_object().unwrap();
    assert_eq!(reply.keys().collect::<Vec<_>>(), ["RequestId", "SnapshotId"], "{query}");
    reply["SnapshotId"].as_str().unwrap().to_owned()
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("CopySnapshot&{FROM}&{query}")).await
}

/// The snapshots of cn-beijing as DescribeSnapshots shows them.
async fn there(app: &TestApp) -> Vec<Value> {
    app.describe_in("cn-beijing", "").await["Snapshots"]["Snapshot"].as_array().unwrap().clone()
}

fn fault(code: &str, message: &str) -> Fault {
    Fault::new(403, code, message)
}

fn unfinished() -> Fault {
    let message = "This disk has unfinished cross-region copy snapshots in the target region.";
    fault("InvalidOperation.UnfinishedCrossRegionCopy", message)
}

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
async fn one_copy_at_a_time_of_a_disk_into_a_region() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-1, SourceDiskId: d-1}
           - {SnapshotId: s-2, SourceDiskId: d-1}
           - {SnapshotId: s-3, SourceDiskId: d-2}",
    )
    .await;
    copy(&app, "SnapshotId=s-1").await;
    for id in ["s-1", "s-2"] {
        assert_eq!(refused(&app, &format!("SnapshotId={id}&Encrypted=true")).await, unfinished(), "{id}");
    }
    copy(&app, "SnapshotId=s-3").await;
    app.act("CopySnapshot&RegionId=cn-hangzhou&DestinationRegionId=us-west-1&SnapshotId=s-1").await;
    app.clock.set(NOW.plus(2));
    copy(&app, "SnapshotId=s-2&Encrypted=true").await;
    let message = "This disk has unfinished encrypted copy snapshots in the target region.";
    let encrypted = fault("InvalidOperation.UnfinishedEncryptedSnapshotCopy", message);
    assert_eq!(refused(&app, "SnapshotId=s-1").await, encrypted);
    app.clock.set(NOW.plus(4));
    copy(&app, "SnapshotId=s-1").await;
}

#[actix_web::test]
async fn a_disk_s_own_snapshot_in_the_making_keeps_no_copy_from_coming_back() {
    let app = TestApp::seeded(
        "{Disks: [{DiskId: d-1}],
          Snapshots: [{SnapshotId: s-away, SourceDiskId: d-1, RegionId: cn-beijing, SourceSnapshotId: s-1}]}",
    )
    .await;
    app.act("CreateSnapshot&DiskId=d-1").await;
    let back = "CopySnapshot&RegionId=cn-beijing&DestinationRegionId=cn-hangzhou&SnapshotId=s-away";
    app.act(back).await;
    assert_eq!(app.refused(back).await, unfinished());
}

#[actix_web::test]
async fn encryption_is_never_taken_away() {
    let app = TestApp::seeded(
        "{Settings: {CopySeconds: 0},
          Snapshots: [{SnapshotId: s-1, Encrypted: true, KMSKeyId: key-of-hangzhou}, {SnapshotId: s-2}]}",
    )
    .await;
    let message = "Encrypted snapshot not support copy to decrypt snapshot.";
    let decrypted = fault("InvalidEncrypted.NotSupportDecrypt", message);
    assert_eq!(refused(&app, "SnapshotId=s-1&Encrypted=false").await, decrypted);
    let message = "The specified parameter Encrypted must be true when KmsKeyId is not empty.";
    let unasked = fault("InvalidEncrypted.NotMatchKmsKeyId", message);
    for query in ["SnapshotId=s-2&KMSKeyId=k", "SnapshotId=s-1&KMSKeyId=k&Encrypted=false"] {
        assert_eq!(refused(&app, query).await, unasked, "{query}");
    }
    for (query, expected) in [
        ("SnapshotId=s-1", (true, "")),
        ("SnapshotId=s-1&Encrypted=true&KMSKeyId=k", (true, "k")),
        ("SnapshotId=s-2&Encrypted=false", (false, "")),
        ("SnapshotId=s-2&Encrypted=true", (true, "")),
    ] {
        let id = copy(&app, query).await;
        let found = there(&app).await;
        let copied = found.iter().find(|found| found["SnapshotId"] == id.as_str()).unwrap();
        let shown = (copied["Encrypted"] == true, copied["KMSKeyId"].as_str().unwrap());
        assert_eq!(shown, expected, "{query}: keys are of a region");
    }
}

#[actix_web::test]
async fn only_what_is_accomplished_and_standard_can_be_copied() {
    let app = TestApp::seeded(
        "Snapshots:
           - {SnapshotId: s-made, ReadyTime: 2026-03-15T12:01:00Z, Available: true}
           - {SnapshotId: s-failed, Status: failed}
           - {SnapshotId: s-flash, Category: Flash}
           - {SnapshotId: s-archive, Category: archive}
           - {SnapshotId: s-gone, ExpirationTime: 2026-03-15T12:00:00Z}
           - {SnapshotId: s-beijing, RegionId: cn-beijing}",
    )
    .await;
    let not_ready = fault("InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet.");
    let flash =
        fault("InvalidSnapshotCategory.NotSupportCopy", "The specified snapshot's category does not support copy.");
    let archive =
        fault("OperationDenied.SnapshotCategoryNotSupportCopy", "The specified category of snapshot not support copy.");
    let unknown = fault("InvalidSnapshotId.NotFound", "The specified snapshot is not exists.");
    for (id, expected) in [
        ("s-made", &not_ready),
        ("s-failed", &not_ready),
        ("s-flash", &flash),
        ("s-archive", &archive),
        ("s-gone", &unknown),
        ("s-beijing", &unknown),
        ("s-unknown", &unknown),
    ] {
        assert_eq!(&refused(&app, &format!("SnapshotId={id}")).await, expected, "{id}");
    }
    assert_eq!(there(&app).await.len(), 1);
    app.clock.set(NOW.plus(60));
    copy(&app, "SnapshotId=s-made").await;
}

#[actix_web::test]
async fn both_regions_must_be_known_and_differ() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2, RegionId: my-region-1}]").await;
    let unknown = fault("InvalidRegionId.NotExists", "Region not exists.");
    let malformed = Fault::new(400, "InvalidRegionId.MalFormed", "The specified RegionId is not valid.");
    let same =
        fault("InvalidOperation.NotSupportCopyInSameRegion", "Copying snapshot in the same region is not supported.");
    for (from, to, expected) in [
        ("no-where", "cn-beijing", &unknown),
        ("cn-hangzhou", "no-where", &unknown),
        ("Hangzhou!", "no-where", &malformed),
        ("cn-hangzhou", "Bei%20jing", &malformed),
        ("cn-hangzhou", "cn-hangzhou", &same),
        ("no-where", "no-where", &unknown),
    ] {
        let query = format!("CopySnapshot&RegionId={from}&DestinationRegionId={to}&SnapshotId=s-unknown");
        assert_eq!(&app.refused(&query).await, expected, "{from} {to}");
    }
    app.act("CopySnapshot&RegionId=cn-hangzhou&DestinationRegionId=my-region-1&SnapshotId=s-1").await;
    assert_eq!(app.describe_in("my-region-1", "").await["TotalCount"], 2, "one that a resource is in");
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let name = fault("InvalidSnapshotName.Malformed", "The specified SnapshotName is wrongly formed.");
    let description = fault("InvalidDescription.Malformed", "The specified description is wrongly formed.");
    let retention = fault("InvalidRetentionDays.Malformed", "The specified RetentionDays is not valid.");
    let message = "The ResourceGroup provided does not exist in our records.";
    let group = Fault::new(404, "InvalidResourceGroup.NotFound", message);
    let twice = Fault::new(400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key.");
    let key = Fault::new(400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.");
    let value = Fault::new(400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid.");
    let many = Fault::new(400, "InvalidTagCount", "The specified tags are beyond the permitted range.");
    let (long_name, long) = ("x".repeat(129), "x".repeat(257));
    for (query, expected) in [
        ("DestinationSnapshotName=a".to_owned(), &name),
        ("DestinationSnapshotName=1st".to_owned(), &name),
        ("DestinationSnapshotName=http://a".to_owned(), &name),
        (format!("DestinationSnapshotName={long_name}"), &name),
        ("DestinationSnapshotDescription=a".to_owned(), &description),
        ("DestinationSnapshotDescription=https://a".to_owned(), &description),
        (format!("DestinationSnapshotDescription={long}"), &description),
        ("RetentionDays=0".to_owned(), &retention),
        ("RetentionDays=65537".to_owned(), &retention),
        ("ResourceGroupId=group".to_owned(), &group),
        ("Tag.1.Key=a&Tag.2.Key=a".to_owned(), &twice),
        ("Tag.1.Key=".to_owned(), &key),
        ("Tag.1.Key=acs:a".to_owned(), &key),
        ("Tag.1.Key=a&Tag.1.Value=http://a".to_owned(), &value),
        ("Tag.1.Key=a&Tag.1.Value=acs:a".to_owned(), &value),
        ("Tag.1.Key=a&Tag.1.Value=aliyun".to_owned(), &value),
        ("Tag.21.Key=a".to_owned(), &many),
        // The order of the documentation's table, and all of it before the regions and the snapshot.
        ("RetentionDays=0&DestinationSnapshotName=a&DestinationSnapshotDescription=a".to_owned(), &description),
        ("RetentionDays=0&DestinationSnapshotName=a&RegionId=x".to_owned(), &name),
    ] {
        assert_eq!(&refused(&app, &format!("SnapshotId=s-1&{query}")).await, expected, "{query}");
    }
    let token = format!("ClientToken={}", "x".repeat(65));
    for (parameter, code) in [
        ("Encrypted=1", "InvalidParameter"),
        ("RetentionDays=week", "InvalidParameter"),
        (token.as_str(), "InvalidParameter"),
        ("SnapshotId=", "MissingParameter"),
    ] {
        let id = if code == "MissingParameter" { "" } else { "SnapshotId=s-1&" };
        let fault = refused(&app, &format!("{id}{parameter}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, code), "{parameter}");
        assert!(fault.message.contains(parameter.split('=').next().unwrap()), "{parameter}: {fault:?}");
    }
    for (left, query) in
        [("RegionId", "DestinationRegionId=cn-beijing"), ("DestinationRegionId", "RegionId=cn-beijing")]
    {
        let fault = app.refused(&format!("CopySnapshot&SnapshotId=s-1&{query}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "MissingParameter"), "{left}");
        assert!(fault.message.contains(&format!("\"{left}\"")), "{left}: {fault:?}");
    }
    assert_eq!(there(&app).await.len(), 0);
}

#[actix_web::test]
async fn the_same_token_is_the_same_call() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}]").await;
    let first = copy(&app, "SnapshotId=s-1&ClientToken=t").await;
    assert_eq!(copy(&app, "SnapshotId=s-1&ClientToken=t").await, first, "where another call would be refused");
    assert_eq!(refused(&app, "SnapshotId=s-1").await, unfinished());
    let mismatch = Fault::new(400, "IdempotentParameterMismatch", "The request is retried with updated parameters.");
    assert_eq!(refused(&app, "SnapshotId=s-2&ClientToken=t").await, mismatch);
    assert_eq!(there(&app).await.len(), 1);
    // DryRun is a parameter that nobody knows.
    copy(&app, "SnapshotId=s-2&DryRun=true").await;
}

#[actix_web::test]
async fn a_whole_reply() {
    golden("Snapshots: [{SnapshotId: s-1}]", &format!("CopySnapshot&{FROM}&SnapshotId=s-1")).await;
}
