//! Temporary files beside the database: whole states on their way in and out, so that neither memory nor a moment of the
//! database is kept for whoever sends or reads them slowly. And whose turn it is to bring one in or out.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::web::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Bytes that are read at a time.
const PIECE: usize = 64 * 1024;

/// How long an upload or an export waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where temporary files are, how much of the disk they may take together, and how many uploads and exports there may be at
/// once: each takes memory, and a descriptor if it has a file.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    limit: u64,
    used: AtomicU64,
    transfers: usize,
    turns: Arc<Semaphore>,
}

/// The right to bring a state in or out, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _permit: OwnedSemaphorePermit,
}

/// Why a temporary file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    #[error(
        "temporary files of uploads and exports take {0} bytes together, which is the limit: wait until some have ended, or \
         start the server with another --max-temporary"
    )]
    TooMuch(u64),
    #[error(
        "{0} uploads and exports are under way, which is the limit, and the turn of this one has not come for {seconds} s: \
         try again",
        seconds = PATIENCE.as_secs()
    )]
    Busy(usize),
    #[error("a temporary file cannot be written: {0}")]
    Io(#[from] io::Error),
}

/// A file that has no name, and is gone with this.
#[derive(Debug)]
pub struct Spooled {
    file: tokio::fs::File,
    share: Share,
    turn: Turn,
}

/// What a file takes of the limit.
#[derive(Debug)]
struct Share {
    spool: Arc<Spool>,
    bytes: u64,
}

/// A file that was written, for a thread that may wait for it.
#[derive(Debug)]
pub struct SpooledReader {
    file: File,
    _share: Share,
    _turn: Turn,
}

impl Spool {
    /// For so many bytes, and so many uploads and exports at once.
    #[must_use]
    pub fn new(folder: PathBuf, limit: u64, transfers: usize) -> Self {
        Self { folder, limit, used: AtomicU64::new(0), transfers, turns: Arc::new(Semaphore::new(transfers)) }
    }

    /// Waits until it is the caller's turn, as the first who waits.
    pub async fn turn(&self) -> Result<Turn, SpoolError> {
        match timeout(PATIENCE, self.turns.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Turn { _permit: permit }),
            // Nobody closes it.
            Ok(Err(_)) | Err(_) => Err(SpoolError::Busy(self.transfers)),
        }
    }

    /// A new file, of no length, for whoever's turn it is.
    pub fn create(self: &Arc<Self>, turn: Turn) -> Result<Spooled, SpoolError> {
        let file = tokio::fs::File::from_std(tempfile::tempfile_in(&self.folder)?);
        Ok(Spooled { file, share: Share { spool: self.clone(), bytes: 0 }, turn })
    }

    /// Bytes that they may take.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Uploads and exports that there may be at once.
    #[must_use]
    pub fn transfers(&self) -> usize {
        self.transfers
    }

    /// Bytes that all files take together.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }
}

impl Spooled {
    /// Adds these bytes at the end.
    pub async fn append(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        self.share.take(bytes.len() as u64)?;
        Ok(self.file.write_all(bytes).await?)
    }

    #[must_use]
    pub fn length(&self) -> u64 {
        self.share.bytes
    }

    /// What was written, a piece at a time. From here on it is the next one's turn: a client that reads nothing keeps nobody
    /// else from theirs.
    pub async fn into_stream(mut self) -> Result<impl Stream<Item = io::Result<Bytes>>, SpoolError> {
        self.file.flush().await?;
        self.file.rewind().await?;
        let Self { file, share, turn } = self;
        drop(turn);
        Ok(stream::try_unfold((file, share), |(mut file, share)| async move {
            let mut piece = BytesMut::with_capacity(PIECE);
            let length = file.read_buf(&mut piece).await?;
            Ok((length > 0).then(|| (piece.freeze(), (file, share))))
        }))
    }

    /// What was written, from its beginning.
    pub async fn into_reader(mut self) -> Result<SpooledReader, SpoolError> {
        self.file.flush().await?;
        self.file.rewind().await?;
        Ok(SpooledReader { file: self.file.into_std().await, _share: self.share, _turn: self.turn })
    }
}

impl Share {
    fn take(&mut self, bytes: u64) -> Result<(), SpoolError> {
        let used = self.spool.used.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        if used + bytes > self.spool.limit { Err(SpoolError::TooMuch(self.spool.limit)) } else { Ok(()) }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.spool.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Read for SpooledReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Seek for SpooledReader {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}
