-- What the planner knows about the tables is fixed here, for a large and busy database: the same filter has the same plan
-- everywhere and always. The numbers are rows in all, then rows per value of the first column, of the first two, and on.
-- Many are made in one second, as in tests: only where that is said does a deletion look for a tag by its whole key.
-- A test sees to it that each index of each kind is here.
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('snapshot', 'sqlite_autoindex_snapshot_1', '1000000 100000 1'),
    ('snapshot', 'snapshot_by_creation', '1000000 100000 25000 2 1 1 1 1 1 1 1 1 1 1'),
    ('snapshot', 'snapshot_by_disk', '1000000 100000 25000 20 1 1 1'),
    ('snapshot', 'snapshot_by_name', '1000000 100000 25000 20 1 1 1'),
    ('snapshot', 'snapshot_by_instance', '1000000 100000 25000 60 1 1 1'),
    ('snapshot', 'snapshot_by_kms_key', '1000000 100000 25000 200 1 1 1'),
    ('snapshot', 'snapshot_by_resource_group', '1000000 100000 25000 2500 2 1 1'),
    ('snapshot', 'snapshot_by_link', '1000000 100000 25000 20 1 1 1 1 1 1 1'),
    ('snapshot', 'snapshot_by_ready_time', '1000000 100000 2'),
    ('snapshot', 'snapshot_by_expiration', '1000000 100000 2'),
    ('snapshot', 'snapshot_by_lock', '10000 1000 250 2 1 1 1 1'),
    ('snapshot', 'snapshot_by_cool_off', '10000 1000 2'),
    ('snapshot', 'snapshot_by_lock_end', '10000 1000 2'),
    ('disk', 'sqlite_autoindex_disk_1', '100000 10000 1'),
    ('disk', 'disk_by_creation', '100000 10000 2500 2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'),
    ('disk', 'disk_by_name', '100000 10000 2500 2 1 1 1'),
    ('disk', 'disk_of_instance', '100000 10000 2500 3 1 1 1'),
    ('disk', 'disk_by_snapshot', '100000 10000 2500 2 1 1 1'),
    ('disk', 'disk_by_kms_key', '100000 10000 2500 20 1 1 1'),
    ('disk', 'disk_by_resource_group', '100000 10000 2500 250 2 1 1'),
    ('disk', 'disk_by_instance', '100000 10000 3 1'),
    ('disk', 'disk_by_expiration', '100000 10000 2'),
    ('instance', 'sqlite_autoindex_instance_1', '100000 10000 1'),
    ('instance', 'instance_by_creation', '100000 10000 2500 2 1 1'),
    ('instance', 'instance_by_expiration', '100000 10000 2'),
    ('image', 'sqlite_autoindex_image_1', '100000 10000 1'),
    ('image', 'image_by_creation', '100000 10000 2500 2 1 1'),
    ('image', 'image_by_ready_time', '100000 10000 2'),
    ('image', 'image_by_expiration', '100000 10000 2'),
    ('tag', 'tag', '3000000 300000 100000 4000 1000 20 1'),
    ('tag', 'tag_by_value', '3000000 300000 100000 4000 1600 400 20 1 1'),
    ('link', 'link', '100000 10000 5000 1 1'),
    ('link', 'link_by_linked', '100000 10000 1 1 1');
