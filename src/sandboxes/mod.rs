//! Sandboxes at work: which one a request belongs to, and everything that changes one.
//!
//! This process alone has the database, so what requests need to know of sandboxes is kept in memory beside it. A change
//! holds the sandbox's lock and runs in a task of its own, so that memory and database move together whoever listens; see
//! [`Write`]. What does not fit one short transaction fills a new state beside the current one, and the pointer is moved in
//! another, so that readers see all of the old or all of the new and no other sandbox waits.

mod bulk;
mod cache;
mod catch_up;
mod changes;
mod checkpoint;
mod clocks;
mod comparison;
mod create;
mod diff;
mod due;
mod error;
mod expired;
mod journals;
mod keys;
mod look;
mod looking;
mod names;
mod pages;
mod planned_faults;
mod planned_list;
mod policy_associations;
mod put;
mod registry;
mod reservation;
mod sandbox;
mod source;
mod stage;
mod sums;
mod tags;
mod timeline;
mod write;

pub use bulk::Which;
pub use catch_up::Schedule;
pub use changes::Changing;
pub use clocks::{Move, Moved};
pub use create::NewSandbox;
pub use diff::{Change, Diff, DiffPage, DiffPlace};
pub use due::settle;
pub use error::SandboxError;
pub use look::{Look, Presence};
pub use pages::Listed;
pub use put::Counts;
pub use registry::{Limits, Options, Sandboxes};
pub use sandbox::{KnownKey, Sandbox, View};
pub use source::Origin;
pub use stage::Entries;
pub use timeline::DuePoint;
pub use write::{Write, Writing};
