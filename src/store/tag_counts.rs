//! How many resources have a tag: the different tags of a region, each with a count for each kind.

use super::Error;
use super::lists::Scope;
use super::session::Session;
use super::sql::{Sql, json_array};
use super::tags::{push_unexpired, read};
use crate::model::tag_query::{PairQuery, TagCount};
use crate::model::tags::Tag;

/// How many different tags match.
pub async fn count(session: &mut Session, scope: Scope, query: &PairQuery) -> Result<i64, Error> {
    if query.kinds.is_empty() {
        return Ok(0);
    }
    count_statement(scope, query).scalar(session).await
}

/// At most `limit` of the different tags that match, by key and value, without the first `skip`; each with how many resources
/// have it.
pub async fn tags(
    session: &mut Session,
    scope: Scope,
    query: &PairQuery,
    skip: i64,
    limit: i64,
) -> Result<Vec<TagCount>, Error> {
    if query.kinds.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<String> = tags_statement(scope, query, skip, limit).scalars(session).await?;
    let tags = rows.iter().map(|row| {
        let (key, value, counts) = read(row)?;
        Ok(TagCount { tag: Tag { key, value }, counts })
    });
    tags.collect()
}

/// The plans of [`count`] and [`tags`].
pub async fn explain(session: &mut Session, scope: Scope, query: &PairQuery) -> Result<[Vec<String>; 2], Error> {
    Ok([
        count_statement(scope, query).explain(session).await?,
        tags_statement(scope, query, 0, 50).explain(session).await?,
    ])
}

fn count_statement(scope: Scope, query: &PairQuery) -> Sql {
    let mut statement = Sql::new("SELECT count(*) FROM (SELECT DISTINCT tag_key, tag_value FROM (");
    push_counts(&mut statement, scope, query);
    statement.push("))");
    statement
}

fn tags_statement(scope: Scope, query: &PairQuery, skip: i64, limit: i64) -> Sql {
    let mut statement =
        Sql::new("SELECT json_array(tag_key, tag_value, json_group_array(json_array(kind, count))) FROM (");
    push_counts(&mut statement, scope, query);
    statement.push(") GROUP BY tag_key, tag_value ORDER BY tag_key, tag_value LIMIT ").bind(limit);
    statement.push(" OFFSET ").bind(skip);
    statement
}

/// Pushes the tags of each kind, with how many of its resources have each: in the index they lie beside each other.
fn push_counts(statement: &mut Sql, scope: Scope, query: &PairQuery) {
    for (number, kind) in query.kinds.iter().enumerate() {
        statement.push(if number == 0 { "SELECT " } else { " UNION ALL SELECT " }).bind(kind.number);
        if let Some(id) = &query.id {
            statement.push(" AS kind, item.key AS tag_key, item.value AS tag_value, 1 AS count FROM ").push(kind.table);
            statement.push(" CROSS JOIN json_each(").push(kind.table).push(".body, '$.Tags') AS item WHERE ");
            push_region(statement, scope, query, kind.table);
            statement.push(" AND ").push(kind.table).push(".id = ").bind(id.as_str());
            push_asked(statement, query, " AND item.key", "item.key", "item.value");
        } else {
            statement.push(" AS kind, tag_key, tag_value, count(*) AS count FROM tag WHERE ");
            push_region(statement, scope, query, "tag");
            statement.push(" AND tag.kind = ").bind(kind.number);
            push_asked(statement, query, " AND tag.tag_key", "tag.tag_key", "tag.tag_value");
            statement.push(" GROUP BY tag_key, tag_value");
        }
    }
}

fn push_region(statement: &mut Sql, scope: Scope, query: &PairQuery, table: &'static str) {
    statement.push(table).push(".state_id = ").bind(scope.state_id).push(" AND ").push(table).push(".region_id = ");
    statement.bind(query.region_id.as_str());
    push_unexpired(statement, scope, table);
}

/// Pushes that a tag is one of those that are asked for, if any are. The keys by themselves are what an index can search for.
fn push_asked(statement: &mut Sql, query: &PairQuery, and_key: &'static str, key: &'static str, value: &'static str) {
    if query.tags.is_empty() {
        return;
    }
    let keys = json_array(query.tags.iter().map(|tag| tag.key.as_str()));
    let asked = json_array(query.tags.iter().map(|tag| serde_json::json!([tag.key, tag.value])));
    statement.push(and_key).push(" IN (SELECT value FROM json_each(").bind(keys).push("))");
    statement.push(" AND EXISTS (SELECT 1 FROM json_each(").bind(asked);
    statement.push(") AS asked WHERE asked.value ->> 0 = ").push(key).push(" AND ifnull(asked.value ->> 1, ");
    statement.push(value).push(") = ").push(value).push(")");
}
