//! The integration tests, one binary. The folders mirror `src/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod actions;
mod admin;
mod cli;
mod documents;
mod house;
mod licences;
mod model;
mod readme;
mod sandboxes;
mod seed;
mod store;
mod support;
mod wire;
