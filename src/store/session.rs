//! What the functions of the store work on: a connection, whatever it is for.

use std::ops::{Deref, DerefMut};

use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::Error;
use super::sqlite::{PlainReader, WriteTransaction};

/// A connection. What it is of the driver, nobody outside of the store sees.
#[derive(Debug)]
pub struct Session(Connection);

#[derive(Debug)]
enum Connection {
    /// For single statements.
    Plain(PlainReader),
    /// For several that see the same state.
    Snapshot(Transaction<'static, Sqlite>),
    /// For as long as it takes, beside those that answer requests.
    Own(Box<SqliteConnection>),
    Writing(WriteTransaction),
}

impl Session {
    pub(super) fn plain(reader: PlainReader) -> Self {
        Self(Connection::Plain(reader))
    }

    pub(super) fn snapshot(transaction: Transaction<'static, Sqlite>) -> Self {
        Self(Connection::Snapshot(transaction))
    }

    pub(super) fn own(connection: SqliteConnection) -> Self {
        Self(Connection::Own(Box::new(connection)))
    }

    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match &mut self.0 {
            Connection::Plain(reader) => &mut reader.connection,
            Connection::Snapshot(transaction) => transaction,
            Connection::Own(connection) => connection,
            Connection::Writing(transaction) => transaction.connection(),
        }
    }

    /// What came of a statement; a transaction that writes takes note of a failed one.
    pub(super) fn noted<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let (Connection::Writing(transaction), Err(error)) = (&mut self.0, &result) {
            transaction.fail(error);
        }
        result
    }
}

/// The one write transaction. Dropped without a commit, it leaves nothing behind.
#[derive(Debug)]
pub struct Writer(Session);

impl Writer {
    pub(super) fn new(transaction: WriteTransaction) -> Self {
        Self(Session(Connection::Writing(transaction)))
    }

    /// Makes what was written last.
    ///
    /// # Errors
    ///
    /// [`Error`] when nobody knows whether it does.
    pub async fn commit(self) -> Result<(), Error> {
        match self.0.0 {
            Connection::Writing(transaction) => transaction.commit().await,
            // A writer is made of a write transaction.
            _ => Ok(()),
        }
    }

    /// Gives up what was written, at less cost than dropping it.
    pub async fn rollback(self) {
        if let Connection::Writing(transaction) = self.0.0 {
            transaction.rollback().await;
        }
    }
}

impl Deref for Writer {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl DerefMut for Writer {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.0
    }
}
