//! The conditions of filters of snapshots, and their derived columns.

use super::sql::Sql;
use super::tables::Table;
use crate::model::snapshot::Snapshot;
use crate::model::snapshot_filter::{SnapshotFilter, SnapshotTypeFilter};
use crate::model::time::Time;

impl Table for Snapshot {
    /// The usage: what the entry says, and what the images (kind 3) and disks (kind 1) that are made of it add. And the
    /// instance: the one that the source disk is attached to now; where that disk is gone, the one that the entry names.
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
    }
}
