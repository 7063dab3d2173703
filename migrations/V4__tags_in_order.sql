-- A snapshot carries its tags, and snapshot_tag is what they are found by: in the order of pages, whatever the tag.

-- The order of pages is newest first, then by id. With this it ascends in both, so that a place in it is one comparison of
-- row values, which an index takes however many snapshots are of the same second.
ALTER TABLE snapshot ADD COLUMN reverse_time INTEGER NOT NULL AS (-creation_time) VIRTUAL;
-- A JSON object of texts, by key.
ALTER TABLE snapshot ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';

UPDATE snapshot SET tags = (
    SELECT json_group_object(tag_key, tag_value) FROM snapshot_tag WHERE snapshot_tag.row_id = snapshot.row_id
) WHERE EXISTS (SELECT 1 FROM snapshot_tag WHERE snapshot_tag.row_id = snapshot.row_id);

DROP INDEX snapshot_by_creation;
DROP INDEX snapshot_by_disk;
DROP INDEX snapshot_by_name;
DROP INDEX snapshot_by_instance;
DROP INDEX snapshot_by_kms_key;
DROP INDEX snapshot_by_resource_group;
DROP INDEX snapshot_by_link;
DROP TABLE snapshot_tag;

CREATE INDEX snapshot_by_creation ON snapshot (
    state_id, region_id, reverse_time, snapshot_id, expiration_time,
    usage, snapshot_type, source_disk_type, encrypted, category, pinned_status, ready_time, outcome
);
CREATE INDEX snapshot_by_disk ON snapshot (
    state_id, region_id, source_disk_id, reverse_time, snapshot_id, expiration_time
);
CREATE INDEX snapshot_by_name ON snapshot (
    state_id, region_id, snapshot_name, reverse_time, snapshot_id, expiration_time
) WHERE snapshot_name IS NOT NULL;
CREATE INDEX snapshot_by_instance ON snapshot (
    state_id, region_id, instance_id, reverse_time, snapshot_id, expiration_time
) WHERE instance_id IS NOT NULL;
CREATE INDEX snapshot_by_kms_key ON snapshot (
    state_id, region_id, kms_key_id, reverse_time, snapshot_id, expiration_time
) WHERE kms_key_id IS NOT NULL;
CREATE INDEX snapshot_by_resource_group ON snapshot (
    state_id, region_id, resource_group_id, reverse_time, snapshot_id, expiration_time
) WHERE resource_group_id IS NOT NULL;
CREATE INDEX snapshot_by_link ON snapshot (
    state_id, region_id, snapshot_link_id, reverse_time, snapshot_id, expiration_time
) WHERE snapshot_link_id IS NOT NULL;

-- Written with the snapshots, as an index would be; a snapshot is replaced, never updated. Both of its orders are those of pages: for a key, and for a key with
-- its value.
CREATE TABLE snapshot_tag (
    state_id        INTEGER NOT NULL,
    tag_key         TEXT    NOT NULL,
    region_id       TEXT    NOT NULL,
    reverse_time    INTEGER NOT NULL,
    snapshot_id     TEXT    NOT NULL,
    tag_value       TEXT    NOT NULL,
    expiration_time INTEGER,
    row_id          INTEGER NOT NULL,
    CONSTRAINT snapshot_tag_pk PRIMARY KEY (state_id, tag_key, region_id, reverse_time, snapshot_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX snapshot_tag_by_value ON snapshot_tag (
    state_id, tag_key, tag_value, region_id, reverse_time, snapshot_id, expiration_time, row_id
);

INSERT INTO snapshot_tag
SELECT state_id, key, region_id, reverse_time, snapshot_id, value, expiration_time, row_id
FROM snapshot, json_each(snapshot.tags);

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
    ('snapshot', 'snapshot_by_ready_time', '1000000 100000 2'),
    ('snapshot', 'snapshot_by_expiration', '1000000 100000 2'),
    ('snapshot_tag', 'snapshot_tag', '3000000 300000 4000 1000 1 1'),
    ('snapshot_tag', 'snapshot_tag_by_value', '3000000 300000 4000 1600 400 1 1 1 1');
