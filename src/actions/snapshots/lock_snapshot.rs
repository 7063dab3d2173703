//! LockSnapshot: keeps a snapshot from being deleted for some days. In the first hours, the cool-off period, the lock can be undone
//! and made anew in every part; after them it can only be made longer.
//!
//! Checks run in the order of the documentation's table of parameters: ClientToken, CoolOffPeriod, DryRun, LockDuration, LockMode,
//! RegionId, SnapshotId. Then come those of the snapshot: its existence, whether it is available, the lock that it has, its
//! retention.

use serde::Serialize;

use super::locked_snapshot_info::LockedSnapshotInfo;
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, IDEMPOTENT_PARAMETER_MISMATCH, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::model::lock::{COOL_OFF_PERIODS, LOCK_DURATIONS, Lock, LockMode, LockStatus};
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::snapshot::{Snapshot, Status};
use crate::model::time::Time;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "LockSnapshot",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: true,
    client_token_mismatch: Some(&IDEMPOTENT_PARAMETER_MISMATCH),
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_LOCK_MODE = 400 "InvalidLockMode.Malformed"
        "The specified parameter LockMode is invalid. Please check the valid range for this parameter.";
    EXCEED_RETENTION_DAYS = 400 "InvalidLockDuration.ExceedRetentionDays"
        "The specified parameter LockDuration is invalid. The LockDuration should be less than the snapshot RetentionDays.";
    EXCEED_LOCK_DURATION = 400 "InvalidCoolOffPeriod.ExceedLockDuration"
        "The specified parameter CoolOffPeriod is invalid. The CoolOffPeriod should be less than the LockDuration.";
    NOT_AVAILABLE = 403 "InvalidOperation.SnapshotNotAvailable" "The unavailable snapshot does not support locking.";
    COOL_OFF_PERIOD_EXPIRED = 403 "InvalidOperation.CoolOffPeriodExpired"
        "The snapshot is locked in compliance mode, and the cool-off period has expired. The current operation is not supported.";
    // Without a full stop, as the documentation has it.
    INVALID_SNAPSHOT_ID = 404 "InvalidSnapshotId.NotFound" "The specified snapshot is not found";
    [IDEMPOTENT_PARAMETER_MISMATCH]
    {
        "products" 403 "InvalidOperation.ResourceManagedByCloudProduct"
            "The current operation is not supported because the resource is managed by a cloud product [%s]. Please contact the relevant cloud product to confirm the reason.";
        "sharing" 403 "InvalidOperation.LockSharedSnapshotUnsupported" "The shared snapshot does not support locking.";
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    locked_snapshot_info: LockedSnapshotInfo,
}

/// What a request asks for.
struct Asked<'a> {
    region_id: &'a str,
    snapshot_id: &'a str,
    lock_mode: LockMode,
    lock_duration: i32,
    cool_off_period: i32,
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    let is_mode = refusal.parameter == "LockMode" && refusal.reason == Reason::NotPermitted;
    is_mode.then_some(&INVALID_LOCK_MODE)
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    checks.client_token();
    let cool_off_period = checks.required_integer("CoolOffPeriod", COOL_OFF_PERIODS, "a number of hours from 0 to 72");
    checks.reading().boolean("DryRun");
    let lock_duration = checks.required_integer("LockDuration", LOCK_DURATIONS, "a number of days from 1 to 36500");
    checks.reading().required("LockMode");
    let lock_mode = checks.reading().word("LockMode", "compliance").unwrap_or_default();
    let region_id = checks.reading().required("RegionId");
    let snapshot_id = checks.reading().required("SnapshotId");
    checks.so_far()?;
    Ok(Asked { region_id, snapshot_id, lock_mode, lock_duration, cool_off_period })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    let mut snapshot =
        write.find_in::<Snapshot>(asked.region_id, asked.snapshot_id).await?.ok_or(&INVALID_SNAPSHOT_ID)?;
    let now = write.now();
    if !snapshot.is_available(now) {
        return Err(Fault::from(&NOT_AVAILABLE));
    }
    let lock = lock(&asked, &snapshot, now)?;
    if snapshot.retention_end().is_some_and(|end| lock.expired_time() > end) {
        return Err(Fault::from(&EXCEED_RETENTION_DAYS));
    }
    let locked_snapshot_info = LockedSnapshotInfo::new(&snapshot, &lock, now);
    snapshot.lock = Some(lock);
    write.put(&snapshot).await?;
    Ok(Box::new(Reply { locked_snapshot_info }))
}

/// The lock that the snapshot is to have.
fn lock(asked: &Asked<'_>, snapshot: &Snapshot, now: Time) -> Result<Lock, Fault> {
    let kept = snapshot.lock.as_ref().filter(|lock| lock.status(now) == LockStatus::Compliance);
    if let Some(kept) = kept {
        // From here on it only gets longer, and what could be undone before still cannot.
        if asked.cool_off_period != 0 || asked.lock_duration <= kept.lock_duration {
            return Err(Fault::from(&COOL_OFF_PERIOD_EXPIRED));
        }
        return Ok(Lock { lock_duration: asked.lock_duration, cool_off_period: 0, ..kept.clone() });
    }
    let lock = Lock {
        lock_mode: asked.lock_mode,
        lock_duration: asked.lock_duration,
        cool_off_period: asked.cool_off_period,
        lock_creation_time: now,
        // The days of one in the making count once it is made; where nobody knows when that is, at once.
        lock_duration_start_time: match snapshot.status(now) {
            Status::Progressing => snapshot.ready_time.filter(|ready| *ready > now).unwrap_or(now),
            Status::Accomplished | Status::Failed => now,
        },
    };
    if lock.outlasts_its_cool_off() { Ok(lock) } else { Err(Fault::from(&EXCEED_LOCK_DURATION)) }
}
