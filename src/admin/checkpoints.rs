//! `/_mock/v1/sandboxes/{sandbox}/checkpoints` and `/diff`: named states, and what differs between them.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use super::query;
use crate::app::Startup;
use crate::model::kind::Entry;
use crate::model::kinds::KINDS;
use crate::model::params::Reading;
use crate::model::time::Time;
use crate::sandboxes::Change;
use crate::store::checkpoints::Checkpoint;

/// A named state of a sandbox.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct CheckpointView {
    name: String,
    creation_time: Time,
    snapshot_count: i64,
    /// How many resources of each kind it holds, under the words of documents.
    #[schema(value_type = std::collections::HashMap<String, i64>)]
    counts: Value,
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
    /// Of snapshots.
    #[schema(value_type = Vec<Object>)]
    added: Vec<Value>,
    #[schema(value_type = Vec<Object>)]
    removed: Vec<Value>,
    #[schema(value_type = Vec<Object>)]
    changed: Vec<Value>,
    /// Of each other kind, under the words of documents: the same three.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    kinds: Map<String, Value>,
}

/// A field before and after.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ChangedField {
    pub(crate) from: Value,
    pub(crate) to: Value,
}

impl CheckpointView {
    fn of((checkpoint, counts): (Checkpoint, Vec<i64>)) -> Self {
        Self {
            name: checkpoint.name,
            creation_time: checkpoint.creation_time,
            snapshot_count: counts.first().copied().unwrap_or_default(),
            counts: super::sandboxes::by_kind(&counts),
        }
    }
}

/// Shows all checkpoints.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/checkpoints", tag = "checkpoints",
    params(("sandbox" = String, Path,)), responses((status = 200, body = CheckpointList),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let checkpoints = app.sandboxes.checkpoints(&sandbox).await?.into_iter();
    body::ok(&CheckpointList { checkpoints: checkpoints.map(CheckpointView::of).collect() })
}

/// Shows one checkpoint.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/checkpoints/{checkpoint}", tag = "checkpoints",
    params(("sandbox" = String, Path,), ("checkpoint" = String, Path,)), responses((status = 200, body = CheckpointView),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, checkpoint) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    body::ok(&CheckpointView::of(app.sandboxes.checkpoint(&sandbox, &checkpoint).await?))
}

/// Saves the sandbox's state, clock and sequence of ids under a name, in place of what had that name.
#[utoipa::path(put, path = "/_mock/v1/sandboxes/{sandbox}/checkpoints/{checkpoint}", tag = "checkpoints",
    params(("sandbox" = String, Path,), ("checkpoint" = String, Path,)), responses((status = 201, body = CheckpointView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 507, description = "The limit is reached", body = Problem, content_type = "application/problem+json")))]
pub async fn save(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, checkpoint) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.save(&sandbox, &checkpoint).await?;
    let saved = app.sandboxes.checkpoint(&sandbox, &checkpoint).await?;
    body::respond(StatusCode::CREATED, &CheckpointView::of(saved))
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
    app.sandboxes.restore(&sandbox, &checkpoint).await?;
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
    let params = query::params(&request, &["from", "to"])?;
    let mut reading = Reading::new(&params);
    let from = reading.required("from");
    reading.finish()?;
    let to = params.text("to").unwrap_or("now");
    let sandbox = app.sandboxes.by_name(&name)?;
    let mut kinds = Map::new();
    let mut of_snapshots = Changes::default();
    let diff = app.sandboxes.diff(&sandbox, from, to).await?;
    for (number, (kind, changes)) in KINDS.iter().zip(diff.0).enumerate() {
        let changes = Changes::of(changes)?;
        if number == 0 {
            of_snapshots = changes;
        } else {
            kinds.insert(kind.words.to_owned(), json!(changes));
        }
    }
    let Changes { added, removed, changed } = of_snapshots;
    body::ok(&DiffView { added, removed, changed, kinds })
}

/// What differs of one kind.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Changes {
    added: Vec<Value>,
    removed: Vec<Value>,
    changed: Vec<Value>,
}

impl Changes {
    fn of(changes: Vec<Change>) -> Result<Self, Problem> {
        let mut all = Self::default();
        for change in changes {
            match change {
                Change::Added(entry) => all.added.push(json!(entry)),
                Change::Removed(entry) => all.removed.push(json!(entry)),
                Change::Changed(before, after) => all.changed.push(changed(&*before, &*after)?),
            }
        }
        Ok(all)
    }
}

/// A resource that is in both states, but not the same: its id, and by field the value before and after.
fn changed(before: &dyn Entry, after: &dyn Entry) -> Result<Value, Problem> {
    let fields: Map<String, Value> =
        differing(before, after)?.into_iter().map(|(name, field)| (name, json!(field))).collect();
    Ok(json!({ before.kind().id_field: before.key().id, "Fields": fields }))
}

/// The fields of a resource that are not the same, with the value before and after, null where it was not there.
pub(crate) fn differing(before: &dyn Entry, after: &dyn Entry) -> Result<BTreeMap<String, ChangedField>, Problem> {
    let written = |entry: &dyn Entry| match serde_json::to_value(entry) {
        Ok(Value::Object(fields)) => Ok(fields),
        other => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{other:?} is not an entry"))),
    };
    let (before, after) = (written(before)?, written(after)?);
    let field = |name: &String| {
        let from = before.get(name).cloned().unwrap_or_default();
        let to = after.get(name).cloned().unwrap_or_default();
        (from != to).then(|| (name.clone(), ChangedField { from, to }))
    };
    Ok(before.keys().chain(after.keys()).filter_map(field).collect())
}
