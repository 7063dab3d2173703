//! A statement: its text and the values bound to it. The only code that hands statements to the driver.

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, Sqlite};

use super::Error;
use super::session::Session;
use crate::model::kind::Column;
use crate::model::time::Time;

/// Text is only ever pushed from constants, and values only ever travel as binds; so there is nothing in it that a request
/// has written.
#[derive(Debug, Default)]
pub struct Sql {
    text: String,
    binds: Vec<Column>,
}

impl Sql {
    pub fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), binds: Vec::new() }
    }

    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Pushes a number that belongs to the text, as in `tag_1`.
    pub fn push_number(&mut self, number: usize) -> &mut Self {
        self.text.push_str(&number.to_string());
        self
    }

    /// Pushes a place for a value, and the value.
    pub fn bind(&mut self, value: impl Into<Bind>) -> &mut Self {
        self.binds.push(value.into().0);
        self.push("?")
    }

    /// Adds another statement to the end of this one.
    pub fn append(&mut self, other: Sql) -> &mut Self {
        self.text.push_str(&other.text);
        self.binds.extend(other.binds);
        self
    }

    /// Gives the value of the next place that is pushed already.
    #[must_use]
    pub fn with(mut self, value: impl Into<Bind>) -> Self {
        self.binds.push(value.into().0);
        self
    }

    fn query(self) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
        let query = sqlx::query(AssertSqlSafe(self.text));
        self.binds.into_iter().fold(query, |query, value| match value {
            Column::Null => query.bind(None::<i64>),
            Column::Integer(number) => query.bind(number),
            Column::Text(text) => query.bind(text),
        })
    }

    /// Runs it, and says how many rows it changed.
    pub async fn execute(self, session: &mut Session) -> Result<u64, Error> {
        let result = self.query().execute(session.connection()).await;
        Ok(session.noted(result)?.rows_affected())
    }

    pub async fn fetch_all(self, session: &mut Session) -> Result<Vec<SqliteRow>, Error> {
        let result = self.query().fetch_all(session.connection()).await;
        session.noted(result)
    }

    pub async fn fetch_optional(self, session: &mut Session) -> Result<Option<SqliteRow>, Error> {
        let result = self.query().fetch_optional(session.connection()).await;
        session.noted(result)
    }

    /// The first column of the only row.
    pub async fn scalar<T>(self, session: &mut Session) -> Result<T, Error>
    where
        T: for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
    {
        let result = self.query().fetch_one(session.connection()).await;
        session.noted(result)?.try_get(0)
    }

    /// The first column of all rows.
    pub async fn scalars<T>(self, session: &mut Session) -> Result<Vec<T>, Error>
    where
        T: for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
    {
        self.fetch_all(session).await?.iter().map(|row| row.try_get(0)).collect()
    }

    /// The plan that SQLite makes for it, a line a step.
    pub async fn explain(self, session: &mut Session) -> Result<Vec<String>, Error> {
        let explained = Self { text: format!("EXPLAIN QUERY PLAN {}", self.text), ..self };
        explained.fetch_all(session).await?.iter().map(|step| step.try_get("detail")).collect()
    }
}

/// A value that can be bound.
#[derive(Debug)]
pub struct Bind(Column);

impl From<Column> for Bind {
    fn from(value: Column) -> Self {
        Self(value)
    }
}

impl From<i64> for Bind {
    fn from(number: i64) -> Self {
        Self(Column::Integer(number))
    }
}

impl From<Time> for Bind {
    fn from(time: Time) -> Self {
        Self(Column::Integer(time.0))
    }
}

impl From<&str> for Bind {
    fn from(text: &str) -> Self {
        Self(Column::Text(text.to_owned()))
    }
}

impl From<String> for Bind {
    fn from(text: String) -> Self {
        Self(Column::Text(text))
    }
}

impl From<Option<i64>> for Bind {
    fn from(number: Option<i64>) -> Self {
        Self(number.map_or(Column::Null, Column::Integer))
    }
}

impl From<Option<Time>> for Bind {
    fn from(time: Option<Time>) -> Self {
        Self(time.into())
    }
}

impl From<Option<String>> for Bind {
    fn from(text: Option<String>) -> Self {
        Self(text.map_or(Column::Null, Column::Text))
    }
}

/// Texts or numbers as one value, a JSON array: any number of them leaves the statement's text the same, and so its place among
/// the prepared ones.
pub fn json_array<T: Into<serde_json::Value>>(values: impl IntoIterator<Item = T>) -> String {
    serde_json::Value::from_iter(values).to_string()
}
