//! Connections for single statements that read. sqlx's own pool pings a connection whenever it gets it back, which costs as
//! much as half a statement; a connection to a file does not go away by itself.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::histogram::Histogram;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::store::Error;
use crate::store::waits::measured;

/// How long a request waits for a connection when all are at work.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection, once it was needed.
type Slot = Option<SqliteConnection>;

/// A number of connections, opened when they are needed.
#[derive(Debug)]
pub struct Readers {
    options: SqliteConnectOptions,
    slots: Vec<Arc<Mutex<Slot>>>,
    /// As many as there are slots that nobody uses.
    permits: Arc<Semaphore>,
    waits: Histogram,
}

/// One of the connections, as long as it is used.
#[derive(Debug)]
pub struct PlainReader {
    pub connection: OwnedMappedMutexGuard<Slot, SqliteConnection>,
    /// Behind the connection: it is given back first.
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub fn new(options: SqliteConnectOptions, size: usize, waits: Histogram) -> Self {
        let slots = (0..size).map(|_| Arc::default()).collect();
        Self { options, slots, permits: Arc::new(Semaphore::new(size)), waits }
    }

    /// A connection that nobody else uses meanwhile.
    pub async fn acquire(&self) -> Result<PlainReader, Error> {
        let permit = match self.permits.clone().try_acquire_owned() {
            Ok(permit) => {
                self.waits.observe(0.0);
                permit
            }
            Err(_) => match measured(&self.waits, timeout(PATIENCE, self.permits.clone().acquire_owned())).await {
                Ok(permit) => permit.map_err(|_| Error::PoolClosed)?,
                Err(_) => return Err(Error::PoolTimedOut),
            },
        };
        // The permit says that there is one; the first ones have seen most pages of the file.
        let slot = self.slots.iter().find_map(|slot| slot.clone().try_lock_owned().ok());
        let mut slot = slot.ok_or(Error::PoolTimedOut)?;
        let connection = match slot.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        let connection = OwnedMutexGuard::map(slot, |slot| slot.insert(connection));
        Ok(PlainReader { connection, _permit: permit })
    }

    /// Waits until all are back, and closes them.
    pub async fn close(&self) {
        for slot in &self.slots {
            if let Some(connection) = slot.lock().await.take() {
                // Nothing is lost with a connection that only reads.
                let _ = connection.close().await;
            }
        }
        self.permits.close();
    }
}
