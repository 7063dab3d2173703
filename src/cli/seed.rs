//! `ecs-mock seed`: files into a sandbox, as one stream of entries, so that all of them count or none.

use std::error::Error;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Cursor, IsTerminal as _, Read, Seek, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use ureq::SendBody;
use ureq::http::Method;

use super::Failure;
use super::client::{self, Client, ClientError, InSandbox, under};
use crate::model::document::{self, Format, Reader, settings_line};
use crate::model::kinds::KINDS;
use crate::seed;

#[derive(Debug, Args)]
pub struct SeedArgs {
    /// State documents (.json, .yaml, .yml), streams of entries (.ndjson, .jsonl) of any size, folders of documents, or `-`
    /// for standard input, which may be any of them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Make them all that the sandbox holds, instead of merging them into it
    #[arg(long)]
    replace: bool,
    /// Only tell what it would do
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Counts {
    inserted: u64,
    changed: u64,
    removed: u64,
    unchanged: u64,
}

pub fn run(args: &SeedArgs) -> Result<(), Failure> {
    let mut stream = Stream::default();
    for file in &args.files {
        stream.add(file)?;
    }
    if !args.at.target.json && io::stderr().is_terminal() {
        stream.progress = progress(stream.size);
    }
    let client = Client::new(&args.at.target)?;
    let method = if args.replace { &Method::PUT } else { &Method::POST };
    let path = under(&args.at.sandbox, if args.dry_run { "/state?dry-run=true" } else { "/state" });
    let body = Some((client::LINES, SendBody::from_reader(&mut stream)));
    let response = client.exchange(method, &path, client::JSON, body);
    stream.progress.finish_and_clear();
    let text = client.text(response.map_err(|error| stream.located(error))?)?;
    client.show(&text, |counts: &Counts| {
        let Counts { inserted, changed, removed, unchanged } = counts;
        let counts = format!("{inserted} inserted, {changed} changed, {removed} removed, {unchanged} unchanged");
        if args.dry_run { format!("it would be: {counts}") } else { counts }
    })
}

fn progress(size: Option<u64>) -> ProgressBar {
    let (bar, template) = match size {
        Some(size) => (ProgressBar::new(size), "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}"),
        None => (ProgressBar::no_length(), "{spinner} {bytes} {bytes_per_sec} {elapsed}"),
    };
    bar.enable_steady_tick(Duration::from_millis(200));
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The lines of all files, one after the other.
struct Stream {
    parts: Vec<Part>,
    /// The part that is being read.
    current: usize,
    /// Ends of lines so far.
    lines: usize,
    is_in_line: bool,
    /// Bytes in all, as far as that is known.
    size: Option<u64>,
    progress: ProgressBar,
}

/// What a file gives to the stream.
struct Part {
    name: String,
    /// Of a document.
    places: Option<Box<dyn Places>>,
    /// Lines of the stream before it.
    lines_before: usize,
    reader: Box<dyn Read>,
}

impl Default for Stream {
    fn default() -> Self {
        let progress = ProgressBar::hidden();
        Self { parts: Vec::new(), current: 0, lines: 0, is_in_line: false, size: Some(0), progress }
    }
}

impl Stream {
    fn add(&mut self, path: &Path) -> Result<(), Failure> {
        let unreadable = |error| about(path.display(), error);
        if path == "-" {
            return self.add_input();
        }
        if path.is_dir() {
            let documents = seed::documents_in(path).map_err(unreadable)?;
            if documents.is_empty() {
                return Err(about(path.display(), "no .json, .yaml or .yml is in the folder").into());
            }
            return documents.iter().try_for_each(|(path, _)| self.add(path));
        }
        let name = path.display().to_string();
        if let Some(format) = seed::format(path) {
            return self.add_document(name, File::open(path).map_err(unreadable)?, format);
        }
        let is_lines = path.extension().is_some_and(|extension| extension == "ndjson" || extension == "jsonl");
        if !is_lines {
            return Err(about(name, "neither .json, .yaml, .yml, .ndjson nor .jsonl: `-` reads standard input").into());
        }
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        self.push(name, None, metadata.is_file().then_some(metadata.len()), BufReader::new(file));
        Ok(())
    }

    fn add_input(&mut self) -> Result<(), Failure> {
        /// Enough of a first line to tell what it belongs to.
        const BEGINNING: u64 = 4096;
        let name = "standard input";
        let unreadable = |error| about(name, error);
        let mut input = BufReader::new(io::stdin());
        let mut beginning = Vec::new();
        input.by_ref().take(BEGINNING).read_until(b'\n', &mut beginning).map_err(unreadable)?;
        if is_line(&beginning) {
            self.push(name.to_owned(), None, None, Cursor::new(beginning).chain(input));
            return Ok(());
        }
        input.read_to_end(&mut beginning).map_err(unreadable)?;
        // As a document it would hold no entries, which is hardly what a pipe that broke means.
        if beginning.trim_ascii().is_empty() {
            return Err(about(name, "nothing is there").into());
        }
        self.add_document(name.to_owned(), Cursor::new(beginning), Format::Yaml)
    }

    fn add_document<R: Read + Seek + 'static>(
        &mut self,
        name: String,
        source: R,
        format: Format,
    ) -> Result<(), Failure> {
        let document = Reader::new(source, format).map_err(|error| about(&name, error))?;
        let mut document = document.ok_or_else(|| about(&name, "nothing is there"))?;
        let lines = lines_of(&mut document).map_err(|error| about(&name, error))?;
        let size = lines.metadata()?.len();
        self.push(name, Some(Box::new(document)), Some(size), BufReader::new(lines));
        Ok(())
    }

    fn push(&mut self, name: String, places: Option<Box<dyn Places>>, size: Option<u64>, reader: impl Read + 'static) {
        self.size = self.size.zip(size).map(|(before, size)| before + size);
        self.parts.push(Part { name, places, lines_before: 0, reader: Box::new(reader) });
    }

    /// The error, at its place in the file where the server names a line of the stream.
    fn located(&mut self, error: ClientError) -> Failure {
        let ClientError::Refused { detail, .. } = &error else { return error.into() };
        let numbered = detail.strip_prefix("line ").and_then(|rest| {
            let (number, reason) = rest.split_at(rest.find(|character: char| !character.is_ascii_digit())?);
            Some((number.parse::<usize>().ok()?, reason))
        });
        let Some((line, reason)) = numbered else {
            return match &self.parts[..] {
                [part] => about(&part.name, error).into(),
                _ => error.into(),
            };
        };
        let read = self.parts.len().min(self.current + 1);
        match self.parts[..read].iter_mut().rev().find(|part| part.lines_before < line) {
            Some(Part { name, places: Some(places), lines_before, .. }) => {
                let entry = places.of(line - *lines_before - 1).unwrap_or_default();
                let field = reason.strip_prefix(": ").map(|reason| format!("{entry}.{reason}"));
                about(name, field.unwrap_or_else(|| entry + reason)).into()
            }
            Some(Part { name, lines_before, .. }) => {
                about(name, format!("line {}{reason}", line - *lines_before)).into()
            }
            None => error.into(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(part) = self.parts.get_mut(self.current).filter(|_| !buffer.is_empty()) {
            let mut length = part.reader.read(buffer)?;
            if length == 0 && self.is_in_line {
                // The last line of a file may lack its end.
                buffer[0] = b'\n';
                length = 1;
            }
            if length > 0 {
                self.lines += buffer[..length].split(|&byte| byte == b'\n').count() - 1;
                self.is_in_line = buffer[length - 1] != b'\n';
                self.progress.inc(length as u64);
                return Ok(length);
            }
            self.current += 1;
            if let Some(next) = self.parts.get_mut(self.current) {
                next.lines_before = self.lines;
            }
        }
        Ok(0)
    }
}

/// Whether a text begins as the line of a stream; no document does.
fn is_line(text: &[u8]) -> bool {
    let inside = text.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    let is_entry = |inside: &[u8]| KINDS.iter().any(|kind| inside.starts_with(format!("\"{}\"", kind.word).as_bytes()));
    // A document that says nothing but settings, in one line, is as good a stream.
    let are_settings = || str::from_utf8(text).is_ok_and(|text| document::parse_line(text).is_ok());
    inside.is_some_and(|inside| is_entry(inside) || are_settings())
}

/// What is wrong, with the name of where.
fn about(name: impl Display, what: impl Display) -> String {
    format!("{name}: {what}")
}

/// A document as a stream that says the same, in a temporary file.
fn lines_of<R: Read + Seek>(document: &mut Reader<R>) -> Result<File, Box<dyn Error>> {
    let mut lines = BufWriter::new(tempfile::tempfile()?);
    let settings = &document.head().settings;
    if !settings.is_empty() {
        lines.write_all(settings_line(settings)?.as_bytes())?;
    }
    let mut written = Ok(());
    document.entries(&mut |batch| {
        written = batch.iter().try_for_each(|draft| {
            lines.write_all(document::line(draft.entry())?.as_bytes()).map_err(Box::<dyn Error>::from)
        });
        written.is_ok()
    })?;
    written?;
    let mut file = lines.into_inner()?;
    file.rewind()?;
    Ok(file)
}

/// Where the lines of a document's stream stand in it.
trait Places {
    /// Of the line of this number, from 0.
    fn of(&mut self, line: usize) -> Option<String>;
}

impl<R: Read + Seek> Places for Reader<R> {
    fn of(&mut self, line: usize) -> Option<String> {
        let has_settings = !self.head().settings.is_empty();
        if line == 0 && has_settings {
            return Some("Settings".to_owned());
        }
        let mut before = line - usize::from(has_settings);
        let mut place = None;
        // Only a mistake needs the place, and it costs reading the document once more.
        let read = self.entries(&mut |batch| {
            place = batch.get(before).map(|draft| draft.place().trim_end_matches('.').to_owned());
            before = before.saturating_sub(batch.len());
            place.is_none()
        });
        read.ok();
        place
    }
}
