-- What is remembered of a state outside the database holds while its version is the same: every change to its snapshots
-- counts it up.
ALTER TABLE state ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- The next moment at which a snapshot changes by the clock alone.
CREATE INDEX snapshot_by_ready_time ON snapshot (state_id, ready_time) WHERE ready_time IS NOT NULL;
CREATE INDEX snapshot_by_expiration ON snapshot (state_id, expiration_time) WHERE expiration_time IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('snapshot', 'snapshot_by_ready_time', '1000000 100000 2'),
    ('snapshot', 'snapshot_by_expiration', '1000000 100000 2');
