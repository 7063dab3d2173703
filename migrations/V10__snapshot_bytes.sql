-- How large a snapshot is, for the sums over chains and regions: its FullSnapshotSizeInBytes, else all of its disk. What failed
-- counts for nothing; that follows from the clock, so it is for the sum to say.
ALTER TABLE snapshot ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;

UPDATE snapshot SET bytes = coalesce(
    json_extract(body, '$.FullSnapshotSizeInBytes'), coalesce(json_extract(body, '$.SourceDiskSize'), 40) * 1073741824
);

-- A sum needs no table row: it finds beside the place and the expiry what it adds, and whether it failed.
DROP INDEX snapshot_by_creation;
DROP INDEX snapshot_by_link;
CREATE INDEX snapshot_by_creation ON snapshot (
    state_id, region_id, reverse_time, id, expiration_time,
    usage, is_automatic, source_disk_type, encrypted, category, pinned_status, ready_time, outcome, bytes
);
CREATE INDEX snapshot_by_link ON snapshot (
    state_id, region_id, snapshot_link_id, reverse_time, id, expiration_time, pinned_status, ready_time, outcome, bytes
) WHERE snapshot_link_id IS NOT NULL;
