-- How often requests have met a planned fault, apart from what is planned: each match writes these few numbers, and a plan may be
-- long. The window of a quota began at a time of the sandbox, in milliseconds.
CREATE TABLE planned_fault_count (
    sandbox_id   INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    matches      INTEGER NOT NULL,
    hits         INTEGER NOT NULL,
    window_since INTEGER,
    window_calls INTEGER,
    CONSTRAINT planned_fault_count_pk PRIMARY KEY (sandbox_id, name),
    CONSTRAINT planned_fault_count_fault_fk FOREIGN KEY (sandbox_id, name)
        REFERENCES planned_fault (sandbox_id, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO planned_fault_count (sandbox_id, name, matches, hits, window_since, window_calls)
SELECT sandbox_id, name, json_extract(body, '$.Matches'), json_extract(body, '$.Hits'),
    unixepoch(json_extract(body, '$.Window.Since')) * 1000, json_extract(body, '$.Window.Calls')
FROM planned_fault;

-- From now on the body is the plan as JSON, which never changes.
ALTER TABLE planned_fault ADD COLUMN creation_time INTEGER NOT NULL DEFAULT 0;

UPDATE planned_fault
SET creation_time = unixepoch(json_extract(body, '$.CreationTime')), body = json_extract(body, '$.Plan');
