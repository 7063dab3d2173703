//! The integration tests, one binary. The folders mirror `src/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod actions;
mod admin;
mod cli;
mod console;
mod documents;
mod due;
mod house;
mod journal;
mod licences;
mod life;
mod model;
mod readme;
mod sandboxes;
mod scenarios;
mod seed;
mod store;
mod support;
mod wire;
