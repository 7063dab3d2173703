//! How many connections there may be, and how long they wait for their clients.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use crate::app::TRANSFERS;
use rustix::net::listen;
use rustix::process::{Resource, getrlimit, setrlimit};

/// Descriptors that are the database's, the log's and the runtime's.
const RESERVED: u64 = 64;

/// Descriptors of a connection: its own, and that of a temporary file, which it takes an upload from or sends an export from.
const OF_CONNECTION: u64 = 2;

/// Descriptors that an export has beside those while it is written: two files of the database.
const OF_TRANSFER: u64 = 2;

/// Connections at most, however many descriptors there may be: each takes memory, too.
const MOST: u64 = 10_000;

/// Descriptors for clients at least, however few there may be.
const FEWEST: u64 = 20;

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;

/// What connections may take.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// Connections at most; others wait to be accepted.
    pub connections: usize,
    /// How long the head of a request may take, and the rest of a body that nobody reads any more.
    pub head: Duration,
    /// How long a client may take nothing of an answer.
    pub answer: Duration,
    /// How long a connection is kept for another request.
    pub keep_alive: Duration,
}

impl ConnectionLimits {
    /// Those that the system's limit of descriptors permits.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            connections: Shares::of(descriptors()).connections,
            head: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            keep_alive: Duration::from_secs(25),
        }
    }

    /// Connections above which those give way that wait for their clients. The rest is for the time that this takes.
    pub(super) fn soft(&self) -> usize {
        self.connections - self.connections / 4
    }
}

/// Who may have how many descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    pub connections: usize,
    /// Uploads that are taken in and exports that are written at once.
    pub transfers: usize,
}

impl Shares {
    /// Of a process that may have so many.
    #[must_use]
    pub fn of(descriptors: u64) -> Self {
        let for_clients = descriptors.saturating_sub(RESERVED).max(FEWEST);
        let transfers = (for_clients / 8).min(TRANSFERS as u64);
        let connections = ((for_clients - OF_TRANSFER * transfers) / OF_CONNECTION).min(MOST);
        let number = |descriptors: u64| usize::try_from(descriptors).unwrap_or(usize::MAX);
        Self { connections: number(connections), transfers: number(transfers) }
    }
}

/// Uploads and exports that the system's limit of descriptors permits at once.
#[must_use]
pub fn transfers() -> usize {
    Shares::of(descriptors()).transfers
}

/// The system's limit, which is first raised as far as it may be.
fn descriptors() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current < limit.maximum || limit.maximum.is_none() {
        let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit = raised;
        }
    }
    limit.current.unwrap_or(u64::MAX)
}

/// Lets many clients wait to be accepted.
///
/// # Errors
///
/// When the listener cannot be used.
pub fn queue(listener: TcpListener) -> io::Result<TcpListener> {
    listen(&listener, BACKLOG)?;
    Ok(listener)
}
