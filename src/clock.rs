//! What time it is, and how long the server runs. The only caller of the system's clocks for anything that the API reports or
//! that lasts.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::model::journal_entry;
use crate::model::time::Time;

/// The time that statuses, ages and timestamps are told by.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's.
    Real,
    /// Stands still until it is set.
    Frozen(Arc<Frozen>),
}

/// What a frozen clock shows.
#[derive(Debug)]
pub struct Frozen {
    time: AtomicI64,
    running: AtomicI64,
    /// Seconds by which each look at it moves it.
    pace: AtomicI64,
}

impl Clock {
    /// A clock that stands at `time`.
    #[must_use]
    pub fn frozen(time: Time) -> Self {
        Self::Frozen(Arc::new(Frozen {
            time: AtomicI64::new(time.0),
            running: AtomicI64::new(0),
            pace: AtomicI64::new(0),
        }))
    }

    /// Puts a frozen clock to `time`; the real one does not listen.
    pub fn set(&self, time: Time) {
        if let Self::Frozen(frozen) = self {
            frozen.time.store(time.0, Ordering::SeqCst);
        }
    }

    /// Lets a frozen clock run for so many seconds at once.
    pub fn run(&self, seconds: i64) {
        if let Self::Frozen(frozen) = self {
            frozen.time.fetch_add(seconds, Ordering::SeqCst);
            frozen.running.fetch_add(seconds, Ordering::SeqCst);
        }
    }

    /// Moves a frozen clock by so many seconds at each look at it, as time passes while somebody works.
    pub fn set_pace(&self, seconds: i64) {
        if let Self::Frozen(frozen) = self {
            frozen.pace.store(seconds, Ordering::SeqCst);
        }
    }

    /// Seconds that have passed since some moment of this process. Unlike [`Clock::now`] they never jump, whatever somebody
    /// sets the system's clock to.
    #[must_use]
    pub fn running(&self) -> i64 {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        match self {
            Self::Real => i64::try_from(START.elapsed().as_secs()).unwrap_or(i64::MAX),
            Self::Frozen(frozen) => frozen.running.load(Ordering::SeqCst),
        }
    }

    /// The time to the millisecond. A frozen clock is not moved by it.
    #[must_use]
    pub fn moment(&self) -> journal_entry::Instant {
        journal_entry::Instant(match self {
            Self::Real => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Self::Frozen(frozen) => frozen.time.load(Ordering::SeqCst).saturating_mul(1_000),
        })
    }

    #[must_use]
    pub fn now(&self) -> Time {
        match self {
            // A system clock before 1970 is as good as one at 1970.
            Self::Real => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(Time(0), |since| Time(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))),
            Self::Frozen(frozen) => Time(frozen.time.fetch_add(frozen.pace.load(Ordering::SeqCst), Ordering::SeqCst)),
        }
    }
}
