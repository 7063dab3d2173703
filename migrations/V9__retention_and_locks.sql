-- When a snapshot goes depends on its images too: expiration_time becomes a derived column, none while an image is made of the
-- snapshot, and what the entry states has a column of its own.
ALTER TABLE snapshot ADD COLUMN stated_expiration_time INTEGER;

UPDATE snapshot SET stated_expiration_time = expiration_time WHERE expiration_time IS NOT NULL;

-- Images are kind 3, snapshots kind 0.
UPDATE snapshot SET expiration_time = NULL WHERE expiration_time IS NOT NULL AND EXISTS (
    SELECT 1 FROM link WHERE link.state_id = snapshot.state_id AND link.linked_id = snapshot.id AND link.kind = 3
);
UPDATE tag SET expiration_time = NULL WHERE kind = 0 AND expiration_time IS NOT NULL AND EXISTS (
    SELECT 1 FROM link WHERE link.state_id = tag.state_id AND link.linked_id = tag.id AND link.kind = 3
);

-- The moments at which a lock changes by the clock: it can no longer be undone, and it is over. Snapshots that were stored before
-- have no lock.
ALTER TABLE snapshot ADD COLUMN cool_off_period_expired_time INTEGER;
ALTER TABLE snapshot ADD COLUMN lock_expired_time INTEGER;

CREATE INDEX snapshot_by_lock ON snapshot (
    state_id, region_id, reverse_time, id, expiration_time, cool_off_period_expired_time, lock_expired_time
) WHERE lock_expired_time IS NOT NULL;
CREATE INDEX snapshot_by_cool_off ON snapshot (state_id, cool_off_period_expired_time)
    WHERE cool_off_period_expired_time IS NOT NULL;
CREATE INDEX snapshot_by_lock_end ON snapshot (state_id, lock_expired_time) WHERE lock_expired_time IS NOT NULL;
