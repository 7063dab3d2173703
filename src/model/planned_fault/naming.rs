//! Names that nobody knows, and what they may be meant to be.

/// Characters of a name that are looked at; no documented one is longer.
const LONGEST: usize = 128;

/// That there is no such thing, and what it may be meant to be.
pub(super) fn unknown<'a>(name: &str, what: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let shown: String = name.chars().take(LONGEST).collect();
    match nearest(&shown, known) {
        Some(nearest) => format!("{shown:?} is no {what}: is {nearest} meant?"),
        None => format!("{shown:?} is no {what}"),
    }
}

/// As [`unknown`], of the beginning of a name with `*` behind it. What it may be meant to be are whole words that names begin with.
pub(super) fn unknown_beginning(pattern: &str, what: &str, known: &[&'static str]) -> String {
    let shown: String = pattern.chars().take(LONGEST).collect();
    let beginning = shown.strip_suffix('*').unwrap_or(&shown);
    let beginnings = known.iter().flat_map(|name| {
        let ends = name.char_indices().skip(1).filter(|(_, letter)| letter.is_ascii_uppercase()).map(|(end, _)| end);
        ends.chain([name.len()]).map(|end| &name[..end])
    });
    match nearest(beginning, beginnings) {
        Some(nearest) => format!("{shown:?} is the beginning of no {what}: is {nearest}* meant?"),
        None => format!("{shown:?} is the beginning of no {what}"),
    }
}

/// The known name that is nearest, unless none is near.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    let distances =
        known.into_iter().map(|other| (strsim::damerau_levenshtein(&lower, &other.to_ascii_lowercase()), other));
    let (distance, nearest) = distances.min()?;
    (distance <= (name.chars().count() / 3).max(2)).then_some(nearest)
}
