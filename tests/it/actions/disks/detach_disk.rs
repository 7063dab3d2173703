//! DetachDisk: what is left of an attachment, and what keeps a disk on its instance.

use serde_json::json;

use super::{ids, shown};
use crate::support::{Fault, NOW, TestApp, golden};

async fn detach(app: &TestApp, query: &str) {
    let reply = app.act(&format!("DetachDisk&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{query}");
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("DetachDisk&{query}")).await
}

const SEED: &str = "
Instances:
  - {InstanceId: i-1, ZoneId: cn-hangzhou-g}
  - {InstanceId: i-2, Status: Stopped}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-locked, Status: Pending, OperationLocks: [{LockReason: security}]}
Disks:
  - {DiskId: d-1, InstanceId: i-1, Device: /dev/xvdb, AttachedTime: 2026-01-01T00:00Z, DeleteWithInstance: true}
  - {DiskId: d-free}
  - {DiskId: d-other, InstanceId: i-2}
  - {DiskId: d-system, Type: system, InstanceId: i-1}
  - {DiskId: d-system-2, Type: system, InstanceId: i-2}
  - {DiskId: d-attaching, Status: Attaching, InstanceId: i-1}
  - {DiskId: d-detaching, Status: Detaching, InstanceId: i-1}
  - {DiskId: d-reiniting, Status: ReIniting, InstanceId: i-1}
  - {DiskId: d-local, Category: local_hdd_pro, InstanceId: i-1}
  - {DiskId: d-elastic, Category: elastic_ephemeral_disk_premium, InstanceId: i-1}
  - {DiskId: d-fixed, Portable: false, InstanceId: i-1}
  - {DiskId: d-multi, MultiAttach: Enabled, InstanceId: i-1}
  - {DiskId: d-pending, InstanceId: i-pending}
  - {DiskId: d-locked, InstanceId: i-locked}
";

#[actix_web::test]
async fn a_disk_is_available_at_once_and_stays_in_its_zone() {
    let app = TestApp::seeded(SEED).await;
    let made = app.act("CreateSnapshot&DiskId=d-1").await["SnapshotId"].as_str().unwrap().to_owned();
    assert_eq!(app.ids("InstanceId=i-1").await, [made]);
    app.clock.set(NOW.plus(5));
    detach(&app, "DiskId=d-1&InstanceId=i-1").await;
    let disk = shown(&app, "d-1").await;
    for (field, value) in [
        ("Status", json!("Available")),
        ("InstanceId", json!("")),
        ("Device", json!("")),
        ("AttachedTime", json!("2026-01-01T00:00:00Z")),
        ("DetachedTime", json!("2026-03-15T12:00:05Z")),
        ("DeleteWithInstance", json!(false)),
        ("Attachments", json!({"Attachment": []})),
        ("ZoneId", json!("cn-hangzhou-g")),
    ] {
        assert_eq!(disk[field], value, "{field}");
    }
    assert_eq!(app.ids("InstanceId=i-1").await, [""; 0], "snapshots follow their disk");
    app.clock.set(NOW.plus(10));
    app.act("CreateSnapshot&DiskId=d-1").await;
    app.act("AttachDisk&DiskId=d-1&InstanceId=i-1").await;
    assert_eq!(app.ids("InstanceId=i-1").await.len(), 2);
    assert_eq!(shown(&app, "d-1").await["DetachedTime"], "");
}

#[actix_web::test]
async fn whether_a_disk_goes_with_its_next_instance_is_said_or_follows_from_its_type() {
    let app = TestApp::seeded(SEED).await;
    detach(&app, "DiskId=d-1&InstanceId=i-1&DeleteWithInstance=true").await;
    detach(&app, "DiskId=d-other&InstanceId=i-2&DeleteWithInstance=false").await;
    detach(&app, "DiskId=d-system-2&InstanceId=i-2").await;
    for (disk, goes) in [("d-1", true), ("d-other", false), ("d-system-2", true)] {
        assert_eq!(shown(&app, disk).await["DeleteWithInstance"], goes, "{disk}");
    }
}

#[actix_web::test]
async fn what_is_wrong_with_disk_or_instance_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let portable = (403, "DiskNotPortable", "The specified disk is not a portable disk.");
    let status = (403, "IncorrectDiskStatus", "The current disk status does not support this operation.");
    let category = (
        403,
        "InvalidOperation.DiskCategoryUnsupported",
        "The DetachDisk operation is not supported for elastic ephemeral disk.",
    );
    for (query, (code_status, code, message)) in [
        (
            "DiskId=d-unknown&InstanceId=i-unknown",
            (404, "InvalidDiskId.NotFound", "The specified disk does not exist."),
        ),
        (
            "DiskId=d-free&InstanceId=i-unknown",
            (404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist."),
        ),
        ("DiskId=d-free&InstanceId=i-1", (404, "InvalidDisk.AlreadyDetached", "The specified disk has been detached.")),
        (
            "DiskId=d-other&InstanceId=i-1",
            (403, "DependencyViolation", "The specified disk has not been attached on the specified instance."),
        ),
        ("DiskId=d-elastic&InstanceId=i-1", category),
        ("DiskId=d-elastic&InstanceId=i-1&DeleteWithInstance=true", category),
        (
            "DiskId=d-elastic&InstanceId=i-1&DeleteWithInstance=false",
            (
                403,
                "InvalidParameter.DeleteWithInstance",
                "The DeleteWithInstance for the elastic ephemeral disk must be set to true.",
            ),
        ),
        ("DiskId=d-local&InstanceId=i-1", portable),
        ("DiskId=d-fixed&InstanceId=i-1", portable),
        (
            "DiskId=d-multi&InstanceId=i-1&DeleteWithInstance=true",
            (403, "DeleteWithInstance.Conflict", "Multi attach disk cannot be set to DeleteWithInstance attribute."),
        ),
        ("DiskId=d-attaching&InstanceId=i-1", status),
        ("DiskId=d-reiniting&InstanceId=i-1", status),
        (
            "DiskId=d-detaching&InstanceId=i-1",
            (403, "InvalidOperation.DiskDetachingFromThisEcs", "The specified disk is detaching from this ecs."),
        ),
        (
            "DiskId=d-locked&InstanceId=i-locked",
            (403, "InstanceLockedForSecurity", "The instance is locked due to security."),
        ),
        (
            "DiskId=d-pending&InstanceId=i-pending",
            (403, "IncorrectInstanceStatus", "The current status of the resource does not support this operation."),
        ),
        (
            "DiskId=d-system&InstanceId=i-1",
            (403, "DiskTypeViolation", "The specified disk is a system disk and cannot support the operation."),
        ),
    ] {
        assert_eq!(refused(&app, query).await, Fault::new(code_status, code, message), "{query}");
    }
    assert_eq!(ids(&app, "InstanceId=i-1").await.len(), 9);
    detach(&app, "DiskId=d-multi&InstanceId=i-1").await;
}

#[actix_web::test]
async fn parameters_that_are_missing_or_malformed_are_named() {
    let app = TestApp::seeded(SEED).await;
    for (query, name) in [("InstanceId=i-1", "DiskId"), ("DiskId=d-1&DeleteWithInstance=x", "InstanceId")] {
        let message =
            format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.");
        assert_eq!(refused(&app, query).await, Fault::new(400, "MissingParameter", &message), "{query}");
    }
    let message = "The specified parameter \"DeleteWithInstance\" is not valid.";
    let fault = refused(&app, "DiskId=d-unknown&InstanceId=i-1&DeleteWithInstance=1").await;
    assert_eq!(fault, Fault::new(400, "InvalidParameter", message));
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "DetachDisk&DiskId=d-1&InstanceId=i-1").await;
}
