//! The one connection that writes.

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};
use tokio::time::timeout;

use crate::store::Error;

/// How long a change waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection, once it was needed and as long as nothing went wrong with it.
type Slot = Option<SqliteConnection>;

/// Where the connection is while nobody writes.
#[derive(Debug, Clone)]
pub struct WriterConnection {
    options: SqliteConnectOptions,
    slot: Arc<Mutex<Slot>>,
    /// Told of each commit.
    committed: Arc<Notify>,
}

/// A transaction, and with it the connection. After anything but an orderly end the connection is closed, which rolls back
/// what is open, and the next one is made anew: nothing is left of whatever went wrong.
#[derive(Debug)]
pub struct WriteTransaction {
    connection: SqliteConnection,
    slot: OwnedMutexGuard<Slot>,
    committed: Arc<Notify>,
}

impl WriterConnection {
    pub fn new(options: SqliteConnectOptions) -> Self {
        Self { options, slot: Arc::default(), committed: Arc::default() }
    }

    /// The transaction, as soon as those before it have ended.
    pub async fn begin(&self) -> Result<WriteTransaction, Error> {
        let mut slot = self.locked().await?;
        let mut connection = match slot.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await?;
        Ok(WriteTransaction { connection, slot, committed: self.committed.clone() })
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

    pub async fn commit(self) -> Result<(), Error> {
        let committed = self.committed.clone();
        let ended = self.end("COMMIT").await;
        committed.notify_one();
        ended
    }

    pub async fn rollback(self) {
        // Where it fails the connection is closed, which does the same.
        let _ = self.end("ROLLBACK").await;
    }

    async fn end(mut self, statement: &'static str) -> Result<(), Error> {
        sqlx::query(statement).execute(&mut self.connection).await?;
        *self.slot = Some(self.connection);
        Ok(())
    }
}
