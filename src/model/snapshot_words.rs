//! The words that fields of a snapshot may hold.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Whether a snapshot is still being made (DescribeSnapshots, Status).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    Progressing,
    Accomplished,
    Failed,
}

/// How making a snapshot ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    Accomplished,
    Failed,
}

/// What the snapshot is used for (DescribeSnapshots, Usage).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Usage {
    Image,
    Disk,
    ImageDisk,
    #[default]
    None,
}

/// Who made the snapshot (DescribeSnapshots, SnapshotType). The service names automatic ones `auto` in older replies and
/// `timer` in newer ones; both are kept as they were given.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SnapshotType {
    Auto,
    Timer,
    #[default]
    User,
}
