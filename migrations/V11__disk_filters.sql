-- What requests ask of disks, as columns, and the lists of disks by them in the order of pages. The values of rows that are there
-- follow from their bodies, in which a field with its default value is left out. disk_type is in lower case, as it is compared.

ALTER TABLE disk ADD COLUMN disk_name TEXT;
ALTER TABLE disk ADD COLUMN category TEXT NOT NULL DEFAULT 'cloud';
ALTER TABLE disk ADD COLUMN disk_type TEXT NOT NULL DEFAULT 'data';
ALTER TABLE disk ADD COLUMN status TEXT NOT NULL DEFAULT 'Available'
    CONSTRAINT disk_status_is_known
        CHECK (status IN ('In_use', 'Available', 'Attaching', 'Detaching', 'Creating', 'ReIniting'));
ALTER TABLE disk ADD COLUMN source_snapshot_id TEXT;
ALTER TABLE disk ADD COLUMN disk_charge_type TEXT NOT NULL DEFAULT 'PostPaid';
ALTER TABLE disk ADD COLUMN portable INTEGER NOT NULL DEFAULT 1
    CONSTRAINT disk_portable_is_boolean CHECK (portable IN (0, 1));
ALTER TABLE disk ADD COLUMN delete_with_instance INTEGER NOT NULL DEFAULT 0
    CONSTRAINT disk_delete_with_instance_is_boolean CHECK (delete_with_instance IN (0, 1));
ALTER TABLE disk ADD COLUMN delete_auto_snapshot INTEGER NOT NULL DEFAULT 1
    CONSTRAINT disk_delete_auto_snapshot_is_boolean CHECK (delete_auto_snapshot IN (0, 1));
ALTER TABLE disk ADD COLUMN enable_auto_snapshot INTEGER NOT NULL DEFAULT 1
    CONSTRAINT disk_enable_auto_snapshot_is_boolean CHECK (enable_auto_snapshot IN (0, 1));
ALTER TABLE disk ADD COLUMN encrypted INTEGER NOT NULL DEFAULT 0
    CONSTRAINT disk_encrypted_is_boolean CHECK (encrypted IN (0, 1));
ALTER TABLE disk ADD COLUMN kms_key_id TEXT;
ALTER TABLE disk ADD COLUMN multi_attach TEXT NOT NULL DEFAULT 'Disabled';
ALTER TABLE disk ADD COLUMN performance_level TEXT;
ALTER TABLE disk ADD COLUMN resource_group_id TEXT;
ALTER TABLE disk ADD COLUMN financial_lock INTEGER NOT NULL DEFAULT 0
    CONSTRAINT disk_financial_lock_is_boolean CHECK (financial_lock IN (0, 1));
ALTER TABLE disk ADD COLUMN security_lock INTEGER NOT NULL DEFAULT 0
    CONSTRAINT disk_security_lock_is_boolean CHECK (security_lock IN (0, 1));

UPDATE disk SET
    disk_name = json_extract(body, '$.DiskName'),
    category = coalesce(json_extract(body, '$.Category'), 'cloud'),
    disk_type = lower(coalesce(json_extract(body, '$.Type'), 'data')),
    status = coalesce(
        json_extract(body, '$.Status'), CASE WHEN instance_id IS NULL THEN 'Available' ELSE 'In_use' END
    ),
    source_snapshot_id = json_extract(body, '$.SourceSnapshotId'),
    disk_charge_type = coalesce(json_extract(body, '$.DiskChargeType'), 'PostPaid'),
    portable = coalesce(
        json_extract(body, '$.Portable'), lower(coalesce(json_extract(body, '$.Type'), 'data')) <> 'system'
    ),
    delete_with_instance = coalesce(json_extract(body, '$.DeleteWithInstance'), 0),
    delete_auto_snapshot = coalesce(json_extract(body, '$.DeleteAutoSnapshot'), 1),
    enable_auto_snapshot = coalesce(json_extract(body, '$.EnableAutoSnapshot'), 1),
    encrypted = coalesce(json_extract(body, '$.Encrypted'), 0),
    kms_key_id = json_extract(body, '$.KMSKeyId'),
    multi_attach = coalesce(json_extract(body, '$.MultiAttach'), 'Disabled'),
    performance_level = json_extract(body, '$.PerformanceLevel'),
    resource_group_id = json_extract(body, '$.ResourceGroupId'),
    financial_lock = EXISTS (
        SELECT 1 FROM json_each(body, '$.OperationLocks') AS item
        WHERE json_extract(item.value, '$.LockReason') = 'financial'
    ),
    security_lock = EXISTS (
        SELECT 1 FROM json_each(body, '$.OperationLocks') AS item
        WHERE json_extract(item.value, '$.LockReason') = 'security'
    );

DROP INDEX disk_by_creation;
CREATE INDEX disk_by_creation ON disk (
    state_id, region_id, reverse_time, id, expiration_time,
    zone_id, category, disk_type, status, disk_charge_type, portable, delete_with_instance, delete_auto_snapshot,
    enable_auto_snapshot, encrypted, multi_attach, performance_level, financial_lock, security_lock
);
CREATE INDEX disk_by_name ON disk (
    state_id, region_id, disk_name, reverse_time, id, expiration_time
) WHERE disk_name IS NOT NULL;
CREATE INDEX disk_of_instance ON disk (
    state_id, region_id, instance_id, reverse_time, id, expiration_time
) WHERE instance_id IS NOT NULL;
CREATE INDEX disk_by_snapshot ON disk (
    state_id, region_id, source_snapshot_id, reverse_time, id, expiration_time
) WHERE source_snapshot_id IS NOT NULL;
CREATE INDEX disk_by_kms_key ON disk (
    state_id, region_id, kms_key_id, reverse_time, id, expiration_time
) WHERE kms_key_id IS NOT NULL;
CREATE INDEX disk_by_resource_group ON disk (
    state_id, region_id, resource_group_id, reverse_time, id, expiration_time
) WHERE resource_group_id IS NOT NULL;
