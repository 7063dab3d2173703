//! Maps and lists of a state document: resources, tags and what else is a list, in the forms of replies and in those that
//! people write.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Serializer;
use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer as _, MapAccess, SeqAccess, Visitor,
};

use super::fields::{Text, check_characters};
use super::kind::Resource;
use super::tags::Tag;

/// A structure that is written as a map, and only so: serde would take a list of its fields for it too.
#[derive(Debug, Default)]
struct Map<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map from field to value")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_any(Fields(PhantomData)).map(Self)
    }
}

/// An entry of a document: a map, of which the fields that say nothing about the state are passed over.
#[derive(Debug, Default)]
pub struct Described<R>(pub R);

impl<'de, R: Resource> Deserialize<'de> for Described<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<R>(PhantomData<R>);

        impl<'de, R: Resource> Visitor<'de> for Fields<R> {
            type Value = R;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map from field to value")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<R, A::Error> {
                R::deserialize(MapAccessDeserializer::new(WithoutIgnored { map, ignored: R::KIND.ignored }))
            }
        }

        deserializer.deserialize_any(Fields(PhantomData)).map(Self)
    }
}

struct WithoutIgnored<A> {
    map: A,
    ignored: &'static [&'static str],
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithoutIgnored<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let mut seed = Some(seed);
        while let Some(unused) = seed.take() {
            let peek = Unignored { seed: unused, ignored: self.ignored };
            match self.map.next_key_seed(peek)? {
                Some(Peeked::Read(value)) => return Ok(Some(value)),
                Some(Peeked::Ignored(unused)) => {
                    self.map.next_value::<IgnoredAny>()?;
                    seed = Some(unused);
                }
                None => {}
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads the name of a field while the map still knows that it is being read, so that what is wrong with it is named with its
/// place; unless it is an ignored one.
struct Unignored<K> {
    seed: K,
    ignored: &'static [&'static str],
}

enum Peeked<V, K> {
    Read(V),
    Ignored(K),
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Unignored<K> {
    type Value = Peeked<K::Value, K>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let Name(name) = Name::deserialize(deserializer)?;
        if self.ignored.contains(&&*name) {
            return Ok(Peeked::Ignored(self.seed));
        }
        self.seed.deserialize(name.into_deserializer()).map(Peeked::Read)
    }
}

/// The name of a field, borrowed where the text allows it.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowed;

        impl<'de> Visitor<'de> for Borrowed {
            type Value = Name<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the name of a field")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_identifier(Borrowed)
    }
}

/// The resources of a kind: a list, or a list under their word as replies have it.
pub struct Resources<R>(pub Vec<Described<R>>);

impl<'de, R: Resource> Deserialize<'de> for Resources<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(List { item: R::KIND.word, entries: PhantomData }).map(Self)
    }
}

/// Structures: a list, or a list under this word.
fn maps<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
    item: &'static str,
) -> Result<Vec<T>, D::Error> {
    let entries = deserializer.deserialize_any(List::<Map<T>> { item, entries: PhantomData })?;
    Ok(entries.into_iter().map(|Map(entry)| entry).collect())
}

/// The locks of a disk: a list, or a list under OperationLock as replies have it.
pub fn operation_locks<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    maps(deserializer, "OperationLock")
}

/// The locks of an instance, which replies have under LockReason.
pub fn lock_reasons<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    maps(deserializer, "LockReason")
}

/// The mappings of an image: a list, or a list under DiskDeviceMapping as replies have it.
pub fn disk_device_mappings<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    maps(deserializer, "DiskDeviceMapping")
}

/// Texts: a list of them, or a single one; an empty one is one that was not given.
pub fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct Texts;

    impl<'de> Visitor<'de> for Texts {
        type Value = Vec<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a text or a list of texts")
        }

        fn visit_unit<E: Error>(self) -> Result<Vec<String>, E> {
            Ok(Vec::new())
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
            check_characters(text)?;
            Ok(if text.is_empty() { Vec::new() } else { vec![text.to_owned()] })
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
            let mut texts = Vec::new();
            while let Some(Text(text)) = list.next_element()? {
                check_characters(&text)?;
                texts.push(text);
            }
            texts.retain(|text| !text.is_empty());
            Ok(texts)
        }
    }

    deserializer.deserialize_any(Texts)
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
                Tags.visit_seq(list).map(TagValue::List)
            }
        }

        deserializer.deserialize_any(Value)
    }
}

/// Tags as exports and patches have them.
pub fn tags_as_map<S: Serializer>(tags: &[Tag], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(tags.iter().map(|tag| (&tag.key, &tag.value)))
}
