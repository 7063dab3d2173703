//! All SQL. Functions over a [`Session`], a file per table or family of tables; nothing here knows a request or a reply.

pub mod access_keys;
pub mod checkpoints;
pub mod client_tokens;
pub mod derived;
pub mod journals;
pub mod lists;
pub mod lookups;
pub mod narrowing;
pub mod nonces;
pub mod places;
pub mod planned_faults;
pub mod policies;
pub mod policy_associations;
pub mod resources;
pub mod sandboxes;
pub mod seeds;
pub mod snapshot_links;
pub mod states;
pub mod sums;
pub mod tag_counts;
pub mod tags;
pub mod timelines;

mod auto_snapshot_policies;
mod copies;
mod counters;
mod disks;
mod images;
mod instances;
mod rows;
mod session;
mod snapshot_groups;
mod snapshots;
mod sql;
mod sqlite;
mod tables;
mod trouble;
mod waits;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

pub use rows::Stored;
pub use session::{Session, Writer};
pub use sqlite::file::OpenError;
use sqlite::{Readers, WriterConnection, file, migrate, restore, space, upgrade};
pub use tables::Table;
pub use trouble::Trouble;
use trouble::Troubles;
pub use waits::Waits;
use waits::measured;

/// Trouble between here and the disk. No request causes it.
pub type Error = sqlx::Error;

/// Resources that one transaction changes at most where there are many: other writers wait no longer than that takes.
pub const STEP: usize = 200;

/// Memory for what the writer changes in one transaction, in KiB, negative as SQLite has it: a thousand snapshots lie all over
/// their indexes, and what has no room here is written twice.
const WRITER_CACHE: &str = "-16384";

/// How long what was written stays in the write-ahead log before it is moved into the database file.
const GATHERING: Duration = Duration::from_millis(100);

/// Pages in the write-ahead log, of 4 KiB, from which on it has to begin anew.
const LONG_LOG: i64 = 4_000;

/// What is left to be moved when writers are held up for it: as little as they add while as little was moved, and in so many
/// steps at most.
const LITTLE_LOG: i64 = 250;
const STEPS: usize = 8;

/// Bytes that the log's file keeps once it has begun anew.
const LOG_FILE: &str = "67108864";

/// Whether an error says that too much is going on, rather than that something is broken.
#[must_use]
pub fn is_overload(error: &Error) -> bool {
    matches!(error, Error::PoolTimedOut)
}

/// The open database: one writer, several readers, and the lock that keeps other processes out.
#[derive(Debug, Clone)]
pub struct Store {
    writer: WriterConnection,
    /// For single statements.
    readers: Arc<Readers>,
    /// For several that see the same state.
    snapshot_readers: SqlitePool,
    options: SqliteConnectOptions,
    file: Arc<file::DatabaseFile>,
    troubles: Troubles,
    waits: Waits,
}

/// Bytes that a database takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Its file.
    pub database: u64,
    /// The file of its write-ahead log.
    pub log: u64,
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

impl Store {
    /// Opens the database file, making it where there is none, and brings its schema up to date. `:memory:` stands for a
    /// temporary file that goes with the process: several connections need a file between them. A file of an older schema is
    /// copied beside itself before it is migrated, if `copies`.
    ///
    /// Commits survive the end of the process, however it ends (WAL, synchronous=NORMAL). A power failure may take the
    /// last of them, and never leaves the file damaged.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong with the file and what to do about it.
    pub async fn open(path: &Path, copies: bool) -> Result<Opened, OpenError> {
        let mut file = file::DatabaseFile::lock(path)?;
        let options = SqliteConnectOptions::new()
            .filename(file.path())
            // A slow statement is not news, and its text is long.
            .disable_statement_logging()
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .pragma("journal_size_limit", LOG_FILE)
            .busy_timeout(Duration::from_secs(5));
        let mut migrated = Vec::new();
        if file.is_new() {
            migrate::claim(file.path()).await?;
        } else {
            migrated = upgrade::run(file.path(), &options, copies).await?;
        }
        file.hold()?;
        migrated.extend(migrate::run(file.path(), &options).await?);
        let (file, troubles) = (Arc::new(file), Troubles::default());
        let waits = Waits::default();
        let pool = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_slow_threshold(Duration::from_mins(1));
        // Moving the log is another task's: see Store::move_log.
        let writing = options.clone().pragma("wal_autocheckpoint", "0").pragma("cache_size", WRITER_CACHE);
        let writer = WriterConnection::new(writing, file.clone(), troubles.clone(), waits.writer.clone());
        // A reader works on a thread of its own, one for each request that is being answered.
        let size = std::thread::available_parallelism().map_or(1, usize::from).max(4);
        let reading = options.clone().pragma("query_only", "on");
        let readers = Arc::new(Readers::new(reading.clone(), size, waits.reader.clone()));
        let snapshot_readers = pool.max_connections(u32::try_from(size).unwrap_or(u32::MAX)).connect_lazy_with(reading);
        let store = Self { writer, readers, snapshot_readers, options, file, troubles, waits };
        Ok(Opened { store, migrated })
    }

    /// Where the database is. For `:memory:` the temporary file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The folder that it is in: what is written there needs no other disk.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        let folder = self.path().parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new(".")).to_path_buf()
    }

    /// A connection to read from.
    ///
    /// # Errors
    ///
    /// [`Error`] when no connection can be had.
    pub async fn read(&self, reads: Reads) -> Result<Session, Error> {
        Ok(match reads {
            Reads::One => Session::plain(self.readers.acquire().await?),
            Reads::Several => Session::snapshot(self.begin_reading().await?),
        })
    }

    async fn begin_reading(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, Error> {
        if let Some(transaction) = self.snapshot_readers.try_begin().await? {
            self.waits.reader.observe(0.0);
            return Ok(transaction);
        }
        measured(&self.waits.reader, self.snapshot_readers.begin()).await
    }

    /// How long whoever wanted to read or to write has waited for that.
    #[must_use]
    pub fn waits(&self) -> &Waits {
        &self.waits
    }

    /// The versions of the schema and of SQLite.
    ///
    /// # Errors
    ///
    /// [`Error`] when SQLite does not answer.
    pub async fn versions(&self) -> Result<(i64, String), Error> {
        let mut session = self.read(Reads::One).await?;
        Ok((migrate::newest(), sql::Sql::new("SELECT sqlite_version()").scalar(&mut session).await?))
    }

    /// How large the files are; nothing of one that is not there.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        Sizes { database: size(self.path()), log: size(&upgrade::beside(self.path(), "-wal")) }
    }

    /// The one write transaction; others wait for their turn.
    ///
    /// # Errors
    ///
    /// [`Error`] when the transaction cannot be had.
    pub async fn write(&self) -> Result<Writer, Error> {
        Ok(Writer::new(self.writer.begin().await?))
    }

    /// Whether changes can be written. Where the last attempt failed, this is the next.
    ///
    /// # Errors
    ///
    /// [`Trouble`] that keeps them from it.
    pub async fn check_writable(&self) -> Result<(), Trouble> {
        if self.troubles.known().is_none() && self.file.check_in_place().is_ok() {
            return Ok(());
        }
        // Each attempt notes by itself what came of it. A number that nobody needs is a change; a row written as it is would be
        // none to SQLite.
        if let Ok(mut writer) = self.write().await {
            match counters::next(&mut writer, "state").await {
                Ok(_) => drop(writer.commit().await),
                Err(_) => writer.rollback().await,
            }
        }
        if let Ok(mut connection) = self.snapshot_readers.acquire().await {
            let _ = self.move_some(&mut connection).await;
        }
        self.troubles.known().map_or(Ok(()), Err)
    }

    /// Writes a copy of the whole database, as of one moment, to a new file, which has its name once all of it is there.
    ///
    /// # Errors
    ///
    /// [`Error`] when the file cannot be written; nothing is left of it then.
    pub async fn backup(&self, path: &Path) -> Result<(), Error> {
        let part = upgrade::beside(path, ".part");
        let written = async {
            file::make_private(&part)?;
            // On a connection of its own: it takes as long as the database is large, and reads only.
            let mut connection = self.options.clone().connect().await?;
            let vacuum = sqlx::query("VACUUM INTO ?").bind(part.to_string_lossy().into_owned());
            let copied = vacuum.execute(&mut connection).await;
            // Closed in any case, since until then a file of its own may lie beside the part.
            connection.close().await?;
            copied?;
            std::fs::File::open(&part)?.sync_all()?;
            Ok(std::fs::rename(&part, path)?)
        };
        let written: Result<(), Error> = written.await;
        if written.is_err() {
            // What cannot be removed either has a name that says what it is.
            for left in [upgrade::beside(&part, "-journal"), part] {
                let _ = std::fs::remove_file(left);
            }
        }
        written
    }

    /// Makes the database, which nobody may have open, what a backup holds, and names the file that keeps what it held before.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong with either file.
    pub async fn restore(database: &Path, backup: &Path) -> Result<Option<PathBuf>, OpenError> {
        restore::run(database, backup).await
    }

    /// A connection to read from for long, beside those that answer requests. It sees one moment of the database.
    ///
    /// # Errors
    ///
    /// [`Error`] when the connection cannot be made.
    pub async fn read_long(&self) -> Result<Session, Error> {
        let mut connection = self.options.clone().pragma("query_only", "on").connect().await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(Session::own(connection))
    }

    /// Waits until somebody has written, and moves that from the write-ahead log into the database file, beside whoever reads
    /// and writes: a writer that did it would wait for the disk. The log begins anew with the next write once all of it was
    /// moved; under writers without a pause, they are held up for the last of it.
    ///
    /// # Errors
    ///
    /// [`Error`] when the disk fails. Nothing is lost.
    pub async fn move_log(&self) -> Result<(), Error> {
        self.writer.committed().await;
        tokio::time::sleep(GATHERING).await;
        let mut connection = self.snapshot_readers.acquire().await?;
        let mut pages = self.move_some(&mut connection).await?;
        if pages <= LONG_LOG {
            return Ok(());
        }
        // Each step leaves what was written during it, so they become shorter.
        for _ in 0..STEPS {
            let before = std::mem::replace(&mut pages, self.move_some(&mut connection).await?);
            if pages - before <= LITTLE_LOG {
                break;
            }
        }
        let _no_writer = self.writer.pause().await?;
        self.move_some(&mut connection).await?;
        Ok(())
    }

    /// Moves what is in the write-ahead log, unless somebody reads from before it, and says how many pages there are.
    async fn move_some(&self, connection: &mut SqliteConnection) -> Result<i64, Error> {
        let moved = sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(connection).await;
        self.troubles.log_moved(moved.as_ref().err().and_then(Trouble::of));
        moved.map(|(_, pages, _)| pages)
    }

    /// Gives what is free of the database file back to the disk, if that is much of it. Others write between its steps.
    ///
    /// # Errors
    ///
    /// [`Error`] when the disk fails. Nothing is lost.
    pub async fn give_back_space(&self) -> Result<(), Error> {
        let mut goes_on = space::has_plenty(&mut self.read(Reads::One).await?).await?;
        while goes_on {
            let mut writer = self.write().await?;
            goes_on = space::give_back_some(&mut writer).await?;
            writer.commit().await?;
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
        self.writer.close().await
    }
}
