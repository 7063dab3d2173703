//! How conditions narrow a list: counts that end at a limit, what one resource meets, and the resources that meet all conditions
//! but one. All go by the conditions that lists go by.
//!
//! Where no index helps, conditions are held against one row after the other: a walk, which looks at so many rows at most. The rows
//! of a walk may themselves be those of several lists: of a region, all lists lie in the order of pages, so they are merged, which
//! costs a fraction of a search for each row.

use sqlx::Row as _;

use super::Error;
use super::lists::{Columns, Scope, places, push_ids, push_matching, push_order, push_region_and_times};
use super::session::Session;
use super::sql::Sql;
use super::tables::Table;
use crate::model::filter::Filter as _;
use crate::model::kind::Kind;
use crate::model::paging::Position;
use crate::model::time::Time;

/// Filters that one statement asks about.
const AT_ONCE: usize = 50;

/// What the failing of a condition adds beside its number: from twice that on, more than one of them has failed.
const FAILED: i64 = 1_000;

/// Rows, and conditions that each of them is held against.
#[derive(Debug, Clone, Copy)]
pub struct Walk<'w, F> {
    /// Which rows: those that match all of these, in the order of pages where they name a region. If they are several, each names
    /// the same one.
    pub lists: &'w [F],
    /// Each is a filter that asks for one thing.
    pub conditions: &'w [F],
    /// Only the rows before this place.
    pub before: Option<&'w Position>,
    /// Without the first ones, so many rows.
    pub skip: i64,
    pub limit: i64,
}

/// Which rows of a walk are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sums {
    /// For each condition, those that meet it.
    Each,
    /// For each condition, those that meet it and all before it.
    Chain,
}

/// What was counted in a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// How many rows there were.
    pub rows: i64,
    /// One for each condition.
    pub sums: Vec<i64>,
}

/// How many resources match, or `limit` if there are more: no more than so many are looked for.
pub async fn count_up_to<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    limit: i64,
) -> Result<i64, Error> {
    count_statement::<R>(scope, filter, limit).scalar(session).await
}

fn count_statement<R: Table>(scope: Scope, filter: &R::Filter, limit: i64) -> Sql {
    let mut statement = Sql::new("SELECT count(*) FROM (SELECT 1 FROM ");
    push_matching::<R>(&mut statement, scope, filter, Columns::OfPlaces);
    statement.push(" LIMIT ").bind(limit).push(")");
    statement
}

/// Whether an index leads to the rows of a region that match, so that it takes less than a look at all of them.
pub async fn is_selective<R: Table>(session: &mut Session, scope: Scope, filter: &R::Filter) -> Result<bool, Error> {
    // What the planner knows is fixed, and so is this.
    let plan = count_statement::<R>(scope, filter, 1).explain(session).await?;
    Ok(!plan.iter().any(|step| step.ends_with(" (state_id=? AND region_id=?)")))
}

/// Counts the rows of a walk.
pub async fn sums<R: Table>(
    session: &mut Session,
    scope: Scope,
    walk: &Walk<'_, R::Filter>,
    sums: Sums,
) -> Result<Walked, Error> {
    let row = sums_statement::<R>(scope, walk, sums).fetch_optional(session).await?.ok_or(Error::RowNotFound)?;
    let found = (1..=walk.conditions.len()).map(|number| row.try_get(number)).collect::<Result<_, _>>()?;
    Ok(Walked { rows: row.try_get(0)?, sums: found })
}

fn sums_statement<R: Table>(scope: Scope, walk: &Walk<'_, R::Filter>, sums: Sums) -> Sql {
    let mut statement = Sql::new("SELECT count(*)");
    for number in 1..=walk.conditions.len() {
        statement.push(", count(*) FILTER (WHERE ");
        match sums {
            Sums::Each => statement.push("met_").push_number(number),
            Sums::Chain => statement.push("met >= ").push_number(number),
        };
        statement.push(")");
    }
    statement.push(" FROM (SELECT 1");
    let rows = Rows::of::<R>(walk, Columns::OfPlaces);
    if sums == Sums::Chain && !walk.conditions.is_empty() {
        // What comes after the first that is not met is not worked out.
        statement.push(", CASE");
    }
    for (number, condition) in walk.conditions.iter().enumerate() {
        match sums {
            Sums::Each => {
                statement.push(", ");
                push_condition::<R>(&mut statement, scope, condition, rows.places);
                statement.push(" AS met_").push_number(number + 1);
            }
            Sums::Chain => {
                statement.push(" WHEN ");
                push_condition::<R>(&mut statement, scope, condition, rows.places);
                statement.push(" IS NOT TRUE THEN ").push_number(number);
            }
        }
    }
    if sums == Sums::Chain && !walk.conditions.is_empty() {
        statement.push(" ELSE ").push_number(walk.conditions.len()).push(" END AS met");
    }
    push_rows::<R>(&mut statement, scope, walk, rows);
    statement.push(")");
    statement
}

/// What is read of the rows of a walk, and the table among what is read that has their region, time and id.
#[derive(Debug, Clone, Copy)]
struct Rows {
    columns: Columns,
    places: &'static str,
}

impl Rows {
    /// At least these columns, and all that the conditions ask for.
    fn of<R: Table>(walk: &Walk<'_, R::Filter>, columns: Columns) -> Self {
        let asks_for_more = walk.conditions.iter().any(R::Filter::asks_for_more);
        match walk.lists {
            [list] if columns == Columns::OfPlaces && !asks_for_more => Self { columns, places: places::<R>(list) },
            _ => Self { columns: Columns::All, places: R::KIND.table },
        }
    }
}

/// Pushes where the rows of a walk come from.
fn push_rows<R: Table>(statement: &mut Sql, scope: Scope, walk: &Walk<'_, R::Filter>, rows: Rows) {
    statement.push(" FROM ");
    if let [list] = walk.lists {
        push_list::<R>(statement, scope, walk, list, rows.columns);
        // Without a region, no index has the order of pages.
        if list.region_id().is_some() {
            push_order::<R>(statement, list);
        }
    } else {
        push_merged::<R>(statement, scope, walk);
    }
    // It is also what makes SQLite work out a row's values once, and not in each count of them.
    statement.push(" LIMIT ").bind(walk.limit).push(" OFFSET ").bind(walk.skip);
}

/// Pushes one of the lists of a walk, as far as it goes.
fn push_list<R: Table>(
    statement: &mut Sql,
    scope: Scope,
    walk: &Walk<'_, R::Filter>,
    list: &R::Filter,
    columns: Columns,
) {
    push_matching::<R>(statement, scope, list, columns);
    if let Some(position) = walk.before {
        let places = places::<R>(list);
        statement.push(" AND (").push(places).push(".reverse_time, ").push(places).push(".id) < (");
        statement.bind(-position.creation_time.0).push(", ").bind(position.id.as_str()).push(")");
    }
}

/// Pushes the rows that are on all lists of a walk. With an order, SQLite merges what INTERSECT stands between, and reads no more
/// of it than is asked for.
fn push_merged<R: Table>(statement: &mut Sql, scope: Scope, walk: &Walk<'_, R::Filter>) {
    statement.push("(");
    for (number, list) in walk.lists.iter().enumerate() {
        let places = places::<R>(list);
        statement.push(if number == 0 { "SELECT " } else { " INTERSECT SELECT " });
        statement.push(places).push(".reverse_time, ").push(places).push(".id FROM ");
        push_list::<R>(statement, scope, walk, list, Columns::OfPlaces);
    }
    // Without a limit of its own, the order is dropped where something is joined, and then nothing is merged.
    statement.push(" ORDER BY 1, 2 LIMIT -1) AS found");
    if !walk.conditions.is_empty() {
        let table = R::KIND.table;
        statement.push(" CROSS JOIN ").push(table).push(" ON ").push(table).push(".state_id = ").bind(scope.state_id);
        statement.push(" AND ").push(table).push(".id = found.id");
    }
}

/// Pushes whether a row matches a filter; where a column that it asks for has nothing, that is NULL. `places` has the row's region,
/// time and id.
fn push_condition<R: Table>(statement: &mut Sql, scope: Scope, filter: &R::Filter, places: &'static str) {
    statement.push("(TRUE");
    push_region_and_times::<R>(statement, filter, places);
    for tag in filter.tags() {
        statement.push(" AND EXISTS (SELECT 1 FROM tag AS held WHERE held.state_id = ").bind(scope.state_id);
        statement.push(" AND held.kind = ").bind(R::KIND.number);
        for column in [".region_id", ".reverse_time", ".id"] {
            statement.push(" AND held").push(column).push(" = ").push(places).push(column);
        }
        statement.push(" AND held.tag_key = ").bind(tag.key.as_str());
        if let Some(value) = &tag.value {
            statement.push(" AND held.tag_value = ").bind(value.as_str());
        }
        statement.push(")");
    }
    push_ids::<R>(statement, filter);
    R::push_conditions(filter, statement, scope.now);
    statement.push(")");
}

/// The place of the row of a list that so many others come before, if it has more than those.
pub async fn place_behind<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    rows: i64,
) -> Result<Option<Position>, Error> {
    let places = places::<R>(filter);
    let mut statement = Sql::new("SELECT ");
    statement.push(places).push(".reverse_time, ").push(places).push(".id FROM ");
    push_matching::<R>(&mut statement, scope, filter, Columns::OfPlaces);
    push_order::<R>(&mut statement, filter);
    statement.push(" LIMIT 1 OFFSET ").bind(rows);
    let row = statement.fetch_optional(session).await?;
    row.map(|row| Ok(Position { creation_time: Time(-row.try_get::<i64, _>(0)?), id: row.try_get(1)? })).transpose()
}

/// Of each of these filters, whether the resource of this id matches it.
pub async fn matches<R: Table>(
    session: &mut Session,
    scope: Scope,
    filters: &[R::Filter],
    id: &str,
) -> Result<Vec<bool>, Error> {
    let mut found = Vec::with_capacity(filters.len());
    for some in filters.chunks(AT_ONCE) {
        let row = matches_statement::<R>(scope, some, id).fetch_optional(session).await?;
        let row = row.ok_or(Error::RowNotFound)?;
        for number in 0..some.len() {
            found.push(row.try_get(number)?);
        }
    }
    Ok(found)
}

fn matches_statement<R: Table>(scope: Scope, filters: &[R::Filter], id: &str) -> Sql {
    let mut statement = Sql::new("SELECT ");
    for (number, filter) in filters.iter().enumerate() {
        statement.push(if number == 0 { "EXISTS (SELECT 1 FROM " } else { ", EXISTS (SELECT 1 FROM " });
        push_matching::<R>(&mut statement, scope, filter, Columns::All);
        statement.push(" AND ").push(R::KIND.table).push(".id = ").bind(id).push(")");
    }
    statement
}

/// The newest rows of a walk that fail exactly one of its conditions, at most so many: the id of each, and the number of that
/// condition. If `failing` names a condition, only those that fail this one.
pub async fn all_but_one<R: Table>(
    session: &mut Session,
    scope: Scope,
    walk: &Walk<'_, R::Filter>,
    failing: Option<usize>,
    most: i64,
) -> Result<Vec<(String, usize)>, Error> {
    let rows = all_but_one_statement::<R>(scope, walk, failing, most).fetch_all(session).await?;
    let found = rows.iter().map(|row| {
        let number = row.try_get::<i64, _>(1)? - FAILED;
        Ok((row.try_get(0)?, usize::try_from(number).unwrap_or_default()))
    });
    found.collect()
}

fn all_but_one_statement<R: Table>(scope: Scope, walk: &Walk<'_, R::Filter>, failing: Option<usize>, most: i64) -> Sql {
    let rows = Rows::of::<R>(walk, Columns::All);
    let places = rows.places;
    let mut statement = Sql::new("SELECT near.id, near.failed FROM (SELECT ");
    statement.push(places).push(".id, CASE WHEN 0");
    // Tags cost a search each, so those that fail two others are not looked at for them.
    for condition in walk.conditions.iter().filter(|condition| condition.tags().is_empty()) {
        statement.push(" + (");
        push_condition::<R>(&mut statement, scope, condition, places);
        statement.push(" IS NOT TRUE)");
    }
    statement.push(" > 1 THEN 0 ELSE 0");
    for (number, condition) in walk.conditions.iter().enumerate() {
        statement.push(" + (");
        push_condition::<R>(&mut statement, scope, condition, places);
        statement.push(" IS NOT TRUE) * ").bind(sum_of(number));
    }
    statement.push(" END AS failed");
    push_rows::<R>(&mut statement, scope, walk, rows);
    let (from, until) = failing.map_or((FAILED, 2 * FAILED - 1), |number| (sum_of(number), sum_of(number)));
    statement.push(") AS near WHERE near.failed BETWEEN ").bind(from).push(" AND ").bind(until);
    // The rows come in the order of the walk, which ends here where there are enough of them.
    statement.push(" LIMIT ").bind(most);
    statement
}

/// What tells that the condition of this number has failed, and no other.
fn sum_of(number: usize) -> i64 {
    FAILED + i64::try_from(number).unwrap_or_default()
}

/// The plans of [`count_up_to`], [`matches()`], [`sums()`] over one list and over two that are merged, and [`all_but_one`], a line per
/// step. Tests use them to see that each searches.
pub async fn explain<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    other: &R::Filter,
    condition: &R::Filter,
) -> Result<[Vec<String>; 5], Error> {
    let conditions = std::slice::from_ref(condition);
    let (one, both) = ([filter.clone()], [filter.clone(), other.clone()]);
    let walk = Walk { lists: &one, conditions, before: None, skip: 0, limit: 1 };
    let merged = Walk { lists: &both, ..walk };
    Ok([
        count_statement::<R>(scope, filter, 1).explain(session).await?,
        matches_statement::<R>(scope, &one, "x").explain(session).await?,
        sums_statement::<R>(scope, &walk, Sums::Chain).explain(session).await?,
        sums_statement::<R>(scope, &merged, Sums::Chain).explain(session).await?,
        all_but_one_statement::<R>(scope, &walk, None, 1).explain(session).await?,
    ])
}

/// The first of these ids that a resource of the kind has which is there.
pub async fn first_of(
    session: &mut Session,
    kind: &'static Kind,
    scope: Scope,
    ids: &[&str],
) -> Result<Option<String>, Error> {
    for id in ids {
        let expiration = expiration(session, kind, scope, id).await?;
        if expiration.is_some_and(|time| time.is_none_or(|time| time > scope.now)) {
            return Ok(Some((*id).to_owned()));
        }
    }
    Ok(None)
}

/// When the resource of this id goes, if it does; `None` if the state has none.
pub async fn expiration(
    session: &mut Session,
    kind: &'static Kind,
    scope: Scope,
    id: &str,
) -> Result<Option<Option<Time>>, Error> {
    let mut statement = Sql::new("SELECT expiration_time FROM ");
    statement.push(kind.table).push(" WHERE state_id = ").bind(scope.state_id).push(" AND id = ").bind(id);
    let row = statement.fetch_optional(session).await?;
    row.map(|row| Ok(row.try_get::<Option<i64>, _>(0)?.map(Time))).transpose()
}

/// The first sandbox, by name, other than that of the scope, whose current state has a resource of this id, be it expired there.
pub async fn sandbox_with(
    session: &mut Session,
    kind: &'static Kind,
    scope: Scope,
    id: &str,
) -> Result<Option<String>, Error> {
    let row = sandbox_statement(kind, scope, id).fetch_optional(session).await?;
    row.map(|row| row.try_get(0)).transpose()
}

fn sandbox_statement(kind: &'static Kind, scope: Scope, id: &str) -> Sql {
    let mut statement = Sql::new("SELECT sandbox.name FROM sandbox CROSS JOIN ");
    statement.push(kind.table).push(" ON ").push(kind.table).push(".state_id = sandbox.state_id AND ");
    statement.push(kind.table).push(".id = ").bind(id).push(" WHERE sandbox.sandbox_id <> ").bind(scope.sandbox_id);
    statement.push(" ORDER BY sandbox.name LIMIT 1");
    statement
}

/// The plan of [`sandbox_with`], a line per step. Tests use it to see that each state is searched by its key.
pub async fn explain_sandbox(session: &mut Session, kind: &'static Kind, scope: Scope) -> Result<Vec<String>, Error> {
    sandbox_statement(kind, scope, "x").explain(session).await
}
