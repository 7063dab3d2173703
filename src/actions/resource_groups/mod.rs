//! Actions on the resource groups that resources are in.

pub mod join_resource_group;
