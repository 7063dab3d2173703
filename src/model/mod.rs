//! Plain types and rules: what kinds of resources there are, how their status follows from the clock, what a filter says.
//! No I/O, no HTTP, no SQL.

pub mod access_key;
pub mod clock;
pub mod disk;
pub mod document;
pub mod ids;
pub mod image;
pub mod instance;
pub mod kind;
pub mod kinds;
pub mod paging;
pub mod params;
pub mod region;
pub mod resource_types;
pub mod settings;
pub mod snapshot;
pub mod snapshot_filter;
pub mod tag_lists;
pub mod tag_query;
pub mod tags;
pub mod time;

pub(crate) mod fields;
mod id_filter;
mod lists;
mod schemas;
mod sealed;
mod snapshot_words;
