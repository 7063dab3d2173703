//! How many connections there may be, and how long they wait for their clients.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use rustix::net::listen;
use rustix::process::{Resource, getrlimit, setrlimit};

/// Descriptors that are the database's, the log's and the runtime's.
const RESERVED: u64 = 64;

/// Descriptors of a connection: its own, and an export under way has a temporary file and two files of the database.
const EACH: u64 = 4;

/// Connections at most, however many descriptors there may be: each takes memory, too.
const MOST: u64 = 10_000;

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
    /// Those that the system's limit of descriptors permits, which is first raised as far as it may be.
    #[must_use]
    pub fn of_process() -> Self {
        let mut limit = getrlimit(Resource::Nofile);
        if limit.current < limit.maximum || limit.maximum.is_none() {
            let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
            if setrlimit(Resource::Nofile, raised).is_ok() {
                limit = raised;
            }
        }
        let descriptors = limit.current.unwrap_or(u64::MAX);
        let connections = (descriptors.saturating_sub(RESERVED) / EACH).clamp(RESERVED / 4, MOST);
        Self {
            connections: usize::try_from(connections).unwrap_or(usize::MAX),
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

/// Lets many clients wait to be accepted.
///
/// # Errors
///
/// When the listener cannot be used.
pub fn queue(listener: TcpListener) -> io::Result<TcpListener> {
    listen(&listener, BACKLOG)?;
    Ok(listener)
}
