//! Every request parameter: what it lets through.

use crate::support::TestApp;

#[actix_web::test]
async fn region_id_selects_the_region() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, RegionId: cn-hangzhou}
          - {SnapshotId: s-2, RegionId: cn-beijing}
          - {SnapshotId: s-3, RegionId: my-own-region}
        ",
    )
    .await;
    assert_eq!(app.ids("").await, ["s-1"]);
    // A region that no list has is known once something is in it.
    let reply = app.describe_in("my-own-region", "").await;
    assert_eq!(reply["Snapshots"]["Snapshot"][0]["SnapshotId"], "s-3");
    // A public region may be empty.
    assert_eq!(app.describe_in("eu-central-1", "").await["TotalCount"], 0);
}

#[actix_web::test]
async fn ids_of_disk_instance_key_group_and_chain_match_exactly() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, SourceDiskId: d-1, InstanceId: i-1, KMSKeyId: k-1, ResourceGroupId: rg-1, SnapshotLinkId: sl-1}
          - {SnapshotId: s-2, SourceDiskId: d-2, InstanceId: i-2, KMSKeyId: k-2, ResourceGroupId: rg-2, SnapshotLinkId: sl-2}
          - {SnapshotId: s-3}
        ",
    )
    .await;
    for name in ["DiskId", "InstanceId", "KMSKeyId", "ResourceGroupId", "SnapshotLinkId"] {
        let prefix = match name {
            "DiskId" => "d",
            "InstanceId" => "i",
            "KMSKeyId" => "k",
            "ResourceGroupId" => "rg",
            _ => "sl",
        };
        assert_eq!(app.ids(&format!("{name}={prefix}-1")).await, ["s-1"], "{name}");
        assert_eq!(app.ids(&format!("{name}={prefix}-2")).await, ["s-2"], "{name}");
        assert_eq!(app.ids(&format!("{name}=")).await, ["s-1", "s-2", "s-3"], "an empty {name} is none");
        if name != "SnapshotLinkId" {
            let none: [&str; 0] = [];
            assert_eq!(app.ids(&format!("{name}={prefix}-unknown")).await, none, "an unknown {name} is no error");
            assert_eq!(app.ids(&format!("{name}={}-1", prefix.to_uppercase())).await, none, "{name} has a case");
        }
    }
}

#[actix_web::test]
async fn snapshot_name_matches_whole_and_with_its_case() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, SnapshotName: web}
          - {SnapshotId: s-2, SnapshotName: Web}
          - {SnapshotId: s-3, SnapshotName: web-1}
          - {SnapshotId: s-4, SnapshotName: 'we*'}
          - {SnapshotId: s-5, SnapshotName: '备份 50% <&> \"a\" _'}
          - {SnapshotId: s-6}
        ",
    )
    .await;
    assert_eq!(app.ids("SnapshotName=web").await, ["s-1"]);
    assert_eq!(app.ids("SnapshotName=Web").await, ["s-2"]);
    assert_eq!(app.ids("SnapshotName=we*").await, ["s-4"], "a star is a star");
    assert_eq!(
        app.ids("SnapshotName=%E5%A4%87%E4%BB%BD+50%25%20%3C%26%3E%20%22a%22%20_").await,
        ["s-5"],
        "decoded from percent signs and pluses"
    );
}

#[actix_web::test]
async fn snapshot_ids_are_a_json_array() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2}, {SnapshotId: s-3}]").await;
    assert_eq!(app.ids("SnapshotIds=%5B%22s-3%22%2C%22s-1%22%5D").await, ["s-1", "s-3"]);
    assert_eq!(app.ids("SnapshotIds=%20%5B%20%22s-2%22%20%5D%20").await, ["s-2"], "with white space");
    assert_eq!(app.ids("SnapshotIds=%5B%22s-2%22%2C%22s-2%22%5D").await, ["s-2"], "twice is once");
    assert_eq!(app.ids("SnapshotIds=%5B%22s-2%22%2C%22s-9%22%5D").await, ["s-2"], "unknown ones are dropped");
    let none: [&str; 0] = [];
    assert_eq!(app.ids("SnapshotIds=%5B%5D").await, none, "an empty array matches nothing");
    assert_eq!(app.ids("SnapshotIds=").await, ["s-1", "s-2", "s-3"], "an empty text is no filter");
}

#[actix_web::test]
async fn a_hundred_snapshot_ids_are_accepted() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-99}, {SnapshotId: s-100}]").await;
    let ids: Vec<String> = (0..100).map(|number| format!("%22s-{number}%22")).collect();
    assert_eq!(app.ids(&format!("SnapshotIds=%5B{}%5D", ids.join(","))).await, ["s-1", "s-99"]);
}

#[actix_web::test]
async fn status_follows_the_clock_unless_it_is_pinned() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, Status: progressing}
          - {SnapshotId: s-2, Status: accomplished}
          - {SnapshotId: s-3, Status: failed}
          - {SnapshotId: s-4, ReadyTime: 2026-03-15T12:01:40Z}
          - {SnapshotId: s-5, ReadyTime: 2026-03-15T12:01:40Z, Outcome: failed}
          - {SnapshotId: s-6}
        ",
    )
    .await;
    assert_eq!(app.ids("Status=progressing").await, ["s-1", "s-4", "s-5"]);
    assert_eq!(app.ids("Status=accomplished").await, ["s-2", "s-6"]);
    assert_eq!(app.ids("Status=failed").await, ["s-3"]);
    assert_eq!(app.ids("Status=all").await.len(), 6);
    app.clock.set(crate::support::NOW.plus(99));
    assert_eq!(app.ids("Status=progressing").await, ["s-1", "s-4", "s-5"]);
    app.clock.set(crate::support::NOW.plus(100));
    assert_eq!(app.ids("Status=progressing").await, ["s-1"]);
    assert_eq!(app.ids("Status=accomplished").await, ["s-2", "s-4", "s-6"]);
    assert_eq!(app.ids("Status=failed").await, ["s-3", "s-5"]);
}

#[actix_web::test]
async fn snapshot_type_auto_matches_what_the_service_calls_timer() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, SnapshotType: auto}
          - {SnapshotId: s-2, SnapshotType: timer}
          - {SnapshotId: s-3, SnapshotType: user}
        ",
    )
    .await;
    assert_eq!(app.ids("SnapshotType=auto").await, ["s-1", "s-2"]);
    assert_eq!(app.ids("SnapshotType=user").await, ["s-3"]);
    assert_eq!(app.ids("SnapshotType=all").await, ["s-1", "s-2", "s-3"]);
}

#[actix_web::test]
async fn usage_is_a_class_of_its_own() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, Usage: image}
          - {SnapshotId: s-2, Usage: disk}
          - {SnapshotId: s-3, Usage: image_disk}
          - {SnapshotId: s-4, Usage: none}
        ",
    )
    .await;
    for (usage, id) in [("image", "s-1"), ("disk", "s-2"), ("image_disk", "s-3"), ("none", "s-4")] {
        assert_eq!(app.ids(&format!("Usage={usage}")).await, [id]);
    }
}

#[actix_web::test]
async fn source_disk_type_and_category_match_in_any_case() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, SourceDiskType: System, Category: standard}
          - {SnapshotId: s-2, SourceDiskType: DATA, Category: Flash}
          - {SnapshotId: s-3, SourceDiskType: data, Category: archive}
        ",
    )
    .await;
    for spelling in ["Data", "data", "DATA", "dAtA"] {
        assert_eq!(app.ids(&format!("SourceDiskType={spelling}")).await, ["s-2", "s-3"], "{spelling}");
    }
    assert_eq!(app.ids("SourceDiskType=system").await, ["s-1"]);
    assert_eq!(app.ids("Category=FLASH").await, ["s-2"]);
    assert_eq!(app.ids("Category=Standard").await, ["s-1"]);
    assert_eq!(app.ids("Category=archive").await, ["s-3"]);
}

#[actix_web::test]
async fn encrypted_true_filters_and_false_does_not() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1, Encrypted: true}, {SnapshotId: s-2}]").await;
    for spelling in ["true", "True", "TRUE"] {
        assert_eq!(app.ids(&format!("Encrypted={spelling}")).await, ["s-1"], "{spelling}");
    }
    for spelling in ["false", "False", ""] {
        assert_eq!(app.ids(&format!("Encrypted={spelling}")).await, ["s-1", "s-2"], "{spelling}");
    }
}

#[actix_web::test]
async fn filters_bound_the_creation_time_inclusively_in_either_slot() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, CreationTime: 2017-12-05T22:40:00Z}
          - {SnapshotId: s-2, CreationTime: 2017-12-05T22:40:01Z}
          - {SnapshotId: s-3, CreationTime: 2017-12-06T22:40:00Z}
        ",
    )
    .await;
    let (start, end) = ("CreationStartTime", "CreationEndTime");
    let from = |time: &str| format!("Filter.1.Key={start}&Filter.1.Value={time}");
    assert_eq!(app.ids(&from("2017-12-05T22:40:01Z")).await, ["s-3", "s-2"]);
    assert_eq!(app.ids(&from("2017-12-05T22:40Z")).await, ["s-3", "s-2", "s-1"], "without seconds");
    assert_eq!(app.ids(&from("2017-12-06T22:40:01Z")).await, [""; 0]);
    let until = |time: &str| format!("Filter.2.Key={end}&Filter.2.Value={time}");
    assert_eq!(app.ids(&until("2017-12-05T22:40:00Z")).await, ["s-1"]);
    assert_eq!(app.ids(&until("2017-12-05T22:39:59Z")).await, [""; 0]);
    let between = format!("{}&{}", from("2017-12-05T22:40:01Z"), until("2017-12-05T23:00Z"));
    assert_eq!(app.ids(&between).await, ["s-2"]);
    let swapped = format!(
        "Filter.2.Key={start}&Filter.2.Value=2017-12-05T22:40:01Z&Filter.1.Key={end}&Filter.1.Value=2017-12-05T23:00Z"
    );
    assert_eq!(app.ids(&swapped).await, ["s-2"]);
    let twice = format!("{}&Filter.2.Key={start}&Filter.2.Value=2017-12-06T00:00Z", from("2017-12-05T22:40:01Z"));
    assert_eq!(app.ids(&twice).await, ["s-3"], "both bounds hold");
    let two_ends = format!("Filter.1.Key={end}&Filter.1.Value=2017-12-05T22:40Z&{}", until("2017-12-07T00:00Z"));
    assert_eq!(app.ids(&two_ends).await, ["s-1"], "both bounds hold");
}

#[actix_web::test]
async fn tags_are_anded_and_may_leave_gaps() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, Tags: {env: prod, app: shop}}
          - {SnapshotId: s-2, Tags: {env: prod}}
          - {SnapshotId: s-3, Tags: {env: test, app: shop}}
          - {SnapshotId: s-4, Tags: {env: ''}}
          - {SnapshotId: s-5}
        ",
    )
    .await;
    assert_eq!(app.ids("Tag.1.Key=env&Tag.1.Value=prod").await, ["s-1", "s-2"]);
    assert_eq!(app.ids("Tag.20.Key=env&Tag.20.Value=prod&Tag.3.Key=app&Tag.3.Value=shop").await, ["s-1"]);
    assert_eq!(app.ids("Tag.1.Key=env").await, ["s-1", "s-2", "s-3", "s-4"], "a key alone matches any value");
    assert_eq!(app.ids("Tag.1.Key=env&Tag.1.Value=").await, ["s-4"], "an empty value matches an empty value");
    assert_eq!(app.ids("Tag.1.Key=ENV").await, [""; 0], "keys have a case");
    assert_eq!(app.ids("Tag.1.Key=env&Tag.1.Value=PROD").await, [""; 0], "values have a case");
    let two_values = "Tag.1.Key=env&Tag.1.Value=prod&Tag.2.Key=env&Tag.2.Value=test";
    assert_eq!(app.ids(two_values).await, [""; 0], "one key has one value");
    assert_eq!(app.ids("Tag.1.Key=env&Tag.1.Value=prod&Tag.2.Key=env").await, ["s-1", "s-2"]);
}

#[actix_web::test]
async fn twenty_tags_are_accepted() {
    let tags: Vec<String> = (1..=20).map(|n| format!("k{n}: v{n}")).collect();
    let app = TestApp::seeded(&format!("Snapshots: [{{SnapshotId: s-1, Tags: {{{}}}}}]", tags.join(", "))).await;
    let query: Vec<String> = (1..=20).map(|n| format!("Tag.{n}.Key=k{n}&Tag.{n}.Value=v{n}")).collect();
    assert_eq!(app.ids(&query.join("&")).await, ["s-1"]);
}

#[actix_web::test]
async fn names_match_in_any_case_and_unknown_parameters_are_ignored() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, SourceDiskId: d-1, Tags: {env: prod}}
          - {SnapshotId: s-2}
        ",
    )
    .await;
    assert_eq!(app.ids("Tag.1.key=env&Tag.1.value=prod").await, ["s-1"], "the older spelling of tags");
    assert_eq!(app.ids("diskId=d-1").await, ["s-1"]);
    assert_eq!(app.ids("OwnerAccount=a&ResourceOwnerId=1&output=x&Tag.x.Key=y&Tag.1=z").await, ["s-1", "s-2"]);
    assert_eq!(app.ids("DiskId=d-1&DiskId=d-2&diskid=d-3").await, ["s-1"], "the first one counts");
}

#[actix_web::test]
async fn all_conditions_hold_at_once() {
    let app = TestApp::spawn().await;
    // The documentation's example request, with the ids of the seed.
    let query = "InstanceId=i-instanceid1&DiskId=d-diskid1&SnapshotIds=%5B%22s-snapshotid1%22%2C%22s-yyyyyyyyy%22%5D\
        &PageNumber=1&PageSize=10&SnapshotName=FinanceJoshua&Status=all&SnapshotType=all&Usage=none&SourceDiskType=Data\
        &Tag.1.Key=FinanceDept&Tag.1.Value=FinanceDeptJoshua&Encrypted=false&DryRun=false";
    assert_eq!(app.ids(query).await, ["s-snapshotid1"]);
    for (part, other) in [
        ("InstanceId=i-instanceid1", "InstanceId=i-23gvmd5jq"),
        ("DiskId=d-diskid1", "DiskId=d-23x0r79qy"),
        ("s-snapshotid1", "s-23f2i9s4t"),
        ("SnapshotName=FinanceJoshua", "SnapshotName=FinanceJoe"),
        ("Status=all", "Status=failed"),
        ("SnapshotType=all", "SnapshotType=auto"),
        ("Usage=none", "Usage=image"),
        ("SourceDiskType=Data", "SourceDiskType=System"),
        ("Tag.1.Value=FinanceDeptJoshua", "Tag.1.Value=FinanceDeptJoe"),
        ("Encrypted=false", "Encrypted=true"),
    ] {
        assert!(query.contains(part));
        assert_eq!(app.ids(&query.replace(part, other)).await, [""; 0], "{other}");
    }
}

#[actix_web::test]
async fn what_has_expired_is_gone() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, ExpirationTime: 2026-03-15T12:00:10Z, RetentionDays: 1, CreationTime: 2020-01-01T00:00Z}
          - {SnapshotId: s-2, RetentionDays: 1, CreationTime: 2020-01-01T00:00Z}
        ",
    )
    .await;
    assert_eq!(app.ids("").await, ["s-1", "s-2"], "RetentionDays alone lets nothing expire");
    app.clock.set(crate::support::NOW.plus(10));
    assert_eq!(app.ids("").await, ["s-2"]);
}
