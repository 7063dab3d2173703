//! The descriptions that are served, and what they promise.

use ecs_mock::admin::{openapi, routes};
use serde_json::{Value, json};

use crate::support::TestApp;

#[actix_web::test]
async fn the_openapi_document_describes_every_url() {
    let app = TestApp::empty().await;
    let served = app.control("GET", "/openapi.json", Value::Null).await.json();
    assert_eq!(served, routes::document());
    // Routes and descriptions come from one list; so what is described is there.
    for (path, operations) in served["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let path = path.replace("{sandbox}", "none").replace(['{', '}'], "");
            let reply = app.send(app.request(method.to_uppercase().parse().unwrap(), &path)).await;
            assert!(!reply.body.contains("no such path"), "{method} {path}: {}", reply.body);
        }
    }
    // A schema that could not be read became this.
    let nothing = json!({"type": "object"});
    for word in ["Snapshot", "Disk", "Instance", "Image", "AutoSnapshotPolicy", "Settings"] {
        for (field, schema) in served["components"]["schemas"][word]["properties"].as_object().unwrap() {
            let mut schema = schema.clone();
            schema.as_object_mut().unwrap().remove("description");
            assert_ne!(schema, nothing, "{word} {field}");
        }
    }
    for kind in ["snapshots", "disks", "instances", "images", "auto-snapshot-policies"] {
        let path = format!("/_mock/v1/sandboxes/{{sandbox}}/{kind}");
        assert!(served["paths"][path]["patch"].is_object(), "{kind}");
    }
}

#[actix_web::test]
async fn a_method_that_a_path_does_not_have_is_answered_with_those_that_it_has() {
    let app = TestApp::empty().await;
    let mut paths = routes::document()["paths"].as_object().unwrap().clone();
    paths.insert("/_mock/v1/openapi.json".to_owned(), json!({"get": {}}));
    for (path, operations) in paths {
        let mut has: Vec<_> = operations.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        if path.contains("/health/") {
            has.push("HEAD".to_owned());
        }
        has.sort();
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
            if has.iter().any(|has| has == method) {
                continue;
            }
            let path = path.replace("{sandbox}", "default").replace(['{', '}'], "");
            let request = app.request(method.parse().unwrap(), &path).build().unwrap();
            let response = reqwest::Client::new().execute(request).await.unwrap();
            assert_eq!(response.status(), 405, "{method} {path}");
            let mut allowed: Vec<_> = response.headers()["allow"].to_str().unwrap().split(", ").collect();
            allowed.sort_unstable();
            assert_eq!(allowed, has, "{method} {path}");
            assert_eq!(response.headers()["content-type"], "application/problem+json");
        }
    }
    assert_eq!(app.control("GET", "/nothing", Value::Null).await.status, 404);
}

#[actix_web::test]
async fn the_schema_of_state_documents_is_served_and_in_the_docs() {
    let app = TestApp::empty().await;
    let served = app.control("GET", "/state.schema.json", Value::Null).await.json();
    assert_eq!(served, openapi::state_schema());
    let text = include_str!("../../../docs/state.schema.json");
    let in_docs: Value = serde_json::from_str(text).unwrap_or_default();
    let current = serde_json::to_string_pretty(&served).unwrap();
    assert_eq!(in_docs, served, "docs/state.schema.json is to be:\n{current}");
}
