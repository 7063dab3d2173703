//! Entries of a journal as an HTTP archive (HAR 1.2), which browsers and proxies show. Of an answer's body a journal keeps the
//! length alone, and of all parameters one list: where a client sent them in a body, they are in the URL here. What the format has
//! no place for is in fields that begin with `_`, as it wants.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::journal_entry::{Happening, Instant, JournalEntry};

/// What stays as it is in a URL.
const OTHERS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Says that something is not known.
const UNKNOWN: i64 = -1;

/// An archive.
#[derive(Debug, Serialize, ToSchema)]
pub struct Har<'e> {
    log: Log<'e>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Log<'e> {
    version: &'static str,
    creator: Creator,
    entries: Vec<Entry<'e>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Creator {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Entry<'e> {
    #[schema(value_type = String)]
    started_date_time: Instant,
    /// Milliseconds.
    time: f64,
    request: Request<'e>,
    response: Response,
    cache: Cache,
    timings: Timings,
    /// The entry of the journal, but for its parameters.
    #[serde(rename = "_entry")]
    #[schema(value_type = JournalEntry)]
    journaled: serde_json::Value,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Request<'e> {
    method: &'e str,
    url: String,
    http_version: &'static str,
    #[schema(value_type = Vec<String>)]
    cookies: [(); 0],
    headers: Vec<Pair<'e>>,
    query_string: Vec<Pair<'e>>,
    headers_size: i64,
    body_size: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Response {
    /// 0 where the connection was cut before anything was sent.
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    #[schema(value_type = Vec<String>)]
    cookies: [(); 0],
    #[schema(value_type = Vec<String>)]
    headers: [(); 0],
    content: Content,
    #[serde(rename = "redirectURL")]
    redirect_url: &'static str,
    headers_size: i64,
    body_size: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Content {
    size: u64,
    /// Empty: the journal does not keep it.
    mime_type: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
struct Cache {}

/// Milliseconds; a journal knows only how long the server took.
#[derive(Debug, Serialize, ToSchema)]
struct Timings {
    send: f64,
    wait: f64,
    receive: f64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Pair<'e> {
    name: &'e str,
    value: &'e str,
}

impl<'e> Har<'e> {
    /// The requests among these entries, sent to a server at this address: `http://127.0.0.1:4590`.
    #[must_use]
    pub fn new(address: &str, entries: impl Iterator<Item = &'e JournalEntry>) -> Self {
        let entries =
            entries.filter(|entry| entry.kind == Happening::Request).map(|entry| Entry::new(address, entry)).collect();
        let creator = Creator { name: "ecs-mock", version: env!("CARGO_PKG_VERSION") };
        Self { log: Log { version: "1.2", creator, entries } }
    }
}

impl<'e> Entry<'e> {
    fn new(address: &str, entry: &'e JournalEntry) -> Self {
        // No duration is so long that its microseconds have no exact number.
        #[allow(clippy::cast_precision_loss)]
        let time = entry.duration_microseconds as f64 / 1_000.0;
        let mut rest = serde_json::to_value(entry).unwrap_or_default();
        if let Some(fields) = rest.as_object_mut() {
            fields.remove("Parameters");
        }
        Self {
            started_date_time: entry.time,
            time,
            request: Request::new(address, entry),
            response: Response::new(entry),
            cache: Cache {},
            timings: Timings { send: 0.0, wait: time, receive: 0.0 },
            journaled: rest,
        }
    }
}

impl<'e> Request<'e> {
    fn new(address: &str, entry: &'e JournalEntry) -> Self {
        let query_string: Vec<_> = entry.parameters.pairs().map(|(name, value)| Pair { name, value }).collect();
        let encoded = |text| utf8_percent_encode(text, OTHERS);
        let query: Vec<_> =
            query_string.iter().map(|Pair { name, value }| format!("{}={}", encoded(name), encoded(value))).collect();
        let mut headers = vec![Pair { name: "user-agent", value: &entry.user_agent }];
        // What is no parameter was a header.
        if entry.parameters.get("Action").is_none() && !entry.action.is_empty() {
            headers.push(Pair { name: "x-acs-action", value: &entry.action });
        }
        headers.retain(|header| !header.value.is_empty());
        let question_mark = if query.is_empty() { "" } else { "?" };
        Self {
            method: &entry.method,
            url: format!("{address}/{question_mark}{}", query.join("&")),
            http_version: "HTTP/1.1",
            cookies: [],
            headers,
            query_string,
            headers_size: UNKNOWN,
            body_size: UNKNOWN,
        }
    }
}

impl Response {
    fn new(entry: &JournalEntry) -> Self {
        Self {
            status: entry.status,
            status_text: "",
            http_version: "HTTP/1.1",
            cookies: [],
            headers: [],
            content: Content { size: entry.bytes, mime_type: "" },
            redirect_url: "",
            headers_size: UNKNOWN,
            body_size: entry.bytes,
        }
    }
}
