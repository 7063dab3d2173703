//! Entries as the store keeps them: those that are written at once are one text in JSON, compressed where it is long. Entries of
//! one program are much alike, so that little is left of them.

use std::error::Error;
use std::sync::Arc;

use lz4_flex::block::{compress_prepend_size, decompress_size_prepended};

use crate::model::journal_entry::{JournalEntry, Saw};
use crate::store::journals::{Compression, EntryBatch};

/// Bytes up to which a batch stays a text that anyone can read: with its row it fits on one page of the database.
const SHORT: usize = 3_072;

/// What is to be written of these entries, which have numbers that follow each other; nothing of none.
///
/// # Errors
///
/// An entry that cannot be written in JSON.
pub fn write(entries: &[Arc<JournalEntry>]) -> Result<Option<EntryBatch>, serde_json::Error> {
    let Some(first) = entries.first() else { return Ok(None) };
    let with_saw: Vec<(&JournalEntry, Option<Saw>)> = entries.iter().map(|entry| (&**entry, entry.saw)).collect();
    let text = serde_json::to_vec(&with_saw)?;
    let (compression, body) = match text.len() {
        ..=SHORT => (Compression::None, text),
        _ => (Compression::Lz4, compress_prepend_size(&text)),
    };
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    Ok(Some(EntryBatch { first_sequence: first.sequence, entries: count, compression, body }))
}

/// The entries of a batch, oldest first.
///
/// # Errors
///
/// What was not written by [`write()`], or was damaged since.
pub fn read(batch: &EntryBatch) -> Result<Vec<JournalEntry>, Box<dyn Error + Send + Sync>> {
    let with_saw: Vec<(JournalEntry, Option<Saw>)> = match batch.compression {
        Compression::None => serde_json::from_slice(&batch.body)?,
        Compression::Lz4 => serde_json::from_slice(&decompress_size_prepended(&batch.body)?)?,
    };
    let entry = |(entry, saw): (JournalEntry, Option<Saw>)| JournalEntry { saw: saw.or(entry.saw), ..entry };
    Ok(with_saw.into_iter().map(entry).collect())
}
