//! What keeps the database from being written, as far as the last attempts showed.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::Error;

/// Why the database cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("the disk is full")]
    DiskFull,
    /// Somebody removed or replaced the file. What would be written now is nowhere after the end of the process.
    #[error("the database file is no longer the one that was opened: put it back, or restart the server")]
    Replaced,
    #[error("the disk fails: {0}")]
    DiskFails(String),
}

/// SQLite's primary result codes.
mod code {
    pub const READONLY: i32 = 8;
    pub const IOERR: i32 = 10;
    pub const CORRUPT: i32 = 11;
    pub const FULL: i32 = 13;
    pub const CANTOPEN: i32 = 14;
    pub const NOTADB: i32 = 26;
}

impl Trouble {
    /// `None` for an error that is none of the disk's.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Database(cause) => {
                // Extended codes carry the primary one in their low byte.
                let code: i32 = cause.code()?.parse().ok()?;
                match code & 0xff {
                    code::FULL => Some(Self::DiskFull),
                    code::READONLY | code::IOERR | code::CORRUPT | code::CANTOPEN | code::NOTADB => {
                        Some(Self::DiskFails(cause.message().to_owned()))
                    }
                    _ => None,
                }
            }
            Error::Io(cause) => Some(Self::of_io(cause)),
            _ => None,
        }
    }

    /// What an error of the file system is.
    #[must_use]
    pub fn of_io(error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(trouble) => trouble.clone(),
            None if error.kind() == io::ErrorKind::StorageFull => Self::DiskFull,
            None => Self::DiskFails(error.to_string()),
        }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        Self::Io(io::Error::other(trouble))
    }
}

/// What ended the last attempt of each sort; `None`: it succeeded.
#[derive(Debug, Default)]
struct Last {
    write: Option<Trouble>,
    move_log: Option<Trouble>,
}

/// What is known of trouble, shared by all that write.
#[derive(Debug, Clone, Default)]
pub(super) struct Troubles(Arc<Mutex<Last>>);

impl Troubles {
    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn written(&self, trouble: Option<Trouble>) {
        self.last().write = trouble;
    }

    pub fn log_moved(&self, trouble: Option<Trouble>) {
        self.last().move_log = trouble;
    }

    pub fn known(&self) -> Option<Trouble> {
        let last = self.last();
        last.write.clone().or_else(|| last.move_log.clone())
    }
}
