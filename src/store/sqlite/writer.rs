//! The one connection that writes.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::histogram::Histogram;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};
use tokio::time::timeout;

use super::file::DatabaseFile;
use crate::store::Error;
use crate::store::trouble::{Trouble, Troubles};
use crate::store::waits::measured;

/// How long a change waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection, once it was needed and as long as nothing went wrong with it.
type Slot = Option<SqliteConnection>;

/// Where the connection is while nobody writes.
#[derive(Debug, Clone)]
pub struct WriterConnection {
    options: SqliteConnectOptions,
    file: Arc<DatabaseFile>,
    troubles: Troubles,
    slot: Arc<Mutex<Slot>>,
    waits: Histogram,
    /// Told of each commit.
    committed: Arc<Notify>,
}

/// A transaction, and with it the connection. After anything but an orderly end the connection is closed, which rolls back
/// what is open, and the next one is made anew: nothing is left of whatever went wrong.
#[derive(Debug)]
pub struct WriteTransaction {
    connection: SqliteConnection,
    file: Arc<DatabaseFile>,
    troubles: Troubles,
    /// Whether a statement failed.
    has_failed: bool,
    slot: OwnedMutexGuard<Slot>,
    committed: Arc<Notify>,
}

impl WriterConnection {
    pub fn new(options: SqliteConnectOptions, file: Arc<DatabaseFile>, troubles: Troubles, waits: Histogram) -> Self {
        Self { options, file, troubles, slot: Arc::default(), waits, committed: Arc::default() }
    }

    /// The transaction, as soon as those before it have ended.
    pub async fn begin(&self) -> Result<WriteTransaction, Error> {
        let mut slot = measured(&self.waits, self.locked()).await?;
        let begun = async {
            self.file.check_in_place()?;
            let mut connection = match slot.take() {
                Some(connection) => connection,
                None => self.options.connect().await?,
            };
            sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await?;
            Ok(connection)
        };
        let connection = begun.await.inspect_err(|error| note(&self.troubles, error))?;
        let (file, troubles, committed) = (self.file.clone(), self.troubles.clone(), self.committed.clone());
        Ok(WriteTransaction { connection, file, troubles, has_failed: false, slot, committed })
    }

    async fn locked(&self) -> Result<OwnedMutexGuard<Slot>, Error> {
        timeout(PATIENCE, self.slot.clone().lock_owned()).await.map_err(|_| Error::PoolTimedOut)
    }

    /// Waits for a commit.
    pub async fn committed(&self) {
        self.committed.notified().await;
    }

    /// Keeps everybody from writing for as long as the result lives.
    pub async fn pause(&self) -> Result<impl Drop + use<>, Error> {
        self.locked().await
    }

    /// Moves the write-ahead log into the database file and closes the connection.
    pub async fn close(&self) -> Result<(), Error> {
        let mut slot = self.locked().await?;
        let mut connection = match slot.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
        connection.close().await
    }
}

impl WriteTransaction {
    pub fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// Notes that a statement failed.
    pub fn fail(&mut self, error: &Error) {
        // A row that is not there is no failure.
        if matches!(error, Error::Database(_) | Error::Io(_) | Error::WorkerCrashed) {
            self.has_failed = true;
            note(&self.troubles, error);
        }
    }

    pub async fn commit(self) -> Result<(), Error> {
        let (committed, troubles) = (self.committed.clone(), self.troubles.clone());
        let ended = match self.file.check_in_place() {
            Ok(()) => self.end("COMMIT").await,
            Err(error) => Err(error),
        };
        match &ended {
            Ok(()) => troubles.written(None),
            Err(error) => note(&troubles, error),
        }
        committed.notify_one();
        ended
    }

    pub async fn rollback(self) {
        // Where it fails the connection is closed, which does the same. After a failed statement nobody knows what SQLite
        // has rolled back by itself.
        if !self.has_failed {
            let _ = self.end("ROLLBACK").await;
        }
    }

    async fn end(mut self, statement: &'static str) -> Result<(), Error> {
        sqlx::query(statement).execute(&mut self.connection).await?;
        *self.slot = Some(self.connection);
        Ok(())
    }
}

fn note(troubles: &Troubles, error: &Error) {
    if let Some(trouble) = Trouble::of(error) {
        troubles.written(Some(trouble));
    }
}
