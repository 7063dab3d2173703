//! Every row of faults, and the order of the checks.

use crate::support::{Fault, TestApp};

async fn refused(app: &TestApp, query: &str) -> Fault {
    app.refused(&format!("DescribeImages&{query}")).await
}

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::empty().await;
    let too_many = format!("ImageId={}", vec!["m"; 101].join(","));
    let value = "The specified Filter Value is not valid.";
    let owner = "The parameter \"ImageOwnerId\" is not supported in this context, it is only valid when querying shared images or \
                 community images.";
    let public = "When querying images, the parameter ImageOwnerAlias should be others while specified parameter IsPublic is true.";
    for (query, status, code, message) in [
        ("Architecture=x", 404, "InvalidArchitecture", "The specified Architecture is not valid."),
        ("Architecture=ARM64", 404, "InvalidArchitecture", "The specified Architecture is not valid."),
        ("OSType=Linux", 404, "InvalidOSType", "The specified OSType is not valid."),
        ("Usage=disk", 404, "InvalidUsage", "The specified Usage is not valid."),
        ("Filter.1.Key=x&Filter.1.Value=y", 404, "InvalidFilterKey.NotFound", "The specified Filter Key is not found."),
        ("Filter.1.Key=CreationStartTime", 404, "InvalidFilterValue", value),
        ("Filter.1.Value=x", 404, "InvalidFilterValue", value),
        ("Filter.1.Key=CreationEndTime&Filter.1.Value=yesterday", 404, "InvalidFilterValue", value),
        (
            "Filter.1.Key=NetworkType&Filter.1.Value=x",
            400,
            "InvalidFilterValue.NetworkType",
            "The specified networkType value in the Filter is invalid.",
        ),
        (
            "ImageOwnerAlias=me",
            400,
            "InvalidImageOwnerAlias.ValueNotSupported",
            "The specified ImageOwnerAlias value is not supported.",
        ),
        ("ImageOwnerId=1&ImageOwnerAlias=self", 400, "InvalidOperation.ImageOwnerIdUnsupported", owner),
        ("ImageOwnerId=1&ImageOwnerAlias=system", 400, "InvalidOperation.ImageOwnerIdUnsupported", owner),
        ("IsPublic=true", 400, "InvalidImageOwnerAlias.PublicImageUnsupported", public),
        ("IsPublic=true&ImageOwnerAlias=self", 400, "InvalidImageOwnerAlias.PublicImageUnsupported", public),
        (
            "InstanceType=t5.small",
            400,
            "InvalidInstanceType.ValueNotSupported",
            "The specified instance type t5.small does not exist. You can use the DescribeInstanceTypes API to query the \
             available instance types.",
        ),
        ("Status=x", 400, "InvalidParamter", "Invalid Parameter."),
        ("Status=Available,x", 400, "InvalidParamter", "Invalid Parameter."),
        ("Status=available", 400, "InvalidParamter", "Invalid Parameter."),
        (&too_many, 400, "InvalidParamter", "Invalid Parameter."),
        ("Tag.21.Key=x", 400, "InvalidTagCount", "The specified tags are beyond the permitted range."),
        ("Tag.1.Value=x", 400, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not match."),
        ("Tag.1.Key=", 400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
        ("Tag.1.Key=x&Tag.1.Value=acs:", 400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid."),
        ("RegionId=cn-nowhere", 404, "InvalidRegionId.NotFound", "The specified RegionId does not exist."),
    ] {
        let fault = refused(&app, &format!("{query}&RegionId=cn-hangzhou")).await;
        assert_eq!(fault, Fault::new(status, code, message), "{query}");
    }
    for name in [
        "DryRun",
        "ImageOwnerId",
        "IsPublic",
        "IsSupportCloudinit",
        "IsSupportIoOptimized",
        "PageNumber",
        "PageSize",
        "Usable",
    ] {
        let message = format!("The specified parameter \"{name}\" is not valid.");
        let fault = refused(&app, &format!("RegionId=cn-hangzhou&{name}=x")).await;
        assert_eq!(fault, Fault::new(400, "InvalidParameter", &message));
    }
    let message = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
    assert_eq!(refused(&app, "Usage=x&PageSize=0").await, Fault::new(400, "MissingParameter", message));
}

/// A way to fail each check, in the order of the checks.
const WRONG: &[(&str, &str)] = &[
    // Format.
    ("DryRun=x", "InvalidParameter DryRun"),
    ("ImageOwnerId=x", "InvalidParameter ImageOwnerId"),
    ("IsPublic=x", "InvalidParameter IsPublic"),
    ("IsSupportCloudinit=x", "InvalidParameter IsSupportCloudinit"),
    ("IsSupportIoOptimized=x", "InvalidParameter IsSupportIoOptimized"),
    ("PageNumber=0", "InvalidParameter PageNumber"),
    ("PageSize=101", "InvalidParameter PageSize"),
    ("Usable=x", "InvalidParameter Usable"),
    // Values.
    ("RegionId=cn-nowhere", "InvalidRegionId.NotFound"),
    ("Architecture=x", "InvalidArchitecture"),
    ("Filter.1.Key=x", "InvalidFilterKey.NotFound"),
    ("ImageId=TOO_MANY", "InvalidParamter"),
    ("ImageOwnerAlias=x", "InvalidImageOwnerAlias.ValueNotSupported"),
    ("InstanceType=x", "InvalidInstanceType.ValueNotSupported"),
    ("IsPublic=true", "InvalidImageOwnerAlias.PublicImageUnsupported"),
    ("OSType=x", "InvalidOSType"),
    ("Status=x", "InvalidParamter"),
    ("Tag.21.Key=x", "InvalidTagCount"),
    ("Usage=x", "InvalidUsage"),
];

#[actix_web::test]
async fn each_check_comes_before_all_that_follow_it() {
    let app = TestApp::empty().await;
    let too_many = vec!["m"; 101].join(",");
    for (number, (query, expected)) in WRONG.iter().enumerate() {
        for (other, _) in &WRONG[number..] {
            let name = |query: &str| query.split('=').next().unwrap().to_owned();
            if query != other && name(query) == name(other) {
                continue;
            }
            let both = format!("{other}&{query}&RegionId=cn-hangzhou").replace("TOO_MANY", &too_many);
            let fault = app.get(&format!("Action=DescribeImages&Format=JSON&{both}")).await.fault();
            let parameter = fault.message.split('"').nth(1).unwrap_or_default();
            assert_eq!(format!("{} {parameter}", fault.code).trim(), *expected, "{both}");
        }
    }
}
