//! Actions on automatic snapshot policies: when snapshots are made of themselves, and of which disks.
//!
//! What such a policy makes as time goes by is not made by any action.

pub mod apply_auto_snapshot_policy;
pub mod cancel_auto_snapshot_policy;
pub mod create_auto_snapshot_policy;
pub mod delete_auto_snapshot_policy;
pub mod describe_auto_snapshot_policy_associations;
pub mod describe_auto_snapshot_policy_ex;
pub mod modify_auto_snapshot_policy_ex;

mod asked;
mod disk_ids;
mod found;
mod rows;
mod shown;
