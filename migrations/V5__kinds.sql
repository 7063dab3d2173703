-- Every kind of resource has a table of the same form: the key (state, id), the region, the order of pages as two columns that
-- both ascend (negative time, id), the expiry, the columns that some filter asks for, and the rest as a body in JSON: the entry
-- without its key and without what has its default value.
-- This script runs on databases without snapshots only. Those that have some are filled into a new one, see
-- src/store/sqlite/upgrade.rs.

DROP TABLE snapshot_tag;
DROP TABLE snapshot;

-- Ids of sandboxes and states are never used again: what has outlived a sandbox must not belong to the next one.
CREATE TABLE counter (
    name  TEXT    NOT NULL CONSTRAINT counter_pk PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO counter (name, value)
SELECT 'sandbox', coalesce(max(sandbox_id), 0) FROM sandbox
UNION ALL SELECT 'state', coalesce(max(state_id), 0) FROM state;

-- Counted up by every change that answers depend on: rows of any kind, pointer, clock, settings.
ALTER TABLE sandbox ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state DROP COLUMN version;
-- A JSON object; what it does not name has its default value.
ALTER TABLE state ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
-- While a state is being filled: by which process, and until when it may take, in real time.
ALTER TABLE state ADD COLUMN filled_by TEXT;
ALTER TABLE state ADD COLUMN filled_until INTEGER;

-- What was answered to a request with a ClientToken, until the token may be used for something else.
CREATE TABLE client_token (
    sandbox_id   INTEGER NOT NULL
        CONSTRAINT client_token_sandbox_fk REFERENCES sandbox (sandbox_id) ON DELETE CASCADE,
    action       TEXT    NOT NULL,
    client_token TEXT    NOT NULL,
    -- Of the other parameters.
    digest       TEXT    NOT NULL,
    -- In JSON, without the id of the request.
    reply        TEXT    NOT NULL,
    expiration   INTEGER NOT NULL,
    CONSTRAINT client_token_pk PRIMARY KEY (sandbox_id, action, client_token)
) STRICT, WITHOUT ROWID;

CREATE INDEX client_token_by_expiration ON client_token (expiration);

-- How many rows of a kind a state has; written with the rows.
CREATE TABLE resource_count (
    state_id INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    CONSTRAINT resource_count_pk PRIMARY KEY (state_id, kind)
) STRICT, WITHOUT ROWID;

-- The tags of resources of all kinds, in the order of pages: for a key, and for a key with its value.
CREATE TABLE tag (
    state_id        INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    tag_key         TEXT    NOT NULL,
    region_id       TEXT    NOT NULL,
    reverse_time    INTEGER NOT NULL,
    id              TEXT    NOT NULL,
    tag_value       TEXT    NOT NULL,
    expiration_time INTEGER,
    CONSTRAINT tag_pk PRIMARY KEY (state_id, kind, tag_key, region_id, reverse_time, id)
) STRICT, WITHOUT ROWID;

-- Which resources of other kinds a resource is made of.
CREATE TABLE link (
    state_id  INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    id        TEXT    NOT NULL,
    linked_id TEXT    NOT NULL,
    CONSTRAINT link_pk PRIMARY KEY (state_id, kind, id, linked_id)
) STRICT, WITHOUT ROWID;

-- Status, progress and remaining time follow from (pinned_status, ready_time, outcome) and the clock; nothing updates them as
-- time goes by. source_disk_type and category are in lower case, as they are compared.
CREATE TABLE snapshot (
    state_id          INTEGER NOT NULL CONSTRAINT snapshot_state_fk REFERENCES state (state_id),
    id                TEXT    NOT NULL,
    region_id         TEXT    NOT NULL,
    reverse_time      INTEGER NOT NULL,
    expiration_time   INTEGER,
    snapshot_name     TEXT,
    source_disk_id    TEXT    NOT NULL,
    instance_id       TEXT,
    encrypted         INTEGER NOT NULL CONSTRAINT snapshot_encrypted_is_boolean CHECK (encrypted IN (0, 1)),
    kms_key_id        TEXT,
    usage             TEXT    NOT NULL
        CONSTRAINT snapshot_usage_is_known CHECK (usage IN ('image', 'disk', 'image_disk', 'none')),
    is_automatic      INTEGER NOT NULL CONSTRAINT snapshot_is_automatic_is_boolean CHECK (is_automatic IN (0, 1)),
    source_disk_type  TEXT    NOT NULL,
    category          TEXT    NOT NULL,
    resource_group_id TEXT,
    snapshot_link_id  TEXT,
    pinned_status     TEXT
        CONSTRAINT snapshot_pinned_status_is_known CHECK (pinned_status IN ('progressing', 'accomplished', 'failed')),
    ready_time        INTEGER,
    outcome           TEXT    NOT NULL
        CONSTRAINT snapshot_outcome_is_known CHECK (outcome IN ('accomplished', 'failed')),
    body              TEXT    NOT NULL,
    CONSTRAINT snapshot_pk PRIMARY KEY (state_id, id)
) STRICT;

CREATE TABLE disk (
    state_id        INTEGER NOT NULL CONSTRAINT disk_state_fk REFERENCES state (state_id),
    id              TEXT    NOT NULL,
    region_id       TEXT    NOT NULL,
    reverse_time    INTEGER NOT NULL,
    expiration_time INTEGER,
    instance_id     TEXT,
    zone_id         TEXT    NOT NULL,
    body            TEXT    NOT NULL,
    CONSTRAINT disk_pk PRIMARY KEY (state_id, id)
) STRICT;

CREATE TABLE instance (
    state_id        INTEGER NOT NULL CONSTRAINT instance_state_fk REFERENCES state (state_id),
    id              TEXT    NOT NULL,
    region_id       TEXT    NOT NULL,
    reverse_time    INTEGER NOT NULL,
    expiration_time INTEGER,
    zone_id         TEXT    NOT NULL,
    body            TEXT    NOT NULL,
    CONSTRAINT instance_pk PRIMARY KEY (state_id, id)
) STRICT;

CREATE TABLE image (
    state_id        INTEGER NOT NULL CONSTRAINT image_state_fk REFERENCES state (state_id),
    id              TEXT    NOT NULL,
    region_id       TEXT    NOT NULL,
    reverse_time    INTEGER NOT NULL,
    expiration_time INTEGER,
    ready_time      INTEGER,
    body            TEXT    NOT NULL,
    CONSTRAINT image_pk PRIMARY KEY (state_id, id)
) STRICT;
