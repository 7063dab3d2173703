//! CreateAutoSnapshotPolicy: what a policy is made with, and what is refused.

use serde_json::{Value, json};

use super::{ids, list, made, policy, shown};
use crate::support::{Fault, TestApp, golden};

const REGION: &str = "regionId=cn-hangzhou";

#[actix_web::test]
async fn a_policy_has_what_the_request_says() {
    let app = TestApp::empty().await;
    let query = "regionId=cn-beijing&autoSnapshotPolicyName=Nightly:a_b-1&retentionDays=30&EnableCrossRegionCopy=true&\
                 CopiedSnapshotsRetentionDays=65535&CopyEncryptionConfiguration.Encrypted=true&\
                 CopyEncryptionConfiguration.KMSKeyId=key&ResourceGroupId=rg-1&Tag.1.Key=b&Tag.1.Value=2&Tag.2.Key=a";
    let id = made(&app, &format!("{query}&TargetCopyRegions={}", list(&["cn-shanghai"]))).await;
    assert!(id.starts_with("sp-2ze"), "{id}");
    let expected = json!({
        "AutoSnapshotPolicyId": id,
        "RegionId": "cn-beijing",
        "AutoSnapshotPolicyName": "Nightly:a_b-1",
        "CreationTime": "2026-03-15T12:00:00Z",
        "TimePoints": [1, 22],
        "RepeatWeekdays": [1, 3],
        "RetentionDays": 30,
        "Status": "Normal",
        "Type": "Custom",
        "EnableCrossRegionCopy": true,
        "TargetCopyRegions": ["cn-shanghai"],
        "CopiedSnapshotsRetentionDays": 65_535,
        "CopyEncryptionConfiguration": {"Encrypted": true, "KMSKeyId": "key"},
        "ResourceGroupId": "rg-1",
        "AssociationType": "AssociatedWithDisk",
        "Tags": {"a": "", "b": "2"},
    });
    assert_eq!(policy(&app, &id).await, expected);
    assert_eq!(ids(&app, "").await, [""; 0], "it is of its region alone");
}

#[actix_web::test]
async fn what_is_left_out_has_its_default() {
    let app = TestApp::empty().await;
    let id = made(&app, REGION).await;
    let entry = policy(&app, &id).await;
    for (field, expected) in [
        ("RetentionDays", json!(-1)),
        ("CopiedSnapshotsRetentionDays", json!(-1)),
        ("EnableCrossRegionCopy", json!(false)),
        ("AutoSnapshotPolicyName", Value::Null),
        ("AssociationType", json!("AssociatedWithDisk")),
        ("DiskIds", Value::Null),
        ("TargetCopyRegions", Value::Null),
        ("CopyEncryptionConfiguration", Value::Null),
        ("ResourceGroupId", Value::Null),
    ] {
        assert_eq!(entry.get(field).cloned().unwrap_or_default(), expected, "{field} of {entry}");
    }
    // Names are read in any case, and lists of numbers too.
    let query = "RegionId=cn-hangzhou&TimePoints=%5B23,0,%2223%22%5D&RepeatWeekdays=%5B%227%22%5D&RETENTIONDAYS=1";
    let id = app.act(&format!("CreateAutoSnapshotPolicy&{query}")).await["AutoSnapshotPolicyId"].clone();
    let other = shown(&app, id.as_str().unwrap()).await;
    let seen = json!([other["TimePoints"], other["RepeatWeekdays"], other["RetentionDays"]]);
    assert_eq!(seen, json!(["[\"23\",\"0\"]", "[\"7\"]", 1]), "in the order that was given, each once");
}

#[actix_web::test]
async fn a_policy_by_tags_names_them() {
    let app = TestApp::empty().await;
    let query = format!("{REGION}&AssociationType=AssociatedWithInstanceTag&TargetTags.2.Key=a&TargetTags.5.Key=b");
    let id = made(&app, &format!("{query}&TargetTags.5.Value=2")).await;
    let entry = policy(&app, &id).await;
    assert_eq!(entry["AssociationType"], "AssociatedWithInstanceTag");
    assert_eq!(entry["TargetTags"], json!({"a": "", "b": "2"}));
    let tags = json!({"TargetTag": [{"TagKey": "a", "TagValue": ""}, {"TagKey": "b", "TagValue": "2"}]});
    assert_eq!(shown(&app, &id).await["TargetTags"], tags);
    assert!(shown(&app, &made(&app, REGION).await).await.get("TargetTags").is_none());

    let missing =
        "The input parameter \"TargetTags.1.Key\" that is mandatory for processing this request is not supplied.";
    let invalid = |name: &str| format!("The specified parameter \"{name}\" is not valid.");
    let by_tags = "AssociationType=AssociatedWithInstanceTag";
    let long = "x".repeat(129);
    for (query, code, message) in [
        (by_tags.to_owned(), "MissingParameter", missing.to_owned()),
        ("TargetTags.1.Key=a".to_owned(), "InvalidParameter", invalid("TargetTags.1.Key")),
        ("AssociationType=associatedWithDisk".to_owned(), "InvalidParameter", invalid("AssociationType")),
        (format!("{by_tags}&TargetTags.6.Key=a"), "InvalidParameter", invalid("TargetTags.6")),
        (format!("{by_tags}&TargetTags.0.Key=a"), "InvalidParameter", invalid("TargetTags.0")),
        (format!("{by_tags}&TargetTags.2.Value=a"), "InvalidParameter", invalid("TargetTags.2.Key")),
        (format!("{by_tags}&TargetTags.2.Key={long}"), "InvalidParameter", invalid("TargetTags.2.Key")),
        (
            format!("{by_tags}&TargetTags.2.Key=a&TargetTags.2.Value={long}"),
            "InvalidParameter",
            invalid("TargetTags.2.Value"),
        ),
        (format!("{by_tags}&TargetTags.1.Key=a&TargetTags.3.Key=a"), "InvalidParameter", invalid("TargetTags.3.Key")),
    ] {
        let query = format!("{}&{query}", times(REGION));
        let fault = app.refused(&format!("CreateAutoSnapshotPolicy&{query}")).await;
        assert_eq!(fault, Fault::new(400, code, &message), "{query}");
    }
}

/// With times that are right.
fn times(query: &str) -> String {
    format!("{query}&timePoints={}&repeatWeekdays={}", list(&["1"]), list(&["1"]))
}

#[actix_web::test]
async fn each_mistake_has_its_row() {
    let app = TestApp::empty().await;
    let name = "The specified autoSnapshotPolicyName is wrongly formed.";
    let parameter = |what: &str| format!("The specified {what} parameter is invalid.");
    let (region, points, weekdays) = (parameter("RegionId"), parameter("TimePoints"), parameter("RepeatWeekDays"));
    let retention = parameter("RetentionDays");
    let regions = "The specified TargetCopyRegions is invalid.";
    let copied = "The specified CopiedSnapshotsRetentionDays is invalid.";
    let key = "The specified parameter Encrypted must be true when kmsKeyId is not empty.";
    let many: Vec<String> = (1..=21).map(|n| format!("Tag.{n}.Key=k{n}")).collect();
    let mut rows = Vec::new();
    for wrong in ["a", "1ab", "_ab", "a.b", "a%20b", "http://x", &"x".repeat(129)] {
        rows.push((format!("autoSnapshotPolicyName={wrong}"), 400, "InvalidSnapshotPolicyName.Malformed", name));
    }
    for wrong in ["0", "-2", "65536"] {
        rows.push((format!("retentionDays={wrong}"), 403, "ParameterInvalid", &retention));
        let code = "InvalidParameter.CopiedSnapshotsRetentionDays";
        rows.push((format!("CopiedSnapshotsRetentionDays={wrong}"), 403, code, copied));
    }
    for wrong in ["EnableCrossRegionCopy=true", "TargetCopyRegions=cn-beijing", "TargetCopyRegions=%5B7%5D"] {
        rows.push((wrong.to_owned(), 403, "InvalidParameter.TargetCopyRegions", regions));
    }
    for wrong in [&["cn-hangzhou"][..], &["cn-nowhere"], &["cn-beijing", "cn-shanghai"]] {
        for more in ["", "&EnableCrossRegionCopy=true", "&EnableCrossRegionCopy=false"] {
            let query = format!("TargetCopyRegions={}{more}", list(wrong));
            rows.push((query, 403, "InvalidParameter.TargetCopyRegions", regions));
        }
    }
    for more in ["", "&CopyEncryptionConfiguration.Encrypted=false"] {
        let query = format!("CopyEncryptionConfiguration.KMSKeyId=x{more}");
        rows.push((query, 400, "InvalidParameter.EncryptedIllegal", key));
    }
    for (query, status, code, message) in [
        ("Tag.1.Key=a&Tag.2.Key=a", 400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key."),
        ("Tag.1.Key=acs:a", 400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
        ("Tag.1.Key=a&Tag.1.Value=acs:a", 400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid."),
        (&many.join("&"), 400, "InvalidTagCount", "The specified tags are beyond the permitted range."),
        (
            "ResourceGroupId=x",
            404,
            "InvalidResourceGroup.NotFound",
            "The ResourceGroup provided does not exist in our records.",
        ),
    ] {
        rows.push((query.to_owned(), status, code, message));
    }
    let mut all: Vec<(String, u16, &str, &str)> = Vec::new();
    for (query, status, code, message) in &rows {
        all.push((times(&format!("{REGION}&{query}")), *status, code, message));
    }
    all.push((times("regionId=cn-nowhere"), 403, "ParameterInvalid", &region));
    for wrong in ["1", "x", "%5B%5D", "%5B%2224%22%5D", "%5B%22-1%22%5D", "%5B%221.5%22%5D", "%5B%22%22%5D", "%7B%7D"] {
        let query = format!("{REGION}&timePoints={wrong}&repeatWeekdays={}", list(&["1"]));
        all.push((query, 403, "ParameterInvalid", &points));
    }
    for wrong in ["1", "%5B%5D", "%5B%220%22%5D", "%5B%228%22%5D", "%5Bnull%5D"] {
        let query = format!("{REGION}&repeatWeekdays={wrong}&timePoints={}", list(&["1"]));
        all.push((query, 403, "ParameterInvalid", &weekdays));
    }
    let all: Vec<(&str, u16, &str, &str)> =
        all.iter().map(|(query, status, code, message)| (query.as_str(), *status, *code, *message)).collect();
    app.refuses_all("CreateAutoSnapshotPolicy", &all).await;
}

#[actix_web::test]
async fn checks_run_in_the_order_of_the_table() {
    let app = TestApp::empty().await;
    let missing = ["regionId", "repeatWeekdays", "timePoints"];
    for (number, name) in missing.iter().enumerate() {
        let given: Vec<String> = missing[..number].iter().map(|name| format!("{name}=1")).collect();
        let fault = app.refused(&format!("CreateAutoSnapshotPolicy&retentionDays=x&{}", given.join("&"))).await;
        assert!(fault.code == "MissingParameter" && fault.message.contains(name), "{name}: {fault:?}");
    }
    let wrong = [
        ("retentionDays=x", "InvalidParameter"),
        ("CopiedSnapshotsRetentionDays=0", "InvalidParameter.CopiedSnapshotsRetentionDays"),
        (
            "CopyEncryptionConfiguration.KMSKeyId=x&CopyEncryptionConfiguration.Encrypted=false",
            "InvalidParameter.EncryptedIllegal",
        ),
        ("ResourceGroupId=x", "InvalidResourceGroup.NotFound"),
        ("Tag.1.Key=", "InvalidTagKey.Malformed"),
        ("TargetCopyRegions=x", "InvalidParameter.TargetCopyRegions"),
        ("TargetTags.1.Key=a", "InvalidParameter"),
        ("autoSnapshotPolicyName=x", "InvalidSnapshotPolicyName.Malformed"),
        ("timePoints=x", "ParameterInvalid"),
    ];
    let rest = "regionId=cn-nowhere&repeatWeekdays=%5B1%5D&timePoints=%5B1%5D";
    app.refuses_in_order("CreateAutoSnapshotPolicy", rest, &wrong).await;
}

#[actix_web::test]
async fn a_region_has_so_many_and_each_region_its_own() {
    let app = TestApp::empty().await;
    app.arrange("PATCH", "/settings", json!({"PoliciesPerRegion": 2})).await;
    let (first, second) = (made(&app, REGION).await, made(&app, REGION).await);
    assert_ne!(first, second);
    let fault = app.refused(&format!("CreateAutoSnapshotPolicy&{}", times(REGION))).await;
    let message = "The maximum number of automatic snapshot policy has been reached.";
    assert_eq!(fault, Fault::new(403, "AutoSnapshotPolicy.QuotaExceed", message));
    made(&app, "regionId=cn-beijing").await;
    app.act(&format!("DeleteAutoSnapshotPolicy&{REGION}&autoSnapshotPolicyId={first}")).await;
    made(&app, REGION).await;
}

#[actix_web::test]
async fn the_whole_reply() {
    golden("{}", &format!("CreateAutoSnapshotPolicy&{}", times(REGION))).await;
}
