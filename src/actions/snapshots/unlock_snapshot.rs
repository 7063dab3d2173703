//! UnlockSnapshot: takes the lock of a snapshot away, while it can be undone.
//!
//! A lock that is over is none to be undone, so that whoever cleans up learns that nothing is left to do.

use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, IDEMPOTENT_PARAMETER_MISMATCH, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::lock::LockStatus;
use crate::model::params::Params;
use crate::model::snapshot::Snapshot;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "UnlockSnapshot",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: true,
    client_token_mismatch: Some(&IDEMPOTENT_PARAMETER_MISMATCH),
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    COOL_OFF_PERIOD_EXPIRED = 403 "InvalidOperation.CoolOffPeriodExpired"
        "The snapshot is locked in compliance mode, and the cool-off period has expired. The current operation is not supported.";
    INVALID_SNAPSHOT_ID = 404 "InvalidSnapshotId.NotFound" "The specified snapshot is not found";
    INVALID_SNAPSHOT_LOCK = 404 "InvalidSnapshotLock.NotFound" "The specified snapshot(s) {} is(are) not locked.";
    [IDEMPOTENT_PARAMETER_MISMATCH]
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    checks.client_token();
    checks.reading().boolean("DryRun");
    let region_id = checks.reading().required("RegionId");
    let snapshot_id = checks.reading().required("SnapshotId");
    checks.so_far()?;

    let mut snapshot = write.find_in::<Snapshot>(region_id, snapshot_id).await?.ok_or(&INVALID_SNAPSHOT_ID)?;
    let status = snapshot.lock.as_ref().map(|lock| lock.status(write.now()));
    match status {
        Some(LockStatus::ComplianceCooloff) => {}
        Some(LockStatus::Compliance) => return Err(Fault::from(&COOL_OFF_PERIOD_EXPIRED)),
        Some(LockStatus::Expired) | None => return Err(INVALID_SNAPSHOT_LOCK.about(snapshot_id)),
    }
    snapshot.lock = None;
    write.put(&snapshot).await?;
    Ok(Box::new(Done {}))
}
