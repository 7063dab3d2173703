//! Snapshots and their tags.

mod filter;
mod rows;
mod tags;

use sqlx::sqlite::Sqlite;
use sqlx::{QueryBuilder, Row as _, SqliteConnection};

use super::{Error, states};
use crate::model::filter::SnapshotFilter;
use crate::model::paging::{Position, Start};
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;
use filter::Columns;
pub use filter::with_rarest_tag_first;

/// Whose snapshots, and at what time.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    pub sandbox_id: i64,
    /// Statuses are those of this time, and what expired by then is gone.
    pub now: Time,
}

/// Which content of which state a statement saw. Of one sandbox, what is later is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Version {
    pub state_id: i64,
    pub number: i64,
}

/// One page of snapshots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// How many snapshots match, on whatever page.
    pub total_count: i64,
    /// Newest first, then by id.
    pub snapshots: Vec<Snapshot>,
    pub version: Version,
    /// When the clock alone changes a snapshot of the state for the next time; `None`: never.
    pub unchanged_until: Option<Time>,
}

/// A part of the snapshots that match, in the order of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Those behind this place only.
    pub after: Option<Position>,
    /// Of those, without the first ones, so many.
    pub skip: i64,
    pub limit: i64,
}

/// The page of at most `limit` snapshots that match, from `start` on. Count and rows come from one statement, so that they
/// belong together.
pub async fn list(
    connection: &mut SqliteConnection,
    scope: Scope,
    filter: &SnapshotFilter,
    start: &Start,
    limit: i64,
) -> Result<Page, Error> {
    let filter = with_rarest_tag_first(connection, scope, filter).await?;
    page(page_statement("", scope, &filter, &Range::of(start, limit), true), connection).await
}

/// Some of the snapshots that match, not counted: the page's `total_count` is 0 and `unchanged_until` is `None`.
pub async fn rows(
    connection: &mut SqliteConnection,
    scope: Scope,
    filter: &SnapshotFilter,
    range: &Range,
) -> Result<Page, Error> {
    let filter = with_rarest_tag_first(connection, scope, filter).await?;
    page(page_statement("", scope, &filter, range, false), connection).await
}

impl Range {
    fn of(start: &Start, limit: i64) -> Self {
        match start {
            Start::Offset(skip) => Self { after: None, skip: *skip, limit },
            Start::After(position) => Self { after: Some(position.clone()), skip: 0, limit },
        }
    }
}

async fn page(mut statement: QueryBuilder<Sqlite>, connection: &mut SqliteConnection) -> Result<Page, Error> {
    let Some(row) = statement.build().fetch_optional(connection).await? else {
        // A sandbox that is gone.
        let version = Version::default();
        return Ok(Page { total_count: 0, snapshots: Vec::new(), version, unchanged_until: None });
    };
    let mut snapshots = rows::read(row.try_get::<Option<&str>, _>(4)?.unwrap_or_default())?;
    // SQL promises no order of what is put together. SQLite keeps that of the page, so this finds them sorted.
    snapshots.sort_by(|left, right| {
        right.creation_time.cmp(&left.creation_time).then_with(|| left.snapshot_id.cmp(&right.snapshot_id))
    });
    Ok(Page {
        snapshots,
        version: Version { state_id: row.try_get(0)?, number: row.try_get(1)? },
        total_count: row.try_get(2)?,
        unchanged_until: row.try_get::<Option<i64>, _>(3)?.map(Time),
    })
}

/// The plan that SQLite makes for [`list`], or for [`rows`] if nothing is to be counted, a line per step. Tests use it to
/// see that each filter has its index.
pub async fn explain(
    connection: &mut SqliteConnection,
    scope: Scope,
    filter: &SnapshotFilter,
    start: &Start,
    limit: i64,
    counts: bool,
) -> Result<Vec<String>, Error> {
    let mut statement = page_statement("EXPLAIN QUERY PLAN ", scope, filter, &Range::of(start, limit), counts);
    let steps = statement.build().fetch_all(connection).await?;
    steps.iter().map(|step| step.try_get("detail")).collect()
}

fn page_statement(
    prefix: &'static str,
    scope: Scope,
    filter: &SnapshotFilter,
    range: &Range,
    counts: bool,
) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new(prefix);
    statement.push("SELECT state.state_id, state.version");
    if counts {
        statement.push(", (SELECT count(*) FROM ");
        filter::push_matching(&mut statement, scope, filter, Columns::OfPlaces);
        statement.push("), (SELECT min(time) FROM (");
        statement.push("SELECT min(ready_time) AS time FROM snapshot WHERE snapshot.state_id = state.state_id");
        statement.push(" AND ready_time > ").push_bind(scope.now.0);
        statement.push(" UNION ALL SELECT min(expiration_time) FROM snapshot WHERE snapshot.state_id = state.state_id");
        statement.push(" AND expiration_time > ").push_bind(scope.now.0).push("))");
    } else {
        statement.push(", 0, NULL");
    }
    statement.push(", (SELECT group_concat(item) FROM (SELECT ").push(rows::ITEM).push(" AS item FROM ");
    filter::push_matching(&mut statement, scope, filter, Columns::All);
    if let Some(position) = &range.after {
        filter::push_after(&mut statement, filter, position);
    }
    filter::push_order(&mut statement, filter);
    statement.push(" LIMIT ").push_bind(range.limit);
    statement.push(" OFFSET ").push_bind(range.skip);
    statement.push(")) FROM sandbox JOIN state ON state.state_id = sandbox.state_id WHERE sandbox.sandbox_id = ");
    statement.push_bind(scope.sandbox_id);
    statement
}

/// The ids of all snapshots that match.
pub async fn matching_ids(
    connection: &mut SqliteConnection,
    scope: Scope,
    filter: &SnapshotFilter,
) -> Result<Vec<String>, Error> {
    let mut statement = QueryBuilder::new("SELECT ");
    statement.push(filter::places(filter)).push(".snapshot_id FROM ");
    filter::push_matching(&mut statement, scope, filter, Columns::OfPlaces);
    statement.build_query_scalar().fetch_all(connection).await
}

/// Whether any snapshot is in this region.
pub async fn is_region_used(connection: &mut SqliteConnection, scope: Scope, region_id: &str) -> Result<bool, Error> {
    let filter = SnapshotFilter { region_id: Some(region_id.to_owned()), ..SnapshotFilter::default() };
    exists(connection, scope, &filter).await
}

/// Whether the region has a snapshot of this chain.
pub async fn does_link_exist(
    connection: &mut SqliteConnection,
    scope: Scope,
    region_id: &str,
    snapshot_link_id: &str,
) -> Result<bool, Error> {
    let filter = SnapshotFilter {
        region_id: Some(region_id.to_owned()),
        snapshot_link_id: Some(snapshot_link_id.to_owned()),
        ..SnapshotFilter::default()
    };
    exists(connection, scope, &filter).await
}

async fn exists(connection: &mut SqliteConnection, scope: Scope, filter: &SnapshotFilter) -> Result<bool, Error> {
    let mut statement = QueryBuilder::new("SELECT EXISTS (SELECT 1 FROM ");
    filter::push_matching(&mut statement, scope, filter, Columns::OfPlaces);
    statement.push(")");
    statement.build_query_scalar().fetch_one(connection).await
}

/// Adds snapshots to a state. Their ids must not be in it yet.
pub async fn insert(connection: &mut SqliteConnection, state_id: i64, snapshots: &[Snapshot]) -> Result<(), Error> {
    states::count_up(connection, state_id).await?;
    let first_row_id = next_row_id(connection).await?;
    let numbered: Vec<(i64, &Snapshot)> = (first_row_id..).zip(snapshots).collect();
    for batch in numbered.chunks(rows::BATCH) {
        rows::insert(connection, state_id, batch).await?;
    }
    tags::add_from(connection, first_row_id).await
}

/// What the next snapshot's row has as its key; the transaction that asks is the only writer.
async fn next_row_id(connection: &mut SqliteConnection) -> Result<i64, Error> {
    super::next_row_id(connection, "SELECT coalesce(max(row_id), 0) + 1 FROM snapshot").await
}

/// Deletes snapshots by their ids, with their tags, and says how many there were.
pub async fn delete(connection: &mut SqliteConnection, state_id: i64, snapshot_ids: &[String]) -> Result<u64, Error> {
    states::count_up(connection, state_id).await?;
    let ids = serde_json::Value::from(snapshot_ids).to_string();
    let rows = sqlx::query_scalar(
        "SELECT row_id FROM snapshot WHERE state_id = ? AND snapshot_id IN (SELECT value FROM json_each(?))",
    );
    let rows = rows.bind(state_id).bind(ids).fetch_all(&mut *connection).await?;
    delete_rows(connection, rows).await
}

async fn delete_rows(connection: &mut SqliteConnection, row_ids: Vec<i64>) -> Result<u64, Error> {
    let row_ids = serde_json::Value::from(row_ids).to_string();
    tags::remove(connection, &row_ids).await?;
    let deleted = sqlx::query("DELETE FROM snapshot WHERE row_id IN (SELECT value FROM json_each(?))");
    Ok(deleted.bind(row_ids).execute(connection).await?.rows_affected())
}

/// Of at most `limit` snapshots of one state, those whose ids follow `after`, copies the ones whose ids another state does
/// not have, and says the last one's id. `None`: no more follow.
pub async fn copy_some(
    connection: &mut SqliteConnection,
    from: i64,
    to: i64,
    after: &str,
    limit: i64,
) -> Result<Option<String>, Error> {
    let last = sqlx::query_as(
        "SELECT max(snapshot_id), count(*) FROM (
             SELECT snapshot_id FROM snapshot WHERE state_id = ? AND snapshot_id > ? ORDER BY snapshot_id LIMIT ?
         )",
    );
    let (last, count) = last.bind(from).bind(after).bind(limit).fetch_one(&mut *connection).await?;
    let (Some(last), count): (Option<String>, i64) = (last, count) else { return Ok(None) };
    states::count_up(connection, to).await?;
    let first_row_id = next_row_id(connection).await?;
    let mut statement = QueryBuilder::<Sqlite>::new("INSERT INTO snapshot (state_id, ");
    statement.push(rows::COLUMNS).push(") SELECT ").push_bind(to).push(", ").push(rows::COLUMNS);
    statement.push(" FROM snapshot WHERE state_id = ").push_bind(from);
    statement.push(" AND snapshot_id > ").push_bind(after.to_owned());
    statement.push(" AND snapshot_id <= ").push_bind(last.clone());
    statement.push(" AND NOT EXISTS (SELECT 1 FROM snapshot AS there WHERE there.state_id = ").push_bind(to);
    statement.push(" AND there.snapshot_id = snapshot.snapshot_id)");
    statement.build().execute(&mut *connection).await?;
    tags::add_from(connection, first_row_id).await?;
    Ok(Some(last).filter(|_| count == limit))
}

/// As [`copy_some`], in place of what `to` has under the same ids.
pub async fn move_over(
    connection: &mut SqliteConnection,
    from: i64,
    to: i64,
    after: &str,
    limit: i64,
) -> Result<Option<String>, Error> {
    states::count_up(connection, to).await?;
    let rows = sqlx::query_scalar(
        "SELECT row_id FROM snapshot WHERE state_id = ? AND snapshot_id IN (
             SELECT snapshot_id FROM snapshot WHERE state_id = ? AND snapshot_id > ? ORDER BY snapshot_id LIMIT ?
         )",
    );
    let rows = rows.bind(to).bind(from).bind(after).bind(limit).fetch_all(&mut *connection).await?;
    delete_rows(connection, rows).await?;
    copy_some(connection, from, to, after, limit).await
}

/// At most `limit` snapshots of a state, those whose ids follow `after`, by id.
pub async fn page_by_id(
    connection: &mut SqliteConnection,
    state_id: i64,
    after: &str,
    limit: i64,
) -> Result<Vec<Snapshot>, Error> {
    let mut statement = select_from_state(state_id);
    statement.push(" AND snapshot_id > ").push_bind(after.to_owned());
    statement.push(" ORDER BY snapshot_id LIMIT ").push_bind(limit);
    read_all(statement, connection).await
}

/// The snapshots of a state that have these ids, by id.
pub async fn by_ids(
    connection: &mut SqliteConnection,
    state_id: i64,
    snapshot_ids: &[String],
) -> Result<Vec<Snapshot>, Error> {
    let ids = serde_json::Value::from(snapshot_ids).to_string();
    let mut statement = select_from_state(state_id);
    statement.push(" AND snapshot_id IN (SELECT value FROM json_each(").push_bind(ids).push(")) ORDER BY snapshot_id");
    read_all(statement, connection).await
}

fn select_from_state(state_id: i64) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new("SELECT ");
    statement.push(rows::ITEM).push(" FROM snapshot WHERE state_id = ").push_bind(state_id);
    statement
}

async fn read_all(
    mut statement: QueryBuilder<Sqlite>,
    connection: &mut SqliteConnection,
) -> Result<Vec<Snapshot>, Error> {
    let items: Vec<String> = statement.build_query_scalar().fetch_all(connection).await?;
    rows::read(&items.join(","))
}

/// How many snapshots a state has.
pub async fn count(connection: &mut SqliteConnection, state_id: i64) -> Result<i64, Error> {
    sqlx::query_scalar("SELECT count(*) FROM snapshot WHERE state_id = ?").bind(state_id).fetch_one(connection).await
}

/// Deletes at most `limit` snapshots of a state that nobody reads any more, whichever, with their tags, and says how many it
/// was.
pub async fn delete_some(connection: &mut SqliteConnection, state_id: i64, limit: i64) -> Result<u64, Error> {
    let rows = sqlx::query_scalar("SELECT row_id FROM snapshot WHERE state_id = ? LIMIT ?");
    let rows = rows.bind(state_id).bind(limit).fetch_all(&mut *connection).await?;
    delete_rows(connection, rows).await
}

/// How much a sandbox holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub snapshots: i64,
    pub tags: i64,
    pub checkpoints: i64,
    /// Roughly, of rows and indexes.
    pub bytes: i64,
}

/// How much a sandbox holds. Zero for one that is gone.
pub async fn size(connection: &mut SqliteConnection, sandbox_id: i64) -> Result<Size, Error> {
    // As dbstat has it for 200,000 snapshots with a name, an instance and three tags each: 520 bytes for a snapshot with its
    // index entries, 170 for a tag.
    let (snapshots, tags, checkpoints) = sqlx::query_as::<_, (i64, i64, i64)>(
        "SELECT
             (SELECT count(*) FROM snapshot WHERE state_id = current.state_id),
             (SELECT count(*) FROM snapshot_tag WHERE state_id = current.state_id),
             (SELECT count(*) FROM checkpoint WHERE sandbox_id = ?1)
         FROM (SELECT (SELECT state_id FROM sandbox WHERE sandbox_id = ?1) AS state_id) AS current",
    )
    .bind(sandbox_id)
    .fetch_one(connection)
    .await?;
    Ok(Size { snapshots, tags, checkpoints, bytes: snapshots * 520 + tags * 170 })
}
