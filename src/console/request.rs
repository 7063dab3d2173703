//! `s/{sandbox}/requests/{n}`: one entry of the journal with all that it tells, the other attempts at the same, and its
//! explanation.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpResponse, ResponseError as _};
use askama::Template;
use serde_json::Value;

use super::explained::Explained;
use super::page::{Failed, Frame, Visit};
use super::requests::{self, Row};
use super::{filters, kinds, links};
use crate::actions::ACTIONS;
use crate::admin::{explain, query};
use crate::model::journal_entry::{Happening, JournalEntry};
use crate::model::kinds::KINDS;
use crate::model::params::Reading;

/// Fields that have a part of the page for themselves.
const APART: [&str; 3] = ["Parameters", "Ids", "Changes"];

/// Which of the others come first.
const FIRST: [&str; 9] = ["Kind", "Time", "SandboxTime", "Action", "Status", "Code", "Message", "Fault", "AccessKeyId"];

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage {
    frame: Frame,
    list: String,
    here: String,
    older: Option<String>,
    newer: Option<String>,
    archive: String,
    facts: Vec<Fact>,
    parameters: Vec<Parameter>,
    ids: Vec<(String, Option<String>)>,
    changes: Vec<Changed>,
    attempts: Vec<Row>,
    /// Whether it asked for a list, which can be explained.
    is_list: bool,
    /// The resource that is asked about.
    id: String,
    explained: Option<Explained>,
    /// Where the explanation is as JSON.
    json: String,
    /// Why there is none.
    unexplained: Option<String>,
}

struct Fact {
    name: String,
    text: String,
    link: Option<String>,
}

struct Parameter {
    name: String,
    value: String,
    is_cut: bool,
}

struct Changed {
    kind: String,
    id: String,
    link: Option<String>,
    change: &'static str,
}

/// Shows one.
pub async fn show(visit: Visit, path: Path<(String, String)>) -> Result<HttpResponse, Failed> {
    let (name, sequence) = path.into_inner();
    let (app, sandbox) = visit.sandbox(&name)?;
    let params = query::params(&visit.request, &["id", "explain"])?;
    let mut reading = Reading::new(&params);
    let is_asked = reading.one_of("explain", &["true"], "true").is_some();
    reading.finish()?;
    let id = params.text("id");
    let kept = app.sandboxes.journal_of(&sandbox).await?;
    let entry = crate::admin::requests::find(&kept, &sequence)?;
    let sequence = entry.sequence.to_string();
    let asked: Vec<_> = id.into_iter().map(|id| ("id", id)).collect();
    let is_list = entry.kind == Happening::Request
        && ACTIONS.iter().any(|action| action.name == entry.action && action.run.listing().is_some());
    let (mut explained, mut unexplained) = (None, None);
    // It takes as long as a sandbox is large, and a turn, so that nobody gets it who has not asked.
    if is_list && (is_asked || id.is_some()) {
        match explain::of_entry(app, &sandbox, &sequence, id).await {
            Ok(explanation) => explained = Some(Explained::new(explanation, &name)),
            Err(problem) if problem.status_code() == StatusCode::INTERNAL_SERVER_ERROR => return Err(problem.into()),
            Err(problem) => unexplained = Some(problem.to_string()),
        }
    }
    let of_plane = |segments: &[&str]| links::of_control_plane(&name, segments);
    let mut frame = visit
        .frame("Request")
        .about(sequence.as_str())
        .within(&name, "requests")
        .with_curl(visit.curl(&of_plane(&["requests", &sequence])));
    if is_list {
        let path = of_plane(&["requests", &sequence, "explanation"]);
        frame = frame.with_curl(visit.curl(&links::with_query(&path, asked.iter().copied())));
    }
    let place = kept.entries.partition_point(|other| other.sequence < entry.sequence);
    let link_to = |entry: &Arc<JournalEntry>| requests::link(&name, entry.sequence);
    let archive = [("format", "har"), ("SinceSequence", sequence.as_str()), ("MaxResults", "1")];
    let of_chain = kept.entries.iter().filter(|other| entry.chain.is_some() && other.chain == entry.chain);
    visit.show(&RequestPage {
        frame,
        list: links::in_sandbox(&name, &["requests"]),
        here: requests::link(&name, entry.sequence),
        older: place.checked_sub(1).and_then(|place| kept.entries.get(place)).map(link_to),
        newer: kept.entries.get(place + 1).map(link_to),
        archive: links::with_query(&links::in_sandbox(&name, &["requests", "json"]), archive),
        facts: facts(&entry, &name),
        parameters: parameters(&entry),
        ids: entry.ids.iter().map(|id| (id.to_string(), resource(&name, &entry, id))).collect(),
        changes: entry
            .changes
            .iter()
            .map(|change| {
                let link = kind_link(&name, &change.kind, &change.id);
                Changed { kind: change.kind.to_string(), id: change.id.to_string(), link, change: change.change.into() }
            })
            .collect(),
        attempts: of_chain.map(|other| Row::of(other, &name)).collect(),
        is_list,
        id: id.unwrap_or_default().to_owned(),
        explained,
        json: links::with_query(&links::in_sandbox(&name, &["requests", &sequence, "explanation"]), asked),
        unexplained,
    })
}

/// The page of a resource that an entry names: what was changed says its kind.
fn resource(sandbox: &str, entry: &JournalEntry, id: &str) -> Option<String> {
    match entry.changes.iter().find(|change| change.id == id) {
        Some(change) => kind_link(sandbox, &change.kind, id),
        None => kinds::of_id(id, &entry.action).map(|kind| links::in_sandbox(sandbox, &[kind.path, id])),
    }
}

fn kind_link(sandbox: &str, word: &str, id: &str) -> Option<String> {
    let kind = KINDS.iter().find(|kind| kind.word == word)?;
    Some(links::in_sandbox(sandbox, &[kind.path, id]))
}

/// All that the entry tells, but for what has a part for itself and what is empty.
fn facts(entry: &JournalEntry, sandbox: &str) -> Vec<Fact> {
    let Ok(Value::Object(fields)) = serde_json::to_value(entry) else { return Vec::new() };
    let fact = |(name, value): (String, Value)| {
        let text = match value {
            Value::String(text) => text,
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        };
        let link = match name.as_str() {
            "Fault" => Some(links::in_sandbox(sandbox, &["faults"])),
            "Chain" => Some(links::in_sandbox(sandbox, &["requests", &text])),
            _ => None,
        };
        Fact { name, text, link }
    };
    let fields = fields.into_iter().filter(|(name, _)| !APART.contains(&name.as_str()));
    let mut facts: Vec<Fact> = fields.map(fact).filter(|fact| !fact.text.is_empty()).collect();
    facts.sort_by_key(|fact| FIRST.iter().position(|first| *first == fact.name).unwrap_or(FIRST.len()));
    facts
}

fn parameters(entry: &JournalEntry) -> Vec<Parameter> {
    let is_cut = |name: &str| entry.cut.iter().any(|cut| cut.eq_ignore_ascii_case(name));
    let parameter = |(name, value): (&str, &str)| Parameter {
        is_cut: is_cut(name),
        name: name.to_owned(),
        value: value.to_owned(),
    };
    entry.parameters.pairs().map(parameter).collect()
}
