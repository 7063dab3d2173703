-- Every resource row belongs to a state. A sandbox points at its current state, and the seed is a state of its own:
-- replacing one means filling a new state and moving the pointer.
-- Times are seconds since 1970-01-01T00:00:00Z.

CREATE TABLE state (
    state_id INTEGER NOT NULL CONSTRAINT state_pk PRIMARY KEY,
    -- Ids that nobody chose follow from these two: the same sequence again after a restore.
    id_seed  INTEGER NOT NULL,
    next_id  INTEGER NOT NULL,
    -- As the control plane writes it, in JSON.
    clock    TEXT    NOT NULL
) STRICT;

CREATE TABLE sandbox (
    sandbox_id     INTEGER NOT NULL CONSTRAINT sandbox_pk PRIMARY KEY,
    name           TEXT    NOT NULL CONSTRAINT sandbox_name_unique UNIQUE,
    state_id       INTEGER NOT NULL CONSTRAINT sandbox_state_unique UNIQUE
                                    CONSTRAINT sandbox_state_fk REFERENCES state (state_id),
    creation_time  INTEGER NOT NULL,
    last_used_time INTEGER NOT NULL,
    ttl_seconds    INTEGER,
    -- A JSON object of texts.
    labels         TEXT    NOT NULL
) STRICT;

CREATE TABLE access_key (
    access_key_id     TEXT    NOT NULL CONSTRAINT access_key_pk PRIMARY KEY,
    access_key_secret TEXT    NOT NULL,
    sandbox_id        INTEGER NOT NULL
        CONSTRAINT access_key_sandbox_fk REFERENCES sandbox (sandbox_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX access_key_by_sandbox ON access_key (sandbox_id);

-- A named state of a sandbox.
CREATE TABLE checkpoint (
    sandbox_id    INTEGER NOT NULL
        CONSTRAINT checkpoint_sandbox_fk REFERENCES sandbox (sandbox_id) ON DELETE CASCADE,
    name          TEXT    NOT NULL,
    state_id      INTEGER NOT NULL CONSTRAINT checkpoint_state_unique UNIQUE
                                   CONSTRAINT checkpoint_state_fk REFERENCES state (state_id),
    creation_time INTEGER NOT NULL,
    CONSTRAINT checkpoint_pk PRIMARY KEY (sandbox_id, name)
) STRICT, WITHOUT ROWID;

-- One row: the state that the seed files were loaded into, and the digest of those files.
CREATE TABLE seed (
    seed_id  INTEGER NOT NULL CONSTRAINT seed_pk PRIMARY KEY CONSTRAINT seed_is_single CHECK (seed_id = 1),
    state_id INTEGER NOT NULL CONSTRAINT seed_state_unique UNIQUE
                              CONSTRAINT seed_state_fk REFERENCES state (state_id),
    digest   TEXT    NOT NULL
) STRICT;

-- status, progress and remaining time are functions of (pinned_status, pinned_progress, creation_time, ready_time,
-- outcome) and the clock; nothing updates them as time goes by.
CREATE TABLE snapshot (
    row_id                        INTEGER NOT NULL CONSTRAINT snapshot_pk PRIMARY KEY,
    state_id                      INTEGER NOT NULL CONSTRAINT snapshot_state_fk REFERENCES state (state_id),
    snapshot_id                   TEXT    NOT NULL,
    region_id                     TEXT    NOT NULL,
    snapshot_name                 TEXT,
    description                   TEXT    NOT NULL,
    creation_time                 INTEGER NOT NULL,
    last_modified_time            INTEGER,
    source_disk_id                TEXT    NOT NULL,
    source_disk_type              TEXT    NOT NULL,
    source_disk_size              INTEGER NOT NULL,
    source_storage_type           TEXT    NOT NULL,
    instance_id                   TEXT,
    encrypted                     INTEGER NOT NULL CONSTRAINT snapshot_encrypted_is_boolean CHECK (encrypted IN (0, 1)),
    kms_key_id                    TEXT,
    usage                         TEXT    NOT NULL
        CONSTRAINT snapshot_usage_is_known CHECK (usage IN ('image', 'disk', 'image_disk', 'none')),
    snapshot_type                 TEXT    NOT NULL
        CONSTRAINT snapshot_type_is_known CHECK (snapshot_type IN ('auto', 'timer', 'user')),
    category                      TEXT    NOT NULL,
    product_code                  TEXT    NOT NULL,
    resource_group_id             TEXT,
    retention_days                INTEGER,
    snapshot_link_id              TEXT,
    snapshot_sn                   TEXT,
    instant_access                INTEGER CONSTRAINT snapshot_instant_access_is_boolean CHECK (instant_access IN (0, 1)),
    instant_access_retention_days INTEGER,
    source_snapshot_id            TEXT,
    source_region_id              TEXT,
    full_snapshot_size_in_bytes   INTEGER,
    available                     INTEGER CONSTRAINT snapshot_available_is_boolean CHECK (available IN (0, 1)),
    ready_time                    INTEGER,
    outcome                       TEXT    NOT NULL
        CONSTRAINT snapshot_outcome_is_known CHECK (outcome IN ('accomplished', 'failed')),
    pinned_status                 TEXT
        CONSTRAINT snapshot_pinned_status_is_known CHECK (pinned_status IN ('progressing', 'accomplished', 'failed')),
    pinned_progress               INTEGER
        CONSTRAINT snapshot_pinned_progress_is_percentage CHECK (pinned_progress BETWEEN 0 AND 100),
    expiration_time               INTEGER,
    CONSTRAINT snapshot_id_unique UNIQUE (state_id, snapshot_id)
) STRICT;

-- Each index ends in the order of DescribeSnapshots and in what a count of its rows has to look at, so that a page needs
-- no sort and a count needs no table row.
CREATE INDEX snapshot_by_creation ON snapshot (
    state_id, region_id, creation_time DESC, snapshot_id, expiration_time,
    usage, snapshot_type, source_disk_type, encrypted, category, pinned_status, ready_time, outcome
);
CREATE INDEX snapshot_by_disk ON snapshot (
    state_id, region_id, source_disk_id, creation_time DESC, snapshot_id, expiration_time
);
CREATE INDEX snapshot_by_name ON snapshot (
    state_id, region_id, snapshot_name, creation_time DESC, snapshot_id, expiration_time
) WHERE snapshot_name IS NOT NULL;
CREATE INDEX snapshot_by_instance ON snapshot (
    state_id, region_id, instance_id, creation_time DESC, snapshot_id, expiration_time
) WHERE instance_id IS NOT NULL;
CREATE INDEX snapshot_by_kms_key ON snapshot (
    state_id, region_id, kms_key_id, creation_time DESC, snapshot_id, expiration_time
) WHERE kms_key_id IS NOT NULL;
CREATE INDEX snapshot_by_resource_group ON snapshot (
    state_id, region_id, resource_group_id, creation_time DESC, snapshot_id, expiration_time
) WHERE resource_group_id IS NOT NULL;
CREATE INDEX snapshot_by_link ON snapshot (
    state_id, region_id, snapshot_link_id, creation_time DESC, snapshot_id, expiration_time
) WHERE snapshot_link_id IS NOT NULL;

CREATE TABLE snapshot_tag (
    row_id    INTEGER NOT NULL CONSTRAINT snapshot_tag_snapshot_fk REFERENCES snapshot (row_id) ON DELETE CASCADE,
    tag_key   TEXT    NOT NULL,
    tag_value TEXT    NOT NULL,
    state_id  INTEGER NOT NULL,
    CONSTRAINT snapshot_tag_pk PRIMARY KEY (row_id, tag_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX snapshot_tag_by_key ON snapshot_tag (state_id, tag_key, tag_value, row_id);

-- What the planner knows about the tables is fixed here, for a large and busy database: the same filter has the same plan
-- everywhere and always. The numbers are rows in all, then rows per value of the first column, of the first two, and on.
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('snapshot', 'sqlite_autoindex_snapshot_1', '1000000 100000 1'),
    ('snapshot', 'snapshot_by_creation', '1000000 100000 25000 2 1 1 1 1 1 1 1 1 1'),
    ('snapshot', 'snapshot_by_disk', '1000000 100000 25000 20 1 1 1'),
    ('snapshot', 'snapshot_by_name', '1000000 100000 25000 20 1 1 1'),
    ('snapshot', 'snapshot_by_instance', '1000000 100000 25000 60 1 1 1'),
    ('snapshot', 'snapshot_by_kms_key', '1000000 100000 25000 200 1 1 1'),
    ('snapshot', 'snapshot_by_resource_group', '1000000 100000 25000 2500 2 1 1'),
    ('snapshot', 'snapshot_by_link', '1000000 100000 25000 20 1 1 1'),
    ('snapshot_tag', 'snapshot_tag', '3000000 3 1'),
    ('snapshot_tag', 'snapshot_tag_by_key', '3000000 300000 1000 100 1');
