//! The conditions of filters of groups of snapshots, when a group goes, and its snapshots, which are read with it.

use super::rows;
use super::sql::{Sql, json_array};
use super::tables::Table;
use crate::model::kind::Kind;
use crate::model::snapshot;
use crate::model::snapshot_group::SnapshotGroup;
use crate::model::snapshot_group_filter::SnapshotGroupFilter;
use crate::model::time::Time;

/// What leads from a group (kind 4) to its snapshots, from FROM on.
const MEMBERS: &str = " FROM link CROSS JOIN snapshot ON snapshot.state_id = link.state_id AND snapshot.id = link.linked_id \
     WHERE link.state_id = snapshot_group.state_id AND link.kind = 4 AND link.id = snapshot_group.id";

impl Table for SnapshotGroup {
    /// When the last of its snapshots goes. One without any is gone since before the first second that the API can write.
    const DERIVED: &'static [&'static str] = &["( \
        SELECT CASE WHEN count(*) = count(snapshot.expiration_time) \
            THEN coalesce(max(snapshot.expiration_time), -62167219201) END \
        FROM link CROSS JOIN snapshot ON snapshot.state_id = link.state_id AND snapshot.id = link.linked_id \
        WHERE link.state_id = row.state_id AND link.kind = 4 AND link.id = row.id)"];

    const BESIDE: &'static [&'static Kind] = &[&snapshot::KIND];

    fn push_beside(statement: &mut Sql) {
        statement.push(" || ',[' || ifnull((SELECT group_concat(");
        rows::push_item(statement, &snapshot::KIND);
        statement.push(")").push(MEMBERS).push("), '') || ']'");
    }

    fn push_conditions(filter: &SnapshotGroupFilter, statement: &mut Sql, now: Time) {
        let equalities: [(&'static str, Option<&str>); 2] = [
            (" AND snapshot_group.name = ", filter.name.as_deref()),
            (" AND snapshot_group.resource_group_id = ", filter.resource_group_id.as_deref()),
        ];
        for (condition, value) in equalities {
            if let Some(value) = value {
                statement.push(condition).bind(value);
            }
        }
        if let Some(instance_id) = &filter.instance_id {
            statement.push(" AND coalesce(snapshot_group.instance_id, (SELECT CASE ");
            statement.push("WHEN count(*) = count(snapshot.instance_id) AND count(DISTINCT snapshot.instance_id) = 1 ");
            statement.push("THEN min(snapshot.instance_id) END");
            push_members(statement, now);
            statement.push(")) = ").bind(instance_id.as_str());
        }
        if !filter.statuses.is_empty() {
            // The worst of them is that of the group.
            statement.push(" AND (SELECT min(CASE coalesce(snapshot.pinned_status, CASE WHEN snapshot.ready_time > ");
            statement.bind(now).push(" THEN 'progressing' ELSE snapshot.outcome END) ");
            statement.push("WHEN 'failed' THEN 0 WHEN 'progressing' THEN 1 ELSE 2 END)");
            push_members(statement, now);
            statement.push(") IN (SELECT CASE value WHEN 'failed' THEN 0 WHEN 'progressing' THEN 1 ELSE 2 END ");
            let statuses = filter.statuses.iter().map(|status| <&str>::from(*status));
            statement.push("FROM json_each(").bind(json_array(statuses)).push("))");
        }
    }
}

/// Pushes what leads to the snapshots of a group that are there at `now`.
fn push_members(statement: &mut Sql, now: Time) {
    statement.push(MEMBERS).push(" AND (snapshot.expiration_time IS NULL OR snapshot.expiration_time > ");
    statement.bind(now).push(")");
}
