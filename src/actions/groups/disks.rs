//! The disks that a group of snapshots is made of, and whether it can be.

use std::collections::BTreeSet;

use crate::actions::disks::rows::{CATEGORY_NOT_SUPPORTED, MULTI_ATTACH};
use crate::actions::faults::{Fault, INVALID_INSTANCE_ID, Row};
use crate::actions::snapshots::source_disk::{self, INVALID_DISK_ID};
use crate::model::disk::Disk;
use crate::model::disk_category;
use crate::model::disk_filter::DiskFilter;
use crate::model::instance::Instance;
use crate::sandboxes::Write;
use crate::store::Stored;

pub static NOT_IN_SAME_ZONE: Row =
    Row::new(400, "InvalidDiskIds.NotInSameZone", "The specified disks are not in the same availability zone.");
pub static DISK_NOT_SUPPORTED: Row =
    Row::new(403, "DiskId.ValueNotSupported", "The specified parameter diskid is not supported.");
pub static NO_DISK: Row = Row::new(403, "InvalidInstance.NoDisk", "There is no disk mounted on the instance.");
pub static TOO_MANY_DISKS: Row =
    Row::new(403, "NumberExceed.TooManyDisks", "The number of all disks in the request exceeds.");
pub static TOO_MUCH_CAPACITY: Row =
    Row::new(403, "CapacityExceed.TooManyDisks", "The capacity of all disks in the request exceeds.");
pub static CATEGORY_INCONSISTENT: Row = Row::new(
    403,
    "InvalidDisk.DiskCategoryInconsistent",
    "If any specified disk is of a regional disk category, then all disks must also be of that regional disk category.",
);
pub static SHARED_VOLUME: Row = Row::new(
    403,
    "InvalidDisk.ShareVolume",
    "The specified diskId is invalid. The shared volume does not support creating a snapshot group.",
);

/// Disks of a group at most, and what they may hold together, in GiB.
pub const MOST: u32 = 128;
const MOST_CAPACITY: i64 = 256 * 1_024;

/// The disks that a request names.
#[derive(Debug)]
pub struct Named<'a> {
    pub region_id: &'a str,
    /// If it names no disks: all of this instance. Else, if it is there, each of them must be attached to it.
    pub instance_id: Option<&'a str>,
    pub disk_ids: Vec<&'a str>,
    pub exclude_disk_ids: Vec<&'a str>,
}

/// The disks, by id, of which a group can be made now.
pub async fn find(named: &Named<'_>, write: &mut Write) -> Result<Vec<Disk>, Fault> {
    if let Some(instance_id) = named.instance_id {
        write.find_in::<Instance>(named.region_id, instance_id).await?.ok_or(&INVALID_INSTANCE_ID)?;
    }
    let disks = if named.disk_ids.is_empty() { of_instance(named, write).await? } else { by_ids(named, write).await? };
    check_together(&disks)?;
    let disks: Vec<Disk> = disks.into_iter().map(|disk| disk.resource).collect();
    for disk in &disks {
        source_disk::check(disk, write).await?;
    }
    Ok(disks)
}

/// All disks of the instance less those that are to be left out, of which it may have none.
async fn of_instance(named: &Named<'_>, write: &mut Write) -> Result<Vec<Stored<Disk>>, Fault> {
    let of_instance = DiskFilter {
        region_id: Some(named.region_id.to_owned()),
        instance_id: named.instance_id.map(str::to_owned),
        ..DiskFilter::default()
    };
    let mut disks = write.matching::<Disk>(&of_instance, i64::MAX).await?;
    disks.retain(|disk| !named.exclude_disk_ids.contains(&disk.resource.disk_id.as_str()));
    if disks.is_empty() {
        return Err(Fault::from(&NO_DISK));
    }
    Ok(by_id(disks))
}

async fn by_ids(named: &Named<'_>, write: &mut Write) -> Result<Vec<Stored<Disk>>, Fault> {
    let ids: BTreeSet<&str> = named.disk_ids.iter().copied().collect();
    let named_ones = DiskFilter {
        region_id: Some(named.region_id.to_owned()),
        disk_ids: Some(ids.iter().map(|id| (*id).to_owned()).collect()),
        ..DiskFilter::default()
    };
    let disks = write.matching::<Disk>(&named_ones, i64::MAX).await?;
    if disks.len() < ids.len() {
        return Err(Fault::from(&INVALID_DISK_ID));
    }
    let is_elsewhere = |disk: &Stored<Disk>| disk.resource.instance_id.as_deref() != named.instance_id;
    if named.instance_id.is_some() && disks.iter().any(is_elsewhere) {
        return Err(Fault::from(&DISK_NOT_SUPPORTED));
    }
    Ok(by_id(disks))
}

fn by_id(mut disks: Vec<Stored<Disk>>) -> Vec<Stored<Disk>> {
    disks.sort_by(|left, right| left.resource.disk_id.cmp(&right.resource.disk_id));
    disks
}

/// Whether disks can be in one group, whatever they are doing.
fn check_together(disks: &[Stored<Disk>]) -> Result<(), Fault> {
    if disks.len() > MOST as usize {
        return Err(Fault::from(&TOO_MANY_DISKS));
    }
    let any = |is_so: fn(&Disk) -> bool| disks.iter().any(|disk| is_so(&disk.resource));
    if any(|disk| !disk.is_essd()) {
        return Err(Fault::from(&CATEGORY_NOT_SUPPORTED));
    }
    if any(Disk::is_multi_attach) {
        return Err(Fault::from(&MULTI_ATTACH));
    }
    if any(|disk| disk.multi_attach() == "LegacyShared") {
        return Err(Fault::from(&SHARED_VOLUME));
    }
    let is_regional = |disk: &Disk| disk_category::is_regional(&disk.category);
    let regional = disks.iter().filter(|disk| is_regional(&disk.resource)).count();
    if regional > 0 && regional < disks.len() {
        return Err(Fault::from(&CATEGORY_INCONSISTENT));
    }
    // Regional disks are in all zones of their region.
    let zones: BTreeSet<&str> = disks.iter().map(|disk| disk.derived.zone_id.as_str()).collect();
    if regional == 0 && zones.len() > 1 {
        return Err(Fault::from(&NOT_IN_SAME_ZONE));
    }
    let capacity: i64 = disks.iter().map(|disk| i64::from(disk.resource.size)).sum();
    if capacity > MOST_CAPACITY {
        return Err(Fault::from(&TOO_MUCH_CAPACITY));
    }
    Ok(())
}
