//! Documents that are read in a thread of their own: reading takes long, and whoever takes the entries has others to serve.

use std::io::{Read, Seek};

use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::model::document::{DocumentError, Draft, Reader};

/// The entries of a document, a batch at a time.
#[derive(Debug)]
pub struct Batches {
    batches: Receiver<Vec<Draft>>,
    /// Says how it ended; `None` once that is known. A thread that panics sends no more batches either, and what it has not
    /// read must not look like the end of the document.
    reading: Option<JoinHandle<Result<(), DocumentError>>>,
}

/// Why there are no more entries, although the document is not at its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Document(#[from] DocumentError),
    #[error("the reading was broken off")]
    Panicked,
}

impl Batches {
    /// Begins to read, one batch ahead of [`Batches::next`]. Dropped, it ends that.
    pub fn new<R: Read + Seek + Send + 'static>(mut reader: Reader<R>) -> Self {
        let (sender, batches) = channel(1);
        let reading = spawn_blocking(move || reader.entries(&mut |batch| sender.blocking_send(batch).is_ok()));
        Self { batches, reading: Some(reading) }
    }

    /// The next entries, at least one; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`ReadError`]: of a document that is wrong it names the entry, the field, the value and the reason.
    pub async fn next(&mut self) -> Result<Option<Vec<Draft>>, ReadError> {
        if let Some(batch) = self.batches.recv().await {
            return Ok(Some(batch));
        }
        let Some(reading) = &mut self.reading else { return Ok(None) };
        let ended = reading.await;
        self.reading = None;
        match ended {
            Ok(read) => Ok(read.map(|()| None)?),
            Err(error) => {
                tracing::error!(%error, "the reading of a document was broken off");
                Err(ReadError::Panicked)
            }
        }
    }
}
