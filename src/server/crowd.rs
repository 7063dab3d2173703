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
    /// Of these, those that were told to give way and are not gone yet.
    leaving: usize,
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
    /// Whether its client has not spoken yet.
    is_new: bool,
}

impl Crowd {
    /// With more connections than `limit`, some give way.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, members: Mutex::default() }
    }

    /// A place for a new connection.
    #[must_use]
    pub fn enter(self: &Arc<Self>) -> Place {
        let mut members = self.members();
        members.connections += 1;
        members.make_room(self.limit);
        drop(members);
        Place { crowd: self.clone(), eviction: Arc::default(), waiting_since: None, is_new: true }
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        // Nothing between lock and unlock leaves the members half changed.
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Members {
    /// Of more connections than `limit`, tells the one that has waited longest to give way. While all are busy nobody can,
    /// so this is asked again when one of them begins to wait. Otherwise connections that all became busy at once and then
    /// all wait would keep everybody out until their patience is over, since nobody comes in any more for whom one of them
    /// would give way.
    fn make_room(&mut self, limit: usize) {
        if self.connections - self.leaving > limit
            && let Some((_, eviction)) = self.waiting.pop_first()
        {
            self.leaving += 1;
            eviction.is_decided.store(true, Ordering::Release);
            eviction.waker.wake();
        }
    }
}

impl Place {
    /// Waits for the client, from now on or since it began to. True: it is to give way.
    pub fn wait(&mut self, context: &Context<'_>) -> bool {
        self.eviction.waker.register(context.waker());
        if self.waiting_since.is_none() && !self.has_to_go() {
            let mut members = self.crowd.members();
            let number = members.next;
            members.next += 1;
            members.waiting.insert(number, self.eviction.clone());
            // Nobody is sent away by coming in: its client is about to speak.
            if !self.is_new {
                members.make_room(self.crowd.limit);
            }
            self.waiting_since = Some(number);
        }
        self.has_to_go()
    }

    /// Decided while it waits, and for good.
    fn has_to_go(&self) -> bool {
        self.eviction.is_decided.load(Ordering::Acquire)
    }

    /// The client has done something: sent, or taken of its answer.
    pub fn end_wait(&mut self) {
        self.is_new = false;
        if let Some(number) = self.waiting_since.take() {
            self.crowd.members().waiting.remove(&number);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.end_wait();
        let mut members = self.crowd.members();
        members.connections -= 1;
        if self.has_to_go() {
            members.leaving -= 1;
        }
    }
}
