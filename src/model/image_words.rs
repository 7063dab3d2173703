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
