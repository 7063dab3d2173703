//! Every request parameter: what it lets through.

use serde_json::{Value, json};

use super::super::{described_in, ids};
use crate::support::TestApp;

#[actix_web::test]
async fn region_id_selects_the_region() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}, {DiskId: d-2, RegionId: my-own-region}]").await;
    assert_eq!(ids(&app, "").await, ["d-1"]);
    let reply = described_in(&app, "my-own-region", "").await;
    assert_eq!(reply["Disks"]["Disk"][0]["DiskId"], "d-2");
    assert_eq!(described_in(&app, "eu-central-1", "").await["TotalCount"], 0);
}

#[actix_web::test]
async fn texts_match_whole_and_with_their_case() {
    let app = TestApp::seeded(
        "
        Snapshots: [{SnapshotId: s-a}, {SnapshotId: s-A}]
        Instances: [{InstanceId: i-a}]
        Disks:
          - DiskId: d-1
            DiskName: web
            InstanceId: i-a
            SourceSnapshotId: s-a
            KMSKeyId: k-a
            ResourceGroupId: rg-a
            PerformanceLevel: PL2
          - {DiskId: d-2, DiskName: web-1}
        ",
    )
    .await;
    for (name, value, other) in [
        ("DiskName", "web", "Web"),
        ("InstanceId", "i-a", "i-A"),
        ("SnapshotId", "s-a", "s-A"),
        ("KMSKeyId", "k-a", "k-A"),
        ("ResourceGroupId", "rg-a", "rg-A"),
        ("PerformanceLevel", "PL2", "PL3"),
    ] {
        assert_eq!(ids(&app, &format!("{name}={value}")).await, ["d-1"], "{name}");
        assert_eq!(ids(&app, &format!("{name}={other}")).await, [""; 0], "{name}");
        assert_eq!(ids(&app, &format!("{name}=")).await, ["d-1", "d-2"], "an empty {name} is none");
    }
}

#[actix_web::test]
async fn disk_ids_are_a_json_array() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}, {DiskId: d-2}, {DiskId: d-3}]").await;
    assert_eq!(ids(&app, "DiskIds=%5B%22d-3%22%2C%22d-1%22%2C%22d-9%22%5D").await, ["d-1", "d-3"]);
    assert_eq!(ids(&app, "DiskIds=%5B%5D").await, [""; 0], "an empty array matches nothing");
    assert_eq!(ids(&app, "DiskIds=").await, ["d-1", "d-2", "d-3"], "an empty text is no filter");
    let hundred: Vec<String> = (0..100).map(|number| format!("%22d-{number}%22")).collect();
    assert_eq!(ids(&app, &format!("DiskIds=%5B{}%5D", hundred.join(","))).await, ["d-1", "d-2", "d-3"]);
}

#[actix_web::test]
async fn words_select_and_all_does_not() {
    let app = TestApp::seeded(
        "
        Disks:
          - {DiskId: d-1, Category: cloud_essd, Type: SYSTEM, DiskChargeType: PrePaid, MultiAttach: Enabled}
          - {DiskId: d-2, Category: cloud_essd_entry, MultiAttach: LegacyShared}
          - {DiskId: d-3, Category: local_ssd_pro, OperationLocks: [{LockReason: security}]}
          - {DiskId: d-4, OperationLocks: [{LockReason: security}, {LockReason: financial}]}
        ",
    )
    .await;
    for (query, expected) in [
        ("Category=cloud_essd", &["d-1"][..]),
        ("Category=cloud_essd_entry", &["d-2"]),
        ("Category=local_ssd_pro", &["d-3"]),
        ("Category=cloud", &["d-4"]),
        ("Category=cloud_auto", &[]),
        ("Category=all", &["d-1", "d-2", "d-3", "d-4"]),
        ("DiskType=system", &["d-1"]),
        ("DiskType=data", &["d-2", "d-3", "d-4"]),
        ("DiskType=all", &["d-1", "d-2", "d-3", "d-4"]),
        ("DiskChargeType=PrePaid", &["d-1"]),
        ("DiskChargeType=PostPaid", &["d-2", "d-3", "d-4"]),
        ("MultiAttach=Enabled", &["d-1"]),
        ("MultiAttach=LegacyShared", &["d-2"]),
        ("MultiAttach=Disabled", &["d-3", "d-4"]),
        ("EnableShared=true", &["d-1", "d-2"]),
        ("EnableShared=false", &["d-1", "d-2", "d-3", "d-4"]),
        ("EnableShared=true&MultiAttach=Enabled", &["d-1"]),
        ("EnableShared=false&MultiAttach=Disabled", &["d-3", "d-4"]),
        ("LockReason=security", &["d-3", "d-4"]),
        ("LockReason=financial", &["d-4"]),
    ] {
        assert_eq!(ids(&app, query).await, expected, "{query}");
    }
}

#[actix_web::test]
async fn status_is_what_a_disk_does_now() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1}]
        Disks:
          - {DiskId: d-1, InstanceId: i-1}
          - {DiskId: d-2}
          - {DiskId: d-3, Status: Attaching}
          - {DiskId: d-4, Status: Detaching, InstanceId: i-1}
          - {DiskId: d-5, Status: Creating}
          - {DiskId: d-6, Status: ReIniting}
        ",
    )
    .await;
    let statuses = ["In_use", "Available", "Attaching", "Detaching", "Creating", "ReIniting"];
    for (number, status) in statuses.iter().enumerate() {
        assert_eq!(ids(&app, &format!("Status={status}")).await, [format!("d-{}", number + 1)], "{status}");
    }
    for all in ["All", "all", "ALL", ""] {
        assert_eq!(ids(&app, &format!("Status={all}")).await.len(), 6, "{all}");
    }
    app.arrange("PATCH", "/disks/d-5", json!({"Status": null})).await;
    assert_eq!(ids(&app, "Status=Available").await, ["d-2", "d-5"]);
    app.arrange("DELETE", "/instances/i-1", Value::Null).await;
    assert_eq!(ids(&app, "Status=Available").await, ["d-1", "d-2", "d-4", "d-5"]);
    assert_eq!(ids(&app, "InstanceId=i-1").await, [""; 0]);
}

#[actix_web::test]
async fn switches_select_either_way_but_encrypted_only_one() {
    let app = TestApp::seeded(
        "
        Disks:
          - DiskId: d-1
            Portable: false
            DeleteWithInstance: true
            DeleteAutoSnapshot: false
            EnableAutoSnapshot: false
            Encrypted: true
          - {DiskId: d-2}
        ",
    )
    .await;
    for (name, of_first) in [
        ("Portable", false),
        ("DeleteWithInstance", true),
        ("DeleteAutoSnapshot", false),
        ("EnableAutoSnapshot", false),
    ] {
        assert_eq!(ids(&app, &format!("{name}={of_first}")).await, ["d-1"], "{name}");
        assert_eq!(ids(&app, &format!("{name}={}", !of_first)).await, ["d-2"], "{name}");
        assert_eq!(ids(&app, &format!("{name}=")).await, ["d-1", "d-2"], "{name}");
    }
    for spelling in ["true", "True", "TRUE"] {
        assert_eq!(ids(&app, &format!("Encrypted={spelling}")).await, ["d-1"], "{spelling}");
    }
    assert_eq!(ids(&app, "Encrypted=false").await, ["d-1", "d-2"]);
}

#[actix_web::test]
async fn disks_without_a_policy_are_found_without_one() {
    let app = TestApp::seeded("Disks: [{DiskId: d-1}]").await;
    assert_eq!(ids(&app, "AutoSnapshotPolicyId=sp-1").await, [""; 0]);
    assert_eq!(ids(&app, "EnableAutomatedSnapshotPolicy=true").await, [""; 0]);
    assert_eq!(ids(&app, "EnableAutomatedSnapshotPolicy=false&AutoSnapshotPolicyId=").await, ["d-1"]);
}

#[actix_web::test]
async fn a_zone_is_the_disks_own_or_its_instances() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1, ZoneId: cn-hangzhou-g}]
        Disks: [{DiskId: d-1, InstanceId: i-1}, {DiskId: d-2, ZoneId: cn-hangzhou-b}, {DiskId: d-3}]
        ",
    )
    .await;
    for (zone, expected) in [("g", "d-1"), ("b", "d-2"), ("h", "d-3")] {
        assert_eq!(ids(&app, &format!("ZoneId=cn-hangzhou-{zone}")).await, [expected], "{zone}");
    }
    app.arrange("PATCH", "/instances/i-1", json!({"ZoneId": "cn-hangzhou-b"})).await;
    assert_eq!(ids(&app, "ZoneId=cn-hangzhou-b").await, ["d-1", "d-2"]);
}

#[actix_web::test]
async fn creation_times_and_tags_as_in_lists_of_snapshots() {
    let app = TestApp::seeded(
        "
        Disks:
          - {DiskId: d-1, CreationTime: 2017-12-05T22:40:00Z, Tags: {env: prod, app: shop}}
          - {DiskId: d-2, CreationTime: 2017-12-05T22:40:01Z, Tags: {env: prod}}
          - {DiskId: d-3, CreationTime: 2017-12-06T22:40:00Z, Tags: {env: test}}
        ",
    )
    .await;
    let from = "Filter.1.Key=CreationStartTime&Filter.1.Value=2017-12-05T22:40:01Z";
    let until = "Filter.2.Key=CreationEndTime&Filter.2.Value=2017-12-05T22:41Z";
    assert_eq!(ids(&app, from).await, ["d-3", "d-2"]);
    assert_eq!(ids(&app, until).await, ["d-2", "d-1"]);
    assert_eq!(ids(&app, &format!("{from}&{until}")).await, ["d-2"]);
    assert_eq!(ids(&app, "Tag.1.Key=env&Tag.1.Value=prod").await, ["d-2", "d-1"]);
    assert_eq!(ids(&app, "Tag.1.key=env&Tag.1.value=prod&Tag.20.Key=app").await, ["d-1"]);
    assert_eq!(ids(&app, &format!("Tag.1.Key=env&{from}&Status=Available")).await, ["d-3", "d-2"]);
}

#[actix_web::test]
async fn the_control_plane_has_the_same_filters() {
    let app = TestApp::seeded(
        "Disks: [{DiskId: d-1, Category: cloud_essd, Encrypted: true}, {DiskId: d-2, Category: cloud_essd}, {DiskId: d-3}]",
    )
    .await;
    let listed = app.arrange("GET", "/disks?Category=cloud_essd&Encrypted=true", Value::Null).await;
    assert_eq!((&listed["TotalCount"], &listed["Disks"][0]["DiskId"]), (&json!(1), &json!("d-1")));
    let changed = app.arrange("PATCH", "/disks?Category=cloud_essd", json!({"Status": "Creating"})).await;
    assert_eq!(changed["Changed"], 2);
    assert_eq!(ids(&app, "Status=Creating").await, ["d-1", "d-2"]);
    let removed = app.arrange("DELETE", "/disks?Status=Creating", Value::Null).await;
    assert_eq!(removed["Removed"], 2);
    assert_eq!(ids(&app, "").await, ["d-3"]);
    let refused = app.control("GET", "/sandboxes/default/disks?Status=busy", Value::Null).await;
    assert_eq!((refused.status, &refused.json()["field"]), (400, &json!("Status")));
}
