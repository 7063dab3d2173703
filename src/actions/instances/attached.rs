//! What actions on instances look at beside the instance: the disks that are attached to it.

use crate::actions::faults::Fault;
use crate::model::disk::{self, Disk, DiskStatus};
use crate::model::kind::By;
use crate::sandboxes::Write;

/// Whether each disk of an instance is in use and nothing else is under way with it.
pub async fn are_disks_in_use(instance_id: &str, write: &mut Write) -> Result<bool, Fault> {
    for disk_id in write.naming(&disk::KIND, By::Column("instance_id"), instance_id).await? {
        let disk = write.find::<Disk>(&disk_id).await?;
        if disk.is_some_and(|disk| disk.resource.status() != DiskStatus::InUse) {
            return Ok(false);
        }
    }
    Ok(true)
}
