//! Rows of resources of any kind, and back; and their counts.

use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use sqlx::Row as _;

use super::Error;
use super::session::Session;
use super::sql::Sql;
use super::tables::Table;
use crate::model::kind::{Entry, Kind, Resource};
use crate::model::kinds::KINDS;
use crate::model::stored::Item;
pub use crate::model::stored::Stored;

/// Pushes a row of a kind's table as one value, an [`Item`] in JSON: what crosses from SQLite's thread costs by the row and by
/// the column.
pub fn push_item(statement: &mut Sql, kind: &Kind) {
    push_item_with(statement, kind, |_| ());
}

/// As [`push_item`], with all that [`Stored`] reads of a row.
pub fn push_stored<R: Table>(statement: &mut Sql) {
    push_item_with(statement, R::KIND, R::push_beside);
}

fn push_item_with(statement: &mut Sql, kind: &Kind, push_beside: impl FnOnce(&mut Sql)) {
    let table = kind.table;
    statement.push("'[' || json_quote(").push(table).push(".id) || ',' || json_quote(").push(table);
    statement.push(".region_id) || ',' || ").push(table).push(".reverse_time || ',' || ");
    match kind.stated_expiration() {
        Some(column) => statement.push("ifnull(").push(table).push(".").push(column).push(", 'null')"),
        None => statement.push("'null'"),
    };
    statement.push(" || ',['");
    for (number, column) in kind.derived.iter().enumerate() {
        statement.push(if number == 0 { " || json_quote(" } else { " || ',' || json_quote(" });
        statement.push(table).push(".").push(column).push(")");
    }
    push_beside(statement);
    statement.push(" || '],' || ").push(table).push(".body || ']'");
}

fn decoding(error: serde_json::Error) -> Error {
    Error::Decode(Box::new(error))
}

/// Reads items with commas between them.
pub fn read<R: Resource>(items: &str) -> Result<Vec<Stored<R>>, Error> {
    serde_json::from_str(&format!("[{items}]")).map_err(decoding)
}

/// Reads one item of a kind that only its table tells.
pub fn read_entry(kind: &Kind, item: &str) -> Result<Box<dyn Entry>, Error> {
    let item: Item<IgnoredAny, &RawValue> = serde_json::from_str(item).map_err(decoding)?;
    let mut entry = kind.read(item.5.get()).map_err(decoding)?;
    item.give_key(&mut *entry);
    Ok(entry)
}

/// Reads all rows of a statement of items.
pub async fn fetch_entries(statement: Sql, kind: &Kind, session: &mut Session) -> Result<Vec<Box<dyn Entry>>, Error> {
    let rows = statement.fetch_all(session).await?;
    rows.iter().map(|row| read_entry(kind, row.try_get(0)?)).collect()
}

/// Reads pairs of the number of a kind and a count, as JSON arrays in one.
pub fn read_counts(pairs: &str) -> Result<Vec<i64>, Error> {
    let pairs: Vec<(i64, i64)> = serde_json::from_str(pairs).map_err(decoding)?;
    let count = |kind: &&Kind| pairs.iter().find(|(number, _)| *number == kind.number).map_or(0, |(_, count)| *count);
    Ok(KINDS.iter().map(count).collect())
}

/// Pushes the columns of a row, in the order in which [`bind_row`] binds them.
pub fn push_columns(statement: &mut Sql, kind: &Kind) {
    statement.push("id, region_id, reverse_time, expiration_time, ");
    for column in kind.columns {
        statement.push(column).push(", ");
    }
    statement.push("body");
}

/// Binds the values of a row.
pub fn bind_row(statement: &mut Sql, entry: &dyn Entry) -> Result<(), Error> {
    let key = entry.key();
    statement.bind(key.id).push(", ").bind(key.region_id).push(", ").bind(-key.creation_time.0);
    statement.push(", ").bind(key.expiration_time).push(", ");
    for value in entry.columns() {
        statement.bind(value).push(", ");
    }
    let body = entry.kind().body(entry).map_err(|error| Error::Encode(Box::new(error)))?;
    statement.bind(body);
    Ok(())
}
