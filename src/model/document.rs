//! State documents: what seed files say. A document is written in the API's own words, and a reply of a Describe action is
//! one as it stands.
//!
//! Only what matters to a test needs saying. Seeding is not bound by the rules for callers: names that begin with `auto`,
//! system tags and any time are fine. An empty text is a field that was not given, as in replies of the real service.

mod draft;
mod stream;

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

pub use self::draft::{DEFAULT_REGION_ID, Draft};
pub use self::stream::{Line, line, parse_line, settings_line};
use super::fields::optional_text;
pub use super::kind::DocumentError;
use super::kind::Entry;
use super::kinds::{KINDS, each_kind};
use super::lists::Resources;
use super::schemas;
use super::settings::SettingsPatch;

/// How a document is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Yaml,
}

/// A state document: what a seed file says, and what a sandbox's state is exported as.
#[derive(Debug, Default)]
pub struct Document {
    /// The region of all entries that name none.
    pub region_id: Option<String>,
    /// What it says of the sandbox's settings.
    pub settings: SettingsPatch,
    /// Each with its place, as in `Snapshots[3].`.
    pub drafts: Vec<Draft>,
}

/// The envelope of a pasted reply, which says nothing about the state.
const ENVELOPE: [&str; 5] = ["PageNumber", "PageSize", "TotalCount", "RequestId", "NextToken"];

/// Reads a document.
///
/// # Errors
///
/// [`DocumentError`] for a text that is not of this form: it names the entry, the field, the value and the reason.
/// Unknown fields are errors. `None` is a text that says nothing at all: comments, or null.
pub fn parse(text: &str, format: Format) -> Result<Option<Document>, DocumentError> {
    // Some editors begin a file with a mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        Format::Json => {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            let document = serde_path_to_error::deserialize(&mut deserializer).map_err(draft::located)?;
            deserializer.end().map_err(|error| DocumentError::field("", error.to_string()))?;
            Ok(document)
        }
        Format::Yaml => {
            let mut place = None;
            // What a text of any sensible size needs; the defaults go on guarding against aliases that multiply.
            let options = serde_saphyr::options! {
                with_snippet: false,
                budget: serde_saphyr::budget! {
                    max_events: 100_000_000,
                    max_nodes: 100_000_000,
                    max_total_scalar_bytes: 1_000_000_000,
                },
            };
            serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
                serde_path_to_error::deserialize(deserializer).map_err(|error| {
                    place = Some(error.path().clone());
                    error.into_inner()
                })
            })
            .map_err(|error| DocumentError {
                path: place.as_ref().map(draft::described).unwrap_or_default(),
                reason: error.to_string(),
            })
        }
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Document;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map from field to value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
                let mut document = Document::default();
                let mut seen = Vec::new();
                while let Some(name) = map.next_key_seed(Field { seen: &seen })? {
                    match name.as_str() {
                        "RegionId" => document.region_id = map.next_value::<RegionId>()?.0,
                        "Settings" => document.settings = map.next_value::<Option<_>>()?.unwrap_or_default(),
                        name if ENVELOPE.contains(&name) => drop(map.next_value::<IgnoredAny>()?),
                        name => resources(name, &mut map, &mut document.drafts)?,
                    }
                    seen.push(name);
                }
                for draft in &mut document.drafts {
                    draft.in_region(document.region_id.as_deref());
                }
                Ok(document)
            }
        }

        deserializer.deserialize_any(Fields)
    }
}

/// The name of a field, which must be one that a document has and not there yet.
struct Field<'s> {
    seen: &'s [String],
}

impl<'de> DeserializeSeed<'de> for Field<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let name = String::deserialize(deserializer)?;
        if self.seen.contains(&name) {
            return Err(D::Error::custom(format!("duplicate field `{name}`")));
        }
        if !words().any(|word| word == name) {
            let known: Vec<String> = words().map(|word| format!("`{word}`")).collect();
            return Err(D::Error::custom(format!("unknown field `{name}`, expected one of {}", known.join(", "))));
        }
        Ok(name)
    }
}

struct RegionId(Option<String>);

impl<'de> Deserialize<'de> for RegionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        optional_text(deserializer).map(Self)
    }
}

/// Reads the resources of the kind that a document calls `name`.
fn resources<'de, A: MapAccess<'de>>(name: &str, map: &mut A, drafts: &mut Vec<Draft>) -> Result<(), A::Error> {
    macro_rules! read {
        ($($module:ident::$resource:ident),*) => {
            $(if name == super::$module::KIND.words {
                let Resources(entries) = map.next_value::<Resources<super::$module::$resource>>()?;
                let entries = entries.into_iter().enumerate();
                drafts.extend(entries.map(|(index, entry)| Draft::new(format!("{name}[{index}]."), Box::new(entry.0))));
                return Ok(());
            })*
        };
    }
    each_kind!(read);
    Err(A::Error::custom(format!("unknown field `{name}`")))
}

/// The fields of a document.
fn words() -> impl Iterator<Item = &'static str> {
    ["RegionId", "Settings"].into_iter().chain(KINDS.iter().map(|kind| kind.words)).chain(ENVELOPE)
}

impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        // Written below and read by a test.
        serde_json::from_value(schema()).unwrap_or_default()
    }
}

impl ToSchema for Document {}

/// A document of these settings and resources, to be written.
#[derive(Debug)]
pub struct Export {
    pub settings: SettingsPatch,
    /// Of each kind those of it, in the order of the kinds.
    pub entries: Vec<Vec<Box<dyn Entry>>>,
}

impl Serialize for Export {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.settings != SettingsPatch::default() {
            map.serialize_entry("Settings", &self.settings)?;
        }
        for (number, (kind, entries)) in KINDS.iter().zip(&self.entries).enumerate() {
            // Snapshots are always there, so that an empty state is a document that says so.
            if number == 0 || !entries.is_empty() {
                map.serialize_entry(kind.words, entries)?;
            }
        }
        map.end()
    }
}

/// The schema of documents, whose entries are described under the words of their kinds.
#[must_use]
pub fn schema() -> Value {
    let mut properties = json!({
        "RegionId": {"type": ["string", "null"], "description": "The region of all entries that name none."},
        "Settings": {"anyOf": [{"$ref": "#/components/schemas/SettingsPatch"}, {"type": "null"}]},
    });
    for kind in KINDS {
        properties[kind.words] = schemas::resources(kind.word);
    }
    for name in ENVELOPE {
        properties[name] = json!({});
    }
    json!({
        "type": "object",
        "description": "A state document: what a seed file says, and what a sandbox's state is exported as.",
        "properties": properties,
        "additionalProperties": false,
    })
}
