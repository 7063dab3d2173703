//! The words that fields of an instance may hold.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// What an instance is doing (DescribeInstances, Status). Pending, Starting and Stopping stay until somebody changes them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema,
)]
pub enum InstanceStatus {
    Pending,
    #[default]
    Running,
    Starting,
    Stopping,
    Stopped,
}
