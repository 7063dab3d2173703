//! The entries in the body of an upload: a document, or a stream of lines that is read as it comes.

use std::collections::VecDeque;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use super::body;
use super::problem::Problem;
use crate::app::App;
use crate::documents::Batches;
use crate::model::document::{self, BATCH, BATCH_BYTES, DocumentError, Draft, ENTRY_LIMIT, Form, Format, Line, Reader};
use crate::model::settings::SettingsPatch;
use crate::sandboxes::Entries;
use crate::spool::Turn;

/// Bytes of a document in JSON. A stream may have any number.
const JSON_LIMIT: u64 = 64 * 1024 * 1024;
/// Bytes of a document in YAML, which takes longer to read.
const YAML_LIMIT: u64 = 4 * 1024 * 1024;

/// How long a stream may go on without an entry that ends.
const PAUSE: Duration = Duration::from_secs(30);

/// The entries in the body of a request.
pub enum Sent {
    Document { batches: Batches, settings: SettingsPatch },
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
    deadline: Deadline,
    /// Its turn, for as long as it is under way.
    _turn: Turn,
}

/// When an upload must have ended.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    at: Instant,
    patience: Duration,
}

impl Deadline {
    fn passed(self) -> Problem {
        let detail = format!("the upload takes longer than {} s: see --upload-seconds", self.patience.as_secs());
        Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
    }
}

impl Sent {
    pub async fn new(app: &App, request: &HttpRequest, payload: Payload) -> Result<Self, Problem> {
        Self::of(app, body::sent_form(request)?, payload).await
    }

    /// Those in a body of this form.
    pub async fn of(app: &App, form: Form, payload: Payload) -> Result<Self, Problem> {
        let turn = app.spool.turn().await?;
        let deadline = Deadline { at: Instant::now() + app.upload_patience, patience: app.upload_patience };
        match form {
            Form::Document(format) => Self::document(app, payload, format, deadline, turn).await,
            Form::Lines => Ok(Self::Lines(Box::new(Lines {
                payload,
                buffer: Vec::new(),
                complete: VecDeque::new(),
                line: 0,
                is_at_end: false,
                settings: SettingsPatch::default(),
                deadline,
                _turn: turn,
            }))),
        }
    }

    /// A document goes to a temporary file first, since it has to be read twice.
    async fn document(
        app: &App,
        mut payload: Payload,
        format: Format,
        deadline: Deadline,
        turn: Turn,
    ) -> Result<Self, Problem> {
        let limit = match format {
            Format::Json => JSON_LIMIT,
            Format::Yaml => YAML_LIMIT,
        };
        let mut spooled = app.spool.create(turn)?;
        loop {
            let chunk = timeout_at(deadline.at, body::next_chunk(&mut payload)).await;
            let Some(chunk) = chunk.map_err(|_| deadline.passed())?? else { break };
            if spooled.length() + chunk.len() as u64 > limit {
                let detail = format!("the body exceeds {limit} bytes: send {} for more", body::LINES);
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
            }
            spooled.append(&chunk).await?;
        }
        let source = spooled.into_reader().await?;
        let reader = spawn_blocking(move || Reader::new(source, format)).await;
        let reader = reader.map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))??;
        let reader = reader.ok_or_else(|| Problem::bad_request("the body says nothing, not even {}"))?;
        let settings = reader.head().settings.clone();
        Ok(Self::Document { batches: Batches::new(reader), settings })
    }
}

impl Entries for Sent {
    type Error = Problem;

    async fn next(&mut self) -> Result<Option<Vec<Draft>>, Problem> {
        match self {
            Self::Document { batches, .. } => Ok(batches.next().await?),
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
        let (mut batch, mut bytes) = (Vec::new(), 0);
        let mut entry_by = Instant::now() + PAUSE;
        loop {
            while batch.len() < BATCH && bytes < BATCH_BYTES {
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
                bytes += text.len();
                entry_by = Instant::now() + PAUSE;
            }
            let is_full = batch.len() == BATCH || bytes >= BATCH_BYTES;
            if is_full || self.is_at_end {
                return Ok(Some(batch).filter(|batch| !batch.is_empty()));
            }
            match timeout_at(entry_by.min(self.deadline.at), body::next_chunk(&mut self.payload)).await {
                Ok(Ok(Some(chunk))) => self.buffer.extend_from_slice(&chunk),
                Ok(Ok(None)) => self.is_at_end = true,
                Ok(Err(problem)) => return Err(problem),
                Err(_) => return Err(self.too_slow()),
            }
            self.split()?;
        }
    }

    fn too_slow(&self) -> Problem {
        if Instant::now() >= self.deadline.at {
            return self.deadline.passed();
        }
        Problem::new(StatusCode::REQUEST_TIMEOUT, format!("no entry has ended for {} s", PAUSE.as_secs()))
    }

    /// Takes the lines that have come from the buffer.
    fn split(&mut self) -> Result<(), Problem> {
        let end = match self.buffer.iter().rposition(|&byte| byte == b'\n') {
            _ if self.is_at_end => self.buffer.len(),
            Some(newline) => newline + 1,
            None => 0,
        };
        if self.buffer.len() - end > ENTRY_LIMIT {
            let line = self.line + self.complete.len() + 1;
            let detail = format!("line {line} exceeds {ENTRY_LIMIT} bytes");
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
