//! What an entry weighs in memory.

use compact_str::CompactString;

use crate::model::journal_entry::JournalEntry;

/// Bytes of an entry beside its texts, with its place in the ring.
const ENTRY: usize = 472;

/// Bytes of a text itself. One that is no longer than that lies in them, and takes no other memory.
const TEXT: usize = size_of::<CompactString>();

/// Roughly the bytes that an entry takes. It follows from what the entry shows, so that one that is read back from the store
/// weighs what it weighed when it was new.
pub fn weight(entry: &JournalEntry) -> usize {
    let texts = [&entry.access_key_id, &entry.user_agent, &entry.method, &entry.action, &entry.request_id];
    let optional = [&entry.code, &entry.message, &entry.fault];
    let lists = entry.ids.iter().chain(&entry.cut).map(|text| TEXT + beside(text));
    let changes = entry.changes.iter().map(|change| 3 * TEXT + beside(&change.kind) + beside(&change.id));
    let parameters = entry.parameters.pairs().map(|(name, value)| 2 * TEXT + beside(name) + beside(value));
    ENTRY
        + texts.iter().map(|text| beside(text)).sum::<usize>()
        + optional.iter().filter_map(|text| text.as_ref().map(String::len)).sum::<usize>()
        + lists.sum::<usize>()
        + changes.sum::<usize>()
        + parameters.sum::<usize>()
}

/// Bytes that a text takes outside of itself: none, if it is short.
fn beside(text: &str) -> usize {
    if text.len() > TEXT { text.len() } else { 0 }
}
