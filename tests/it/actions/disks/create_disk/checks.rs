//! What is wrong with the parameters of a call, and which of several is told.

use super::{create, refused};
use crate::support::{Fault, TestApp};

const ZONE: &str = "ZoneId=cn-hangzhou-b";

#[actix_web::test]
async fn what_is_missing_is_named_before_anything_else() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    let message = "The input parameter either \"SnapshotId\" or \"Size\" should be specified.";
    let size = Fault::new(400, "MissingParameter", message);
    for query in [ZONE, "ZoneId=cn-hangzhou-b&Size=&DiskCategory=x&Encrypted=x", "Description=x"] {
        assert_eq!(refused(&app, query).await, size, "{query}");
    }
    let message = "The input parameter ZoneId that is mandatory for processing this request is not supplied.";
    let zone = Fault::new(400, "MissingParameter", message);
    for query in ["Size=20", "SnapshotId=s-1&ZoneId=&DiskName=x&Encrypted=x"] {
        assert_eq!(refused(&app, query).await, zone, "{query}");
    }
    let message = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    let fault = app.refused("CreateDisk&ZoneId=cn-hangzhou-b").await;
    assert_eq!(fault, Fault::new(400, "MissingParameter", message));
}

#[actix_web::test]
async fn what_is_malformed_is_named() {
    let app = TestApp::empty().await;
    let token = "x".repeat(65);
    for (name, value) in [
        ("BurstingEnabled", "1"),
        ("ClientToken", token.as_str()),
        ("ClientToken", "%E7%9B%98"),
        ("Encrypted", "1"),
        ("ProvisionedIops", "-1"),
        ("Size", "x"),
        ("Size", "1.5"),
        ("StorageSetPartitionNumber", "1"),
        ("StorageSetPartitionNumber", "x"),
    ] {
        let query = format!("{ZONE}&{name}={value}&SnapshotId=s-1&DiskName=x");
        let message = format!("The specified parameter \"{name}\" is not valid.");
        assert_eq!(refused(&app, &query).await, Fault::new(400, "InvalidParameter", &message), "{name}={value}");
    }
}

#[actix_web::test]
async fn each_value_that_is_not_permitted_has_its_row() {
    let app = TestApp::empty().await;
    let name = (400, "InvalidDiskName.Malformed", "The specified disk name is wrongly formed.");
    let description = (400, "InvalidDescription.Malformed", "The specified description is wrongly formed.");
    let size = (400, "InvalidSize.ValueNotSupported", "The specified parameter Size is not valid.");
    let iops = (
        400,
        "ProvisionedIopsForDiskCategoryUnsupported",
        "The specified disk category does not support provisioned iops.",
    );
    let bursting = (
        400,
        "BurstingEnabledForDiskCategoryUnsupported",
        "The specified disk category does not support bursting enabled.",
    );
    let group = (404, "InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist in our records.");
    let zone = (404, "InvalidZoneId.NotFound", "The specified zone does not exist.");
    for (query, (status, code, message)) in [
        ("DiskName=a", name),
        ("DiskName=1ab", name),
        ("DiskName=https://ab", name),
        ("Description=d", description),
        ("Description=http://d", description),
        (
            "DiskCategory=local_ssd_pro",
            (400, "InvalidDiskCategory.ValueNotSupported", "The specified parameter \"DiskCategory\" is not valid."),
        ),
        ("Size=0", size),
        ("Size=-1", size),
        ("Size=65537", size),
        (
            "KMSKeyId=k-1",
            (
                400,
                "InvalidEncrypted.NotMatchKmsKeyId",
                "The specified parameter Encrypted must be true when KmsKeyId is not empty.",
            ),
        ),
        (
            "PerformanceLevel=PL4",
            (400, "InvalidPerformanceLevel.Malformed", "The specified parameter PerformanceLevel is not valid."),
        ),
        ("ProvisionedIops=1&DiskCategory=cloud_essd", iops),
        ("BurstingEnabled=true", bursting),
        (
            "MultiAttach=LegacyShared",
            (403, "InvalidParameter.MultiAttach", "The specified param MultiAttach is not valid."),
        ),
        ("ResourceGroupId=group", group),
        ("Tag.21.Key=a", (400, "InvalidTagCount", "The specified tags are beyond the permitted range.")),
        ("Tag.1.Key=acs:a", (400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.")),
        (
            "Tag.1.Key=a&Tag.1.Value=http://b",
            (400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid."),
        ),
        ("Tag.1.Key=a&Tag.2.Key=a", (400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key.")),
        (
            "InstanceId=i-1",
            (
                403,
                "InvalidParam.ZoneIdAndInstanceId.Conflict",
                "The specified parameter 'ZoneId' and 'InstanceId' are not blank at the same time.",
            ),
        ),
        (
            "DiskCategory=cloud_regional_disk_auto",
            (
                400,
                "InvalidZoneId.DiskCategoryUnsupported",
                "The specified disk category does not support setting the ZoneId.",
            ),
        ),
        ("ZoneId=cn-beijing-a", zone),
        ("ZoneId=cn-hangzhou-B", zone),
        ("ZoneId=cn-hangzhou-bb", zone),
    ] {
        let rest = if query.contains("Size=") { "" } else { "&Size=20" };
        // Of two, the first one counts.
        let fault = refused(&app, &format!("{query}{rest}&{ZONE}")).await;
        assert_eq!(fault, Fault::new(status, code, message), "{query}");
    }
    let message = "The parameter MultiAttach and InstanceId are conflict.";
    let fault = refused(&app, "InstanceId=i-1&MultiAttach=Enabled&Size=20").await;
    assert_eq!(fault, Fault::new(403, "InvalidParameter.MultiAttachAndInstanceIdConflict", message));
    let unknown = Fault::new(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.");
    let fault = app.refused("CreateDisk&RegionId=cn-atlantis&ZoneId=cn-atlantis-a&Size=20").await;
    assert_eq!(fault, unknown);
    assert_eq!(super::super::ids(&app, "").await, [""; 0]);
}

#[actix_web::test]
async fn values_are_checked_in_the_order_of_the_documentation() {
    let app = TestApp::empty().await;
    let wrong = [
        ("BurstingEnabled=true", "BurstingEnabledForDiskCategoryUnsupported"),
        ("Description=x", "InvalidDescription.Malformed"),
        ("DiskName=x", "InvalidDiskName.Malformed"),
        ("KMSKeyId=x", "InvalidEncrypted.NotMatchKmsKeyId"),
        ("MultiAttach=x", "InvalidParameter.MultiAttach"),
        ("PerformanceLevel=x", "InvalidPerformanceLevel.Malformed"),
        ("ProvisionedIops=1", "ProvisionedIopsForDiskCategoryUnsupported"),
        ("ResourceGroupId=x", "InvalidResourceGroup.NotFound"),
        ("Size=0", "InvalidSize.ValueNotSupported"),
        ("Tag.0.Key=x", "InvalidTagCount"),
        ("ZoneId=x", "InvalidZoneId.NotFound"),
    ];
    for start in 0..wrong.len() {
        let rest: Vec<&str> = wrong[start..].iter().rev().map(|(query, _)| *query).collect();
        let fault = refused(&app, &format!("{}&{ZONE}&Size=20", rest.join("&"))).await;
        assert_eq!(fault.code, wrong[start].1, "{rest:?}");
    }
}

#[actix_web::test]
async fn each_category_and_level_has_its_sizes() {
    let app = TestApp::empty().await;
    let not_supported = Fault::new(403, "InvalidDiskSize.NotSupported", "The specified disk size is not supported.");
    let message = "The specified PerformanceLevel and Size do not match.";
    let level = Fault::new(403, "OperationDenied.PerformanceLevelNotMatch", message);
    for (category, smallest, largest, below) in [
        ("cloud", 5, 2_000, &not_supported),
        ("cloud_efficiency", 20, 32_768, &not_supported),
        ("cloud_ssd", 20, 32_768, &not_supported),
        ("cloud_essd_entry", 10, 32_768, &not_supported),
        ("elastic_ephemeral_disk_standard", 64, 8_192, &not_supported),
        ("elastic_ephemeral_disk_premium", 64, 8_192, &not_supported),
        ("cloud_essd", 20, 65_536, &level),
        ("cloud_essd&PerformanceLevel=PL1", 20, 65_536, &level),
        ("cloud_essd&PerformanceLevel=PL2", 461, 65_536, &level),
        ("cloud_essd&PerformanceLevel=PL3", 1_261, 65_536, &level),
    ] {
        let of = |size: i32| format!("{ZONE}&DiskCategory={category}&Size={size}");
        create(&app, &of(smallest)).await;
        create(&app, &of(largest)).await;
        assert_eq!(refused(&app, &of(smallest - 1)).await, *below, "{category}");
        if largest < 65_536 {
            assert_eq!(refused(&app, &of(largest + 1)).await, not_supported, "{category}");
        }
    }
    for query in ["cloud_essd&PerformanceLevel=PL0&Size=1", "cloud_auto&Size=1", "cloud_auto&Size=65536"] {
        create(&app, &format!("{ZONE}&DiskCategory={query}")).await;
    }
    for (size, accepted) in [(9, false), (10, true), (65_536, true)] {
        let query = format!("CreateDisk&RegionId=cn-hangzhou&DiskCategory=cloud_regional_disk_auto&Size={size}");
        let reply = app.get(&format!("Action={query}&Format=JSON")).await;
        assert_eq!(reply.status == 200, accepted, "{size}: {}", reply.body);
    }
}

#[actix_web::test]
async fn provisioned_iops_are_bounded_by_the_size() {
    let app = TestApp::empty().await;
    let exceeds = Fault::new(400, "InvalidProvisionedIops.LimitExceed", "The provisioned iops exceeds the limit.");
    // 1,000 a GiB, less the 1,800 and 50 a GiB that a disk has anyway, and 50,000 at most.
    for (size, most) in [(1, 0), (2, 100), (10, 7_700), (100, 50_000), (65_536, 50_000)] {
        let of = |iops: i32| format!("{ZONE}&DiskCategory=cloud_auto&Size={size}&ProvisionedIops={iops}");
        create(&app, &of(most)).await;
        assert_eq!(refused(&app, &of(most + 1)).await, exceeds, "{size}");
    }
}
