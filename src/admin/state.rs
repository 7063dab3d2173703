//! `/_mock/v1/sandboxes/{sandbox}/state` and `/reset`: whole states, out and in.

use std::collections::VecDeque;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde_json::json;

use super::body::{self, Media};
use super::problem::Problem;
use super::query;
use crate::app::Startup;
use crate::model::document::{self, Document, Draft, Format, SnapshotEntry};
use crate::model::snapshot::Snapshot;
use crate::sandboxes::{Counts, Entries, Origin, SandboxError};
use crate::store::{self, snapshots};

/// Bytes of one line of a stream.
const LINE_LIMIT: usize = 1024 * 1024;

/// Snapshots that are read from the store at a time.
const PAGE: i64 = 500;

/// Entries of a stream in memory at a time.
const BATCH: usize = 500;

/// Exports the state: a document in JSON or YAML, or a stream of entries, as the Accept header says.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/state", tag = "state", params(("sandbox" = String, Path,)),
    responses((status = 200, content((Document = "application/json"), (Document = "application/yaml"),
    (String = "application/x-ndjson"))), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn export(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let (mut connection, state_id) = app.sandboxes.reading(&sandbox).await?;
    let media = Media::wanted(&request);
    if media == Media::Lines {
        // A page of lines at a time, all from one moment of the database.
        let lines = stream::try_unfold((connection, String::new()), move |(mut connection, after)| async move {
            let page = snapshots::page_by_id(&mut connection, state_id, &after, PAGE).await?;
            let last = page.last().map(|last| last.snapshot_id.clone());
            Ok::<_, store::Error>(last.map(|last| (lines_of(&page), (connection, last))))
        });
        return Ok(HttpResponse::Ok().content_type(Media::LINES).streaming(lines));
    }
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = snapshots::page_by_id(&mut connection, state_id, &after, PAGE).await.map_err(SandboxError::from)?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.snapshot_id);
        all.extend(page);
    }
    let document = Document::of(&all);
    if media == Media::Document(Format::Yaml) {
        let text = serde_saphyr::to_string(&document)
            .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        return Ok(HttpResponse::Ok().content_type(Media::YAML).body(text));
    }
    body::ok(&document)
}

fn lines_of(page: &[Snapshot]) -> Bytes {
    let lines = page.iter().map(|snapshot| json!({"Snapshot": SnapshotEntry::from(snapshot)}).to_string() + "\n");
    Bytes::from(lines.collect::<String>())
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
    let entries = Sent::new(&request, payload).await?;
    body::ok(&app.sandboxes.replace(&sandbox, entries, is_dry_run).await?)
}

/// Merges the document or the stream of entries in the body into the state: an entry replaces the whole snapshot of its
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
    let entries = Sent::new(&request, payload).await?;
    body::ok(&app.sandboxes.merge(&sandbox, entries, is_dry_run).await?)
}

fn is_dry_run(request: &HttpRequest) -> Result<bool, Problem> {
    Ok(query::params(request, &[&["dry-run"]])?.boolean("dry-run")?.unwrap_or(false))
}

/// Starts over: state, clock and sequence of ids become those of the seed, of a checkpoint, or of nothing.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/reset", tag = "state", params(("sandbox" = String, Path,),
    ("to" = String, Query, description = "`empty`, `seed`, or the name of a checkpoint")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn reset(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let params = query::params(&request, &[&["to"]])?;
    let origin = match params.required("to")? {
        "empty" => Origin::Empty,
        "seed" => Origin::Seed,
        checkpoint => Origin::Checkpoint { sandbox: name.to_string(), checkpoint: checkpoint.to_owned() },
    };
    let sandbox = app.sandboxes.by_name(&name)?;
    app.sandboxes.reset(&sandbox, &origin).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The entries in the body of a request.
enum Sent {
    Document(Option<Document>),
    Lines { payload: Box<Payload>, buffer: Vec<u8>, lines: VecDeque<String>, line: usize, is_at_end: bool },
}

impl Sent {
    async fn new(request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        Ok(match Media::sent(request)? {
            Media::Document(format) => {
                let document = document::parse(&body::text(payload).await?, format)?;
                let document = document.ok_or_else(|| Problem::bad_request("the body says nothing, not even {}"))?;
                Self::Document(Some(document))
            }
            Media::Lines => Self::Lines {
                payload: Box::new(payload),
                buffer: Vec::new(),
                lines: VecDeque::new(),
                line: 0,
                is_at_end: false,
            },
        })
    }
}

impl Entries for Sent {
    type Error = Problem;

    async fn next(&mut self) -> Result<Option<Vec<Draft>>, Problem> {
        match self {
            Self::Document(document) => {
                Ok(document.take().map(Document::into_drafts).filter(|drafts| !drafts.is_empty()))
            }
            Self::Lines { payload, buffer, lines, line, is_at_end } => {
                let mut batch = Vec::new();
                loop {
                    while batch.len() < BATCH {
                        let Some(text) = lines.pop_front() else { break };
                        *line += 1;
                        // A blank line says nothing: neither an entry nor the end.
                        if !text.trim().is_empty() {
                            batch.push(draft(&text, *line)?);
                        }
                    }
                    if batch.len() == BATCH || *is_at_end {
                        return Ok(Some(batch).filter(|batch| !batch.is_empty()));
                    }
                    match body::next_chunk(payload).await? {
                        Some(chunk) => buffer.extend_from_slice(&chunk),
                        None => *is_at_end = true,
                    }
                    split_lines(buffer, lines, *is_at_end, *line)?;
                }
            }
        }
    }
}

/// The entry on this line of a stream.
fn draft(text: &str, line: usize) -> Result<Draft, Problem> {
    let place = format!("line {line}: ");
    document::parse_line(text).map(|entry| Draft { place: place.clone(), entry }).map_err(|error| {
        let problem = Problem::bad_request(format!("{place}{error}"));
        if error.path.is_empty() { problem } else { problem.about(error.path) }
    })
}

fn split_lines(
    buffer: &mut Vec<u8>,
    lines: &mut VecDeque<String>,
    is_at_end: bool,
    before: usize,
) -> Result<(), Problem> {
    let end = match buffer.iter().rposition(|&byte| byte == b'\n') {
        _ if is_at_end => buffer.len(),
        Some(newline) => newline + 1,
        None => 0,
    };
    if buffer.len() - end > LINE_LIMIT {
        let line = before + lines.len() + 1;
        let detail = format!("line {line} exceeds {LINE_LIMIT} bytes");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    for text in buffer[..end].split_inclusive(|&byte| byte == b'\n') {
        let line = before + lines.len() + 1;
        let text = str::from_utf8(text).map_err(|_| Problem::bad_request(format!("line {line} is not UTF-8")))?;
        lines.push_back(text.to_owned());
    }
    buffer.drain(..end);
    Ok(())
}
