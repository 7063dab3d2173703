//! What a snapshot that was made looks like, and what becomes of it.

use serde_json::{Value, json};

use super::{create, refused, shown};
use crate::support::{NOW, TestApp, golden};

#[actix_web::test]
async fn a_call_that_says_no_more_than_the_disk_leaves_the_rest_to_defaults() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}]").await;
    let id = create(&app, "DiskId=d-1").await;
    assert!(id.starts_with("s-bp1") && id.len() == 22, "{id}");
    let mut snapshot = shown(&app, &id).await;
    let number = snapshot["SnapshotSN"].take();
    let groups: Vec<&str> = number.as_str().unwrap().split('-').collect();
    assert!(groups.len() == 3 && groups.iter().all(|group| group.parse::<u64>().is_ok()), "{number}");
    let expected = json!({
        "SnapshotId": id,
        "RegionId": "cn-hangzhou",
        "CreationTime": "2026-03-15T12:00:00Z",
        "LastModifiedTime": "2026-03-15T12:00:00Z",
        "Status": "progressing",
        "Progress": "0%",
        "RemainTime": 2,
        "Available": false,
        "Usage": "none",
        "SnapshotType": "user",
        "Category": "standard",
        "SourceDiskId": "d-1",
        "SourceDiskType": "data",
        "SourceDiskSize": 40,
        "SourceStorageType": "disk",
        "SnapshotLinkId": "sl-1",
        "SnapshotSN": null,
        "Encrypted": false,
        "Description": "",
        "ProductCode": "",
        "KMSKeyId": "",
        "Tags": {"Tag": []},
    });
    assert_eq!(snapshot, expected);
}

#[actix_web::test]
async fn everything_that_the_call_and_the_disk_say_is_in_the_snapshot() {
    let app = TestApp::seeded(
        "
        RegionId: cn-beijing
        Instances: [{InstanceId: i-1}]
        Disks:
          - DiskId: d-2ze1
            InstanceId: i-1
            Type: system
            Category: cloud_essd
            Size: 120
            Encrypted: true
            KMSKeyId: key-1
            ProductCode: jxsc000204
            ResourceGroupId: rg-of-the-disk
            Description: of the disk
            Tags: {of: the disk}
        ",
    )
    .await;
    let query = "DiskId=d-2ze1&SnapshotName=Nightly:1_a.b-c&Description=before+the+move&Category=Flash&InstantAccess=false\
         &InstantAccessRetentionDays=3&ResourceGroupId=rg-1&RetentionDays=30\
         &Tag.1.Key=test&Tag.1.Value=api&Tag.20.Key=a%26b&Tag.20.Value=%3Cc%3E";
    let id = create(&app, query).await;
    assert!(id.starts_with("s-2ze") && id.len() == 22, "{id}");
    let reply = app.describe_in("cn-beijing", "InstanceId=i-1").await;
    assert_eq!(reply["TotalCount"], 1);
    let snapshot = &reply["Snapshots"]["Snapshot"][0];
    let expected = json!({
        "SnapshotId": id,
        "RegionId": "cn-beijing",
        "SnapshotName": "Nightly:1_a.b-c",
        "CreationTime": "2026-03-15T12:00:00Z",
        "LastModifiedTime": "2026-03-15T12:00:00Z",
        "Status": "progressing",
        "Progress": "0%",
        "RemainTime": 2,
        "Available": true,
        "Usage": "none",
        "SnapshotType": "user",
        "Category": "flash",
        "SourceDiskId": "d-2ze1",
        "SourceDiskType": "system",
        "SourceDiskSize": 120,
        "SourceStorageType": "disk",
        "SnapshotLinkId": "sl-2ze1",
        "SnapshotSN": snapshot["SnapshotSN"],
        "Encrypted": true,
        "Description": "before the move",
        "ProductCode": "jxsc000204",
        "KMSKeyId": "key-1",
        "ResourceGroupId": "rg-1",
        "RetentionDays": 30,
        "InstantAccess": false,
        "InstantAccessRetentionDays": 3,
        "Tags": {"Tag": [{"TagKey": "a&b", "TagValue": "<c>"}, {"TagKey": "test", "TagValue": "api"}]},
    });
    assert_eq!(*snapshot, expected);
    // The filters find it by what it says.
    for query in
        ["SnapshotLinkId=sl-2ze1", "Tag.1.Key=test", "Category=flash", "SourceDiskType=system", "KMSKeyId=key-1"]
    {
        assert_eq!(app.describe_in("cn-beijing", query).await["TotalCount"], 1, "{query}");
    }
    // The control plane shows what was said, the end of its time among it.
    let entry = app.entry(&format!("snapshots/{id}")).await;
    assert_eq!(entry["ExpirationTime"], "2026-04-14T12:00:00Z");
    assert_eq!((&entry["ReadyTime"], &entry["Outcome"]), (&json!("2026-03-15T12:00:02Z"), &json!("accomplished")));
}

#[actix_web::test]
async fn an_answer_in_xml_says_the_same() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1, Category: cloud_essd}]").await;
    let xml = app.get("Action=CreateSnapshot&DiskId=d-1&Format=XML").await;
    assert_eq!(xml.status, 200);
    let tree = xml.xml();
    assert_eq!((tree.name.as_str(), tree.children.len()), ("CreateSnapshotResponse", 2));
    assert_eq!(app.ids("").await, [tree.child("SnapshotId").text.as_str()]);
    assert_eq!(tree.child("RequestId").text, xml.header("x-acs-request-id"));
}

#[actix_web::test]
async fn disks_are_found_in_all_regions_and_the_snapshot_is_where_the_disk_is() {
    let app = TestApp::seeded(
        "Disks: [{DiskId: d-1}, {DiskId: d-2, RegionId: us-west-1}, {DiskId: d-3, RegionId: my-region-1}]",
    )
    .await;
    for (disk, region, prefix) in
        [("d-1", "cn-hangzhou", "s-bp1"), ("d-2", "us-west-1", "s-rj9"), ("d-3", "my-region-1", "s-")]
    {
        // A RegionId is no parameter of the action.
        let id = create(&app, &format!("RegionId=cn-beijing&diskid={disk}")).await;
        assert!(id.starts_with(prefix), "{id}");
        let reply = app.describe_in(region, &format!("DiskId={disk}")).await;
        assert_eq!(reply["Snapshots"]["Snapshot"][0]["SnapshotId"], id);
    }
}

#[actix_web::test]
async fn making_takes_as_long_as_the_setting_says() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1, Category: cloud_auto}, {DiskId: d-2}]").await;
    let look = async |id: &str| {
        let snapshot = shown(&app, id).await;
        let text = |name: &str| snapshot[name].as_str().unwrap().to_owned();
        (text("Status"), text("Progress"), snapshot["RemainTime"].clone(), snapshot["Available"] == true)
    };
    let progressing = |percent: u8, remaining: Value, available: bool| {
        ("progressing".to_owned(), format!("{percent}%"), remaining, available)
    };
    let accomplished = || ("accomplished".to_owned(), "100%".to_owned(), Value::Null, true);
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 0})).await;
    assert_eq!(look(&create(&app, "DiskId=d-2").await).await, accomplished());

    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 200})).await;
    let (essd, old) = (create(&app, "DiskId=d-1").await, create(&app, "DiskId=d-2").await);
    // What was begun goes on as it was begun.
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 1})).await;
    for (seconds, percent) in [(0, 0), (74, 37), (199, 99)] {
        app.clock.set(NOW.plus(seconds));
        assert_eq!(look(&essd).await, progressing(percent, json!(200 - seconds), true), "after {seconds} s");
        assert_eq!(look(&old).await, progressing(percent, json!(200 - seconds), false), "after {seconds} s");
    }
    app.clock.set(NOW.plus(200));
    assert_eq!((look(&essd).await, look(&old).await), (accomplished(), accomplished()));

    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": "never"})).await;
    let (essd, old) = (create(&app, "DiskId=d-1").await, create(&app, "DiskId=d-2").await);
    app.clock.set(NOW.plus(1_000_000_000));
    assert_eq!(look(&essd).await, progressing(0, Value::Null, true), "it can be used, and is never done");
    assert_eq!(look(&old).await, progressing(0, Value::Null, false));
    app.arrange("PATCH", &format!("/snapshots/{old}"), json!({"Status": null})).await;
    assert_eq!(look(&old).await, accomplished(), "unless somebody says so");
}

#[actix_web::test]
async fn time_is_that_of_the_sandbox() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}]").await;
    app.arrange("PUT", "/clock", json!({"Mode": "frozen", "Time": "2030-01-01T00:00:00Z"})).await;
    let id = create(&app, "DiskId=d-1").await;
    assert_eq!(shown(&app, &id).await["CreationTime"], "2030-01-01T00:00:00Z");
    app.clock.set(NOW.plus(1_000));
    assert_eq!(shown(&app, &id).await["Status"], "progressing", "its clock stands");
    app.arrange("POST", "/clock/advance", json!({"Seconds": 2})).await;
    assert_eq!(shown(&app, &id).await["Status"], "accomplished");
}

#[actix_web::test]
async fn creations_to_come_fail_when_a_setting_says_so() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1, Category: cloud_essd}, {DiskId: d-2}]").await;
    app.arrange("PATCH", "/settings", json!({"FailNextSnapshots": 2, "SnapshotSeconds": 10})).await;
    refused(&app, "DiskId=d-unknown").await;
    let left = async || app.arrange("GET", "/settings", Value::Null).await["FailNextSnapshots"].clone();
    assert_eq!(left().await, 2, "a refused call takes none of them");
    let failing = [create(&app, "DiskId=d-1").await, create(&app, "DiskId=d-2").await];
    assert_eq!(left().await, 0);
    let fine = create(&app, "DiskId=d-1").await;
    for id in &failing {
        let snapshot = shown(&app, id).await;
        assert_eq!((&snapshot["Status"], &snapshot["Available"]), (&json!("progressing"), &json!(false)));
    }
    app.clock.set(NOW.plus(10));
    for id in &failing {
        let snapshot = shown(&app, id).await;
        assert_eq!((&snapshot["Status"], &snapshot["Available"]), (&json!("failed"), &json!(false)));
        assert_eq!(snapshot["Progress"], "99%");
    }
    assert_eq!(shown(&app, &fine).await["Status"], "accomplished");
    // Without any time in between as well.
    app.arrange("PATCH", "/settings", json!({"FailNextSnapshots": 1, "SnapshotSeconds": 0})).await;
    let at_once = create(&app, "DiskId=d-2").await;
    assert_eq!(shown(&app, &at_once).await["Status"], "failed");
}

#[actix_web::test]
async fn a_snapshot_is_gone_when_its_days_are_over() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}]").await;
    app.arrange("PATCH", "/settings", json!({"SnapshotSeconds": 0})).await;
    let kept = create(&app, "DiskId=d-1").await;
    let one_day = create(&app, "DiskId=d-1&RetentionDays=1").await;
    let longest = create(&app, "DiskId=d-1&RetentionDays=65536").await;
    let all = async || {
        let mut ids = app.ids("").await;
        ids.sort();
        ids
    };
    let sorted = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort();
        ids
    };
    app.clock.set(NOW.plus(86_399));
    assert_eq!(all().await, sorted(&[&kept, &one_day, &longest]));
    app.clock.set(NOW.plus(86_400));
    assert_eq!(all().await, sorted(&[&kept, &longest]));
    app.clock.set(NOW.plus(65_536 * 86_400 - 1));
    assert_eq!(all().await, sorted(&[&kept, &longest]));
    app.clock.set(NOW.plus(65_536 * 86_400));
    assert_eq!(all().await, [kept]);
}

#[actix_web::test]
async fn a_dry_run_is_a_parameter_that_nobody_knows() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1, Category: cloud_essd}]").await;
    for value in ["true", "false", "x"] {
        create(&app, &format!("DiskId=d-1&DryRun={value}&Colour=red")).await;
    }
    assert_eq!(app.ids("").await.len(), 3);
}

#[actix_web::test]
async fn a_snapshot_that_was_made_can_always_be_read() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}]").await;
    for (parameter, name) in [
        ("Description=%00ab", "Description"),
        ("SnapshotName=ab%0B", "SnapshotName"),
        ("Tag.1.Key=%EF%BF%BF", "Tag.1.Key"),
    ] {
        let fault = refused(&app, &format!("DiskId=d-1&{parameter}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "InvalidParameter"));
        assert!(fault.message.contains(name), "{fault:?}");
    }
    app.control("PUT", "/sandboxes/default/clock", json!({"Mode": "frozen", "Time": "9999-12-31T23:59:59Z"})).await;
    let id = create(&app, "DiskId=d-1&RetentionDays=1").await;
    let state = app.control("GET", "/sandboxes/default/state", Value::Null).await;
    assert_eq!(state.status, 200);
    assert_eq!(
        (&state.json()["Snapshots"][0]["SnapshotId"], state.json()["Snapshots"].as_array().unwrap().len()),
        (&json!(id), 1)
    );
}

#[actix_web::test]
async fn a_whole_reply() {
    let disk = "Disks: [{DiskId: d-1, Category: cloud_essd, NeverAttached: false}]";
    golden(disk, "CreateSnapshot&DiskId=d-1").await;
}
