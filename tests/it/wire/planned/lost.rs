//! What a journal and the metrics say of answers that a client does not have, or not whole.

use serde_json::{Value, json};

use super::plan;
use crate::support::TestApp;

const CALL: &[u8] =
    b"GET /?Action=DescribeRegions&Format=JSON HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// How many calls of DescribeRegions were counted under a code.
async fn counted(app: &TestApp, code: &str) -> u64 {
    let metrics = app.send(app.request(reqwest::Method::GET, "/_mock/metrics")).await.body;
    let series = format!("ecs_mock_requests_total{{plane=\"cloud\",action=\"DescribeRegions\",code=\"{code}\"}} ");
    metrics.lines().find_map(|line| line.strip_prefix(&series)).map_or(0, |count| count.parse().unwrap())
}

#[actix_web::test]
async fn an_answer_that_is_cut_has_the_code_that_the_client_sees_and_counts_as_lost() {
    let app = TestApp::empty().await;
    let unavailable = json!("ServiceUnavailable");
    let mut lost = 0;
    for (when, connection, status, code, counts_as) in [
        ("before", "reset", 0, None, "lost"),
        ("before", "empty", 0, None, "lost"),
        ("before", "truncate", 503, Some(&unavailable), "lost"),
        ("before", "dribble", 503, Some(&unavailable), "ServiceUnavailable"),
        ("after", "empty", 0, None, "lost"),
        ("after", "truncate", 200, None, "lost"),
        ("after", "dribble", 200, None, "OK"),
    ] {
        let more = json!({"When": when, "Times": 1});
        plan(&app, json!({"Action": "DescribeRegions"}), json!({"Connection": connection}), more).await;
        let before = counted(&app, counts_as).await;
        let answer = app.raw(CALL).await;
        assert_eq!(answer.starts_with(&format!("HTTP/1.1 {status}")), status != 0, "{when} {connection}: {answer}");
        let entries = app.arrange("GET", "/requests?Action=DescribeRegions", Value::Null).await;
        let entry = entries["Requests"].as_array().unwrap().last().unwrap();
        assert_eq!((&entry["Status"], entry.get("Code")), (&json!(status), code), "{when} {connection}");
        assert_eq!(counted(&app, counts_as).await, before + 1, "{when} {connection}");
        lost += u64::from(counts_as == "lost");
        assert_eq!(counted(&app, "lost").await, lost, "{when} {connection}");
    }
}

#[actix_web::test]
async fn an_error_that_tells_no_code_has_none() {
    let app = TestApp::empty().await;
    for (body, code, message, counts_as) in [
        (json!("<html>Bad Gateway"), None, None, "other"),
        (json!({"Reason": "none"}), None, None, "other"),
        (json!({"Code": "InternalError"}), Some(json!("InternalError")), Some(json!("")), "InternalError"),
        (json!({"Code": "Own", "Message": "m"}), Some(json!("Own")), Some(json!("m")), "other"),
    ] {
        let before = counted(&app, counts_as).await;
        let effect = json!({"Reply": {"Status": 502, "Body": body}});
        plan(&app, json!({"Action": "DescribeRegions"}), effect, json!({"Times": 1})).await;
        assert!(app.raw(CALL).await.starts_with("HTTP/1.1 502"));
        let entries = app.arrange("GET", "/requests?Action=DescribeRegions", Value::Null).await;
        let entry = entries["Requests"].as_array().unwrap().last().unwrap();
        assert_eq!(entry["Status"], 502);
        assert_eq!((entry.get("Code"), entry.get("Message")), (code.as_ref(), message.as_ref()), "{body}");
        assert_eq!((counted(&app, counts_as).await, counted(&app, "OK").await), (before + 1, 0), "{body}");
    }
}
