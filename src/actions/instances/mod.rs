//! Actions on instances.

pub mod describe_instances;
