-- Groups of snapshots that were made of several disks at once. A group states no expiry of its own: it goes with the last of its
-- snapshots, which are its links, and expiration_time follows from theirs.
CREATE TABLE snapshot_group (
    state_id          INTEGER NOT NULL CONSTRAINT snapshot_group_state_fk REFERENCES state (state_id),
    id                TEXT    NOT NULL,
    region_id         TEXT    NOT NULL,
    reverse_time      INTEGER NOT NULL,
    expiration_time   INTEGER,
    instance_id       TEXT,
    name              TEXT,
    resource_group_id TEXT,
    body              TEXT    NOT NULL,
    CONSTRAINT snapshot_group_pk PRIMARY KEY (state_id, id)
) STRICT;

CREATE INDEX snapshot_group_by_creation ON snapshot_group (
    state_id, region_id, reverse_time, id, expiration_time, instance_id
);
CREATE INDEX snapshot_group_by_name ON snapshot_group (state_id, region_id, name, reverse_time, id, expiration_time)
    WHERE name IS NOT NULL;
CREATE INDEX snapshot_group_by_resource_group ON snapshot_group (
    state_id, region_id, resource_group_id, reverse_time, id, expiration_time
) WHERE resource_group_id IS NOT NULL;
CREATE INDEX snapshot_group_by_expiration ON snapshot_group (state_id, expiration_time)
    WHERE expiration_time IS NOT NULL;
