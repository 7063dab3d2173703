//! How many connections there are, and which gives way when there are too many: the one that has waited longest for its
//! client, to send or to take. So a crowd of clients that do nothing keeps nobody out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;

use futures_util::task::AtomicWaker;

/// The connections of a server.
#[derive(Debug)]
pub struct Crowd {
    limit: usize,
    members: Mutex<Members>,
}

#[derive(Debug, Default)]
struct Members {
    connections: usize,
    /// Those that wait for their client, since when they do.
    waiting: BTreeMap<u64, Arc<Eviction>>,
    next: u64,
}

/// By which a connection learns that it is to give way.
#[derive(Debug, Default)]
struct Eviction {
    is_decided: AtomicBool,
    waker: AtomicWaker,
}

/// A connection's place among the others.
#[derive(Debug)]
pub struct Place {
    crowd: Arc<Crowd>,
    eviction: Arc<Eviction>,
    waiting_since: Option<u64>,
}

impl Crowd {
    /// With more connections than `limit`, some give way.
    pub fn new(limit: usize) -> Self {
        Self { limit, members: Mutex::default() }
    }

    /// A place for a new connection.
    pub fn enter(self: &Arc<Self>) -> Place {
        let mut members = self.members();
        members.connections += 1;
        let leaving = if members.connections > self.limit { members.waiting.pop_first() } else { None };
        drop(members);
        if let Some((_, eviction)) = leaving {
            eviction.is_decided.store(true, Ordering::Release);
            eviction.waker.wake();
        }
        Place { crowd: self.clone(), eviction: Arc::default(), waiting_since: None }
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        // Nothing between lock and unlock leaves the members half changed.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Waits for the client, from now on or since it began to. True: it is to give way.
    pub fn wait(&mut self, context: &Context<'_>) -> bool {
        self.eviction.waker.register(context.waker());
        if self.waiting_since.is_none() {
            let mut members = self.crowd.members();
            let number = members.next;
            members.next += 1;
            members.waiting.insert(number, self.eviction.clone());
            self.waiting_since = Some(number);
        }
        self.eviction.is_decided.load(Ordering::Acquire)
    }

    /// The client has done something: sent, or taken of its answer.
    pub fn end_wait(&mut self) {
        if let Some(number) = self.waiting_since.take() {
            self.crowd.members().waiting.remove(&number);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.end_wait();
        self.crowd.members().connections -= 1;
    }
}
