//! Every row of faults that the action can answer, with its status and text, and which of several is told.

use crate::support::{Fault, TestApp};

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("DescribeDisks&{query}")).await
}

const SEED: &str = "
Snapshots: [{SnapshotId: s-1}, {SnapshotId: s-2, RegionId: cn-beijing}]
Disks: [{DiskId: d-1, SourceSnapshotId: s-gone, ZoneId: my-zone}]
";

#[actix_web::test]
async fn each_value_that_is_not_permitted_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let many: Vec<String> = (0..101).map(|number| format!("%22d-{number}%22")).collect();
    let many = format!("DiskIds=%5B{}%5D", many.join(","));
    for (query, status, code, message) in [
        ("DiskType=System", 400, "InvalidDiskType.ValueNotSupported", "The specified disk type is not supported."),
        ("Category=floppy", 400, "InvalidCategory.ValueNotSupported", "The specified disk category is not supported."),
        ("Status=in_use", 400, "InvalidStatus.ValueNotSupported", "The specified disk status is not supported."),
        ("Tag.1.Value=v", 400, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not match."),
        ("Tag.21.Key=k", 400, "InvalidTagCount", "The specified tags are beyond the permitted range."),
        ("ZoneId=cn-beijing-a", 400, "InvalidZoneId.NotFound", "The zoneId provided does not exist in our records."),
        ("ZoneId=cn-hangzhou", 400, "InvalidZoneId.NotFound", "The zoneId provided does not exist in our records."),
        ("DiskIds=d-1", 400, "InvalidParameter.DiskIds", "The specified parameter diskIds is not valid."),
        ("SnapshotId=s-2", 400, "InvalidSnapshot.NotFound", "The specified parameter SnapshotId is not valid."),
        (many.as_str(), 403, "InvalidDiskIds.Malformed", "The amount of specified disk Ids exceeds the limit."),
        (
            "MultiAttach=Disabled&EnableShared=true",
            403,
            "InvalidParameter.MultiAttachAndEnableSharedNotMatch",
            "The parameter MultiAttach and EnableShared are not match.",
        ),
        (
            "MultiAttach=Enabled&EnableShared=false",
            403,
            "InvalidParameter.MultiAttachAndEnableSharedNotMatch",
            "The parameter MultiAttach and EnableShared are not match.",
        ),
        ("MultiAttach=enabled", 403, "InvalidParameter.MultiAttach", "The specified param MultiAttach is not valid."),
        ("Filter.1.Key=Colour&Filter.1.Value=x", 404, "InvalidFilterKey.NotFound", "The filter key is not found."),
        ("Filter.1.Key=CreationEndTime", 404, "InvalidFilterValue", "The filter value is not valid."),
        ("Filter.2.Value=2020-01-01T00:00Z", 404, "InvalidFilterValue", "The filter value is not valid."),
        (
            "DiskChargeType=Prepaid",
            404,
            "InvalidDiskChargeType.NotFound",
            "The DiskChargeType does not exist in our records.",
        ),
        ("LockReason=boredom", 404, "InvalidLockReason.NotFound", "The specified LockReason is not found."),
    ] {
        let fault = refused(&app, &format!("RegionId=cn-hangzhou&{query}")).await;
        assert_eq!(fault, Fault::new(status, code, message), "{query}");
    }
}

#[actix_web::test]
async fn a_region_must_be_named_and_known() {
    let app = TestApp::seeded(SEED).await;
    let missing = Fault::new(400, "MissingParamter.RegionId", "The regionId should not be null.");
    assert_eq!(refused(&app, "").await, missing);
    assert_eq!(refused(&app, "RegionId=&Portable=x&Status=x").await, missing, "before anything else");
    let unknown = Fault::new(400, "InvalidRegion.NotFound", "The specified parameter RegionId is not valid.");
    assert_eq!(refused(&app, "RegionId=cn-atlantis").await, unknown);
    assert_eq!(refused(&app, "RegionId=cn-atlantis&Status=x").await, unknown, "before values");
}

#[actix_web::test]
async fn what_is_malformed_is_named() {
    let app = TestApp::seeded(SEED).await;
    for (name, values) in [
        ("DeleteAutoSnapshot", ["1", "yes"]),
        ("DeleteWithInstance", ["1", "yes"]),
        ("DryRun", ["1", "yes"]),
        ("EnableAutoSnapshot", ["1", "yes"]),
        ("EnableAutomatedSnapshotPolicy", ["1", "yes"]),
        ("EnableShared", ["1", "yes"]),
        ("Encrypted", ["1", "yes"]),
        ("Portable", ["1", "yes"]),
        ("MaxResults", ["x", "1.5"]),
        ("NextToken", ["x", "AAAA"]),
        ("PageNumber", ["0", "x"]),
        ("PageSize", ["0", "101"]),
    ] {
        for value in values {
            let message = format!("The specified parameter \"{name}\" is not valid.");
            let fault = refused(&app, &format!("RegionId=cn-atlantis&{name}={value}&Status=x")).await;
            assert_eq!(fault, Fault::new(400, "InvalidParameter", &message), "{name}={value}");
        }
    }
    let fault = refused(&app, "RegionId=cn-hangzhou&Tag.3.Key=acs:x").await;
    assert_eq!((fault.status, fault.code.as_str()), (400, "InvalidParameter"), "there is no row of its own");
}

#[actix_web::test]
async fn values_are_checked_in_the_order_of_the_documentation() {
    let app = TestApp::seeded(SEED).await;
    let wrong = [
        ("Filter.1.Key=x", "InvalidFilterKey.NotFound"),
        ("Category=x", "InvalidCategory.ValueNotSupported"),
        ("DiskChargeType=x", "InvalidDiskChargeType.NotFound"),
        ("DiskType=x", "InvalidDiskType.ValueNotSupported"),
        ("LockReason=x", "InvalidLockReason.NotFound"),
        ("MultiAttach=x", "InvalidParameter.MultiAttach"),
        ("SnapshotId=x", "InvalidSnapshot.NotFound"),
        ("Status=x", "InvalidStatus.ValueNotSupported"),
        ("Tag.0.Key=x", "InvalidTagCount"),
        ("ZoneId=x", "InvalidZoneId.NotFound"),
    ];
    for start in 0..wrong.len() {
        // Whatever the order in which they are sent.
        let rest: Vec<&str> = wrong[start..].iter().rev().map(|(query, _)| *query).collect();
        let fault = refused(&app, &format!("{}&RegionId=cn-hangzhou", rest.join("&"))).await;
        assert_eq!(fault.code, wrong[start].1, "{rest:?}");
    }
}

#[actix_web::test]
async fn a_dry_run_makes_all_checks_and_shows_nothing() {
    let app = TestApp::seeded(SEED).await;
    let passed = Fault::new(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.");
    assert_eq!(refused(&app, "RegionId=cn-hangzhou&DryRun=true").await, passed);
    let fault = refused(&app, "RegionId=cn-hangzhou&DryRun=true&SnapshotId=s-unknown").await;
    assert_eq!(fault.code, "InvalidSnapshot.NotFound");
    assert_eq!(super::super::ids(&app, "DryRun=false").await, ["d-1"]);
}

#[actix_web::test]
async fn what_only_a_disk_remembers_is_known() {
    let app = TestApp::seeded(SEED).await;
    assert_eq!(super::super::ids(&app, "SnapshotId=s-gone&ZoneId=my-zone").await, ["d-1"]);
    assert_eq!(super::super::ids(&app, "SnapshotId=s-1").await, [""; 0]);
    assert_eq!(super::super::ids(&app, "ZoneId=cn-hangzhou-a").await, [""; 0]);
}
