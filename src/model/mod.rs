//! Plain types and rules: what kinds of resources there are, how their status follows from the clock, what a filter says.
//! No I/O, no HTTP, no SQL.

pub mod access_key;
pub mod auto_snapshot_policy;
pub mod auto_snapshot_policy_filter;
pub mod auto_snapshot_policy_words;
pub mod clock;
pub mod disk;
pub mod disk_category;
pub mod disk_filter;
pub mod document;
pub mod filter;
pub mod ids;
pub mod image;
pub mod image_filter;
pub mod instance;
pub mod instance_filter;
pub mod kind;
pub mod kinds;
pub mod lock;
pub mod making;
pub mod paging;
pub mod params;
pub mod play;
pub mod region;
pub mod resource_types;
pub mod settings;
pub mod snapshot;
pub mod snapshot_filter;
pub mod snapshot_links;
pub mod tag_lists;
pub mod tag_query;
pub mod tags;
pub mod time;
pub mod timetable;

mod column;
mod disk_words;
pub(crate) mod fields;
mod filter_pairs;
mod image_words;
mod instance_words;
mod lists;
mod schemas;
mod sealed;
mod snapshot_words;
