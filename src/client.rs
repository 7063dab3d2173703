//! The client of a request under way, for whoever keeps it waiting: it may be gone before there is an answer, or have to
//! give its place to others.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use actix_web::HttpRequest;

/// What a connection and those who answer its requests know of the client.
#[derive(Debug, Default)]
pub struct Client {
    is_kept_waiting: Cell<bool>,
    is_dismissed: Cell<bool>,
    has_ended: Cell<bool>,
    is_lost: Cell<bool>,
    /// The connection, which is to hear that the client is kept waiting.
    connection: RefCell<Option<Waker>>,
    /// Whoever keeps the client waiting.
    answering: RefCell<Option<Waker>>,
}

/// Says that a client is not kept waiting any more.
struct KeptWaiting<'c>(&'c Client);

impl Client {
    /// That of a request. One that has no connection never goes.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Rc<Self> {
        request.conn_data::<Rc<Self>>().cloned().unwrap_or_default()
    }

    /// Keeps the client waiting until something has happened. `None`: it need not happen any more, since the client is gone
    /// or has to give its place to others.
    pub async fn wait<T>(&self, something: impl Future<Output = T>) -> Option<T> {
        let mut something = pin!(something);
        let _kept_waiting = KeptWaiting::begin(self);
        poll_fn(|context| {
            if let Poll::Ready(it) = something.as_mut().poll(context) {
                return Poll::Ready(Some(it));
            }
            if self.has_ended.get() {
                // One that goes while it is kept waiting has given up. Another one may have said all that it has to say, and
                // wait for its answer nevertheless.
                self.is_lost.set(true);
                return Poll::Ready(None);
            }
            if self.is_dismissed.get() {
                return Poll::Ready(None);
            }
            self.answering.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }

    /// Whether it does not get its answer.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.is_lost.get()
    }

    /// Another request of it comes.
    pub fn begin(&self) {
        self.is_dismissed.set(false);
    }

    #[must_use]
    pub fn is_kept_waiting(&self) -> bool {
        self.is_kept_waiting.get()
    }

    /// Wakes the connection when the client begins to be kept waiting.
    pub fn wake_at_wait(&self, waker: &Waker) {
        self.connection.replace(Some(waker.clone()));
    }

    /// It is not to be kept waiting any longer.
    pub fn dismiss(&self) {
        self.is_dismissed.set(true);
        self.wake();
    }

    /// It has ended its side of the connection.
    pub fn end(&self) {
        self.has_ended.set(true);
        self.wake();
    }

    /// It has broken the connection off.
    pub fn break_off(&self) {
        self.is_lost.set(true);
        self.end();
    }

    fn wake(&self) {
        if let Some(answering) = self.answering.take() {
            answering.wake();
        }
    }
}

impl<'c> KeptWaiting<'c> {
    fn begin(client: &'c Client) -> Self {
        client.is_kept_waiting.set(true);
        if let Some(connection) = client.connection.take() {
            connection.wake();
        }
        Self(client)
    }
}

impl Drop for KeptWaiting<'_> {
    fn drop(&mut self) {
        self.0.is_kept_waiting.set(false);
    }
}
