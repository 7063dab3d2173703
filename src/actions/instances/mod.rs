//! Actions on instances.

pub mod start_instance;
pub mod stop_instance;

mod attached;
pub mod describe_instances;
mod shown;
