//! StartInstance: which instances start, and what becomes of them.

use serde_json::{Value, json};

use super::instance;
use crate::support::{Fault, NOW, TestApp, golden};

const SEED: &str = "
Instances:
  - {InstanceId: i-1, Status: Stopped, StoppedMode: StopCharging}
  - {InstanceId: i-2, Status: Stopped, StoppedMode: Not-applicable, RegionId: us-west-1}
  - {InstanceId: i-running}
  - {InstanceId: i-starting, Status: Starting}
  - {InstanceId: i-stopping, Status: Stopping}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-locked, Status: Running, OperationLocks: [{LockReason: security}]}
  - {InstanceId: i-owing, Status: Stopped, OperationLocks: [{LockReason: financial}]}
  - {InstanceId: i-attaching, Status: Stopped}
  - {InstanceId: i-reiniting, Status: Stopped}
Disks:
  - {DiskId: d-1, InstanceId: i-1, Type: system}
  - {DiskId: d-2, InstanceId: i-1}
  - {DiskId: d-3, InstanceId: i-attaching}
  - {DiskId: d-4, InstanceId: i-attaching, Status: Attaching}
  - {DiskId: d-5, InstanceId: i-reiniting, Status: ReIniting}
";

const STATUS: &str = "The current status of the resource does not support this operation.";
const LOCKED: &str = "The specified operation is denied as your instance is locked for security reasons.";

#[actix_web::test]
async fn what_cannot_be_started_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let missing = "The input parameter \"InstanceId\" that is mandatory for processing this request is not supplied.";
    let unknown = "The specified InstanceId does not exist.";
    app.refuses_all(
        "StartInstance",
        &[
            ("", 400, "MissingParameter", missing),
            ("InstanceId=&DryRun=x", 400, "MissingParameter", missing),
            (
                "InstanceId=i-unknown&DryRun=x",
                400,
                "InvalidParameter",
                "The specified parameter \"DryRun\" is not valid.",
            ),
            ("InstanceId=i-unknown", 404, "InvalidInstanceId.NotFound", unknown),
            ("InstanceId=I-1", 404, "InvalidInstanceId.NotFound", unknown),
            ("InstanceId=i-locked", 403, "InstanceLockedForSecurity", LOCKED),
            ("InstanceId=i-running", 403, "IncorrectInstanceStatus", STATUS),
            ("InstanceId=i-starting", 403, "IncorrectInstanceStatus", STATUS),
            ("InstanceId=i-stopping", 403, "IncorrectInstanceStatus", STATUS),
            ("InstanceId=i-pending", 403, "InstanceNotReady", "The specified instance is not ready for use."),
            ("InstanceId=i-attaching", 403, "DiskError", "IncorrectDiskStatus."),
            ("InstanceId=i-reiniting", 403, "DiskError", "IncorrectDiskStatus."),
            (
                "InstanceId=i-1&DryRun=true",
                400,
                "DryRunOperation",
                "Request validation has been passed with DryRun flag set.",
            ),
            ("InstanceId=i-running&DryRun=true", 403, "IncorrectInstanceStatus", STATUS),
        ],
    )
    .await;
}

#[actix_web::test]
async fn a_stopped_instance_runs_at_once() {
    let app = TestApp::seeded(SEED).await;
    app.clock.set(NOW.plus(61));
    let before = instance(&app, "i-1").await;
    assert_eq!((&before["Status"], &before["StartTime"]), (&json!("Stopped"), &Value::Null));
    let reply = app.act("StartInstance&InstanceId=i-1&DryRun=false").await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
    let after = instance(&app, "i-1").await;
    assert_eq!((&after["Status"], &after["StartTime"]), (&json!("Running"), &json!("2026-03-15T12:01Z")));
    assert_eq!(after["StoppedMode"], Value::Null, "that was how it was stopped");
    let fault = app.refused("StartInstance&InstanceId=i-1").await;
    assert_eq!(fault, Fault::new(403, "IncorrectInstanceStatus", STATUS), "it runs already");

    // In whatever region, and whatever is owed; what says that billing never stops goes on saying so.
    app.act("StartInstance&instanceid=i-2&RegionId=cn-hangzhou&InitLocalDisk=true").await;
    let after = instance(&app, "i-2").await;
    assert_eq!((&after["Status"], &after["StoppedMode"]), (&json!("Running"), &json!("Not-applicable")));
    app.act("StartInstance&InstanceId=i-owing").await;

    // Once its disk is there, so is the instance.
    app.arrange("PATCH", "/disks/d-4", json!({"Status": "In_use"})).await;
    app.act("StartInstance&InstanceId=i-attaching").await;
    assert_eq!(instance(&app, "i-attaching").await["Status"], "Running");
}

#[actix_web::test]
async fn an_instance_that_runs_makes_its_disk_one_that_cannot_be_reset() {
    let app = TestApp::seeded(&format!("{SEED}Snapshots: [{{SnapshotId: s-1, SourceDiskId: d-1}}]")).await;
    app.act("ResetDisk&DiskId=d-1&SnapshotId=s-1").await;
    app.act("StartInstance&InstanceId=i-1").await;
    assert_eq!(app.refused("ResetDisk&DiskId=d-1&SnapshotId=s-1").await.code, "IncorrectInstanceStatus");
    app.act("StopInstance&InstanceId=i-1").await;
    app.act("ResetDisk&DiskId=d-1&SnapshotId=s-1").await;
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "StartInstance&InstanceId=i-1").await;
}
