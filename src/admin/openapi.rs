//! The description of the control plane, made from its code, and the schema of state documents.

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::body;
use super::problem::Problem;
use super::routes;
use crate::model::kinds::KINDS;

/// The OpenAPI document.
#[must_use]
pub fn document() -> Value {
    routes::document()
}

/// The JSON Schema of state documents, for editors.
#[must_use]
pub fn state_schema() -> Value {
    let text = document()["components"]["schemas"].to_string().replace("#/components/schemas/", "#/$defs/");
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
pub async fn openapi() -> Result<HttpResponse, Problem> {
    body::ok(&document())
}

/// Serves the schema of state documents.
pub async fn schema() -> Result<HttpResponse, Problem> {
    body::ok(&state_schema())
}
