//! Lists of resources of a kind, a page at a time: a filter as the conditions of a WHERE clause, in the order of pages.

use std::borrow::Cow;

use sqlx::Row as _;

use super::Error;
use super::rows::{self, Stored};
use super::sandboxes::Pointer;
use super::session::Session;
use super::sql::{Sql, json_array};
use super::tables::Table;
use crate::model::filter::Filter as _;
use crate::model::kind::Kind;
use crate::model::named::{NamedIds, named};
use crate::model::paging::{Position, Start};
use crate::model::tags::TagFilter;
use crate::model::time::Time;

/// Whose resources, and at what time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub sandbox_id: i64,
    /// The state that the sandbox points at, as far as the caller knows.
    pub state_id: i64,
    /// Statuses are those of this time, and what expired by then is gone.
    pub now: Time,
}

/// One page of resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<R: Table> {
    /// How many match, on whatever page; 0 where nobody counted.
    pub total_count: i64,
    /// Newest first, then by id; the other way round where that was asked for.
    pub rows: Vec<Stored<R>>,
    /// Where the sandbox pointed when this was read; if it is not to the state of the scope, the rest is worth nothing. `None`
    /// for a sandbox that is gone.
    pub pointer: Option<Pointer>,
    /// When the clock alone changes a resource of the state for the next time; `None`: never.
    pub unchanged_until: Option<Time>,
    /// Roughly what the rows take up in memory.
    pub bytes: usize,
    /// The ids of the first rows.
    pub named: NamedIds,
}

/// A part of the resources that match, in the order of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Those behind this place only.
    pub after: Option<Position>,
    /// Of those, without the first ones, so many.
    pub skip: i64,
    pub limit: i64,
    /// The oldest first.
    pub from_end: bool,
}

impl Range {
    fn of(start: &Start, limit: i64) -> Self {
        match start {
            Start::Offset(skip) => Self { after: None, skip: *skip, limit, from_end: false },
            Start::After(position) => Self { after: Some(position.clone()), skip: 0, limit, from_end: false },
        }
    }
}

/// The page of at most `limit` resources that match, from `start` on. Count and rows come from one statement, so that they
/// belong together.
pub async fn list<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    start: &Start,
    limit: i64,
) -> Result<Page<R>, Error> {
    let filter = with_rarest_tag_first::<R>(session, scope, filter).await?;
    let range = Range::of(start, limit);
    page(page_statement::<R>(scope, &filter, &range, true), session, range.from_end).await
}

/// Some of the resources that match, not counted: the page's `total_count` is 0 and `unchanged_until` is `None`.
pub async fn rows<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    range: &Range,
) -> Result<Page<R>, Error> {
    let filter = with_rarest_tag_first::<R>(session, scope, filter).await?;
    page(page_statement::<R>(scope, &filter, range, false), session, range.from_end).await
}

async fn page<R: Table>(statement: Sql, session: &mut Session, from_end: bool) -> Result<Page<R>, Error> {
    let Some(row) = statement.fetch_optional(session).await? else {
        return Ok(Page {
            total_count: 0,
            rows: Vec::new(),
            pointer: None,
            unchanged_until: None,
            bytes: 0,
            named: NamedIds::default(),
        });
    };
    let items = row.try_get::<Option<&str>, _>(4)?.unwrap_or_default();
    let mut rows = rows::read::<R>(items)?;
    // SQL promises no order of what is put together. SQLite keeps that of the page, so this finds them sorted.
    rows.sort_by(|left, right| {
        let (left, right) = (left.resource.key(), right.resource.key());
        right.creation_time.cmp(&left.creation_time).then_with(|| left.id.cmp(right.id))
    });
    if from_end {
        rows.reverse();
    }
    // A page may be kept for long.
    rows.shrink_to_fit();
    Ok(Page {
        // Most texts are shorter than what an allocation takes at least.
        bytes: 2 * items.len() + rows.len() * size_of::<Stored<R>>(),
        named: named(rows.iter().map(|row| row.resource.key().id)),
        rows,
        pointer: Some(Pointer { state_id: row.try_get(0)?, version: row.try_get(1)? }),
        total_count: row.try_get(2)?,
        unchanged_until: row.try_get::<Option<i64>, _>(3)?.map(Time),
    })
}

/// The plan that SQLite makes for [`list`], or for [`rows`] if nothing is to be counted, a line per step. Tests use it to
/// see that each filter has its index.
pub async fn explain<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    start: &Start,
    limit: i64,
    counts: bool,
) -> Result<Vec<String>, Error> {
    page_statement::<R>(scope, filter, &Range::of(start, limit), counts).explain(session).await
}

fn page_statement<R: Table>(scope: Scope, filter: &R::Filter, range: &Range, counts: bool) -> Sql {
    let mut statement = Sql::new("SELECT sandbox.state_id, sandbox.version");
    if counts {
        statement.push(", (SELECT count(*) FROM ");
        push_matching::<R>(&mut statement, scope, filter, Columns::OfPlaces);
        statement.push("), ");
        push_next_change::<R>(&mut statement, scope, filter);
    } else {
        statement.push(", 0, NULL");
    }
    statement.push(", (SELECT group_concat(item) FROM (SELECT ");
    rows::push_stored::<R>(&mut statement);
    statement.push(" AS item FROM ");
    push_matching::<R>(&mut statement, scope, filter, Columns::All);
    let places = places::<R>(filter);
    if let Some(position) = &range.after {
        statement.push(" AND (").push(places).push(".reverse_time, ").push(places).push(".id) > (");
        statement.bind(-position.creation_time.0).push(", ").bind(position.id.as_str()).push(")");
    }
    if range.from_end {
        statement.push(" ORDER BY ").push(places).push(".reverse_time DESC, ").push(places).push(".id DESC");
    } else {
        push_order::<R>(&mut statement, filter);
    }
    statement.push(" LIMIT ").bind(range.limit).push(" OFFSET ").bind(range.skip);
    statement.push(")) FROM sandbox WHERE sandbox.sandbox_id = ").bind(scope.sandbox_id);
    statement
}

/// Pushes when the clock alone changes a resource of the kind, or what is read beside it, or which of them match, for the next
/// time.
fn push_next_change<R: Table>(statement: &mut Sql, scope: Scope, filter: &R::Filter) {
    statement.push("(SELECT min(time) FROM (");
    let moments = std::iter::once(&R::KIND).chain(R::BESIDE).flat_map(|kind| {
        let ready = kind.columns.iter().filter(|column| **column == "ready_time");
        ready.chain(["expiration_time"].iter()).map(|column| (kind.table, *column))
    });
    let of_filter = filter.moments().iter().map(|column| (R::KIND.table, *column));
    for (number, (table, column)) in moments.chain(of_filter).enumerate() {
        statement.push(if number == 0 { "SELECT min(" } else { " UNION ALL SELECT min(" }).push(column);
        statement.push(") AS time FROM ").push(table).push(" WHERE ").push(table).push(".state_id = ");
        statement.bind(scope.state_id).push(" AND ").push(column).push(" > ").bind(scope.now);
    }
    statement.push("))");
}

/// When the clock alone changes a list for the next time after the scope's, as far as its moments tell.
pub async fn next_change<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
) -> Result<Option<Time>, Error> {
    let mut statement = Sql::new("SELECT ");
    push_next_change::<R>(&mut statement, scope, filter);
    Ok(statement.scalar::<Option<i64>>(session).await?.map(Time))
}

/// What is read of the resources that match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    All,
    /// Those that [`places`] has: nothing but the id, the region and times.
    OfPlaces,
}

/// The table, of those that [`push_matching`] pushes, whose region, time and id give the order of the page: in an index of
/// it the matching rows lie in that order.
pub(super) fn places<R: Table>(filter: &R::Filter) -> &'static str {
    if filter.tags().is_empty() { R::KIND.table } else { "tag_0" }
}

/// Pushes the source and the conditions of the resources that are seen in `scope` and match `filter`: what stands behind
/// FROM. A tag is a join, since then the planner can start from whichever is rarer, the tag or the rest; a resource has a
/// key once, so no row is doubled. Where tags, region and times are all that is asked for and read, the table of the kind is
/// left out.
pub(super) fn push_matching<R: Table>(statement: &mut Sql, scope: Scope, filter: &R::Filter, columns: Columns) {
    let (table, places, tags) = (R::KIND.table, places::<R>(filter), filter.tags());
    let is_joined = !tags.is_empty() && (columns == Columns::All || filter.asks_for_more());
    if tags.is_empty() {
        statement.push(table);
    } else {
        statement.push("tag AS tag_0");
    }
    if is_joined {
        statement.push(" JOIN ").push(table).push(" ON ").push(table).push(".state_id = tag_0.state_id AND ");
        statement.push(table).push(".id = tag_0.id");
        // For a search that starts from the row. The plus keeps one that starts from the tag to the row's key, which is the
        // smallest index.
        for column in [".region_id", ".reverse_time"] {
            statement.push(" AND tag_0").push(column).push(" = +").push(table).push(column);
        }
    }
    for number in 1..tags.len() {
        statement.push(" JOIN tag AS tag_").push_number(number).push(" ON TRUE");
        for column in [".state_id", ".kind", ".region_id", ".reverse_time", ".id"] {
            statement.push(" AND tag_").push_number(number).push(column).push(" = tag_0").push(column);
        }
    }
    statement.push(" WHERE (").push(places).push(".expiration_time IS NULL OR ").push(places);
    statement.push(".expiration_time > ").bind(scope.now).push(")");
    if !tags.is_empty() {
        statement.push(" AND tag_0.kind = ").bind(R::KIND.number);
    }
    push_place::<R>(statement, scope, filter, places);
    if is_joined {
        push_place::<R>(statement, scope, filter, table);
    }
    for (number, tag) in tags.iter().enumerate() {
        statement.push(" AND tag_").push_number(number).push(".tag_key = ").bind(tag.key.as_str());
        if let Some(value) = &tag.value {
            statement.push(" AND tag_").push_number(number).push(".tag_value = ").bind(value.as_str());
        }
    }
    push_ids::<R>(statement, filter);
    R::push_conditions(filter, statement, scope.now);
}

/// Pushes which ids a row of the kind's table may have.
pub(super) fn push_ids<R: Table>(statement: &mut Sql, filter: &R::Filter) {
    if let Some(ids) = filter.ids() {
        // One bind for any number of ids keeps the statement's text, and so its place in the statement cache.
        let ids = json_array(ids.iter().map(String::as_str));
        statement.push(" AND ").push(R::KIND.table).push(".id IN (SELECT value FROM json_each(").bind(ids).push("))");
    }
}

/// Conditions on what the kind's table and `tag` both have, for one of them.
fn push_place<R: Table>(statement: &mut Sql, scope: Scope, filter: &R::Filter, table: &'static str) {
    statement.push(" AND ").push(table).push(".state_id = ").bind(scope.state_id);
    push_region_and_times::<R>(statement, filter, table);
}

pub(super) fn push_region_and_times<R: Table>(statement: &mut Sql, filter: &R::Filter, table: &'static str) {
    if let Some(region_id) = filter.region_id() {
        statement.push(" AND ").push(table).push(".region_id = ").bind(region_id);
    }
    let (from, until) = filter.created();
    if let Some(from) = from {
        statement.push(" AND ").push(table).push(".reverse_time <= ").bind(-from.0);
    }
    if let Some(until) = until {
        statement.push(" AND ").push(table).push(".reverse_time >= ").bind(-until.0);
    }
}

pub(super) fn push_order<R: Table>(statement: &mut Sql, filter: &R::Filter) {
    let places = places::<R>(filter);
    statement.push(" ORDER BY ").push(places).push(".reverse_time, ").push(places).push(".id");
}

/// The ids of at most `limit` resources that match.
pub async fn matching_ids<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let mut statement = Sql::new("SELECT ");
    statement.push(places::<R>(filter)).push(".id FROM ");
    push_matching::<R>(&mut statement, scope, filter, Columns::OfPlaces);
    statement.push(" LIMIT ").bind(limit);
    statement.scalars(session).await
}

/// How many resources match.
pub async fn count<R: Table>(session: &mut Session, scope: Scope, filter: &R::Filter) -> Result<i64, Error> {
    let mut statement = Sql::new("SELECT count(*) FROM ");
    push_matching::<R>(&mut statement, scope, filter, Columns::OfPlaces);
    statement.scalar(session).await
}

/// How many of a tag's resources are looked at to see whether it is rare, first and if all tags have so many.
const RARE: [i64; 2] = [32, 1_000];

/// The filter with the rarest tag first, which the planner starts from: it knows what a tag selects on average, not what
/// this one does.
pub async fn with_rarest_tag_first<'f, R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &'f R::Filter,
) -> Result<Cow<'f, R::Filter>, Error> {
    if filter.tags().len() < 2 {
        return Ok(Cow::Borrowed(filter));
    }
    let tags = rarest_first(session, scope, R::KIND, filter.region_id(), filter.tags()).await?;
    Ok(Cow::Owned(filter.clone().with_tags(tags)))
}

/// Tags of resources of a kind, in a region or in all, the rarest first.
pub(super) async fn rarest_first(
    session: &mut Session,
    scope: Scope,
    kind: &'static Kind,
    region_id: Option<&str>,
    tags: &[TagFilter],
) -> Result<Vec<TagFilter>, Error> {
    if tags.len() < 2 {
        return Ok(tags.to_vec());
    }
    let mut counted: Vec<(i64, &TagFilter)> = Vec::new();
    for limit in RARE {
        counted = counts_of_tags(session, scope, kind, region_id, tags, limit).await?;
        counted.sort_by_key(|(count, _)| *count);
        if counted.first().is_some_and(|(count, _)| *count < limit) {
            break;
        }
    }
    Ok(counted.into_iter().map(|(_, tag)| tag.clone()).collect())
}

/// How many resources have each tag, up to `limit`.
async fn counts_of_tags<'f>(
    session: &mut Session,
    scope: Scope,
    kind: &'static Kind,
    region_id: Option<&str>,
    tags: &'f [TagFilter],
    limit: i64,
) -> Result<Vec<(i64, &'f TagFilter)>, Error> {
    let mut statement = Sql::new("SELECT ");
    for (number, tag) in tags.iter().enumerate() {
        statement.push(if number == 0 { "" } else { ", " });
        statement.push("(SELECT count(*) FROM (SELECT 1 FROM tag WHERE state_id = ").bind(scope.state_id);
        statement.push(" AND kind = ").bind(kind.number);
        if let Some(region_id) = region_id {
            statement.push(" AND region_id = ").bind(region_id);
        }
        statement.push(" AND tag_key = ").bind(tag.key.as_str());
        if let Some(value) = &tag.value {
            statement.push(" AND tag_value = ").bind(value.as_str());
        }
        statement.push(" LIMIT ").bind(limit).push("))");
    }
    let row = statement.fetch_optional(session).await?.ok_or(Error::RowNotFound)?;
    let counts = (0..tags.len()).map(|number| row.try_get::<i64, _>(number));
    Ok(counts.collect::<Result<Vec<_>, _>>()?.into_iter().zip(tags).collect())
}
