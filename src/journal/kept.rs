//! What a journal holds at one moment.

use std::sync::Arc;

use crate::model::journal_entry::JournalEntry;

/// The entries of a journal, and what is known of those that are there no more.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Oldest first.
    pub entries: Vec<Arc<JournalEntry>>,
    /// How many had to go for newer ones since the journal was emptied last.
    pub evicted: i64,
    /// The newest number that was given; 0 where none was.
    pub last_sequence: i64,
    /// From this sequence on nothing is missing but what somebody emptied the journal of.
    pub complete_from: i64,
}
