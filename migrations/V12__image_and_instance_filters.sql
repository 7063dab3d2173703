-- What DescribeImages and DescribeInstances filter by. Rows that are there say it in their bodies, which leave out what has its
-- default value.
ALTER TABLE image ADD COLUMN image_name TEXT NOT NULL DEFAULT '';
ALTER TABLE image ADD COLUMN image_family TEXT;
ALTER TABLE image ADD COLUMN image_owner_alias TEXT NOT NULL DEFAULT 'self';
ALTER TABLE image ADD COLUMN image_owner_id INTEGER;
ALTER TABLE image ADD COLUMN architecture TEXT NOT NULL DEFAULT 'x86_64';
ALTER TABLE image ADD COLUMN os_type TEXT NOT NULL DEFAULT 'linux';
ALTER TABLE image ADD COLUMN usage TEXT NOT NULL DEFAULT 'none'
    CONSTRAINT image_usage_is_known CHECK (usage IN ('instance', 'none'));
ALTER TABLE image ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0
    CONSTRAINT image_is_public_is_boolean CHECK (is_public IN (0, 1));
ALTER TABLE image ADD COLUMN is_support_cloudinit INTEGER NOT NULL DEFAULT 0
    CONSTRAINT image_is_support_cloudinit_is_boolean CHECK (is_support_cloudinit IN (0, 1));
ALTER TABLE image ADD COLUMN is_support_io_optimized INTEGER NOT NULL DEFAULT 0
    CONSTRAINT image_is_support_io_optimized_is_boolean CHECK (is_support_io_optimized IN (0, 1));
ALTER TABLE image ADD COLUMN resource_group_id TEXT;
ALTER TABLE image ADD COLUMN pinned_status TEXT;
ALTER TABLE image ADD COLUMN usable INTEGER NOT NULL DEFAULT 1
    CONSTRAINT image_usable_is_boolean CHECK (usable IN (0, 1));

-- An instance is made of an image.
INSERT OR IGNORE INTO link (state_id, kind, id, linked_id)
SELECT state_id, 2, id, json_extract(body, '$.ImageId') FROM instance
WHERE coalesce(json_extract(body, '$.ImageId'), '') <> '';

UPDATE image SET
    image_name = coalesce(json_extract(body, '$.ImageName'), ''),
    image_family = json_extract(body, '$.ImageFamily'),
    image_owner_alias = coalesce(json_extract(body, '$.ImageOwnerAlias'), 'self'),
    image_owner_id = json_extract(body, '$.ImageOwnerId'),
    architecture = coalesce(json_extract(body, '$.Architecture'), 'x86_64'),
    os_type = lower(coalesce(
        json_extract(body, '$.OSType'),
        CASE WHEN lower(json_extract(body, '$.Platform')) LIKE 'windows%' THEN 'windows' ELSE 'linux' END
    )),
    usage = CASE WHEN EXISTS (
        SELECT 1 FROM link WHERE link.state_id = image.state_id AND link.linked_id = image.id AND link.kind = 2
    ) THEN 'instance' ELSE 'none' END,
    is_public = coalesce(json_extract(body, '$.IsPublic'), 0),
    is_support_cloudinit = coalesce(json_extract(body, '$.IsSupportCloudinit'), 0),
    is_support_io_optimized = coalesce(json_extract(body, '$.IsSupportIoOptimized'), 0),
    resource_group_id = json_extract(body, '$.ResourceGroupId'),
    pinned_status = json_extract(body, '$.Status'),
    usable = coalesce(json_extract(body, '$.Usable'), 1);

DROP INDEX image_by_creation;
CREATE INDEX image_by_creation ON image (
    state_id, region_id, reverse_time, id, expiration_time, image_owner_alias, pinned_status, ready_time, usable, usage,
    architecture, os_type, is_public, is_support_cloudinit, is_support_io_optimized, image_owner_id, image_name
);
CREATE INDEX image_by_name ON image (state_id, region_id, image_name, reverse_time, id, expiration_time);
CREATE INDEX image_by_family ON image (state_id, region_id, image_family, reverse_time, id, expiration_time)
    WHERE image_family IS NOT NULL;
CREATE INDEX image_by_resource_group ON image (
    state_id, region_id, resource_group_id, reverse_time, id, expiration_time
) WHERE resource_group_id IS NOT NULL;

ALTER TABLE instance ADD COLUMN instance_name TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN status TEXT NOT NULL DEFAULT 'Running';
ALTER TABLE instance ADD COLUMN image_id TEXT;
ALTER TABLE instance ADD COLUMN instance_type TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN instance_type_family TEXT NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN instance_charge_type TEXT NOT NULL DEFAULT 'PostPaid';
ALTER TABLE instance ADD COLUMN instance_network_type TEXT NOT NULL DEFAULT 'vpc';
ALTER TABLE instance ADD COLUMN internet_charge_type TEXT NOT NULL DEFAULT 'PayByTraffic';
ALTER TABLE instance ADD COLUMN io_optimized INTEGER NOT NULL DEFAULT 1
    CONSTRAINT instance_io_optimized_is_boolean CHECK (io_optimized IN (0, 1));
ALTER TABLE instance ADD COLUMN key_pair_name TEXT;
ALTER TABLE instance ADD COLUMN hpc_cluster_id TEXT;
ALTER TABLE instance ADD COLUMN resource_group_id TEXT;
-- The reasons of its locks, a JSON array.
ALTER TABLE instance ADD COLUMN lock_reasons TEXT;
-- Until when it is paid for.
ALTER TABLE instance ADD COLUMN expired_time INTEGER;

UPDATE instance SET
    instance_name = coalesce(json_extract(body, '$.InstanceName'), ''),
    status = coalesce(json_extract(body, '$.Status'), 'Running'),
    image_id = json_extract(body, '$.ImageId'),
    instance_type = coalesce(json_extract(body, '$.InstanceType'), ''),
    -- Up to its last dot, a type is the family.
    instance_type_family = coalesce(
        json_extract(body, '$.InstanceTypeFamily'),
        rtrim(rtrim(json_extract(body, '$.InstanceType'), replace(json_extract(body, '$.InstanceType'), '.', '')), '.'),
        ''
    ),
    instance_charge_type = coalesce(json_extract(body, '$.InstanceChargeType'), 'PostPaid'),
    instance_network_type = coalesce(json_extract(body, '$.InstanceNetworkType'), 'vpc'),
    internet_charge_type = coalesce(json_extract(body, '$.InternetChargeType'), 'PayByTraffic'),
    io_optimized = coalesce(json_extract(body, '$.IoOptimized'), 1),
    key_pair_name = json_extract(body, '$.KeyPairName'),
    hpc_cluster_id = json_extract(body, '$.HpcClusterId'),
    resource_group_id = json_extract(body, '$.ResourceGroupId'),
    lock_reasons = (
        SELECT json_group_array(json_extract(value, '$.LockReason')) FROM json_each(body, '$.OperationLocks')
        HAVING count(*) > 0
    ),
    expired_time = unixepoch(coalesce(
        CASE WHEN json_extract(body, '$.ExpiredTime') GLOB '????-??-??T*Z' THEN json_extract(body, '$.ExpiredTime')
             WHEN json_extract(body, '$.ExpiredTime') IS NULL THEN '2999-09-08T16:00Z' END,
        ''
    ));

DROP INDEX instance_by_creation;
CREATE INDEX instance_by_creation ON instance (
    state_id, region_id, reverse_time, id, expiration_time, status, zone_id, instance_type_family, instance_charge_type,
    instance_network_type, internet_charge_type, io_optimized, expired_time, instance_name
);
CREATE INDEX instance_by_name ON instance (state_id, region_id, instance_name, reverse_time, id, expiration_time);
CREATE INDEX instance_by_type ON instance (state_id, region_id, instance_type, reverse_time, id, expiration_time);
CREATE INDEX instance_by_image ON instance (state_id, region_id, image_id, reverse_time, id, expiration_time)
    WHERE image_id IS NOT NULL;
CREATE INDEX instance_by_key_pair ON instance (
    state_id, region_id, key_pair_name, reverse_time, id, expiration_time
) WHERE key_pair_name IS NOT NULL;
CREATE INDEX instance_by_hpc_cluster ON instance (
    state_id, region_id, hpc_cluster_id, reverse_time, id, expiration_time
) WHERE hpc_cluster_id IS NOT NULL;
CREATE INDEX instance_by_resource_group ON instance (
    state_id, region_id, resource_group_id, reverse_time, id, expiration_time
) WHERE resource_group_id IS NOT NULL;
CREATE INDEX instance_by_lock ON instance (state_id, region_id, reverse_time, id, expiration_time, lock_reasons)
    WHERE lock_reasons IS NOT NULL;
