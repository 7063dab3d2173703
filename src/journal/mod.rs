//! What is remembered of requests and changes, by sandbox: in memory before the answer is sent, and a moment later in the
//! store. Knows neither HTTP nor sandboxes.

pub mod batch;
pub mod effects;
pub mod har;
pub mod kept;
pub mod near_misses;
pub mod question;
pub mod verification;

mod chains;
mod held;
mod journals;
mod of_sandbox;
mod reserve;
mod weight;

pub use held::{BYTES, ENTRIES, RESERVE};
pub use journals::{Journals, Saving};
pub use kept::Kept;
pub use of_sandbox::{Journal, Place};
