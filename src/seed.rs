//! The seed files: finding them, reading them, and loading them into the database at start.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::documents::{Batches, ReadError};
use crate::model::access_key::AccessKey;
use crate::model::clock::SandboxClock;
use crate::model::document::{DocumentError, Draft, Format, Reader};
use crate::model::ids::{IdSequence, Ids};
use crate::model::kind::{Entry, Kind};
use crate::model::settings::Settings;
use crate::model::time::Time;
use crate::sandboxes::settle;
use crate::store::derived::Dangling;
use crate::store::sandboxes::SandboxRow;
use crate::store::seeds::{self, Seed};
use crate::store::states::{Filler, State};
use crate::store::{self, Reads, Store, access_keys, derived, resources, sandboxes, states};

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
    #[error(
        "the seed is wrong: {field} of {id} names {value}, which is not there in its region: add it, or name another one"
    )]
    Dangling { field: String, id: String, value: String },
    #[error("the reading of the seed was broken off, which is a mistake of this program: start with --seed none")]
    BrokenOff,
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
/// which `key` then belongs to: in one transaction, once both are filled. A sandbox that exists is never touched.
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
    let (files, digest) = in_thread({
        let source = source.clone();
        move || {
            let files = files_of(&source)?;
            let digest = digest(&files)?;
            Ok((files, digest))
        }
    })
    .await?;
    let mut session = store.read(Reads::Several).await?;
    let is_first_start = sandboxes::list(&mut session).await?.is_empty();
    // Where nobody named a seed and there is none, the one in the database stays.
    let is_unsaid = *source == Source::Default && files.is_empty();
    let is_same = |seed: Seed| is_unsaid || seed.digest == digest;
    if !is_first_start && seeds::find(&mut session).await?.is_some_and(is_same) {
        return Ok(Seeded::Unchanged);
    }
    drop(session);
    let now = clock.now();
    let mut filled = Vec::new();
    let loaded = async {
        let mut seed = create(store, &empty(ids), now, &mut filled).await?;
        let resources = fill(store, &mut seed, &files, now).await?;
        let copy = if is_first_start {
            let copy = create(store, &seed, now, &mut filled).await?;
            states::copy(store, seed.state_id, copy.state_id).await?;
            Some(copy)
        } else {
            None
        };
        let mut writer = store.write().await?;
        for state in [Some(&seed), copy.as_ref()].into_iter().flatten() {
            derived::recompute_state(&mut writer, state.state_id).await?;
            states::update(&mut writer, state).await?;
        }
        seeds::replace(&mut writer, &Seed { state_id: seed.state_id, digest }).await?;
        if let Some(mut copy) = copy {
            copy.next_due = settle(&mut writer, &copy, now, false).await?;
            states::update(&mut writer, &copy).await?;
            let sandbox_id = sandboxes::create(&mut writer, &default_sandbox(now), copy.state_id).await?;
            access_keys::insert(&mut writer, sandbox_id, key).await?;
        }
        writer.commit().await?;
        Ok(Seeded::Loaded { resources, first_start: is_first_start })
    };
    let loaded: Result<Seeded, SeedError> = loaded.await;
    if loaded.is_err() {
        // Whoever starts a server again and again with the same mistake does not fill the disk.
        for state_id in filled {
            // That fails too, perhaps, but what has to be mended is what failed first.
            if let Err(error) = states::purge(store, state_id).await {
                tracing::error!(%error, "a state that was half filled could not be deleted; the next start tries again");
            }
        }
    }
    loaded
}

async fn in_thread<T: Send + 'static>(
    task: impl FnOnce() -> Result<T, SeedError> + Send + 'static,
) -> Result<T, SeedError> {
    tokio::task::spawn_blocking(task).await.map_err(|_| SeedError::BrokenOff)?
}

/// What a seed without files is.
fn empty(ids: &Ids) -> State {
    let ids = IdSequence { seed: ids.seed(), next: 1 };
    State { state_id: 0, ids, clock: SandboxClock::Real, settings: Settings::default(), next_due: None }
}

/// A new state with no resources, noted in `filled`.
async fn create(store: &Store, like: &State, now: Time, filled: &mut Vec<i64>) -> Result<State, SeedError> {
    let mut writer = store.write().await?;
    let state = states::create(&mut writer, like, Filler { process: "seed", now }).await?;
    writer.commit().await?;
    filled.push(state.state_id);
    Ok(state)
}

/// Fills a state with what the files say together, and tells how many resources that are.
async fn fill(store: &Store, state: &mut State, files: &[SeedFile], now: Time) -> Result<usize, SeedError> {
    let first_ids = state.ids;
    let mut count = 0;
    for (number, file) in files.iter().enumerate() {
        let opened = file.clone();
        let Some(reader) = in_thread(move || opened.reader()).await? else { continue };
        state.settings = state.settings.patched(&reader.head().settings);
        let mut batches = Batches::new(reader);
        while let Some(drafts) = batches.next().await.map_err(|error| file.unread(error))? {
            let places: Vec<String> = drafts.iter().map(place).collect();
            let finished = drafts.into_iter().map(|draft| draft.finish(now, &mut state.ids));
            let entries: Vec<Box<dyn Entry>> =
                finished.collect::<Result<_, _>>().map_err(|error| file.malformed(error))?;
            let entries: Vec<&dyn Entry> = entries.iter().map(|entry| &**entry).collect();
            let mut writer = store.write().await?;
            let Some(twice) = resources::insert_new(&mut writer, state.state_id, &entries).await? else {
                writer.commit().await?;
                count += entries.len();
                continue;
            };
            writer.rollback().await;
            let is_twice = |entry: &&dyn Entry| entry.kind() == twice.kind() && entry.key().id == twice.key().id;
            let place = entries.iter().rposition(is_twice).and_then(|index| places.get(index)).cloned();
            let (kind, id) = (twice.kind(), twice.key().id.to_owned());
            let place = format!("{}.{}", place.unwrap_or_default(), kind.id_field);
            let (files, wanted) = (files[..=number].to_vec(), id.clone());
            let first = in_thread(move || first_place(&files, now, first_ids, kind, &wanted)).await?;
            return Err(SeedError::Duplicate { path: file.path.clone(), place, id, first });
        }
    }
    let dangling = derived::dangling(&mut store.read(Reads::Several).await?, state.state_id, 1).await?;
    match dangling.into_iter().next() {
        Some(Dangling { id, field, value, .. }) => Err(SeedError::Dangling { field, id, value }),
        None => Ok(count),
    }
}

/// Where an entry stands, as in `Snapshots[3]`.
fn place(draft: &Draft) -> String {
    draft.place().trim_end_matches('.').to_owned()
}

/// Where the files, read anew, first have an entry of this kind and id.
fn first_place(files: &[SeedFile], now: Time, mut ids: IdSequence, kind: &Kind, id: &str) -> Result<String, SeedError> {
    let mut found = None;
    for file in files {
        let Some(mut reader) = file.reader()? else { continue };
        let read = reader.entries(&mut |drafts| {
            for draft in drafts {
                let place = place(&draft);
                let Ok(entry) = draft.finish(now, &mut ids) else { return false };
                if entry.kind() == kind && entry.key().id == id {
                    found = Some(format!("{place} of {}", file.path.display()));
                    return false;
                }
            }
            true
        });
        if let Some(place) = found {
            return Ok(place);
        }
        read.map_err(|error| file.malformed(error))?;
    }
    Ok("a file that was changed meanwhile".to_owned())
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

#[derive(Debug, Clone)]
struct SeedFile {
    path: PathBuf,
    format: Format,
}

impl SeedFile {
    /// `None`: it says nothing.
    fn reader(&self) -> Result<Option<Reader<File>>, SeedError> {
        let file = File::open(&self.path).map_err(unreadable(&self.path))?;
        Reader::new(file, self.format).map_err(|error| self.malformed(error))
    }

    fn unread(&self, error: ReadError) -> SeedError {
        match error {
            ReadError::Document(error) => self.malformed(error),
            ReadError::Panicked => SeedError::BrokenOff,
        }
    }

    fn malformed(&self, error: DocumentError) -> SeedError {
        SeedError::Malformed { path: self.path.clone(), error }
    }
}

/// The files of a seed, see [`documents_in`] for those of a folder.
fn files_of(source: &Source) -> Result<Vec<SeedFile>, SeedError> {
    let path = match source {
        Source::None => return Ok(Vec::new()),
        Source::Default if !Path::new(DEFAULT_FOLDER).exists() => return Ok(Vec::new()),
        Source::Default => Path::new(DEFAULT_FOLDER),
        Source::Path(path) => path,
    };
    if !path.is_dir() {
        let format = format(path).ok_or_else(|| SeedError::UnknownFormat(path.to_path_buf()))?;
        return Ok(vec![SeedFile { path: path.to_path_buf(), format }]);
    }
    let documents = documents_in(path).map_err(unreadable(path))?;
    Ok(documents.into_iter().map(|(path, format)| SeedFile { path, format }).collect())
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

/// A digest of the names and the contents of files.
fn digest(files: &[SeedFile]) -> Result<String, SeedError> {
    let mut hash = Sha256::new();
    for SeedFile { path, .. } in files {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name);
        let mut file = File::open(path).map_err(unreadable(path))?;
        hash.update(file.metadata().map_err(unreadable(path))?.len().to_be_bytes());
        let mut piece = vec![0; 64 * 1024];
        loop {
            match file.read(&mut piece).map_err(unreadable(path))? {
                0 => break,
                length => hash.update(&piece[..length]),
            }
        }
    }
    Ok(BASE64_URL_SAFE_NO_PAD.encode(hash.finalize()))
}
