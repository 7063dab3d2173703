//! ModifyImageAttribute: what can be changed of an image, and what cannot.

use serde_json::{Value, json};

use super::{ids, shown};
use crate::support::{Fault, NOW, TestApp, golden};

const SEED: &str = "
    Images:
      - {ImageId: m-1, ImageName: one, Description: first, Features: {ImdsSupport: v1, CpuOnlineUpgrade: supported}}
      - {ImageId: m-2, ImageName: two, Features: {ImdsSupport: v2}}
      - {ImageId: m-arm, Architecture: arm64}
      - {ImageId: m-used, BootMode: BIOS}
      - {ImageId: m-making, ReadyTime: '2026-03-15T12:01:40Z'}
      - {ImageId: m-waiting, Status: Waiting}
      - {ImageId: m-deprecated, Status: Deprecated}
      - {ImageId: m-theirs, ImageName: theirs, ImageOwnerAlias: others}
      - {ImageId: m-elsewhere, ImageName: elsewhere, RegionId: cn-beijing}
    Instances: [{InstanceId: i-1, ImageId: m-used}]
    ";

async fn modify(app: &TestApp, query: &str) -> Value {
    app.act(&format!("ModifyImageAttribute&RegionId=cn-hangzhou&{query}")).await
}

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("ModifyImageAttribute&RegionId=cn-hangzhou&{query}")).await
}

#[actix_web::test]
async fn what_a_call_names_is_changed_and_nothing_else() {
    let app = TestApp::seeded(SEED).await;
    let before = shown(&app, "m-1").await;
    let reply = modify(&app, "ImageId=m-1").await;
    assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
    // As Terraform changes one.
    let query = "ImageName=uno&Description=erste&ImageFamily=f1&BootMode=UEFI&LicenseType=BYOL&Features.NvmeSupport=unsupported\
                 &Features.ImdsSupport=v2";
    modify(&app, &format!("ImageId=m-1&{query}")).await;
    let mut expected = before;
    for (field, value) in [
        ("ImageName", json!("uno")),
        ("Description", json!("erste")),
        ("ImageFamily", json!("f1")),
        ("BootMode", json!("UEFI")),
        ("LicenseType", json!("BYOL")),
        ("Features", json!({"ImdsSupport": "v2", "NvmeSupport": "unsupported", "CpuOnlineUpgrade": "supported"})),
    ] {
        expected[field] = value;
    }
    assert_eq!(shown(&app, "m-1").await, expected);
    modify(&app, "ImageId=m-1&ImageName=&Description=&ImageFamily=&Status=").await;
    assert_eq!(shown(&app, "m-1").await, expected, "what is empty stays as it is");
    assert_eq!(ids(&app, "ImageName=uno&ImageFamily=f1").await, ["m-1"], "filters find it as it is now");
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let name = "Image names must be between 2 and 128 characters long, using either English or Chinese characters. The name must \
                start with a letter or a Chinese character, and can include numbers, colons, underscores and hyphens.";
    let family = "The specified parameter \"ImageFamily\" is malformed.";
    for (query, code, message) in [
        ("BootMode=x", "InvalidBootMode.NotSupport", "The specified parameter BootMode is not supported."),
        ("Description=x", "InvalidDescription.Malformed", "The specified description is wrongly formed."),
        ("Description=http://x", "InvalidDescription.Malformed", "The specified description is wrongly formed."),
        (
            "Features.ImdsSupport=v3",
            "InvalidParameter.FeaturesImdsSupport",
            "The specified parameter Features.ImdsSupport is not supported.",
        ),
        (
            "Features.NvmeSupport=x",
            "InvalidParameter",
            "The specified parameter \"Features.NvmeSupport\" is not valid.",
        ),
        ("ImageFamily=x", "InvalidImageFamily.Malformed", family),
        ("ImageFamily=aliyun", "InvalidImageFamily.Malformed", family),
        ("ImageName=x", "InvalidImageName.Malformed", name),
        ("ImageName=a%2Fb", "InvalidImageName.Malformed", name),
        ("LicenseType=x", "InvalidLicenseType.NotSupported", "The specified parameter LicenseType is not supported."),
        ("Status=Creating", "InvalidParameter", "The specified parameter \"Status\" is not valid."),
        ("DryRun=x", "InvalidParameter", "The specified parameter \"DryRun\" is not valid."),
    ] {
        let fault = refused(&app, &format!("ImageId=m-unknown&{query}")).await;
        assert_eq!(fault, Fault::new(400, code, message), "{query}: before it is looked for");
    }
    let missing = |name: &str| {
        let message =
            format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.");
        Fault::new(400, "MissingParameter", &message)
    };
    assert_eq!(app.refused("ModifyImageAttribute&ImageId=m-1&BootMode=x").await, missing("RegionId"));
    assert_eq!(refused(&app, "ImageName=x").await, missing("ImageId"));
    let fault = app.refused("ModifyImageAttribute&RegionId=cn-nowhere&ImageId=m-1").await;
    assert_eq!(fault, Fault::new(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."));
    for id in ["m-unknown", "m-elsewhere", "m-theirs"] {
        let unknown = Fault::new(404, "InvalidImageId.NotFound", "The specified ImageId does not exist.");
        assert_eq!(refused(&app, &format!("ImageId={id}&Description=xy")).await, unknown, "{id}");
    }
}

#[actix_web::test]
async fn a_name_that_another_own_image_has_is_taken() {
    let app = TestApp::seeded(SEED).await;
    let taken = Fault::new(400, "InvalidImageName.Duplicated", "The specified Image name has already bean used.");
    assert_eq!(refused(&app, "ImageId=m-1&ImageName=two&Description=other").await, taken);
    assert_eq!(shown(&app, "m-1").await["Description"], "first", "nothing of it is done");
    for query in ["ImageId=m-1&ImageName=one", "ImageId=m-1&ImageName=theirs", "ImageId=m-2&ImageName=elsewhere"] {
        modify(&app, query).await;
    }
    modify(&app, "ImageId=m-arm&ImageName=one").await;
    assert_eq!(refused(&app, "ImageId=m-1&ImageName=elsewhere").await, taken);
}

#[actix_web::test]
async fn an_image_is_deprecated_and_taken_back() {
    let app = TestApp::seeded(SEED).await;
    let available = Fault::new(403, "ImageStatus.NotAvailable", "The specified image status is not available.");
    let deprecated = Fault::new(403, "ImageStatus.NotDeprecated", "The specified image status is not deprecated.");
    modify(&app, "ImageId=m-1&Status=Deprecated").await;
    let image = shown(&app, "m-1").await;
    assert_eq!(
        (&image["Status"], &image["Usable"]),
        (&json!("Deprecated"), &json!(true)),
        "instances can still be made"
    );
    assert_eq!(ids(&app, "Status=Deprecated").await, ["m-1", "m-deprecated"]);
    assert_eq!(refused(&app, "ImageId=m-1&Status=Deprecated").await, available);
    modify(&app, "ImageId=m-1&Status=Available").await;
    assert_eq!(shown(&app, "m-1").await["Status"], "Available");
    assert_eq!(refused(&app, "ImageId=m-1&Status=Available").await, deprecated);
    assert_eq!(refused(&app, "ImageId=m-waiting&Status=Deprecated").await, available);
    assert_eq!(refused(&app, "ImageId=m-waiting&Status=Available").await, deprecated);
    // One that its entry says to be deprecated before its time.
    app.arrange("PATCH", "/images/m-making", json!({"Status": "Deprecated"})).await;
    modify(&app, "ImageId=m-making&Status=Available").await;
    assert_eq!(shown(&app, "m-making").await["Status"], "Available");
}

#[actix_web::test]
async fn one_in_the_making_cannot_be_changed() {
    let app = TestApp::seeded(SEED).await;
    let message = "The operation cannot be performed because the image is creating. Please wait until the creation is complete \
                   and try again.";
    for query in ["Description=xy", "Status=Deprecated", "ImageName=two"] {
        let fault = refused(&app, &format!("ImageId=m-making&{query}")).await;
        assert_eq!(fault, Fault::new(403, "InvalidStatus.ImageIsCreating", message), "{query}");
    }
    app.clock.set(NOW.plus(100));
    modify(&app, "ImageId=m-making&Description=xy").await;
}

#[actix_web::test]
async fn what_instances_can_do_changes_only_as_it_may() {
    let app = TestApp::seeded(SEED).await;
    let arm = "The specified parameter BootMode is not supported for current image architecture.";
    for boot_mode in ["BIOS", "UEFI-Preferred"] {
        let fault = refused(&app, &format!("ImageId=m-arm&BootMode={boot_mode}")).await;
        assert_eq!(fault, Fault::new(400, "InvalidBootMode.NotSupport", arm));
    }
    modify(&app, "ImageId=m-arm&BootMode=UEFI").await;
    let used = "The boot mode of the image cannot be modified because it has associated instances.";
    let fault = refused(&app, "ImageId=m-used&BootMode=UEFI").await;
    assert_eq!(fault, Fault::new(403, "OperationDeined.ImageUsingByInstance", used));
    modify(&app, "ImageId=m-used&BootMode=BIOS&Description=as+it+was").await;
    app.arrange("DELETE", "/instances/i-1", Value::Null).await;
    modify(&app, "ImageId=m-used&BootMode=UEFI").await;
    let back = "The specified parameter Features.ImdsSupport can not be set to v1 from v2.";
    let fault = refused(&app, "ImageId=m-2&Features.ImdsSupport=v1").await;
    assert_eq!(fault, Fault::new(403, "InvalidOperation.FeaturesImdsSupportNotMatch", back));
    modify(&app, "ImageId=m-2&Features.ImdsSupport=v2").await;
    modify(&app, "ImageId=m-arm&Features.ImdsSupport=v1").await;
}

#[actix_web::test]
async fn a_call_that_is_tried_changes_nothing() {
    let app = TestApp::seeded(SEED).await;
    assert_eq!(refused(&app, "ImageId=m-1&Description=other&DryRun=true").await.code, "DryRunOperation");
    assert_eq!(refused(&app, "ImageId=m-1&ImageName=two&DryRun=true").await.code, "InvalidImageName.Duplicated");
    assert_eq!(shown(&app, "m-1").await["Description"], "first");
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "ModifyImageAttribute&RegionId=cn-hangzhou&ImageId=m-1&Description=other").await;
}
