//! The names of all actions of the API, emulated or not.

/// One a line.
const NAMES: &str = include_str!("names.txt");

/// All of them.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.lines().filter(|line| !line.is_empty())
}

/// This name, if the API has an action of it. A client that calls it is no worse for a plain word: what it hears of a name
/// that does not exist, some take for a resource that is gone already.
#[must_use]
pub fn known_name(name: &str) -> Option<&'static str> {
    names().find(|known| *known == name)
}
