//! How single fields of a state document are written: more than one way where replies, YAML and people differ.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, Deserializer, Error, IgnoredAny, IntoDeserializer as _, MapAccess, SeqAccess, Unexpected, Visitor,
};

use serde::Serializer;
use serde_json::json;
use utoipa::openapi::Schema;

use super::SnapshotEntry;
use crate::model::snapshot::Tag;

/// A text; an empty one is one that was not given. Characters that XML 1.0 cannot carry are refused, since no reply could
/// show them.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty());
    if let Some(text) = &text {
        check_characters(text)?;
    }
    Ok(text)
}

fn check_characters<E: Error>(text: &str) -> Result<(), E> {
    let is_forbidden = |character: char| matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    match text.chars().find(|&character| is_forbidden(character)) {
        None => Ok(()),
        Some(character) => {
            let code = u32::from(character);
            Err(E::custom(format!("{text:?} holds the character U+{code:04X}, which no reply can carry")))
        }
    }
}

/// A time, a word or a boolean; an empty text is one that was not given.
pub fn unless_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(UnlessEmpty(PhantomData))
}

struct UnlessEmpty<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for UnlessEmpty<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a single value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() { Ok(None) } else { T::deserialize(text.to_owned().into_deserializer()).map(Some) }
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(Some)
    }
}

/// A count or a size: a number or a number in quotes, 0 to 2147483647.
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let maximum = i64::from(i32::MAX);
    deserializer.deserialize_any(Number { maximum, unit: "", expected: "a whole number from 0 to 2147483647" })
}

/// As [`integer`], up to what 64 bits hold.
pub fn long<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let maximum = i64::MAX;
    deserializer.deserialize_any(Number { maximum, unit: "", expected: "a whole number from 0 to 9223372036854775807" })
}

/// `37%`, `37` or 37.
pub fn percentage<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    let percent =
        deserializer.deserialize_any(Number { maximum: 100, unit: "%", expected: "a percentage from 0% to 100%" })?;
    Ok(percent.and_then(|percent| u8::try_from(percent).ok()))
}

struct Number {
    maximum: i64,
    /// May follow the digits of a text.
    unit: &'static str,
    expected: &'static str,
}

impl Visitor<'_> for Number {
    type Value = Option<i64>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        if (0..=self.maximum).contains(&number) {
            Ok(Some(number))
        } else {
            Err(E::invalid_value(Unexpected::Signed(number), &self))
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        i64::try_from(number)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
            .and_then(|number| self.visit_i64(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        match text.strip_suffix(self.unit).unwrap_or(text).parse() {
            _ if text.is_empty() => Ok(None),
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

/// `system` or `data`, in any case; the spelling is kept.
pub fn source_disk_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    one_of(deserializer, &["system", "data"], "system or data")
}

/// `standard`, `flash` or `archive`, in any case; the spelling is kept.
pub fn category<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    one_of(deserializer, &["standard", "flash", "archive"], "standard, flash or archive")
}

fn one_of<'de, D: Deserializer<'de>>(
    deserializer: D,
    values: &[&str],
    expected: &'static str,
) -> Result<Option<String>, D::Error> {
    let text = text(deserializer)?;
    match &text {
        Some(text) if !values.iter().any(|value| value.eq_ignore_ascii_case(text)) => {
            Err(D::Error::invalid_value(Unexpected::Str(text), &expected))
        }
        _ => Ok(text),
    }
}

/// A structure that is written as a map, and only so: serde would take a list of its fields for it too. Nothing at all is
/// a structure that says nothing.
#[derive(Debug, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Map<T>(pub T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Fields<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map from field to value")
            }

            fn visit_unit<E: Error>(self) -> Result<T, E> {
                Ok(T::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_any(Fields(PhantomData)).map(Self)
    }
}

/// The snapshots: a list, or a list under `Snapshot` as replies have it.
pub fn snapshots<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Map<SnapshotEntry>>, D::Error> {
    deserializer.deserialize_any(List { item: "Snapshot", entries: PhantomData })
}

struct List<T> {
    item: &'static str,
    entries: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list, or a list under {}", self.item)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element()? {
            entries.push(entry);
        }
        Ok(entries)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != self.item {
                return Err(A::Error::custom(format!("unexpected field `{key}`, expected `{}`", self.item)));
            }
            if entries.is_some() {
                return Err(A::Error::custom(format!("the field `{key}` is there twice")));
            }
            entries = Some(map.next_value::<Option<_>>()?.unwrap_or_default());
        }
        Ok(entries.unwrap_or_default())
    }
}

/// Tags: a map from key to value, a list of `{TagKey, TagValue}`, or such a list under `Tag` as replies have it.
pub fn tags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Tag>, D::Error> {
    let mut tags = deserializer.deserialize_any(Tags)?;
    for tag in &tags {
        if tag.key.is_empty() {
            return Err(D::Error::custom("a tag key must not be empty"));
        }
        check_characters(&tag.key)?;
        check_characters(&tag.value)?;
    }
    tags.sort_by(|left, right| left.key.cmp(&right.key));
    match tags.windows(2).find(|pair| pair[0].key == pair[1].key) {
        Some(pair) => Err(D::Error::custom(format!("the tag key {:?} is there twice", pair[0].key))),
        None => Ok(tags),
    }
}

struct Tags;

impl<'de> Visitor<'de> for Tags {
    type Value = Vec<Tag>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map from tag key to tag value, or a list of TagKey and TagValue")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut tags = Vec::new();
        while let Some(Map(TagEntry { key, value })) = list.next_element()? {
            tags.push(Tag { key, value: value.unwrap_or_default() });
        }
        Ok(tags)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut tags = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match map.next_value()? {
                TagValue::Text(value) => tags.push(Tag { key, value }),
                TagValue::List(list) if key == "Tag" => tags.extend(list),
                TagValue::List(_) => return Err(A::Error::custom(format!("the value of the tag {key:?} is a list"))),
            }
        }
        Ok(tags)
    }
}

#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TagEntry {
    #[serde(rename = "TagKey", alias = "Key")]
    key: String,
    #[serde(rename = "TagValue", alias = "Value", default)]
    value: Option<String>,
}

enum TagValue {
    Text(String),
    List(Vec<Tag>),
}

impl<'de> Deserialize<'de> for TagValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;

        impl<'de> Visitor<'de> for Value {
            type Value = TagValue;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text (numbers, dates and booleans need quotes)")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<TagValue, E> {
                Ok(TagValue::Text(text.to_owned()))
            }

            fn visit_unit<E: Error>(self) -> Result<TagValue, E> {
                Ok(TagValue::List(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<TagValue, A::Error> {
                Tags.visit_seq(list).map(TagValue::List)
            }
        }

        deserializer.deserialize_any(Value)
    }
}

/// Whether to leave out of an export what is read and then ignored.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub fn always(_: &IgnoredAny) -> bool {
    true
}

/// Tags as exports and patches have them.
pub fn tags_as_map<S: Serializer>(tags: &[Tag], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(tags.iter().map(|tag| (&tag.key, &tag.value)))
}

/// A percentage as replies have it.
#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub fn with_percent_sign<S: Serializer>(percent: &Option<u8>, serializer: S) -> Result<S::Ok, S::Error> {
    match percent {
        Some(percent) => serializer.collect_str(&format_args!("{percent}%")),
        None => serializer.serialize_none(),
    }
}

// What the schema of the document says of fields that are read in more than one form.

fn schema(value: serde_json::Value) -> Schema {
    // Each is written below and read by a test.
    serde_json::from_value(value).unwrap_or_default()
}

pub fn integer_schema() -> Schema {
    schema(json!({"type": ["integer", "string", "null"], "minimum": 0, "maximum": i32::MAX, "pattern": "^[0-9]*$"}))
}

pub fn long_schema() -> Schema {
    schema(json!({"type": ["integer", "string", "null"], "minimum": 0, "maximum": i64::MAX, "pattern": "^[0-9]*$"}))
}

pub fn percentage_schema() -> Schema {
    let pattern = "^(([0-9]|[1-9][0-9]|100)%?)?$";
    schema(json!({"type": ["integer", "string", "null"], "minimum": 0, "maximum": 100, "pattern": pattern}))
}

pub fn tags_schema() -> Schema {
    let tag = json!({
        "type": "object",
        "properties": {
            "TagKey": {"type": "string", "minLength": 1},
            "TagValue": {"type": "string"},
        },
        "required": ["TagKey"],
        "additionalProperties": false,
    });
    let map = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let list = json!({"type": "array", "items": tag});
    let wrapped = json!({"type": "object", "properties": {"Tag": list}, "required": ["Tag"]});
    schema(json!({"oneOf": [map, list, wrapped, {"type": "null"}]}))
}

pub fn snapshots_schema() -> Schema {
    let list = json!({"type": "array", "items": {"$ref": "#/components/schemas/SnapshotEntry"}});
    let wrapped = json!({"type": "object", "properties": {"Snapshot": list}, "additionalProperties": false});
    schema(json!({"oneOf": [list, wrapped, {"type": "null"}]}))
}
