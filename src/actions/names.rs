//! The names of all actions of the API, emulated or not.

/// One a line.
const NAMES: &str = include_str!("names.txt");

/// All of them.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.lines().filter(|line| !line.is_empty())
}

/// Whether the API has an action of this name. A client that calls it is no worse for a plain word: what it hears of a name
/// that does not exist, some take for a resource that is gone already.
#[must_use]
pub fn is_name(name: &str) -> bool {
    names().any(|line| line == name)
}
