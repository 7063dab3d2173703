//! The conditions of filters of disks, and their derived columns.

use super::sql::Sql;
use super::tables::Table;
use crate::model::disk::Disk;
use crate::model::disk_filter::{DiskFilter, LockReason};
use crate::model::time::Time;

impl Table for Disk {
    /// The zone: its own if it names one, else that of its instance, else the region's zone h. And of the policies (kind 5) that
    /// it has, the one that was applied first.
    const DERIVED: &'static [&'static str] = &[
        "coalesce(json_extract(row.body, '$.ZoneId'), \
         (SELECT zone_id FROM instance WHERE instance.state_id = row.state_id AND instance.id = row.instance_id \
          AND instance.region_id = row.region_id), row.region_id || '-h')",
        "(SELECT link.id FROM link \
          WHERE link.state_id = row.state_id AND link.linked_id = row.id AND link.kind = 5 \
          ORDER BY link.place, link.id LIMIT 1)",
    ];

    fn push_conditions(filter: &DiskFilter, statement: &mut Sql, _now: Time) {
        let texts: [(&'static str, Option<&str>); 12] = [
            (" AND disk.zone_id = ", filter.zone_id.as_deref()),
            (" AND category = ", filter.category.as_deref()),
            (" AND disk_type = ", filter.disk_type.as_deref()),
            (" AND status = ", filter.status.map(<&str>::from)),
            (" AND disk_name = ", filter.disk_name.as_deref()),
            (" AND instance_id = ", filter.instance_id.as_deref()),
            (" AND source_snapshot_id = ", filter.snapshot_id.as_deref()),
            (" AND disk_charge_type = ", filter.disk_charge_type.as_deref()),
            (" AND kms_key_id = ", filter.kms_key_id.as_deref()),
            (" AND multi_attach = ", filter.multi_attach.as_deref()),
            (" AND performance_level = ", filter.performance_level.as_deref()),
            (" AND resource_group_id = ", filter.resource_group_id.as_deref()),
        ];
        for (condition, value) in texts {
            if let Some(value) = value {
                statement.push(condition).bind(value);
            }
        }
        let flags: [(&'static str, Option<bool>); 4] = [
            (" AND portable = ", filter.portable),
            (" AND delete_with_instance = ", filter.delete_with_instance),
            (" AND delete_auto_snapshot = ", filter.delete_auto_snapshot),
            (" AND enable_auto_snapshot = ", filter.enable_auto_snapshot),
        ];
        for (condition, value) in flags {
            if let Some(value) = value {
                statement.push(condition).bind(i64::from(value));
            }
        }
        if filter.encrypted {
            statement.push(" AND encrypted = 1");
        }
        if filter.shared {
            statement.push(" AND multi_attach <> 'Disabled'");
        }
        match filter.lock_reason {
            Some(LockReason::Financial) => statement.push(" AND financial_lock = 1"),
            Some(LockReason::Security) => statement.push(" AND security_lock = 1"),
            None => statement,
        };
        if filter.automated {
            statement.push(" AND auto_snapshot_policy_id IS NOT NULL");
        }
        if let Some(policy_id) = &filter.auto_snapshot_policy_id {
            statement.push(" AND disk.id IN (SELECT linked_id FROM link WHERE link.state_id = disk.state_id AND ");
            statement.push("link.kind = 5 AND link.id = ").bind(policy_id.as_str()).push(")");
        }
    }
}
