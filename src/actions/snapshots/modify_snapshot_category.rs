//! ModifySnapshotCategory: makes an archive of a standard snapshot that is 14 days old, found by its id over all regions of the
//! account. There is no way back. Archiving takes no time here.
//!
//! Without RetentionDays an archive is kept for good, whatever was said of the snapshot before.

use super::retention::{DECREASE_RETENTION_DAYS, INVALID_RETENTION_DAYS, LESS_THAN_LOCK, retain};
use serde::Serialize;

use crate::actions::action::{Action, Run};
use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INVALID_SNAPSHOT_ID, Row, Unreachable, rows};
use crate::actions::output::Output;
use crate::model::params::{Params, Reading, Refusal};
use crate::model::snapshot::{Snapshot, Status};
use crate::model::time::Time;
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ModifySnapshotCategory",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    // Of one that failed; one in the making has the next row.
    NOT_READY = 400 "InvalidSnapshotId.NotReady" "The specified snapshot has not completed yet.";
    UNFINISHED = 400 "InvalidStatus.SnapshotUnfinished" "The specified unfinished snapshot is not support archive.";
    AGE_LIMIT = 400 "InvalidStatus.SnapshotAgeLimit"
        "The specified snapshot created within 14 days is not support archive.";
    IN_ARCHIVE = 400 "InvalidStatus.SnapshotInArchive" "The specified snapshot is currently being archived.";
    INVALID_CATEGORY = 400 "InvalidParameter.SnapshotCategory" "The specified parameter category is invalid.";
    INSTANT_ACCESS_ENABLED = 403 "InvalidOperation.InstantAccessEnabledUnsupport"
        "The specified snapshot with legacy Instant Access enabled does not support archive.";
    ENCRYPTED = 403 "InvalidOperation.EncryptedSnapshotUnsupport"
        "Archiving encrypted snapshots is not currently supported.";
    [INVALID_RETENTION_DAYS, DECREASE_RETENTION_DAYS, LESS_THAN_LOCK, INVALID_SNAPSHOT_ID]
    {
        "sharing" 400 "InvalidOperation.ArchiveSharedSnapshotUnsupported"
            "The specified shared snapshot is not support archive.";
        "boxes" 400 "InvalidOperation.ArchiveCloudBoxSnapshotUnsupported"
            "The specified snapshot in CloudBox is not support archive.";
        "products" 403 "InvalidOperation.ResourceManagedByCloudProduct"
            "The current operation is not supported because the resource is managed by a cloud product. Please contact the relevant cloud product to confirm the reason.";
        "immediate" 403 "QuotaExceed.ConcurrentArchiveSnapshotQuota"
            "The number of concurrent archiving tasks associated with the disk of the current snapshot has exceeded the quota limit. Please try again later.";
        "free" 403 "InvalidOperation.DefaultFreeSnapshotNotSupport"
            "The specified snapshot is a default free snapshot and does not support this operation.";
    }
}

/// Seconds from the creation of a snapshot until it can be archived: 14 days.
const MINIMUM_AGE: i64 = 14 * 24 * 60 * 60;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    task_id: String,
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    (refusal.parameter == "RetentionDays").then_some(&INVALID_RETENTION_DAYS)
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    // Not marked as required; but there is nothing else to do than what it says.
    let category = checks.reading().text("Category");
    checks.value(category.is_some_and(|text| text.eq_ignore_ascii_case("archive")), &INVALID_CATEGORY);
    // 14 days as a standard snapshot, and 60 as an archive.
    let retention_days = checks.integer("RetentionDays", 74..=65_536, &INVALID_RETENTION_DAYS);
    let snapshot_id = checks.reading().required("SnapshotId");
    checks.so_far()?;

    let mut snapshot = write.find::<Snapshot>(snapshot_id).await?.ok_or(&INVALID_SNAPSHOT_ID)?.resource;
    check(&snapshot, write.now())?;
    if let Some(days) = retention_days {
        retain(&mut snapshot, days, write.now())?;
    } else {
        snapshot.retain_for_good();
    }
    "archive".clone_into(&mut snapshot.category);
    snapshot.last_modified_time = Some(write.now());
    write.put(&snapshot).await?;
    Ok(Box::new(Reply { task_id: write.new_task_id(&snapshot.region_id) }))
}

/// Whether the snapshot can be archived.
fn check(snapshot: &Snapshot, now: Time) -> Result<(), Fault> {
    match snapshot.status(now) {
        Status::Progressing => return Err(Fault::from(&UNFINISHED)),
        Status::Failed => return Err(Fault::from(&NOT_READY)),
        Status::Accomplished => {}
    }
    if snapshot.is_of_category("archive") {
        return Err(Fault::from(&IN_ARCHIVE));
    }
    // Instant access was a category of its own, flash, before it was a parameter.
    if snapshot.is_of_category("flash") || snapshot.instant_access == Some(true) {
        return Err(Fault::from(&INSTANT_ACCESS_ENABLED));
    }
    if snapshot.encrypted {
        return Err(Fault::from(&ENCRYPTED));
    }
    if snapshot.creation_time.plus(MINIMUM_AGE) > now {
        return Err(Fault::from(&AGE_LIMIT));
    }
    Ok(())
}
