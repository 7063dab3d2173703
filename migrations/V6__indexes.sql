-- Apart from the tables, so that a database that is filled with many rows gets its indexes when they are there: sorting them
-- once is far less work than finding each its place.
-- Each index of a list ends in the order of pages and in what a count of its rows has to look at, so that a page needs no sort
-- and a count needs no table row.

CREATE INDEX snapshot_by_creation ON snapshot (
    state_id, region_id, reverse_time, id, expiration_time,
    usage, is_automatic, source_disk_type, encrypted, category, pinned_status, ready_time, outcome
);
CREATE INDEX snapshot_by_disk ON snapshot (
    state_id, region_id, source_disk_id, reverse_time, id, expiration_time
);
CREATE INDEX snapshot_by_name ON snapshot (
    state_id, region_id, snapshot_name, reverse_time, id, expiration_time
) WHERE snapshot_name IS NOT NULL;
CREATE INDEX snapshot_by_instance ON snapshot (
    state_id, region_id, instance_id, reverse_time, id, expiration_time
) WHERE instance_id IS NOT NULL;
CREATE INDEX snapshot_by_kms_key ON snapshot (
    state_id, region_id, kms_key_id, reverse_time, id, expiration_time
) WHERE kms_key_id IS NOT NULL;
CREATE INDEX snapshot_by_resource_group ON snapshot (
    state_id, region_id, resource_group_id, reverse_time, id, expiration_time
) WHERE resource_group_id IS NOT NULL;
CREATE INDEX snapshot_by_link ON snapshot (
    state_id, region_id, snapshot_link_id, reverse_time, id, expiration_time
) WHERE snapshot_link_id IS NOT NULL;
-- The next moment at which a snapshot changes by the clock alone.
CREATE INDEX snapshot_by_ready_time ON snapshot (state_id, ready_time) WHERE ready_time IS NOT NULL;
CREATE INDEX snapshot_by_expiration ON snapshot (state_id, expiration_time) WHERE expiration_time IS NOT NULL;

CREATE INDEX disk_by_creation ON disk (state_id, region_id, reverse_time, id, expiration_time);
CREATE INDEX disk_by_instance ON disk (state_id, instance_id, id) WHERE instance_id IS NOT NULL;
CREATE INDEX disk_by_expiration ON disk (state_id, expiration_time) WHERE expiration_time IS NOT NULL;

CREATE INDEX instance_by_creation ON instance (state_id, region_id, reverse_time, id, expiration_time);
CREATE INDEX instance_by_expiration ON instance (state_id, expiration_time) WHERE expiration_time IS NOT NULL;

CREATE INDEX image_by_creation ON image (state_id, region_id, reverse_time, id, expiration_time);
CREATE INDEX image_by_ready_time ON image (state_id, ready_time) WHERE ready_time IS NOT NULL;
CREATE INDEX image_by_expiration ON image (state_id, expiration_time) WHERE expiration_time IS NOT NULL;

CREATE INDEX tag_by_value ON tag (
    state_id, kind, tag_key, tag_value, region_id, reverse_time, id, expiration_time
);
CREATE INDEX link_by_linked ON link (state_id, linked_id, kind, id);
