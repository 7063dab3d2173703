//! `/_mock/v1/sandboxes/{sandbox}/requests`: what the journal of a sandbox remembers.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Serialize, Serializer};
use utoipa::{IntoParams, ToSchema};

use super::body;
use super::problem::Problem;
use super::query;
use crate::app::Startup;
use crate::journal::har::Har;
use crate::journal::kept::Kept;
use crate::journal::question::code;
use crate::model::journal_entry::{Instant, JournalEntry};
use crate::model::params::{Params, Reading, Reason, Refusal, Type};

/// Entries of a page, where nobody says how many. An archive, which has no place for a NextToken, holds as many as a page may
/// have, and a journal has no more.
const PAGE: usize = 100;
const ARCHIVE: usize = 1_000;

/// Entries, oldest first, and what is known of those that are not among them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct RequestList {
    #[serde(serialize_with = "entries")]
    #[schema(value_type = Vec<JournalEntry>)]
    requests: Vec<Arc<JournalEntry>>,
    /// How many match, on whatever page.
    total_count: usize,
    /// How many had to go for newer ones since the journal was emptied last.
    evicted: i64,
    /// The newest number that was given; 0 where none was.
    last_sequence: i64,
    /// What the next page is asked for with.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// What a list comes as: by itself, or as an archive.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RequestsBody<'e> {
    List(RequestList),
    Archive(Har<'e>),
}

fn entries<S: Serializer>(entries: &[Arc<JournalEntry>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(entries.iter().map(|entry| &**entry))
}

/// Which entries are wanted.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "PascalCase")]
#[allow(dead_code, reason = "described here, read by name")]
struct Wanted {
    action: Option<String>,
    /// Of an error; `OK`: with no error.
    code: Option<String>,
    #[param(minimum = 0, maximum = 999)]
    status: Option<i32>,
    request_id: Option<String>,
    access_key_id: Option<String>,
    /// Of a resource that is among those that the entry names, or the value of a parameter.
    id: Option<String>,
    /// The name of a parameter that a request must have. There may be more of them: `Parameter.2.Key`.
    #[param(rename = "Parameter.1.Key")]
    parameter_key: Option<String>,
    /// Its value; without one, any.
    #[param(rename = "Parameter.1.Value")]
    parameter_value: Option<String>,
    /// From this number on.
    #[param(minimum = 0)]
    since_sequence: Option<i64>,
    /// From this moment of real time on, as in `2026-01-31T12:00:00.123Z`.
    since_time: Option<String>,
    /// How many at a time: 1 to 1000; if it is left out, 100, and all in an archive.
    #[param(minimum = 1, maximum = 1000)]
    max_results: Option<i32>,
    /// The NextToken of the page before.
    next_token: Option<String>,
    /// `har`: the requests of the page as an HTTP archive.
    #[param(rename = "format", pattern = "^(har)?$")]
    format: Option<String>,
}

/// Which entries are wanted, read.
#[derive(Debug, Default)]
pub struct Filter {
    action: Option<String>,
    code: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    access_key_id: Option<String>,
    id: Option<String>,
    /// Names, each with its value, if it is to have one.
    parameters: Vec<(String, Option<String>)>,
    pub since_sequence: i64,
    since_time: Option<Instant>,
}

impl Filter {
    pub fn read(reading: &mut Reading<'_>) -> Self {
        Self {
            action: reading.owned("Action"),
            code: reading.owned("Code"),
            status: reading.integer("Status", 0..=999, "a number from 0 to 999").and_then(|it| it.try_into().ok()),
            request_id: reading.owned("RequestId"),
            access_key_id: reading.owned("AccessKeyId"),
            id: reading.owned("Id"),
            parameters: parameters(reading),
            since_sequence: reading.long("SinceSequence", 0..=i64::MAX, "a number from 0 on").unwrap_or_default(),
            since_time: reading.parsed("SinceTime", "a time in UTC such as 2026-01-31T12:00:00.123Z"),
        }
    }

    pub fn matches(&self, entry: &JournalEntry) -> bool {
        let is = |asked: &Option<String>, has: &str| asked.as_deref().is_none_or(|asked| asked == has);
        is(&self.action, &entry.action)
            && is(&self.code, &code(entry))
            && self.status.is_none_or(|status| status == entry.status)
            && is(&self.request_id, &entry.request_id)
            && is(&self.access_key_id, &entry.access_key_id)
            && self.id.as_deref().is_none_or(|id| names(entry, id))
            && entry.sequence >= self.since_sequence
            && self.since_time.is_none_or(|since| entry.time >= since)
            && self.parameters.iter().all(|(name, value)| {
                let sent = entry.parameters.get(name);
                sent.is_some_and(|sent| value.as_ref().is_none_or(|value| value == sent))
            })
    }
}

/// Whether an entry is about the resource of this id, as far as it says: it names the first that were seen and changed.
fn names(entry: &JournalEntry, id: &str) -> bool {
    entry.ids.iter().any(|other| other == id)
        || entry.changes.iter().any(|change| change.id == id)
        || entry.parameters.pairs().any(|(_, value)| value == id)
}

/// The parameters that a request must have.
fn parameters(reading: &mut Reading<'_>) -> Vec<(String, Option<String>)> {
    let params = reading.params();
    reading.ask("Parameter.N.Key", Type::Text, "the name of a parameter");
    let mut asked = BTreeMap::new();
    for (number, name) in params.numbered("Parameter", "Key").filter(|(_, name)| !name.is_empty()) {
        asked.entry(number).or_insert((name.to_owned(), None));
    }
    reading.ask("Parameter.N.Value", Type::Text, "the value of the parameter that Parameter.N.Key names");
    for (number, value) in params.numbered("Parameter", "Value") {
        match asked.get_mut(&number) {
            Some((_, asked)) if asked.is_none() => *asked = Some(value.to_owned()),
            Some(_) => {}
            None => {
                let parameter = format!("Parameter.{number}.Key");
                reading.refuse(Refusal::new(parameter, Reason::Unpaired, "a name beside the value"));
            }
        }
    }
    asked.into_values().collect()
}

/// Shows the entries that match, oldest first, a page at a time.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/requests", tag = "requests",
    params(("sandbox" = String, Path,), Wanted), responses((status = 200, body = RequestsBody),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let params: Params = query::any(&request)?;
    let mut reading = Reading::new(&params);
    let filter = Filter::read(&mut reading);
    let max_results = reading.integer("MaxResults", 1..=1_000, "a number from 1 to 1000");
    let is_archive = reading.one_of("format", &["har"], "har, or nothing").is_some();
    let after = reading.long("NextToken", 0..=i64::MAX, "the NextToken of an earlier page").unwrap_or_default();
    query::check_known(&reading)?;
    reading.finish()?;
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let kept = app.sandboxes.journal_of(&sandbox).await?;
    let mut matching: Vec<Arc<JournalEntry>> = kept.entries.into_iter().filter(|entry| filter.matches(entry)).collect();
    let total_count = matching.len();
    matching.retain(|entry| entry.sequence > after);
    let size =
        max_results.and_then(|size| usize::try_from(size).ok()).unwrap_or(if is_archive { ARCHIVE } else { PAGE });
    let has_more = matching.len() > size;
    matching.truncate(size);
    let next_token = matching.last().filter(|_| has_more).map(|last| last.sequence.to_string());
    if is_archive {
        let address = format!("http://{}", request.connection_info().host());
        return body::ok(&RequestsBody::Archive(Har::new(&address, matching.iter().map(|entry| &**entry))));
    }
    body::ok(&RequestsBody::List(RequestList {
        requests: matching,
        total_count,
        evicted: kept.evicted,
        last_sequence: kept.last_sequence,
        next_token,
    }))
}

/// Shows one entry: 404 where no entry has had its number yet, 410 where it is gone.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/requests/{sequence}", tag = "requests",
    params(("sandbox" = String, Path,), ("sequence" = i64, Path, minimum = 1)),
    responses((status = 200, body = JournalEntry),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, sequence) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let kept = app.sandboxes.journal_of(&sandbox).await?;
    body::ok(&*find(&kept, &sequence)?)
}

/// The entry of this number.
pub fn find(kept: &Kept, sequence: &str) -> Result<Arc<JournalEntry>, Problem> {
    let missing = || Problem::new(StatusCode::NOT_FOUND, format!("the journal has no entry {sequence:?}"));
    let sequence: i64 = sequence.parse().ok().filter(|sequence| *sequence > 0).ok_or_else(missing)?;
    if let Ok(place) = kept.entries.binary_search_by_key(&sequence, |entry| entry.sequence) {
        return Ok(kept.entries[place].clone());
    }
    if sequence > kept.last_sequence {
        return Err(missing());
    }
    Err(Problem::new(
        StatusCode::GONE,
        format!(
            "the entry {sequence} is gone: newer ones took its place, the journal was emptied, or the server ended without order"
        ),
    ))
}

/// Empties the journal. The numbers of its entries go on.
#[utoipa::path(delete, path = "/_mock/v1/sandboxes/{sandbox}/requests", tag = "requests",
    params(("sandbox" = String, Path,)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn clear(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    query::params(&request, &[])?;
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.empty_journal(&sandbox).await?;
    Ok(HttpResponse::NoContent().finish())
}
