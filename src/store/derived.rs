//! Columns whose values depend on rows of other kinds: they are worked out anew where one of those changes.

use sqlx::Row as _;

use super::session::Session;
use super::sql::{Sql, json_array};
use super::{Error, lookups, resources};
use crate::model::kind::{By, Entry, Kind};
use crate::model::kinds::{KINDS, each_kind};

use super::tables::Table;

/// Rows whose tags follow them at a time.
const BATCH: usize = 1_000;

/// The SQL for each derived column of a kind, of a row that is called `row`.
fn expressions(kind: &Kind) -> &'static [&'static str] {
    macro_rules! find {
        ($($module:ident::$resource:ident),*) => {
            $(if *kind == crate::model::$module::KIND {
                return <crate::model::$module::$resource as Table>::DERIVED;
            })*
        };
    }
    each_kind!(find);
    &[]
}

/// Rows of a kind in a state.
#[derive(Debug, Clone, Copy)]
enum Rows<'a> {
    All,
    /// Those with these ids.
    Ids(&'a [String]),
    /// Those that link to one of these ids.
    Linking(&'a [String]),
}

/// Works out the derived columns of these rows of a kind, or of all rows of a state, and says how many changed.
pub async fn recompute(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    ids: Option<&[String]>,
) -> Result<u64, Error> {
    let changed = work_out(session, kind, state_id, ids.map_or(Rows::All, Rows::Ids)).await?;
    if kind.derives_expiration() {
        for batch in changed.chunks(BATCH) {
            follow_links(session, kind, state_id, batch).await?;
        }
    }
    Ok(changed.len() as u64)
}

/// Works out the derived columns of the rows that go with the last of their links, of which these of a kind are some.
async fn follow_links(session: &mut Session, kind: &'static Kind, state_id: i64, ids: &[String]) -> Result<(), Error> {
    let links_to = |other: &&&'static Kind| {
        other.goes_with_links() && other.requires.iter().any(|require| require.table == kind.table)
    };
    for linking in KINDS.iter().filter(links_to) {
        work_out(session, linking, state_id, Rows::Linking(ids)).await?;
    }
    Ok(())
}

/// The ids of the rows that changed. Tags go when their rows do.
async fn work_out(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    rows: Rows<'_>,
) -> Result<Vec<String>, Error> {
    if kind.derived.is_empty() || matches!(rows, Rows::Ids([]) | Rows::Linking([])) {
        return Ok(Vec::new());
    }
    let changed: Vec<String> = update(kind, state_id, rows).scalars(session).await?;
    if kind.derives_expiration() {
        for batch in changed.chunks(BATCH) {
            lookups::expire_tags(session, kind, state_id, batch).await?;
        }
    }
    Ok(changed)
}

/// The plan by which the rows of a kind are found that link to another one, a line per step. Tests use it to see that links lead
/// to them.
pub async fn explain_linking(session: &mut Session, kind: &'static Kind) -> Result<Vec<String>, Error> {
    update(kind, 1, Rows::Linking(&["x".to_owned()])).explain(session).await
}

fn update(kind: &'static Kind, state_id: i64, rows: Rows<'_>) -> Sql {
    let table = kind.table;
    let mut statement = Sql::new("UPDATE ");
    statement.push(table).push(" SET ");
    for (number, column) in kind.derived.iter().enumerate() {
        statement.push(if number == 0 { "" } else { ", " }).push(column).push(" = new.").push(column);
    }
    statement.push(" FROM (SELECT row.id AS id");
    for (column, expression) in kind.derived.iter().zip(expressions(kind)) {
        statement.push(", ").push(expression).push(" AS ").push(column);
    }
    statement.push(" FROM ").push(table).push(" AS row WHERE row.state_id = ").bind(state_id);
    match rows {
        Rows::All => {}
        Rows::Ids(ids) => {
            statement.push(" AND row.id IN (SELECT value FROM json_each(");
            statement.bind(json_array(ids.iter().map(String::as_str))).push("))");
        }
        Rows::Linking(ids) => {
            statement.push(" AND row.id IN (SELECT link.id FROM json_each(");
            statement.bind(json_array(ids.iter().map(String::as_str))).push(") AS linked CROSS JOIN link ");
            statement.push("ON link.linked_id = CAST(linked.value AS TEXT) WHERE link.state_id = ").bind(state_id);
            statement.push(" AND link.kind = ").bind(kind.number).push(")");
        }
    }
    statement.push(") AS new WHERE ").push(table).push(".state_id = ").bind(state_id);
    statement.push(" AND ").push(table).push(".id = new.id AND (");
    for (number, column) in kind.derived.iter().enumerate() {
        statement.push(if number == 0 { "" } else { " OR " }).push(table).push(".").push(column);
        statement.push(" IS NOT new.").push(column);
    }
    statement.push(") RETURNING id");
    statement
}

/// Works out all derived columns of a state that was filled, kind by kind. Where no kind that others depend on has a row,
/// every column is as its entry says; but of what goes with its links, no entry says when.
pub async fn recompute_state(session: &mut Session, state_id: i64) -> Result<u64, Error> {
    let mut changed = 0;
    let counts = resources::counts(session, state_id).await?;
    let is_there = |kind: &&&'static Kind| {
        KINDS.iter().zip(&counts).filter(|(_, count)| **count > 0).any(|(other, _)| {
            other.touches.iter().any(|touch| touch.table == kind.table) || (other == *kind && kind.goes_with_links())
        })
    };
    for kind in KINDS.iter().filter(is_there) {
        changed += recompute(session, kind, state_id, None).await?;
    }
    Ok(changed)
}

/// Works out the derived columns of all rows that depend on rows of a kind, of which some are gone: perhaps the last ones, so
/// that [`recompute_state`] would take the columns for those of entries alone.
pub async fn recompute_touched(session: &mut Session, kind: &'static Kind, state_id: i64) -> Result<u64, Error> {
    let mut changed = 0;
    for touched in KINDS.iter().filter(|other| kind.touches.iter().any(|touch| touch.table == other.table)) {
        changed += recompute(session, touched, state_id, None).await?;
    }
    Ok(changed)
}

/// Works out the derived columns of rows of a kind that were added or are gone, and of those that depend on them.
pub async fn follow(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    entries: &[&dyn Entry],
) -> Result<(), Error> {
    let linked = entries.iter().flat_map(|entry| entry.links()).collect();
    follow_with(session, kind, state_id, entries, linked).await
}

/// As [`follow`], of rows that were changed, each as it was and as it is. What such a row links to as before is as before.
pub async fn follow_changes(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    changes: &[(&dyn Entry, &dyn Entry)],
) -> Result<(), Error> {
    let (mut entries, mut linked) = (Vec::new(), Vec::new());
    for (before, after) in changes.iter().copied() {
        let (gone, added) = lookups::changed_links(before, after);
        linked.extend(gone.iter().chain(&added).map(|link| link.linked_id));
        entries.extend([before, after]);
    }
    follow_with(session, kind, state_id, &entries, linked).await
}

async fn follow_with(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    entries: &[&dyn Entry],
    linked: Vec<&str>,
) -> Result<(), Error> {
    for touch in kind.touches {
        let Some(touched) = KINDS.iter().find(|other| other.table == touch.table) else { continue };
        let mut ids: Vec<String> = Vec::new();
        match touch.by {
            By::Link => ids.extend(linked.iter().copied().map(str::to_owned)),
            by @ By::Column(_) => {
                for key in entries.iter().map(|entry| entry.key()) {
                    ids.extend(naming(session, touched, by, state_id, key.id, Some(key.region_id)).await?);
                }
            }
        }
        ids.sort();
        ids.dedup();
        recompute(session, touched, state_id, Some(&ids)).await?;
    }
    if !kind.derived.is_empty() {
        let mut ids: Vec<String> = entries.iter().map(|entry| entry.key().id.to_owned()).collect();
        ids.dedup();
        work_out(session, kind, state_id, Rows::Ids(&ids)).await?;
        // When each goes may be other than before, whether or not that is what was derived just now.
        follow_links(session, kind, state_id, &ids).await?;
    }
    Ok(())
}

/// The ids of the rows of a kind that name this resource, in this region or in all.
pub async fn naming(
    session: &mut Session,
    kind: &'static Kind,
    by: By,
    state_id: i64,
    id: &str,
    region_id: Option<&str>,
) -> Result<Vec<String>, Error> {
    let mut statement = Sql::new("SELECT row.id");
    push_naming(&mut statement, kind, by, state_id, id);
    if let Some(region_id) = region_id {
        statement.push(" AND row.region_id = ").bind(region_id);
    }
    statement.scalars(session).await
}

/// A row of a kind that names this resource and is not in this region: its id and its own region.
pub async fn naming_elsewhere(
    session: &mut Session,
    kind: &'static Kind,
    by: By,
    state_id: i64,
    id: &str,
    region_id: &str,
) -> Result<Option<(String, String)>, Error> {
    let mut statement = Sql::new("SELECT row.id, row.region_id");
    push_naming(&mut statement, kind, by, state_id, id);
    statement.push(" AND row.region_id <> ").bind(region_id).push(" LIMIT 1");
    let row = statement.fetch_optional(session).await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
}

/// Pushes the rows of a kind that name a resource.
fn push_naming(statement: &mut Sql, kind: &'static Kind, by: By, state_id: i64, id: &str) {
    match by {
        By::Column(column) => {
            statement.push(" FROM ").push(kind.table).push(" AS row WHERE row.state_id = ").bind(state_id);
            statement.push(" AND row.").push(column).push(" = ").bind(id);
        }
        By::Link => {
            statement.push(" FROM link CROSS JOIN ").push(kind.table);
            statement.push(" AS row ON row.state_id = link.state_id AND row.id = link.id WHERE link.state_id = ");
            statement.bind(state_id).push(" AND link.linked_id = ").bind(id);
            statement.push(" AND link.kind = ").bind(kind.number);
        }
    }
}

/// One of these ids that no resource of a kind has which is in this region.
pub async fn missing(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    region_id: &str,
    ids: &[&str],
) -> Result<Option<String>, Error> {
    let mut statement = Sql::new("SELECT value FROM json_each(");
    statement.bind(json_array(ids.iter().copied())).push(") WHERE NOT EXISTS (SELECT 1 FROM ").push(kind.table);
    statement.push(" AS row WHERE row.state_id = ").bind(state_id).push(" AND row.id = CAST(value AS TEXT)");
    statement.push(" AND row.region_id = ").bind(region_id).push(") LIMIT 1");
    Ok(statement.scalars(session).await?.pop())
}

/// A resource that names one which is not there, or not in its region.
#[derive(Debug, Clone, PartialEq)]
pub struct Dangling {
    pub kind: &'static Kind,
    pub id: String,
    pub region_id: String,
    /// The field that names it.
    pub field: String,
    /// The id that it names.
    pub value: String,
}

/// At most `limit` resources of a state, of one kind, that name one which is not there in their region. None, if
/// there are none of any kind.
pub async fn dangling(session: &mut Session, state_id: i64, limit: usize) -> Result<Vec<Dangling>, Error> {
    for kind in KINDS {
        for require in kind.requires {
            let mut statement = Sql::new("SELECT row.id, row.region_id, ");
            match require.by {
                By::Column(column) => {
                    statement.push("row.").push(column).push(" AS named FROM ").push(kind.table);
                    statement.push(" AS row WHERE row.state_id = ").bind(state_id).push(" AND named IS NOT NULL");
                }
                By::Link => {
                    statement.push("link.linked_id AS named FROM link CROSS JOIN ").push(kind.table);
                    statement
                        .push(" AS row ON row.state_id = link.state_id AND row.id = link.id WHERE link.state_id = ");
                    statement.bind(state_id).push(" AND link.kind = ").bind(kind.number);
                }
            }
            statement.push(" AND NOT EXISTS (SELECT 1 FROM ").push(require.table);
            statement.push(" AS other WHERE other.state_id = row.state_id AND other.id = named");
            statement
                .push(" AND other.region_id = row.region_id) ORDER BY row.id LIMIT ")
                .bind(i64::try_from(limit).unwrap_or(i64::MAX));
            let rows = statement.fetch_all(session).await?;
            let found = rows.iter().map(|row| {
                let (id, region_id, value) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                Ok(Dangling { kind, id, region_id, field: require.field.to_owned(), value })
            });
            let found = found.collect::<Result<Vec<_>, Error>>()?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
    }
    Ok(Vec::new())
}
