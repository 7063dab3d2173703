//! ModifyDiskAttribute: another name, another description, other switches, for one disk or for several: all of them or none.
//! They are found by their ids over all regions of the account, or in the region that is named.
//!
//! What is not there is said of the first disk, in the order of the request, to which it applies.

use super::rows::{DELETE_WITH_INSTANCE_CONFLICT, INVALID_DISK_ID, NOT_PORTABLE};
use crate::actions::action::{Action, Run};
use crate::actions::checks::{Checks, is_description, is_name};
use crate::actions::faults::{Fault, INVALID_DESCRIPTION, Row, Unreachable, rows};
use crate::actions::output::{Done, Output};
use crate::model::disk::{Disk, DiskStatus};
use crate::model::disk_category::is_provisioned;
use crate::model::kind::Entry;
use crate::model::params::{Params, Reason, Refusal, Type};
use crate::sandboxes::Write;

pub static ACTION: Action = Action {
    name: "ModifyDiskAttribute",
    run: Run::Write(|params, write| Box::pin(run(params, write))),
    has_dry_run: false,
    client_token_mismatch: None,
    ignored: &[],
    faults: ROWS,
    unreachable: UNREACHABLE,
};

rows! {
    INVALID_DISK_NAME = 400 "InvalidDiskName.Malformed" "The specified disk name is wrongly formed.";
    NO_ATTRIBUTE_TO_MODIFY = 400 "NoAttributeToModify" "No attribute to be modified in this request.";
    INVALID_REGION_ID = 400 "InvalidRegionId.MalFormed" "The specified RegionId is not valid.";
    MISSING_DISK_ID = 400 "MissingParameter.DiskIdOrDiskIds" "Specified parameter DiskId or DiskIds is missing.";
    DISK_ID_CONFLICT = 400 "ParameterConflict.DiskIdAndDiskIds"
        "Specified parameter DiskId and DiskIds conflict, only one can be chosen.";
    BURSTING_CATEGORY = 400 "BurstingEnabledForDiskCategoryUnsupported"
        "The specified disk category does not support bursting enabled.";
    BURSTING_MULTI_ATTACH = 400 "BurstingEnabledForMultiAttachDiskUnsupported"
        "The multi attach disk does not support bursting enabled.";
    BURSTING_SIZE = 400 "InvalidBurstingEnabled.DiskSizeTooSmall"
        "The disk size must be greater than 3 GiB to enable burst.";
    INCORRECT_DISK_STATUS = 403 "IncorrectDiskStatus" "The operation is not supported in this status.";
    [NOT_PORTABLE, DELETE_WITH_INSTANCE_CONFLICT, INVALID_DISK_ID, INVALID_DESCRIPTION]
    {
        "twin" 400 "IncompleteParamter" "Some fields can not be null in this request.";
        "momentary" 400 "BurstingEnabledForModifyingDiskUnsupported"
            "The modifying disk does not support bursting enabled.";
        "policies" 403 "QuotaExceed.Snapshot" "The snapshot quota exceeds.";
        "authorization" 403 "UserNotInTheWhiteList" "The user is not in disk white list.";
        "market" 403 "DeleteWithInstance.Conflict"
            "The specified image is from the image market, you cannot set DeleteWithInstance attribute to false.";
        "internal" 404 "InvalidInstanceId.NotFound" "Specified attached instance does not exist.";
    }
}

/// N of DiskIds.N runs from 1 to this.
const LAST_N: u32 = 100;

/// A burstable disk is larger than this, in GiB.
const NO_BURST: i32 = 3;

/// What is to be changed, and of which disks.
struct Asked<'a> {
    bursting_enabled: Option<bool>,
    delete_auto_snapshot: Option<bool>,
    delete_with_instance: Option<bool>,
    description: Option<&'a str>,
    disk_ids: Vec<&'a str>,
    disk_name: Option<&'a str>,
    enable_auto_snapshot: Option<bool>,
    region_id: Option<&'a str>,
}

fn read(params: &Params) -> Result<Asked<'_>, Fault> {
    let mut checks = Checks::new(params);
    let bursting_enabled = checks.reading().boolean("BurstingEnabled");
    let delete_auto_snapshot = checks.reading().boolean("DeleteAutoSnapshot");
    let delete_with_instance = checks.reading().boolean("DeleteWithInstance");
    checks.text("Description", &INVALID_DESCRIPTION, is_description);
    let disk_id = checks.reading().text("DiskId");
    let mut disk_ids = listed_ids(&mut checks, params);
    let disk_name = checks.text("DiskName", &INVALID_DISK_NAME, |text| is_name(text, ":_.-"));
    let enable_auto_snapshot = checks.reading().boolean("EnableAutoSnapshot");
    let region_id = checks.reading().text("RegionId");
    // Of all parameters, this one alone may be said to be empty, which takes the description away.
    let description = params.raw("Description");
    match disk_id {
        None if disk_ids.is_empty() => return Err(Fault::from(&MISSING_DISK_ID)),
        Some(_) if !disk_ids.is_empty() => return Err(Fault::from(&DISK_ID_CONFLICT)),
        _ => disk_ids.extend(disk_id),
    }
    checks.so_far()?;
    let flags = [bursting_enabled, delete_auto_snapshot, delete_with_instance, enable_auto_snapshot];
    if description.is_none() && disk_name.is_none() && flags.iter().all(Option::is_none) {
        return Err(Fault::from(&NO_ATTRIBUTE_TO_MODIFY));
    }
    Ok(Asked {
        bursting_enabled,
        delete_auto_snapshot,
        delete_with_instance,
        description,
        disk_ids,
        disk_name,
        enable_auto_snapshot,
        region_id,
    })
}

/// The ids of `DiskIds.N`, by N, each once.
fn listed_ids<'a>(checks: &mut Checks<'_>, params: &'a Params) -> Vec<&'a str> {
    const EXPECTED: &str = "at most 100 ids, as DiskIds.1 and on";
    checks.reading().ask("DiskIds.N", Type::Text, EXPECTED);
    let listed = params.listed("DiskIds");
    if listed.keys().any(|n| !(1..=LAST_N).contains(n)) {
        checks.reading().refuse(Refusal::new("DiskIds", Reason::TooMany, EXPECTED));
    }
    let mut ids = Vec::with_capacity(listed.len());
    for id in listed.into_values() {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

async fn run(params: &Params, write: &mut Write) -> Result<Box<dyn Output>, Fault> {
    let asked = read(params)?;
    if let Some(region_id) = asked.region_id
        && !write.is_region_known(region_id).await?
    {
        return Err(Fault::from(&INVALID_REGION_ID));
    }
    let mut disks = Vec::with_capacity(asked.disk_ids.len());
    for disk_id in &asked.disk_ids {
        let mut disk = write.find::<Disk>(disk_id).await?.ok_or(&INVALID_DISK_ID)?.resource;
        check(&disk, &asked)?;
        change(&mut disk, &asked);
        disks.push(disk);
    }
    let disks: Vec<&dyn Entry> = disks.iter().map(|disk| disk as &dyn Entry).collect();
    write.put_all(&disks).await?;
    Ok(Box::new(Done {}))
}

fn check(disk: &Disk, asked: &Asked<'_>) -> Result<(), Fault> {
    let bursts = asked.bursting_enabled == Some(true);
    let row = if asked.region_id.is_some_and(|region_id| region_id != disk.region_id) {
        &INVALID_DISK_ID
    } else if bursts && !is_provisioned(&disk.category) {
        &BURSTING_CATEGORY
    } else if bursts && disk.multi_attach() != "Disabled" {
        &BURSTING_MULTI_ATTACH
    } else if bursts && disk.size <= NO_BURST {
        &BURSTING_SIZE
    } else if asked.delete_with_instance == Some(true) && disk.multi_attach() != "Disabled" {
        &DELETE_WITH_INSTANCE_CONFLICT
    } else if asked.delete_with_instance == Some(false) && !disk.is_system() && !disk.is_portable() {
        // A disk that is not portable cannot be without its instance, so it goes with it.
        &NOT_PORTABLE
    } else if !matches!(disk.status(), DiskStatus::Available | DiskStatus::InUse) {
        &INCORRECT_DISK_STATUS
    } else {
        return Ok(());
    };
    Err(Fault::from(row))
}

fn change(disk: &mut Disk, asked: &Asked<'_>) {
    if let Some(description) = asked.description {
        description.clone_into(&mut disk.description);
    }
    if let Some(disk_name) = asked.disk_name {
        disk.disk_name = Some(disk_name.to_owned());
    }
    disk.bursting_enabled = asked.bursting_enabled.or(disk.bursting_enabled);
    disk.delete_auto_snapshot = asked.delete_auto_snapshot.unwrap_or(disk.delete_auto_snapshot);
    disk.delete_with_instance = asked.delete_with_instance.unwrap_or(disk.delete_with_instance);
    disk.enable_auto_snapshot = asked.enable_auto_snapshot.unwrap_or(disk.enable_auto_snapshot);
}
