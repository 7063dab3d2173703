//! DescribeSnapshotLinks: which chains a region has, what they are of, and how large they are.

use serde_json::{Value, json};

use crate::support::{Fault, NOW, TestApp, golden};

const GIB: i64 = 1 << 30;

const DOCUMENT: &str = "
    Instances:
      - {InstanceId: i-1, InstanceName: web}
      - {InstanceId: i-2}
      - {InstanceId: i-idle}
      - {InstanceId: i-beijing, RegionId: cn-beijing}
    Disks:
      - {DiskId: d-1, DiskName: logs, InstanceId: i-1}
      - {DiskId: d-2, InstanceId: i-2}
      - {DiskId: d-free}
    Snapshots:
      - {SnapshotId: s-1, SnapshotLinkId: sl-1, SourceDiskId: d-1, SourceDiskSize: 20, CreationTime: 2026-03-01T00:00:00Z}
      - {SnapshotId: s-2, SnapshotLinkId: sl-1, SourceDiskId: d-1, SourceDiskSize: 30, SourceDiskType: Data,
         Category: flash, InstantAccess: true, CreationTime: 2026-03-02T00:00:00Z}
      - {SnapshotId: s-3, SnapshotLinkId: sl-1, SourceDiskId: d-1, Status: failed, CreationTime: 2026-02-01T00:00:00Z}
      - {SnapshotId: s-4, SnapshotLinkId: sl-2, SourceDiskId: d-2, FullSnapshotSizeInBytes: 5}
      - {SnapshotId: s-5, SnapshotLinkId: sl-3, SourceDiskId: d-gone, InstanceId: i-gone, SourceDiskSize: 1}
      - {SnapshotId: s-6, SnapshotLinkId: sl-4, SourceDiskId: d-free, InstanceId: i-1, SourceDiskSize: 2}
      - {SnapshotId: s-7, SourceDiskId: d-1}
      - {SnapshotId: s-8, SnapshotLinkId: sl-1, SourceDiskId: d-9, RegionId: cn-beijing, SourceDiskSize: 9}
";

async fn describe(app: &TestApp, query: &str) -> Value {
    app.act(&format!("DescribeSnapshotLinks&RegionId=cn-hangzhou&{query}")).await
}

async fn links(app: &TestApp, query: &str) -> Vec<Value> {
    describe(app, query).await["SnapshotLinks"]["SnapshotLink"].as_array().unwrap().clone()
}

async fn ids(app: &TestApp, query: &str) -> Vec<String> {
    let reply = describe(app, query).await;
    let links = reply["SnapshotLinks"]["SnapshotLink"].as_array().unwrap();
    assert_eq!(reply["TotalCount"], links.len(), "{query}: all on one page");
    links.iter().map(|link| link["SnapshotLinkId"].as_str().unwrap().to_owned()).collect()
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("DescribeSnapshotLinks&{query}")).await
}

#[actix_web::test]
async fn what_is_made_of_a_disk_goes_on_with_the_chain_that_it_has() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1}]
        Disks: [{DiskId: d-1, Type: system, InstanceId: i-1, Category: cloud_essd}]
        Snapshots: [{SnapshotId: s-1, SourceDiskId: d-1, SnapshotLinkId: sl-pasted, CreationTime: 2026-03-01T00:00Z}]
        ",
    )
    .await;
    app.act("CreateSnapshot&DiskId=d-1").await;
    app.act("CreateImage&RegionId=cn-hangzhou&InstanceId=i-1").await;
    let reply = app.act("DescribeSnapshotLinks&RegionId=cn-hangzhou").await;
    let links = reply["SnapshotLinks"]["SnapshotLink"].as_array().unwrap();
    let links: Vec<_> = links.iter().map(|link| (&link["SnapshotLinkId"], &link["TotalCount"])).collect();
    assert_eq!(links, [(&json!("sl-pasted"), &json!(3))]);
}

#[actix_web::test]
async fn a_chain_is_what_its_newest_snapshot_is_of_and_as_large_as_all_of_them() {
    let app = TestApp::seeded(DOCUMENT).await;
    let links = links(&app, "").await;
    assert_eq!(
        links[0],
        json!({
            "RegionId": "cn-hangzhou",
            "SnapshotLinkId": "sl-1",
            "InstanceId": "i-1",
            "InstanceName": "web",
            "SourceDiskId": "d-1",
            "SourceDiskName": "logs",
            "SourceDiskType": "Data",
            "SourceDiskSize": 30,
            "Category": "flash",
            "InstantAccess": true,
            "TotalCount": 3,
            "TotalSize": 50 * GIB,
        })
    );
    let shown = |number: usize| {
        let field = |name: &str| links[number][name].clone();
        json!([field("InstanceId"), field("InstanceName"), field("SourceDiskName"), field("TotalSize")])
    };
    assert_eq!(shown(1), json!(["i-2", "i-2", "", 5]), "an instance without a name has its id for one");
    assert_eq!(shown(2), json!(["i-gone", "", "", GIB]), "neither is there, and the snapshot says whose it was");
    assert_eq!(shown(3), json!(["", "", "", 2 * GIB]), "a disk that is there and not attached");
    assert_eq!(links.len(), 4, "a snapshot without a SnapshotLinkId is in no chain");
    let beijing = app.act("DescribeSnapshotLinks&RegionId=cn-beijing").await;
    assert_eq!(beijing["SnapshotLinks"]["SnapshotLink"][0]["TotalSize"], 9 * GIB, "a chain is of one region");
}

#[actix_web::test]
async fn chains_are_found_by_instance_disk_and_id() {
    let app = TestApp::seeded(DOCUMENT).await;
    for (query, expected) in [
        ("", &["sl-1", "sl-2", "sl-3", "sl-4"][..]),
        ("InstanceId=i-1", &["sl-1"]),
        ("InstanceId=i-gone", &["sl-3"]),
        ("InstanceId=i-idle", &[]),
        ("InstanceId=", &["sl-1", "sl-2", "sl-3", "sl-4"]),
        (r#"DiskIds=["d-1","d-free","d-unknown"]"#, &["sl-1", "sl-4"]),
        (r#"DiskIds=["d-unknown"]"#, &[]),
        ("DiskIds=[]", &[]),
        (r#"SnapshotLinkIds=["sl-3","sl-2","sl-2","sl-unknown"]"#, &["sl-2", "sl-3"]),
        ("SnapshotLinkIds=[]", &[]),
        (r#"SnapshotLinkIds=["sl-1","sl-2"]&DiskIds=["d-1","d-free"]"#, &["sl-1"]),
        (r#"SnapshotLinkIds=["sl-1","sl-2"]&InstanceId=i-2"#, &["sl-2"]),
        (r#"DiskIds=["d-1"]&InstanceId=i-2"#, &[]),
    ] {
        let query = query.replace('[', "%5B").replace(']', "%5D").replace('"', "%22");
        assert_eq!(ids(&app, &query).await, expected, "{query}");
    }
    // All of a chain counts, whatever it was found by.
    assert_eq!(links(&app, "InstanceId=i-1").await[0]["TotalCount"], 3);
}

#[actix_web::test]
async fn a_chain_whose_newest_snapshot_is_of_another_disk_is_of_that_one() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, SnapshotLinkId: sl-1, SourceDiskId: d-old, CreationTime: 2026-03-01T00:00:00Z}
          - {SnapshotId: s-2, SnapshotLinkId: sl-1, SourceDiskId: d-new, CreationTime: 2026-03-02T00:00:00Z,
             ExpirationTime: 2026-03-15T12:00:10Z}
          - {SnapshotId: s-4, SnapshotLinkId: sl-2, SourceDiskId: d-second, CreationTime: 2026-03-02T00:00:00Z}
          - {SnapshotId: s-3, SnapshotLinkId: sl-2, SourceDiskId: d-first, CreationTime: 2026-03-02T00:00:00Z}
        ",
    )
    .await;
    let by = async |disk: &str| ids(&app, &format!("DiskIds=%5B%22{disk}%22%5D")).await;
    assert_eq!((by("d-new").await, by("d-old").await), (vec!["sl-1".to_owned()], Vec::new()));
    assert_eq!((by("d-first").await, by("d-second").await), (vec!["sl-2".to_owned()], Vec::new()), "by id");
    assert_eq!(links(&app, "").await[0]["TotalCount"], 2);
    app.clock.set(NOW.plus(10));
    assert_eq!((by("d-new").await, by("d-old").await), (Vec::new(), vec!["sl-1".to_owned()]), "the newest has gone");
    assert_eq!(links(&app, "").await[0]["TotalCount"], 1);
    app.arrange("DELETE", "/snapshots/s-1", Value::Null).await;
    assert_eq!(ids(&app, "").await, ["sl-2"], "a chain ends with its last snapshot");
}

#[actix_web::test]
async fn names_and_attachments_are_those_of_now() {
    let app = TestApp::seeded(DOCUMENT).await;
    app.arrange("PATCH", "/disks/d-1", json!({"DiskName": "data", "InstanceId": "i-2"})).await;
    app.arrange("PATCH", "/instances/i-2", json!({"InstanceName": "db"})).await;
    let link = links(&app, "InstanceId=i-2").await[0].clone();
    assert_eq!((&link["SnapshotLinkId"], &link["InstanceName"]), (&json!("sl-1"), &json!("db")));
    assert_eq!(link["SourceDiskName"], "data");
    assert_eq!(ids(&app, "InstanceId=i-1").await, [""; 0]);
}

#[actix_web::test]
async fn pages_have_numbers_or_tokens() {
    let entries: Vec<Value> = (0..25)
        .map(|number| json!({"SnapshotId": format!("s-{number}"), "SnapshotLinkId": format!("sl-{number:02}")}))
        .collect();
    let app = TestApp::seeded(&json!({ "Snapshots": entries }).to_string()).await;
    let page = async |query: &str| {
        let reply = describe(&app, query).await;
        let links = reply["SnapshotLinks"]["SnapshotLink"].as_array().unwrap();
        let ids = links.iter().map(|link| link["SnapshotLinkId"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(reply["TotalCount"], 25);
        (ids, reply)
    };
    let named = |from: usize, until: usize| (from..until).map(|number| format!("sl-{number:02}")).collect::<Vec<_>>();
    let (ids, reply) = page("PageNumber=2&PageSize=10").await;
    assert_eq!((ids, &reply["PageNumber"], &reply["PageSize"]), (named(10, 20), &json!(2), &json!(10)));
    assert_eq!(reply.get("NextToken"), None);
    assert_eq!(page("PageNumber=3").await.0, named(20, 25));
    assert_eq!(page("PageNumber=4").await.0, named(0, 0));
    assert!(page("").await.1["NextToken"].is_string(), "whoever says nothing can go on by token");

    let (ids, reply) = page("MaxResults=3").await;
    assert_eq!((ids, &reply["PageSize"]), (named(0, 10), &json!(10)), "at least 10");
    let token = reply["NextToken"].as_str().unwrap().to_owned();
    app.arrange("DELETE", "/snapshots/s-9", Value::Null).await;
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-new", "SnapshotLinkId": "sl-00a"})).await;
    let (ids, reply) = page(&format!("MaxResults=10&NextToken={token}")).await;
    assert_eq!(ids, named(10, 20), "a token is a place");
    let last = reply["NextToken"].as_str().unwrap();
    let (ids, reply) = page(&format!("MaxResults=200&NextToken={last}")).await;
    assert_eq!((ids, reply.get("NextToken"), &reply["PageSize"]), (named(20, 25), None, &json!(100)));
    let other = refused(&app, &format!("RegionId=cn-hangzhou&DiskIds=%5B%5D&NextToken={token}")).await;
    assert_eq!(other, Fault::new(400, "InvalidParameter", "The specified parameter \"NextToken\" is not valid."));
}

#[actix_web::test]
async fn what_is_unknown_or_malformed_is_refused() {
    let app = TestApp::seeded(DOCUMENT).await;
    let region = Fault::new(400, "InvalidRegionId", "The specified regionId is invalid.");
    let instance = Fault::new(400, "InvalidInstanceId.NotFound", "The specified instanceId is not exists.");
    let disks = Fault::new(400, "InvalidDiskIds", "The specified diskIds is invalid.");
    let chains = Fault::new(400, "InvalidSnapshotLinkIds", "The specified snapshotLinkIds is invalid.");
    let missing = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    let missing = Fault::new(400, "MissingParameter", missing);
    let size = Fault::new(400, "InvalidParameter", "The specified parameter \"PageSize\" is not valid.");
    let ids = |count: usize| format!("%5B{}%5D", vec!["%22x%22"; count].join(","));
    for (query, fault) in [
        ("", &missing),
        ("DiskIds=x", &missing),
        ("RegionId=nowhere", &region),
        ("RegionId=nowhere&InstanceId=i-unknown", &region),
        ("RegionId=nowhere&DiskIds=d-1", &disks),
        ("RegionId=cn-hangzhou&InstanceId=i-unknown", &instance),
        ("RegionId=cn-hangzhou&InstanceId=i-beijing", &instance),
        ("RegionId=cn-hangzhou&DiskIds=d-1", &disks),
        ("RegionId=cn-hangzhou&DiskIds=%7B%7D&SnapshotLinkIds=x", &disks),
        (&format!("RegionId=cn-hangzhou&DiskIds={}", ids(101)), &disks),
        ("RegionId=cn-hangzhou&SnapshotLinkIds=%5B1%5D", &chains),
        (&format!("RegionId=cn-hangzhou&SnapshotLinkIds={}", ids(101)), &chains),
        ("RegionId=cn-hangzhou&PageSize=101", &size),
    ] {
        assert_eq!(refused(&app, query).await, *fault, "{query}");
    }
    assert_eq!(links(&app, &format!("DiskIds={}", ids(100))).await, [Value::Null; 0]);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(DOCUMENT, "DescribeSnapshotLinks&RegionId=cn-hangzhou&MaxResults=10").await;
}
