//! Rules that several actions have in common.

pub mod paging;
pub mod tags;
