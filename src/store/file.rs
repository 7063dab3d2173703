//! The database file: where it is, that one process only has it, and what can be wrong with it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Why a database cannot be opened: each names the file and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database {0} is in use by another process: stop that one, or give this one another --database")]
    InUse(PathBuf),
    #[error("cannot write to {path}: {error}: make the folder writable, or give another --database")]
    Unwritable { path: PathBuf, error: io::Error },
    #[error("{0} is not an SQLite database: move it away, or give another --database")]
    NotADatabase(PathBuf),
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
    #[error("cannot open the database {path}: {error}")]
    Other { path: PathBuf, error: super::Error },
    #[error("cannot migrate the database {path}: {error}")]
    Migration { path: PathBuf, error: Box<refinery::Error> },
}

impl OpenError {
    /// Finds the words for what SQLite said.
    #[must_use]
    pub fn from_sqlite(path: &Path, error: super::Error) -> Self {
        // Extended result codes carry the primary one in their low byte.
        let code =
            error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok()).map(|code| code & 0xff);
        let path = path.to_path_buf();
        match code {
            Some(8) => Self::Unwritable { path, error: io::ErrorKind::ReadOnlyFilesystem.into() },
            Some(13) => Self::Unwritable { path, error: io::ErrorKind::StorageFull.into() },
            Some(14) => Self::Unwritable { path, error: io::ErrorKind::PermissionDenied.into() },
            Some(26) => Self::NotADatabase(path),
            _ => Self::Other { path, error },
        }
    }
}

/// A database file that this process alone has, as long as this value lives.
#[derive(Debug)]
pub struct DatabaseFile {
    path: PathBuf,
    // SQLite's own locks let several processes in, so a file beside the database carries the lock on it.
    _lock: File,
    _temporary: Option<TempDir>,
}

impl DatabaseFile {
    /// Takes the lock on `database`, a path or `:memory:`.
    pub fn lock(database: &Path) -> Result<Self, OpenError> {
        let unwritable = |path: &Path| {
            let path = path.to_path_buf();
            |error| OpenError::Unwritable { path, error }
        };
        let (path, temporary) = if database == Path::new(":memory:") {
            let folder = tempfile::Builder::new().prefix("ecs-mock-").tempdir();
            let folder = folder.map_err(unwritable(&std::env::temp_dir()))?;
            (folder.path().join("ecs-mock.db"), Some(folder))
        } else {
            (database.to_path_buf(), None)
        };
        // Two names of one file, through links or another working folder, are one database.
        let path = path.canonicalize().unwrap_or(path);
        let mut lock_path = path.clone().into_os_string();
        lock_path.push(".lock");
        let lock_path = PathBuf::from(lock_path);
        let lock = File::create(&lock_path).map_err(unwritable(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock, _temporary: temporary }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path)),
            Err(TryLockError::Error(error)) => Err(OpenError::Unwritable { path: lock_path, error }),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}
