//! Copies of resources from one state into another.

use sqlx::Row as _;

use super::resources::{More, signed};
use super::session::Session;
use super::sql::Sql;
use super::{Error, lookups, resources, rows};
use crate::model::kind::Kind;

/// How many rows one transaction copies: other writers wait no longer than that takes.
const STEP: i64 = 500;

/// Of some resources of a kind in one state, those whose ids follow `after`, copies the ones whose ids another state does
/// not have, and says the last one's id. `None`: no more follow.
pub async fn copy_some(
    session: &mut Session,
    kind: &'static Kind,
    from: i64,
    to: i64,
    after: &str,
) -> Result<Option<String>, Error> {
    let mut statement = Sql::new("SELECT max(id), count(*) FROM (SELECT id FROM ");
    statement.push(kind.table).push(" WHERE state_id = ").bind(from).push(" AND id > ").bind(after);
    statement.push(" ORDER BY id LIMIT ").bind(STEP).push(")");
    let Some(row) = statement.fetch_optional(session).await? else { return Ok(None) };
    let (last, seen): (Option<String>, i64) = (row.try_get(0)?, row.try_get(1)?);
    let Some(last) = last else { return Ok(None) };

    let last_row = resources::last_row(session, kind).await?;
    let mut statement = Sql::new("INSERT INTO ");
    statement.push(kind.table).push(" (state_id, ");
    rows::push_columns(&mut statement, kind);
    statement.push(") SELECT ").bind(to).push(", ");
    rows::push_columns(&mut statement, kind);
    statement.push(" FROM ").push(kind.table).push(" WHERE state_id = ").bind(from);
    statement.push(" AND id > ").bind(after).push(" AND id <= ").bind(last.as_str());
    statement.push(" AND NOT EXISTS (SELECT 1 FROM ").push(kind.table).push(" AS there WHERE there.state_id = ");
    statement.bind(to).push(" AND there.id = ").push(kind.table).push(".id)");
    let copied = statement.execute(session).await?;
    let tags = lookups::add_tags(session, kind, last_row).await?;

    let mut statement = Sql::new("INSERT INTO link (state_id, kind, id, linked_id, place) SELECT ");
    statement
        .bind(to)
        .push(", link.kind, link.id, link.linked_id, link.place FROM link JOIN ")
        .push(kind.table)
        .push(" ON ");
    statement.push(kind.table).push(".state_id = ").bind(to).push(" AND ").push(kind.table).push(".id = link.id AND ");
    statement.push(kind.table).push(".rowid > ").bind(last_row).push(" WHERE link.state_id = ").bind(from);
    statement.push(" AND link.kind = ").bind(kind.number).push(" AND link.id > ").bind(after);
    statement.push(" AND link.id <= ").bind(last.as_str());
    statement.execute(session).await?;
    let more = More { rows: signed(copied), tags: signed(tags) };
    resources::add_to_count(session, kind, to, more).await?;
    Ok(Some(last).filter(|_| seen == STEP))
}
