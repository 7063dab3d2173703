//! A connection, between the socket and the HTTP layer: hands on one request at a time, waits for a client no longer
//! than is good for the others, and answers what is no request.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use bytes::{Buf as _, BytesMut};
use rustix::net::{RecvFlags, recv};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::io::poll_read_buf;

use super::chunks::Chunks;
use super::crowd::{Crowd, Place};
use super::cut::{Next, Passage};
use super::exchange::Exchange;
use super::head::{self, Body, Head, Mistake};
use super::limits::ConnectionLimits;
use super::refusal;
use crate::app::Startup;
use crate::client::Client;

/// Room for what is read at once.
const CHUNK: usize = 8 * 1024;

/// How much of what comes at the end is read to no purpose.
const UNREAD_CHUNKS: usize = 64;

pub struct Connection {
    stream: TcpStream,
    pub exchange: Rc<Exchange>,
    pub client: Rc<Client>,
    startup: Data<Startup>,
    limits: ConnectionLimits,
    place: Place,
    /// What has come and is not handed on yet.
    held: BytesMut,
    /// Bytes of the request under way that are still to be handed on, whether they have come or not.
    remaining: u64,
    /// What comes of the request behind those, if its body comes in chunks.
    chunks: Chunks,
    /// Whether an answer is on its way that the socket has not taken whole.
    is_sending: bool,
    /// What is in the way of that answer.
    passage: Passage,
    /// Nothing more comes, or nothing more is wanted.
    is_at_end: bool,
    phase: Phase,
    /// When the phase is to be over, if it has a patience.
    deadline: Pin<Box<Sleep>>,
    /// How long the client has taken nothing of an answer, while it takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

/// What a connection is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The head of a request is to come: the first one, or one that has begun.
    Head,
    /// A request is being answered whose body is still to come; whoever reads it has patience of its own.
    Body,
    /// A request is being answered that has come whole.
    Answering,
    /// A request was answered before its body had come, which nobody reads any more.
    Leftover,
    /// There may be another request, or none.
    Idle,
}

impl Phase {
    /// How long it may take.
    fn patience(self, limits: &ConnectionLimits) -> Option<Duration> {
        match self {
            Self::Head | Self::Leftover => Some(limits.head),
            Self::Idle => Some(limits.keep_alive),
            Self::Body | Self::Answering => None,
        }
    }
}

impl Connection {
    pub fn new(stream: TcpStream, crowd: &Arc<Crowd>, startup: Data<Startup>, limits: ConnectionLimits) -> Self {
        Self {
            stream,
            exchange: Rc::default(),
            client: Rc::default(),
            startup,
            limits,
            place: crowd.enter(),
            held: BytesMut::new(),
            remaining: 0,
            chunks: Chunks::End,
            is_sending: false,
            passage: Passage::Open,
            is_at_end: false,
            phase: Phase::Head,
            deadline: Box::pin(sleep(limits.head)),
            stalled: None,
        }
    }

    fn is_answering(&self) -> bool {
        self.exchange.is_open() || self.is_sending
    }

    /// Whether the request under way has been handed on whole, if there is one.
    fn is_between(&self) -> bool {
        self.remaining == 0 && self.chunks == Chunks::End
    }

    /// Goes over to the phase that follows from the rest. Only a change of phase begins a patience anew.
    fn follow_phase(&mut self) {
        let phase = match (self.is_answering(), self.is_between()) {
            (true, true) => Phase::Answering,
            (true, false) => Phase::Body,
            (false, false) => Phase::Leftover,
            (false, true) if self.held.is_empty() && self.phase != Phase::Head => Phase::Idle,
            (false, true) => Phase::Head,
        };
        if phase != self.phase {
            self.phase = phase;
            self.place.end_wait();
            if let Some(patience) = phase.patience(&self.limits) {
                self.deadline.as_mut().reset(Instant::now() + patience);
            }
        }
    }

    /// Whether the first bytes of a new connection are there, although the runtime has not heard of them yet. Otherwise each
    /// client would be one that waits when it comes in, and would be sent away when many come in at once.
    fn has_first_bytes(&self) -> bool {
        let is_new = self.phase == Phase::Head && self.held.is_empty();
        is_new && recv(&self.stream, &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT).is_ok()
    }

    /// Has a client that is kept waiting give way like one that keeps the server waiting: otherwise those whose answers are
    /// long in coming would keep everybody else out.
    fn let_go(&mut self, context: &Context<'_>) {
        if self.phase != Phase::Answering {
            return;
        }
        self.client.wake_at_wait(context.waker());
        if !self.client.is_kept_waiting() {
            self.place.end_wait();
        } else if self.place.wait(context) {
            self.client.dismiss();
        }
    }

    /// Nothing has come: for how long may that go on?
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.exchange.wake_at_end(context.waker());
        self.let_go(context);
        let is_waiting = self.phase != Phase::Answering && !self.has_first_bytes();
        let has_to_go = is_waiting && self.place.wait(context);
        let has_patience = self.phase.patience(&self.limits).is_some();
        if has_to_go || (has_patience && self.deadline.as_mut().poll(context).is_ready()) {
            return Poll::Ready(());
        }
        Poll::Pending
    }

    /// Finds out how many of the bytes that are held may be handed on.
    fn read_on(&mut self) {
        match self.phase {
            Phase::Leftover if Instant::now() >= self.deadline.deadline() => self.end(),
            // Its client has heard that the connection ends.
            Phase::Head if self.exchange.is_last() => self.end(),
            Phase::Head => match head::read(&self.held) {
                Ok(None) => {}
                Ok(Some(head)) => self.begin(&head),
                Err(mistake) => self.refuse(&mistake),
            },
            Phase::Body | Phase::Leftover if self.remaining == 0 => match self.chunks.next(&self.held) {
                Ok(length) => self.remaining = length.unwrap_or_default(),
                Err(reason) => {
                    tracing::info!(reason, "the body of a request breaks off");
                    // Whoever reads it learns of its end, and answers.
                    self.exchange.make_last();
                    self.end();
                }
            },
            _ => {}
        }
    }

    fn begin(&mut self, head: &Head) {
        for range in &head.upgrades {
            self.held[range.clone()].fill(b' ');
        }
        self.exchange.begin();
        self.client.begin();
        self.remaining = head.length as u64;
        match head.body {
            Body::Length(length) => self.remaining = self.remaining.saturating_add(length),
            Body::Chunked => self.chunks = Chunks::Size,
        }
    }

    /// Answers what is no request. The connection ends with that.
    fn refuse(&mut self, mistake: &Mistake) {
        let answer = refusal::answer(&self.startup, mistake, &self.held);
        // Nothing is on its way, so there is room for it; a client that is gone needs none.
        let _ = self.stream.try_write(&answer);
        self.end();
    }

    /// Takes nothing more of what comes.
    fn end(&mut self) {
        self.held.clear();
        self.remaining = 0;
        self.chunks = Chunks::End;
        self.is_at_end = true;
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            this.follow_phase();
            if !this.held.is_empty() {
                this.read_on();
            }
            if this.remaining > 0 && !this.held.is_empty() {
                let most = usize::try_from(this.remaining).unwrap_or(usize::MAX);
                let length = this.held.len().min(buffer.remaining()).min(most);
                buffer.put_slice(&this.held[..length]);
                this.held.advance(length);
                this.remaining -= length as u64;
                this.follow_phase();
                if this.phase == Phase::Body {
                    this.place.end_wait();
                }
                return Poll::Ready(Ok(()));
            }
            // Behind a client's last request there may be others that came with it.
            let is_holding = this.is_answering() && this.is_between() && !this.held.is_empty();
            if this.is_at_end && !is_holding {
                return Poll::Ready(Ok(()));
            }
            if this.is_at_end || this.held.len() >= head::LIMIT {
                this.exchange.wake_at_end(context.waker());
                this.let_go(context);
                return Poll::Pending;
            }
            this.held.reserve(CHUNK);
            match poll_read_buf(Pin::new(&mut this.stream), context, &mut this.held) {
                Poll::Ready(Ok(0)) => {
                    this.is_at_end = true;
                    this.client.end();
                }
                Poll::Ready(Ok(_)) => {}
                // Whatever way the client goes, what it has asked for is done, and remembered as what it did not hear of.
                Poll::Ready(Err(_)) if this.phase == Phase::Answering => {
                    this.end();
                    this.client.break_off();
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    ready!(this.poll_patience(context));
                    match this.phase {
                        Phase::Head if !this.held.is_empty() => this.refuse(&Mistake::TooSlow),
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
        if let Some(cut) = this.exchange.take_cut() {
            this.passage = Passage::new(cut, bytes);
        }
        let length = match ready!(this.passage.poll_next(context)) {
            Next::Send(most) => bytes.len().min(most),
            Next::Close => {
                this.end();
                return Poll::Ready(Ok(bytes.len()));
            }
            Next::Reset => {
                // Dropped without more ado, as it is behind an error, the socket resets its connection.
                this.stream.set_zero_linger()?;
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
        };
        match Pin::new(&mut this.stream).poll_write(context, &bytes[..length]) {
            Poll::Ready(written) => {
                if this.stalled.take().is_some() {
                    this.place.end_wait();
                }
                if let Ok(written) = written {
                    this.passage.sent(written);
                }
                Poll::Ready(written)
            }
            Poll::Pending => {
                let patience = this.limits.answer;
                let stalled = this.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
                if !this.place.wait(context) {
                    ready!(stalled.as_mut().poll(context));
                }
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    /// The HTTP layer flushes once the socket has taken all that it wrote.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_sending {
            this.is_sending = false;
            if !this.exchange.is_open() {
                this.passage = Passage::Open;
            }
            // What was held meanwhile is read now, and the patience for the next request begins.
            context.waker().wake_by_ref();
        }
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Closed with something unread, the connection would be reset, and the client perhaps lose the answer.
        let mut unread = [0; CHUNK];
        for _ in 0..UNREAD_CHUNKS {
            if !matches!(this.stream.try_read(&mut unread), Ok(1..)) {
                break;
            }
        }
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}
