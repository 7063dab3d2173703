//! The words that fields of a disk may hold, and its locks.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

use super::fields;

/// What a disk is doing (DescribeDisks, Status). All but the first two stay until somebody changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
#[strum(serialize_all = "PascalCase")]
pub enum DiskStatus {
    #[serde(rename = "In_use")]
    #[strum(serialize = "In_use")]
    InUse,
    Available,
    Attaching,
    Detaching,
    Creating,
    ReIniting,
}

/// Why a resource may not be worked with (DescribeDisks and DescribeInstances, OperationLocks).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct OperationLock {
    /// For example `financial` or `security`.
    #[serde(deserialize_with = "fields::required_text")]
    pub lock_reason: String,
    #[serde(default, deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub lock_msg: Option<String>,
}
