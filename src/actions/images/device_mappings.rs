//! CreateImage from snapshots: `DiskDeviceMapping.N`, and what becomes of them in the image.
//!
//! Checks of parameters run in the order Device, DiskType, Size, SnapshotId. Then each snapshot is looked for and at, by N: its
//! existence, its status, its age, its category. Then come the checks of all mappings together: what is to be the system disk,
//! its encryption, sizes, devices.

use std::collections::BTreeMap;

use crate::actions::checks::Checks;
use crate::actions::faults::{Fault, INVALID_SNAPSHOT_ID, Row};
use crate::model::image::DiskDeviceMapping;
use crate::model::params::{Reason, Refusal, Type};
use crate::model::snapshot::{Snapshot, Status};
use crate::model::time::Time;
use crate::sandboxes::Write;

pub static INVALID_DEVICE: Row =
    Row::new(400, "InvalidDevice.Malformed", "The specified parameter DiskDeviceMapping.n.Device is not valid.");
pub static DEVICE_IN_USE: Row =
    Row::new(400, "InvalidDevice.InUse", "The specified parameter DiskDeviceMapping.n.Device has been occupied.");
pub static INVALID_DISK_TYPE: Row =
    Row::new(400, "InvalidDiskType.ValueNotSupported", "The specified disk type is not supported.");
pub static INVALID_SIZE: Row = Row::new(
    400,
    "InvalidSize.ValueNotSupported",
    "The specified parameter DiskDeviceMapping.n.Size beyond the permitted range.",
);
pub static NO_SYSTEM_DISK: Row = Row::new(
    400,
    "OperationDenied",
    "The specified parameter DiskDeviceMapping.n.SnapshotId does not contain system disk snapshot.",
);
pub static SYSTEM_DISKS: Row = Row::new(
    400,
    "OperationDenied",
    "The specified parameter DiskDeviceMapping.n.SnapshotId contains two or more system disk snapshots.",
);
pub static ENCRYPTED: Row =
    Row::new(400, "OperationDenied", "Not support creating system image from an encrypted snapshot/disk.");
pub static NOT_READY: Row = Row::new(
    403,
    "InvalidSnapshotId.NotReady",
    "The current status of the DiskDeviceMapping.n.SnapshotId or SnapshotId does not support this operation.",
);
pub static TOO_OLD: Row = Row::new(
    403,
    "InvalidSnapshot.TooOld",
    "This operation is denied because the specified snapshot by DiskDeviceMapping.n.SnapshotId or SnapshotId is created before 2013-07-15.",
);
pub static NOT_OF_SYSTEM_DISK: Row =
    Row::new(403, "OperationDenied", "The specified snapshot is not from system disk.");
pub static NOT_LISTED: Row =
    Row::new(403, "UserNotInTheWhiteList", "The user is not in the white list of create image by data disk snapshot.");
pub static INVALID_CATEGORY: Row = Row::new(
    403,
    "InvalidSnapshotCategory.NotSupportImageCreation",
    "The specified snapshot category does not support create image.",
);

/// One system disk and 16 data disks at most.
const LAST_N: u32 = 17;

/// GiB: of a data disk that is empty at first, and of any at most.
const DEFAULT_SIZE: i32 = 5;
const LARGEST_SIZE: i32 = 65_536;

/// 2013-07-16T00:00:00Z: snapshots of the day before and older are of a format that no image can be made of.
const FIRST_CREATION_TIME: Time = Time(1_373_932_800);

/// A mapping that a request asks for.
#[derive(Debug, Default)]
pub struct Asked<'a> {
    device: Option<&'a str>,
    disk_type: Option<&'a str>,
    size: Option<i32>,
    snapshot_id: Option<&'a str>,
}

/// Reads the mappings, by N.
pub fn read<'a>(checks: &mut Checks<'a>) -> Vec<Asked<'a>> {
    let params = checks.reading().params();
    let mut mappings = BTreeMap::<u32, Asked<'a>>::new();
    checks.reading().ask("DiskDeviceMapping.N.Device", Type::Text, "a device");
    for (n, device) in params.numbered("DiskDeviceMapping", "Device").filter(|(_, device)| !device.is_empty()) {
        checks.value(letter(device).is_some(), &INVALID_DEVICE);
        mappings.entry(n).or_default().device.get_or_insert(device);
    }
    checks.reading().ask("DiskDeviceMapping.N.DiskType", Type::Text, "system or data");
    for (n, disk_type) in params.numbered("DiskDeviceMapping", "DiskType").filter(|(_, word)| !word.is_empty()) {
        checks.value(["system", "data"].contains(&disk_type), &INVALID_DISK_TYPE);
        mappings.entry(n).or_default().disk_type.get_or_insert(disk_type);
    }
    checks.reading().ask("DiskDeviceMapping.N.Size", Type::Integer, SIZE);
    for (n, text) in params.numbered("DiskDeviceMapping", "Size").filter(|(_, text)| !text.is_empty()) {
        match text.parse::<i32>() {
            Ok(size) => {
                checks.value((1..=LARGEST_SIZE).contains(&size), &INVALID_SIZE);
                mappings.entry(n).or_default().size.get_or_insert(size);
            }
            Err(_) => {
                checks.reading().refuse(Refusal::new(format!("DiskDeviceMapping.{n}.Size"), Reason::Malformed, SIZE));
            }
        }
    }
    checks.reading().ask("DiskDeviceMapping.N.SnapshotId", Type::Text, "a snapshot");
    for (n, snapshot_id) in params.numbered("DiskDeviceMapping", "SnapshotId").filter(|(_, id)| !id.is_empty()) {
        mappings.entry(n).or_default().snapshot_id.get_or_insert(snapshot_id);
    }
    if let Some(n) = mappings.keys().find(|n| !(1..=LAST_N).contains(*n)) {
        let expected = "an N from 1 to 17 in DiskDeviceMapping.N";
        checks.reading().refuse(Refusal::new(format!("DiskDeviceMapping.{n}"), Reason::TooMany, expected));
    }
    mappings.into_values().collect()
}

const SIZE: &str = "a size in GiB";

/// The letter at the end of a device: of `/dev/xvdb`, as older disks have it, and of `/dev/vdb` it is `b`.
fn letter(device: &str) -> Option<char> {
    let rest = device.strip_prefix("/dev/xvd").or_else(|| device.strip_prefix("/dev/vd"))?;
    let mut characters = rest.chars();
    characters.next().filter(|letter| letter.is_ascii_lowercase() && characters.next().is_none())
}

/// The device of a disk: the system disk is the first one.
pub fn device(letter: char) -> String {
    format!("/dev/xvd{letter}")
}

/// A snapshot of the region that images can be made of.
async fn usable(write: &mut Write, region_id: &str, snapshot_id: &str) -> Result<Snapshot, Fault> {
    let snapshot = write.find_in::<Snapshot>(region_id, snapshot_id).await?.ok_or(&INVALID_SNAPSHOT_ID)?;
    if snapshot.status(write.now()) != Status::Accomplished {
        return Err(Fault::from(&NOT_READY));
    }
    if snapshot.creation_time < FIRST_CREATION_TIME {
        return Err(Fault::from(&TOO_OLD));
    }
    if snapshot.category.eq_ignore_ascii_case("archive") {
        return Err(Fault::from(&INVALID_CATEGORY));
    }
    Ok(snapshot)
}

fn is_of_system_disk(snapshot: &Snapshot) -> bool {
    snapshot.source_disk_type.eq_ignore_ascii_case("system")
}

/// The only mapping of an image of a system disk, of which this is a snapshot.
pub async fn of_snapshot(
    write: &mut Write,
    region_id: &str,
    snapshot_id: &str,
) -> Result<Vec<DiskDeviceMapping>, Fault> {
    let snapshot = usable(write, region_id, snapshot_id).await?;
    if !is_of_system_disk(&snapshot) {
        return Err(Fault::from(&NOT_OF_SYSTEM_DISK));
    }
    if snapshot.encrypted {
        return Err(Fault::from(&ENCRYPTED));
    }
    Ok(vec![mapping("system", device('a'), snapshot.source_disk_size, Some(&snapshot))])
}

/// The mapping of a disk.
pub fn mapping(disk_type: &str, device: String, size: i32, snapshot: Option<&Snapshot>) -> DiskDeviceMapping {
    DiskDeviceMapping {
        snapshot_id: snapshot.map(|snapshot| snapshot.snapshot_id.clone()),
        size: Some(size),
        disk_type: disk_type.to_owned(),
        device: Some(device),
        encrypted: Some(snapshot.is_some_and(|snapshot| snapshot.encrypted)),
        ..DiskDeviceMapping::default()
    }
}

/// The mappings that a request asks for, in the order of the request, but the system disk first.
pub async fn of_request(
    write: &mut Write,
    region_id: &str,
    asked: &[Asked<'_>],
) -> Result<Vec<DiskDeviceMapping>, Fault> {
    let mut found = Vec::with_capacity(asked.len());
    for mapping in asked {
        let snapshot = match mapping.snapshot_id {
            Some(snapshot_id) => Some(usable(write, region_id, snapshot_id).await?),
            None => None,
        };
        let of_system_disk = snapshot.as_ref().map(is_of_system_disk);
        if mapping.disk_type == Some("system") && of_system_disk == Some(false) {
            return Err(Fault::from(&NOT_LISTED));
        }
        let is_system = mapping.disk_type.map_or(of_system_disk == Some(true), |disk_type| disk_type == "system");
        found.push((is_system, mapping, snapshot));
    }
    found.sort_by_key(|(is_system, ..)| !*is_system);
    let mut systems = found.iter().filter(|(is_system, ..)| *is_system);
    match (systems.next(), systems.next()) {
        (Some(_), Some(_)) => return Err(Fault::from(&SYSTEM_DISKS)),
        (Some((.., Some(snapshot))), None) if snapshot.encrypted => return Err(Fault::from(&ENCRYPTED)),
        (Some((.., Some(_))), None) => {}
        _ => return Err(Fault::from(&NO_SYSTEM_DISK)),
    }
    let sizes = found.iter().map(|(_, mapping, snapshot)| {
        let least = snapshot.as_ref().map(|snapshot| snapshot.source_disk_size);
        let size = mapping.size.or(least).unwrap_or(DEFAULT_SIZE);
        if least.is_none_or(|least| least <= size) { Ok(size) } else { Err(Fault::from(&INVALID_SIZE)) }
    });
    let sizes: Vec<i32> = sizes.collect::<Result<_, _>>()?;
    let devices =
        devices(&found.iter().map(|(is_system, mapping, _)| (*is_system, mapping.device)).collect::<Vec<_>>())?;
    let made = found.iter().zip(sizes).zip(devices).map(|(((is_system, _, snapshot), size), device)| {
        mapping(if *is_system { "system" } else { "data" }, device, size, snapshot.as_ref())
    });
    Ok(made.collect())
}

/// The devices of disks, each of which says whether it is the system disk, which is the first one, and where it is to be.
fn devices(asked: &[(bool, Option<&str>)]) -> Result<Vec<String>, Fault> {
    let mut taken: Vec<char> = Vec::with_capacity(asked.len());
    for (is_system, device) in asked {
        let Some(letter) = device.and_then(letter) else { continue };
        if *is_system != (letter == 'a') {
            return Err(Fault::from(&INVALID_DEVICE));
        }
        if taken.contains(&letter) {
            return Err(Fault::from(&DEVICE_IN_USE));
        }
        taken.push(letter);
    }
    let mut free = ('b'..='z').filter(|letter| !taken.contains(letter));
    let named = asked.iter().map(|(is_system, asked)| match asked {
        Some(device) => Ok((*device).to_owned()),
        None if *is_system => Ok(device('a')),
        // There are fewer mappings than letters.
        None => free.next().map(device).ok_or_else(|| Fault::from(&DEVICE_IN_USE)),
    });
    named.collect()
}
