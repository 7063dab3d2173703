//! Tags of a resource in a state document, in the forms of replies and in those that people write.

use std::fmt;

use serde::Serializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::fields::{Text, check_characters};
use super::lists::Map;
use super::tags::Tag;

/// Tags: a map from key to value, a list of `{TagKey, TagValue}`, or such a list under `Tag` as replies have it.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Tag>, D::Error> {
    read_under(deserializer, "Tag")
}

/// As [`read`], of the tags that a policy goes by, which replies have under `TargetTag`.
pub fn read_targets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Tag>, D::Error> {
    read_under(deserializer, "TargetTag")
}

fn read_under<'de, D: Deserializer<'de>>(deserializer: D, word: &'static str) -> Result<Vec<Tag>, D::Error> {
    let mut tags = deserializer.deserialize_any(Tags { word })?;
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

struct Tags {
    /// What replies have the list under.
    word: &'static str,
}

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
        while let Some(Map(TagEntry { key: Text(key), value })) = list.next_element()? {
            tags.push(Tag { key, value: value.unwrap_or_default().0 });
        }
        Ok(tags)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut tags = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match map.next_value()? {
                TagValue::Text(value) => tags.push(Tag { key, value }),
                TagValue::List(list) if key == self.word => tags.extend(list),
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
    key: Text,
    #[serde(rename = "TagValue", alias = "Value", default)]
    value: Option<Text>,
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
                Tags { word: "" }.visit_seq(list).map(TagValue::List)
            }
        }

        deserializer.deserialize_any(Value)
    }
}

/// Tags as exports and patches have them.
pub fn as_map<S: Serializer>(tags: &[Tag], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(tags.iter().map(|tag| (&tag.key, &tag.value)))
}
