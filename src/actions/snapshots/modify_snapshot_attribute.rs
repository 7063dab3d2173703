//! ModifySnapshotAttribute: another name, another description, a longer retention, for a snapshot that is found by its id over
//! all regions of the account.

use super::retention::{DECREASE_RETENTION_DAYS, INVALID_RETENTION_DAYS, LESS_THAN_LOCK, retain};
use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_name, is_no_address};
use crate::actions::faults::{Fault, INVALID_DESCRIPTION, INVALID_SNAPSHOT_ID, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::params::{Params, Reading, Refusal};
use crate::model::snapshot::{Snapshot, Status};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ModifySnapshotAttribute",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_SNAPSHOT_NAME = 400 "InvalidSnapshotName.Malformed" "The specified SnapshotName is wrongly formed.";
    NO_ATTRIBUTE_TO_MODIFY = 400 "NoAttributeToModify" "No attribute to be modified in this request.";
    // The last of these is in the table of ModifySnapshotCategory alone.
    NOT_READY = 400 "InvalidSnapshotId.NotReady" "The specified snapshot has not completed yet.";
    INVALID_DISABLE_INSTANT_ACCESS = 404 "InvalidSnapshotDisableInstantAccess.Malformed" "The specified DisableInstantAccess is not valid!";
    [INVALID_RETENTION_DAYS, DECREASE_RETENTION_DAYS, LESS_THAN_LOCK, INVALID_DESCRIPTION, INVALID_SNAPSHOT_ID]
    {
        "internal" 400 "IncorrectDiskStatus.CreatingSnapshot" "A previous snapshot creation is in process.";
        "products" 403 "InvalidOperation.ResourceManagedByCloudProduct"
            "The current operation is not supported because the resource is managed by a cloud product. Please contact the \
     relevant cloud product to confirm the reason.";
        "free" 403 "InvalidOperation.DefaultFreeSnapshotNotSupport"
            "The specified snapshot is a default free snapshot and does not support this operation.";
    }
}

/// What is to be changed.
struct Asked<'a> {
    snapshot_id: &'a str,
    description: Option<&'a str>,
    retention_days: Option<i32>,
    snapshot_name: Option<&'a str>,
}

fn row(refusal: &Refusal) -> Option<&'static Row> {
    match refusal.parameter.as_str() {
        "DisableInstantAccess" => Some(&INVALID_DISABLE_INSTANT_ACCESS),
        "RetentionDays" => Some(&INVALID_RETENTION_DAYS),
        _ => None,
    }
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::of(Reading::new(params), row);
    checks.text("Description", &INVALID_DESCRIPTION, |text| text.chars().count() <= 256 && is_no_address(text));
    // Instant access has no effect any more, so there is none to take away.
    let is_instant_access_named = checks.reading().boolean("DisableInstantAccess").is_some();
    let retention_days = checks.integer("RetentionDays", 1..=65_536, &INVALID_RETENTION_DAYS);
    let snapshot_id = checks.reading().required("SnapshotId");
    let snapshot_name =
        checks.text("SnapshotName", &INVALID_SNAPSHOT_NAME, |text| is_name(text, ":_.-") && !text.starts_with("auto"));
    checks.so_far()?;
    // Of all parameters, this one alone may be said to be empty, which takes the description away.
    let description = params.raw("Description");
    if description.is_none() && !is_instant_access_named && retention_days.is_none() && snapshot_name.is_none() {
        return Err(Fault::from(&NO_ATTRIBUTE_TO_MODIFY));
    }
    Ok(Asked { snapshot_id, description, retention_days, snapshot_name })
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    let mut snapshot = write.find::<Snapshot>(asked.snapshot_id).await?.ok_or(&INVALID_SNAPSHOT_ID)?.resource;
    if snapshot.status(write.now()) != Status::Accomplished {
        return Err(Fault::from(&NOT_READY));
    }
    if let Some(days) = asked.retention_days {
        retain(&mut snapshot, days, write.now())?;
    }
    if let Some(description) = asked.description {
        description.clone_into(&mut snapshot.description);
    }
    if let Some(snapshot_name) = asked.snapshot_name {
        snapshot.snapshot_name = Some(snapshot_name.to_owned());
    }
    snapshot.last_modified_time = Some(write.now());
    write.put(&snapshot).await?;
    Ok(Box::new(Done {}))
}
