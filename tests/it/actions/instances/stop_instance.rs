//! StopInstance: which instances stop, and how they are billed then.

use serde_json::json;

use super::instance;
use crate::support::{TestApp, golden};

const SEED: &str = "
Instances:
  - {InstanceId: i-1, StartTime: 2026-01-01T00:00Z}
  - {InstanceId: i-far, RegionId: us-west-1}
  - {InstanceId: i-prepaid, InstanceChargeType: PrePaid}
  - {InstanceId: i-postpaid, InstanceChargeType: PostPaid, InstanceNetworkType: vpc, LocalStorageAmount: 0}
  - {InstanceId: i-classic, InstanceNetworkType: classic}
  - {InstanceId: i-local, LocalStorageAmount: 2}
  - {InstanceId: i-never, StoppedMode: Not-applicable}
  - {InstanceId: i-stopped, Status: Stopped}
  - {InstanceId: i-starting, Status: Starting}
  - {InstanceId: i-stopping, Status: Stopping}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-locked, Status: Stopped, OperationLocks: [{LockReason: security}]}
  - {InstanceId: i-detaching}
Disks:
  - {DiskId: d-1, InstanceId: i-1}
  - {DiskId: d-2, InstanceId: i-detaching, Status: Detaching}
";

const STATUS: &str = "The current status of the resource does not support this operation.";

#[actix_web::test]
async fn what_cannot_be_stopped_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let missing = "The input parameter \"InstanceId\" that is mandatory for processing this request is not supplied.";
    let malformed = |name: &str| format!("The specified parameter \"{name}\" is not valid.");
    let unknown = "The specified InstanceId does not exist.";
    app.refuses_all(
        "StopInstance",
        &[
            ("", 400, "MissingParameter", missing),
            ("DryRun=x&StoppedMode=x", 400, "MissingParameter", missing),
            ("InstanceId=i-1&StoppedMode=x&DryRun=1", 400, "InvalidParameter", &malformed("DryRun")),
            ("InstanceId=i-unknown&StoppedMode=stopcharging", 400, "InvalidParameter", &malformed("StoppedMode")),
            ("InstanceId=i-1&StoppedMode=Not-applicable", 400, "InvalidParameter", &malformed("StoppedMode")),
            ("InstanceId=i-unknown", 404, "InvalidInstanceId.NotFound", unknown),
            (
                "InstanceId=i-locked",
                403,
                "InstanceLockedForSecurity",
                "The specified operation is denied as your instance is locked for security reasons.",
            ),
            ("InstanceId=i-stopped", 403, "IncorrectInstanceStatus", STATUS),
            ("InstanceId=i-starting", 403, "IncorrectInstanceStatus", STATUS),
            ("InstanceId=i-stopping", 403, "IncorrectInstanceStatus", STATUS),
            ("InstanceId=i-pending", 403, "IncorrectInstanceStatus", STATUS),
            ("InstanceId=i-detaching", 400, "DiskError", "IncorrectDiskStatus."),
            (
                "InstanceId=i-1&DryRun=True",
                400,
                "DryRunOperation",
                "Request validation has been passed with DryRun flag set.",
            ),
        ],
    )
    .await;
}

#[actix_web::test]
async fn a_running_instance_is_stopped_at_once_and_says_how() {
    let app = TestApp::seeded(SEED).await;
    for (id, mode, expected) in [
        ("i-1", "", "KeepCharging"),
        ("i-far", "&StoppedMode=KeepCharging&ForceStop=true&ConfirmStop=true&Hibernate=false", "KeepCharging"),
        ("i-postpaid", "&StoppedMode=StopCharging", "StopCharging"),
        // Those that cannot be stopped without being billed on are stopped without an error.
        ("i-prepaid", "&StoppedMode=StopCharging", "Not-applicable"),
        ("i-classic", "&StoppedMode=StopCharging", "Not-applicable"),
        ("i-local", "", "Not-applicable"),
        ("i-never", "&StoppedMode=StopCharging", "Not-applicable"),
    ] {
        let reply = app.act(&format!("StopInstance&InstanceId={id}{mode}")).await;
        assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{id}");
        let after = instance(&app, id).await;
        assert_eq!((&after["Status"], &after["StoppedMode"]), (&json!("Stopped"), &json!(expected)), "{id}");
        assert_eq!(app.refused(&format!("StopInstance&InstanceId={id}")).await.code, "IncorrectInstanceStatus");
    }
    assert_eq!(instance(&app, "i-1").await["StartTime"], "2026-01-01T00:00Z", "it started when it did");
}

#[actix_web::test]
async fn each_stop_says_anew_how_an_instance_is_billed() {
    let app = TestApp::seeded(SEED).await;
    for mode in ["StopCharging", "KeepCharging", "StopCharging"] {
        app.act(&format!("StopInstance&InstanceId=i-1&StoppedMode={mode}")).await;
        assert_eq!(instance(&app, "i-1").await["StoppedMode"], mode);
        app.act("StartInstance&InstanceId=i-1").await;
        assert_eq!(instance(&app, "i-1").await["StoppedMode"], json!(null));
    }
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "StopInstance&InstanceId=i-1").await;
}
