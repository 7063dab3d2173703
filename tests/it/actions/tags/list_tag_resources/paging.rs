//! Pages of fifty pairs, and the tokens between them.

use std::fmt::Write as _;

use serde_json::json;

use super::page;
use crate::actions::tags::assert_refused;
use crate::support::TestApp;

/// Forty snapshots with three tags each, four to a second.
async fn many() -> TestApp {
    let mut document = "Snapshots:\n".to_owned();
    for number in 0..40 {
        let second = number / 4;
        writeln!(
            document,
            "  - {{SnapshotId: s-{number:02}, CreationTime: '2026-03-01T00:00:{second:02}Z', Tags: {{a: '1', b: n{number}, \
             k: v}}}}"
        )
        .unwrap();
    }
    TestApp::seeded(&document).await
}

const ALL: &str = "ResourceType=snapshot&Tag.1.Key=k";

/// All pairs in the order of pages.
fn expected() -> Vec<String> {
    let mut pairs = Vec::new();
    for second in (0..10).rev() {
        for number in second * 4..second * 4 + 4 {
            pairs.extend(
                ["a=1".to_owned(), format!("b=n{number}"), "k=v".to_owned()].map(|tag| format!("s-{number:02} {tag}")),
            );
        }
    }
    pairs
}

async fn all_pages(app: &TestApp, query: &str) -> Vec<Vec<String>> {
    let (first, mut token) = page(app, query).await;
    let mut pages = vec![first];
    while let Some(text) = token {
        let (next, further) = page(app, &format!("{query}&NextToken={text}")).await;
        assert!(!next.is_empty(), "there is more where a token is");
        pages.push(next);
        token = further;
    }
    pages
}

#[actix_web::test]
async fn pages_go_through_the_middle_of_resources() {
    let app = many().await;
    for query in [ALL, "ResourceType=snapshot&TagFilter.1.TagKey=*k*", "ResourceType=snapshot&TagFilter.1.TagKey=a*"] {
        let pages = all_pages(&app, query).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20], "{query}");
        assert_eq!(pages.concat(), expected(), "{query}");
    }
    let ids: Vec<String> = (0..40).map(|number| format!("ResourceId.{}=s-{number:02}", number + 1)).collect();
    let by_ids = format!("ResourceType=snapshot&{}", ids.join("&"));
    assert_eq!(all_pages(&app, &by_ids).await.concat(), expected());
}

#[actix_web::test]
async fn exactly_one_page_has_no_token() {
    let app = many().await;
    // Ten snapshots of three tags each, and then of five.
    let ids: Vec<String> = (0..10).map(|number| format!("ResourceId.{}=s-{number:02}", number + 1)).collect();
    let query = format!("ResourceType=snapshot&{}", ids.join("&"));
    assert_eq!(page(&app, &query).await.0.len(), 30);
    for number in 0..10 {
        let tags = json!({"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "k": null});
        app.arrange("PATCH", &format!("/snapshots/s-{number:02}"), json!({"Tags": tags})).await;
    }
    let (pairs, token) = page(&app, &query).await;
    assert_eq!((pairs.len(), token), (50, None));
}

#[actix_web::test]
async fn a_token_is_a_place_whatever_becomes_of_what_is_there() {
    let app = many().await;
    let (first, token) = page(&app, ALL).await;
    let query = format!("{ALL}&NextToken={}", token.unwrap());
    assert_eq!(page(&app, &query).await.0, expected()[50..100]);
    // The resource that the page ends in goes, an earlier one comes, and a later one gets another tag.
    let last = first[49].split(' ').next().unwrap().to_owned();
    app.arrange("DELETE", &format!("/snapshots/{last}"), json!(null)).await;
    app.arrange("POST", "/snapshots", json!({"SnapshotId": "s-newest", "Tags": {"k": "v"}})).await;
    app.act("TagResources&RegionId=cn-hangzhou&ResourceType=snapshot&ResourceId.1=s-00&Tag.1.Key=z").await;
    let mut rest = expected().split_off(50);
    rest.retain(|pair| !pair.starts_with(&last));
    let place = rest.iter().position(|pair| pair == "s-00 k=v").unwrap();
    rest.insert(place + 1, "s-00 z=".to_owned());
    assert_eq!(all_pages(&app, &query_without_token(&query)).await.concat().len(), 40 * 3 - 3 + 1 + 1);
    let mut seen = Vec::new();
    let (pairs, mut token) = page(&app, &query).await;
    seen.extend(pairs);
    while let Some(text) = token {
        let (pairs, next) = page(&app, &format!("{ALL}&NextToken={text}")).await;
        seen.extend(pairs);
        token = next;
    }
    assert_eq!(seen, rest);
}

fn query_without_token(query: &str) -> String {
    query.split("&NextToken").next().unwrap().to_owned()
}

#[actix_web::test]
async fn tokens_of_other_lists_and_no_tokens_are_refused() {
    let app = many().await;
    app.arrange("POST", "/disks", json!({"DiskId": "d-1", "Tags": {"k": "v"}})).await;
    let token = page(&app, ALL).await.1.unwrap();
    let (text, base) = ("The specified NextToken is not valid.", "ListTagResources");
    let token_of_snapshots = app.describe("MaxResults=10").await["NextToken"].as_str().unwrap().to_owned();
    let queries = [
        format!("RegionId=cn-hangzhou&{ALL}&NextToken=x"),
        format!("RegionId=cn-hangzhou&{ALL}&NextToken={}", &token[1..]),
        format!("RegionId=cn-hangzhou&{ALL}&NextToken={token_of_snapshots}"),
        format!("RegionId=cn-hangzhou&{ALL}&Tag.2.Key=a&NextToken={token}"),
        format!("RegionId=cn-hangzhou&{ALL}&Tag.1.Value=v&NextToken={token}"),
        format!("RegionId=cn-hangzhou&ResourceType=disk&Tag.1.Key=k&NextToken={token}"),
        format!("RegionId=cn-beijing&{ALL}&NextToken={token}"),
        format!("RegionId=cn-hangzhou&{ALL}&ResourceId.1=s-00&NextToken={token}"),
    ];
    let queries: Vec<&str> = queries.iter().map(String::as_str).collect();
    assert_refused(&app, base, &queries, 403, "Invalid.NextToken", text).await;
    let (pairs, _) = page(&app, &format!("resourcetype=SNAPSHOT&tag.1.key=k&nexttoken={token}")).await;
    assert_eq!(pairs.len(), 50, "the same question in another spelling");
    assert_eq!(page(&app, &format!("{ALL}&NextToken=")).await.0.len(), 50, "an empty token is none");
}
