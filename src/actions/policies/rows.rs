//! Rows that several actions on policies have in common. Most of them have one code, and tell by their text what they are about.

use crate::actions::faults::Row;

pub static INVALID_REGION_ID: Row = Row::new(403, "ParameterInvalid", "The specified RegionId parameter is invalid.");
pub static INVALID_REPEAT_WEEKDAYS: Row =
    Row::new(403, "ParameterInvalid", "The specified RepeatWeekDays parameter is invalid.");
pub static INVALID_TIME_POINTS: Row =
    Row::new(403, "ParameterInvalid", "The specified TimePoints parameter is invalid.");
pub static INVALID_RETENTION_DAYS: Row =
    Row::new(403, "ParameterInvalid", "The specified RetentionDays parameter is invalid.");
pub static INVALID_DISK_IDS: Row = Row::new(403, "ParameterInvalid", "The specified DiskIds are invalid.");
pub static UNKNOWN_POLICY: Row =
    Row::new(404, "ParameterInvalid", "The specified automatic snapshot policy does not exist.");
pub static POLICY_ELSEWHERE: Row =
    Row::new(404, "ParameterInvalid", "The specified automatic snapshot policy does not exist in the region.");
pub static INVALID_POLICY_NAME: Row =
    Row::new(400, "InvalidSnapshotPolicyName.Malformed", "The specified autoSnapshotPolicyName is wrongly formed.");
pub static KEY_WITHOUT_ENCRYPTED: Row = Row::new(
    400,
    "InvalidParameter.EncryptedIllegal",
    "The specified parameter Encrypted must be true when kmsKeyId is not empty.",
);
pub static INVALID_TARGET_COPY_REGIONS: Row =
    Row::new(403, "InvalidParameter.TargetCopyRegions", "The specified TargetCopyRegions is invalid.");
pub static INVALID_COPIED_RETENTION_DAYS: Row = Row::new(
    403,
    "InvalidParameter.CopiedSnapshotsRetentionDays",
    "The specified CopiedSnapshotsRetentionDays is invalid.",
);
