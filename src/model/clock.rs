//! The clock of a sandbox: what time it is there, given the real time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::journal_entry::Instant;
use super::time::Time;

/// How the time of a sandbox follows from the real time. Everything that the API reports goes by it: statuses, progress,
/// expiry, timestamps.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(tag = "Mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum SandboxClock {
    /// The real time.
    #[default]
    Real,
    /// Stands still.
    #[serde(rename_all = "PascalCase")]
    Frozen {
        /// Where it stands; now, if it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<Time>,
    },
    /// Ahead of the real time, or behind it.
    #[serde(rename_all = "PascalCase")]
    Offset {
        /// Seconds ahead of the real time; behind it if negative.
        seconds: i64,
    },
    /// Runs faster or slower than the real time.
    #[serde(rename_all = "PascalCase")]
    Scaled {
        /// Seconds of the sandbox for one real second.
        #[schema(minimum = 0, maximum = 1_000_000)]
        rate: f64,
        /// Where it stood at the real time `Since`; now, if it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<Time>,
        /// A real time; now, if it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Time>,
    },
}

/// Ten thousand years, in seconds: no clock goes farther than that from the real time.
pub const FARTHEST: i64 = 315_576_000_000;

impl SandboxClock {
    /// The sandbox's time when it is `real`. Never outside of what the API can write.
    #[must_use]
    pub fn at(&self, real: Time) -> Time {
        let seconds = match *self {
            Self::Real => real.0,
            Self::Frozen { time } => time.unwrap_or(real).0,
            Self::Offset { seconds } => real.0.saturating_add(seconds),
            Self::Scaled { rate, time, since } => {
                let elapsed = real.0.saturating_sub(since.unwrap_or(real).0);
                // A float holds the seconds of ten thousand years exactly.
                #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
                let scaled = (elapsed as f64 * rate) as i64;
                time.unwrap_or(real).0.saturating_add(scaled)
            }
        };
        Time(seconds.clamp(Time::FIRST, Time::LAST))
    }

    /// As [`SandboxClock::at`], to the millisecond.
    #[must_use]
    pub fn at_moment(&self, real: Instant) -> Instant {
        let (second, rest) = (Time(real.0.div_euclid(1_000)), real.0.rem_euclid(1_000));
        let milliseconds = match *self {
            Self::Real | Self::Offset { .. } => self.at(second).0 * 1_000 + rest,
            Self::Frozen { .. } => self.at(second).0 * 1_000,
            Self::Scaled { rate, time, since } => {
                let elapsed = real.0.saturating_sub(since.unwrap_or(second).0.saturating_mul(1_000));
                // A float holds the milliseconds of ten thousand years exactly.
                #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
                let scaled = (elapsed as f64 * rate) as i64;
                time.unwrap_or(second).0.saturating_mul(1_000).saturating_add(scaled)
            }
        };
        Instant(milliseconds.clamp(Time::FIRST * 1_000, Time::LAST * 1_000 + 999))
    }

    /// Whether no time passes by itself.
    #[must_use]
    pub fn stands_still(&self) -> bool {
        match *self {
            Self::Frozen { .. } => true,
            Self::Scaled { rate, .. } => rate == 0.0,
            Self::Real | Self::Offset { .. } => false,
        }
    }

    /// This clock with everything said that it leaves open, seen from the clock before it: a clock that is frozen without a
    /// time stands where it was.
    #[must_use]
    pub fn started(self, before: &Self, real: Time) -> Self {
        let now = before.at(real);
        match self {
            Self::Frozen { time } => Self::Frozen { time: Some(time.unwrap_or(now)) },
            Self::Scaled { rate, time, since } => {
                Self::Scaled { rate, time: Some(time.unwrap_or(now)), since: Some(since.unwrap_or(real)) }
            }
            other => other,
        }
    }

    /// This clock, `seconds` further. The real clock becomes one with an offset.
    #[must_use]
    pub fn advanced(self, seconds: i64, real: Time) -> Self {
        match self {
            Self::Real => Self::Offset { seconds },
            Self::Frozen { .. } => Self::Frozen { time: Some(self.at(real).plus(seconds)) },
            Self::Offset { seconds: before } => {
                Self::Offset { seconds: before.saturating_add(seconds).clamp(-FARTHEST, FARTHEST) }
            }
            Self::Scaled { rate, time, since } => {
                Self::Scaled { rate, time: Some(time.unwrap_or(real).plus(seconds)), since }
            }
        }
    }
}
