//! `s/{sandbox}`: one sandbox: what it holds, its keys, what clients are told to reach it; forking, importing, exporting and
//! deleting it.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_DISPOSITION, HeaderValue};
use actix_web::web::Path;
use askama::Template;

use super::forms::{Posted, Uploaded};
use super::page::{Failed, Frame, Visit};
use super::sandboxes::mebibytes;
use super::{ROOT, filters, kinds, links};
use crate::admin::upload::Sent;
use crate::admin::{query, sandboxes, state};
use crate::connection::{Connection, Settings};
use crate::model::access_key::{AccessKey, Status};
use crate::model::document::{Form, Format};
use crate::model::kind::Kind;
use crate::model::kinds::KINDS;
use crate::model::params::Reading;
use crate::store::sandboxes::DEFAULT;

#[derive(Template)]
#[template(path = "sandbox.html")]
struct SandboxPage {
    frame: Frame,
    here: String,
    sandbox: String,
    counts: Vec<(&'static str, i64, String)>,
    facts: Vec<(&'static str, String)>,
    labels: Vec<(String, String)>,
    keys: Vec<(String, String, &'static str)>,
    checkpoints: Vec<String>,
    settings: Vec<Settings>,
    is_default: bool,
}

/// Shows one.
pub async fn show(visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    query::params(&visit.request, &[])?;
    let (app, sandbox) = visit.sandbox(&name)?;
    let view = sandboxes::view(app, &sandbox).await?;
    let keys = app.sandboxes.keys_of(&sandbox);
    // One that anybody may use for good; else whichever there is.
    let is_plain = |key: &&AccessKey| key.security_token.is_none() && key.status == Status::Active;
    let key = keys.iter().find(is_plain).or(keys.first());
    let url = visit.origin();
    let settings = key.map(|key| {
        let connection = Connection {
            url: &url,
            sandbox: &name,
            access_key_id: &key.access_key_id,
            access_key_secret: &key.access_key_secret,
            security_token: key.security_token.as_ref().map(|token| token.text.as_str()),
        };
        connection.settings()
    });
    let count = |kind: &&'static Kind| {
        let count = view.counts[kind.words].as_i64().unwrap_or(0);
        (kinds::title(kind), count, links::in_sandbox(&name, &[kind.path]))
    };
    let ttl = view.ttl_seconds.map_or_else(|| "for ever".to_owned(), |seconds| seconds.to_string());
    let checkpoints = app.sandboxes.checkpoints(&sandbox).await?;
    visit.show(&SandboxPage {
        frame: visit
            .frame("Sandbox")
            .about(name.as_str())
            .within(&name, "")
            .with_curl(visit.curl(&links::of_control_plane(&name, &[])))
            .with_curl(visit.curl(&format!("{}?show-secrets=true", links::of_control_plane(&name, &["access-keys"])))),
        here: links::in_sandbox(&name, &[]),
        counts: KINDS.iter().map(count).collect(),
        facts: vec![
            ("CreationTime", view.creation_time.to_string()),
            ("LastUsedTime", view.last_used_time.to_string()),
            ("TtlSeconds", ttl),
            ("Tags", view.tag_count.to_string()),
            ("Checkpoints", view.checkpoint_count.to_string()),
            ("Size", mebibytes(view.size_in_bytes)),
        ],
        labels: view.labels.into_iter().collect(),
        keys: keys
            .iter()
            .map(|key| {
                let status = if key.status == Status::Active { "Active" } else { "Inactive" };
                (key.access_key_id.clone(), key.access_key_secret.clone(), status)
            })
            .collect(),
        checkpoints: checkpoints.into_iter().map(|(checkpoint, _)| checkpoint.name).collect(),
        settings: settings.unwrap_or_default(),
        is_default: *name == DEFAULT,
        sandbox: name.into_inner(),
    })
}

/// Deletes one with all that belongs to it.
pub async fn delete(posted: Posted, name: Path<String>) -> Result<HttpResponse, Failed> {
    posted.visit.app()?.sandboxes.delete(&name).await?;
    Ok(posted.visit.lead(&format!("{ROOT}/sandboxes"), &format!("The sandbox {name} is deleted.")))
}

/// Answers its state as a file.
pub async fn export(visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(&name)?;
    let params = query::params(&visit.request, &["format"])?;
    let mut reading = Reading::new(&params);
    let format = reading.one_of("format", &["json", "yaml", "ndjson"], "json, yaml or ndjson");
    reading.finish()?;
    let format = format.unwrap_or("json");
    let mut response = state::exported(app, &sandbox, form_of(format)).await?;
    // Names of sandboxes are letters, digits, dots, underscores and hyphens.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{format}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

fn form_of(extension: &str) -> Form {
    match extension.to_ascii_lowercase().as_str() {
        "yaml" | "yml" => Form::Document(Format::Yaml),
        "ndjson" | "jsonl" => Form::Lines,
        _ => Form::Document(Format::Json),
    }
}

/// Takes a state document in: its entries into what is there, or in place of it.
pub async fn import(uploaded: Uploaded, name: Path<String>) -> Result<HttpResponse, Failed> {
    let Uploaded { visit, fields, file_name, content } = uploaded;
    let (app, sandbox) = visit.sandbox(&name)?;
    let replaces = fields.text("mode") == Some("replace");
    let form = form_of(file_name.rsplit_once('.').map_or("", |(_, extension)| extension));
    let method = if replaces { Method::PUT } else { Method::POST };
    let import = async {
        let entries = Sent::of(app, form, content).await?;
        let all = &app.sandboxes;
        if replaces { all.replace(&sandbox, entries, false).await } else { all.merge(&sandbox, entries, false).await }
    };
    let counts = Box::pin(Uploaded::changing(&visit, app, &sandbox, (&method, "/state"), import)).await?;
    let message = format!(
        "{file_name}: {} added, {} changed, {} removed, {} as they were.",
        counts.inserted, counts.changed, counts.removed, counts.unchanged
    );
    Ok(visit.lead(&links::in_sandbox(&name, &[]), &message))
}
