//! The database file: where it is, that it is ours, that one process only has it, and what can be wrong with it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::store::Error;
use crate::store::trouble::Trouble;

/// Marks a file as ours: "ECSM" in ASCII, where SQLite keeps the id of the application.
pub const APPLICATION_ID: u32 = 0x4543_534d;

/// Databases hold secrets, so they are nobody's but their owner's. SQLite gives the log of a database the same mode.
const PRIVATE: u32 = 0o600;

/// Why a database cannot be used: each names the file and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database {0} is in use by another process: stop that one, or give this one another --database")]
    InUse(PathBuf),
    #[error("cannot use {path} as the database: {error}: {remedy}, or give another --database")]
    Unusable { path: PathBuf, error: io::Error, remedy: &'static str },
    #[error("the database {0} has several names (hard links), which SQLite cannot keep apart: remove all but one")]
    Linked(PathBuf),
    #[error("{0} is not an SQLite database: move it away, or give another --database")]
    NotADatabase(PathBuf),
    #[error("{0} is damaged: take another backup")]
    Damaged(PathBuf),
    #[error("{0} is the SQLite database of another program: give another --database")]
    Foreign(PathBuf),
    #[error(
        "the database {path} was written by a newer ecs-mock (its schema is at version {found}, this program knows up \
         to {known}): run that version, or give another --database"
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
    #[error(
        "the schema history of {path} is not this program's (version {version}): run the ecs-mock that made it, or give \
         another --database"
    )]
    Diverged { path: PathBuf, version: i64 },
    #[error("the database {path} failed: {error}: {remedy}, or give another --database")]
    Failed { path: PathBuf, error: Error, remedy: &'static str },
    #[error(
        "migrating the database {path} takes {needed} bytes beside it, and there is room for {available}: make room, or start \
         with --no-copy, which keeps no copy of it and takes {without_copy}"
    )]
    NoRoom { path: PathBuf, needed: u64, available: u64, without_copy: u64 },
    #[error("cannot migrate the database {path}: {error}: run the ecs-mock that made it, or give another --database")]
    Migration { path: PathBuf, error: Box<refinery::Error> },
}

impl OpenError {
    /// Finds the remedy for what SQLite said.
    #[must_use]
    pub fn from_sqlite(path: &Path, error: Error) -> Self {
        // SQLITE_IOERR_GETTEMPPATH is no matter of room.
        const NO_TEMPORARY_FOLDER: i32 = 6_410;
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
        // Extended result codes carry the primary one in their low byte.
        let remedy = match code.map(|code| if code == NO_TEMPORARY_FOLDER { code } else { code & 0xff }) {
            Some(NO_TEMPORARY_FOLDER) => "name a folder for temporary files that can be written to in TMPDIR",
            Some(5 | 6) => "close the other program that has it open",
            Some(8 | 14) => "make it and its folder writable",
            Some(10 | 13) => "make room on its disk",
            Some(11 | 26) => "it is damaged: `ecs-mock restore FILE` puts a backup in its place",
            _ => "`ecs-mock restore FILE` puts a backup in its place",
        };
        Self::Failed { path: path.to_path_buf(), error, remedy }
    }
}

/// The file that is open, wherever it is by now.
#[derive(Debug)]
struct Held {
    _file: File,
    device: u64,
    inode: u64,
}

/// A database file that this process alone has, as long as this value lives.
#[derive(Debug)]
pub struct DatabaseFile {
    path: PathBuf,
    is_new: bool,
    // SQLite's own locks let several processes in, so a file beside the database carries the lock on it from the first moment
    // on,
    _lock: File,
    // and the database itself once nothing takes its place any more, so that nobody gets in who removed the file beside it.
    held: Option<Held>,
    _temporary: Option<TempDir>,
}

impl DatabaseFile {
    /// Takes the lock on `database`, a path or `:memory:`, making the file where there is none. A file that is not ours is
    /// left as it is.
    pub fn lock(database: &Path) -> Result<Self, OpenError> {
        let (path, temporary) = if database == Path::new(":memory:") {
            let folder = tempfile::Builder::new().prefix("ecs-mock-").tempdir();
            let folder = folder.map_err(|error| unusable(&std::env::temp_dir(), error))?;
            (folder.path().join("ecs-mock.db"), Some(folder))
        } else {
            (database.to_path_buf(), None)
        };
        // Opening a pipe waits for its other end, and a device is nothing to keep a database in.
        if std::fs::metadata(&path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe, a socket or a device");
            return Err(OpenError::Unusable { path, error, remedy: "name a regular file" });
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(PRIVATE);
        let mut file = options.open(&path).map_err(|error| unusable(&path, error))?;
        // Two names of one file, through links or another working folder, are one database.
        let path = path.canonicalize().map_err(|error| unusable(&path, error))?;
        let metadata = file.metadata().map_err(|error| unusable(&path, error))?;
        if metadata.nlink() > 1 {
            return Err(OpenError::Linked(path));
        }
        if metadata.mode() & 0o077 != 0 {
            let mode = format!("{:o}", metadata.mode() & 0o777);
            tracing::warn!(path = %path.display(), mode, "the database holds secrets and is open to others: chmod 600 closes it");
        }
        let is_new = check_header(&path, &mut file)?;
        let mut lock_path = path.clone().into_os_string();
        lock_path.push(".lock");
        let lock_path = PathBuf::from(lock_path);
        let lock = options.open(&lock_path).map_err(|error| unusable(&lock_path, error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, is_new, _lock: lock, held: None, _temporary: temporary }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path)),
            Err(TryLockError::Error(error)) => Err(unusable(&lock_path, error)),
        }
    }

    /// Takes the lock on the file that is at the path now, which stays there.
    pub fn hold(&mut self) -> Result<(), OpenError> {
        let unusable = |error| unusable(&self.path, error);
        let file = File::open(&self.path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(self.path.clone())),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let metadata = file.metadata().map_err(unusable)?;
        self.held = Some(Held { device: metadata.dev(), inode: metadata.ino(), _file: file });
        Ok(())
    }

    /// Whether the file at the path is still the one that is open. One that was moved or removed takes what is written to it
    /// along.
    pub fn check_in_place(&self) -> Result<(), Error> {
        let Some(held) = &self.held else { return Ok(()) };
        match std::fs::metadata(&self.path) {
            Ok(found) if (found.dev(), found.ino()) == (held.device, held.inode) => Ok(()),
            _ => Err(Trouble::Replaced.into()),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file was empty: nobody has marked it as ours yet.
    pub fn is_new(&self) -> bool {
        self.is_new
    }
}

/// Makes an empty file that is nobody else's, for SQLite to fill: what SQLite makes, everybody may read.
pub fn make_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(PRIVATE).open(path).map(drop)
}

pub fn unusable(path: &Path, error: io::Error) -> OpenError {
    let remedy = match error.kind() {
        io::ErrorKind::NotFound => "make its folder",
        io::ErrorKind::IsADirectory => "name a file in it",
        io::ErrorKind::StorageFull => "make room on its disk",
        _ => "make it and its folder writable",
    };
    OpenError::Unusable { path: path.to_path_buf(), error, remedy }
}

/// Looks at the header that every SQLite file has, without SQLite, which might change the file. `true`: it is empty.
pub(super) fn check_header(path: &Path, file: &mut File) -> Result<bool, OpenError> {
    let mut header = Vec::new();
    file.take(100).read_to_end(&mut header).map_err(|error| unusable(path, error))?;
    let application_id = header.get(68..72).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    match application_id {
        None if header.is_empty() => Ok(true),
        Some(_) if !header.starts_with(b"SQLite format 3\0") => Err(OpenError::NotADatabase(path.to_path_buf())),
        Some(APPLICATION_ID) => Ok(false),
        Some(_) => Err(OpenError::Foreign(path.to_path_buf())),
        None => Err(OpenError::NotADatabase(path.to_path_buf())),
    }
}
