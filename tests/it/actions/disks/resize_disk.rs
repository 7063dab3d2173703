//! ResizeDisk: which disks grow, and how far.

use serde_json::{Value, json};

use super::disk;
use crate::support::{Fault, NOW, TestApp, golden};

const SEED: &str = "
Instances:
  - {InstanceId: i-running}
  - {InstanceId: i-stopped, Status: Stopped}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-starting, Status: Starting}
  - {InstanceId: i-stopping, Status: Stopping}
  - {InstanceId: i-locked, Status: Starting, OperationLocks: [{LockReason: security}]}
Disks:
  - {DiskId: d-1, Category: cloud_essd}
  - {DiskId: d-running, Category: cloud_essd, InstanceId: i-running}
  - {DiskId: d-stopped, Category: cloud_ssd, InstanceId: i-stopped}
  - {DiskId: d-pending, Category: cloud_auto, InstanceId: i-pending}
  - {DiskId: d-starting, Category: cloud_auto, InstanceId: i-starting}
  - {DiskId: d-stopping, Category: cloud_auto, InstanceId: i-stopping}
  - {DiskId: d-locked, Category: cloud_auto, InstanceId: i-locked}
  - {DiskId: d-cloud, InstanceId: i-running}
  - {DiskId: d-local, Category: local_ssd_pro, Status: Creating}
  - {DiskId: d-ephemeral, Category: ephemeral_ssd}
  - {DiskId: d-other, Category: cloud_of_smoke, Status: Creating}
  - {DiskId: d-attaching, Category: cloud_auto, InstanceId: i-locked, Status: Attaching}
  - {DiskId: d-detaching, Category: cloud_auto, Status: Detaching}
  - {DiskId: d-creating, Category: cloud_auto, Status: Creating}
  - {DiskId: d-reiniting, Category: cloud_auto, Status: ReIniting}
  - {DiskId: d-busy, Category: cloud_auto}
  - {DiskId: d-prepaid, DiskChargeType: PrePaid, RegionId: us-west-1}
Snapshots:
  - {SnapshotId: s-1, SourceDiskId: d-busy, Status: progressing}
  - {SnapshotId: s-2, SourceDiskId: d-1}
";

const NOT_ONLINE: &str = "The current status of the resource does not support resize online.";
const DISK_STATUS: &str = "The current disk status does not support this operation.";
const TOO_LARGE: &str = "Specified new disk size is beyond the permitted range.";

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let missing = |name: &str| {
        format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.")
    };
    let malformed = |name: &str| format!("The specified parameter \"{name}\" is not valid.");
    let long_token = format!("DiskId=d-1&NewSize=50&ClientToken={}", "x".repeat(65));
    app.refuses_all(
        "ResizeDisk",
        &[
            ("NewSize=50", 400, "MissingParameter", &missing("DiskId")),
            ("", 400, "MissingParameter", &missing("DiskId")),
            ("DiskId=d-1", 400, "MissingParameter", &missing("NewSize")),
            ("DiskId=d-1&NewSize=", 400, "MissingParameter", &missing("NewSize")),
            ("DiskId=d-1&NewSize=x", 400, "InvalidParameter", &malformed("NewSize")),
            ("DiskId=d-1&NewSize=50.5", 400, "InvalidParameter", &malformed("NewSize")),
            ("DiskId=d-1&NewSize=2147483648", 400, "InvalidParameter", &malformed("NewSize")),
            (&long_token, 400, "InvalidParameter", &malformed("ClientToken")),
            ("DiskId=d-1&NewSize=50&ClientToken=%C3%A9", 400, "InvalidParameter", &malformed("ClientToken")),
            ("DiskId=d-1&NewSize=50&Type=x", 400, "InvalidParam.Type", "The specified type is not supported."),
            ("DiskId=d-1&NewSize=50&Type=Online", 400, "InvalidParam.Type", "The specified type is not supported."),
        ],
    )
    .await;
    app.refuses_in_order(
        "ResizeDisk",
        "DiskId=d-1&NewSize=50",
        &[
            ("ClientToken=%C3%A9", "InvalidParameter"),
            ("NewSize=x", "InvalidParameter"),
            ("Type=x", "InvalidParam.Type"),
            ("DiskId=d-unknown", "InvalidDiskId.NotFound"),
            ("NewSize=1", "InvalidDiskSize.TooSmall"),
        ],
    )
    .await;
}

#[actix_web::test]
async fn what_is_wrong_with_a_disk_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let denied = "The type of the disk does not support the operation.";
    let instance = "The current status of the resource does not support this operation.";
    let locked = "The instance is locked due to security.";
    let category = "The specified disk category is not supported.";
    let running = "The status of instance to which the disk attachs must be running when resizing online.";
    let busy = "The operation is denied due to a snapshot of the specified disk is not completed yet.";
    app.refuses_all(
        "ResizeDisk&NewSize=50",
        &[
            ("DiskId=d-unknown", 404, "InvalidDiskId.NotFound", "The specified disk does not exist."),
            ("DiskId=d-local", 403, "OperationDenied", denied),
            ("DiskId=d-ephemeral", 403, "OperationDenied", denied),
            ("DiskId=d-other", 403, "InvalidDiskCategory.NotSupported", category),
            ("DiskId=d-attaching", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-detaching", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-creating&Type=offline", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-reiniting", 403, "IncorrectDiskStatus", DISK_STATUS),
            ("DiskId=d-locked", 403, "InstanceLockedForSecurity", locked),
            ("DiskId=d-locked&Type=online", 403, "InstanceLockedForSecurity", locked),
            ("DiskId=d-pending", 403, "IncorrectInstanceStatus", instance),
            ("DiskId=d-starting", 403, "IncorrectInstanceStatus", instance),
            ("DiskId=d-stopping&Type=offline", 403, "IncorrectInstanceStatus", instance),
            ("DiskId=d-busy", 403, "DiskCreatingSnapshot", busy),
            // Online.
            (
                "DiskId=d-cloud&Type=online",
                403,
                "InvalidDiskCategory.NotSupported",
                "The specified disk category does not support resize online.",
            ),
            ("DiskId=d-creating&Type=online", 403, "IncorrectDiskStatus", NOT_ONLINE),
            ("DiskId=d-1&Type=online", 403, "IncorrectDiskStatus", NOT_ONLINE),
            ("DiskId=d-stopped&Type=online", 403, "InvalidInstanceStatus.NotRunning", running),
            ("DiskId=d-pending&Type=online", 403, "IncorrectInstanceStatus", NOT_ONLINE),
            ("DiskId=d-starting&Type=online", 403, "IncorrectInstanceStatus", NOT_ONLINE),
            ("DiskId=d-stopping&Type=online", 403, "IncorrectInstanceStatus", NOT_ONLINE),
        ],
    )
    .await;
}

#[actix_web::test]
async fn a_disk_grows_as_far_as_its_category_and_never_shrinks() {
    let app = TestApp::empty().await;
    let small = "Specified new disk size is less than the original disk size.";
    let same = "Specified new disk size is less than or equal the original disk size.";
    let system = "The specified system disk size is invalid.";
    for (category, level, largest) in [
        ("cloud", Value::Null, 2_000),
        ("cloud_efficiency", Value::Null, 32_768),
        ("cloud_ssd", Value::Null, 32_768),
        ("cloud_essd", json!("PL0"), 65_536),
        ("cloud_essd", json!("PL3"), 65_536),
        ("cloud_auto", Value::Null, 65_536),
        ("cloud_essd_entry", Value::Null, 32_768),
        ("cloud_regional_disk_auto", Value::Null, 65_536),
        ("elastic_ephemeral_disk_standard", Value::Null, 8_192),
        ("elastic_ephemeral_disk_premium", Value::Null, 8_192),
    ] {
        let entry = json!({"DiskId": "d-1", "Category": category, "PerformanceLevel": level, "Size": 70});
        app.arrange("PUT", "/state", json!({"Disks": [entry]})).await;
        let too_large = format!("DiskId=d-1&NewSize={}", largest + 1);
        app.refuses_all(
            "ResizeDisk",
            &[
                ("DiskId=d-1&NewSize=69", 403, "InvalidDiskSize.TooSmall", small),
                ("DiskId=d-1&NewSize=0", 403, "InvalidDiskSize.TooSmall", small),
                ("DiskId=d-1&NewSize=-2147483648", 403, "InvalidDiskSize.TooSmall", small),
                ("DiskId=d-1&NewSize=70", 403, "InvalidDiskSize", same),
                (&too_large, 403, "InvalidDiskSize.TooLarge", TOO_LARGE),
                ("DiskId=d-1&NewSize=2147483647", 403, "InvalidDiskSize.TooLarge", TOO_LARGE),
            ],
        )
        .await;
        for size in [71, largest] {
            app.act(&format!("ResizeDisk&DiskId=d-1&NewSize={size}")).await;
            assert_eq!(disk(&app, "d-1").await["Size"], size, "{category}");
        }
    }
    for (category, largest) in [("cloud", 500), ("cloud_essd", 2_048), ("cloud_efficiency", 2_048)] {
        let entry = json!({"DiskId": "d-1", "Type": "system", "Category": category});
        app.arrange("PUT", "/state", json!({"Disks": [entry]})).await;
        let too_large = format!("DiskId=d-1&NewSize={}", largest + 1);
        app.refuses_all("ResizeDisk", &[(&too_large, 400, "InvalidSystemDiskSize.ValueNotSupported", system)]).await;
        app.act(&format!("ResizeDisk&DiskId=d-1&NewSize={largest}")).await;
    }
}

#[actix_web::test]
async fn it_is_larger_at_once_and_nothing_else_is_another() {
    let app = TestApp::seeded(SEED).await;
    for query in [
        "DiskId=d-1",
        "DiskId=d-running",
        "DiskId=d-running&Type=online",
        "DiskId=d-stopped&Type=offline",
        "DiskId=d-cloud",
    ] {
        let id = query.split(['=', '&']).nth(1).unwrap();
        let mut before = disk(&app, id).await;
        let size = before["Size"].as_i64().unwrap() + 10;
        let reply = app.act(&format!("ResizeDisk&NewSize={size}&{query}")).await;
        assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{query}");
        before["Size"] = json!(size);
        assert_eq!(disk(&app, id).await, before, "{query}");
    }
    let snapshot = app.describe("DiskId=d-1").await;
    assert_eq!(snapshot["Snapshots"]["Snapshot"][0]["SourceDiskSize"], 40, "what was made of it is as large as it was");
    let made = app.act("CreateSnapshot&DiskId=d-running").await["SnapshotId"].as_str().unwrap().to_owned();
    let made = app.describe(&format!("SnapshotIds=%5B%22{made}%22%5D")).await;
    assert_eq!(made["Snapshots"]["Snapshot"][0]["SourceDiskSize"], 60);
}

#[actix_web::test]
async fn a_disk_grows_when_its_snapshot_is_done() {
    let app = TestApp::seeded(SEED).await;
    app.act("CreateSnapshot&DiskId=d-1").await;
    assert_eq!(app.refused("ResizeDisk&DiskId=d-1&NewSize=50").await.code, "DiskCreatingSnapshot");
    app.clock.set(NOW.plus(2));
    app.act("ResizeDisk&DiskId=d-1&NewSize=50").await;
}

#[actix_web::test]
async fn what_is_paid_for_in_advance_is_ordered() {
    let app = TestApp::seeded(SEED).await;
    let first = app.act("ResizeDisk&DiskId=d-prepaid&NewSize=50").await["OrderId"].as_str().unwrap().to_owned();
    let second = app.act("ResizeDisk&DiskId=d-prepaid&NewSize=60").await["OrderId"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    for order_id in [first, second] {
        assert!(order_id.len() == 15 && order_id.bytes().all(|byte| byte.is_ascii_digit()), "{order_id}");
    }
}

#[actix_web::test]
async fn a_request_that_is_sent_again_is_answered_as_before() {
    let app = TestApp::seeded(SEED).await;
    let query = "ResizeDisk&DiskId=d-prepaid&NewSize=50&ClientToken=t";
    let first = app.act(query).await["OrderId"].clone();
    assert!(first.is_string());
    assert_eq!(app.act(query).await["OrderId"], first, "it would be no larger otherwise");
    let mismatch = Fault::new(400, "IdempotentParameterMismatch", "The request is retried with updated parameters.");
    assert_eq!(app.refused("ResizeDisk&DiskId=d-prepaid&NewSize=60&ClientToken=t").await, mismatch);
    assert_eq!(disk(&app, "d-prepaid").await["Size"], 50);
    // A dry run is a parameter that it does not know.
    app.act("ResizeDisk&DiskId=d-1&NewSize=50&DryRun=true").await;
    assert_eq!(disk(&app, "d-1").await["Size"], 50);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "ResizeDisk&DiskId=d-prepaid&NewSize=50").await;
}
