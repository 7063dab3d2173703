//! `/_mock/v1/sandboxes/{sandbox}/state` and `/reset`: whole states, out and in.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{StreamExt as _, stream};

use super::body::{self, Media};
use super::problem::Problem;
use super::query;
use super::upload::Sent;
use crate::app::Startup;
use crate::model::document::{self, Document, Export, Format};
use crate::model::kinds::KINDS;
use crate::model::params::Reading;
use crate::sandboxes::{Counts, Origin, SandboxError};
use crate::store::{self, Session, resources};

/// Resources that are read from the store at a time.
const PAGE: i64 = 500;

/// Exports the state: a document in JSON or YAML, or a stream of entries, as the Accept header says.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/state", tag = "state", params(("sandbox" = String, Path,)),
    responses((status = 200, content((Document = "application/json"), (Document = "application/yaml"),
    (String = "application/x-ndjson"))), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn export(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let (mut session, state_id) = app.sandboxes.reading(&sandbox).await?;
    let media = Media::wanted(&request);
    let settings = app.sandboxes.view(&sandbox).await?.settings.changes();
    if media == Media::Lines {
        let first = if settings.is_empty() { Ok(String::new()) } else { document::settings_line(&settings) };
        let first = first.map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        let first = stream::iter((!first.is_empty()).then(|| Ok::<_, store::Error>(Bytes::from(first))));
        // A page of lines at a time, all from one moment of the database.
        let lines = stream::try_unfold((session, 0, String::new()), move |(mut session, kind, after)| async move {
            let next = next_lines(&mut session, state_id, kind, after).await?;
            Ok::<_, store::Error>(next.map(|(lines, kind, after)| (lines, (session, kind, after))))
        });
        return Ok(HttpResponse::Ok().content_type(Media::LINES).streaming(first.chain(lines)));
    }
    let mut entries = Vec::new();
    for kind in KINDS {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = resources::page_by_id(&mut session, kind, state_id, &after, PAGE).await;
            let page = page.map_err(SandboxError::from)?;
            let Some(last) = page.last() else { break };
            last.key().id.clone_into(&mut after);
            all.extend(page);
        }
        entries.push(all);
    }
    let document = Export { settings, entries };
    if media == Media::Document(Format::Yaml) {
        let text = serde_saphyr::to_string(&document)
            .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        return Ok(HttpResponse::Ok().content_type(Media::YAML).body(text));
    }
    body::ok(&document)
}

/// The next lines of a stream, and where those behind them are: the number of the kind, and the id after which.
async fn next_lines(
    session: &mut Session,
    state_id: i64,
    mut kind: usize,
    mut after: String,
) -> Result<Option<(Bytes, usize, String)>, store::Error> {
    while let Some(current) = KINDS.get(kind) {
        let page = resources::page_by_id(session, current, state_id, &after, PAGE).await?;
        if let Some(last) = page.last() {
            let last = last.key().id.to_owned();
            let lines = page.iter().map(|entry| document::line(&**entry));
            let lines: String =
                lines.collect::<Result<_, _>>().map_err(|error| store::Error::Encode(Box::new(error)))?;
            return Ok(Some((Bytes::from(lines), kind, last)));
        }
        kind += 1;
        after.clear();
    }
    Ok(None)
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
    let entries = Sent::new(&request, payload, app.upload_patience).await?;
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
    let entries = Sent::new(&request, payload, app.upload_patience).await?;
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
