//! The description of the control plane, made from its code, and the schema of state documents.

use actix_web::HttpResponse;
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::problem::Problem;
use super::{access_keys, backup, body, checkpoints, clock, health, sandboxes, snapshots, state};
use crate::model::document::{Document, SnapshotEntry};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ecs-mock control plane",
        description = "Shapes what ecs-mock answers: sandboxes, their keys, states, checkpoints and clocks. \
            Errors are RFC 9457 problem documents.",
    ),
    paths(
        health::live,
        health::ready,
        sandboxes::create,
        sandboxes::list,
        sandboxes::get,
        sandboxes::delete,
        access_keys::list,
        access_keys::create,
        access_keys::get,
        access_keys::patch,
        access_keys::delete,
        state::export,
        state::replace,
        state::merge,
        state::reset,
        snapshots::list,
        snapshots::create,
        snapshots::get,
        snapshots::patch,
        snapshots::delete,
        snapshots::patch_matching,
        snapshots::delete_matching,
        checkpoints::list,
        checkpoints::get,
        checkpoints::save,
        checkpoints::delete,
        checkpoints::restore,
        checkpoints::diff,
        clock::get,
        clock::set,
        clock::advance,
        backup::create,
    ),
    components(schemas(Document, SnapshotEntry, Problem))
)]
struct ControlPlane;

/// The OpenAPI document.
#[must_use]
pub fn document() -> Value {
    serde_json::to_value(ControlPlane::openapi()).unwrap_or_default()
}

/// The JSON Schema of state documents, for editors.
#[must_use]
pub fn state_schema() -> Value {
    let text = document()["components"]["schemas"].to_string().replace("#/components/schemas/", "#/$defs/");
    let mut definitions: Value = serde_json::from_str(&text).unwrap_or_default();
    let wanted = ["Document", "SnapshotEntry", "Time"];
    if let Some(definitions) = definitions.as_object_mut() {
        definitions.retain(|name, _| wanted.contains(&name.as_str()));
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
