//! What an entry weighs in memory.

use crate::model::journal_entry::JournalEntry;

/// Bytes of an entry beside its texts, with its place in the ring.
const ENTRY: usize = 472;

/// Bytes of a text in a list beside itself.
const TEXT: usize = 24;

/// Roughly the bytes that an entry takes. It follows from what the entry shows, so that one that is read back from the store
/// weighs what it weighed when it was new.
pub fn weight(entry: &JournalEntry) -> usize {
    let texts = [&entry.access_key_id, &entry.user_agent, &entry.method, &entry.action, &entry.request_id];
    let optional = [&entry.code, &entry.message, &entry.fault];
    let lists = entry.ids.iter().chain(&entry.cut).map(|text| text.len() + TEXT);
    let changes = entry.changes.iter().map(|change| change.kind.len() + change.id.len() + 3 * TEXT);
    ENTRY
        + texts.iter().map(|text| text.len()).sum::<usize>()
        + optional.iter().filter_map(|text| text.as_ref().map(String::len)).sum::<usize>()
        + lists.sum::<usize>()
        + changes.sum::<usize>()
        + entry.parameters.pairs().map(|(name, value)| name.len() + value.len() + 2 * TEXT).sum::<usize>()
}
