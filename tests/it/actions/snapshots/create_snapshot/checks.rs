//! Every parameter with what it may be, every row that a parameter leads to, and the order of the checks.

use super::{create, refused};
use crate::support::{Fault, TestApp, percent_encoded};

const SEED: &str = "Disks: [{DiskId: d-1, Category: cloud_essd}]";

#[actix_web::test]
async fn every_parameter_has_its_row() {
    let app = TestApp::seeded(SEED).await;
    let many = |text: &str, count: usize| text.repeat(count);
    let tag =
        |key: &str, value: &str| format!("Tag.1.Key={}&Tag.1.Value={}", percent_encoded(key), percent_encoded(value));
    let rows: Vec<(Vec<String>, u16, &str, &str)> = vec![
        (
            ["archive", "ssd", "standard ", "0"].map(|value| format!("Category={}", percent_encoded(value))).to_vec(),
            403,
            "InvalidSnapshotCategory.Malformed",
            "The specified Category is not valid.",
        ),
        (
            vec![format!("ClientToken={}", many("x", 65)), "ClientToken=%E4%B8%AD".to_owned()],
            403,
            "InvalidClientToken.Malformed",
            "The specified clientToken is improperly formatted. It must contain only ASCII characters and must not exceed \
             64 characters in length.",
        ),
        (
            vec![
                "Description=x".to_owned(),
                "Description=http://x".to_owned(),
                "Description=https://x".to_owned(),
                format!("Description={}", many("%E4%B8%AD", 257)),
            ],
            404,
            "InvalidDescription.Malformed",
            "The specified description is wrongly formed.",
        ),
        (
            ["Standard", "flash"].map(|value| format!("InstantAccess=true&Category={value}")).to_vec(),
            403,
            "InvalidCategoryAndInstantAccess.Malformed",
            "The snapshot Category and InstantAccess can't be used together.",
        ),
        (
            ["0", "-1", "65536"].map(|value| format!("InstantAccessRetentionDays={value}")).to_vec(),
            403,
            "InvalidInstantAccessRetentionDays.Malformed",
            "The specified InstantAccessRetentionDays is not valid.",
        ),
        (
            ["x", "RG-1"].map(|value| format!("ResourceGroupId={value}")).to_vec(),
            404,
            "InvalidResourceGroup.NotFound",
            "The ResourceGroup provided does not exist in our records.",
        ),
        (
            ["0", "-1", "65537", "2147483647"].map(|value| format!("RetentionDays={value}")).to_vec(),
            400,
            "InvalidRetentionDays.Malformed",
            "The specified RetentionDays is not valid.",
        ),
        (
            ["x", "1x", "_x", "auto", "auto-x", "a b", "a%2Fb", "http://x", "https://x", "a%26", &many("x", 129)]
                .map(|value| format!("SnapshotName={value}"))
                .to_vec(),
            400,
            "InvalidSnapshotName.Malformed",
            "The specified SnapshotName is wrongly formed.",
        ),
        (
            ["Tag.21.Key=x", "Tag.0.Key=x", "Tag.99999999999.Key=x", "Tag.21.Value=x"].map(str::to_owned).to_vec(),
            400,
            "InvalidTagCount",
            "The specified tags are beyond the permitted range.",
        ),
        (
            ["", "aliyun", "aliyun.x", "acs:x", "xhttp://y", "https://", &many("标", 129)]
                .map(|key| tag(key, "v"))
                .to_vec(),
            400,
            "InvalidTagKey.Malformed",
            "The specified Tag.n.Key is not valid.",
        ),
        (vec!["Tag.1.Value=v".to_owned()], 400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid."),
        (
            ["http://", "xhttps://y", &many("标", 129)].map(|value| tag("k", value)).to_vec(),
            400,
            "InvalidTagValue.Malformed",
            "The specified Tag.n.Value is not valid.",
        ),
        (
            ["Tag.1.Key=k&Tag.2.Key=k", "Tag.3.Key=k&Tag.1.key=k&Tag.1.Value=v"].map(str::to_owned).to_vec(),
            400,
            "Duplicate.TagKey",
            "The Tag.N.Key contain duplicate key.",
        ),
    ];
    for (queries, status, code, message) in rows {
        for query in queries {
            assert_eq!(
                refused(&app, &format!("DiskId=d-1&{query}")).await,
                Fault::new(status, code, message),
                "{query}"
            );
        }
    }
    for (name, values) in [
        ("InstantAccess", ["x", "1", "yes"]),
        ("InstantAccessRetentionDays", ["x", "1.5", "2147483648"]),
        ("RetentionDays", ["x", "-1d", "-2147483649"]),
    ] {
        for value in values {
            let message = format!("The specified parameter \"{name}\" is not valid.");
            let fault = refused(&app, &format!("DiskId=d-1&{name}={value}")).await;
            assert_eq!(fault, Fault::new(400, "InvalidParameter", &message), "{name}={value}");
        }
    }
    let message = "The input parameter \"DiskId\" that is mandatory for processing this request is not supplied.";
    for query in ["", "DiskId="] {
        assert_eq!(refused(&app, query).await, Fault::new(400, "MissingParameter", message), "{query}");
    }
    assert_eq!(app.ids("").await, [""; 0], "a refused call makes nothing");
}

#[actix_web::test]
async fn what_is_just_within_the_bounds_is_taken() {
    let app = TestApp::seeded(SEED).await;
    app.arrange("PATCH", "/settings", serde_json::json!({"SnapshotSeconds": 0})).await;
    let all_tags: Vec<String> = (1..=20).map(|n| format!("Tag.{n}.Key=k{n}&Tag.{n}.Value=v")).collect();
    let longest = "%E6%A0%87".repeat(128);
    let queries = [
        "Category=standard".to_owned(),
        "Category=FLASH&InstantAccess=false".to_owned(),
        "InstantAccess=true".to_owned(),
        "InstantAccess=TRUE&Category=".to_owned(),
        "InstantAccessRetentionDays=1".to_owned(),
        "InstantAccessRetentionDays=65535".to_owned(),
        format!("ClientToken={}", "x".repeat(64)),
        "ClientToken=~!%20%22".to_owned(),
        "Description=xy".to_owned(),
        "Description=see+http://x".to_owned(),
        format!("Description={}", "%E4%B8%AD".repeat(256)),
        "ResourceGroupId=rg-".to_owned(),
        "RetentionDays=1".to_owned(),
        "RetentionDays=65536".to_owned(),
        "SnapshotName=ab".to_owned(),
        "SnapshotName=%E5%BF%AB%E7%85%A7:_.-1".to_owned(),
        "SnapshotName=%C3%A9tat".to_owned(),
        "SnapshotName=".to_owned(),
        format!("SnapshotName={}", "%E4%B8%AD".repeat(128)),
        all_tags.join("&"),
        format!("Tag.1.Key={longest}&Tag.1.Value={longest}"),
        "Tag.1.Key=my-aliyun&Tag.1.Value=acs:aliyun".to_owned(),
        "Tag.1.Key=k&Tag.2.Key=K&Tag.1.key=other".to_owned(),
    ];
    for query in &queries {
        create(&app, &format!("DiskId=d-1&{query}")).await;
    }
    let reply = app.describe("PageSize=100").await;
    assert_eq!(reply["TotalCount"], queries.len());
    let named = app.describe("SnapshotName=%E5%BF%AB%E7%85%A7:_.-1").await;
    assert_eq!(named["Snapshots"]["Snapshot"][0]["SnapshotName"], "快照:_.-1");
}

/// A way to fail each check of parameters, in the order of the checks.
const WRONG: &[(&str, &str)] = &[
    // Format.
    ("InstantAccess=x", "InvalidParameter"),
    ("InstantAccessRetentionDays=x", "InvalidParameter"),
    ("RetentionDays=x", "InvalidParameter"),
    // Values.
    ("Category=x", "InvalidSnapshotCategory.Malformed"),
    ("ClientToken=%C3%A9", "InvalidClientToken.Malformed"),
    ("Description=x", "InvalidDescription.Malformed"),
    ("InstantAccess=true&Category=flash", "InvalidCategoryAndInstantAccess.Malformed"),
    ("InstantAccessRetentionDays=0", "InvalidInstantAccessRetentionDays.Malformed"),
    ("ResourceGroupId=x", "InvalidResourceGroup.NotFound"),
    ("RetentionDays=0", "InvalidRetentionDays.Malformed"),
    ("SnapshotName=x", "InvalidSnapshotName.Malformed"),
    ("Tag.21.Key=x", "InvalidTagCount"),
    ("Tag.1.Key=", "InvalidTagKey.Malformed"),
    ("Tag.2.Key=x&Tag.2.Value=http://", "InvalidTagValue.Malformed"),
    ("Tag.3.Key=x&Tag.4.Key=x", "Duplicate.TagKey"),
    // The store.
    ("DiskId=d-unknown", "InvalidDiskId.NotFound"),
];

#[actix_web::test]
async fn each_check_comes_before_all_that_follow_it() {
    let app = TestApp::seeded(SEED).await;
    for (number, (query, code)) in WRONG.iter().enumerate() {
        assert_eq!(refused(&app, query).await.code, if query.contains("DiskId") { *code } else { "MissingParameter" });
        for (other, _) in &WRONG[number..] {
            // Of two of a name the first counts.
            let both = format!("{query}&{other}&DiskId=d-1");
            assert_eq!(refused(&app, &both).await.code, *code, "{both}");
        }
    }
    assert_eq!(app.ids("").await, [""; 0]);
}
