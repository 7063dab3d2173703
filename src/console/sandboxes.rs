//! `sandboxes`: all of them, and making one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use askama::Template;
use serde_json::{Map, Value, json};

use super::forms::Posted;
use super::page::{Failed, Frame, Visit};
use super::{ROOT, filters, kinds, links};
use crate::admin::problem::Problem;
use crate::admin::{body, query, sandboxes};
use crate::model::kinds::KINDS;
use crate::model::time::Time;

#[derive(Template)]
#[template(path = "sandboxes.html")]
struct SandboxesPage {
    frame: Frame,
    kinds: Vec<&'static str>,
    rows: Vec<Row>,
    next: Option<String>,
    /// The sandbox to be forked, where it is not among the rows.
    forked: Option<String>,
    form: Form,
}

struct Row {
    name: String,
    link: String,
    keys: String,
    counts: Vec<(i64, String)>,
    checkpoints: i64,
    last_used: Time,
    ttl_seconds: Option<i64>,
    mebibytes: String,
}

/// What was filled in, where it was not accepted.
#[derive(Default)]
struct Form {
    error: Option<Problem>,
    name: String,
    from: String,
    checkpoint: String,
    ttl_seconds: String,
    access_key_id: String,
    access_key_secret: String,
}

/// Leads to the list.
pub async fn root(_visit: Visit) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, format!("{ROOT}/sandboxes"))).finish()
}

/// Lists them.
pub async fn list(visit: Visit) -> Result<HttpResponse, Failed> {
    page(&visit, Form::default()).await
}

async fn page(visit: &Visit, form: Form) -> Result<HttpResponse, Failed> {
    let app = visit.app()?;
    let params = query::params(&visit.request, &["MaxResults", "NextToken"])?;
    let listed = sandboxes::listed(app, &params).await?;
    let rows = listed.sandboxes.into_iter().map(|view| Row {
        link: links::in_sandbox(&view.name, &[]),
        keys: view.access_key_ids.join(", "),
        counts: KINDS
            .iter()
            .map(|kind| (view.counts[kind.words].as_i64().unwrap_or(0), links::in_sandbox(&view.name, &[kind.path])))
            .collect(),
        checkpoints: view.checkpoint_count,
        last_used: view.last_used_time,
        ttl_seconds: view.ttl_seconds,
        mebibytes: mebibytes(view.size_in_bytes),
        name: view.name,
    });
    let pairs = params.pairs().iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let curl = visit.curl(&links::with_query("/sandboxes", pairs));
    let to_next = |token: String| links::with_query(&format!("{ROOT}/sandboxes"), [("NextToken", token.as_str())]);
    let rows: Vec<Row> = rows.collect();
    let forked = form.from.strip_prefix("sandbox:").filter(|forked| !rows.iter().any(|row| row.name == *forked));
    let status = form.error.as_ref().map_or(StatusCode::OK, actix_web::ResponseError::status_code);
    visit.show_as(
        status,
        &SandboxesPage {
            frame: visit.frame("Sandboxes").with_curl(curl),
            kinds: KINDS.iter().map(|kind| kinds::title(kind)).collect(),
            rows,
            forked: forked.map(str::to_owned),
            next: listed.next_token.map(to_next),
            form,
        },
    )
}

/// Bytes, as people count them.
pub fn mebibytes(bytes: i64) -> String {
    const TENTH: i64 = 1024 * 1024 / 10;
    let tenths = bytes / TENTH;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// Makes one, as `POST /sandboxes` of the control plane does.
pub async fn make(posted: Posted) -> Result<HttpResponse, Failed> {
    let field = |name: &str| posted.fields.text(name).unwrap_or_default().to_owned();
    let form = Form {
        error: None,
        name: field("Name"),
        from: field("From"),
        checkpoint: field("Checkpoint"),
        ttl_seconds: field("TtlSeconds"),
        access_key_id: field("AccessKeyId"),
        access_key_secret: field("AccessKeySecret"),
    };
    let made = async {
        let new = body::read(Value::Object(form.described()?))?;
        sandboxes::make(posted.visit.app()?, new).await.map_err(Failed::from)
    };
    match made.await {
        Ok(made) => {
            let message = format!("The sandbox {} is made.", made.name);
            Ok(posted.visit.lead(&links::in_sandbox(&made.name, &[]), &message))
        }
        Err(failed) => page(&posted.visit, Form { error: Some(failed.into_problem()), ..form }).await,
    }
}

impl Form {
    /// What the control plane is told of it. `From` is `seed`, `empty`, or `sandbox:` and a name.
    fn described(&self) -> Result<Map<String, Value>, Problem> {
        let mut described = Map::from_iter([("Name".to_owned(), json!(self.name))]);
        if let Some(sandbox) = self.from.strip_prefix("sandbox:") {
            let mut fork = Map::from_iter([("Sandbox".to_owned(), json!(sandbox))]);
            if !self.checkpoint.is_empty() {
                fork.insert("Checkpoint".to_owned(), json!(self.checkpoint));
            }
            described.insert("From".to_owned(), Value::Object(fork));
        } else if !self.from.is_empty() {
            described.insert("From".to_owned(), json!(self.from));
        }
        if !self.ttl_seconds.is_empty() {
            let seconds: Result<i64, _> = self.ttl_seconds.parse();
            let expected = "TtlSeconds: expected a number from 1 to 2147483647";
            let seconds = seconds.map_err(|_| Problem::bad_request(expected).about("TtlSeconds"))?;
            described.insert("TtlSeconds".to_owned(), json!(seconds));
        }
        for (name, value) in [("AccessKeyId", &self.access_key_id), ("AccessKeySecret", &self.access_key_secret)] {
            if !value.is_empty() {
                described.insert(name.to_owned(), json!(value));
            }
        }
        Ok(described)
    }
}
