//! The words that fields of an image may hold, and what it says of itself in fields of fields.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

use super::fields;

/// Whether an image can be used (DescribeImages, Status).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
pub enum ImageStatus {
    Creating,
    Waiting,
    Available,
    UnAvailable,
    CreateFailed,
    Deprecated,
}

/// Whether there are instances of an image (DescribeImages, Usage).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ImageUsage {
    Instance,
    None,
}

/// What instances of an image can do (DescribeImages, Features).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct ImageFeatures {
    /// `v2`: their metadata can be asked for with a token only.
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub imds_support: Option<String>,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub nvme_support: Option<String>,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub cpu_online_downgrade: Option<String>,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub cpu_online_upgrade: Option<String>,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub memory_online_downgrade: Option<String>,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub memory_online_upgrade: Option<String>,
}

impl ImageFeatures {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How instances of an image start (DescribeImages, SecureBootOptions).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct SecureBootOptions {
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub secure_boot_support: Option<String>,
}

impl SecureBootOptions {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A disk that an instance made from the image has (DescribeImages, DiskDeviceMappings).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct DiskDeviceMapping {
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// GiB.
    #[serde(deserialize_with = "fields::integer", skip_serializing_if = "Option::is_none")]
    pub size: Option<i32>,
    /// `system` or `data`.
    #[serde(rename = "Type", deserialize_with = "fields::disk_type", skip_serializing_if = "String::is_empty")]
    pub disk_type: String,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    #[serde(deserialize_with = "fields::unless_empty", skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<bool>,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    #[serde(deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub progress: Option<String>,
    #[serde(deserialize_with = "fields::integer", skip_serializing_if = "Option::is_none")]
    pub remain_time: Option<i32>,
    #[serde(
        rename = "ImportOSSBucket",
        deserialize_with = "fields::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub import_oss_bucket: Option<String>,
    #[serde(
        rename = "ImportOSSObject",
        deserialize_with = "fields::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub import_oss_object: Option<String>,
}
