//! `/_mock/v1/sandboxes/{sandbox}/checkpoints` and `/diff`: named states, and what differs between them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use super::query;
use crate::app::Startup;
use crate::model::document::SnapshotEntry;
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;
use crate::sandboxes::{Change, Origin, SandboxError};

/// A named state of a sandbox.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct CheckpointView {
    name: String,
    creation_time: Time,
    snapshot_count: i64,
}

/// All checkpoints of a sandbox, by name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct CheckpointList {
    checkpoints: Vec<CheckpointView>,
}

/// What differs between two states.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct DiffView {
    added: Vec<SnapshotEntry>,
    removed: Vec<SnapshotEntry>,
    changed: Vec<ChangedSnapshot>,
}

/// A snapshot that is in both states, but not the same.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ChangedSnapshot {
    snapshot_id: String,
    /// By field: its value before and after, null where it was not there.
    #[schema(value_type = std::collections::HashMap<String, ChangedField>)]
    fields: Map<String, Value>,
}

/// A field before and after.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ChangedField {
    from: Value,
    to: Value,
}

/// Shows all checkpoints.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/checkpoints", tag = "checkpoints",
    params(("sandbox" = String, Path,)), responses((status = 200, body = CheckpointList),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let checkpoints = app.sandboxes.checkpoints(&sandbox).await?.into_iter();
    let checkpoints = checkpoints.map(|(checkpoint, snapshot_count)| CheckpointView {
        name: checkpoint.name,
        creation_time: checkpoint.creation_time,
        snapshot_count,
    });
    body::ok(&CheckpointList { checkpoints: checkpoints.collect() })
}

/// Shows one checkpoint.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/checkpoints/{checkpoint}", tag = "checkpoints",
    params(("sandbox" = String, Path,), ("checkpoint" = String, Path,)), responses((status = 200, body = CheckpointView),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, checkpoint) = path.into_inner();
    let app = super::ready(&startup)?;
    body::ok(&view(app, &name, &checkpoint).await?)
}

async fn view(app: &crate::app::App, name: &str, checkpoint: &str) -> Result<CheckpointView, Problem> {
    let sandbox = app.sandboxes.by_name(name)?;
    let mut all = app.sandboxes.checkpoints(&sandbox).await?.into_iter();
    let found = all.find(|(other, _)| other.name == checkpoint);
    let (found, snapshot_count) = found.ok_or_else(|| SandboxError::NoSuchCheckpoint(checkpoint.to_owned()))?;
    Ok(CheckpointView { name: found.name, creation_time: found.creation_time, snapshot_count })
}

/// Saves the sandbox's state, clock and sequence of ids under a name, in place of what had that name.
#[utoipa::path(put, path = "/_mock/v1/sandboxes/{sandbox}/checkpoints/{checkpoint}", tag = "checkpoints",
    params(("sandbox" = String, Path,), ("checkpoint" = String, Path,)), responses((status = 201, body = CheckpointView),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn save(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, checkpoint) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.save(&sandbox, &checkpoint).await?;
    body::respond(StatusCode::CREATED, &view(app, &name, &checkpoint).await?)
}

/// Deletes a checkpoint.
#[utoipa::path(delete, path = "/_mock/v1/sandboxes/{sandbox}/checkpoints/{checkpoint}", tag = "checkpoints",
    params(("sandbox" = String, Path,), ("checkpoint" = String, Path,)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn delete(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, checkpoint) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.forget(&sandbox, &checkpoint).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Puts a checkpoint's state, clock and sequence of ids back.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/checkpoints/{checkpoint}/restore", tag = "checkpoints",
    params(("sandbox" = String, Path,), ("checkpoint" = String, Path,)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn restore(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, checkpoint) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.reset(&sandbox, &Origin::Checkpoint { sandbox: name, checkpoint }).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Tells what differs between two states, field by field.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/diff", tag = "checkpoints", params(("sandbox" = String, Path,),
    ("from" = String, Query, description = "The name of a checkpoint, or `now`"),
    ("to" = Option<String>, Query, description = "The name of a checkpoint, or `now`, which it is if left out")),
    responses((status = 200, body = DiffView),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn diff(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let params = query::params(&request, &[&["from", "to"]])?;
    let (from, to) = (params.required("from")?, params.text("to").unwrap_or("now"));
    let sandbox = app.sandboxes.by_name(&name)?;
    let mut view = DiffView { added: Vec::new(), removed: Vec::new(), changed: Vec::new() };
    for change in app.sandboxes.diff(&sandbox, from, to).await?.0 {
        match change {
            Change::Added(snapshot) => view.added.push((&snapshot).into()),
            Change::Removed(snapshot) => view.removed.push((&snapshot).into()),
            Change::Changed(pair) => view.changed.push(changed(&pair.0, &pair.1)?),
        }
    }
    body::ok(&view)
}

fn changed(before: &Snapshot, after: &Snapshot) -> Result<ChangedSnapshot, Problem> {
    let written = |snapshot: &Snapshot| match serde_json::to_value(SnapshotEntry::from(snapshot)) {
        Ok(Value::Object(fields)) => Ok(fields),
        other => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{other:?} is not an entry"))),
    };
    let (before_fields, after_fields) = (written(before)?, written(after)?);
    let mut fields = Map::new();
    for name in before_fields.keys().chain(after_fields.keys()) {
        let from = before_fields.get(name).cloned().unwrap_or_default();
        let to = after_fields.get(name).cloned().unwrap_or_default();
        if from != to {
            fields.insert(name.clone(), serde_json::json!(ChangedField { from, to }));
        }
    }
    Ok(ChangedSnapshot { snapshot_id: before.snapshot_id.clone(), fields })
}
