//! The conditions of filters of snapshots, and their derived columns.

use super::sql::Sql;
use super::tables::Table;
use crate::model::lock::LockStatus;
use crate::model::snapshot::Snapshot;
use crate::model::snapshot_filter::{LockFilter, SnapshotFilter, SnapshotTypeFilter};
use crate::model::time::Time;

/// Pushes the conditions of a lock's status. The pluses keep the search to the index of locks, which has the order of pages.
fn push_status(lock: LockFilter, statement: &mut Sql, now: Time) {
    match lock {
        LockFilter::Any => {}
        LockFilter::Status(LockStatus::Expired) => {
            statement.push(" AND +lock_expired_time <= ").bind(now);
        }
        LockFilter::Status(LockStatus::Compliance) => {
            statement.push(" AND +lock_expired_time > ").bind(now);
            statement.push(" AND +cool_off_period_expired_time <= ").bind(now);
        }
        LockFilter::Status(LockStatus::ComplianceCooloff) => {
            statement.push(" AND +lock_expired_time > ").bind(now);
            statement.push(" AND +cool_off_period_expired_time > ").bind(now);
        }
    }
}

impl Table for Snapshot {
    /// The usage: what the entry says, and what the images (kind 3) and disks (kind 1) that are made of it add. And the
    /// instance: the one that the source disk is attached to now; where that disk is gone, the one that the entry names. And
    /// the expiration: what the entry states, but none while an image is made of the snapshot.
    const DERIVED: &'static [&'static str] = &[
        "CASE (coalesce(json_extract(row.body, '$.Usage'), 'none') IN ('image', 'image_disk') OR EXISTS ( \
             SELECT 1 FROM link WHERE link.state_id = row.state_id AND link.linked_id = row.id AND link.kind = 3 \
         )) + 2 * (coalesce(json_extract(row.body, '$.Usage'), 'none') IN ('disk', 'image_disk') OR EXISTS ( \
             SELECT 1 FROM link WHERE link.state_id = row.state_id AND link.linked_id = row.id AND link.kind = 1 \
         )) WHEN 0 THEN 'none' WHEN 1 THEN 'image' WHEN 2 THEN 'disk' ELSE 'image_disk' END",
        "CASE WHEN EXISTS (SELECT 1 FROM disk WHERE disk.state_id = row.state_id AND disk.id = row.source_disk_id \
             AND disk.region_id = row.region_id) \
         THEN (SELECT disk.instance_id FROM disk WHERE disk.state_id = row.state_id AND disk.id = row.source_disk_id) \
         ELSE json_extract(row.body, '$.InstanceId') END",
        "CASE WHEN NOT EXISTS ( \
             SELECT 1 FROM link WHERE link.state_id = row.state_id AND link.linked_id = row.id AND link.kind = 3 \
         ) THEN row.stated_expiration_time END",
    ];

    fn push_conditions(filter: &SnapshotFilter, statement: &mut Sql, now: Time) {
        let equalities: [(&'static str, Option<&str>); 8] = [
            (" AND source_disk_id = ", filter.disk_id.as_deref()),
            (" AND instance_id = ", filter.instance_id.as_deref()),
            (" AND snapshot_link_id = ", filter.snapshot_link_id.as_deref()),
            (" AND snapshot_name = ", filter.snapshot_name.as_deref()),
            (" AND kms_key_id = ", filter.kms_key_id.as_deref()),
            (" AND resource_group_id = ", filter.resource_group_id.as_deref()),
            (" AND source_disk_type = ", filter.source_disk_type.as_deref()),
            (" AND category = ", filter.category.as_deref()),
        ];
        for (condition, value) in equalities {
            if let Some(value) = value {
                statement.push(condition).bind(value);
            }
        }
        if filter.encrypted {
            statement.push(" AND encrypted = 1");
        }
        if let Some(status) = filter.status {
            statement.push(" AND coalesce(pinned_status, CASE WHEN ready_time > ").bind(now);
            statement.push(" THEN 'progressing' ELSE outcome END) = ").bind(<&str>::from(status));
        }
        if let Some(usage) = filter.usage {
            statement.push(" AND usage = ").bind(<&str>::from(usage));
        }
        match filter.snapshot_type {
            Some(SnapshotTypeFilter::Automatic) => statement.push(" AND is_automatic = 1"),
            Some(SnapshotTypeFilter::User) => statement.push(" AND is_automatic = 0"),
            None => statement,
        };
        if let Some(lock) = filter.lock {
            // Ids are few: they are looked for by the key, not among all locks.
            let is_by_ids = filter.snapshot_ids.is_some();
            statement.push(if is_by_ids { " AND +" } else { " AND " }).push("lock_expired_time IS NOT NULL");
            push_status(lock, statement, now);
        }
    }
}
