//! ModifyDiskAttribute: what it changes, of one disk or of several, and what it refuses.

use serde_json::{Value, json};

use super::{ids, shown};
use crate::support::{Fault, TestApp, golden};

async fn modify(app: &TestApp, query: &str) {
    let reply = app.act(&format!("ModifyDiskAttribute&{query}")).await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"], "{query}");
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("ModifyDiskAttribute&{query}")).await
}

const SEED: &str = "
Disks:
  - {DiskId: d-1, DiskName: before, Description: before, Category: cloud_auto}
  - {DiskId: d-2}
  - {DiskId: d-3, RegionId: cn-beijing}
  - {DiskId: d-multi, Category: cloud_auto, MultiAttach: Enabled}
  - {DiskId: d-small, Category: cloud_auto, Size: 3}
  - {DiskId: d-fixed, Portable: false}
  - {DiskId: d-system, Type: system}
  - {DiskId: d-creating, Status: Creating}
  - {DiskId: d-detaching, Status: Detaching}
";

#[actix_web::test]
async fn each_attribute_is_changed_and_the_others_stay() {
    let app = TestApp::seeded(SEED).await;
    let mut disk = shown(&app, "d-1").await;
    for (query, field, value) in [
        ("DiskName=after", "DiskName", json!("after")),
        ("Description=after+all", "Description", json!("after all")),
        ("Description=", "Description", json!("")),
        ("DeleteAutoSnapshot=false", "DeleteAutoSnapshot", json!(false)),
        ("DeleteWithInstance=true", "DeleteWithInstance", json!(true)),
        ("EnableAutoSnapshot=false", "EnableAutoSnapshot", json!(false)),
        ("BurstingEnabled=true", "BurstingEnabled", json!(true)),
        ("BurstingEnabled=false", "BurstingEnabled", json!(false)),
        ("DeleteAutoSnapshot=true&RegionId=cn-hangzhou", "DeleteAutoSnapshot", json!(true)),
    ] {
        modify(&app, &format!("DiskId=d-1&{query}")).await;
        disk[field] = value;
        assert_eq!(shown(&app, "d-1").await, disk, "{query}");
    }
    assert_eq!(ids(&app, "DiskName=after&EnableAutoSnapshot=false").await, ["d-1"], "lists know it");
    modify(&app, "DiskId=d-3&DiskName=elsewhere").await;
    modify(&app, "DiskId=d-system&DeleteWithInstance=false").await;
}

#[actix_web::test]
async fn several_disks_are_changed_together_or_none_is() {
    let app = TestApp::seeded(SEED).await;
    modify(&app, "DiskIds.1=d-1&DiskIds.7=d-2&DiskIds.3=d-1&DiskIds.4=&DiskName=both").await;
    assert_eq!(ids(&app, "DiskName=both").await, ["d-1", "d-2"]);
    for (query, code) in [
        ("DiskIds.1=d-1&DiskIds.2=d-unknown", "InvalidDiskId.NotFound"),
        ("DiskIds.1=d-1&DiskIds.2=d-3&RegionId=cn-hangzhou", "InvalidDiskId.NotFound"),
        ("DiskIds.1=d-1&DiskIds.2=d-creating", "IncorrectDiskStatus"),
        ("DiskIds.2=d-unknown&DiskIds.1=d-creating", "IncorrectDiskStatus"),
    ] {
        assert_eq!(refused(&app, &format!("{query}&DiskName=half")).await.code, code, "{query}");
    }
    assert_eq!(ids(&app, "DiskName=half").await, [""; 0]);
    let many: Vec<String> = (1..=101).map(|n| format!("DiskIds.{n}=d-1")).collect();
    modify(&app, &format!("{}&DiskName=hundred", many[..100].join("&"))).await;
    let message = "The specified parameter \"DiskIds\" is not valid.";
    for query in [many.join("&"), "DiskIds.0=d-1".to_owned(), "DiskIds.4294967296=d-1".to_owned()] {
        let fault = refused(&app, &format!("{query}&DiskName=more")).await;
        assert_eq!(fault, Fault::new(400, "InvalidParameter", message), "{query}");
    }
    modify(&app, "DiskIds.1=d-1&diskids.01=d-2&DiskName=first").await;
    assert_eq!(ids(&app, "DiskName=first").await, ["d-1"], "of two with one N, the first counts");
}

#[actix_web::test]
async fn exactly_one_of_the_two_names_the_disks() {
    let app = TestApp::seeded(SEED).await;
    let message = "Specified parameter DiskId or DiskIds is missing.";
    let missing = Fault::new(400, "MissingParameter.DiskIdOrDiskIds", message);
    for query in ["DiskName=ab", "DiskId=&DiskIds.1=&DiskName=a", ""] {
        assert_eq!(refused(&app, query).await, missing, "{query}");
    }
    let message = "Specified parameter DiskId and DiskIds conflict, only one can be chosen.";
    let conflict = Fault::new(400, "ParameterConflict.DiskIdAndDiskIds", message);
    assert_eq!(refused(&app, "DiskId=d-1&DiskIds.1=d-1&DiskName=ab").await, conflict);
}

#[actix_web::test]
async fn what_is_wrong_with_a_parameter_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let name = (400, "InvalidDiskName.Malformed", "The specified disk name is wrongly formed.");
    let description = (404, "InvalidDescription.Malformed", "The specified description is wrongly formed.");
    let nothing = (400, "NoAttributeToModify", "No attribute to be modified in this request.");
    let long_name = format!("DiskName={}", "n".repeat(129));
    let long_description = format!("Description={}", "d".repeat(257));
    for (query, (status, code, message)) in [
        ("DiskName=a", name),
        ("DiskName=1ab", name),
        ("DiskName=http://ab", name),
        ("DiskName=a/b", name),
        (long_name.as_str(), name),
        ("Description=d", description),
        ("Description=http://d", description),
        ("Description=https://d", description),
        (long_description.as_str(), description),
        ("", nothing),
        ("DiskName=&BurstingEnabled=&RegionId=cn-hangzhou", nothing),
        (
            "DiskName=ab&RegionId=cn-atlantis",
            (400, "InvalidRegionId.MalFormed", "The specified RegionId is not valid."),
        ),
    ] {
        let fault = refused(&app, &format!("DiskId=d-1&{query}")).await;
        assert_eq!(fault, Fault::new(status, code, message), "{query}");
    }
    for name in ["BurstingEnabled", "DeleteAutoSnapshot", "DeleteWithInstance", "EnableAutoSnapshot"] {
        let message = format!("The specified parameter \"{name}\" is not valid.");
        let fault = refused(&app, &format!("DiskId=d-unknown&{name}=1&DiskName=a")).await;
        assert_eq!(fault, Fault::new(400, "InvalidParameter", &message), "{name}");
    }
    let edges = format!("DiskId=d-1&DiskName={}&Description={}", "n".repeat(128), "d".repeat(256));
    modify(&app, &edges).await;
    modify(&app, "DiskId=d-1&DiskName=%E7%9B%98%3A_.-9&Description=dd").await;
    assert_eq!(shown(&app, "d-1").await["DiskName"], "盘:_.-9");
}

#[actix_web::test]
async fn what_is_wrong_with_a_disk_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let status = (403, "IncorrectDiskStatus", "The operation is not supported in this status.");
    for (query, (code_status, code, message)) in [
        ("DiskId=d-unknown&DiskName=ab", (404, "InvalidDiskId.NotFound", "The specified disk does not exist.")),
        (
            "DiskId=d-3&RegionId=cn-hangzhou&DiskName=ab",
            (404, "InvalidDiskId.NotFound", "The specified disk does not exist."),
        ),
        (
            "DiskId=d-2&BurstingEnabled=true",
            (
                400,
                "BurstingEnabledForDiskCategoryUnsupported",
                "The specified disk category does not support bursting enabled.",
            ),
        ),
        (
            "DiskId=d-multi&BurstingEnabled=true",
            (
                400,
                "BurstingEnabledForMultiAttachDiskUnsupported",
                "The multi attach disk does not support bursting enabled.",
            ),
        ),
        (
            "DiskId=d-small&BurstingEnabled=true",
            (
                400,
                "InvalidBurstingEnabled.DiskSizeTooSmall",
                "The disk size must be greater than 3 GiB to enable burst.",
            ),
        ),
        (
            "DiskId=d-multi&DeleteWithInstance=true",
            (403, "DeleteWithInstance.Conflict", "Multi attach disk cannot be set to DeleteWithInstance attribute."),
        ),
        (
            "DiskId=d-fixed&DeleteWithInstance=false",
            (403, "DiskNotPortable", "The specified disk is not a portable disk."),
        ),
        ("DiskId=d-creating&DiskName=ab", status),
        ("DiskId=d-detaching&DiskName=ab", status),
    ] {
        assert_eq!(refused(&app, query).await, Fault::new(code_status, code, message), "{query}");
    }
    modify(&app, "DiskId=d-2&BurstingEnabled=false").await;
    modify(&app, "DiskId=d-fixed&DeleteWithInstance=true").await;
}

#[actix_web::test]
async fn a_change_to_what_is_there_already_is_none() {
    let app = TestApp::seeded(SEED).await;
    let before = app.arrange("GET", "/state", Value::Null).await;
    modify(&app, "DiskId=d-1&DiskName=before&Description=before&DeleteAutoSnapshot=true").await;
    assert_eq!(app.arrange("GET", "/state", Value::Null).await, before);
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "ModifyDiskAttribute&DiskId=d-1&DiskName=after").await;
}
