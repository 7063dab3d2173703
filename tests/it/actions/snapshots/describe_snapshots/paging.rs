//! Pages by number and pages by token.

use serde_json::Value;

use crate::support::TestApp;

/// Twenty-five snapshots, `s-00` to `s-24`, in this order.
async fn twenty_five() -> TestApp {
    let entries: Vec<String> = (0..25).map(|number| format!("{{SnapshotId: s-{number:02}}}")).collect();
    TestApp::seeded(&format!("Snapshots: [{}]", entries.join(", "))).await
}

fn ids(reply: &Value) -> Vec<&str> {
    let snapshots = reply["Snapshots"]["Snapshot"].as_array().unwrap();
    snapshots.iter().map(|snapshot| snapshot["SnapshotId"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_page_is_the_first_ten_unless_it_says_otherwise() {
    let app = twenty_five().await;
    let reply = app.describe("").await;
    assert_eq!((&reply["PageNumber"], &reply["PageSize"], &reply["TotalCount"]), (&1.into(), &10.into(), &25.into()));
    assert_eq!(ids(&reply).first(), Some(&"s-00"));
    assert_eq!(ids(&reply).len(), 10);
    assert!(reply["NextToken"].is_string(), "who does not say how to page may go on by token");
    let token = format!("NextToken={}", reply["NextToken"].as_str().unwrap());
    assert_eq!(ids(&app.describe(&token).await).first(), Some(&"s-10"));
    for by_number in ["PageNumber=1", "PageSize=10"] {
        assert!(app.describe(by_number).await.get("NextToken").is_none(), "pages by number have no token");
    }
}

#[actix_web::test]
async fn page_number_and_page_size_choose_the_page() {
    let app = twenty_five().await;
    for (page_number, page_size, expected) in
        [(1, 100, 25), (3, 10, 5), (2, 20, 5), (25, 1, 1), (26, 1, 0), (4, 10, 0), (i32::MAX, 100, 0)]
    {
        let reply = app.describe(&format!("PageNumber={page_number}&PageSize={page_size}")).await;
        assert_eq!(ids(&reply).len(), expected, "page {page_number} of {page_size}");
        assert_eq!(reply["PageNumber"], page_number);
        assert_eq!(reply["PageSize"], page_size);
        assert_eq!(reply["TotalCount"], 25, "also past the end");
    }
    let reply = app.describe("PageNumber=3&PageSize=7").await;
    assert_eq!(ids(&reply), ["s-14", "s-15", "s-16", "s-17", "s-18", "s-19", "s-20"]);
}

#[actix_web::test]
async fn max_results_is_brought_into_10_to_100() {
    let app = twenty_five().await;
    for (max_results, size) in
        [("1", 10), ("0", 10), ("-5", 10), ("10", 10), ("11", 11), ("100", 100), ("101", 100), ("2147483647", 100)]
    {
        let reply = app.describe(&format!("MaxResults={max_results}&PageSize=3&PageNumber=2")).await;
        assert_eq!(reply["PageSize"], size, "{max_results}");
        assert_eq!(reply["PageNumber"], 1, "MaxResults wins over pages by number");
        assert_eq!(reply["TotalCount"], 25);
        assert_eq!(ids(&reply).len(), 25.min(size));
        assert_eq!(reply.get("NextToken").is_some(), size < 25, "{max_results}");
    }
}

#[actix_web::test]
async fn tokens_lead_through_all_pages_and_end() {
    let app = twenty_five().await;
    let first = app.describe("MaxResults=10").await;
    let token = first["NextToken"].as_str().unwrap();
    let second = app.describe(&format!("MaxResults=12&NextToken={token}")).await;
    assert_eq!(second["PageSize"], 12, "MaxResults may change on the way");
    let token = second["NextToken"].as_str().unwrap();
    let third = app.describe(&format!("NextToken={token}")).await;
    assert_eq!(third["PageSize"], 10, "what a token alone gets");
    assert!(third.get("NextToken").is_none(), "the last page");
    let all: Vec<&str> = [&first, &second, &third].into_iter().flat_map(ids).collect();
    assert_eq!(all, (0..25).map(|number| format!("s-{number:02}")).collect::<Vec<_>>());
}

#[actix_web::test]
async fn a_last_page_that_is_full_has_no_token() {
    let app = TestApp::spawn().await;
    let reply = app.describe("MaxResults=36").await;
    assert_eq!(ids(&reply).len(), 36);
    assert!(reply.get("NextToken").is_none());
}

#[actix_web::test]
async fn a_token_belongs_to_its_filter() {
    let app = TestApp::spawn().await;
    let first = app.describe("MaxResults=10&SourceDiskType=data").await;
    let token = first["NextToken"].as_str().unwrap();
    app.describe(&format!("NextToken={token}&SourceDiskType=DATA&Encrypted=false&Status=all")).await;
    let tagged = app.describe("MaxResults=10&Tag.1.Key=app&Tag.2.Key=env").await["NextToken"].clone();
    let tagged = tagged.as_str().unwrap();
    app.describe(&format!("NextToken={tagged}&Tag.5.Key=env&Tag.9.Key=app&Tag.7.Key=app")).await;
    for query in ["", "&SourceDiskType=system", "&SourceDiskType=data&Usage=none", "&SourceDiskType=data&Tag.1.Key=a"] {
        let fault = app.fault(&format!("RegionId=cn-hangzhou&NextToken={token}{query}")).await;
        assert_eq!((fault.status, fault.code.as_str()), (400, "InvalidParameter"), "{query}");
        assert_eq!(fault.message, "The specified parameter \"NextToken\" is not valid.");
    }
    let fault = app.fault(&format!("RegionId=cn-qingdao&NextToken={token}&SourceDiskType=data")).await;
    assert_eq!(fault.code, "InvalidParameter", "another region is another filter");
}

#[actix_web::test]
async fn a_token_with_any_character_changed_is_refused() {
    let app = TestApp::spawn().await;
    let first = app.describe("MaxResults=10").await;
    let token = first["NextToken"].as_str().unwrap();
    for index in 0..token.len() {
        let mut damaged = token.as_bytes().to_vec();
        damaged[index] = if damaged[index] == b'A' { b'B' } else { b'A' };
        let damaged = String::from_utf8(damaged).unwrap();
        let query = format!("Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&NextToken={damaged}");
        assert_eq!(app.get(&query).await.fault().code, "InvalidParameter", "{damaged}");
    }
    for damaged in [&token[1..], &token[..token.len() - 1], &format!("{token}A")] {
        assert_eq!(app.fault(&format!("RegionId=cn-hangzhou&NextToken={damaged}")).await.code, "InvalidParameter");
    }
}
