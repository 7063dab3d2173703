//! `ecs-mock export` and `ecs-mock reset`: whole states, out and back.

use std::fs::{File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use ureq::http::Method;

use super::client::{self, Client, InSandbox, encoded, under};
use super::{Failure, output};

#[derive(Debug, Args)]
pub struct ResetArgs {
    /// What the sandbox becomes: nothing, the seed, or a checkpoint of its own
    #[arg(long, value_name = "empty|seed|CHECKPOINT", default_value = "seed", value_parser = NonEmptyStringValueParser::new())]
    to: String,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// How it is written down [default: as the name of the file says, else yaml]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Write to this file, which is there as a whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    at: InSandbox,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Yaml,
    /// One entry a line, for states of any size
    Ndjson,
}

impl Format {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "json" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            _ => None,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Json => client::JSON,
            Self::Yaml => "application/yaml",
            Self::Ndjson => client::LINES,
        }
    }
}

pub fn reset(args: &ResetArgs) -> Result<(), Failure> {
    let (sandbox, to) = (&args.at.sandbox, &args.to);
    let client = Client::new(&args.at.target)?;
    client.call(&Method::POST, &under(sandbox, &format!("/reset?to={}", encoded(to))))?;
    client.done(&format!("sandbox {sandbox} is reset to {to}"))
}

pub fn export(args: &ExportArgs) -> Result<(), Failure> {
    let file = args.output.as_deref().filter(|path| *path != "-");
    let named = || file.and_then(Format::of);
    let format = args.format.or_else(named).unwrap_or(if args.at.target.json { Format::Json } else { Format::Yaml });
    let client = Client::new(&args.at.target)?;
    let path = under(&args.at.sandbox, "/state");
    let response = client.exchange(&Method::GET, &path, format.media_type(), None)?;
    let mut body = Source(response.into_body().into_with_config().limit(u64::MAX).reader(), None);
    let result = match file {
        None => output::written(copy(&mut body, io::stdout().lock()).and_then(|mut out| out.write_all(end(format)))),
        Some(file) => save(&mut body, file).map_err(|error| format!("{}: {error}", file.display()).into()),
    };
    match body.1 {
        Some(cause) => Err(client.garbled(cause).into()),
        None => result,
    }
}

/// The body of an answer, and what went wrong with reading it.
struct Source<R>(R, Option<String>);

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).inspect_err(|error| self.1 = Some(error.to_string()))
    }
}

fn copy<W: Write>(body: &mut impl Read, mut out: W) -> io::Result<W> {
    io::copy(body, &mut out)?;
    Ok(out)
}

/// What a document has no need of, and a terminal has.
fn end(format: Format) -> &'static [u8] {
    if matches!(format, Format::Json) { b"\n" } else { b"" }
}

/// Writes a file beside the one that is meant, and puts it in its place.
fn save(body: &mut impl Read, file: &Path) -> io::Result<()> {
    // A pipe or a device is written to, not replaced.
    if file.exists() && !file.is_file() {
        return copy(body, File::create(file)?).map(drop);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // What the umask leaves of it, as for any new file.
    let permissions = Permissions::from_mode(0o666);
    let beside = tempfile::Builder::new().prefix(".ecs-mock-").permissions(permissions).tempfile_in(folder)?;
    let beside = copy(body, beside)?;
    beside.persist(file)?;
    Ok(())
}
