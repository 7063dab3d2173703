//! Bodies of requests and answers: JSON, and what forms states come in.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{Bytes, Payload};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, dev};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use tokio::time::{Instant, timeout_at};

use super::problem::Problem;
use crate::model::document::{ENTRY_LIMIT, Form, Format};

/// Media types beside JSON.
pub const LINES: &str = "application/x-ndjson";
pub const YAML: &str = "application/yaml";

/// How long a sender may pause, and how long all of a body may take.
const PAUSE: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_mins(1);

/// How long the sender of a state may pause: putting one together can take a while.
const PAUSE_FOR_STATES: Duration = Duration::from_secs(30);

/// What the body of a request is.
pub fn sent_form(request: &HttpRequest) -> Result<Form, Problem> {
    if let Some(encoding) = request.headers().get(CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        let detail =
            format!("Content-Encoding: bodies are read as they are, so send it unpacked, and not {encoding:?}");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).about("Content-Encoding"));
    }
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = content_type.split(';').next().unwrap_or(content_type).trim().to_ascii_lowercase();
    match essence.as_str() {
        "" | "application/json" | "application/merge-patch+json" => Ok(Form::Document(Format::Json)),
        "application/yaml" | "application/x-yaml" | "text/yaml" => Ok(Form::Document(Format::Yaml)),
        "application/x-ndjson" | "application/jsonl" => Ok(Form::Lines),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!(
                "Content-Type: expected application/json, application/yaml or application/x-ndjson, and not {essence:?}"
            ),
        )
        .about("Content-Type")),
    }
}

/// What the sender of a request wants back; JSON unless it says otherwise.
pub fn wanted_form(request: &HttpRequest) -> Form {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    match accept {
        _ if accept.contains("ndjson") || accept.contains("jsonl") => Form::Lines,
        _ if accept.contains("yaml") => Form::Document(Format::Yaml),
        _ => Form::Document(Format::Json),
    }
}

/// The next piece of a state; `None` at its end.
pub async fn next_chunk(payload: &mut Payload) -> Result<Option<Bytes>, Problem> {
    next_by(Instant::now() + PAUSE_FOR_STATES, payload).await
}

async fn next_by(deadline: Instant, payload: &mut Payload) -> Result<Option<Bytes>, Problem> {
    match timeout_at(deadline, payload.next()).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(chunk))) => Ok(Some(chunk)),
        Ok(Some(Err(error))) => Err(Problem::bad_request(format!("the body breaks off: {error}"))),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body does not come")),
    }
}

/// The body of a request, which is read once a handler has found what it is for.
pub struct Body {
    request: HttpRequest,
    payload: Payload,
}

impl FromRequest for Body {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let payload = Payload::from_request(request, payload).into_inner();
        ready(payload.map(|payload| Self { request: request.clone(), payload }))
    }
}

impl Body {
    /// All of it, as JSON of this form.
    pub async fn json<T: DeserializeOwned>(mut self) -> Result<T, Problem> {
        if sent_form(&self.request)? != Form::Document(Format::Json) {
            let detail = "Content-Type: expected application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).about("Content-Type"));
        }
        let mut body = Vec::new();
        let deadline = Instant::now() + PATIENCE;
        while let Some(chunk) = next_by(deadline.min(Instant::now() + PAUSE), &mut self.payload).await? {
            if body.len() + chunk.len() > ENTRY_LIMIT {
                let detail = format!("the body exceeds {ENTRY_LIMIT} bytes");
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
            }
            body.extend_from_slice(&chunk);
        }
        let text = str::from_utf8(&body);
        let text = text.map_err(|error| Problem::bad_request(format!("the body is not UTF-8: {error}")))?;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = read(&mut deserializer)?;
        deserializer.end().map_err(|error| Problem::bad_request(error.to_string()))?;
        Ok(value)
    }
}

/// Reads something of this form; what does not fit is named with its place.
pub fn read<'de, T: Deserialize<'de>>(source: impl Deserializer<'de, Error = serde_json::Error>) -> Result<T, Problem> {
    serde_path_to_error::deserialize(source).map_err(|error| {
        let path = error.path().to_string();
        let reason = error.inner().to_string();
        if path == "." { Problem::bad_request(reason) } else { Problem::wrong(path, reason) }
    })
}

/// An answer in JSON.
pub fn ok(body: &impl Serialize) -> Result<HttpResponse, Problem> {
    respond(StatusCode::OK, body)
}

/// An answer in JSON with this status.
pub fn respond(status: StatusCode, body: &impl Serialize) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_string(body);
    let body = body.map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(HttpResponse::build(status).content_type("application/json").body(body))
}
