//! AttachDisk: where a disk goes, under which name, and what keeps it from going there.

use serde_json::{Value, json};

use super::{ids, shown};
use crate::support::{Fault, NOW, TestApp, golden};

async fn attach(app: &TestApp, query: &str) {
    let reply = app.act(&format!("AttachDisk&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{query}");
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("AttachDisk&{query}")).await
}

const SEED: &str = "
Instances:
  - {InstanceId: i-1}
  - {InstanceId: i-2, Status: Stopped}
  - {InstanceId: i-zone, ZoneId: cn-hangzhou-g}
  - {InstanceId: i-region, RegionId: cn-beijing, ZoneId: cn-hangzhou-h}
  - {InstanceId: i-pending, Status: Pending}
  - {InstanceId: i-starting, Status: Starting}
  - {InstanceId: i-stopping, Status: Stopping}
  - {InstanceId: i-locked, Status: Pending, OperationLocks: [{LockReason: security}]}
  - {InstanceId: i-owing, Status: Pending, OperationLocks: [{LockReason: financial}]}
Disks:
  - {DiskId: d-1, NeverAttached: true, DetachedTime: 2020-01-01T00:00Z, DeleteWithInstance: true}
  - {DiskId: d-2}
  - {DiskId: d-3}
  - {DiskId: d-system, Type: system}
  - {DiskId: d-attached, InstanceId: i-2, Device: /dev/xvdb}
  - {DiskId: d-attaching, Status: Attaching}
  - {DiskId: d-detaching, Status: Detaching, InstanceId: i-2}
  - {DiskId: d-creating, Status: Creating}
  - {DiskId: d-reiniting, Status: ReIniting}
  - {DiskId: d-local, Category: local_ssd_pro}
  - {DiskId: d-ephemeral, Category: ephemeral}
  - {DiskId: d-elastic, Category: elastic_ephemeral_disk_standard}
  - {DiskId: d-fixed, Portable: false}
  - {DiskId: d-owing, OperationLocks: [{LockReason: financial}]}
  - {DiskId: d-multi, MultiAttach: Enabled}
  - {DiskId: d-multi-attached, MultiAttach: Enabled, InstanceId: i-2, Device: /dev/xvdc}
  - {DiskId: d-regional, Category: cloud_regional_disk_auto}
";

#[actix_web::test]
async fn a_disk_is_in_use_at_once_and_no_longer_new() {
    let app = TestApp::seeded(SEED).await;
    app.clock.set(NOW.plus(5));
    let fault = app.refused("CreateSnapshot&DiskId=d-1").await;
    assert_eq!(fault.code, "IncorrectDiskStatus.NeverAttached");
    attach(&app, "DiskId=d-1&InstanceId=i-1&Bootable=false&Force=true&KeyPairName=k&Password=x&DryRun=true").await;
    let disk = shown(&app, "d-1").await;
    for (field, value) in [
        ("Status", json!("In_use")),
        ("InstanceId", json!("i-1")),
        ("Device", json!("/dev/xvdb")),
        ("AttachedTime", json!("2026-03-15T12:00:05Z")),
        ("DetachedTime", json!("")),
        ("DeleteWithInstance", json!(false)),
        ("ZoneId", json!("cn-hangzhou-h")),
        (
            "Attachments",
            json!({"Attachment": [
                {"InstanceId": "i-1", "Device": "/dev/xvdb", "AttachedTime": "2026-03-15T12:00:05Z"},
            ]}),
        ),
    ] {
        assert_eq!(disk[field], value, "{field}");
    }
    app.act("CreateSnapshot&DiskId=d-1").await;
    assert_eq!(app.ids("InstanceId=i-1").await.len(), 1, "snapshots belong to the instance of their disk");
    assert_eq!(ids(&app, "InstanceId=i-1&Status=In_use").await, ["d-1"]);
}

#[actix_web::test]
async fn a_disk_goes_with_its_instance_if_the_request_says_so() {
    let app = TestApp::seeded(SEED).await;
    attach(&app, "DiskId=d-2&InstanceId=i-2&DeleteWithInstance=true").await;
    assert_eq!(shown(&app, "d-2").await["DeleteWithInstance"], true);
    attach(&app, "DiskId=d-elastic&InstanceId=i-1").await;
    attach(&app, "DiskId=d-multi&InstanceId=i-1").await;
}

#[actix_web::test]
async fn names_are_given_in_their_order_and_gaps_are_filled() {
    let app = TestApp::seeded(
        "
        Instances: [{InstanceId: i-1}]
        Disks:
          - {DiskId: d-system, Type: system, InstanceId: i-1}
          - {DiskId: d-c, InstanceId: i-1, Device: /dev/vdc}
          - {DiskId: d-1}
          - {DiskId: d-2}
          - {DiskId: d-3}
          - {DiskId: d-4}
        ",
    )
    .await;
    attach(&app, "DiskId=d-1&InstanceId=i-1&Device=/dev/xvdd").await;
    attach(&app, "DiskId=d-2&InstanceId=i-1").await;
    attach(&app, "DiskId=d-3&InstanceId=i-1").await;
    for (disk, device) in [("d-1", "/dev/xvdd"), ("d-2", "/dev/xvdb"), ("d-3", "/dev/xvde")] {
        assert_eq!(shown(&app, disk).await["Device"], device, "{disk}");
    }
    let taken = Fault::new(403, "InvalidDevice.InUse", "The specified device has been occupied.");
    for device in ["/dev/xvdb", "/dev/xvdc", "/dev/vdd"] {
        assert_eq!(refused(&app, &format!("DiskId=d-4&InstanceId=i-1&Device={device}")).await, taken, "{device}");
    }
    attach(&app, "DiskId=d-4&InstanceId=i-1&Device=/dev/vdz").await;
    assert_eq!(shown(&app, "d-4").await["Device"], "/dev/vdz");
}

#[actix_web::test]
async fn a_system_disk_is_attached_as_one_and_no_other() {
    let app = TestApp::seeded(SEED).await;
    let not_supported = Fault::new(403, "DiskId.ValueNotSupported", "The specified parameter diskid is not supported.");
    assert_eq!(refused(&app, "DiskId=d-system&InstanceId=i-1").await, not_supported);
    let message = "The specified disk is not a bootable disk, can not be attached as system disk.";
    let not_bootable = Fault::new(400, "InvalidDisk.DiskNotBootable", message);
    assert_eq!(refused(&app, "DiskId=d-1&InstanceId=i-1&Bootable=true").await, not_bootable);
    attach(&app, "DiskId=d-system&InstanceId=i-1&Bootable=true").await;
    assert_eq!(shown(&app, "d-system").await["Device"], "/dev/xvda");
    app.arrange("POST", "/disks", json!({"DiskId": "d-other", "Type": "system"})).await;
    let taken = refused(&app, "DiskId=d-other&InstanceId=i-1&Bootable=true&Device=/dev/xvda").await;
    assert_eq!(taken.code, "InvalidDevice.InUse", "an instance has one");
}

#[actix_web::test]
async fn an_instance_has_sixteen_data_disks_at_most() {
    let app =
        TestApp::seeded("Instances: [{InstanceId: i-1}]\nDisks: [{DiskId: d-system, Type: system, InstanceId: i-1}]")
            .await;
    for number in 0..17 {
        app.arrange("POST", "/disks", json!({"DiskId": format!("d-{number}")})).await;
    }
    for number in 0..16 {
        attach(&app, &format!("DiskId=d-{number}&InstanceId=i-1")).await;
    }
    assert_eq!(shown(&app, "d-15").await["Device"], "/dev/xvdq");
    let message = "The amount of the disk on instance in question reach its limits.";
    let exceeded = Fault::new(403, "InstanceDiskLimitExceeded", message);
    assert_eq!(refused(&app, "DiskId=d-16&InstanceId=i-1").await, exceeded);
    assert_eq!(refused(&app, "DiskId=d-16&InstanceId=i-1&Device=/dev/xvdz").await, exceeded);
    app.act("DetachDisk&DiskId=d-3&InstanceId=i-1").await;
    attach(&app, "DiskId=d-16&InstanceId=i-1").await;
    assert_eq!(shown(&app, "d-16").await["Device"], "/dev/xvde", "the name that became free");
}

#[actix_web::test]
async fn what_is_wrong_with_disk_or_instance_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let unknown_disk = (404, "InvalidDiskId.NotFound", "The specified disk does not exist.");
    let unknown_instance = (404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.");
    let category = (
        400,
        "DiskCategory.OperationNotSupported",
        "The operation is not supported to the specified disk due to its disk category.",
    );
    let status = (
        403,
        "IncorrectDiskStatus",
        "The current status of the disk does not support this operation. The expected disk status is Available.",
    );
    let instance_status =
        (400, "IncorrectInstanceStatus", "The current status of the resource does not support this operation.");
    let zone = (403, "ResourcesNotInSameZone", "The specified instance and disk are not in the same zone.");
    for (query, (code_status, code, message)) in [
        ("DiskId=d-unknown&InstanceId=i-unknown", unknown_disk),
        ("DiskId=D-1&InstanceId=i-1", unknown_disk),
        ("DiskId=d-1&InstanceId=i-unknown", unknown_instance),
        ("DiskId=d-local&InstanceId=i-1", category),
        ("DiskId=d-ephemeral&InstanceId=i-1", category),
        ("DiskId=d-fixed&InstanceId=i-1", (403, "DiskNotPortable", "The specified disk is not a portable disk.")),
        (
            "DiskId=d-owing&InstanceId=i-1",
            (403, "DiskInArrears", "The specified operation is denied as your disk owing fee."),
        ),
        ("DiskId=d-attached&InstanceId=i-2", (404, "InvalidDisk.InUse", "The specified disk has been occupied.")),
        ("DiskId=d-attached&InstanceId=i-1", (404, "InvalidDisk.InUse", "The specified disk has been occupied.")),
        (
            "DiskId=d-multi-attached&InstanceId=i-1",
            (403, "DiskAttachedNumberExceeded", "The attaching times of the specified disk exceeded."),
        ),
        ("DiskId=d-attaching&InstanceId=i-1", status),
        ("DiskId=d-detaching&InstanceId=i-1", status),
        ("DiskId=d-creating&InstanceId=i-1", status),
        ("DiskId=d-reiniting&InstanceId=i-unknown", status),
        (
            "DiskId=d-multi&InstanceId=i-1&DeleteWithInstance=true",
            (403, "DeleteWithInstance.Conflict", "Multi attach disk cannot be set to DeleteWithInstance attribute."),
        ),
        (
            "DiskId=d-1&InstanceId=i-locked",
            (403, "InstanceLockedForSecurity", "The instance is locked due to security."),
        ),
        (
            "DiskId=d-1&InstanceId=i-owing",
            (
                403,
                "InstanceExpiredOrInArrears",
                "The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears \
                 (afterpay mode).",
            ),
        ),
        ("DiskId=d-1&InstanceId=i-pending", instance_status),
        ("DiskId=d-1&InstanceId=i-starting", instance_status),
        ("DiskId=d-1&InstanceId=i-stopping", instance_status),
        ("DiskId=d-1&InstanceId=i-zone", zone),
        ("DiskId=d-1&InstanceId=i-region", zone),
        ("DiskId=d-regional&InstanceId=i-region", zone),
    ] {
        assert_eq!(refused(&app, query).await, Fault::new(code_status, code, message), "{query}");
    }
    assert_eq!(ids(&app, "InstanceId=i-1").await, [""; 0]);
    attach(&app, "DiskId=d-regional&InstanceId=i-zone").await;
    assert_eq!(ids(&app, "InstanceId=i-zone").await, ["d-regional"], "it is in every zone of its region");
}

#[actix_web::test]
async fn a_regional_disk_is_where_its_instance_is() {
    let app = TestApp::seeded(SEED).await;
    for (instance, zone) in [("i-zone", "cn-hangzhou-g"), ("i-1", "cn-hangzhou-h")] {
        attach(&app, &format!("DiskId=d-regional&InstanceId={instance}")).await;
        assert_eq!(shown(&app, "d-regional").await["ZoneId"], zone);
        app.act(&format!("DetachDisk&DiskId=d-regional&InstanceId={instance}")).await;
    }
    attach(&app, "DiskId=d-regional&InstanceId=i-zone").await;
    app.arrange("DELETE", "/instances/i-zone", Value::Null).await;
    let entry = app.arrange("GET", "/disks/d-regional", Value::Null).await;
    assert_eq!((&entry["Status"], entry.get("ZoneId")), (&json!("Available"), None));
}

#[actix_web::test]
async fn parameters_that_are_missing_or_malformed_are_named() {
    let app = TestApp::seeded(SEED).await;
    for name in ["DiskId", "InstanceId"] {
        let others = if name == "DiskId" { "InstanceId=i-1" } else { "DiskId=d-1" };
        let message =
            format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.");
        for query in [others.to_owned(), format!("{others}&{name}=&Bootable=x&Device=x")] {
            assert_eq!(refused(&app, &query).await, Fault::new(400, "MissingParameter", &message), "{query}");
        }
    }
    for name in ["Bootable", "DeleteWithInstance"] {
        let message = format!("The specified parameter \"{name}\" is not valid.");
        let fault = refused(&app, &format!("DiskId=d-unknown&InstanceId=i-1&{name}=1&Device=x")).await;
        assert_eq!(fault, Fault::new(400, "InvalidParameter", &message));
    }
    let malformed = Fault::new(400, "InvalidDevice.Malformed", "The specified device is not valid.");
    for device in ["xvdb", "/dev/xvda", "/dev/xvd", "/dev/xvdB", "/dev/xvdbb", "/dev/sdb", "/dev/xvd1"] {
        assert_eq!(refused(&app, &format!("DiskId=d-1&InstanceId=i-1&Device={device}")).await, malformed, "{device}");
    }
    let data = "DiskId=d-system&InstanceId=i-1&Bootable=true&Device=/dev/xvdb";
    assert_eq!(refused(&app, data).await, malformed);
    assert_eq!(shown(&app, "d-1").await["Status"], "Available");
}

#[actix_web::test]
async fn what_is_attached_survives_an_export() {
    let app = TestApp::seeded(SEED).await;
    attach(&app, "DiskId=d-1&InstanceId=i-1").await;
    let before = shown(&app, "d-1").await;
    let state = app.arrange("GET", "/state", Value::Null).await;
    app.arrange("PUT", "/state", state).await;
    assert_eq!(shown(&app, "d-1").await, before);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "AttachDisk&DiskId=d-1&InstanceId=i-1").await;
}
