//! Every row of faults, and the order of the checks.

use crate::support::{Fault, TestApp};

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("DescribeInstances&{query}")).await
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::empty().await;
    let invalid = |name: &str| format!("The specified parameter \"{name}\" is not valid.");
    let too_many = format!("InstanceIds=%5B{}%5D", vec!["%22i%22"; 101].join(","));
    let key = "The specified FilterKey is not found.";
    for (query, status, code, message) in [
        (
            "InstanceChargeType=postpaid",
            404,
            "InvalidInstanceChargeType.NotFound",
            "The InstanceChargeType does not exist in our records".to_owned(),
        ),
        (
            "InternetChargeType=x",
            404,
            "InvalidInternetChargeType.ValueNotSupported",
            "The specified InternetChargeType is not valid".to_owned(),
        ),
        ("LockReason=x", 404, "InvalidLockReason.NotFound", "The specified LockReason is not found".to_owned()),
        (
            "InstanceNetworkType=x",
            404,
            "InvalidNetworkType.NotFound",
            "The specified InstanceNetworkType is not found".to_owned(),
        ),
        ("Status=running", 404, "InvalidStatus.NotFound", "The specified Status is not found".to_owned()),
        (
            "HpcClusterId=hpc-1",
            400,
            "InvalidHpcClusterId.NotFound",
            "The specified HpcClusterId is not found.".to_owned(),
        ),
        ("Filter.1.Key=x&Filter.1.Value=y", 404, "InvalidFilterKey.NotFound", key.to_owned()),
        ("Filter.2.Key=ExpiredEndTime&Filter.2.Value=x", 400, "InvalidParameter", invalid("Filter.2.Value")),
        ("Filter.3.Key=ExpiredEndTime", 400, "InvalidParameter", invalid("Filter.3.Value")),
        ("Filter.4.Value=x", 400, "InvalidParameter", invalid("Filter.4.Value")),
        ("InstanceIds=x", 400, "InvalidParameter", invalid("InstanceIds")),
        (&*too_many, 400, "InvalidParameter", invalid("InstanceIds")),
        ("IoOptimized=optimized", 400, "InvalidParameter", invalid("IoOptimized")),
        ("DryRun=x", 400, "InvalidParameter", invalid("DryRun")),
        ("PageSize=101", 400, "InvalidParameter", invalid("PageSize")),
        ("PageNumber=0", 400, "InvalidParameter", invalid("PageNumber")),
        ("MaxResults=x", 400, "InvalidParameter", invalid("MaxResults")),
        ("NextToken=x", 400, "InvalidParameter", invalid("NextToken")),
        ("Tag.21.Key=x", 400, "InvalidTagCount", "The specified tags are beyond the permitted range.".to_owned()),
        (
            "Tag.1.Value=x",
            400,
            "InvalidTag.Mismatch",
            "The specified Tag.n.Key and Tag.n.Value are not match.".to_owned(),
        ),
        ("Tag.1.Key=", 400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.".to_owned()),
        (
            "Tag.1.Key=x&Tag.1.Value=acs:",
            400,
            "InvalidTagValue.Malformed",
            "The specified Tag.n.Value is not valid.".to_owned(),
        ),
        ("RegionId=cn-nowhere", 404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.".to_owned()),
        ("DryRun=true", 400, "DryRunOperation", "Request validation has been passed with DryRun flag set.".to_owned()),
    ] {
        let fault = refused(&app, &format!("{query}&RegionId=cn-hangzhou")).await;
        assert_eq!(fault, Fault::new(status, code, &message), "{query}");
    }
    let message = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    assert_eq!(refused(&app, "Status=x&PageSize=0").await, Fault::new(400, "MissingParameter", message));
}

/// A way to fail each check, in the order of the checks.
const WRONG: &[(&str, &str)] = &[
    // Format.
    ("DryRun=x", "InvalidParameter DryRun"),
    ("InstanceIds=x", "InvalidParameter InstanceIds"),
    ("IoOptimized=x", "InvalidParameter IoOptimized"),
    ("MaxResults=x", "InvalidParameter MaxResults"),
    ("NextToken=x", "InvalidParameter NextToken"),
    ("PageNumber=x", "InvalidParameter PageNumber"),
    ("PageSize=x", "InvalidParameter PageSize"),
    // Values.
    ("RegionId=cn-nowhere", "InvalidRegionId.NotFound"),
    ("Filter.1.Key=x", "InvalidFilterKey.NotFound"),
    ("HpcClusterId=x", "InvalidHpcClusterId.NotFound"),
    ("InstanceChargeType=x", "InvalidInstanceChargeType.NotFound"),
    ("InstanceNetworkType=x", "InvalidNetworkType.NotFound"),
    ("InternetChargeType=x", "InvalidInternetChargeType.ValueNotSupported"),
    ("LockReason=x", "InvalidLockReason.NotFound"),
    ("Status=x", "InvalidStatus.NotFound"),
    ("Tag.21.Key=x", "InvalidTagCount"),
];

#[actix_web::test]
async fn each_check_comes_before_all_that_follow_it() {
    let app = TestApp::empty().await;
    for (number, (query, expected)) in WRONG.iter().enumerate() {
        for (other, _) in &WRONG[number..] {
            let both = format!("{other}&{query}&RegionId=cn-hangzhou");
            let fault = app.get(&format!("Action=DescribeInstances&Format=JSON&{both}")).await.fault();
            let parameter = fault.message.split('"').nth(1).unwrap_or_default();
            assert_eq!(format!("{} {parameter}", fault.code).trim(), *expected, "{both}");
        }
    }
}
