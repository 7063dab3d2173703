//! DeleteDisk: takes a disk away that no instance has, found by its id over all regions of the account. Of its snapshots, the
//! automatic ones go with it if it says so; those that somebody made stay.
//!
//! The documentation says of an unknown id that it is ignored, and has a row for it: a setting of the sandbox decides.

use super::rows::{CREATING_SNAPSHOT, INVALID_DISK_ID, NOT_PORTABLE};
use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INCORRECT_DISK_STATUS, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::disk::{self, Disk, DiskStatus};
use crate::model::params::Params;
use crate::model::settings::UnknownOnDelete;
use crate::model::snapshot::{self, Snapshot, Status, Usage};
use crate::model::snapshot_filter::{SnapshotFilter, SnapshotTypeFilter};
use crate::model::time::Time;
use crate::sandboxes::Write;
use crate::store::Stored;

pub static ACTION: Action = Action {
    name: "DeleteDisk",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    DISK_TYPE_VIOLATION = 403 "DiskTypeViolation"
        "The specified disk is a system disk and cannot support the operation.";
    INITIALIZING = 403 "IncorrectDiskStatus.Initializing" "The current disk status does not support this operation.";
    [INCORRECT_DISK_STATUS, NOT_PORTABLE, CREATING_SNAPSHOT, INVALID_DISK_ID]
    {
        "parameter" 400 "InvalidRegionId.MalFormed" "The specified parameter RegionId is not valid.";
        "twin" 403 "DiskStillAttached" "The disk is still attached to the disk.";
        "authorization" 403 "UserNotInTheWhiteList" "The user is not in disk white list.";
        "protection" 403 "InvalidDiskStatus.DeleteProtection"
            "The specified disk is under delete protection, can not be deleted.";
        "internal" 500 "InternalError" "The request processing has failed due to some unknown error.";
    }
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::new(params);
    let disk_id = checks.reading().required("DiskId");
    checks.so_far()?;

    let Some(Stored { resource: disk, .. }) = write.find::<Disk>(disk_id).await? else {
        return match write.settings().unknown_on_delete {
            UnknownOnDelete::Error => Err(Fault::from(&INVALID_DISK_ID)),
            UnknownOnDelete::Ignore => Ok(Box::new(Done {})),
        };
    };
    check(&disk)?;
    let of_disk = SnapshotFilter::of_disk(&disk.region_id, &disk.disk_id);
    let progressing = SnapshotFilter { status: Some(Status::Progressing), ..of_disk.clone() };
    if write.count::<Snapshot>(&progressing).await? > 0 {
        return Err(Fault::from(&CREATING_SNAPSHOT));
    }
    if disk.delete_auto_snapshot {
        let automatic = SnapshotFilter { snapshot_type: Some(SnapshotTypeFilter::Automatic), ..of_disk };
        let automatic = write.matching::<Snapshot>(&automatic, i64::MAX).await?;
        let now = write.now();
        let gone = automatic.iter().filter(|snapshot| !stays(snapshot, now));
        let gone: Vec<&str> = gone.map(|snapshot| snapshot.resource.snapshot_id.as_str()).collect();
        write.delete(&snapshot::KIND, &gone).await?;
    }
    write.delete(&disk::KIND, &[disk_id]).await?;
    Ok(Box::new(Done {}))
}

fn check(disk: &Disk) -> Result<(), Fault> {
    let row = match disk.status() {
        _ if disk.is_system() && disk.instance_id.is_some() => &DISK_TYPE_VIOLATION,
        _ if !disk.is_system() && !disk.is_portable() => &NOT_PORTABLE,
        DiskStatus::Available => return Ok(()),
        DiskStatus::Creating | DiskStatus::ReIniting => &INITIALIZING,
        DiskStatus::InUse | DiskStatus::Attaching | DiskStatus::Detaching => &INCORRECT_DISK_STATUS,
    };
    Err(Fault::from(row))
}

/// Whether an automatic snapshot stays when its disk goes: an image is made of it, or it is locked.
fn stays(snapshot: &Stored<Snapshot>, now: Time) -> bool {
    matches!(snapshot.derived.usage, Usage::Image | Usage::ImageDisk) || snapshot.resource.lock_at(now).is_some()
}
