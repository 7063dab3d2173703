//! The conditions of filters of instances.

use super::sql::Sql;
use super::tables::{Table, push_name};
use crate::model::instance::Instance;
use crate::model::instance_filter::InstanceFilter;
use crate::model::time::Time;

impl Table for Instance {
    fn push_conditions(filter: &InstanceFilter, statement: &mut Sql, _now: Time) {
        let equalities: [(&'static str, Option<&str>); 11] = [
            (" AND status = ", filter.status.map(<&str>::from)),
            (" AND zone_id = ", filter.zone_id.as_deref()),
            (" AND image_id = ", filter.image_id.as_deref()),
            (" AND instance_type = ", filter.instance_type.as_deref()),
            (" AND instance_type_family = ", filter.instance_type_family.as_deref()),
            (" AND instance_charge_type = ", filter.instance_charge_type.as_deref()),
            (" AND instance_network_type = ", filter.instance_network_type.as_deref()),
            (" AND internet_charge_type = ", filter.internet_charge_type.as_deref()),
            (" AND key_pair_name = ", filter.key_pair_name.as_deref()),
            (" AND hpc_cluster_id = ", filter.hpc_cluster_id.as_deref()),
            (" AND resource_group_id = ", filter.resource_group_id.as_deref()),
        ];
        for (condition, value) in equalities {
            if let Some(value) = value {
                statement.push(condition).bind(value);
            }
        }
        if let Some(instance_name) = &filter.instance_name {
            push_name(statement, "instance_name", instance_name);
        }
        if let Some(io_optimized) = filter.io_optimized {
            statement.push(" AND io_optimized = ").bind(i64::from(io_optimized));
        }
        if let Some(lock_reason) = &filter.lock_reason {
            statement.push(" AND lock_reasons IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(lock_reasons) AS lock ");
            statement.push("WHERE lock.value = ").bind(lock_reason.as_str()).push(")");
        }
        if let Some(from) = filter.expired_from {
            statement.push(" AND expired_time >= ").bind(from);
        }
        if let Some(until) = filter.expired_until {
            statement.push(" AND expired_time <= ").bind(until);
        }
        if filter.is_in_network {
            statement.push(" AND FALSE");
        }
    }
}
