//! Streams: a state as lines, each `{"Snapshot": {...}}` or so in JSON, for states of any size.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::draft::located;
use crate::model::kind::{DocumentError, Entry};
use crate::model::kinds::{KINDS, each_kind};
use crate::model::lists::Described;
use crate::model::settings::SettingsPatch;

/// A line of a stream.
#[derive(Debug)]
pub enum Line {
    Entry(Box<dyn Entry>),
    /// What becomes of the sandbox's settings.
    Settings(SettingsPatch),
}

/// Reads one line of a stream.
///
/// # Errors
///
/// [`DocumentError`], naming the field.
pub fn parse_line(text: &str) -> Result<Line, DocumentError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let line = serde_path_to_error::deserialize(&mut deserializer).map_err(located)?;
    deserializer.end().map_err(|error| DocumentError::field("", error.to_string()))?;
    Ok(line)
}

/// Settings as a line of a stream, with its end.
///
/// # Errors
///
/// None that are known; writing JSON could fail.
pub fn settings_line(settings: &SettingsPatch) -> Result<String, serde_json::Error> {
    Ok(format!("{{\"Settings\":{}}}\n", serde_json::to_string(settings)?))
}

/// An entry as a line of a stream, with its end.
///
/// # Errors
///
/// None that are known; writing JSON could fail.
pub fn line(entry: &dyn Entry) -> Result<String, serde_json::Error> {
    Ok(format!("{{\"{}\":{}}}\n", entry.kind().word, serde_json::to_string(entry)?))
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Line;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map from field to value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
                let word = map.next_key::<String>()?;
                let word = word.ok_or_else(|| A::Error::custom(format!("expected one of {}", words())))?;
                let line = match word.as_str() {
                    "Settings" => Line::Settings(map.next_value()?),
                    word => Line::Entry(entry(word, &mut map)?),
                };
                match map.next_key::<String>()? {
                    None => Ok(line),
                    Some(other) => Err(A::Error::custom(format!("unexpected field `{other}`: a line has one entry"))),
                }
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

fn entry<'de, A: MapAccess<'de>>(word: &str, map: &mut A) -> Result<Box<dyn Entry>, A::Error> {
    macro_rules! read {
        ($($module:ident::$resource:ident),*) => {
            $(if word == crate::model::$module::KIND.word {
                return Ok(Box::new(map.next_value::<Described<crate::model::$module::$resource>>()?.0));
            })*
        };
    }
    each_kind!(read);
    Err(A::Error::custom(format!("unknown field `{word}`, expected one of {}", words())))
}

fn words() -> String {
    let words: Vec<String> = KINDS.iter().map(|kind| format!("`{}`", kind.word)).collect();
    words.join(", ")
}
