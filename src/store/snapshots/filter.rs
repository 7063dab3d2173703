//! A filter as the conditions of a WHERE clause. Values travel as binds, never as text.

use std::borrow::Cow;

use sqlx::sqlite::Sqlite;
use sqlx::{QueryBuilder, Row as _, SqliteConnection};

use super::Scope;
use crate::model::filter::{SnapshotFilter, SnapshotTypeFilter, TagFilter};
use crate::model::paging::Position;
use crate::store::Error;

/// Pushes the source and the conditions of the snapshots that are seen in `scope` and match `filter`: what stands behind
/// FROM. A tag is a join, since then the planner can start from whichever is rarer, the tag or the rest; a snapshot has a
/// key once, so no row is doubled. Where tags, region and times are all that is asked for and read, `snapshot` is left out.
pub fn push_matching(statement: &mut QueryBuilder<Sqlite>, scope: Scope, filter: &SnapshotFilter, columns: Columns) {
    let places = places(filter);
    let is_joined = !filter.tags.is_empty() && (columns == Columns::All || is_about_rows(filter));
    statement.push(if filter.tags.is_empty() { "snapshot" } else { "snapshot_tag AS tag_0" });
    if is_joined {
        statement.push(" JOIN snapshot ON snapshot.row_id = tag_0.row_id AND snapshot.region_id = tag_0.region_id");
        statement.push(" AND snapshot.reverse_time = tag_0.reverse_time AND snapshot.snapshot_id = tag_0.snapshot_id");
    }
    for number in 1..filter.tags.len() {
        statement.push(" JOIN snapshot_tag AS tag_").push(number).push(" ON TRUE");
        for column in [".state_id", ".region_id", ".reverse_time", ".snapshot_id"] {
            statement.push(" AND tag_").push(number).push(column).push(" = tag_0").push(column);
        }
    }
    statement.push(" WHERE (").push(places).push(".expiration_time IS NULL OR ").push(places);
    statement.push(".expiration_time > ").push_bind(scope.now.0).push(")");
    push_place(statement, scope, filter, places);
    if is_joined {
        push_place(statement, scope, filter, "snapshot");
    }
    for (number, tag) in filter.tags.iter().enumerate() {
        statement.push(" AND tag_").push(number).push(".tag_key = ").push_bind(tag.key.clone());
        if let Some(value) = &tag.value {
            statement.push(" AND tag_").push(number).push(".tag_value = ").push_bind(value.clone());
        }
    }
    push_row(statement, scope, filter);
}

/// What is read of the snapshots that match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    All,
    /// Those that [`places`] has: nothing but the id, the region and times.
    OfPlaces,
}

/// The table, of those that [`push_matching`] pushes, whose region, time and id give the order of the page: in an index of
/// it the matching rows lie in that order.
pub fn places(filter: &SnapshotFilter) -> &'static str {
    if filter.tags.is_empty() { "snapshot" } else { "tag_0" }
}

/// Whether the filter asks for more than snapshot_tag has of a snapshot.
fn is_about_rows(filter: &SnapshotFilter) -> bool {
    let of_places = SnapshotFilter {
        region_id: filter.region_id.clone(),
        created_from: filter.created_from,
        created_until: filter.created_until,
        tags: filter.tags.clone(),
        ..SnapshotFilter::default()
    };
    *filter != of_places
}

/// Conditions on what both tables have, for one of them.
fn push_place(statement: &mut QueryBuilder<Sqlite>, scope: Scope, filter: &SnapshotFilter, table: &'static str) {
    statement.push(" AND ").push(table).push(".state_id = ");
    push_state(statement, scope);
    if let Some(region_id) = &filter.region_id {
        statement.push(" AND ").push(table).push(".region_id = ").push_bind(region_id.clone());
    }
    if let Some(from) = filter.created_from {
        statement.push(" AND ").push(table).push(".reverse_time <= ").push_bind(-from.0);
    }
    if let Some(until) = filter.created_until {
        statement.push(" AND ").push(table).push(".reverse_time >= ").push_bind(-until.0);
    }
}

/// Conditions on what only a row of `snapshot` has.
fn push_row(statement: &mut QueryBuilder<Sqlite>, scope: Scope, filter: &SnapshotFilter) {
    let equalities: [(&'static str, Option<&str>); 8] = [
        (" AND source_disk_id = ", filter.disk_id.as_deref()),
        (" AND instance_id = ", filter.instance_id.as_deref()),
        (" AND snapshot_link_id = ", filter.snapshot_link_id.as_deref()),
        (" AND snapshot_name = ", filter.snapshot_name.as_deref()),
        (" AND kms_key_id = ", filter.kms_key_id.as_deref()),
        (" AND resource_group_id = ", filter.resource_group_id.as_deref()),
        (" AND lower(source_disk_type) = ", filter.source_disk_type.as_deref()),
        (" AND lower(category) = ", filter.category.as_deref()),
    ];
    for (condition, value) in equalities {
        if let Some(value) = value {
            statement.push(condition).push_bind(value.to_owned());
        }
    }
    if let Some(ids) = &filter.snapshot_ids {
        // One bind for any number of ids keeps the statement's text, and so its place in the statement cache.
        let ids = serde_json::Value::from(ids.as_slice()).to_string();
        statement.push(" AND snapshot.snapshot_id IN (SELECT value FROM json_each(").push_bind(ids).push("))");
    }
    if filter.encrypted {
        statement.push(" AND encrypted = 1");
    }
    if let Some(status) = filter.status {
        statement
            .push(" AND coalesce(pinned_status, CASE WHEN ready_time > ")
            .push_bind(scope.now.0)
            .push(" THEN 'progressing' ELSE outcome END) = ")
            .push_bind(<&str>::from(status));
    }
    if let Some(usage) = filter.usage {
        statement.push(" AND usage = ").push_bind(<&str>::from(usage));
    }
    match filter.snapshot_type {
        Some(SnapshotTypeFilter::Automatic) => statement.push(" AND snapshot_type IN ('auto', 'timer')"),
        Some(SnapshotTypeFilter::User) => statement.push(" AND snapshot_type = 'user'"),
        None => statement,
    };
}

/// The current state of the sandbox, read by the statement itself: it sees all of one state or all of another.
fn push_state(statement: &mut QueryBuilder<Sqlite>, scope: Scope) {
    statement.push("(SELECT state_id FROM sandbox WHERE sandbox_id = ").push_bind(scope.sandbox_id).push(")");
}

/// Pushes the condition that a row comes after `position` in the order of pages.
pub fn push_after(statement: &mut QueryBuilder<Sqlite>, filter: &SnapshotFilter, position: &Position) {
    let places = places(filter);
    statement.push(" AND (").push(places).push(".reverse_time, ").push(places).push(".snapshot_id) > (");
    statement.push_bind(-position.creation_time.0).push(", ").push_bind(position.snapshot_id.clone()).push(")");
}

/// Pushes the order of pages.
pub fn push_order(statement: &mut QueryBuilder<Sqlite>, filter: &SnapshotFilter) {
    let places = places(filter);
    statement.push(" ORDER BY ").push(places).push(".reverse_time, ").push(places).push(".snapshot_id");
}

/// Tags that fewer snapshots carry than this are told apart; among others the order does not matter.
const RARE: i64 = 1_000;

/// The filter with the rarest tag first, which the planner starts from: it knows what a tag selects on average, not what
/// this one does.
pub async fn with_rarest_tag_first<'f>(
    connection: &mut SqliteConnection,
    scope: Scope,
    filter: &'f SnapshotFilter,
) -> Result<Cow<'f, SnapshotFilter>, Error> {
    if filter.tags.len() < 2 {
        return Ok(Cow::Borrowed(filter));
    }
    let mut statement = QueryBuilder::<Sqlite>::new("SELECT ");
    for (number, tag) in filter.tags.iter().enumerate() {
        statement.push(if number == 0 { "" } else { ", " });
        statement.push("(SELECT count(*) FROM (SELECT 1 FROM snapshot_tag WHERE state_id = ");
        push_state(&mut statement, scope);
        if let Some(region_id) = &filter.region_id {
            statement.push(" AND region_id = ").push_bind(region_id.clone());
        }
        statement.push(" AND tag_key = ").push_bind(tag.key.clone());
        if let Some(value) = &tag.value {
            statement.push(" AND tag_value = ").push_bind(value.clone());
        }
        statement.push(" LIMIT ").push_bind(RARE).push("))");
    }
    let row = statement.build().fetch_one(connection).await?;
    let counts = (0..filter.tags.len()).map(|number| row.try_get::<i64, _>(number));
    let mut counted: Vec<(i64, &TagFilter)> =
        counts.collect::<Result<Vec<_>, _>>()?.into_iter().zip(&filter.tags).collect();
    counted.sort_by_key(|(count, _)| *count);
    let tags = counted.into_iter().map(|(_, tag)| tag.clone()).collect();
    Ok(Cow::Owned(SnapshotFilter { tags, ..filter.clone() }))
}
