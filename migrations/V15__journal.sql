-- What is remembered of requests and changes: by sandbox its journal, and the entries that are kept of it.

CREATE TABLE journal (
    sandbox_id     INTEGER NOT NULL
        CONSTRAINT journal_sandbox_fk REFERENCES sandbox (sandbox_id) ON DELETE CASCADE,
    -- The newest number that the entries below come to.
    last_sequence  INTEGER NOT NULL,
    -- Numbers up to this one may be in use already: an end without order goes on behind it.
    reserved_until INTEGER NOT NULL,
    evicted        INTEGER NOT NULL,
    -- From this number on no entry is missing.
    complete_from  INTEGER NOT NULL,
    -- How many entries there are.
    kept           INTEGER NOT NULL,
    CONSTRAINT journal_pk PRIMARY KEY (sandbox_id)
) STRICT;

CREATE TABLE journal_entry (
    sandbox_id INTEGER NOT NULL
        CONSTRAINT journal_entry_sandbox_fk REFERENCES sandbox (sandbox_id) ON DELETE CASCADE,
    sequence   INTEGER NOT NULL,
    -- The entry as JSON.
    body       TEXT    NOT NULL,
    CONSTRAINT journal_entry_pk PRIMARY KEY (sandbox_id, sequence)
) STRICT, WITHOUT ROWID;

INSERT INTO journal (sandbox_id, last_sequence, reserved_until, evicted, complete_from, kept)
    SELECT sandbox_id, 0, 0, 0, 1, 0 FROM sandbox;
