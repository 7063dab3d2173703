//! When several things are wrong at once: the first failed check in the documented order is the answer.

use crate::support::TestApp;

/// A way to fail each check, in the order of the checks.
const WRONG: &[(&str, &str)] = &[
    // Format.
    ("DryRun=x", "InvalidParameter DryRun"),
    ("Encrypted=x", "InvalidParameter Encrypted"),
    ("PageNumber=x", "InvalidParameter PageNumber"),
    ("PageSize=x", "InvalidParameter PageSize"),
    ("SnapshotIds=x", "InvalidParameter SnapshotIds"),
    ("MaxResults=x", "InvalidParameter MaxResults"),
    ("NextToken=x", "InvalidParameter NextToken"),
    // Values.
    ("RegionId=cn-nowhere", "InvalidRegionId.NotFound"),
    ("Filter.1.Key=x", "InvalidFilterKey.NotFound"),
    ("Filter.2.Key=CreationEndTime", "InvalidFilterValue"),
    ("SnapshotIds=TOO_MANY", "InvalidSnapshotIds.Malformed"),
    ("SnapshotLinkId=x", "InvalidSnapshotLinkId.NotFound"),
    ("SnapshotType=x", "InvalidSnapshotType.NotFound"),
    ("SourceDiskType=x", "InvalidSourceDiskType"),
    ("Status=x", "InvalidStatus.NotFound"),
    ("Tag.21.Key=x", "InvalidTagCount"),
    ("Tag.1.Value=x", "InvalidTag.Mismatch"),
    ("Tag.2.Key=", "InvalidTagKey.Malformed"),
    ("Tag.3.Key=x&Tag.3.Value=acs:", "InvalidTagValue.Malformed"),
    ("Usage=x", "InvalidUsage"),
    ("Category=x", "InvalidSnapshotCategory.Malformed"),
    ("NextToken=OF_ANOTHER_FILTER", "InvalidParameter NextToken"),
];

#[actix_web::test]
async fn each_check_comes_before_all_that_follow_it() {
    let app = TestApp::spawn().await;
    let reply = app.describe("MaxResults=10").await;
    let token = reply["NextToken"].as_str().unwrap();
    let too_many = format!("%5B{}%5D", vec!["%22s%22"; 101].join(","));
    let wrong: Vec<(String, &str)> = WRONG
        .iter()
        .map(|(query, expected)| (query.replace("TOO_MANY", &too_many).replace("OF_ANOTHER_FILTER", token), *expected))
        .collect();
    for (index, (first, expected)) in wrong.iter().enumerate() {
        for (second, _) in &wrong[index..] {
            let name = |query: &str| query.split('=').next().unwrap().to_owned();
            if first != second && name(first) == name(second) {
                continue;
            }
            // The order on the wire does not matter, so the later check's parameter goes first.
            let mut query = if first == second { first.clone() } else { format!("{second}&{first}") };
            if !query.contains("RegionId=") {
                query.push_str("&RegionId=cn-hangzhou");
            }
            // The token is of a list without any filter: one filter makes it another list.
            if first.contains(token) || second.contains(token) {
                query.push_str("&DiskId=d-1");
            }
            let fault = app.get(&format!("Action=DescribeSnapshots&Format=JSON&{query}")).await.fault();
            let parameter = fault.message.split('"').nth(1).unwrap_or_default();
            assert_eq!(format!("{} {parameter}", fault.code).trim(), *expected, "{query}");
        }
    }
}

#[actix_web::test]
async fn presence_comes_before_format() {
    let app = TestApp::empty().await;
    for (query, _) in WRONG.iter().filter(|(query, _)| !query.contains("RegionId")) {
        assert_eq!(app.fault(query).await.code, "MissingParameter", "{query}");
    }
}
