//! A connection, between the socket and the HTTP layer: hands on one request at a time, waits for a client no longer
//! than is good for the others, and answers what is no request.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::io::poll_read_buf;

use super::crowd::{Crowd, Place};
use super::exchange::Exchange;
use super::head::{self, Mistake};
use super::limits::ConnectionLimits;
use super::refusal;
use crate::app::Startup;

/// Room for what is read at once.
const CHUNK: usize = 8 * 1024;

/// How much of what follows a mistake is read to no purpose.
const UNREAD_CHUNKS: usize = 64;

pub struct Connection {
    stream: TcpStream,
    pub exchange: Rc<Exchange>,
    startup: Data<Startup>,
    limits: ConnectionLimits,
    place: Place,
    /// What has come and is not handed on yet.
    held: BytesMut,
    /// Bytes of the request under way that are still to be handed on, whether they have come or not.
    remaining: u64,
    /// Whether an answer is on its way that the socket has not taken whole.
    is_sending: bool,
    /// Nothing more comes, or nothing more is wanted.
    is_at_end: bool,
    awaited: Awaited,
    deadline: Pin<Box<Sleep>>,
    /// How long the client has taken nothing of an answer, while it takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

/// What the client is to send next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// Nothing: its request is being answered.
    Nothing,
    /// The head of a request: the first one, or one that has begun.
    Head,
    /// The body of a request; whoever reads it has patience of its own.
    Body,
    /// The rest of a body that nobody reads any more.
    Rest,
    /// Another request, or none.
    Next,
}

impl Connection {
    pub fn new(stream: TcpStream, crowd: &Arc<Crowd>, startup: Data<Startup>, limits: ConnectionLimits) -> Self {
        Self {
            stream,
            exchange: Rc::default(),
            startup,
            limits,
            place: crowd.enter(),
            held: BytesMut::new(),
            remaining: 0,
            is_sending: false,
            is_at_end: false,
            awaited: Awaited::Head,
            deadline: Box::pin(sleep(limits.head)),
            stalled: None,
        }
    }

    fn is_answering(&self) -> bool {
        self.exchange.is_open() || self.is_sending
    }

    fn awaited(&self) -> Awaited {
        match (self.is_answering(), self.remaining > 0) {
            (true, true) => Awaited::Body,
            (true, false) => Awaited::Nothing,
            (false, true) => Awaited::Rest,
            (false, false) if self.held.is_empty() && self.awaited != Awaited::Head => Awaited::Next,
            (false, false) => Awaited::Head,
        }
    }

    /// Nothing has come: for how long may that go on?
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let awaited = self.awaited();
        if awaited != self.awaited {
            self.awaited = awaited;
            self.place.end_wait();
            let patience = if awaited == Awaited::Next { self.limits.keep_alive } else { self.limits.head };
            self.deadline.as_mut().reset(Instant::now() + patience);
        }
        self.exchange.wake_at_end(context.waker());
        let has_to_go = awaited != Awaited::Nothing && self.place.wait(context);
        let has_deadline = !matches!(awaited, Awaited::Nothing | Awaited::Body);
        if has_to_go || (has_deadline && self.deadline.as_mut().poll(context).is_ready()) {
            return Poll::Ready(());
        }
        Poll::Pending
    }

    /// Answers what is no request. The connection ends with that.
    fn refuse(&mut self, mistake: &Mistake) {
        let answer = refusal::answer(&self.startup, mistake, &self.held);
        // Nothing is on its way, so there is room for it; a client that is gone needs none.
        let _ = self.stream.try_write(&answer);
        // Closed with something unread, the connection would be reset, and the client perhaps lose the answer.
        let mut unread = [0; CHUNK];
        for _ in 0..UNREAD_CHUNKS {
            if !matches!(self.stream.try_read(&mut unread), Ok(1..)) {
                break;
            }
        }
        self.held.clear();
        self.is_at_end = true;
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.remaining == 0 && !this.held.is_empty() && !this.is_answering() {
                match head::read(&this.held) {
                    Ok(None) => {}
                    Ok(Some(head)) => {
                        this.exchange.begin(head.body.is_none());
                        this.remaining = head.body.map_or(u64::MAX, |body| body.saturating_add(head.length as u64));
                    }
                    Err(mistake) => this.refuse(&mistake),
                }
            }
            if this.remaining > 0 && !this.held.is_empty() {
                let most = usize::try_from(this.remaining).unwrap_or(usize::MAX);
                let length = this.held.len().min(buffer.remaining()).min(most);
                buffer.put_slice(&this.held[..length]);
                this.held.advance(length);
                this.remaining -= length as u64;
                this.awaited = Awaited::Nothing;
                this.place.end_wait();
                return Poll::Ready(Ok(()));
            }
            // Behind a client's last request there may be others that came with it.
            let is_holding = this.is_answering() && !this.held.is_empty();
            if this.is_at_end && !is_holding {
                return Poll::Ready(Ok(()));
            }
            if this.is_at_end || this.held.len() >= head::LIMIT {
                this.exchange.wake_at_end(context.waker());
                return Poll::Pending;
            }
            this.held.reserve(CHUNK);
            match poll_read_buf(Pin::new(&mut this.stream), context, &mut this.held) {
                Poll::Ready(Ok(0)) => this.is_at_end = true,
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    ready!(this.poll_patience(context));
                    match this.awaited {
                        Awaited::Head if !this.held.is_empty() => this.refuse(&Mistake::TooSlow),
                        _ => this.is_at_end = true,
                    }
                }
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.is_sending = true;
        match Pin::new(&mut this.stream).poll_write(context, bytes) {
            Poll::Ready(written) => {
                this.stalled = None;
                Poll::Ready(written)
            }
            Poll::Pending => {
                let patience = this.limits.answer;
                let stalled = this.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
                ready!(stalled.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    /// The HTTP layer flushes once the socket has taken all that it wrote.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_sending {
            this.is_sending = false;
            // What was held meanwhile is read now, and the patience for the next request begins.
            context.waker().wake_by_ref();
        }
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
