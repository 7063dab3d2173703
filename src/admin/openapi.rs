//! The description of the control plane, made from its code, and the schema of state documents.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use serde_json::{Value, json};

use super::body;
use super::paths::Paths;
use super::problem::Problem;
use super::routes;
use crate::model::kinds::KINDS;

/// The routes below `/_mock/v1` that describe the others.
pub fn configure(service: &mut ServiceConfig) {
    let mut paths = Paths::default();
    paths.add("/openapi.json", Method::GET, web::to(openapi));
    paths.add("/state.schema.json", Method::GET, web::to(schema));
    paths.register(service);
}

/// The JSON Schema of state documents, for editors.
#[must_use]
pub fn state_schema() -> Value {
    let text = routes::document()["components"]["schemas"].to_string().replace("#/components/schemas/", "#/$defs/");
    let mut definitions: Value = serde_json::from_str(&text).unwrap_or_default();
    let is_wanted = |name: &str| {
        ["Document", "SettingsPatch", "Time"].contains(&name) || KINDS.iter().any(|kind| kind.word == name)
    };
    if let Some(definitions) = definitions.as_object_mut() {
        definitions.retain(|name, _| is_wanted(name));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ecs-mock state document",
        "$ref": "#/$defs/Document",
        "$defs": definitions,
    })
}

/// Serves the OpenAPI document.
async fn openapi() -> Result<HttpResponse, Problem> {
    body::ok(&routes::document())
}

/// Serves the schema of state documents.
async fn schema() -> Result<HttpResponse, Problem> {
    body::ok(&state_schema())
}
