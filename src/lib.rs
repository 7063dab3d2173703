//! A persistent, stateful stand-in for the snapshot part of the Alibaba Cloud ECS API (RPC style, version 2014-05-26).
//!
//! Two planes share one port. `/` is the cloud plane: the API, answering as the real service would. `/_mock/...` is the
//! control plane. The parts, from the outside in:
//!
//! | module | owns |
//! |---|---|
//! | [`cli`] | verbs, flags, exit codes; the client of a running server |
//! | [`server`] | which plane a URL belongs to, running and stopping |
//! | [`wire`] | HTTP to a call and back: parameters in, JSON or XML out |
//! | [`actions`] | the table of actions, one file each, by family: checks in, data or a [`Fault`](actions::faults::Fault) out |
//! | [`console`] | the control plane as pages for people |
//! | [`admin`] | the control plane |
//! | [`app`] | what both planes share, opened once |
//! | [`sandboxes`] | which sandbox a request belongs to, its pages and sums, and every change to what it holds |
//! | [`journal`] | what is remembered of requests and changes, by sandbox |
//! | [`seed`] | the seed files, loaded at start |
//! | [`store`] | all SQL |
//! | [`model`] | plain types and rules; [`model::kinds::KINDS`] lists the kinds of resources |
//!
//! Calls go down this list and never up. [`clock`], [`connection`], [`documents`], [`metrics`],
//! [`nonces`], [`origin`] and [`spool`] are small and used throughout.
//! `docs/architecture.md` explains kinds, rows, states and writes, how memory and database move together, and how to add an
//! action, a kind, a field or a filter.
//!
//! # A DescribeSnapshots call
//!
//! 1. [`server`] hands every path outside `/_mock` to [`wire::answer`].
//! 2. `wire::request` checks method, path and origin, merges the parameters of query and form body into
//!    [`model::params::Params`], and finds Action and Version among them or in the headers.
//! 3. `wire::gateway` looks the action up in [`actions::ACTIONS`] and finds the sandbox of the access key; with `--auth` it
//!    checks the signature ([`wire::signature`]), the key and its permission. `wire::planned` looks whether the request meets a
//!    planned fault ([`model::planned_fault`]).
//! 4. [`actions::dispatch::run`] takes a [`sandboxes::View`] of the sandbox, and the action gets it in an
//!    [`actions::action::ReadCall`].
//! 5. `actions::snapshots::describe_snapshots` checks the parameters in three phases (presence, format, values) and
//!    arrives at a [`model::snapshot_filter::SnapshotFilter`] and a [`model::paging::Start`].
//! 6. [`sandboxes::Sandboxes::page`] answers from the page cache, or [`store::lists::list`] turns filter and start into one
//!    parameterized statement, whose value holds the page's rows.
//! 7. The action shapes them as the reply; status, progress and remaining time follow from the row and the call's time.
//! 8. `wire::render` writes JSON or XML, with the request id. A fault on any step goes the same way.
//!
//! An action that writes gets a [`sandboxes::Write`] instead: the sandbox's lock and the transaction, which
//! [`actions::dispatch`] commits if the action succeeds and gives up if it does not.
//!
//! # Adding an action
//!
//! 1. A file in `src/actions/`, in the folder of its family and named as the action in snake case: its `ACTION` with
//!    its rows of faults, a `run` function, the structures of its reply.
//! 2. Its row in [`actions::ACTIONS`].
//! 3. A file or folder of its name in `tests/it/actions/` that drives every parameter, every field and every row of faults, and
//!    what it changes in `tests/it/life/`.

pub mod actions;
pub mod admin;
pub mod app;
pub mod cli;
pub mod client;
pub mod clock;
pub mod connection;
pub mod console;
pub mod documents;
pub mod journal;
pub mod metrics;
pub mod model;
pub mod nonces;
pub mod origin;
pub mod sandboxes;
pub mod seed;
pub mod server;
pub mod spool;
pub mod store;
pub mod wire;
