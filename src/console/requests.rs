//! `s/{sandbox}/requests`: what the journal of a sandbox remembers, the newest first, a page at a time and as it comes.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;

use super::forms::Posted;
use super::inputs::{self, Input};
use super::page::{Failed, Frame, Visit};
use super::{filters, links};
use crate::admin::query;
use crate::admin::request_stream::{self, Stopping};
use crate::admin::requests::Filter;
use crate::journal::question::code;
use crate::model::journal_entry::{Happening, Instant, JournalEntry};
use crate::model::params::Reading;

/// Rows of a page, unless the address says otherwise.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "requests.html")]
struct RequestsPage {
    frame: Frame,
    here: String,
    caption: String,
    rows: Vec<Row>,
    inputs: Vec<Input>,
    is_filtered: bool,
    max_results: usize,
    evicted: i64,
    newer: Option<String>,
    older: Option<String>,
    /// Where rows come from that are newer than all of these; only where these are the newest.
    stream: Option<String>,
    json: String,
    archive: String,
}

/// An entry in a table.
pub struct Row {
    pub sequence: i64,
    pub link: String,
    pub time: Instant,
    pub kind: &'static str,
    pub action: String,
    pub of_action: String,
    pub status: String,
    pub code: String,
    pub of_code: String,
    pub access_key_id: String,
    pub seen: i64,
    pub changed: i64,
    pub fault: String,
    pub attempt: Option<u32>,
    pub milliseconds: String,
}

/// A row by itself, as the stream has it.
#[derive(Template)]
#[template(path = "request_row.html")]
struct RowAlone {
    row: Row,
}

/// What an entry tells of, in a word.
pub fn kind(happening: Happening) -> &'static str {
    match happening {
        Happening::Request => "request",
        Happening::CatchUp => "catch-up",
        Happening::Control => "control",
    }
}

impl Row {
    pub fn of(entry: &JournalEntry, sandbox: &str) -> Self {
        let list = links::in_sandbox(sandbox, &["requests"]);
        // What nobody asked for has no answer that could be missing.
        let code = if entry.kind == Happening::CatchUp { String::new() } else { code(entry).into_owned() };
        let microseconds = entry.duration_microseconds;
        Self {
            sequence: entry.sequence,
            link: link(sandbox, entry.sequence),
            time: entry.time,
            kind: kind(entry.kind),
            of_action: links::with_query(&list, [("Action", entry.action.as_str())]),
            action: entry.action.to_string(),
            status: if entry.status == 0 { String::new() } else { entry.status.to_string() },
            of_code: links::with_query(&list, [("Code", code.as_str())]),
            code,
            access_key_id: entry.access_key_id.to_string(),
            seen: entry.seen,
            changed: entry.changed,
            fault: entry.fault.clone().unwrap_or_default(),
            attempt: entry.attempt,
            milliseconds: format!("{}.{:03}", microseconds / 1_000, microseconds % 1_000),
        }
    }
}

/// The page of an entry.
pub fn link(sandbox: &str, sequence: i64) -> String {
    links::in_sandbox(sandbox, &["requests", &sequence.to_string()])
}

/// Lists them, the newest first.
pub async fn list(visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(&name)?;
    let params = visit.params()?;
    let mut reading = Reading::new(&params);
    let filter = Filter::read(&mut reading);
    let inputs = inputs::of(&reading);
    let max_results = reading.integer("MaxResults", 1..=1_000, "a number from 1 to 1000");
    let before = reading.long("Before", 1..=i64::MAX, "the number of an entry");
    query::check_known(&reading)?;
    reading.finish()?;

    let kept = app.sandboxes.journal_of(&sandbox).await?;
    let last_sequence = kept.last_sequence;
    let matching: Vec<_> = kept.entries.into_iter().filter(|entry| filter.matches(entry)).collect();
    let size = max_results.and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE);
    let end = before.map_or(matching.len(), |before| matching.partition_point(|entry| entry.sequence < before));
    let begin = end.saturating_sub(size);
    let shown = &matching[begin..end];

    let here = links::in_sandbox(&name, &["requests"]);
    let page_before = |place: usize| {
        let sequence = matching.get(place).map(|entry| entry.sequence.to_string());
        links::with_changes(&here, &params, &[("Before", sequence.as_deref())])
    };
    let since = shown.first().map(|entry| entry.sequence.to_string());
    let count = since.is_some().then(|| shown.len().to_string());
    let the_same = |path: &str, format| {
        let since = since.as_deref().map_or_else(Vec::new, |since| vec![("SinceSequence", Some(since))]);
        let page = [("Before", None), ("MaxResults", count.as_deref()), ("format", format)];
        links::with_changes(path, &params, &[&page[..], &since[..]].concat())
    };
    let json = links::in_sandbox(&name, &["requests", "json"]);
    let next = filter.since_sequence.max(last_sequence.saturating_add(1)).to_string();
    let stream = || {
        let stream = links::in_sandbox(&name, &["requests", "stream"]);
        links::with_changes(&stream, &params, &[("Before", None), ("MaxResults", None), ("SinceSequence", Some(&next))])
    };
    visit.show(&RequestsPage {
        frame: visit
            .frame("Requests")
            .within(&name, "requests")
            .with_curl(visit.curl(&the_same(&links::of_control_plane(&name, &["requests"]), None))),
        caption: caption(matching.len(), matching.len() - end, shown.len()),
        rows: shown.iter().rev().map(|entry| Row::of(entry, &name)).collect(),
        is_filtered: inputs.iter().any(|input| !input.value.is_empty()),
        inputs,
        max_results: size,
        evicted: kept.evicted,
        newer: (end < matching.len()).then(|| page_before(end.saturating_add(size))),
        older: (begin > 0).then(|| page_before(begin)),
        stream: (end == matching.len()).then(stream),
        archive: the_same(&json, Some("har")),
        json: the_same(&json, None),
        here,
    })
}

/// `newer`: how many there are before those that are shown.
fn caption(total: usize, newer: usize, shown: usize) -> String {
    match shown {
        0 => format!("None of {total}"),
        _ => format!("{} to {} of {total}, newest first", newer + 1, newer + shown),
    }
}

/// Goes on sending rows of entries that match, as they come: from `SinceSequence` on, if the address has it.
pub async fn stream(visit: Visit, stopping: Data<Stopping>, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(&name)?;
    let params = visit.params()?;
    let mut reading = Reading::new(&params);
    let filter = Filter::read(&mut reading);
    query::check_known(&reading)?;
    reading.finish()?;
    let after = filter.since_sequence.checked_sub(1).filter(|after| *after >= 0);
    let name = name.into_inner();
    let written = move |entry: &JournalEntry| {
        let row = filter.matches(entry).then(|| RowAlone { row: Row::of(entry, &name) })?;
        row.render().ok()
    };
    Ok(request_stream::stream(app, sandbox, &stopping, &visit.request, after, Box::new(written))?)
}

/// Empties the journal. The numbers of its entries go on.
pub async fn clear(posted: Posted, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    app.sandboxes.empty_journal(&sandbox).await?;
    Ok(posted.visit.lead(&links::in_sandbox(&name, &["requests"]), "The journal is empty."))
}
