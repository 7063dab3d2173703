//! The descriptions that are served, and what they promise.

use ecs_mock::admin::openapi;
use serde_json::Value;

use crate::support::TestApp;

#[actix_web::test]
async fn the_openapi_document_describes_every_url() {
    let app = TestApp::empty().await;
    let served = app.control("GET", "/openapi.json", Value::Null).await.json();
    assert_eq!(served, openapi::document());
    let routes = include_str!("../../../src/server.rs");
    for line in routes.lines().filter(|line| line.trim_start().starts_with(".route(\"/")) {
        let mut parts = line.split('"');
        let path = parts.nth(1).unwrap();
        let method = line.split("web::").nth(1).unwrap().split('(').next().unwrap();
        // The descriptions do not describe themselves.
        if path.contains(".json") {
            continue;
        }
        let prefix = if path.starts_with("/health") { "/_mock" } else { "/_mock/v1" };
        let described = &served["paths"][format!("{prefix}{path}")][method];
        assert!(described.is_object(), "{method} {path}");
    }
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
