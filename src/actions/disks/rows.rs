//! Rows that several actions on disks have in common.

use crate::actions::faults::Row;

pub static INVALID_DISK_ID: Row = Row::new(404, "InvalidDiskId.NotFound", "The specified disk does not exist.");
pub static INSTANCE_LOCKED: Row = Row::new(403, "InstanceLockedForSecurity", "The instance is locked due to security.");
pub static NOT_PORTABLE: Row = Row::new(403, "DiskNotPortable", "The specified disk is not a portable disk.");
pub static CREATING_SNAPSHOT: Row = Row::new(
    403,
    "DiskCreatingSnapshot",
    "The operation is denied due to a snapshot of the specified disk is not completed yet.",
);
pub static DELETE_WITH_INSTANCE_CONFLICT: Row =
    Row::new(403, "DeleteWithInstance.Conflict", "Multi attach disk cannot be set to DeleteWithInstance attribute.");
pub static CATEGORY_NOT_SUPPORTED: Row = Row::new(
    400,
    "DiskCategory.OperationNotSupported",
    "The operation is not supported to the specified disk due to its disk category.",
);
pub static MULTI_ATTACH: Row =
    Row::new(403, "InvalidOperation.MultiAttachDisk", "Multi attach disk does not support this operation.");
