//! Pairs of automatic snapshot policy and disk, a page at a time. Which ones there are, the links of the policies say.

use serde::Deserialize;

use super::Error;
use super::lists::Scope;
use super::session::Session;
use super::sql::Sql;
use super::sums::{Seen, seen};
use crate::model::auto_snapshot_policy::AutoSnapshotPolicy;
use crate::model::kind::Resource as _;
use crate::model::paging::{Position, Start};
use crate::model::policy_associations::{AssociationQuery, Of};
use crate::model::time::Time;

/// A policy and one of its disks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Association {
    pub auto_snapshot_policy_id: String,
    pub disk_id: String,
    /// Which one of the policies of the disk it is; 0 where nobody asked.
    place: i64,
}

impl Association {
    /// Where it stands in the list of what was asked for.
    #[must_use]
    pub fn position(&self, query: &AssociationQuery) -> Position {
        let id = match query.of {
            Of::Policy(_) => &self.disk_id,
            Of::Disk(_) => &self.auto_snapshot_policy_id,
        };
        // The place is the first thing that the order goes by, as the time is elsewhere.
        Position { creation_time: Time(self.place), id: id.clone() }
    }
}

/// At most `limit` pairs, from `start` on.
pub async fn page(
    session: &mut Session,
    scope: Scope,
    query: &AssociationQuery,
    start: &Start,
    limit: i64,
) -> Result<Seen<Vec<Association>>, Error> {
    let Seen { pointer, mut found } = seen::<Vec<Association>>(statement(scope, query, start, limit), session).await?;
    // SQL promises no order of what is put together. SQLite keeps that of the page, so this finds them sorted.
    found.sort_by_key(|association| {
        let Position { creation_time, id } = association.position(query);
        (creation_time, id)
    });
    Ok(Seen { pointer, found })
}

/// The plan of [`page`], a line per step. Tests use it to see that pairs are found by their key and lie in its order.
pub async fn explain(
    session: &mut Session,
    scope: Scope,
    query: &AssociationQuery,
    start: &Start,
) -> Result<Vec<String>, Error> {
    statement(scope, query, start, 10).explain(session).await
}

fn statement(scope: Scope, query: &AssociationQuery, start: &Start, limit: i64) -> Sql {
    let kind = AutoSnapshotPolicy::KIND.number;
    let mut statement = Sql::new("SELECT sandbox.state_id, sandbox.version, (SELECT json_group_array(json_array(");
    statement.push("policy_id, disk_id, place)) FROM (SELECT link.id AS policy_id, link.linked_id AS disk_id, ");
    match &query.of {
        Of::Policy(id) => {
            statement.push("0 AS place FROM link WHERE link.state_id = ").bind(scope.state_id);
            statement.push(" AND link.kind = ").bind(kind).push(" AND link.id = ").bind(id.as_str());
            if let Start::After(position) = start {
                statement.push(" AND link.linked_id > ").bind(position.id.as_str());
            }
            statement.push(" ORDER BY link.linked_id");
        }
        Of::Disk(id) => {
            statement.push("coalesce(place.value, 1) AS place FROM link CROSS JOIN auto_snapshot_policy AS policy ");
            statement.push("ON policy.state_id = link.state_id AND policy.id = link.id ");
            statement.push("LEFT JOIN json_each(policy.body, '$.Places') AS place ON place.key = link.linked_id ");
            statement.push("WHERE link.state_id = ").bind(scope.state_id);
            statement.push(" AND link.linked_id = ").bind(id.as_str()).push(" AND link.kind = ").bind(kind);
            if let Start::After(position) = start {
                statement.push(" AND (coalesce(place.value, 1), link.id) > (").bind(position.creation_time.0);
                statement.push(", ").bind(position.id.as_str()).push(")");
            }
            statement.push(" ORDER BY coalesce(place.value, 1), link.id");
        }
    }
    let skip = if let Start::Offset(skip) = start { *skip } else { 0 };
    statement.push(" LIMIT ").bind(limit).push(" OFFSET ").bind(skip);
    statement.push(")) FROM sandbox WHERE sandbox.sandbox_id = ").bind(scope.sandbox_id);
    statement
}
