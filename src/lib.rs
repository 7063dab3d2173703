//! A persistent, stateful stand-in for the snapshot part of the Alibaba Cloud ECS API (RPC style, version 2014-05-26).
//!
//! Two planes share one port. `/` is the cloud plane: the API, answering as the real service would. `/_mock/...` is the
//! control plane. The parts, from the outside in:
//!
//! | module | owns |
//! |---|---|
//! | [`cli`] | verbs, flags, exit codes; the client of a running server |
//! | [`server`] | the list of URLs, running and stopping |
//! | [`wire`] | HTTP to [`actions::Call`] and back: parameters in, JSON or XML out |
//! | [`actions`] | one file per action of the API: checks in, data or [`fault::Fault`] out |
//! | [`admin`] | the control plane |
//! | [`sandboxes`] | which sandbox a request belongs to, and changes to whole sandboxes |
//! | [`store`] | all SQL |
//! | [`model`] | plain types and rules |
//! | [`seed`] | the seed files, loaded at start |
//!
//! Calls go down this list and never up. [`fault`], [`output`], [`clock`], [`ids`], [`nonces`] and [`origin`] are small and
//! used throughout.
//!
//! # A DescribeSnapshots call
//!
//! 1. [`server`] hands every path outside `/_mock` to [`wire::answer`].
//! 2. `wire::request` checks method, path and origin, merges the parameters of query and form body into
//!    [`model::params::Params`], and finds Action and Version among them or in the headers.
//! 3. `wire::gateway` looks the action up in [`actions::ACTIONS`] and finds the sandbox of the access key; with `--auth` it
//!    checks the signature ([`wire::signature`]), the key and its permission. The action's `run` gets a
//!    [`actions::Call`].
//! 4. [`actions::describe_snapshots`] checks the parameters in three phases (presence, format, values) and arrives at a
//!    [`model::filter::SnapshotFilter`] and a [`model::paging::Start`].
//! 5. [`sandboxes::Sandbox::page`] looks up whether the list was counted already; [`store::snapshots::list`], or
//!    [`store::snapshots::rows`] if it was, turns filter and start into one parameterized statement, whose value holds the
//!    page's [`model::snapshot::Snapshot`]s.
//! 6. The action shapes them as the reply; status, progress and remaining time follow from the row and the call's time.
//! 7. `wire::render` writes JSON or XML, with the request id. A fault on any step goes the same way.
//!
//! # Adding an action
//!
//! 1. A file in `src/actions/`, named as the action in snake case: its rows of faults, a `run` function, the structures of
//!    its reply.
//! 2. Its row in [`actions::ACTIONS`].
//! 3. A file in `tests/it/actions/` that drives every parameter, every field and every row of faults.
//!
//! What it asks of the database goes into a function of [`store`], beside the table that it is about.

pub mod actions;
pub mod admin;
pub mod app;
pub mod cli;
pub mod clock;
pub mod model;
pub mod nonces;
pub mod origin;
pub mod sandboxes;
pub mod seed;
pub mod server;
pub mod store;
pub mod wire;
