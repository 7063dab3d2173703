//! DeleteSnapshot: takes a snapshot away, found by its id over all regions of the account. One that is still being made is
//! no longer made.
//!
//! The documentation says of an unknown id that it is ignored, and has a row for it: a setting of the sandbox decides.

use super::deletion::{self, SNAPSHOT_CREATED_DISK, SNAPSHOT_CREATED_IMAGE, SNAPSHOT_LOCKED};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::params::{Params, Reading, Reason, Refusal};
use crate::model::settings::UnknownOnDelete;
use crate::model::snapshot::{self, Snapshot};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "DeleteSnapshot",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    MISSING_SNAPSHOT_ID = 400 "MissingParameter"
        "The input parameter SnapshotId that is mandatory for processing this request is not supplied.";
    INVALID_SNAPSHOT_ID = 404 "InvalidSnapshotId.NotFound" "The specified snapshot is not found.";
    [SNAPSHOT_CREATED_IMAGE, SNAPSHOT_CREATED_DISK, SNAPSHOT_LOCKED]
    {
        "cancelled" 400 "IncorrectDiskStatus.CreatingSnapshot" "A previous snapshot creation is in process.";
        "queued" 403 "Operation.Conflict" "The operation may conflicts with others, please retry later.";
        "copies" 403 "InvalidOperation.RelatedSnapshotNotFinished" "The related standard snapshot is not finished.";
        "twin" 403 "SnapshotCreatedDisk"
            "The snapshot that you are trying to delete is in use by one or more disks.";
        "sharing" 403 "InvalidOperation.DeleteSharedSnapshotUnsupported"
            "The current snapshot shares authorization with other users. Please revoke the shared authorization through resource \
     management first.";
        "products" 403 "InvalidOperation.ResourceManagedByCloudProduct"
            "The current operation is not supported because the resource is managed by a cloud product. Please contact the \
     relevant cloud product to confirm the reason.";
    }
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    (refusal.reason == Reason::Missing).then_some(&MISSING_SNAPSHOT_ID)
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    let is_forced = checks.reading().boolean("Force").unwrap_or(false);
    let snapshot_id = checks.reading().required("SnapshotId");
    checks.so_far()?;

    let Some(found) = write.find::<Snapshot>(snapshot_id).await? else {
        return match write.settings().unknown_on_delete {
            UnknownOnDelete::Error => Err(Fault::from(&INVALID_SNAPSHOT_ID)),
            UnknownOnDelete::Ignore => Ok(Box::new(Done {})),
        };
    };
    if let Some(row) = deletion::kept(&found, is_forced, write.now()) {
        return Err(Fault::from(row));
    }
    write.delete(&snapshot::KIND, &[snapshot_id]).await?;
    Ok(Box::new(Done {}))
}
