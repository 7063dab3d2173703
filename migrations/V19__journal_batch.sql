-- Entries are kept as they are written: many at once, compressed where that saves something. A journal under load gets hundreds a
-- second, and a row for each of them costs more than all else that is done for it.

CREATE TABLE journal_batch (
    sandbox_id     INTEGER NOT NULL
        CONSTRAINT journal_batch_sandbox_fk REFERENCES sandbox (sandbox_id) ON DELETE CASCADE,
    -- The number of its first entry; the others have the numbers behind that one.
    first_sequence INTEGER NOT NULL,
    -- How many there are.
    entries        INTEGER NOT NULL,
    -- What the body is compressed with.
    compression    TEXT    NOT NULL
        CONSTRAINT journal_batch_compression_ck CHECK (compression IN ('none', 'lz4')),
    -- A JSON array of the entries, oldest first, each in an array with what its list was read from.
    body           BLOB    NOT NULL,
    CONSTRAINT journal_batch_pk PRIMARY KEY (sandbox_id, first_sequence)
) STRICT;

INSERT INTO journal_batch (sandbox_id, first_sequence, entries, compression, body)
    SELECT sandbox_id, sequence, 1, 'none', CAST('[[' || body || ',null]]' AS BLOB) FROM journal_entry;

DROP TABLE journal_entry;
