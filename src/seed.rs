//! The seed files: finding them, reading them, and loading them into the database at start.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::model::access_key::AccessKey;
use crate::model::clock::SandboxClock;
use crate::model::document::{self, DocumentError, Format};
use crate::model::ids::{IdSequence, Ids};
use crate::model::kind::Entry;
use crate::model::kinds::KINDS;
use crate::model::settings::Settings;
use crate::model::time::Time;
use crate::store::derived::Dangling;
use crate::store::sandboxes::SandboxRow;
use crate::store::seeds::{self, Seed};
use crate::store::states::{Filler, State};
use crate::store::{self, Store, Writer, access_keys, derived, resources, sandboxes, states};

/// Where the seed comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// No seed.
    None,
    /// The folder `seed`, if there is one: what is used when nobody says anything.
    Default,
    /// This file, or all files of this folder.
    Path(PathBuf),
}

/// The folder of [`Source::Default`], in the working folder.
pub const DEFAULT_FOLDER: &str = "seed";

/// Why a seed cannot be loaded: each names the file, and the place in it.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error(
        "cannot read the seed {path}: {error}: make it readable, in UTF-8, or name another one with --seed, or none"
    )]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("the seed {0} is neither .json, .yaml nor .yml: rename it, or name another one with --seed")]
    UnknownFormat(PathBuf),
    #[error("the seed {path} is wrong: {error}: correct it, or start with --seed none")]
    Malformed { path: PathBuf, error: DocumentError },
    #[error("the seed {path} is wrong: {place}: {id} is there twice, first in {first}: give one of them another id")]
    Duplicate { path: PathBuf, place: String, id: String, first: String },
    #[error("the seed is wrong: {field} of {id} names {value}, which is not there: add it, or name another one")]
    Dangling { field: &'static str, id: String, value: String },
    #[error("cannot load the seed into the database: {0}")]
    Store(#[from] store::Error),
}

/// What loading did, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeded {
    /// The files were read: this many resources. `first_start`: the sandbox `default` was filled with them.
    Loaded { resources: usize, first_start: bool },
    /// The files are those of the last start.
    Unchanged,
}

/// Brings the seed in the database up to date with its files, and on the first start fills the sandbox `default` with it,
/// which `key` then belongs to: all in one transaction. A sandbox that exists is never touched.
///
/// # Errors
///
/// [`SeedError`]; nothing is changed then.
pub async fn load(
    store: &Store,
    source: &Source,
    clock: &Clock,
    ids: &Ids,
    key: &AccessKey,
) -> Result<Seeded, SeedError> {
    // Reading may take long, and must not keep the runtime from seeing a signal to stop.
    let files = tokio::task::spawn_blocking({
        let source = source.clone();
        move || read_files(&source)
    });
    let files = files.await.map_err(|error| unreadable(Path::new(""))(io::Error::other(error)))??;
    let digest = digest(&files);
    let mut writer = store.write().await?;
    let is_first_start = sandboxes::list(&mut writer).await?.is_empty();
    // Where nobody named a seed and there is none, the one in the database stays.
    let is_unsaid = *source == Source::Default && files.is_empty();
    let is_same = |seed: Seed| is_unsaid || seed.digest == digest;
    if !is_first_start && seeds::find(&mut writer).await?.is_some_and(is_same) {
        writer.rollback().await;
        return Ok(Seeded::Unchanged);
    }
    let now = clock.now();
    let ids = IdSequence { seed: ids.seed(), next: 1 };
    let parsed = tokio::task::spawn_blocking(move || parse(&files, now, ids));
    let parsed = parsed.await.map_err(|error| unreadable(Path::new(""))(io::Error::other(error)))??;
    let state = State { state_id: 0, ids: parsed.ids, clock: SandboxClock::Real, settings: parsed.settings };
    let state_id = fill(&mut writer, &state, &parsed.entries, now).await?;
    seeds::replace(&mut writer, &Seed { state_id, digest }).await?;
    if is_first_start {
        let copy = fill(&mut writer, &state, &parsed.entries, now).await?;
        let sandbox_id = sandboxes::create(&mut writer, &default_sandbox(now), copy).await?;
        access_keys::insert(&mut writer, sandbox_id, key).await?;
    }
    writer.commit().await?;
    Ok(Seeded::Loaded { resources: parsed.entries.len(), first_start: is_first_start })
}

/// A new state of these resources, and its id.
async fn fill(writer: &mut Writer, like: &State, entries: &[Box<dyn Entry>], now: Time) -> Result<i64, SeedError> {
    let State { state_id, .. } = states::create(writer, like, Filler { process: "seed", now }).await?;
    for kind in KINDS {
        let of_kind: Vec<&dyn Entry> =
            entries.iter().map(|entry| &**entry).filter(|entry| entry.kind() == *kind).collect();
        if !of_kind.is_empty() {
            resources::insert(writer, kind, state_id, &of_kind).await?;
        }
    }
    if let Some(Dangling { id, field, value, .. }) = derived::dangling(writer, state_id, 1).await?.into_iter().next() {
        return Err(SeedError::Dangling { field, id, value });
    }
    derived::recompute_state(writer, state_id).await?;
    states::update(writer, &State { state_id, ..*like }).await?;
    Ok(state_id)
}

fn default_sandbox(now: Time) -> SandboxRow {
    SandboxRow {
        sandbox_id: 0,
        name: sandboxes::DEFAULT.to_owned(),
        creation_time: now,
        last_used_time: now,
        last_used_uptime: 0,
        ttl_seconds: None,
        labels: BTreeMap::new(),
    }
}

struct SeedFile {
    path: PathBuf,
    format: Format,
    text: String,
}

/// The files of a seed, see [`documents_in`] for those of a folder.
fn read_files(source: &Source) -> Result<Vec<SeedFile>, SeedError> {
    let path = match source {
        Source::None => return Ok(Vec::new()),
        Source::Default if !Path::new(DEFAULT_FOLDER).exists() => return Ok(Vec::new()),
        Source::Default => Path::new(DEFAULT_FOLDER),
        Source::Path(path) => path,
    };
    if !path.is_dir() {
        let format = format(path).ok_or_else(|| SeedError::UnknownFormat(path.to_path_buf()));
        let text = std::fs::read_to_string(path).map_err(unreadable(path))?;
        return Ok(vec![SeedFile { path: path.to_path_buf(), format: format?, text }]);
    }
    let mut files = Vec::new();
    for (path, format) in documents_in(path).map_err(unreadable(path))? {
        let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
        files.push(SeedFile { path, format, text });
    }
    Ok(files)
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> SeedError + use<> {
    let path = path.to_path_buf();
    |error| SeedError::Unreadable { path, error }
}

/// The state documents of a folder, in lexical order. What is in folders below it or hidden is not among them.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn documents_in(folder: &Path) -> io::Result<Vec<(PathBuf, Format)>> {
    let mut documents = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        // A folder may hold a README beside its documents, or other folders.
        if let Some(format) = format(&path).filter(|_| !is_hidden && path.is_file()) {
            documents.push((path, format));
        }
    }
    documents.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(documents)
}

/// How a state document of this name is written down; `None` for what is not named as one.
#[must_use]
pub fn format(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "json" => Some(Format::Json),
        "yaml" | "yml" => Some(Format::Yaml),
        _ => None,
    }
}

fn digest(files: &[SeedFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        for part in [file.path.file_name().unwrap_or_default().as_encoded_bytes(), file.text.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// What the files say together.
struct Parsed {
    entries: Vec<Box<dyn Entry>>,
    settings: Settings,
    ids: IdSequence,
}

fn parse(files: &[SeedFile], now: Time, mut ids: IdSequence) -> Result<Parsed, SeedError> {
    let mut entries = Vec::new();
    let mut settings = Settings::default();
    let mut seen: HashMap<(i64, String), String> = HashMap::new();
    for SeedFile { path, format, text } in files {
        let malformed = |error| SeedError::Malformed { path: path.clone(), error };
        let document = document::parse(text, *format).map_err(malformed)?.unwrap_or_default();
        settings = settings.patched(&document.settings);
        for draft in document.drafts {
            let place = draft.place().trim_end_matches('.').to_owned();
            let entry = draft.finish(now, &mut ids).map_err(malformed)?;
            let (kind, id) = (entry.kind(), entry.key().id.to_owned());
            let first = format!("{place} of {}", path.display());
            if let Some(first) = seen.insert((kind.number, id.clone()), first) {
                let place = format!("{place}.{}", kind.id_field);
                return Err(SeedError::Duplicate { path: path.clone(), place, id, first });
            }
            entries.push(entry);
        }
    }
    Ok(Parsed { entries, settings, ids })
}
