//! All SQL. Functions over a connection, a file per table family; nothing here knows a request or a reply.

pub mod access_keys;
pub mod checkpoints;
pub mod nonces;
pub mod sandboxes;
pub mod seeds;
pub mod snapshots;
pub mod states;

mod file;
mod migrate;
mod readers;

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite, SqliteConnection, Transaction};
use tokio::sync::Notify;

pub use file::OpenError;
use readers::Readers;

/// What the functions of this module work on.
pub use sqlx::SqliteConnection as SqlConnection;

/// Trouble between here and the disk. No request causes it.
pub type Error = sqlx::Error;

/// Memory for what the writer changes in one transaction, in KiB, negative as SQLite has it: a thousand snapshots lie all over
/// their indexes, and what has no room here is written twice.
const WRITER_CACHE: &str = "-16384";

/// How long what was written stays in the write-ahead log before it is moved into the database file.
const GATHERING: Duration = Duration::from_millis(100);

/// Pages in the write-ahead log, of 4 KiB, from which on it has to begin anew.
const LONG_LOG: i64 = 4_000;

/// Whether an error says that too much is going on, rather than that something is broken.
#[must_use]
pub fn is_overload(error: &Error) -> bool {
    matches!(error, Error::PoolTimedOut)
}

/// The open database: one writer, several readers, and the lock that keeps other processes out.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    /// Somebody writes.
    written: Arc<Notify>,
    /// For single statements.
    readers: Arc<Readers>,
    /// For several that see the same state.
    snapshot_readers: SqlitePool,
    options: SqliteConnectOptions,
    file: Arc<file::DatabaseFile>,
}

/// What [`Store::open`] did.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    /// The migrations that were run, as `V1 initial`; none for a database that was up to date.
    pub migrated: Vec<String>,
}

/// How much is to be read at one moment of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// One statement: it sees one state of the database by itself.
    One,
    /// Several statements that must see the same state, for the price of two more trips.
    Several,
}

/// A connection that only reads.
#[derive(Debug)]
pub struct Reader(Connection);

#[derive(Debug)]
enum Connection {
    Plain(readers::PlainReader),
    Transaction(Transaction<'static, Sqlite>),
}

impl Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match &self.0 {
            Connection::Plain(reader) => &reader.connection,
            Connection::Transaction(transaction) => transaction,
        }
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match &mut self.0 {
            Connection::Plain(reader) => &mut reader.connection,
            Connection::Transaction(transaction) => transaction,
        }
    }
}

impl Store {
    /// Opens the database file, making it where there is none, and brings its schema up to date. `:memory:` stands for a
    /// temporary file that goes with the process: several connections need a file between them.
    ///
    /// Commits survive the end of the process, however it ends (WAL, synchronous=NORMAL). A power failure may take the
    /// last of them, and never leaves the file damaged.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong with the file and what to do about it.
    pub async fn open(path: &Path) -> Result<Opened, OpenError> {
        let file = Arc::new(file::DatabaseFile::lock(path)?);
        if file.is_new() {
            migrate::claim(file.path()).await?;
        }
        let options = SqliteConnectOptions::new()
            .filename(file.path())
            // A slow statement is not news, and its text is long.
            .disable_statement_logging()
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let migrated = migrate::run(file.path(), &options).await?;
        let pool = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_slow_threshold(Duration::from_mins(1));
        // Checkpoints are another task's: see Store::checkpoint.
        let writing = options.clone().pragma("wal_autocheckpoint", "0").pragma("cache_size", WRITER_CACHE);
        let writer = pool.clone().max_connections(1).connect_lazy_with(writing);
        // A reader works on a thread of its own, one for each request that is being answered.
        let size = std::thread::available_parallelism().map_or(1, usize::from).max(4);
        let reading = options.clone().pragma("query_only", "on");
        let readers = Arc::new(Readers::new(reading.clone(), size));
        let snapshot_readers = pool.max_connections(u32::try_from(size).unwrap_or(u32::MAX)).connect_lazy_with(reading);
        Ok(Opened {
            store: Self { writer, written: Arc::default(), readers, snapshot_readers, options, file },
            migrated,
        })
    }

    /// Where the database is. For `:memory:` the temporary file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// A connection to read from.
    ///
    /// # Errors
    ///
    /// [`Error`] when no connection can be had.
    pub async fn read(&self, reads: Reads) -> Result<Reader, Error> {
        Ok(match reads {
            Reads::One => Reader(Connection::Plain(self.readers.acquire().await?)),
            Reads::Several => Reader(Connection::Transaction(self.snapshot_readers.begin().await?)),
        })
    }

    /// The one write transaction; others wait for their turn. Dropped without a commit, it leaves nothing behind.
    ///
    /// # Errors
    ///
    /// [`Error`] when the transaction cannot be had.
    pub async fn write(&self) -> Result<Transaction<'static, Sqlite>, Error> {
        self.written.notify_one();
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// Writes a copy of the whole database, as of one moment, to a new file.
    ///
    /// # Errors
    ///
    /// [`Error`] when the file is there already or cannot be written.
    pub async fn backup(&self, path: &Path) -> Result<(), Error> {
        // On a connection of its own: it takes as long as the database is large, and reads only.
        let mut connection = self.options.clone().connect().await?;
        sqlx::query("VACUUM INTO ?").bind(path.to_string_lossy().into_owned()).execute(&mut connection).await?;
        connection.close().await
    }

    /// A connection to read from for long, beside those that answer requests.
    ///
    /// # Errors
    ///
    /// [`Error`] when the connection cannot be made.
    pub async fn read_long(&self) -> Result<SqliteConnection, Error> {
        let mut connection = self.options.clone().pragma("query_only", "on").connect().await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(connection)
    }

    /// Waits until somebody writes, and moves that from the write-ahead log into the database file, beside whoever reads and
    /// writes: a writer that did it would wait for the disk. The log begins anew with the next write once all of it was
    /// moved; under writers without a pause, they are held up for the last of it.
    ///
    /// # Errors
    ///
    /// [`Error`] when the disk fails. Nothing is lost.
    pub async fn checkpoint(&self) -> Result<(), Error> {
        self.written.notified().await;
        tokio::time::sleep(GATHERING).await;
        let mut connection = self.snapshot_readers.acquire().await?;
        if checkpoint(&mut connection).await? > LONG_LOG {
            let _no_writer = self.writer.acquire().await?;
            checkpoint(&mut connection).await?;
        }
        Ok(())
    }

    /// Moves everything from the write-ahead log into the database file and closes it.
    ///
    /// # Errors
    ///
    /// [`Error`] when the log could not be moved; nothing is lost, the next start does it.
    pub async fn close(self) -> Result<(), Error> {
        self.readers.close().await;
        self.snapshot_readers.close().await;
        let mut connection = self.writer.acquire().await?.detach();
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
        connection.close().await?;
        self.writer.close().await;
        Ok(())
    }
}

/// Moves what is in the write-ahead log, unless somebody reads from before it, and says how many pages there are.
async fn checkpoint(connection: &mut SqliteConnection) -> Result<i64, Error> {
    let (_, pages, _) =
        sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(connection).await?;
    Ok(pages)
}

/// The next free value of an integer key; the transaction that asks is the only writer.
async fn next_row_id(connection: &mut SqliteConnection, sql: &'static str) -> Result<i64, Error> {
    sqlx::query_scalar::<_, i64>(sql).fetch_one(connection).await
}
