//! The values of columns that rows have beside their bodies.

use super::time::Time;

/// The value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    Null,
    Integer(i64),
    Text(String),
}

impl From<Option<&str>> for Column {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.to_owned()))
    }
}

impl From<&str> for Column {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Option<Time>> for Column {
    fn from(time: Option<Time>) -> Self {
        time.map_or(Self::Null, |time| Self::Integer(time.0))
    }
}

impl From<bool> for Column {
    fn from(flag: bool) -> Self {
        Self::Integer(i64::from(flag))
    }
}
