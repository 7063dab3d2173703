//! What tests have in common: a server of their own, and replies that are the same in JSON and XML.

mod app;
mod contract;
mod golden;
mod process;
mod reply;
mod signer;

pub use app::{NOW, TestApp, ids};
pub use contract::contract;
pub use golden::golden;
pub use process::Process;
pub use reply::{Fault, Reply, XmlTree};
pub use signer::{Scheme, SignedRequest, Signer, percent_encoded};

use proptest::test_runner::{Config, RngSeed, TestRunner};

/// A runner whose cases are the same in every run.
pub fn property(cases: u32) -> TestRunner {
    TestRunner::new(Config {
        cases,
        rng_seed: RngSeed::Fixed(20_140_526),
        failure_persistence: None,
        max_shrink_iters: 10_000,
        ..Config::default()
    })
}
