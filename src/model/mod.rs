//! Plain types and rules: what a snapshot is, how its status follows from the clock, what a filter says.
//! No I/O, no HTTP, no SQL.

pub mod access_key;
pub mod clock;
pub mod document;
pub mod filter;
pub mod paging;
pub mod params;
pub mod region;
pub mod snapshot;
pub mod tags;
pub mod time;
