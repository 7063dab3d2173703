//! Documents that are read in a thread of their own: reading takes long, and whoever takes the entries has others to serve.

use std::io::{Read, Seek};

use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::spawn_blocking;

use crate::model::document::{DocumentError, Draft, Reader};

/// The entries of a document, a batch at a time.
#[derive(Debug)]
pub struct Batches {
    batches: Receiver<Result<Vec<Draft>, DocumentError>>,
}

impl Batches {
    /// Begins to read, one batch ahead of [`Batches::next`]. Dropped, it ends that.
    pub fn new<R: Read + Seek + Send + 'static>(mut reader: Reader<R>) -> Self {
        let (sender, batches) = channel(1);
        spawn_blocking(move || {
            let read = reader.entries(&mut |batch| sender.blocking_send(Ok(batch)).is_ok());
            if let Err(error) = read {
                // Without a receiver nobody wants to know.
                let _ = sender.blocking_send(Err(error));
            }
        });
        Self { batches }
    }

    /// The next entries, at least one; `None` at the end.
    ///
    /// # Errors
    ///
    /// [`DocumentError`]: it names the entry, the field, the value and the reason.
    pub async fn next(&mut self) -> Result<Option<Vec<Draft>>, DocumentError> {
        self.batches.recv().await.transpose()
    }
}
