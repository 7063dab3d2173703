//! Actions on tags of resources of all kinds.

pub mod add_tags;
pub mod describe_resource_by_tags;
pub mod describe_tags;
pub mod list_tag_resources;
pub mod remove_tags;
pub mod tag_resources;
pub mod untag_resources;

mod asked;
mod changes;
mod conditions;
mod rows;
