//! Pages: by number, by token, and neither.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::described;
use crate::support::TestApp;

async fn many() -> TestApp {
    let mut document = "Disks:\n".to_owned();
    for number in 0..520 {
        writeln!(document, "  - {{DiskId: d-{number:03}}}").unwrap();
    }
    TestApp::seeded(&document).await
}

fn span(reply: &Value) -> (usize, String, String) {
    let disks = reply["Disks"]["Disk"].as_array().unwrap();
    let id = |disk: Option<&Value>| disk.map_or("", |disk| disk["DiskId"].as_str().unwrap()).to_owned();
    (disks.len(), id(disks.first()), id(disks.last()))
}

#[actix_web::test]
async fn by_number() {
    let app = many().await;
    for (query, number, size, page) in [
        ("PageNumber=1", 1, 10, (10, "d-000", "d-009")),
        ("PageSize=100", 1, 100, (100, "d-000", "d-099")),
        ("PageNumber=6&PageSize=100", 6, 100, (20, "d-500", "d-519")),
        ("PageNumber=7&PageSize=100", 7, 100, (0, "", "")),
    ] {
        let reply = described(&app, query).await;
        assert_eq!(span(&reply), (page.0, page.1.to_owned(), page.2.to_owned()), "{query}");
        assert_eq!((&reply["PageNumber"], &reply["PageSize"]), (&json!(number), &json!(size)), "{query}");
        assert_eq!(reply["TotalCount"], 520);
        assert_eq!(reply.get("NextToken"), None, "{query}");
    }
}

#[actix_web::test]
async fn by_token_with_pages_of_10_to_500() {
    let app = many().await;
    for (asked, size) in [("-1", 10), ("0", 10), ("9", 10), ("10", 10), ("101", 101), ("500", 500), ("501", 500)] {
        let query = format!("MaxResults={asked}&PageNumber=3&PageSize=50");
        let reply = described(&app, &query).await;
        assert_eq!(span(&reply).0, size, "{query}");
        assert_eq!((&reply["PageNumber"], &reply["PageSize"]), (&json!(1), &json!(size)), "{query}");
    }
    let mut query = "MaxResults=300".to_owned();
    let mut seen = Vec::new();
    loop {
        let reply = described(&app, &query).await;
        seen.push(span(&reply));
        let Some(token) = reply["NextToken"].as_str() else { break };
        query = format!("MaxResults=300&NextToken={token}");
    }
    assert_eq!(seen, [(300, "d-000".to_owned(), "d-299".to_owned()), (220, "d-300".to_owned(), "d-519".to_owned())]);
}

#[actix_web::test]
async fn without_saying_how_there_is_a_token_while_more_remain() {
    let app = many().await;
    let reply = described(&app, "").await;
    assert_eq!(span(&reply), (10, "d-000".to_owned(), "d-009".to_owned()));
    let token = reply["NextToken"].as_str().unwrap();
    assert_eq!(span(&described(&app, &format!("NextToken={token}")).await).1, "d-010");
    let fault = app.refused(&format!("DescribeDisks&RegionId=cn-hangzhou&Portable=true&NextToken={token}")).await;
    assert_eq!(fault.message, "The specified parameter \"NextToken\" is not valid.", "of another list");
    assert_eq!(described(&app, "DiskIds=%5B%22d-001%22%5D").await.get("NextToken"), None);
}
