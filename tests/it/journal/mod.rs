//! Journals: what is remembered of requests and changes, within which bounds, and across which ends.

mod bounds;
mod chains;
mod ends;
mod entries;
mod expectations;
mod failed_saves;
mod har;
mod kept;
mod near_misses;
mod properties;
mod resets;
mod sent;
mod verification;

use std::sync::Arc;

use ecs_mock::app::{App, Config};
use ecs_mock::clock::Clock;
use ecs_mock::journal::{Kept, Place};
use ecs_mock::model::ids::Ids;
use ecs_mock::model::journal_entry::{Happening, Instant, JournalEntry};
use ecs_mock::model::params::Params;
use ecs_mock::model::sent::Sent;
use ecs_mock::sandboxes::Sandbox;
use ecs_mock::seed::Source;

use crate::support::NOW;

async fn open(path: &std::path::Path, journal_memory: u64) -> App {
    let config = Config::new(path.to_owned(), Source::None);
    let ids = Arc::new(Ids::seeded(1));
    App::open(Config { clock: Clock::frozen(NOW), ids, journal_memory, ..config }).await.unwrap()
}

fn default_of(app: &App) -> Arc<Sandbox> {
    app.sandboxes.by_name("default").unwrap()
}

async fn kept(app: &App) -> Kept {
    app.sandboxes.journal_of(&default_of(app)).await.unwrap()
}

/// A place in the journal of the sandbox `default`.
async fn place(app: &App) -> Place {
    app.sandboxes.journals().place(&default_of(app).journal).await
}

/// Adds an entry to it, and says its number.
async fn push(app: &App, entry: JournalEntry) -> i64 {
    place(app).await.push(entry, false)
}

fn numbers(kept: &Kept) -> Vec<i64> {
    kept.entries.iter().map(|entry| entry.sequence).collect()
}

/// A request with these parameters that was answered 200.
fn entry(pairs: &[(&str, &str)]) -> JournalEntry {
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (parameters, cut) = Sent::new(&Arc::new(Params::new(pairs)));
    let entry = JournalEntry::new(Happening::Request, Instant(NOW.0 * 1_000), NOW);
    JournalEntry { action: "DescribeDisks".to_owned(), status: 200, parameters, cut, ..entry }
}
