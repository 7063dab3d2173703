//! Rows of resources of any kind, and back; and their counts.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use sqlx::Row as _;

use super::Error;
use super::session::Session;
use super::sql::Sql;
use crate::model::kind::{Entry, Kind, Resource};
use crate::model::kinds::KINDS;
use crate::model::paging::Position;
use crate::model::time::Time;

/// A resource as it is stored, with what rows of other kinds add to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<R: Resource> {
    pub resource: R,
    pub derived: R::Derived,
}

impl<R: Resource> Stored<R> {
    /// Its place in the order of lists.
    #[must_use]
    pub fn position(&self) -> Position {
        let key = self.resource.key();
        Position { creation_time: key.creation_time, id: key.id.to_owned() }
    }
}

/// Pushes a row of a kind's table as one value, an array in JSON: what crosses from SQLite's thread costs by the row and by
/// the column.
pub fn push_item(statement: &mut Sql, kind: &Kind) {
    let table = kind.table;
    statement.push("'[' || json_quote(").push(table).push(".id) || ',' || json_quote(").push(table);
    statement.push(".region_id) || ',' || ").push(table).push(".reverse_time || ',' || ifnull(").push(table);
    statement.push(".").push(kind.stated_expiration()).push(", 'null') || ',' || json_array(");
    for (number, column) in kind.derived.iter().enumerate() {
        statement.push(if number == 0 { "" } else { ", " }).push(table).push(".").push(column);
    }
    statement.push(") || ',' || ").push(table).push(".body || ']'");
}

/// An item: id, region, negative creation time, the expiration that the entry states, derived columns, body.
#[derive(Deserialize)]
struct Item<D, B>(String, String, i64, Option<i64>, D, B);

impl<D, B> Item<D, B> {
    fn give_key(self, entry: &mut dyn Entry) {
        let key = entry.key_mut();
        *key.id = self.0;
        *key.region_id = self.1;
        *key.creation_time = Time(-self.2);
        *key.expiration_time = self.3.map(Time);
    }
}

fn decoding(error: serde_json::Error) -> Error {
    Error::Decode(Box::new(error))
}

/// Reads items with commas between them.
pub fn read<R: Resource>(items: &str) -> Result<Vec<Stored<R>>, Error> {
    let items: Vec<Item<R::Derived, R>> = serde_json::from_str(&format!("[{items}]")).map_err(decoding)?;
    let stored = items.into_iter().map(|Item(id, region_id, reverse_time, expiration, derived, mut resource)| {
        Item(id, region_id, reverse_time, expiration, (), ()).give_key(&mut resource);
        Stored { resource, derived }
    });
    Ok(stored.collect())
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
