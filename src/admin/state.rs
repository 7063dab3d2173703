//! `/_mock/v1/sandboxes/{sandbox}/state` and `/reset`: whole states, out and in.

use std::error::Error;
use std::sync::Arc;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::body;
use super::problem::Problem;
use super::query;
use super::upload::Sent;
use crate::app::{App, Startup};
use crate::model::document::{Document, Export, Form, Format};
use crate::model::kinds::KINDS;
use crate::model::params::Reading;
use crate::sandboxes::{Counts, Origin, Sandbox, SandboxError};
use crate::store::resources;

/// Resources that are read from the store at a time.
const PAGE: i64 = 500;

/// Exports the state: a document in JSON or YAML, or a stream of entries, as the Accept header says.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/state", tag = "state", params(("sandbox" = String, Path,)),
    responses((status = 200, content((Document = "application/json"), (Document = "application/yaml"),
    (String = "application/x-ndjson"))), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn export(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    exported(app, &sandbox, body::wanted_form(&request)).await
}

/// The answer that holds the state of a sandbox in this form.
pub(crate) async fn exported(app: &App, sandbox: &Arc<Sandbox>, form: Form) -> Result<HttpResponse, Problem> {
    // Whoever waits for a turn keeps no moment of the database.
    let mut spooled = app.spool.create(app.spool.turn().await?)?;
    let (mut session, state_id) = app.sandboxes.reading(sandbox).await?;
    let settings = app.sandboxes.view(sandbox).await?.settings.changes();
    let unwritable =
        |error: Box<dyn Error + Send + Sync>| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
    let (mut writing, text) = Export::begin(form, &settings).map_err(unwritable)?;
    spooled.append(text.as_bytes()).await?;
    for kind in KINDS {
        let mut after = String::new();
        loop {
            let page = resources::page_by_id(&mut session, kind, state_id, &after, PAGE).await;
            let page = page.map_err(SandboxError::from)?;
            let Some(last) = page.last() else { break };
            last.key().id.clone_into(&mut after);
            spooled.append(writing.entries(&page).map_err(unwritable)?.as_bytes()).await?;
        }
    }
    spooled.append(writing.end().as_bytes()).await?;
    // Whoever reads slowly keeps a file, and not a moment of the database.
    drop(session);
    let media_type = match form {
        Form::Document(Format::Json) => "application/json",
        Form::Document(Format::Yaml) => body::YAML,
        Form::Lines => body::LINES,
    };
    let body = SizedStream::new(spooled.length(), spooled.into_stream().await?);
    Ok(HttpResponse::Ok().content_type(media_type).body(body))
}

/// Replaces the whole state by the document or the stream of entries in the body, all or nothing.
#[utoipa::path(put, path = "/_mock/v1/sandboxes/{sandbox}/state", tag = "state", params(("sandbox" = String, Path,),
    ("dry-run" = Option<bool>, Query, description = "Only tell what it would do")), request_body(content(
    (Document = "application/json"), (Document = "application/yaml"), (String = "application/x-ndjson"))),
    responses((status = 200, body = Counts), (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 507, body = Problem, content_type = "application/problem+json")))]
pub async fn replace(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let is_dry_run = is_dry_run(&request)?;
    let sandbox = app.sandboxes.by_name(&name)?;
    let entries = Sent::new(app, &request, payload).await?;
    body::ok(&app.sandboxes.replace(&sandbox, entries, is_dry_run).await?)
}

/// Merges the document or the stream of entries in the body into the state: an entry replaces the whole resource of its
/// id.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/state", tag = "state", params(("sandbox" = String, Path,),
    ("dry-run" = Option<bool>, Query, description = "Only tell what it would do")), request_body(content(
    (Document = "application/json"), (Document = "application/yaml"), (String = "application/x-ndjson"))),
    responses((status = 200, body = Counts), (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 507, body = Problem, content_type = "application/problem+json")))]
pub async fn merge(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let is_dry_run = is_dry_run(&request)?;
    let sandbox = app.sandboxes.by_name(&name)?;
    let entries = Sent::new(app, &request, payload).await?;
    body::ok(&app.sandboxes.merge(&sandbox, entries, is_dry_run).await?)
}

fn is_dry_run(request: &HttpRequest) -> Result<bool, Problem> {
    query::flag(request, "dry-run")
}

/// Starts over: state, clock and sequence of ids become those of the seed, of a checkpoint, or of nothing.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/reset", tag = "state", params(("sandbox" = String, Path,),
    ("to" = String, Query, description = "`empty`, `seed`, or the name of a checkpoint")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn reset(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let params = query::params(&request, &["to"])?;
    let mut reading = Reading::new(&params);
    let to = reading.required("to");
    reading.finish()?;
    let origin = match to {
        "empty" => Origin::Empty,
        "seed" => Origin::Seed,
        checkpoint => Origin::Checkpoint { sandbox: name.to_string(), checkpoint: checkpoint.to_owned() },
    };
    let sandbox = app.sandboxes.by_name(&name)?;
    app.sandboxes.reset(&sandbox, &origin).await?;
    Ok(HttpResponse::NoContent().finish())
}
