//! How the connection of a client can be made to fail.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What becomes of an answer on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cut {
    /// None is sent, and the connection is reset (TCP RST).
    Reset,
    /// None is sent, and the connection is closed in order.
    Empty,
    /// Half of its body is sent, and the connection is closed.
    Truncate,
    /// All of it comes, a few bytes at a time.
    Dribble,
}

impl Cut {
    /// Whether the client never has the whole answer.
    #[must_use]
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Reset | Self::Empty | Self::Truncate)
    }

    /// Whether the client has no byte of it.
    #[must_use]
    pub fn is_silent(self) -> bool {
        matches!(self, Self::Reset | Self::Empty)
    }
}
