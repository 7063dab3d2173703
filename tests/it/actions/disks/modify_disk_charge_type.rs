//! ModifyDiskChargeType: which disks are paid for in advance, with which instance, and how often they change.

use serde_json::{Value, json};

use super::disk;
use crate::support::{Fault, NOW, TestApp, golden, percent_encoded};

const SEED: &str = "
Instances:
  - {InstanceId: i-1, InstanceChargeType: PrePaid, ExpiredTime: 2027-01-01T16:00Z}
  - {InstanceId: i-stopped, InstanceChargeType: PrePaid, Status: Stopped}
  - {InstanceId: i-starting, InstanceChargeType: PrePaid, Status: Starting}
  - {InstanceId: i-stopping, InstanceChargeType: PrePaid, Status: Stopping}
  - {InstanceId: i-pending, InstanceChargeType: PrePaid, Status: Pending}
  - {InstanceId: i-postpaid, InstanceChargeType: PostPaid, Status: Starting}
  - {InstanceId: i-unsaid}
  - {InstanceId: i-far, InstanceChargeType: PrePaid, RegionId: us-west-1}
Disks:
  - {DiskId: d-1, InstanceId: i-1}
  - {DiskId: d-2, InstanceId: i-1}
  - {DiskId: d-prepaid, InstanceId: i-1, DiskChargeType: PrePaid, ExpiredTime: 2027-01-01T16:00Z}
  - {DiskId: d-system, InstanceId: i-1, Type: system}
  - {DiskId: d-fixed, InstanceId: i-1, Portable: false}
  - {DiskId: d-shared, InstanceId: i-1, MultiAttach: Enabled}
  - {DiskId: d-cluster, InstanceId: i-1, StorageClusterId: dbsc-1}
  - {DiskId: d-stopped, InstanceId: i-stopped}
  - {DiskId: d-free}
  - {DiskId: d-off, Type: system}
";

fn query(ids: &[&str], more: &str) -> String {
    let ids = percent_encoded(&serde_json::to_string(ids).unwrap());
    format!("RegionId=cn-hangzhou&InstanceId=i-1&DiskIds={ids}{more}")
}

async fn change(app: &TestApp, ids: &[&str], more: &str) -> Value {
    app.act(&format!("ModifyDiskChargeType&{}", query(ids, more))).await
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let malformed = |name: &str| format!("The specified parameter \"{name}\" is not valid.");
    let missing = "The input parameter \"DiskIds\" that is mandatory for processing this request is not supplied.";
    let region = "RegionId should not be null.";
    let instance = "InstanceId should not be null.";
    let token = "The ClientToken provided is invalid.";
    let long_token = query(&["d-1"], &format!("&ClientToken={}", "x".repeat(65)));
    app.refuses_all(
        "ModifyDiskChargeType",
        &[
            ("", 400, "MissingParameter", missing),
            ("DiskIds=%5B%22d-1%22%5D", 400, "MissingParameter.InstanceIdNotSupported", instance),
            ("DiskIds=%5B%22d-1%22%5D&RegionId=cn-x", 400, "MissingParameter.InstanceIdNotSupported", instance),
            ("DiskIds=%5B%22d-1%22%5D&InstanceId=i-1&AutoPay=x", 400, "MissingParameter.RegionId", region),
            ("RegionId=cn-hangzhou&InstanceId=i-1", 400, "MissingParameter", missing),
            (&query(&["d-1"], "&AutoPay=x"), 400, "InvalidParameter", &malformed("AutoPay")),
            (&query(&[], ""), 400, "InvalidParameter", &malformed("DiskIds")),
            (&query(&["d-1"; 17], ""), 400, "InvalidParameter", &malformed("DiskIds")),
            ("RegionId=cn-hangzhou&InstanceId=i-1&DiskIds=d-1", 400, "InvalidParameter", &malformed("DiskIds")),
            ("RegionId=cn-hangzhou&InstanceId=i-1&DiskIds=%5B1%5D", 400, "InvalidParameter", &malformed("DiskIds")),
            (&query(&["d-1"], "&DiskChargeType=prepaid"), 400, "InvalidParameter", &malformed("DiskChargeType")),
            (&query(&["d-1"], "&DiskChargeType=Free"), 400, "InvalidParameter", &malformed("DiskChargeType")),
            (&query(&["d-1"], "&ClientToken=%C3%A9"), 400, "InvalidClientToken.ValueNotSupported", token),
            (&long_token, 400, "InvalidClientToken.ValueNotSupported", token),
        ],
    )
    .await;
    app.refuses_in_order(
        "ModifyDiskChargeType",
        &query(&["d-1"], "&DiskChargeType=PostPaid"),
        &[
            ("AutoPay=x", "InvalidParameter"),
            ("DiskIds=x", "InvalidParameter"),
            ("ClientToken=%C3%A9", "InvalidClientToken.ValueNotSupported"),
            ("DiskChargeType=x", "InvalidParameter"),
            ("RegionId=cn-nowhere", "InvalidRegionId.NotFound"),
            ("InstanceId=i-unknown", "InvalidInstanceId.NotFound"),
            ("DiskIds=%5B%22d-unknown%22%5D", "InvalidDiskIds.NotFound"),
            ("DiskIds=%5B%22d-1%22%5D", "ChargeTypeViolation"),
        ],
    )
    .await;
}

#[actix_web::test]
async fn what_is_wrong_with_an_instance_or_a_disk_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let unknown = "The specified InstanceId does not exist.";
    let status = "The status of the specified instance is invalid.";
    let of_instance = "The operation is not permitted due to charge type of the instance.";
    let of_disk = "The operation is not permitted due to charge type of the disk.";
    let no_disk = "Some of the specified data disks do not exist.";
    let attached = "The specified data disks must have been attached to this instance.";
    let portable = "The specified DiskId is not portable.";
    let with =
        |region: &str, instance: &str| format!("RegionId={region}&InstanceId={instance}&{}", query(&["d-1"], ""));
    app.refuses_all(
        "ModifyDiskChargeType",
        &[
            (&with("cn-nowhere", "i-1"), 404, "InvalidRegionId.NotFound", "The RegionId provided does not exist."),
            (&with("cn-hangzhou", "i-unknown"), 400, "InvalidInstanceId.NotFound", unknown),
            (&with("cn-hangzhou", "i-far"), 400, "InvalidInstanceId.NotFound", unknown),
            (&with("cn-hangzhou", "i-postpaid"), 400, "ChargeTypeViolation", of_instance),
            (&with("cn-hangzhou", "i-unsaid"), 400, "ChargeTypeViolation", of_instance),
            (&with("cn-hangzhou", "i-starting"), 404, "InvalidInstanceStatus.NotSupported", status),
            (&with("cn-hangzhou", "i-stopping"), 404, "InvalidInstanceStatus.NotSupported", status),
            (&with("cn-hangzhou", "i-pending"), 404, "InvalidInstanceStatus.NotSupported", status),
            (&query(&["d-1", "d-unknown"], ""), 404, "InvalidDiskIds.NotFound", no_disk),
            (
                &query(&["d-1", "d-off"], ""),
                400,
                "InvalidDisk.DetachedSystemDisk",
                "The specified disk is a detached system disk, does not support this operation.",
            ),
            (&query(&["d-free"], ""), 400, "InvalidOperation.DiskMustAttachedToInstance", attached),
            (&query(&["d-stopped"], ""), 400, "InvalidOperation.DiskMustAttachedToInstance", attached),
            (&query(&["d-1", "d-system"], ""), 404, "InvalidDiskIds.NotPortable", portable),
            (&query(&["d-fixed"], ""), 404, "InvalidDiskIds.NotPortable", portable),
            (
                &query(&["d-shared"], ""),
                403,
                "InvalidOperation.MultiAttachDisk",
                "Multi attach disk does not support this operation.",
            ),
            (
                &query(&["d-cluster"], ""),
                400,
                "DISK_IN_DEDICATED_BLOCK_STORAGE_CLUSTER",
                "The disk in dedicated block storage cluster is not allowed to do this operation.",
            ),
            (&query(&["d-1", "d-prepaid"], ""), 400, "ChargeTypeViolation", of_disk),
            (&query(&["d-1"], "&DiskChargeType=PostPaid"), 400, "ChargeTypeViolation", of_disk),
        ],
    )
    .await;
}

/// How a disk is paid for, and until when.
async fn paid(app: &TestApp, id: &str) -> (String, String) {
    let disk = disk(app, id).await;
    let text = |name: &str| disk[name].as_str().unwrap().to_owned();
    (text("DiskChargeType"), text("ExpiredTime"))
}

fn prepaid(until: &str) -> (String, String) {
    ("PrePaid".to_owned(), until.to_owned())
}

fn postpaid() -> (String, String) {
    ("PostPaid".to_owned(), "2999-09-08T16:00Z".to_owned())
}

#[actix_web::test]
async fn disks_are_paid_for_with_their_instance() {
    let app = TestApp::seeded(SEED).await;
    let mut before = disk(&app, "d-1").await;
    let reply = change(&app, &["d-1", "d-2", "d-1"], "").await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["OrderId", "RequestId"]);
    let order_id = reply["OrderId"].as_str().unwrap();
    assert!(order_id.len() == 15 && order_id.bytes().all(|byte| byte.is_ascii_digit()), "{order_id}");
    for id in ["d-1", "d-2"] {
        assert_eq!(paid(&app, id).await, prepaid("2027-01-01T16:00Z"), "{id}");
    }
    // And again as they are used.
    let reply = change(&app, &["d-prepaid"], "&DiskChargeType=PostPaid&AutoPay=false").await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "there is nothing to be paid for");
    assert_eq!(paid(&app, "d-prepaid").await, postpaid());

    before["DiskChargeType"] = json!("PrePaid");
    before["ExpiredTime"] = json!("2027-01-01T16:00Z");
    before["ChargeTypeModifiedTime"] = json!("2026-03-15T12:00:00Z");
    assert_eq!(disk(&app, "d-1").await, before, "nothing else is another");
    // Of an instance that is stopped, and whose subscription has no end.
    app.act(
        "ModifyDiskChargeType&RegionId=cn-hangzhou&InstanceId=i-stopped&DiskIds=%5B%22d-stopped%22%5D&AutoPay=true",
    )
    .await;
    assert_eq!(paid(&app, "d-stopped").await, prepaid("2999-09-08T16:00Z"));
}

#[actix_web::test]
async fn an_order_that_is_not_paid_for_changes_nothing() {
    let app = TestApp::seeded(SEED).await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    let first = change(&app, &["d-1"], "&AutoPay=false").await["OrderId"].clone();
    assert_eq!(app.arrange("GET", "/state", Value::Null).await, before);
    let second = change(&app, &["d-1"], "").await["OrderId"].clone();
    assert!(first.is_string() && second.is_string() && first != second, "{first} {second}");
    assert_eq!(paid(&app, "d-1").await, prepaid("2027-01-01T16:00Z"));
}

#[actix_web::test]
async fn a_disk_changes_again_five_minutes_later() {
    let app = TestApp::seeded(SEED).await;
    let throttled = Fault::new(
        400,
        "Throttling",
        "Request was denied due to request throttling, please try again after 5 minutes.",
    );
    change(&app, &["d-1"], "").await;
    for (seconds, more) in [(0, ""), (0, "&DiskChargeType=PostPaid"), (299, "&DiskChargeType=PostPaid")] {
        app.clock.set(NOW.plus(seconds));
        let refused = app.refused(&format!("ModifyDiskChargeType&{}", query(&["d-2", "d-1"], more))).await;
        let expected = if more.is_empty() { "Throttling" } else { "ChargeTypeViolation" };
        assert_eq!(refused.code, expected, "disks are looked at in their order");
        let refused = app.refused(&format!("ModifyDiskChargeType&{}", query(&["d-1"], more))).await;
        assert_eq!(refused, throttled, "{seconds} s later");
    }
    assert_eq!(paid(&app, "d-2").await, postpaid(), "all or none");
    app.clock.set(NOW.plus(300));
    change(&app, &["d-1"], "&DiskChargeType=PostPaid").await;
    assert_eq!(paid(&app, "d-1").await, postpaid());
    // A clock that is set back keeps nobody waiting.
    app.clock.set(NOW.plus(-3_600));
    change(&app, &["d-1"], "").await;
    // It is what an export says, too.
    let state = app.arrange("GET", "/state", Value::Null).await;
    let exported = state["Disks"].as_array().unwrap().iter().find(|disk| disk["DiskId"] == "d-1").unwrap();
    assert_eq!(exported["ChargeTypeModifiedTime"], "2026-03-15T11:00:00Z");
}

#[actix_web::test]
async fn a_request_that_is_sent_again_is_answered_as_before() {
    let app = TestApp::seeded(SEED).await;
    let first = change(&app, &["d-1"], "&ClientToken=t").await["OrderId"].clone();
    assert_eq!(change(&app, &["d-1"], "&ClientToken=t").await["OrderId"], first, "it would be throttled otherwise");
    let mismatch = Fault::new(
        400,
        "Idempotence.SignatureMismatch",
        "There is a idempotence signature mismatch between this and last request.",
    );
    let other = query(&["d-2"], "&ClientToken=t");
    assert_eq!(app.refused(&format!("ModifyDiskChargeType&{other}")).await, mismatch);
    assert_eq!(paid(&app, "d-2").await, postpaid());
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, &format!("ModifyDiskChargeType&{}", query(&["d-1"], ""))).await;
}
