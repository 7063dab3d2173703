//! What the socket gets of an answer whose connection is made to fail, and when.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use crate::model::cut::Cut;

/// Bytes that dribble at once, of an answer that is not long.
const PIECE: usize = 16;

/// How long a client waits for the next piece.
const PAUSE: Duration = Duration::from_millis(50);

/// Pieces of a long answer, which are larger then, so that their pauses come to half a minute. On its way it is a little longer:
/// a pause begins when the piece before has gone, and timers are late rather than early.
const MOST_PIECES: usize = 600;

/// What ends a head.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// The way of an answer to the socket.
#[derive(Debug, Default)]
pub enum Passage {
    /// Nothing is in the way.
    #[default]
    Open,
    /// So many more bytes go through.
    Beginning(usize),
    /// So many bytes go through at once, and then none until the time is over.
    Pieces(usize, Pin<Box<Sleep>>),
    /// It ends with a reset.
    Reset,
}

/// What is to become of the bytes that the HTTP layer writes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// So many of them may go to the socket.
    Send(usize),
    /// The client never sees them, and the connection is closed in order.
    Close,
    /// The client never sees them, and learns so at once.
    Reset,
}

impl Passage {
    /// Of an answer that is cut. Those of the cloud plane are whole in memory, so the HTTP layer writes each at once.
    pub fn new(cut: Cut, answer: &[u8]) -> Self {
        match cut {
            Cut::Reset => Self::Reset,
            Cut::Empty => Self::Beginning(0),
            Cut::Truncate => Self::Beginning(half(answer)),
            Cut::Dribble => {
                Self::Pieces(PIECE.max(answer.len().div_ceil(MOST_PIECES)), Box::pin(sleep(Duration::ZERO)))
            }
        }
    }

    /// Waits until some bytes may go, or none any more.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Next> {
        Poll::Ready(match self {
            Self::Open => Next::Send(usize::MAX),
            Self::Beginning(0) => Next::Close,
            Self::Beginning(length) => Next::Send(*length),
            Self::Pieces(length, pause) => {
                ready!(pause.as_mut().poll(context));
                Next::Send(*length)
            }
            Self::Reset => Next::Reset,
        })
    }

    /// So many have gone.
    pub fn sent(&mut self, bytes: usize) {
        match self {
            Self::Beginning(length) => *length -= bytes,
            Self::Pieces(_, pause) => pause.as_mut().reset(Instant::now() + PAUSE),
            Self::Open | Self::Reset => {}
        }
    }
}

/// The bytes of an answer up to the middle of its body, or of its head if it has none: fewer than it announces.
fn half(answer: &[u8]) -> usize {
    let end = answer.windows(END_OF_HEAD.len()).position(|bytes| bytes == END_OF_HEAD);
    match end.map(|end| end + END_OF_HEAD.len()) {
        Some(head) if head < answer.len() => head + (answer.len() - head) / 2,
        _ => answer.len() / 2,
    }
}
