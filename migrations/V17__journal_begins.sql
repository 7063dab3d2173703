-- Which numbers are missing follows from those of the entries that are kept, once it is known from where on they are missed: numbers
-- before this one are those that somebody emptied the journal of.
ALTER TABLE journal RENAME COLUMN complete_from TO begins_at;

-- Where nothing was missing, all before the first entry was emptied; else it cannot be told from what had to go.
UPDATE journal SET begins_at = CASE
    WHEN begins_at > 1 THEN 1
    ELSE coalesce(
        (SELECT min(sequence) FROM journal_entry WHERE journal_entry.sandbox_id = journal.sandbox_id), last_sequence + 1)
END;
