use super::SEED;
use crate::support::TestApp;

const RIGHT: &str = "CreateSnapshotGroup&RegionId=cn-hangzhou&DiskId.1=d-1";

#[actix_web::test]
async fn every_row_of_a_parameter() {
    let app = TestApp::seeded(SEED).await;
    let (name, description, long) = ("x".repeat(129), "x".repeat(257), "x".repeat(129));
    let days = ["0", "65536", "-1"];
    let mut wrong: Vec<(String, &str, &str)> = Vec::new();
    for name in ["a", "1a", "a b", "http://a", &name] {
        wrong.push((format!("Name={name}"), "InvalidParameter.Name", "The specified Name is invalid."));
    }
    for description in ["a", "http://ab", "https://ab", &description] {
        let text = "The specified Description is invalid.";
        wrong.push((format!("Description={description}"), "InvalidParameter.Description", text));
    }
    for days in days {
        let text = "The specified RetentionDays is not valid.";
        wrong.push((format!("InstantAccessRetentionDays={days}"), "InvalidRetentionDays.Malformed", text));
    }
    for key in ["", "acs:x", "aliyun", "a http://", &long] {
        let text = "The specified Tag.n.Key is not valid.";
        wrong.push((format!("Tag.1.Key={key}&Tag.1.Value=b"), "InvalidTagKey.Malformed", text));
    }
    for value in ["acs:x", "a https://", &long] {
        let text = "The specified Tag.n.Value is not valid.";
        wrong.push((format!("Tag.1.Key=a&Tag.1.Value={value}"), "InvalidTagValue.Malformed", text));
    }
    let text = "The Tag.N.Key contain duplicate key.";
    wrong.push(("Tag.1.Key=a&Tag.2.Key=a".to_owned(), "Duplicate.TagKey", text));
    let text = "The specified tags are beyond the permitted range.";
    wrong.push(("Tag.21.Key=a".to_owned(), "InvalidTagCount", text));
    let text = "The use of parameter 'ExcludeDiskIds' and 'DiskIds' at the same time is not supported.";
    let code = "InvalidParam.ExcludeDiskIdsAndDiskIds.Conflict";
    wrong.push(("ExcludeDiskId.1=d-2&InstanceId=i-1".to_owned(), code, text));
    let wrong: Vec<(&str, u16, &str, &str)> =
        wrong.iter().map(|(query, code, text)| (query.as_str(), 400, *code, *text)).collect();
    app.refuses_all("CreateSnapshotGroup&RegionId=cn-hangzhou&DiskId.1=d-1", &wrong).await;
    let group = "The ResourceGroup provided does not exist in our records.";
    let region = "The specified RegionId does not exist.";
    let missing = "The specified InstanceId should not be null.";
    let many = "The number of all disks in the request exceeds.";
    let code = "NumberExceed.TooManyDisks";
    let right = "RegionId=cn-hangzhou&DiskId.1=d-1";
    app.refuses_all(
        "CreateSnapshotGroup",
        &[
            (&format!("{right}&ResourceGroupId=group"), 404, "InvalidResourceGroup.NotFound", group),
            ("RegionId=no-where&DiskId.1=d-1", 404, "InvalidRegionId.NotFound", region),
            ("RegionId=cn-hangzhou", 400, "MissingParamter.InstanceId", missing),
            ("RegionId=cn-hangzhou&ExcludeDiskId.1=d-1&Name=a", 400, "MissingParamter.InstanceId", missing),
            (&format!("{right}&DiskId.129=d-2"), 403, code, many),
            (&format!("{right}&DiskId.0=d-2"), 403, code, many),
            ("RegionId=cn-hangzhou&InstanceId=i-1&ExcludeDiskId.129=d-2", 403, code, many),
        ],
    )
    .await;
}

#[actix_web::test]
async fn what_is_missing_or_malformed_is_named() {
    let app = TestApp::seeded(SEED).await;
    let missing = app.refused("CreateSnapshotGroup&DiskId.1=d-1&Name=a").await;
    assert_eq!((missing.status, missing.code.as_str()), (400, "MissingParameter"));
    for (query, parameter) in [
        ("InstantAccess=1", "InstantAccess"),
        ("InstantAccessRetentionDays=x", "InstantAccessRetentionDays"),
        ("ClientToken=%C3%A9", "ClientToken"),
    ] {
        let fault = app.refused(&format!("{RIGHT}&{query}&Name=a")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "InvalidParameter"), "{query}");
        assert!(fault.message.contains(&format!("\"{parameter}\"")), "{fault:?}");
    }
}

#[actix_web::test]
async fn the_first_check_that_fails_is_the_answer() {
    let app = TestApp::seeded(SEED).await;
    let wrong = [
        ("Description=a", "InvalidParameter.Description"),
        ("DiskId.129=d-1", "NumberExceed.TooManyDisks"),
        ("ExcludeDiskId.1=d-1", "InvalidParam.ExcludeDiskIdsAndDiskIds.Conflict"),
        ("InstantAccessRetentionDays=0", "InvalidRetentionDays.Malformed"),
        ("Name=a", "InvalidParameter.Name"),
        ("ResourceGroupId=group", "InvalidResourceGroup.NotFound"),
        ("Tag.1.Key=", "InvalidTagKey.Malformed"),
        ("RegionId=no-where", "InvalidRegionId.NotFound"),
        ("InstanceId=i-unknown", "InvalidInstanceId.NotFound"),
        ("DiskId.2=d-unknown", "InvalidDiskId.NotFound"),
    ];
    app.refuses_in_order("CreateSnapshotGroup", "RegionId=cn-hangzhou&DiskId.1=d-1", &wrong).await;
}
