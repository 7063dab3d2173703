//! Every row of faults that the action can answer, with its status and text.

use crate::support::{Fault, TestApp};

/// Asserts what a query in cn-hangzhou is refused with.
async fn assert_refused(app: &TestApp, query: &str, status: u16, code: &str, message: &str) {
    let fault = app.fault(&format!("RegionId=cn-hangzhou&{query}")).await;
    assert_eq!(fault, Fault::new(status, code, message), "{query}");
}

#[actix_web::test]
async fn missing_parameter() {
    let app = TestApp::empty().await;
    for query in ["", "RegionId="] {
        let message = "The input parameter \"RegionId\" that is mandatory for processing this request is not supplied.";
        assert_eq!(app.fault(query).await, Fault::new(400, "MissingParameter", message));
    }
}

#[actix_web::test]
async fn invalid_parameter_for_what_is_not_of_its_type() {
    let app = TestApp::empty().await;
    for (parameter, value) in [
        ("DryRun", "1"),
        ("DryRun", "yes"),
        ("Encrypted", "0"),
        ("Encrypted", "truee"),
        ("PageNumber", "0"),
        ("PageNumber", "-1"),
        ("PageNumber", "one"),
        ("PageNumber", "1.0"),
        ("PageNumber", "2147483648"),
        ("PageSize", "0"),
        ("PageSize", "-10"),
        ("PageSize", "101"),
        ("PageSize", "ten"),
        ("PageSize", "10%20"),
        ("MaxResults", "many"),
        ("MaxResults", "99999999999"),
        ("SnapshotIds", "s-1"),
        ("SnapshotIds", "s-1,s-2"),
        ("SnapshotIds", "%22s-1%22"),
        ("SnapshotIds", "%7B%22a%22%3A%22s-1%22%7D"),
        ("SnapshotIds", "%5B1%5D"),
        ("SnapshotIds", "%5Bnull%5D"),
        ("SnapshotIds", "%5B%5B%22s-1%22%5D%5D"),
        ("SnapshotIds", "%5B%22s-1%22"),
        ("SnapshotIds", "%5B%22s-1%22%5D%5D"),
        ("NextToken", "0"),
        ("NextToken", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ] {
        let message = format!("The specified parameter \"{parameter}\" is not valid.");
        assert_refused(&app, &format!("{parameter}={value}"), 400, "InvalidParameter", &message).await;
    }
}

#[actix_web::test]
async fn invalid_region_id() {
    let app = TestApp::empty().await;
    for region_id in ["cn-nowhere", "CN-HANGZHOU", "cn-hangzhou%20"] {
        let fault = app.fault(&format!("RegionId={region_id}")).await;
        let expected = Fault::new(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.");
        assert_eq!(fault, expected, "{region_id}");
    }
}

#[actix_web::test]
async fn invalid_filter_key() {
    let app = TestApp::empty().await;
    for query in [
        "Filter.1.Key=CreationTimeStart&Filter.1.Value=2017-12-05T22:40:00Z",
        "Filter.2.Key=creationstarttime&Filter.2.Value=2017-12-05T22:40:00Z",
        "Filter.1.Key=Size",
    ] {
        let message = "The specified FilterKey is not found.";
        assert_refused(&app, query, 404, "InvalidFilterKey.NotFound", message).await;
    }
}

#[actix_web::test]
async fn invalid_filter_value() {
    let app = TestApp::empty().await;
    for query in [
        "Filter.1.Key=CreationStartTime&Filter.1.Value=yesterday",
        "Filter.1.Key=CreationStartTime&Filter.1.Value=2017-12-05",
        "Filter.1.Key=CreationStartTime&Filter.1.Value=2017-13-05T22:40:00Z",
        "Filter.1.Key=CreationStartTime&Filter.1.Value=2017-12-05T22:40:00%2B08:00",
        "Filter.1.Key=CreationStartTime&Filter.1.Value=2017-12-05T22:40:00.000Z",
        "Filter.2.Key=CreationEndTime&Filter.2.Value=2017-12-05%2022:40:00Z",
        "Filter.1.Key=CreationStartTime",
        "Filter.2.Value=2017-12-05T22:40:00Z",
    ] {
        let message = "The specified FilterValue exceeds the limit.";
        assert_refused(&app, query, 404, "InvalidFilterValue", message).await;
    }
}

#[actix_web::test]
async fn invalid_snapshot_ids() {
    let app = TestApp::empty().await;
    // Counted as sent: a hundred and one of the same are too many.
    for ids in [vec!["%22s-1%22".to_owned(); 101], (0..101).map(|number| format!("%22s-{number}%22")).collect()] {
        let query = format!("SnapshotIds=%5B{}%5D", ids.join(","));
        let message = "The amount of specified snapshot Ids exceeds the limit.";
        assert_refused(&app, &query, 403, "InvalidSnapshotIds.Malformed", message).await;
    }
}

#[actix_web::test]
async fn invalid_snapshot_link_id() {
    let app = TestApp::seeded(
        "
        Snapshots:
          - {SnapshotId: s-1, SnapshotLinkId: sl-here}
          - {SnapshotId: s-2, SnapshotLinkId: sl-elsewhere, RegionId: cn-beijing}
        ",
    )
    .await;
    for link in ["sl-unknown", "sl-elsewhere", "SL-HERE"] {
        let message = "The specified snapshot link is not found.";
        let query = format!("SnapshotLinkId={link}");
        assert_refused(&app, &query, 404, "InvalidSnapshotLinkId.NotFound", message).await;
    }
}

#[actix_web::test]
async fn invalid_words() {
    let app = TestApp::empty().await;
    for (parameter, values, status, code, message) in [
        (
            "SnapshotType",
            ["timer", "AUTO", "x"],
            404,
            "InvalidSnapshotType.NotFound",
            "The specified SnapshotType is not found",
        ),
        (
            "SourceDiskType",
            ["all", "disk", "x"],
            404,
            "InvalidSourceDiskType",
            "The specifed SourceDiskType is not valid",
        ),
        ("Status", ["Accomplished", "done", "x"], 404, "InvalidStatus.NotFound", "The specified Status is not found"),
        ("Usage", ["all", "Image", "x"], 404, "InvalidUsage", "The specified Usage is not valid"),
        (
            "Category",
            ["all", "ssd", "x"],
            403,
            "InvalidSnapshotCategory.Malformed",
            "The specified Category is not valid.",
        ),
    ] {
        for value in values {
            assert_refused(&app, &format!("{parameter}={value}"), status, code, message).await;
        }
    }
}

#[actix_web::test]
async fn invalid_tag_mismatch() {
    let app = TestApp::empty().await;
    for query in ["Tag.1.Value=prod", "Tag.1.Value=", "Tag.1.Key=env&Tag.2.Value=prod", "Tag.1.value=prod"] {
        let message = "The specified Tag.n.Key and Tag.n.Value are not match.";
        assert_refused(&app, query, 400, "InvalidTag.Mismatch", message).await;
    }
}

#[actix_web::test]
async fn invalid_tag_count() {
    let app = TestApp::empty().await;
    let too_many: Vec<String> = (1..=21).map(|n| format!("Tag.{n}.Key=k{n}")).collect();
    for query in [&too_many.join("&"), "Tag.21.Key=env", "Tag.0.Key=env", "Tag.99999999999999999999.Key=env"] {
        let message = "The specified tags are beyond the permitted range.";
        assert_refused(&app, query, 400, "InvalidTagCount", message).await;
    }
}

#[actix_web::test]
async fn invalid_tag_key_and_value() {
    let app = TestApp::empty().await;
    let too_long = |length: usize| "%E6%A0%87".repeat(length);
    for key in ["", "aliyun", "aliyun.x", "acs:x", "xhttp://y", "https://", &too_long(65)] {
        let message = "The specified Tag.n.Key is not valid.";
        assert_refused(&app, &format!("Tag.1.Key={key}"), 400, "InvalidTagKey.Malformed", message).await;
    }
    for value in ["aliyun", "acs:x", "xhttp://y", "https://", &too_long(129)] {
        let message = "The specified Tag.n.Value is not valid.";
        let query = format!("Tag.1.Key=env&Tag.1.Value={value}");
        assert_refused(&app, &query, 400, "InvalidTagValue.Malformed", message).await;
    }
    // Lengths count characters, and the longest are fine.
    let longest = format!("Tag.1.Key={}&Tag.1.Value={}", too_long(64), too_long(128));
    assert_eq!(app.ids(&longest).await, [""; 0]);
    assert_eq!(app.ids("Tag.1.Key=my-aliyun&Tag.1.Value=my-acs:").await, [""; 0], "elsewhere than in front");
}

#[actix_web::test]
async fn dry_run_makes_all_checks_and_then_says_so() {
    let app = TestApp::seeded("Snapshots: [{SnapshotLinkId: sl-1}]").await;
    for query in ["DryRun=true", "DryRun=True&SnapshotLinkId=sl-1&Status=failed&PageNumber=7"] {
        let message = "Request validation has been passed with DryRun flag set.";
        assert_refused(&app, query, 400, "DryRunOperation", message).await;
    }
    for (query, code) in [
        ("PageSize=0", "InvalidParameter"),
        ("Usage=x", "InvalidUsage"),
        ("SnapshotLinkId=sl-2", "InvalidSnapshotLinkId.NotFound"),
    ] {
        let fault = app.fault(&format!("RegionId=cn-hangzhou&DryRun=true&{query}")).await;
        assert_eq!(fault.code, code, "{query}");
    }
    assert_eq!(app.describe("DryRun=false").await["TotalCount"], 1);
}
