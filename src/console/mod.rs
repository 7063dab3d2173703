//! The web console, under `/_mock/console`: the control plane as pages for people. It calls the functions that the control
//! plane's routes call, and has no rule and no SQL of its own.
//!
//! A page is a handler in a file of its own and a template in `templates/`. What all pages have around them is in `page`, who
//! may see them in `guard`, and how a form comes in in `forms`.

pub mod timeline;

mod assets;
mod checkpoints;
mod cookies;
mod differences;
mod embedded;
mod explained;
mod faults;
mod fields;
mod filters;
mod forms;
mod guard;
mod inputs;
mod kinds;
mod links;
mod list;
mod login;
mod of_kind;
mod one;
mod page;
mod request;
mod requests;
mod routes;
mod sandbox;
mod sandboxes;
mod sections;
mod server;
mod session;
mod time;

pub use guard::guard;
pub use page::{guarded_headers, not_found};
pub use routes::configure;

/// The path that all of it lies below.
pub const ROOT: &str = "/_mock/console";
