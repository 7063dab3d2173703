//! What is remembered of requests and changes, by sandbox. Knows neither HTTP nor sandboxes.

pub mod har;
pub mod kept;
pub mod near_misses;
pub mod question;
pub mod verification;

pub use kept::Kept;
