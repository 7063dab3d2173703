//! What an image that was made looks like, when it is there, and calls that are repeated or only tried.

use serde_json::json;

use super::super::{ids, images, shown};
use super::{create, refused};
use crate::support::{Fault, NOW, TestApp, golden};

const SEED: &str = "Snapshots: [{SnapshotId: s-1, SourceDiskSize: 60}]";

#[actix_web::test]
async fn everything_that_the_call_says_is_in_the_image() {
    let app = TestApp::seeded(SEED).await;
    let query = "SnapshotId=s-1&ImageName=web-1&Description=before+the+move&Platform=Windows+Server+2022&Architecture=x86_64\
         &ImageVersion=2.0&ImageFamily=web&BootMode=UEFI&ResourceGroupId=rg-1&Features.ImdsSupport=v2\
         &SecureBootOptions.SecureBootSupport=supported&Tag.1.Key=env&Tag.1.Value=one&Tag.2.Key=a%26b";
    let id = create(&app, query).await;
    assert!(id.starts_with("m-bp1") && id.len() == 22, "{id}");
    let mapping = json!({
        "SnapshotId": "s-1",
        "Size": "60",
        "Type": "system",
        "Device": "/dev/xvda",
        "Format": "",
        "Encrypted": false,
        "Progress": "100%",
        "ImportOSSBucket": "",
        "ImportOSSObject": "",
    });
    let expected = json!({
        "ImageId": id,
        "ImageName": "web-1",
        "ImageFamily": "web",
        "ImageVersion": "2.0",
        "Description": "before the move",
        "CreationTime": "2026-03-15T12:00:00Z",
        "Status": "Available",
        "Progress": "100%",
        "Usable": true,
        "Usage": "none",
        "ImageOwnerAlias": "self",
        "Architecture": "x86_64",
        "OSType": "windows",
        "OSName": "",
        "OSNameEn": "",
        "Platform": "Windows Server 2022",
        "BootMode": "UEFI",
        "Size": 60,
        "DiskDeviceMappings": {"DiskDeviceMapping": [mapping]},
        "IsPublic": false,
        "IsCopied": false,
        "IsSubscribed": false,
        "IsSelfShared": "",
        "IsSupportCloudinit": true,
        "IsSupportIoOptimized": true,
        "ProductCode": "",
        "ResourceGroupId": "rg-1",
        "Features": {"ImdsSupport": "v2", "NvmeSupport": "unsupported"},
        "SecureBootOptions": {"SecureBootSupport": "supported"},
        "Tags": {"Tag": [{"TagKey": "a&b", "TagValue": ""}, {"TagKey": "env", "TagValue": "one"}]},
    });
    assert_eq!(shown(&app, &id).await, expected);
    let entry = app.entry(&format!("images/{id}")).await;
    assert_eq!(entry["DiskDeviceMappings"][0]["SnapshotId"], "s-1");
}

#[actix_web::test]
async fn making_it_takes_as_long_as_the_settings_say() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", json!({"ImageSeconds": 100})).await;
    let id = create(&app, "SnapshotId=s-1").await;
    // As Terraform and packer wait for it, whatever was asked before: a page that is kept is of its moment.
    let waiting = "Status=Creating,Waiting,Available,UnAvailable,CreateFailed";
    for (seconds, status, progress, usable) in [
        (0, "Creating", "0%", false),
        (50, "Creating", "50%", false),
        (99, "Creating", "99%", false),
        (100, "Available", "100%", true),
    ] {
        app.clock.set(NOW.plus(seconds));
        let image = images(&app, &format!("ImageId={id}&{waiting}")).await.remove(0);
        let seen = [&image["Status"], &image["Progress"], &image["Usable"]];
        assert_eq!(seen, [&json!(status), &json!(progress), &json!(usable)], "{seconds}");
        let mapping = &image["DiskDeviceMappings"]["DiskDeviceMapping"][0];
        assert_eq!(mapping["Progress"], progress);
        assert_eq!(mapping.get("RemainTime"), (seconds < 100).then(|| json!(100 - seconds)).as_ref());
        assert_eq!(ids(&app, "").await.len(), usize::from(usable), "{seconds}");
        assert_eq!(ids(&app, "Status=Creating").await.len(), usize::from(!usable));
        assert_eq!(ids(&app, "Usable=true&Status=ALL").await.len(), usize::from(usable));
    }
    app.arrange("PATCH", "/settings", json!({"ImageSeconds": "never"})).await;
    let id = create(&app, "SnapshotId=s-1").await;
    app.clock.set(NOW.plus(1_000_000));
    assert_eq!(shown(&app, &id).await["Status"], "Creating");
    // Somebody else says when it is there.
    app.arrange("PATCH", &format!("/images/{id}"), json!({"Status": "CreateFailed"})).await;
    let image = shown(&app, &id).await;
    assert_eq!((&image["Status"], &image["Usable"]), (&json!("CreateFailed"), &json!(false)));
}

#[actix_web::test]
async fn a_call_that_is_repeated_with_its_token_makes_no_second_image() {
    let app = TestApp::seeded(SEED).await;
    let query = "SnapshotId=s-1&ImageName=web-1&ClientToken=t";
    let id = create(&app, query).await;
    assert_eq!(create(&app, query).await, id);
    assert_eq!(ids(&app, "").await, [id.as_str()]);
    let message = "Request uses a client token in a previous request but is not identical to that request.";
    let fault = refused(&app, "SnapshotId=s-1&ImageName=web-2&ClientToken=t").await;
    assert_eq!(fault, Fault::new(400, "IdempotenceParamNotMatch", message));
    create(&app, "SnapshotId=s-1&ImageName=web-2&ClientToken=u").await;
}

#[actix_web::test]
async fn a_call_that_is_tried_checks_everything_and_makes_nothing() {
    let app = TestApp::seeded(SEED).await;
    let message = "Request validation has been passed with DryRun flag set.";
    let passed = Fault::new(400, "DryRunOperation", message);
    assert_eq!(refused(&app, "SnapshotId=s-1&DryRun=true&ClientToken=t").await, passed);
    assert_eq!(refused(&app, "SnapshotId=s-2&DryRun=true").await.code, "InvalidSnapshotId.NotFound");
    assert_eq!(ids(&app, "Status=ALL").await, [""; 0]);
    create(&app, "SnapshotId=s-1&DryRun=false&ClientToken=t").await;
}

#[actix_web::test]
async fn a_whole_reply() {
    golden(SEED, "CreateImage&RegionId=cn-hangzhou&SnapshotId=s-1&ImageName=web-1").await;
}
