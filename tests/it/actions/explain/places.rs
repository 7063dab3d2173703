//! Where a resource is: on which page, nearly on the list, or elsewhere.

use serde_json::{Value, json};

use super::explain;
use crate::support::{NOW, TestApp, ids};

/// Twelve snapshots, the newest last.
async fn twelve() -> TestApp {
    let app = TestApp::empty().await;
    let snapshots: Vec<Value> = (1..=12)
        .map(|number| {
            let name = if number == 5 { "odd" } else { "even" };
            let time = NOW.plus(number - 100).to_string();
            json!({"SnapshotId": format!("s-{number}"), "SnapshotName": name, "CreationTime": time})
        })
        .collect();
    app.arrange("PUT", "/state", json!({"Snapshots": snapshots})).await;
    app
}

#[actix_web::test]
async fn the_page_is_the_one_that_the_action_answers() {
    let app = twelve().await;
    let query = "DescribeSnapshots&RegionId=cn-hangzhou&SnapshotName=even";
    for size in [1, 3, 4, 10, 11] {
        for number in 1..=12 {
            let id = format!("s-{number}");
            let row = explain(&app, &format!("{query}&PageSize={size}"), Some(&id)).await["Row"].clone();
            assert_eq!(row["Listed"], number != 5, "{row}");
            let Some(page) = row.get("Page").and_then(Value::as_i64) else {
                assert_eq!(number, 5, "what is not listed is on no page");
                continue;
            };
            let ids = ids(&app.describe(&format!("SnapshotName=even&PageSize={size}&PageNumber={page}")).await);
            assert!(ids.contains(&id), "{id} is on page {page} of {size}: {ids:?}");
        }
    }
    // By tokens, as many are on a page as MaxResults says, and never less than 10.
    let by_token = explain(&app, &format!("{query}&MaxResults=3"), Some("s-1")).await;
    assert_eq!(by_token["Row"]["Page"], 2);
}

#[actix_web::test]
async fn the_nearest_fail_one_condition_and_come_newest_first() {
    let state = "
Snapshots:
  - {SnapshotId: s-1, SnapshotName: a, SourceDiskId: d-1, CreationTime: '2026-03-01T00:00:00Z'}
  - {SnapshotId: s-2, SnapshotName: b, SourceDiskId: d-1, CreationTime: '2026-03-02T00:00:00Z'}
  - {SnapshotId: s-3, SnapshotName: a, SourceDiskId: d-2, CreationTime: '2026-03-03T00:00:00Z'}
  - {SnapshotId: s-4, SnapshotName: b, SourceDiskId: d-2, CreationTime: '2026-03-04T00:00:00Z'}
  - {SnapshotId: s-5, SnapshotName: a, SourceDiskId: d-1, RegionId: cn-beijing, CreationTime: '2026-03-05T00:00:00Z'}
  - {SnapshotId: s-6, SnapshotName: b, SourceDiskId: d-1, CreationTime: '2026-03-06T00:00:00Z'}
";
    let app = TestApp::seeded(state).await;
    let query = "DescribeSnapshots&RegionId=cn-hangzhou&SnapshotName=a&DiskId=d-1";
    let nearest = explain(&app, query, None).await["Nearest"].clone();
    let expected = json!([
        {"Id": "s-6", "Listed": false, "Failed": [{"Name": "SnapshotName", "Asked": "a", "Has": "b"}]},
        {"Id": "s-5", "Listed": false, "Failed": [{"Name": "RegionId", "Asked": "cn-hangzhou", "Has": "cn-beijing"}],
            "Elsewhere": {"RegionId": "cn-beijing"}},
        {"Id": "s-3", "Listed": false, "Failed": [{"Name": "DiskId", "Asked": "d-1", "Has": "d-2"}]},
    ]);
    assert_eq!(nearest, expected);
    let tagged = explain(&app, "DescribeSnapshots&RegionId=cn-beijing&Tag.1.Key=env", None).await;
    assert_eq!(tagged["Nearest"].as_array().unwrap().len(), 1, "{tagged}");
    let all = explain(&app, "DescribeSnapshots&RegionId=cn-hangzhou", None).await["Nearest"].clone();
    assert_eq!((all[0]["Id"].clone(), all.as_array().unwrap().len()), (json!("s-5"), 1));
}

#[actix_web::test]
async fn a_resource_may_be_elsewhere_or_nowhere() {
    let state = "
Snapshots:
  - {SnapshotId: s-1, RegionId: cn-beijing}
  - {SnapshotId: s-2, ExpirationTime: '2026-03-15T12:00:10Z'}
Disks:
  - {DiskId: d-1}
";
    let app = TestApp::seeded(state).await;
    app.sandbox("mine", json!("empty")).await;
    let other = json!({"SnapshotId": "s-3"});
    assert_eq!(app.control("POST", "/sandboxes/mine/snapshots", other).await.status, 201);
    let query = "DescribeSnapshots&RegionId=cn-hangzhou";
    let row = async |id: &'static str| explain(&app, query, Some(id)).await["Row"].clone();

    let region = row("s-1").await;
    assert_eq!(region["Elsewhere"], json!({"RegionId": "cn-beijing"}));
    assert_eq!(region["Failed"], json!([{"Name": "RegionId", "Asked": "cn-hangzhou", "Has": "cn-beijing"}]));
    assert_eq!(row("s-3").await, json!({"Id": "s-3", "Listed": false, "Failed": [], "Elsewhere": {"Sandbox": "mine"}}));
    for nowhere in ["s-9", "d-9", ""] {
        let expected = json!({"Id": nowhere, "Listed": false, "Failed": []});
        assert_eq!(row(nowhere).await, expected);
    }
    assert_eq!(row("s-2").await["Listed"], true);
    app.clock.set(NOW.plus(10));
    let expired =
        json!({"Id": "s-2", "Listed": false, "Failed": [], "Elsewhere": {"ExpiredAt": "2026-03-15T12:00:10Z"}});
    assert_eq!(row("s-2").await, expired);
}

#[actix_web::test]
async fn an_id_may_be_nearly_right_or_that_of_another_kind() {
    let state = "
Snapshots:
  - {SnapshotId: s-1}
  - {SnapshotId: S-UP}
  - {SnapshotId: s-gone, ExpirationTime: '2026-03-15T12:00:10Z'}
Disks:
  - {DiskId: d-1}
";
    let app = TestApp::seeded(state).await;
    app.clock.set(NOW.plus(10));
    for (id, asked, has, hint) in [
        ("d-1", "d-1", "Disk", "type"),
        (" D-1", "\\u{20}D-1", "Disk", "type"),
        ("s-1 ", "s-1\\u{20}", "s-1", "space"),
        ("\u{a0}s-1", "\\u{a0}s-1", "s-1", "space"),
        ("S-1", "S-1", "s-1", "case"),
        ("s-up", "s-up", "S-UP", "case"),
    ] {
        let row = explain(&app, "DescribeSnapshots&RegionId=cn-hangzhou", Some(id)).await["Row"].clone();
        let failed = json!([{"Name": "Id", "Asked": asked, "Has": has, "Hint": hint}]);
        assert_eq!(row, json!({"Id": id, "Listed": false, "Failed": failed}));
    }
    let gone = explain(&app, "DescribeSnapshots&RegionId=cn-hangzhou", Some("S-GONE")).await["Row"].clone();
    assert_eq!(gone, json!({"Id": "S-GONE", "Listed": false, "Failed": []}), "what is gone is not meant");
}
