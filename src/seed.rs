//! The seed files: finding them, reading them, and loading them into the database at start.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::ids::{IdSequence, Ids};
use crate::model::access_key::AccessKey;
use crate::model::clock::SandboxClock;
use crate::model::document::{self, DocumentError, Format};
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;
use crate::store::sandboxes::SandboxRow;
use crate::store::seeds::{self, Seed};
use crate::store::{self, Store, access_keys, sandboxes, snapshots, states};

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
    #[error(
        "the seed {path} is wrong: Snapshots[{index}].SnapshotId: {snapshot_id} is there twice, first in {first}: give one \
         of them another id"
    )]
    Duplicate { path: PathBuf, index: usize, snapshot_id: String, first: String },
    #[error("cannot load the seed into the database: {0}")]
    Store(#[from] store::Error),
}

/// What loading did, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeded {
    /// The files were read: this many snapshots. `first_start`: the sandbox `default` was filled with them.
    Loaded { snapshots: usize, first_start: bool },
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
    let mut transaction = store.write().await?;
    let is_first_start = sandboxes::list(&mut transaction).await?.is_empty();
    // Where nobody named a seed and there is none, the one in the database stays.
    let is_unsaid = *source == Source::Default && files.is_empty();
    let is_same = |seed: Seed| is_unsaid || seed.digest == digest;
    if !is_first_start && seeds::find(&mut transaction).await?.is_some_and(is_same) {
        return Ok(Seeded::Unchanged);
    }
    let now = clock.now();
    let mut sequence = IdSequence { seed: ids.seed(), next: 1 };
    let parsed = tokio::task::spawn_blocking(move || parse(&files, now, &mut sequence).map(|all| (all, sequence)));
    let parsed = parsed.await.map_err(|error| unreadable(Path::new(""))(io::Error::other(error)))?;
    let (snapshots, sequence) = parsed?;
    let state_id = states::create(&mut transaction, sequence, &SandboxClock::Real).await?;
    snapshots::insert(&mut transaction, state_id, &snapshots).await?;
    seeds::replace(&mut transaction, &Seed { state_id, digest }).await?;
    if is_first_start {
        let copy = states::create(&mut transaction, sequence, &SandboxClock::Real).await?;
        snapshots::insert(&mut transaction, copy, &snapshots).await?;
        let sandbox_id = sandboxes::create(&mut transaction, &default_sandbox(now), copy).await?;
        access_keys::insert(&mut transaction, sandbox_id, key).await?;
    }
    transaction.commit().await?;
    Ok(Seeded::Loaded { snapshots: snapshots.len(), first_start: is_first_start })
}

fn default_sandbox(now: Time) -> SandboxRow {
    SandboxRow {
        sandbox_id: 0,
        name: sandboxes::DEFAULT.to_owned(),
        creation_time: now,
        last_used_time: now,
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

fn parse(files: &[SeedFile], now: Time, ids: &mut IdSequence) -> Result<Vec<Snapshot>, SeedError> {
    let mut snapshots = Vec::new();
    let mut seen = HashMap::new();
    for SeedFile { path, format, text } in files {
        let malformed = |error| SeedError::Malformed { path: path.clone(), error };
        let document = document::parse(text, *format).map_err(malformed)?.unwrap_or_default();
        for (index, snapshot) in document.into_snapshots(now, ids).map_err(malformed)?.into_iter().enumerate() {
            let place = (path, index);
            if let Some((path, first)) = seen.insert(snapshot.snapshot_id.clone(), place) {
                let first = format!("Snapshots[{first}] of {}", path.display());
                let (path, snapshot_id) = (place.0.clone(), snapshot.snapshot_id);
                return Err(SeedError::Duplicate { path, index, snapshot_id, first });
            }
            snapshots.push(snapshot);
        }
    }
    Ok(snapshots)
}
