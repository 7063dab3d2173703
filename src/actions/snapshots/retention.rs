//! How long a snapshot is kept: what several actions check of RetentionDays, with their rows.

use crate::actions::faults::{Fault, Row};
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;

pub static INVALID_RETENTION_DAYS: Row =
    Row::new(400, "InvalidRetentionDays.Malformed", "The specified RetentionDays is not valid.");
pub static DECREASE_RETENTION_DAYS: Row = Row::new(
    400,
    "InvalidOperation.DecreaseRetentionDaysUnsupported",
    "The requested operation to decrease retention days for the snapshot is not supported.",
);
pub static LESS_THAN_LOCK: Row = Row::new(
    400,
    "InvalidRetentionDays.LessThanLockExpiredTime",
    "The specified parameter RetentionDays is invalid. The RetentionDays should be greater than the snapshot LockExpiredTime.",
);

/// Keeps a snapshot for so many days, which must be no fewer than before and must go beyond its lock.
pub fn retain(snapshot: &mut Snapshot, days: i32, now: Time) -> Result<(), Fault> {
    if snapshot.retention_days.is_some_and(|before| days < before) {
        return Err(Fault::from(&DECREASE_RETENTION_DAYS));
    }
    if snapshot.is_locked_beyond(days, now) {
        return Err(Fault::from(&LESS_THAN_LOCK));
    }
    snapshot.retain(days);
    Ok(())
}
