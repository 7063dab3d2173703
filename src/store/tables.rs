//! What the store knows of a kind beside its columns: the conditions of its filter, and how its derived columns follow.

use super::sql::Sql;
use crate::model::kind::{Kind, Resource};
use crate::model::time::Time;

/// A kind, as the store sees it.
pub trait Table: Resource {
    /// The SQL for each derived column, of a row that is called `row`.
    const DERIVED: &'static [&'static str] = &[];

    /// The kinds whose rows are read beside those of this kind: what is seen of it changes with the clock when one of theirs
    /// is ready or goes.
    const BESIDE: &'static [&'static Kind] = &[];

    /// Pushes what is read of those rows, texts in JSON, each with ` || ',' || ` before it: the values of
    /// [`Resource::Derived`] that follow on the derived columns.
    fn push_beside(_statement: &mut Sql) {}

    /// Pushes what a filter asks of columns of the kind's table beside region, creation time, ids and tags, each condition
    /// with ` AND ` before it. Values travel as binds, never as text.
    fn push_conditions(_filter: &Self::Filter, _statement: &mut Sql, _now: Time) {}
}

/// Pushes that a column is this name, in which `*` stands for any text and every other character for itself.
pub fn push_name(statement: &mut Sql, column: &'static str, name: &str) {
    statement.push(" AND ").push(column);
    if name.contains('*') {
        // Of the other signs of GLOB, each stands for itself in a set of its own.
        let pattern = name.replace('[', "[[]").replace('?', "[?]");
        statement.push(" GLOB ").bind(pattern);
    } else {
        statement.push(" = ").bind(name);
    }
}
