//! How conditions narrow a list: counts that end at a limit, what one resource meets, and the resources that meet all conditions
//! but one. All go by the conditions that lists go by.

use sqlx::Row as _;

use super::Error;
use super::lists::{Columns, Scope, places, push_matching, push_order, with_rarest_tag_first};
use super::session::Session;
use super::sql::Sql;
use super::tables::Table;
use crate::model::kind::Kind;
use crate::model::paging::Position;
use crate::model::time::Time;

/// Filters that one statement asks about.
const AT_ONCE: usize = 50;

/// How many resources match, or `limit` if there are more: no more than so many are looked for.
pub async fn count_up_to<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    limit: i64,
) -> Result<i64, Error> {
    let filter = with_rarest_tag_first::<R>(session, scope, filter).await?;
    count_statement::<R>(scope, &filter, limit).scalar(session).await
}

fn count_statement<R: Table>(scope: Scope, filter: &R::Filter, limit: i64) -> Sql {
    let mut statement = Sql::new("SELECT count(*) FROM (SELECT 1 FROM ");
    push_matching::<R>(&mut statement, scope, filter, Columns::OfPlaces);
    statement.push(" LIMIT ").bind(limit).push(")");
    statement
}

/// How many resources of a list come before this place.
pub async fn count_before<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    position: &Position,
) -> Result<i64, Error> {
    let filter = with_rarest_tag_first::<R>(session, scope, filter).await?;
    let places = places::<R>(&filter);
    let mut statement = Sql::new("SELECT count(*) FROM ");
    push_matching::<R>(&mut statement, scope, &filter, Columns::OfPlaces);
    statement.push(" AND (").push(places).push(".reverse_time, ").push(places).push(".id) < (");
    statement.bind(-position.creation_time.0).push(", ").bind(position.id.as_str()).push(")");
    statement.scalar(session).await
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

/// The ids of at most `limit` resources that match one filter and not the other, newest first, of the newest `looks` that match
/// the one.
pub async fn all_but<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    without: &R::Filter,
    looks: i64,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let filter = with_rarest_tag_first::<R>(session, scope, filter).await?;
    all_but_statement::<R>(scope, &filter, without, looks, limit).scalars(session).await
}

fn all_but_statement<R: Table>(scope: Scope, filter: &R::Filter, without: &R::Filter, looks: i64, limit: i64) -> Sql {
    let places = places::<R>(filter);
    let mut statement = Sql::new("SELECT near.id FROM (SELECT ");
    statement.push(places).push(".reverse_time, ").push(places).push(".id FROM ");
    push_matching::<R>(&mut statement, scope, filter, Columns::OfPlaces);
    push_order::<R>(&mut statement, filter);
    statement.push(" LIMIT ").bind(looks).push(") AS near WHERE NOT EXISTS (SELECT 1 FROM ");
    push_matching::<R>(&mut statement, scope, without, Columns::All);
    statement.push(" AND ").push(R::KIND.table).push(".id = near.id) ORDER BY near.reverse_time, near.id LIMIT ");
    statement.bind(limit);
    statement
}

/// The plans of [`count_up_to`], [`matches()`] and [`all_but`], a line per step. Tests use them to see that each searches.
pub async fn explain<R: Table>(
    session: &mut Session,
    scope: Scope,
    filter: &R::Filter,
    without: &R::Filter,
) -> Result<[Vec<String>; 3], Error> {
    Ok([
        count_statement::<R>(scope, filter, 1).explain(session).await?,
        matches_statement::<R>(scope, std::slice::from_ref(filter), "x").explain(session).await?,
        all_but_statement::<R>(scope, filter, without, 1, 1).explain(session).await?,
    ])
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
