//! Every parameter with what it may be, every row that a parameter leads to, and the order of the checks.

use super::super::{ids, shown};
use super::{create, refused};
use crate::support::{Fault, TestApp};

const SEED: &str = "Snapshots: [{SnapshotId: s-1}]";

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let many = |text: &str, count: usize| text.repeat(count);
    let tag = "The specified Tag.n.Key is not valid.";
    for (queries, status, code, message) in [
        (
            vec!["Architecture=x", "Architecture=X86_64", "Architecture=amd64"],
            400,
            "InvalidArchitecture.Malformed",
            "The specified Architecture is wrongly formed.",
        ),
        (
            vec![
                "BootMode=x",
                "BootMode=bios",
                "Architecture=arm64&BootMode=BIOS",
                "Architecture=arm64&BootMode=UEFI-Preferred",
            ],
            400,
            "InvalidBootMode.NotSupport",
            "The specified parameter BootMode is not supported for current image architecture.",
        ),
        (
            vec![
                "Description=x",
                "Description=http://x",
                "Description=https://x",
                &*format!("Description={}", many("x", 257)),
            ],
            400,
            "InvalidDescription.Malformed",
            "The specified description is wrongly formed.",
        ),
        (
            vec![
                "DiskDeviceMapping.1.Device=/dev/sda",
                "DiskDeviceMapping.1.Device=/dev/xvdA",
                "DiskDeviceMapping.1.Device=/dev/xvdaa",
                "DiskDeviceMapping.1.Device=/dev/xvd",
                "DiskDeviceMapping.1.Device=/dev/vd1",
            ],
            400,
            "InvalidDevice.Malformed",
            "The specified parameter DiskDeviceMapping.n.Device is not valid.",
        ),
        (
            vec!["DiskDeviceMapping.1.DiskType=x", "DiskDeviceMapping.1.DiskType=System"],
            400,
            "InvalidDiskType.ValueNotSupported",
            "The specified disk type is not supported.",
        ),
        (
            vec!["DiskDeviceMapping.1.Size=0", "DiskDeviceMapping.1.Size=-1", "DiskDeviceMapping.17.Size=65537"],
            400,
            "InvalidSize.ValueNotSupported",
            "The specified parameter DiskDeviceMapping.n.Size beyond the permitted range.",
        ),
        (
            vec!["ImageFamily=x", "ImageFamily=1x", "ImageFamily=aliyun-x", "ImageFamily=acs:x", "ImageFamily=x%20y"],
            400,
            "InvalidImageFamily.Malformed",
            "The format of the specified image family is invalid.",
        ),
        (
            vec!["ImageName=x", "ImageName=1x", "ImageName=http://x", "ImageName=a*", "ImageName=a%20b"],
            400,
            "InvalidImageName.Malformed",
            "The specified Image name is wrongly formed.",
        ),
        (
            vec!["ImageVersion=1%200", "ImageVersion=%E4%B8%AD", &*format!("ImageVersion={}", many("1", 129))],
            400,
            "InvalidImageVersion.Malformed",
            "The specified ImageVersion is wrongly formed.",
        ),
        (
            vec!["Platform=x", "Platform=centos", "Platform=Windo"],
            400,
            "InvalidPlatform.Malformed",
            "The specified Platform is wrongly formed.",
        ),
        (
            vec!["ResourceGroupId=x"],
            404,
            "InvalidResourceGroup.NotFound",
            "The ResourceGroup provided does not exist in our records.",
        ),
        (vec!["Tag.21.Key=x"], 400, "InvalidTagCount", "The specified tags are beyond the permitted range."),
        (vec!["Tag.1.Key=", "Tag.1.Key=acs:x"], 400, "InvalidTagKey.Malformed", tag),
        (
            vec!["Tag.1.Key=x&Tag.1.Value=http://"],
            400,
            "InvalidTagValue.Malformed",
            "The specified Tag.n.Value is not valid.",
        ),
        (vec!["Tag.1.Key=x&Tag.2.Key=x"], 400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
    ] {
        for query in queries {
            let fault = refused(&app, &format!("SnapshotId=s-1&{query}")).await;
            assert_eq!(fault, Fault::new(status, code, message), "{query}");
        }
    }
    for (name, value) in [
        ("ClientToken", "%C3%A9"),
        ("DiskDeviceMapping.2.Size", "x"),
        ("DiskDeviceMapping.2.Size", "2147483648"),
        ("DryRun", "x"),
        ("Features.ImdsSupport", "v3"),
        ("SecureBootOptions.SecureBootSupport", "x"),
    ] {
        let message = format!("The specified parameter \"{name}\" is not valid.");
        let fault = refused(&app, &format!("SnapshotId=s-1&{name}={value}")).await;
        assert_eq!(fault, Fault::new(400, "InvalidParameter", &message), "{name}={value}");
    }
    for n in [0, 18] {
        let message = format!("The specified parameter \"DiskDeviceMapping.{n}\" is not valid.");
        let fault = refused(&app, &format!("DiskDeviceMapping.{n}.SnapshotId=s-1")).await;
        assert_eq!(fault, Fault::new(400, "InvalidParameter", &message));
    }
    assert_eq!(ids(&app, "Status=ALL").await, [""; 0], "a refused call makes nothing");
}

#[actix_web::test]
async fn what_must_be_there_is_named() {
    let app = TestApp::seeded(SEED).await;
    let message = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    for query in ["CreateImage", "CreateImage&RegionId=&SnapshotId=s-1"] {
        assert_eq!(app.refused(query).await, Fault::new(400, "MissingParameter", message), "{query}");
    }
    let message = "The input parameter SnapshotId or InstanceId or DiskDeviceMapping that is mandatory for processing this \
                   request is not supplied.";
    for query in
        ["", "SnapshotId=&InstanceId=", "DiskDeviceMapping.1.SnapshotId=&DiskDeviceMapping.1.Size=", "ImageName=x"]
    {
        assert_eq!(refused(&app, query).await, Fault::new(400, "MissingParameter", message), "{query}");
    }
}

#[actix_web::test]
async fn what_is_just_within_the_bounds_is_taken() {
    let app = TestApp::seeded(SEED).await;
    let queries = [
        "Architecture=i386".to_owned(),
        "Architecture=arm64&BootMode=UEFI".to_owned(),
        "BootMode=UEFI-Preferred".to_owned(),
        format!("ClientToken={}", "x".repeat(64)),
        format!("Description={}", "%E4%B8%AD".repeat(256)),
        "DetectionStrategy=Standard".to_owned(),
        "Features.ImdsSupport=v2".to_owned(),
        "ImageFamily=web.server_1:a-b".to_owned(),
        format!("ImageName={}", "%E4%B8%AD".repeat(128)),
        "ImageVersion=2026.1-rc_1".to_owned(),
        "Platform=Windows%20Server%202022".to_owned(),
        "Platform=Others%20Linux".to_owned(),
        "SecureBootOptions.SecureBootSupport=supported".to_owned(),
        "Tag.20.Key=k".to_owned(),
    ];
    for query in &queries {
        create(&app, &format!("SnapshotId=s-1&{query}")).await;
    }
    assert_eq!(ids(&app, "").await.len(), queries.len());
}

#[actix_web::test]
async fn a_name_belongs_to_one_own_image_of_a_region() {
    let app = TestApp::seeded(
        "
        Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2, RegionId: cn-beijing}]
        Images: [{ImageId: m-1, ImageName: mine}, {ImageId: m-2, ImageName: theirs, ImageOwnerAlias: others}]
        ",
    )
    .await;
    let taken = Fault::new(400, "InvalidImageName.Duplicated", "The specified image name is already in use.");
    assert_eq!(refused(&app, "SnapshotId=s-1&ImageName=mine").await, taken);
    create(&app, "SnapshotId=s-1&ImageName=theirs").await;
    assert_eq!(refused(&app, "SnapshotId=s-1&ImageName=theirs").await, taken);
    create(&app, "SnapshotId=s-1&ImageName=MINE").await;
    app.act("CreateImage&RegionId=cn-beijing&SnapshotId=s-2&ImageName=mine").await;
    // Without a name it has its id.
    let id = create(&app, "SnapshotId=s-1").await;
    assert_eq!(shown(&app, &id).await["ImageName"], id.as_str());
}

/// A way to fail each check of parameters, in the order of the checks.
const WRONG: &[(&str, &str)] = &[
    // Format.
    ("ClientToken=%C3%A9", "InvalidParameter"),
    ("DiskDeviceMapping.1.Size=x", "InvalidParameter"),
    ("DryRun=x", "InvalidParameter"),
    // Values.
    ("Architecture=x", "InvalidArchitecture.Malformed"),
    ("BootMode=x", "InvalidBootMode.NotSupport"),
    ("Description=x", "InvalidDescription.Malformed"),
    ("DiskDeviceMapping.2.Device=x", "InvalidDevice.Malformed"),
    ("DiskDeviceMapping.3.DiskType=x", "InvalidDiskType.ValueNotSupported"),
    ("DiskDeviceMapping.4.Size=0", "InvalidSize.ValueNotSupported"),
    ("Features.ImdsSupport=x", "InvalidParameter"),
    ("ImageFamily=x", "InvalidImageFamily.Malformed"),
    ("ImageName=x", "InvalidImageName.Malformed"),
    ("ImageVersion=%20x", "InvalidImageVersion.Malformed"),
    ("Platform=x", "InvalidPlatform.Malformed"),
    ("ResourceGroupId=x", "InvalidResourceGroup.NotFound"),
    ("SecureBootOptions.SecureBootSupport=x", "InvalidParameter"),
    ("Tag.21.Key=x", "InvalidTagCount"),
    // The store.
    ("RegionId=cn-nowhere", "InvalidRegionId.NotFound"),
    ("InstanceId=i-unknown", "InvalidInstanceId.NotFound"),
    ("DiskDeviceMapping.5.SnapshotId=s-unknown", "InvalidSnapshotId.NotFound"),
    ("ImageName=taken", "InvalidImageName.Duplicated"),
];

#[actix_web::test]
async fn each_check_comes_before_all_that_follow_it() {
    let app = TestApp::seeded("{Snapshots: [{SnapshotId: s-1}], Images: [{ImageId: m-1, ImageName: taken}]}").await;
    for (number, (query, code)) in WRONG.iter().enumerate() {
        for (other, _) in &WRONG[number..] {
            let name = |query: &str| query.split('=').next().unwrap().to_owned();
            if query != other && name(query) == name(other) {
                continue;
            }
            // Of two of a name the first counts.
            let both = format!("CreateImage&{query}&{other}&RegionId=cn-hangzhou&SnapshotId=s-1");
            assert_eq!(app.refused(&both).await.code, *code, "{both}");
        }
    }
    assert_eq!(ids(&app, "Status=ALL").await, ["m-1"]);
}
