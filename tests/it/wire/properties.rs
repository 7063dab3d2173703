//! Arbitrary bytes as query or body: never a panic, never a 5xx, always an answer in the API's form.

use actix_web::rt::System;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::{TestApp, XmlTree, property};

/// Bytes that a request line can carry.
fn query() -> impl Strategy<Value = String> {
    let names =
        ["RegionId", "Tag.1.Key", "Tag.99.Value", "SnapshotIds", "PageSize", "NextToken", "Filter.1.Key", "Format"];
    let name = prop_oneof![select(names.to_vec()).prop_map(str::to_owned), "[!-;=?-~]{0,8}"];
    let values =
        ["cn-hangzhou", "%5B%22s%22%5D", "%", "%00", "%F0%9F%98%80", "-1", "999999999999999999999", "true", ""];
    let any_bytes = || {
        vec(any::<u8>(), 0..6)
            .prop_map(|bytes| percent_encoding::percent_encode(&bytes, percent_encoding::NON_ALPHANUMERIC).to_string())
    };
    let name = prop_oneof![3 => name, 1 => any_bytes()];
    let value = prop_oneof![select(values.to_vec()).prop_map(str::to_owned), "[!-\"$-~]{0,12}", any_bytes(),];
    vec((name, value), 0..12).prop_map(|pairs| {
        let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        // A quotation mark or a number sign would end the request target.
        pairs.join("&").replace(['"', '#', '<', '>', '\\', '^', '`', '{', '|', '}'], "%")
    })
}

async fn assert_answered(app: &TestApp, request: &[u8]) -> Result<(), TestCaseError> {
    let answer = app.raw(request).await;
    let status: u16 = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    prop_assert!((200..500).contains(&status), "{}", answer);
    // It reads as what it says it is.
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    if head.contains("application/json") {
        let json: serde_json::Value = serde_json::from_str(body).unwrap();
        prop_assert!(json["RequestId"].is_string(), "{}", answer);
    } else {
        prop_assert!(XmlTree::parse(body).child("RequestId").text.len() == 36, "{}", answer);
    }
    Ok(())
}

#[test]
fn any_query_is_answered() {
    let system = System::new();
    let app = system.block_on(TestApp::spawn());
    let outcome = property(400).run(&(query(), any::<bool>()), |(query, has_action)| {
        let action = if has_action { "Action=DescribeSnapshots&RegionId=cn-hangzhou&" } else { "" };
        let request = format!("GET /?{action}{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        system.block_on(assert_answered(&app, request.as_bytes()))
    });
    outcome.unwrap();
}

#[test]
fn any_body_is_answered() {
    let system = System::new();
    let app = system.block_on(TestApp::spawn());
    let body = prop_oneof![vec(any::<u8>(), 0..200), query().prop_map(String::into_bytes)];
    let outcome = property(400).run(&body, |body| {
        let head = format!(
            "POST /?Action=DescribeSnapshots&RegionId=cn-hangzhou HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        system.block_on(assert_answered(&app, &[head.as_bytes(), &body].concat()))
    });
    outcome.unwrap();
}
