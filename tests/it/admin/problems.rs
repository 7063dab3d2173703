//! Problem documents: what is wrong as one text, and where it is about a field, that field and what is wrong with it.

use ecs_mock::admin::routes;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;

#[actix_web::test]
async fn a_problem_with_a_field_says_why() {
    let app = TestApp::seeded("Snapshots: [{SnapshotId: s-1}]").await;
    for (method, path, body, field, reason) in [
        ("POST", "/snapshots", json!({"SnapshotId": "s-1"}), "SnapshotId", "\"s-1\" is in use"),
        ("POST", "/snapshots", json!({"Progress": "150%"}), "Progress", "expected a percentage"),
        ("PATCH", "/snapshots/s-1", json!({"SnapshotId": "s-2"}), "SnapshotId", "an id cannot be changed"),
        ("GET", "/snapshots?PageSize=0", Value::Null, "PageSize", "expected "),
        ("GET", "/snapshots?Colour=red", Value::Null, "Colour", "there is no such parameter here"),
        ("PUT", "/state", json!({"Snapshots": [{}, {"Status": "done"}]}), "Snapshots[1].Status", "done"),
        (
            "PUT",
            "/state",
            json!({"Snapshots": [{"SnapshotId": "s"}, {"SnapshotId": "s"}]}),
            "SnapshotId",
            "is there twice",
        ),
        ("POST", "/state", json!({"Disks": [{"InstanceId": "i-0"}]}), "Disks[0].InstanceId", "names \"i-0\""),
        ("PUT", "/clock", json!({"Mode": "offset"}), "Seconds", "an offset clock needs it"),
        ("PUT", "/clock", json!({"Mode": "never"}), "Mode", "unknown variant `never`"),
        ("POST", "/clock/advance", json!({"Seconds": 1_000_000_000_000_i64}), "Seconds", "expected a number from"),
        ("PATCH", "/settings", json!({"SnapshotSeconds": -1}), "SnapshotSeconds", ""),
        ("PUT", "/checkpoints/now", Value::Null, "Name", "\"now\" is "),
        ("POST", "/access-keys", json!({"AccessKeySecret": ""}), "AccessKeySecret", "it is "),
        ("POST", "/access-keys", json!({"Expiration": "2030-01-01T00:00Z"}), "Expiration", "only a key with"),
    ] {
        let reply = app.control(method, &format!("/sandboxes/default{path}"), body).await;
        let problem = reply.json();
        let (detail, said) = (problem["detail"].as_str().unwrap(), problem["reason"].as_str().unwrap_or_default());
        assert_eq!(problem["field"], field, "{method} {path}: {detail}");
        assert!(!said.is_empty() && said.contains(reason), "{method} {path}: {said} has no {reason}");
        assert_eq!(detail, format!("{field}: {said}"), "{method} {path}");
    }
}

#[actix_web::test]
async fn of_a_line_and_of_a_header_it_says_why_too() {
    let app = TestApp::empty().await;
    let state = "/_mock/v1/sandboxes/default/state";
    let lines = "{\"Snapshot\":{}}\n{\"Snapshot\":{\"Usage\":\"x\"}}\n";
    for (content_type, encoding, body, field, before) in [
        ("application/x-ndjson", "identity", lines, "Snapshot.Usage", "line 2: "),
        ("text/plain", "identity", "x", "Content-Type", ""),
        ("application/json", "gzip", "x", "Content-Encoding", ""),
    ] {
        let request = app.request(Method::PUT, state).header("content-type", content_type);
        let problem = app.send(request.header("content-encoding", encoding).body(body)).await.json();
        let reason = problem["reason"].as_str().unwrap();
        assert_eq!(problem["field"], field);
        assert_eq!(problem["detail"], format!("{before}{field}: {reason}"));
    }
}

#[actix_web::test]
async fn a_problem_about_no_field_has_no_reason_beside_its_detail() {
    let app = TestApp::empty().await;
    for (method, path) in [("GET", "/sandboxes/none"), ("DELETE", "/sandboxes/default"), ("PATCH", "/nowhere")] {
        let problem = app.control(method, path, Value::Null).await.json();
        assert!(problem["detail"].is_string() && problem.get("field").is_none(), "{problem}");
        assert!(problem.get("reason").is_none(), "{problem}");
    }
}

#[test]
fn the_description_has_the_field_and_the_reason() {
    let problem = &routes::document()["components"]["schemas"]["Problem"];
    for name in ["field", "reason"] {
        assert!(problem["properties"][name]["description"].is_string(), "{problem}");
        assert!(!problem["required"].as_array().unwrap().contains(&json!(name)), "{problem}");
    }
}
