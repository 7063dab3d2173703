//! What time it is. The only caller of the system clock for anything that the API reports.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::time::Time;

/// The time that statuses, ages and timestamps are told by.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's.
    Real,
    /// Stands still until it is set.
    Frozen(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `time`.
    #[must_use]
    pub fn frozen(time: Time) -> Self {
        Self::Frozen(Arc::new(AtomicI64::new(time.0)))
    }

    /// Puts a frozen clock to `time`; the real one does not listen.
    pub fn set(&self, time: Time) {
        if let Self::Frozen(seconds) = self {
            seconds.store(time.0, Ordering::SeqCst);
        }
    }

    #[must_use]
    pub fn now(&self) -> Time {
        match self {
            // A system clock before 1970 is as good as one at 1970.
            Self::Real => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(Time(0), |since| Time(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))),
            Self::Frozen(seconds) => Time(seconds.load(Ordering::SeqCst)),
        }
    }
}
