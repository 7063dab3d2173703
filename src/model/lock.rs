//! The lock of a snapshot: until when nobody can delete it, and until when the lock itself can be undone.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use super::fields;
use super::kind::DocumentError;
use super::time::Time;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// How a snapshot is locked. There is one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LockMode {
    #[default]
    Compliance,
}

/// What a lock is like at a time (DescribeLockedSnapshots, LockStatus).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum LockStatus {
    /// It can still be undone and changed.
    ComplianceCooloff,
    /// It can only be made longer.
    Compliance,
    /// It is over, and shown nevertheless.
    Expired,
}

/// A lock, in the words of LockedSnapshotInfo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Lock {
    #[serde(default, deserialize_with = "fields::or_default")]
    pub lock_mode: LockMode,
    /// Days.
    #[serde(default, deserialize_with = "fields::integer_or::<_, 0>")]
    pub lock_duration: i32,
    /// Hours.
    #[serde(default, deserialize_with = "fields::integer_or::<_, 0>")]
    pub cool_off_period: i32,
    /// The creation time of the snapshot, if it is left out.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub lock_creation_time: Time,
    /// The creation time of the lock, if it is left out.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub lock_duration_start_time: Time,
}

/// Days that a lock may last, and hours that it may be undone.
pub const LOCK_DURATIONS: std::ops::RangeInclusive<i32> = 1..=36_500;
pub const COOL_OFF_PERIODS: std::ops::RangeInclusive<i32> = 0..=72;

impl Lock {
    /// When it is over.
    #[must_use]
    pub fn expired_time(&self) -> Time {
        self.lock_duration_start_time.plus(i64::from(self.lock_duration) * DAY)
    }

    /// From when on it can no longer be undone.
    #[must_use]
    pub fn cool_off_period_expired_time(&self) -> Time {
        self.lock_creation_time.plus(i64::from(self.cool_off_period) * HOUR)
    }

    /// Its status at `now`. The store's SQL says the same for filters.
    #[must_use]
    pub fn status(&self, now: Time) -> LockStatus {
        if now >= self.expired_time() {
            LockStatus::Expired
        } else if now >= self.cool_off_period_expired_time() {
            LockStatus::Compliance
        } else {
            LockStatus::ComplianceCooloff
        }
    }

    /// Whether the time in which it can be undone is no longer than the lock.
    #[must_use]
    pub fn outlasts_its_cool_off(&self) -> bool {
        i64::from(self.cool_off_period) * HOUR <= i64::from(self.lock_duration) * DAY
    }

    /// Fills in what an entry of a document leaves out.
    pub(super) fn complete(&mut self, creation_time: Time) -> Result<(), DocumentError> {
        if !LOCK_DURATIONS.contains(&self.lock_duration) {
            let reason = format!("{} is no number of days from 1 to 36500", self.lock_duration);
            return Err(DocumentError::field("Lock.LockDuration", reason));
        }
        if !COOL_OFF_PERIODS.contains(&self.cool_off_period) || !self.outlasts_its_cool_off() {
            let reason =
                format!("{} is no number of hours from 0 to 72, and not beyond the lock", self.cool_off_period);
            return Err(DocumentError::field("Lock.CoolOffPeriod", reason));
        }
        if self.lock_creation_time.is_unsaid() {
            self.lock_creation_time = creation_time;
        }
        if self.lock_duration_start_time.is_unsaid() {
            self.lock_duration_start_time = self.lock_creation_time;
        }
        Ok(())
    }
}
