//! The conditions of filters of automatic snapshot policies.

use super::sql::Sql;
use super::tables::Table;
use crate::model::auto_snapshot_policy::AutoSnapshotPolicy;
use crate::model::auto_snapshot_policy_filter::AutoSnapshotPolicyFilter;
use crate::model::time::Time;

impl Table for AutoSnapshotPolicy {
    fn push_conditions(filter: &AutoSnapshotPolicyFilter, statement: &mut Sql, _now: Time) {
        let equalities: [(&'static str, Option<&str>); 2] = [
            (" AND auto_snapshot_policy_name = ", filter.auto_snapshot_policy_name.as_deref()),
            (" AND resource_group_id = ", filter.resource_group_id.as_deref()),
        ];
        for (condition, value) in equalities {
            if let Some(value) = value {
                statement.push(condition).bind(value);
            }
        }
    }
}
