//! What resources are found by beside their columns: their tags, and the resources that they are made of. Both follow from the
//! rows, and are written with them.

use std::collections::HashSet;

use super::Error;
use super::session::Session;
use super::sql::{Sql, json_array};
use crate::model::kind::{Entry, Kind};

/// Links per INSERT.
const BATCH: usize = 500;

/// Enters the tags of the rows behind `last_row`, which are new, and says how many there are.
pub async fn add_tags(session: &mut Session, kind: &'static Kind, last_row: i64) -> Result<u64, Error> {
    let mut statement = selected(kind);
    statement.push(".rowid > ").bind(last_row);
    statement.execute(session).await
}

/// Enters the tags of one resource, and says how many there are.
pub async fn add_tags_of(session: &mut Session, kind: &'static Kind, state_id: i64, id: &str) -> Result<u64, Error> {
    let mut statement = selected(kind);
    statement.push(".state_id = ").bind(state_id).push(" AND ").push(kind.table).push(".id = ").bind(id);
    statement.execute(session).await
}

/// The tags of rows, up to the first column of the condition which.
fn selected(kind: &'static Kind) -> Sql {
    let mut statement = Sql::new(
        "INSERT INTO tag (state_id, kind, tag_key, region_id, reverse_time, id, tag_value, expiration_time)
         SELECT state_id, ",
    );
    statement.bind(kind.number).push(", item.key, region_id, reverse_time, ").push(kind.table);
    statement.push(".id, item.value, expiration_time FROM ").push(kind.table).push(" JOIN json_each(");
    statement.push(kind.table).push(".body, '$.Tags') AS item WHERE ").push(kind.table);
    statement
}

/// Gives the tags of these resources the expiration that their rows have now.
pub async fn expire_tags(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    ids: &[String],
) -> Result<(), Error> {
    expiration(kind, state_id, ids).execute(session).await?;
    Ok(())
}

/// The plan of [`expire_tags`], a line per step. Tests use it to see that each tag is found by its whole key.
pub async fn explain_expire_tags(session: &mut Session, kind: &'static Kind) -> Result<Vec<String>, Error> {
    expiration(kind, 1, &["x".to_owned()]).explain(session).await
}

fn expiration(kind: &'static Kind, state_id: i64, ids: &[String]) -> Sql {
    let push_expiration = |statement: &mut Sql| {
        statement.push("(SELECT row.expiration_time FROM ").push(kind.table);
        statement.push(" AS row WHERE row.state_id = tag.state_id AND row.id = tag.id)");
    };
    let mut statement = Sql::new("UPDATE tag SET expiration_time = ");
    push_expiration(&mut statement);
    statement.push(" WHERE state_id = ").bind(state_id).push(" AND kind = ").bind(kind.number);
    push_tags_of(&mut statement, kind, state_id, json_array(ids.iter().map(String::as_str)));
    statement.push(" AND expiration_time IS NOT ");
    push_expiration(&mut statement);
    statement
}

/// Takes out the tags of resources, while their rows are still as they were, and says how many there were.
pub async fn delete_tags(
    session: &mut Session,
    kind: &'static Kind,
    state_id: i64,
    ids: &[&str],
) -> Result<u64, Error> {
    deletion(kind, state_id, ids).execute(session).await
}

/// The plan of [`delete_tags`], a line per step. Tests use it to see that each tag is found by its whole key.
pub async fn explain_delete_tags(session: &mut Session, kind: &'static Kind) -> Result<Vec<String>, Error> {
    deletion(kind, 1, &["x"]).explain(session).await
}

fn deletion(kind: &'static Kind, state_id: i64, ids: &[&str]) -> Sql {
    let mut statement = Sql::new("DELETE FROM tag WHERE state_id = ");
    statement.bind(state_id).push(" AND kind = ").bind(kind.number);
    push_tags_of(&mut statement, kind, state_id, json_array(ids.iter().copied()));
    statement
}

/// Pushes that a tag is one of the resources with these ids, which are a JSON array.
fn push_tags_of(statement: &mut Sql, kind: &'static Kind, state_id: i64, ids: String) {
    // What json_each says has no type of its own; only as text it is looked for in the key, and not in all of the second
    // that the resources were made in.
    statement.push(" AND (tag_key, region_id, reverse_time, id) IN (SELECT CAST(item.key AS TEXT), ");
    statement.push(kind.table).push(".region_id, ").push(kind.table).push(".reverse_time, ").push(kind.table);
    statement.push(".id FROM json_each(").bind(ids).push(") AS gone CROSS JOIN ");
    statement.push(kind.table).push(" ON ").push(kind.table).push(".state_id = ").bind(state_id).push(" AND ");
    statement.push(kind.table).push(".id = gone.value CROSS JOIN json_each(").push(kind.table);
    statement.push(".body, '$.Tags') AS item)");
}

/// Enters what a resource is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link<'e> {
    pub id: &'e str,
    pub linked_id: &'e str,
    /// See [`Entry::link_place`].
    pub place: i32,
}

/// The links of a resource.
pub fn links_of(entry: &dyn Entry) -> Vec<Link<'_>> {
    let id = entry.key().id;
    let links = entry.links().into_iter();
    links.map(|linked_id| Link { id, linked_id, place: entry.link_place(linked_id) }).collect()
}

/// Enters links.
pub async fn add_links(session: &mut Session, kind: &Kind, state_id: i64, links: Vec<Link<'_>>) -> Result<(), Error> {
    for batch in links.chunks(BATCH) {
        let mut statement = Sql::new("INSERT INTO link (state_id, kind, id, linked_id, place) VALUES ");
        for (number, Link { id, linked_id, place }) in batch.iter().enumerate() {
            statement.push(if number == 0 { "(" } else { ", (" }).bind(state_id).push(", ").bind(kind.number);
            statement.push(", ").bind(*id).push(", ").bind(*linked_id).push(", ").bind(i64::from(*place)).push(")");
        }
        statement.execute(session).await?;
    }
    Ok(())
}

/// The links that a resource no longer has, and those that it has now and had not.
pub fn changed_links<'e>(before: &'e dyn Entry, after: &'e dyn Entry) -> (Vec<Link<'e>>, Vec<Link<'e>>) {
    let (mut gone, mut added) = (links_of(before), links_of(after));
    let (had, has): (HashSet<Link<'_>>, HashSet<Link<'_>>) =
        (gone.iter().copied().collect(), added.iter().copied().collect());
    gone.retain(|link| !has.contains(link));
    added.retain(|link| !had.contains(link));
    (gone, added)
}

/// Makes of the links of a resource those that it has now.
pub async fn change_links(
    session: &mut Session,
    state_id: i64,
    before: &dyn Entry,
    after: &dyn Entry,
) -> Result<(), Error> {
    let (kind, id) = (after.kind(), after.key().id);
    let (gone, added) = changed_links(before, after);
    if !gone.is_empty() {
        let delete = Sql::new(
            "DELETE FROM link WHERE state_id = ? AND kind = ? AND id = ?
               AND linked_id IN (SELECT CAST(value AS TEXT) FROM json_each(?))",
        );
        let linked_ids = json_array(gone.iter().map(|link| link.linked_id));
        delete.with(state_id).with(kind.number).with(id).with(linked_ids).execute(session).await?;
    }
    add_links(session, kind, state_id, added).await
}

/// Takes out what resources are made of.
pub async fn delete_links(session: &mut Session, kind: &Kind, state_id: i64, ids: &[&str]) -> Result<(), Error> {
    let delete =
        Sql::new("DELETE FROM link WHERE state_id = ? AND kind = ? AND id IN (SELECT value FROM json_each(?))");
    delete.with(state_id).with(kind.number).with(json_array(ids.iter().copied())).execute(session).await?;
    Ok(())
}
