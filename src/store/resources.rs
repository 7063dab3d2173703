//! Resources of any kind: finding, adding, changing and deleting rows, each with its tags, its links and the count of its kind.

use std::collections::HashSet;

use super::lists::Scope;
use super::rows::{self, Stored};
use super::session::Session;
use super::sql::{Sql, json_array};
use super::tables::Table;
use super::{Error, lookups};
use crate::model::kind::{Entry, Kind};
use crate::model::kinds::KINDS;
use crate::model::time::Time;

/// Rows per INSERT: enough to make the trip to SQLite's thread rare, few enough for its limit on binds.
const BATCH: usize = 100;

/// The resource of this id, unless it is expired.
pub async fn find<R: Table>(session: &mut Session, scope: Scope, id: &str) -> Result<Option<Stored<R>>, Error> {
    let mut statement = Sql::new("SELECT ");
    rows::push_stored::<R>(&mut statement);
    statement.push(" FROM ").push(R::KIND.table).push(" WHERE state_id = ").bind(scope.state_id);
    statement.push(" AND id = ").bind(id);
    push_unexpired(&mut statement, scope.now);
    let items: Vec<String> = statement.scalars(session).await?;
    Ok(rows::read(&items.join(","))?.pop())
}

/// Pushes that a row is there still. It goes by its column and not by what the entry states: other rows may have put the expiry
/// off.
fn push_unexpired(statement: &mut Sql, now: Time) {
    statement.push(" AND (expiration_time IS NULL OR expiration_time > ").bind(now).push(")");
}

/// Those of a state that have these ids and are not expired, by id.
pub async fn found(
    session: &mut Session,
    kind: &'static Kind,
    scope: Scope,
    ids: &[&str],
) -> Result<Vec<Box<dyn Entry>>, Error> {
    let mut statement = select(kind, scope.state_id);
    push_ids(&mut statement, ids);
    push_unexpired(&mut statement, scope.now);
    statement.push(" ORDER BY id");
    rows::fetch_entries(statement, kind, session).await
}

fn push_ids(statement: &mut Sql, ids: &[&str]) {
    statement.push(" AND id IN (SELECT value FROM json_each(").bind(json_array(ids.iter().copied())).push("))");
}

/// Those of a state that have these ids, by id, expired or not.
pub async fn by_ids(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    ids: &[&str],
) -> Result<Vec<Box<dyn Entry>>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = select(kind, state_id);
    push_ids(&mut statement, ids);
    statement.push(" ORDER BY id");
    rows::fetch_entries(statement, kind, session).await
}

/// Those of a state that have these ids, by id, expired or not, with what others add to them.
pub async fn of_ids<R: Table>(session: &mut Session, state_id: i64, ids: &[&str]) -> Result<Vec<Stored<R>>, Error> {
    let mut statement = Sql::new("SELECT ");
    rows::push_stored::<R>(&mut statement);
    statement.push(" FROM ").push(R::KIND.table).push(" WHERE state_id = ").bind(state_id);
    push_ids(&mut statement, ids);
    statement.push(" ORDER BY id");
    let items: Vec<String> = statement.scalars(session).await?;
    rows::read(&items.join(","))
}

/// At most `limit` of a state, those whose ids follow `after`, by id.
pub async fn page_by_id(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    after: &str,
    limit: i64,
) -> Result<Vec<Box<dyn Entry>>, Error> {
    let mut statement = select(kind, state_id);
    statement.push(" AND id > ").bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    rows::fetch_entries(statement, kind, session).await
}

fn select(kind: &'static Kind, state_id: i64) -> Sql {
    let mut statement = Sql::new("SELECT ");
    rows::push_item(&mut statement, kind);
    statement.push(" FROM ").push(kind.table).push(" WHERE state_id = ").bind(state_id);
    statement
}

/// How many of a kind a state has, expired ones included.
pub async fn count(session: &mut Session, kind: &Kind, state_id: i64) -> Result<i64, Error> {
    let count = Sql::new("SELECT coalesce(sum(count), 0) FROM resource_count WHERE state_id = ? AND kind = ?");
    count.with(state_id).with(kind.number).scalar(session).await
}

/// How many of each kind a state has, in the order of the kinds.
pub async fn counts(session: &mut Session, state_id: i64) -> Result<Vec<i64>, Error> {
    let pairs = Sql::new("SELECT json_group_array(json_array(kind, count)) FROM resource_count WHERE state_id = ?");
    let pairs: String = pairs.with(state_id).scalar(session).await?;
    rows::read_counts(&pairs)
}

/// A kind of which a state has more than this limit, with the limit.
pub async fn above(
    session: &mut Session,
    state_id: i64,
    limit: Option<i64>,
) -> Result<Option<(&'static Kind, i64)>, Error> {
    let Some(limit) = limit else { return Ok(None) };
    let counts = counts(session, state_id).await?;
    let above = KINDS.iter().zip(counts).find(|(_, count)| *count > limit);
    Ok(above.map(|(kind, _)| (*kind, limit)))
}

/// How many more rows of a kind there are, and tags of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct More {
    pub rows: i64,
    pub tags: i64,
}

/// A count of rows, to be added or taken away.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Where a resource stands among those of its kind in a state, in the order in which they were added.
pub async fn place(session: &mut Session, kind: &'static Kind, state_id: i64, id: &str) -> Result<i64, Error> {
    let mut statement = Sql::new("SELECT count(*) FROM ");
    statement.push(kind.table).push(" WHERE state_id = ").bind(state_id).push(" AND rowid < (SELECT rowid FROM ");
    statement.push(kind.table).push(" WHERE state_id = ").bind(state_id).push(" AND id = ").bind(id).push(")");
    statement.scalar(session).await
}

pub(super) async fn add_to_count(session: &mut Session, kind: &Kind, state_id: i64, more: More) -> Result<(), Error> {
    let More { rows, tags } = more;
    if (rows, tags) == (0, 0) {
        return Ok(());
    }
    let add = Sql::new(
        "INSERT INTO resource_count (state_id, kind, count, tags) VALUES (?, ?, ?, ?)
         ON CONFLICT (state_id, kind) DO UPDATE SET count = count + excluded.count, tags = tags + excluded.tags",
    );
    add.with(state_id).with(kind.number).with(rows).with(tags).execute(session).await?;
    Ok(())
}

/// The last row of a kind's table, to tell those that are added later.
pub(super) async fn last_row(session: &mut Session, kind: &'static Kind) -> Result<i64, Error> {
    let mut statement = Sql::new("SELECT coalesce(max(rowid), 0) FROM ");
    statement.push(kind.table);
    statement.scalar(session).await
}

/// Adds resources of one kind to a state. Their ids must not be in it yet.
pub async fn insert(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    entries: &[&dyn Entry],
) -> Result<(), Error> {
    let last_row = last_row(session, kind).await?;
    for batch in entries.chunks(BATCH) {
        let mut statement = Sql::new("INSERT INTO ");
        statement.push(kind.table).push(" (state_id, ");
        rows::push_columns(&mut statement, kind);
        statement.push(") VALUES ");
        for (number, entry) in batch.iter().enumerate() {
            statement.push(if number == 0 { "(" } else { ", (" }).bind(state_id).push(", ");
            rows::bind_row(&mut statement, *entry)?;
            statement.push(")");
        }
        statement.execute(session).await?;
    }
    let tags = lookups::add_tags(session, kind, last_row).await?;
    let links = entries.iter().flat_map(|entry| lookups::links_of(*entry));
    lookups::add_links(session, kind, state_id, links.collect()).await?;
    add_to_count(session, kind, state_id, More { rows: signed(entries.len() as u64), tags: signed(tags) }).await
}

/// Adds resources of any kinds to a state. Returns one whose id is there already, or is that of another one among them: then
/// nothing is added.
pub async fn insert_new<'e>(
    session: &mut Session,
    state_id: i64,
    entries: &[&'e dyn Entry],
) -> Result<Option<&'e dyn Entry>, Error> {
    let of_kinds = KINDS.iter().map(|kind| {
        let of_kind: Vec<&dyn Entry> = entries.iter().copied().filter(|entry| entry.kind() == *kind).collect();
        (*kind, of_kind)
    });
    let of_kinds: Vec<_> = of_kinds.filter(|(_, of_kind)| !of_kind.is_empty()).collect();
    for (kind, of_kind) in &of_kinds {
        let ids: Vec<&str> = of_kind.iter().map(|entry| entry.key().id).collect();
        let there = by_ids(session, kind, state_id, &ids).await?;
        let mut taken: HashSet<&str> = there.iter().map(|entry| entry.key().id).collect();
        if let Some(twice) = of_kind.iter().find(|entry| !taken.insert(entry.key().id)) {
            return Ok(Some(*twice));
        }
    }
    for (kind, of_kind) in of_kinds {
        insert(session, kind, state_id, &of_kind).await?;
    }
    Ok(None)
}

/// Makes of a resource what `after` says, whose id is the same.
pub async fn update(session: &mut Session, state_id: i64, before: &dyn Entry, after: &dyn Entry) -> Result<(), Error> {
    let kind = after.kind();
    let is_moved = {
        let (before, after) = (before.key(), after.key());
        before.region_id != after.region_id
            || before.creation_time != after.creation_time
            || before.expiration_time != after.expiration_time
    };
    // What goes with its links may go at another time with others, which its tags are to follow.
    let is_moved = is_moved || (kind.goes_with_links() && before.links() != after.links());
    let has_other_tags = is_moved || before.tags() != after.tags();
    let mut deleted_tags = 0;
    if has_other_tags {
        deleted_tags = lookups::delete_tags(session, kind, state_id, &[after.key().id]).await?;
    }
    let mut statement = Sql::new("UPDATE ");
    statement.push(kind.table).push(" SET (");
    rows::push_columns(&mut statement, kind);
    statement.push(") = (");
    rows::bind_row(&mut statement, after)?;
    statement.push(") WHERE state_id = ").bind(state_id).push(" AND id = ").bind(after.key().id);
    statement.execute(session).await?;
    if has_other_tags {
        let added = lookups::add_tags_of(session, kind, state_id, after.key().id).await?;
        let more = More { rows: 0, tags: signed(added) - signed(deleted_tags) };
        add_to_count(session, kind, state_id, more).await?;
    }
    lookups::change_links(session, state_id, before, after).await
}

/// Deletes resources by their ids, and says how many there were.
pub async fn delete(session: &mut Session, kind: &'static Kind, state_id: i64, ids: &[&str]) -> Result<u64, Error> {
    let tags = lookups::delete_tags(session, kind, state_id, ids).await?;
    lookups::delete_links(session, kind, state_id, ids).await?;
    let mut statement = Sql::new("DELETE FROM ");
    statement.push(kind.table).push(" WHERE state_id = ").bind(state_id);
    statement.push(" AND id IN (SELECT value FROM json_each(").bind(json_array(ids.iter().copied())).push("))");
    let deleted = statement.execute(session).await?;
    add_to_count(session, kind, state_id, More { rows: -signed(deleted), tags: -signed(tags) }).await?;
    Ok(deleted)
}

/// Deletes at most `limit` of a state that nobody reads any more, whichever, and says how many it was.
pub async fn delete_some(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    limit: usize,
) -> Result<usize, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = Sql::new("SELECT id FROM ");
    statement.push(kind.table).push(" WHERE state_id = ").bind(state_id).push(" LIMIT ").bind(limit);
    let ids: Vec<String> = statement.scalars(session).await?;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    if !ids.is_empty() {
        delete(session, kind, state_id, &ids).await?;
    }
    Ok(ids.len())
}

/// The ids of the sandboxes that hold resources of a kind which expired by `until`.
pub async fn with_expired(session: &mut Session, kind: &'static Kind, until: Time) -> Result<Vec<i64>, Error> {
    select_with_expired(kind, until).scalars(session).await
}

fn select_with_expired(kind: &'static Kind, until: Time) -> Sql {
    let mut statement = Sql::new("SELECT sandbox_id FROM sandbox WHERE EXISTS (SELECT 1 FROM ");
    statement.push(kind.table).push(" WHERE ").push(kind.table).push(".state_id = sandbox.state_id AND ");
    statement.push("expiration_time <= ").bind(until).push(")");
    statement
}

/// The ids of at most `limit` resources of a state that expired by `until`.
pub async fn expired(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    until: Time,
    limit: usize,
) -> Result<Vec<String>, Error> {
    select_expired(kind, state_id, until, limit).scalars(session).await
}

fn select_expired(kind: &'static Kind, state_id: i64, until: Time, limit: usize) -> Sql {
    let mut statement = Sql::new("SELECT id FROM ");
    statement.push(kind.table).push(" WHERE state_id = ").bind(state_id).push(" AND expiration_time <= ").bind(until);
    statement.push(" LIMIT ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
    statement
}

/// The plans of [`with_expired`] and [`expired`], a line per step. Tests use them to see that both search the index of expiry.
pub async fn explain_expired(session: &mut Session, kind: &'static Kind) -> Result<[Vec<String>; 2], Error> {
    let with_expired = select_with_expired(kind, Time(0)).explain(session).await?;
    Ok([with_expired, select_expired(kind, 1, Time(0), 1).explain(session).await?])
}

/// Whether a resource of any kind is in this region.
pub async fn is_region_used(session: &mut Session, scope: Scope, region_id: &str) -> Result<bool, Error> {
    let mut statement = Sql::new("SELECT ");
    for (number, kind) in KINDS.iter().enumerate() {
        statement.push(if number == 0 { "EXISTS (SELECT 1 FROM " } else { " OR EXISTS (SELECT 1 FROM " });
        statement.push(kind.table).push(" WHERE state_id = ").bind(scope.state_id).push(" AND region_id = ");
        statement.bind(region_id).push(" AND (expiration_time IS NULL OR expiration_time > ").bind(scope.now);
        statement.push("))");
    }
    statement.scalar(session).await
}
