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

use std::path::Path;
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
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::support::NOW;

async fn open(path: &Path, journal_memory: u64) -> App {
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
    let (parameters, cut) = Sent::new(&Arc::new(Params::new(pairs.iter().copied())));
    let entry = JournalEntry::new(Happening::Request, Instant(NOW.0 * 1_000), NOW);
    JournalEntry { action: "DescribeDisks".into(), status: 200, parameters, cut, ..entry }
}

/// A connection of somebody else who has the file.
async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// Makes a change of the tables that the program itself never makes.
async fn tamper(path: &Path, sql: &'static str) {
    let mut connection = connect(path).await;
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The numbers of the entries that the file has.
async fn rows(path: &Path) -> Vec<i64> {
    let mut connection = connect(path).await;
    let rows = sqlx::query_as("SELECT first_sequence, entries FROM journal_batch ORDER BY sandbox_id, first_sequence");
    let rows: Vec<(i64, i64)> = rows.fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.into_iter().flat_map(|(first, count)| first..first + count).collect()
}
