//! Parameters as the journal shows them: names and values as sent, without secrets and without what is too long.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::params::Params;

/// Parameters whose values nobody is shown.
const SECRETS: [&str; 5] = ["Signature", "SecurityToken", "Password", "UserData", "Authorization"];

/// What stands for them.
const MASK: &str = "***";

/// Bytes of a value at most, and of all names and values of a request.
const VALUE: usize = 1024;
const ALL: usize = 8 * 1024;

/// Parameters of a request. Of two of one name, in whatever case, the first counts.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<Params>);

impl Sent {
    /// The parameters, and the names of those that are cut. What is short enough is shared and not copied: each request has
    /// some, and few journals are ever read.
    #[must_use]
    pub fn new(params: &Arc<Params>) -> (Self, Vec<String>) {
        let bytes = params.pairs().iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        if bytes <= ALL && params.pairs().iter().all(|(_, value)| value.len() <= VALUE) {
            return (Self(params.clone()), Vec::new());
        }
        let (mut pairs, mut cut, mut left) = (Vec::new(), Vec::new(), ALL);
        for (name, value) in params.pairs() {
            let room = left.saturating_sub(name.len()).min(VALUE);
            let kept = beginning(value, room);
            if kept.len() < value.len() {
                cut.push(name.clone());
            }
            if left < name.len() {
                // Beyond all that an entry has room for, not even names are kept.
                break;
            }
            left = left.saturating_sub(name.len() + kept.len());
            pairs.push((name.clone(), kept.to_owned()));
        }
        (Self(Arc::new(Params::new(pairs))), cut)
    }

    /// The value that is shown; names match in any case. `None` for what is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.pairs().iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(shown(name, value))
    }

    /// Names and values as they are shown.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.pairs().iter().map(|(name, value)| (name.as_str(), shown(name, value)))
    }

    /// The parameters themselves: with what is masked elsewhere.
    #[must_use]
    pub fn params(&self) -> &Arc<Params> {
        &self.0
    }
}

fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    if SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name)) { MASK } else { value }
}

/// The longest beginning of a text that has so many bytes at most.
fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

impl PartialEq for Sent {
    fn eq(&self, other: &Self) -> bool {
        self.pairs().eq(other.pairs())
    }
}

impl Serialize for Sent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut first = BTreeMap::new();
        for (name, value) in self.pairs() {
            first.entry(name.to_ascii_lowercase()).or_insert((name, value));
        }
        serializer.collect_map(first.into_values())
    }
}

impl<'de> Deserialize<'de> for Sent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = BTreeMap::<String, String>::deserialize(deserializer)?;
        Ok(Self(Arc::new(Params::new(pairs.into_iter().collect()))))
    }
}

impl PartialSchema for Sent {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        ObjectBuilder::new().additional_properties(Some(text)).into()
    }
}

impl ToSchema for Sent {}
