//! Paths of the console, and of the control plane behind it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::ROOT;
use crate::model::params::Params;

/// What stands for itself in every part of a URL.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as a segment of a path, or as a part of a query.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

/// A path below a sandbox, whose segments are as they are: `snapshots/s-1`.
pub fn in_sandbox(sandbox: &str, segments: &[&str]) -> String {
    let mut path = format!("{ROOT}/s/{}", encoded(sandbox));
    for segment in segments {
        path.push('/');
        path.push_str(&encoded(segment));
    }
    path
}

/// The same below the control plane's own root, which stands in the lines for curl.
pub fn of_control_plane(sandbox: &str, segments: &[&str]) -> String {
    let mut path = format!("/sandboxes/{}", encoded(sandbox));
    for segment in segments {
        path.push('/');
        path.push_str(&encoded(segment));
    }
    path
}

/// A query without its question mark.
pub fn query<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
    let pairs = pairs.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A path with a query, if there is one.
pub fn with_query<'p>(path: &str, pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> String {
    let query = query(pairs);
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// An address with some parameters changed, of which those without a value are left out.
pub fn with_changes(path: &str, params: &Params, changes: &[(&str, Option<&str>)]) -> String {
    let is_changed = |name: &str| changes.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    let kept = params.pairs().iter().filter(|(name, value)| !value.is_empty() && !is_changed(name));
    let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
    let with_value = changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    let query = query(kept.chain(with_value));
    if path.is_empty() || !query.is_empty() { format!("{path}?{query}") } else { path.to_owned() }
}
