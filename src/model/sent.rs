//! Parameters as the journal shows them: names and values as sent, without secrets and without what is too long.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::params::{Pair, Params};

/// Parameters whose values nobody is shown, beside those that end as [`SECRET_ENDS`].
const SECRETS: [&str; 5] = ["Signature", "SecurityToken", "BearerToken", "UserData", "Authorization"];

/// Ends of names of parameters whose values nobody is shown, as in Password, VncPassword and AccessKeySecret: what the API and its
/// neighbours call a secret ends so, also where nobody here knows the action.
const SECRET_ENDS: [&str; 2] = ["Password", "Secret"];

/// What stands for them.
pub const MASK: &str = "***";

/// Stands among the names of what is cut for all those of which not even the name is kept.
pub const OTHERS: &str = "*";

/// Bytes of a value at most, and of all parameters of a request as they are written in JSON, with the names of those that are
/// cut.
const VALUE: usize = 1024;
const ALL: usize = 8 * 1024;

/// Bytes that a parameter, and the name of one that is cut, take in JSON beside their texts.
const QUOTES: usize = 6;

/// Parameters up to which it costs least to compare each with all before it.
const FEW: usize = 32;

/// Bytes of a secret that may be held although nobody is shown them: a signature.
const HELD: usize = 128;

/// Parameters of a request. Of two of one name, in whatever case, the first counts.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<Params>);

impl Sent {
    /// The parameters, and the names of those that are cut. What is short enough is shared and not copied: each request has
    /// some, and few journals are ever read. What is shared is shown whole, so that it takes the memory that it shows.
    #[must_use]
    pub fn new(params: &Arc<Params>) -> (Self, Vec<CompactString>) {
        let pairs = params.pairs();
        let bytes = pairs.iter().map(|(name, value)| written(name) + written(value) + QUOTES).sum::<usize>();
        let is_short = |(name, value): &Pair| value.len() <= if is_secret(name) { HELD } else { VALUE };
        if bytes <= ALL && pairs.iter().all(is_short) && !has_repeated_name(pairs) {
            return (Self(params.clone()), Vec::new());
        }
        let (mut kept, mut cut, mut left) = (Vec::new(), Vec::new(), ALL);
        // Of a name that is there twice, only what counts is kept: else nobody could tell which of the two is cut.
        let mut names = HashSet::new();
        for (name, value) in pairs {
            if !names.insert(name.to_ascii_lowercase()) {
                continue;
            }
            // Room for the name once more, if the value is cut.
            let of_name = 2 * (written(name) + QUOTES);
            if left < of_name {
                // Beyond all that an entry has room for, not even names are kept.
                cut.push(OTHERS.into());
                break;
            }
            let value = shown(name, value);
            let shown = beginning(value, VALUE, left - of_name);
            left -= of_name + written(shown);
            if shown.len() < value.len() {
                cut.push(name.clone());
            }
            kept.push((name.clone(), shown.into()));
        }
        (Self(Arc::new(Params::new(kept))), cut)
    }

    /// The value that is shown; names match in any case. `None` for what is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.pairs().iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(shown(name, value))
    }

    /// Names and values as they are shown. No name is there twice.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.pairs().iter().map(|(name, value)| (name.as_str(), shown(name, value)))
    }

    /// The parameters themselves: with what is masked elsewhere.
    #[must_use]
    pub fn params(&self) -> &Arc<Params> {
        &self.0
    }
}

/// Whether a name is there twice, in whatever case.
fn has_repeated_name(pairs: &[Pair]) -> bool {
    if pairs.len() > FEW {
        let mut seen = HashSet::new();
        return !pairs.iter().all(|(name, _)| seen.insert(name.to_ascii_lowercase()));
    }
    let is_repeated =
        |place: usize, name: &str| pairs[..place].iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    pairs.iter().enumerate().any(|(place, (name, _))| is_repeated(place, name))
}

/// Whether nobody is shown the value of a parameter of this name.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let ends_so = |end: &&str| {
        let rest = name.len().checked_sub(end.len()).and_then(|start| name.get(start..));
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(end))
    };
    SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name)) || SECRET_ENDS.iter().any(ends_so)
}

fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    if is_secret(name) { MASK } else { value }
}

/// Bytes of a text in JSON, without its quotes.
#[must_use]
pub fn written(text: &str) -> usize {
    text.len() + text.bytes().map(more).sum::<usize>()
}

/// What a byte takes in JSON beside itself.
fn more(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' => 1,
        0..0x20 => 5,
        _ => 0,
    }
}

/// The longest beginning of a text that has so many bytes at most, and so many in JSON.
#[must_use]
pub fn beginning(text: &str, bytes: usize, in_json: usize) -> &str {
    // Nearly every text fits whole, and is not looked through byte by byte for where to cut it.
    if text.len() <= bytes && written(text) <= in_json {
        return text;
    }
    let mut taken = 0;
    let fitting = text.bytes().take(bytes).take_while(|byte| {
        taken += 1 + more(*byte);
        taken <= in_json
    });
    let fitting = fitting.count();
    &text[..text.floor_char_boundary(fitting)]
}

fn in_lower_case(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().map(|byte| byte.to_ascii_lowercase())
}

impl PartialEq for Sent {
    /// Whether they show the same, in whatever order it was sent.
    fn eq(&self, other: &Self) -> bool {
        let (mut own, mut others): (Vec<_>, Vec<_>) = (self.pairs().collect(), other.pairs().collect());
        own.sort_unstable();
        others.sort_unstable();
        own == others
    }
}

impl Serialize for Sent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut by_name: Vec<(&str, &str)> = self.pairs().collect();
        by_name.sort_by(|(left, _), (right, _)| in_lower_case(left).cmp(in_lower_case(right)));
        serializer.collect_map(by_name)
    }
}

impl<'de> Deserialize<'de> for Sent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = BTreeMap::<CompactString, CompactString>::deserialize(deserializer)?;
        Ok(Self(Arc::new(Params::new(pairs))))
    }
}

impl PartialSchema for Sent {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        ObjectBuilder::new().additional_properties(Some(text)).into()
    }
}

impl ToSchema for Sent {}
