//! What is remembered of requests and changes, by sandbox: in memory before the answer is sent, and a moment later in the
//! store. Knows neither HTTP nor sandboxes.

pub mod effects;
pub mod kept;

mod chains;
mod held;
mod journals;
mod of_sandbox;
mod weight;

pub use held::{BYTES, ENTRIES};
pub use journals::{Journals, RESERVE, Saving};
pub use kept::Kept;
pub use of_sandbox::Journal;
