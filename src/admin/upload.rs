//! The entries in the body of an upload: a document, or a stream of lines that is read as it comes.

use std::collections::VecDeque;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use tokio::time::{Instant, timeout_at};

use super::body::{self, Media};
use super::problem::Problem;
use crate::model::document::{self, Document, DocumentError, Draft, Line};
use crate::model::settings::SettingsPatch;
use crate::sandboxes::{BATCH, Entries};

/// Bytes of one line of a stream.
const LINE_LIMIT: usize = 1024 * 1024;

/// How long a stream may go on without an entry that ends.
const PAUSE: Duration = Duration::from_secs(30);

/// The entries in the body of a request.
pub enum Sent {
    Document { drafts: Option<Vec<Draft>>, settings: SettingsPatch },
    Lines(Box<Lines>),
}

/// A stream, as far as it has come.
pub struct Lines {
    payload: Payload,
    buffer: Vec<u8>,
    complete: VecDeque<String>,
    line: usize,
    is_at_end: bool,
    settings: SettingsPatch,
    /// When it must have ended.
    deadline: Instant,
    patience: Duration,
}

impl Sent {
    pub async fn new(request: &HttpRequest, payload: Payload, patience: Duration) -> Result<Self, Problem> {
        Ok(match Media::sent(request)? {
            Media::Document(format) => {
                let document = document::parse(&body::text(payload).await?, format)?;
                let document = document.ok_or_else(|| Problem::bad_request("the body says nothing, not even {}"))?;
                let Document { drafts, settings, .. } = document;
                Self::Document { drafts: Some(drafts).filter(|drafts| !drafts.is_empty()), settings }
            }
            Media::Lines => Self::Lines(Box::new(Lines {
                payload,
                buffer: Vec::new(),
                complete: VecDeque::new(),
                line: 0,
                is_at_end: false,
                settings: SettingsPatch::default(),
                deadline: Instant::now() + patience,
                patience,
            })),
        })
    }
}

impl Entries for Sent {
    type Error = Problem;

    async fn next(&mut self) -> Result<Option<Vec<Draft>>, Problem> {
        match self {
            Self::Document { drafts, .. } => Ok(drafts.take()),
            Self::Lines(lines) => lines.next().await,
        }
    }

    fn settings(&self) -> SettingsPatch {
        match self {
            Self::Document { settings, .. } => settings.clone(),
            Self::Lines(lines) => lines.settings.clone(),
        }
    }
}

impl Lines {
    async fn next(&mut self) -> Result<Option<Vec<Draft>>, Problem> {
        let mut batch = Vec::new();
        let mut entry_by = Instant::now() + PAUSE;
        loop {
            while batch.len() < BATCH {
                let Some(text) = self.complete.pop_front() else { break };
                self.line += 1;
                // A blank line says nothing: neither an entry nor the end.
                if text.trim().is_empty() {
                    continue;
                }
                let place = format!("line {}: ", self.line);
                match document::parse_line(&text).map_err(|error| located(&place, error))? {
                    Line::Entry(entry) => batch.push(Draft::new(place, entry)),
                    Line::Settings(settings) => self.settings.extend(settings),
                }
                entry_by = Instant::now() + PAUSE;
            }
            if batch.len() == BATCH || self.is_at_end {
                return Ok(Some(batch).filter(|batch| !batch.is_empty()));
            }
            match timeout_at(entry_by.min(self.deadline), body::next_chunk(&mut self.payload)).await {
                Ok(Ok(Some(chunk))) => self.buffer.extend_from_slice(&chunk),
                Ok(Ok(None)) => self.is_at_end = true,
                Ok(Err(problem)) => return Err(problem),
                Err(_) => return Err(self.too_slow()),
            }
            self.split()?;
        }
    }

    fn too_slow(&self) -> Problem {
        let detail = if Instant::now() >= self.deadline {
            format!("the upload takes longer than {} s: see --upload-seconds", self.patience.as_secs())
        } else {
            format!("no entry has ended for {} s", PAUSE.as_secs())
        };
        Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
    }

    /// Takes the lines that have come from the buffer.
    fn split(&mut self) -> Result<(), Problem> {
        let end = match self.buffer.iter().rposition(|&byte| byte == b'\n') {
            _ if self.is_at_end => self.buffer.len(),
            Some(newline) => newline + 1,
            None => 0,
        };
        if self.buffer.len() - end > LINE_LIMIT {
            let line = self.line + self.complete.len() + 1;
            let detail = format!("line {line} exceeds {LINE_LIMIT} bytes");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        for text in self.buffer[..end].split_inclusive(|&byte| byte == b'\n') {
            let line = self.line + self.complete.len() + 1;
            let text = str::from_utf8(text).map_err(|_| Problem::bad_request(format!("line {line} is not UTF-8")))?;
            self.complete.push_back(text.to_owned());
        }
        self.buffer.drain(..end);
        Ok(())
    }
}

fn located(place: &str, error: DocumentError) -> Problem {
    let problem = Problem::bad_request(format!("{place}{error}"));
    if error.path.is_empty() { problem } else { problem.about(error.path) }
}
