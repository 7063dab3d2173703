//! `/_mock/v1/sandboxes/{sandbox}/requests/stream`: entries as they come, as server-sent events.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use actix_server::GracefulShutdownSignal;
use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use tokio::time::{Instant, timeout_at};

use super::problem::Problem;
use super::query;
use crate::app::{App, Startup};
use crate::client::Client;
use crate::model::journal_entry::JournalEntry;
use crate::sandboxes::{Sandbox, Sandboxes};

/// Resolves when the server is asked to stop: streams would have it wait.
#[derive(Debug, Clone)]
pub struct Stopping(pub GracefulShutdownSignal);

/// The number of the last event that a client has had.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How long nothing is sent at most, so that whoever is between the two does not take the connection for a dead one.
const SILENCE: Duration = Duration::from_secs(15);

/// Bytes of events that are put together at once. Nothing more is taken from the journal before the client has taken those.
const CHUNK: usize = 64 * 1024;

/// Follows the journal: each entry is an event `request`, whose id is its sequence. With `Last-Event-ID` from the one behind it
/// on, else from the next one on. What is evicted before the client comes to it is left out.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/requests/stream", tag = "requests",
    params(("sandbox" = String, Path,), ("Last-Event-ID" = Option<i64>, Header, minimum = 0)),
    responses((status = 200, body = String, content_type = "text/event-stream"),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn follow(
    startup: Data<Startup>,
    stopping: Data<Stopping>,
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Problem> {
    query::params(&request, &[])?;
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let written = |entry: &JournalEntry| serde_json::to_string(entry).ok();
    stream(app, sandbox, &stopping, &request, None, Box::new(written))
}

/// What the data of an entry's event is; `None` for an entry that is not wanted.
pub(crate) type Written = Box<dyn Fn(&JournalEntry) -> Option<String>>;

/// The entries of a journal as they come, from the one behind `Last-Event-ID` on, or else behind `after`, or else from the next.
pub(crate) fn stream(
    app: &App,
    sandbox: Arc<Sandbox>,
    stopping: &Stopping,
    request: &HttpRequest,
    after: Option<i64>,
    written: Written,
) -> Result<HttpResponse, Problem> {
    app.sandboxes.check_journals()?;
    let after = match request.headers().get(LAST_EVENT_ID) {
        None => after.unwrap_or(i64::MAX).min(sandbox.journal.last_sequence()),
        Some(value) => {
            let after = value.to_str().ok().and_then(|value| value.parse().ok()).filter(|after: &i64| *after >= 0);
            let refused = || Problem::wrong("Last-Event-ID", "expected the id of an event");
            after.ok_or_else(refused)?
        }
    };
    // An id that no entry has had yet is of another journal, whose sandbox had this name before: all of this one is new.
    let after = if after > sandbox.journal.last_sequence() { 0 } else { after };
    let follower = Follower { sandboxes: app.sandboxes.clone(), sandbox, after, has_begun: false, written };
    let Stopping(stopping) = stopping.clone();
    let client = Client::of(request);
    let events = stream::unfold((follower, stopping, client), |(mut follower, stopping, client)| async move {
        let next = async {
            tokio::select! {
                chunk = follower.next() => chunk,
                () = stopping.notified() => None,
            }
        };
        let chunk = client.wait(next).await??;
        Some((Ok::<_, Infallible>(chunk), (follower, stopping, client)))
    });
    let events = HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(Box::pin(events));
    Ok(events)
}

/// Where a client is in a journal.
struct Follower {
    sandboxes: Arc<Sandboxes>,
    sandbox: Arc<Sandbox>,
    after: i64,
    has_begun: bool,
    written: Written,
}

impl Follower {
    /// The next events, or a comment where nothing comes for long; `None` once the sandbox is gone.
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.has_begun, true) {
            // The client learns that it is heard.
            return Some(Bytes::from_static(b":\n\n"));
        }
        let until = Instant::now() + SILENCE;
        loop {
            if timeout_at(until, self.sandbox.journal.changed(self.after)).await.is_err() {
                return Some(Bytes::from_static(b":\n\n"));
            }
            let (entries, last_sequence) = self.sandboxes.entries_behind(&self.sandbox, self.after).await.ok()?;
            let mut events = String::new();
            for entry in &entries {
                if events.len() >= CHUNK {
                    break;
                }
                if let Some(data) = (self.written)(entry) {
                    push_event(&mut events, entry.sequence, &data);
                }
                self.after = entry.sequence;
            }
            if !events.is_empty() {
                return Some(Bytes::from(events));
            }
            // What there was to come is evicted, or the journal emptied, or nobody wants it.
            self.after = self.after.max(last_sequence);
        }
    }
}

fn push_event(events: &mut String, sequence: i64, data: &str) {
    // To a text, which takes anything.
    let _ = writeln!(events, "event: request\nid: {sequence}");
    for line in data.lines() {
        let _ = writeln!(events, "data: {line}");
    }
    events.push('\n');
}
