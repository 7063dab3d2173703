//! Maps and lists of a state document: resources and what they consist of, in the forms of replies and in those that people
//! write. Tags have a file of their own.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer as _, MapAccess, SeqAccess, Visitor,
};

use super::fields::{Text, check_characters};
use super::kind::Resource;

/// A structure that is written as a map, and only so: serde would take a list of its fields for it too.
#[derive(Debug, Default)]
pub(super) struct Map<T>(pub T);

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

/// A structure that is written as a map, or none.
pub fn map<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Option::<Map<T>>::deserialize(deserializer)?.map(|Map(value)| value))
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

/// A map without these fields.
pub(super) struct WithoutIgnored<A> {
    pub map: A,
    pub ignored: &'static [&'static str],
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

/// Structures: a list, or a list under this word.
pub(super) fn maps<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
    item: &'static str,
) -> Result<Vec<T>, D::Error> {
    let mut entries = Vec::new();
    let take = |Map(entry)| {
        entries.push(entry);
        Ok::<_, Infallible>(())
    };
    List::new(item, take).deserialize(deserializer)?;
    Ok(entries)
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

/// A structure in a field; null is one that was not given.
pub fn map_or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<Map<T>>::deserialize(deserializer)?.map(|Map(structure)| structure).unwrap_or_default())
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

/// A list, or a list under a word as replies have it. `take` gets each item once it is read, so that no more of them are in
/// memory than it keeps.
pub struct List<T, F> {
    word: &'static str,
    items: Items<T, F>,
}

impl<T, F> List<T, F> {
    pub fn new(word: &'static str, take: F) -> Self {
        Self { word, items: Items { take, item: PhantomData } }
    }
}

impl<'de, T, F, E> DeserializeSeed<'de> for List<T, F>
where
    T: Deserialize<'de>,
    F: FnMut(T) -> Result<(), E>,
    E: fmt::Display,
{
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T, F, E> Visitor<'de> for List<T, F>
where
    T: Deserialize<'de>,
    F: FnMut(T) -> Result<(), E>,
    E: fmt::Display,
{
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list, or a list under {}", self.word)
    }

    fn visit_unit<C: Error>(self) -> Result<(), C> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, list: A) -> Result<(), A::Error> {
        (&mut self.items).visit_seq(list)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut is_read = false;
        while let Some(key) = map.next_key::<String>()? {
            if key != self.word {
                return Err(A::Error::custom(format!("unexpected field `{key}`, expected `{}`", self.word)));
            }
            if is_read {
                return Err(A::Error::custom(format!("the field `{key}` is there twice")));
            }
            map.next_value_seed(&mut self.items)?;
            is_read = true;
        }
        Ok(())
    }
}

struct Items<T, F> {
    take: F,
    item: PhantomData<T>,
}

impl<'de, T, F, E> DeserializeSeed<'de> for &mut Items<T, F>
where
    T: Deserialize<'de>,
    F: FnMut(T) -> Result<(), E>,
    E: fmt::Display,
{
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T, F, E> Visitor<'de> for &mut Items<T, F>
where
    T: Deserialize<'de>,
    F: FnMut(T) -> Result<(), E>,
    E: fmt::Display,
{
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_unit<C: Error>(self) -> Result<(), C> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(item) = list.next_element()? {
            (self.take)(item).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
