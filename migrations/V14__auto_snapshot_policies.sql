CREATE TABLE auto_snapshot_policy (
    state_id                  INTEGER NOT NULL
        CONSTRAINT auto_snapshot_policy_state_fk REFERENCES state (state_id),
    id                        TEXT    NOT NULL,
    region_id                 TEXT    NOT NULL,
    reverse_time              INTEGER NOT NULL,
    expiration_time           INTEGER,
    auto_snapshot_policy_name TEXT    NOT NULL,
    resource_group_id         TEXT,
    is_by_tags                INTEGER NOT NULL
        CONSTRAINT auto_snapshot_policy_is_by_tags_is_boolean CHECK (is_by_tags IN (0, 1)),
    body                      TEXT    NOT NULL,
    CONSTRAINT auto_snapshot_policy_pk PRIMARY KEY (state_id, id)
) STRICT;

CREATE INDEX auto_snapshot_policy_by_creation ON auto_snapshot_policy (
    state_id, region_id, reverse_time, id, expiration_time
);
CREATE INDEX auto_snapshot_policy_by_name ON auto_snapshot_policy (
    state_id, region_id, auto_snapshot_policy_name, reverse_time, id, expiration_time
);
CREATE INDEX auto_snapshot_policy_by_resource_group ON auto_snapshot_policy (
    state_id, region_id, resource_group_id, reverse_time, id, expiration_time
) WHERE resource_group_id IS NOT NULL;
-- Those whose disks are worked out.
CREATE INDEX auto_snapshot_policy_by_tags ON auto_snapshot_policy (state_id, id) WHERE is_by_tags = 1;
CREATE INDEX auto_snapshot_policy_by_expiration ON auto_snapshot_policy (state_id, expiration_time)
    WHERE expiration_time IS NOT NULL;

-- Which of those that link to a resource comes first: the policies of a disk, in the order in which they were applied.
ALTER TABLE link ADD COLUMN place INTEGER NOT NULL DEFAULT 1;

-- The policy that was applied to a disk first.
ALTER TABLE disk ADD COLUMN auto_snapshot_policy_id TEXT;
CREATE INDEX disk_by_policy ON disk (
    state_id, region_id, reverse_time, id, expiration_time, auto_snapshot_policy_id
) WHERE auto_snapshot_policy_id IS NOT NULL;

-- The sandbox's time from which on a policy has a snapshot to make; NULL: none ever has.
ALTER TABLE state ADD COLUMN next_due INTEGER;
