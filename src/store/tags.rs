//! What the table of tags and the tags in rows say: pairs of resource and tag, and resources by their tags.

use serde::de::DeserializeOwned;

use super::Error;
use super::lists::{Scope, rarest_first};
use super::session::Session;
use super::sql::{Sql, json_array};
use crate::model::kind::Kind;
use crate::model::tag_query::{RESOURCE_GROUP_KEY, TagPattern, TagPlace, TagQuery, TaggedResource, Wording};
use crate::model::tags::{Tag, TagFilter};
use crate::model::time::Time;

/// At most `limit` pairs of the resources that match and their tags, behind a place: newest resource first, then by id, then by
/// key. Asked for by resource group, each resource has its group for its only tag.
pub async fn pairs(
    session: &mut Session,
    scope: Scope,
    kind: &'static Kind,
    query: &TagQuery,
    after: Option<&TagPlace>,
    limit: i64,
) -> Result<Vec<TaggedResource>, Error> {
    let query = with_rarest_tag_first(session, scope, kind, query).await?;
    let rows: Vec<String> = pairs_statement(scope, kind, &query, after, limit).scalars(session).await?;
    let pairs = rows.iter().map(|row| {
        let (reverse_time, id, key, value): (i64, String, String, String) = read(row)?;
        Ok(TaggedResource { creation_time: Time(-reverse_time), id, tag: Tag { key, value } })
    });
    pairs.collect()
}

/// How many resources match.
pub async fn count(session: &mut Session, scope: Scope, kind: &'static Kind, query: &TagQuery) -> Result<i64, Error> {
    let query = with_rarest_tag_first(session, scope, kind, query).await?;
    count_statement(scope, kind, &query).scalar(session).await
}

/// The ids of at most `limit` resources that match, newest first and then by id, without the first `skip`.
pub async fn resources(
    session: &mut Session,
    scope: Scope,
    kind: &'static Kind,
    query: &TagQuery,
    skip: i64,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let query = with_rarest_tag_first(session, scope, kind, query).await?;
    resources_statement(scope, kind, &query, skip, limit).scalars(session).await
}

/// How many of these resources are there, in a region and not expired.
pub async fn count_found(
    session: &mut Session,
    scope: Scope,
    kind: &'static Kind,
    region_id: &str,
    ids: &[String],
) -> Result<usize, Error> {
    let mut statement = Sql::new("SELECT count(*) FROM ");
    statement.push(kind.table).push(" WHERE state_id = ").bind(scope.state_id).push(" AND id IN (SELECT value FROM ");
    statement.push("json_each(").bind(json_array(ids.iter().map(String::as_str))).push(")) AND region_id = ");
    statement.bind(region_id);
    push_unexpired(&mut statement, scope, kind.table);
    let count: i64 = statement.scalar(session).await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The plans of [`pairs`], [`count`] and [`resources`], a line a step. Tests use them to see that each search has its index.
pub async fn explain(
    session: &mut Session,
    scope: Scope,
    kind: &'static Kind,
    query: &TagQuery,
    after: Option<&TagPlace>,
) -> Result<[Vec<String>; 3], Error> {
    Ok([
        pairs_statement(scope, kind, query, after, 50).explain(session).await?,
        count_statement(scope, kind, query).explain(session).await?,
        resources_statement(scope, kind, query, 0, 50).explain(session).await?,
    ])
}

pub(super) fn read<T: DeserializeOwned>(row: &str) -> Result<T, Error> {
    serde_json::from_str(row).map_err(|error| Error::Decode(Box::new(error)))
}

async fn with_rarest_tag_first(
    session: &mut Session,
    scope: Scope,
    kind: &'static Kind,
    query: &TagQuery,
) -> Result<TagQuery, Error> {
    let tags = rarest_first(session, scope, kind, Some(&query.region_id), &query.tags).await?;
    Ok(TagQuery { tags, ..query.clone() })
}

fn pairs_statement(scope: Scope, kind: &'static Kind, query: &TagQuery, after: Option<&TagPlace>, limit: i64) -> Sql {
    let places = places(kind, query);
    let mut statement = Sql::new("SELECT json_array(");
    statement.push(places).push(".reverse_time, ").push(places).push(".id, item.key, item.value) FROM ");
    push_source(&mut statement, kind, query);
    if let Some(group) = &query.resource_group_id {
        statement.push(" CROSS JOIN (SELECT ").bind(RESOURCE_GROUP_KEY).push(" AS key, ").bind(group.as_str());
        statement.push(" AS value) AS item");
    } else {
        statement.push(" CROSS JOIN json_each(").push(kind.table).push(".body, '$.Tags') AS item");
    }
    push_conditions(&mut statement, scope, kind, query);
    if let Some(place) = after {
        let reverse_time = -place.creation_time.0;
        for comparison in [") >= (", ") > ("] {
            let start = if comparison == ") > (" { " AND ((" } else { " AND (" };
            statement.push(start).push(places).push(".reverse_time, ").push(places).push(".id").push(comparison);
            statement.bind(reverse_time).push(", ").bind(place.id.as_str()).push(")");
        }
        statement.push(" OR item.key > ").bind(place.key.as_str()).push(")");
    }
    statement.push(" ORDER BY ").push(places).push(".reverse_time, ").push(places).push(".id, item.key");
    statement.push(" LIMIT ").bind(limit);
    statement
}

fn count_statement(scope: Scope, kind: &'static Kind, query: &TagQuery) -> Sql {
    let mut statement = Sql::new("SELECT count(*) FROM ");
    push_source(&mut statement, kind, query);
    push_conditions(&mut statement, scope, kind, query);
    statement
}

fn resources_statement(scope: Scope, kind: &'static Kind, query: &TagQuery, skip: i64, limit: i64) -> Sql {
    let places = places(kind, query);
    let mut statement = Sql::new("SELECT ");
    statement.push(places).push(".id FROM ");
    push_source(&mut statement, kind, query);
    push_conditions(&mut statement, scope, kind, query);
    statement.push(" ORDER BY ").push(places).push(".reverse_time, ").push(places).push(".id LIMIT ").bind(limit);
    statement.push(" OFFSET ").bind(skip);
    statement
}

/// Whether the search starts from the first tag, which has its resources in the order of pages.
fn starts_from_tag(query: &TagQuery) -> bool {
    query.ids.is_none() && query.resource_group_id.is_none() && !query.tags.is_empty()
}

/// Whether the resources are found by their ids: those that are asked for, or those that have the first tag in words with stars.
fn is_by_ids(query: &TagQuery) -> bool {
    query.ids.is_some() || (query.tags.is_empty() && !query.patterns.is_empty())
}

/// The table whose times and ids give the order.
fn places(kind: &Kind, query: &TagQuery) -> &'static str {
    if starts_from_tag(query) { "tag_0" } else { kind.table }
}

/// Pushes the tables. The search starts from the first of them: a CROSS JOIN is one that the planner leaves in its order.
fn push_source(statement: &mut Sql, kind: &'static Kind, query: &TagQuery) {
    if starts_from_tag(query) {
        statement.push("tag AS tag_0 CROSS JOIN ").push(kind.table).push(" ON ").push(kind.table);
        statement.push(".state_id = tag_0.state_id AND ").push(kind.table).push(".id = tag_0.id");
    } else {
        statement.push(kind.table);
    }
}

fn push_conditions(statement: &mut Sql, scope: Scope, kind: &'static Kind, query: &TagQuery) {
    let (table, places) = (kind.table, places(kind, query));
    statement.push(" WHERE ").push(places).push(".state_id = ").bind(scope.state_id);
    // The plus keeps a search by ids to the key, which is where they are.
    statement.push(if is_by_ids(query) { " AND +" } else { " AND " }).push(places).push(".region_id = ");
    statement.bind(query.region_id.as_str());
    push_unexpired(statement, scope, places);
    let mut tags = query.tags.iter();
    if starts_from_tag(query) {
        statement.push(" AND tag_0.kind = ").bind(kind.number);
        if let Some(tag) = tags.next() {
            push_tag(statement, " AND tag_0.tag_key", " AND tag_0.tag_value", tag);
        }
    }
    if let Some(ids) = &query.ids {
        let ids = json_array(ids.iter().map(String::as_str));
        statement.push(" AND ").push(table).push(".id IN (SELECT value FROM json_each(").bind(ids).push("))");
    }
    if let Some(group) = &query.resource_group_id {
        if kind.columns.contains(&"resource_group_id") {
            statement.push(" AND ").push(table).push(".resource_group_id = ").bind(group.as_str());
        } else {
            statement.push(" AND json_extract(").push(table).push(".body, '$.ResourceGroupId') = ");
            statement.bind(group.as_str());
        }
    }
    // The other tags are looked for in the row, which has few.
    for tag in tags {
        push_own(statement, table, |statement| push_tag(statement, "own.key", " AND own.value", tag));
    }
    for (number, pattern) in query.patterns.iter().enumerate() {
        if number == 0 && query.tags.is_empty() && query.ids.is_none() {
            statement.push(" AND ").push(table).push(".id IN (SELECT tag.id FROM tag WHERE tag.state_id = ");
            statement.bind(scope.state_id).push(" AND tag.kind = ").bind(kind.number).push(" AND tag.region_id = ");
            statement.bind(query.region_id.as_str()).push(" AND ");
            push_pattern(statement, "tag.tag_key", "tag.tag_value", pattern);
            statement.push(")");
        } else {
            push_own(statement, table, |statement| push_pattern(statement, "own.key", "own.value", pattern));
        }
    }
    if query.tags.is_empty() && query.patterns.is_empty() && query.resource_group_id.is_none() {
        statement.push(" AND json_extract(").push(table).push(".body, '$.Tags') IS NOT NULL");
    }
}

pub(super) fn push_unexpired(statement: &mut Sql, scope: Scope, table: &'static str) {
    statement.push(" AND (").push(table).push(".expiration_time IS NULL OR ").push(table);
    statement.push(".expiration_time > ").bind(scope.now).push(")");
}

/// Pushes that the row itself has a tag of which the condition is true.
fn push_own(statement: &mut Sql, table: &'static str, condition: impl FnOnce(&mut Sql)) {
    statement.push(" AND EXISTS (SELECT 1 FROM json_each(").push(table).push(".body, '$.Tags') AS own WHERE ");
    condition(statement);
    statement.push(")");
}

fn push_tag(statement: &mut Sql, key: &'static str, value: &'static str, tag: &TagFilter) {
    statement.push(key).push(" = ").bind(tag.key.as_str());
    if let Some(text) = &tag.value {
        statement.push(value).push(" = ").bind(text.as_str());
    }
}

fn push_pattern(statement: &mut Sql, key: &'static str, value: &'static str, pattern: &TagPattern) {
    push_wording(statement, key, &pattern.key);
    for (number, wording) in pattern.values.iter().enumerate() {
        statement.push(if number == 0 { " AND (" } else { " OR " });
        push_wording(statement, value, wording);
    }
    if !pattern.values.is_empty() {
        statement.push(")");
    }
}

fn push_wording(statement: &mut Sql, column: &'static str, wording: &Wording) {
    match wording {
        Wording::Exact(text) => statement.push(column).push(" = ").bind(text.as_str()),
        // The first half is what an index can search for.
        Wording::Prefix(text) => {
            statement.push("(").push(column).push(" >= ").bind(text.as_str()).push(" AND substr(").push(column);
            statement.push(", 1, length(").bind(text.as_str()).push(")) = ").bind(text.as_str()).push(")")
        }
        Wording::Infix(text) => statement.push("instr(").push(column).push(", ").bind(text.as_str()).push(") > 0"),
    };
}
