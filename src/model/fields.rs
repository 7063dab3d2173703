//! How single fields of a state document are written: more than one way where replies, YAML and people differ.
//!
//! [`resource`] gives each field of a structure the way of its type, so that a plain field needs no more than its line.

use std::fmt;
use std::marker::PhantomData;

use serde::Serializer;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer as _, Unexpected, Visitor};

use super::time::Time;

/// Declares a kind of resource: one structure that is the entry of a document, the body of a row, and their schema. Every
/// field may be left out; an empty text and null are fields that were left out. Fields that are read in a way of their own
/// say so themselves.
macro_rules! resource {
    ($(#[$attribute:meta])* pub struct $name:ident { $($fields:tt)* }) => {
        #[serde_with::apply(
            String => #[serde(deserialize_with = "crate::model::fields::text", skip_serializing_if = "String::is_empty")]
                #[schema(value_type = Option<String>)],
            Option<String> =>
                #[serde(deserialize_with = "crate::model::fields::optional_text", skip_serializing_if = "Option::is_none")],
            Time => #[serde(deserialize_with = "crate::model::fields::or_default", skip_serializing_if = "Time::is_unsaid")]
                #[schema(value_type = Option<Time>)],
            Option<Time> =>
                #[serde(deserialize_with = "crate::model::fields::unless_empty", skip_serializing_if = "Option::is_none")],
            bool => #[serde(deserialize_with = "crate::model::fields::or_default")]
                #[schema(schema_with = crate::model::schemas::boolean)],
            Option<bool> =>
                #[serde(deserialize_with = "crate::model::fields::unless_empty", skip_serializing_if = "Option::is_none")]
                #[schema(schema_with = crate::model::schemas::boolean)],
            Option<i32> =>
                #[serde(deserialize_with = "crate::model::fields::integer", skip_serializing_if = "Option::is_none")]
                #[schema(schema_with = crate::model::schemas::integer)],
            Option<i64> =>
                #[serde(deserialize_with = "crate::model::fields::long", skip_serializing_if = "Option::is_none")]
                #[schema(schema_with = crate::model::schemas::long)],
            Vec<Tag> => #[serde(
                deserialize_with = "crate::model::tag_lists::read",
                serialize_with = "crate::model::tag_lists::as_map",
                skip_serializing_if = "Vec::is_empty"
            )] #[schema(schema_with = crate::model::schemas::tags)],
        )]
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
        pub struct $name { $($fields)* }
    };
}
pub(crate) use resource;

/// As [`optional_text`], where an empty text stands for none.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    optional_text(deserializer).map(Option::unwrap_or_default)
}

/// A text; an empty one is one that was not given. Characters that XML 1.0 cannot carry are refused, since no reply could
/// show them.
pub fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<Text>::deserialize(deserializer)?.map(|Text(text)| text).filter(|text| !text.is_empty());
    if let Some(text) = &text {
        check_characters(text)?;
    }
    Ok(text)
}

/// A text that must be there and say something.
pub fn required_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let Text(text) = Text::deserialize(deserializer)?;
    if text.is_empty() {
        return Err(D::Error::invalid_value(Unexpected::Str(""), &"a text that is not empty"));
    }
    check_characters(&text)?;
    Ok(text)
}

/// A text that is written as one: in YAML, numbers and booleans are not, unless they are quoted.
#[derive(Debug, Default)]
pub struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Quoted;

        impl Visitor<'_> for Quoted {
            type Value = Text;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text (numbers, dates and booleans need quotes)")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
        }

        deserializer.deserialize_any(Quoted)
    }
}

/// Whether XML 1.0 has no way to write a character, escaped or not.
#[must_use]
pub fn is_forbidden_in_xml(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

pub fn check_characters<E: Error>(text: &str) -> Result<(), E> {
    match text.chars().find(|&character| is_forbidden_in_xml(character)) {
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

/// As [`unless_empty`], where the default stands for none.
pub fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    unless_empty(deserializer).map(Option::unwrap_or_default)
}

/// As [`unless_empty`], where `true` stands for none.
pub fn or_true<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    unless_empty(deserializer).map(|flag| flag.unwrap_or(true))
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
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    let maximum = i64::from(i32::MAX);
    let number =
        deserializer.deserialize_any(Number { maximum, unit: "", expected: "a whole number from 0 to 2147483647" })?;
    Ok(number.and_then(|number| i32::try_from(number).ok()))
}

/// As [`integer`], where `DEFAULT` stands for none.
pub fn integer_or<'de, D: Deserializer<'de>, const DEFAULT: i32>(deserializer: D) -> Result<i32, D::Error> {
    integer(deserializer).map(|number| number.unwrap_or(DEFAULT))
}

/// As [`integer`], up to what 64 bits hold.
pub fn long<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let maximum = i64::MAX;
    deserializer.deserialize_any(Number { maximum, unit: "", expected: "a whole number from 0 to 9223372036854775807" })
}

/// A time as columns hold it.
pub fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
    Ok(Option::<i64>::deserialize(deserializer)?.map(Time))
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

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        // JSON has one kind of numbers: 5.0 is 5.
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
        let whole = number as i64;
        #[allow(clippy::cast_precision_loss, clippy::float_cmp)]
        if whole as f64 == number {
            self.visit_i64(whole)
        } else {
            Err(E::invalid_value(Unexpected::Float(number), &self))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let digits = text.strip_suffix(self.unit).unwrap_or(text);
        // Parsing would take a plus sign, too.
        let digits = if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits } else { "" };
        match digits.parse() {
            _ if text.is_empty() => Ok(None),
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

/// `system` or `data`, in any case; the spelling is kept.
pub fn disk_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    one_of(deserializer, &["system", "data"], "system or data")
}

/// `standard`, `flash` or `archive`, in any case; the spelling is kept.
pub fn category<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    one_of(deserializer, &["standard", "flash", "archive"], "standard, flash or archive")
}

fn one_of<'de, D: Deserializer<'de>>(
    deserializer: D,
    values: &[&str],
    expected: &'static str,
) -> Result<String, D::Error> {
    let text = text(deserializer)?;
    match &*text {
        text if !text.is_empty() && !values.iter().any(|value| value.eq_ignore_ascii_case(text)) => {
            Err(D::Error::invalid_value(Unexpected::Str(text), &expected))
        }
        _ => Ok(text),
    }
}

/// A percentage as replies have it.
#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub fn with_percent_sign<S: Serializer>(percent: &Option<u8>, serializer: S) -> Result<S::Ok, S::Error> {
    match percent {
        Some(percent) => serializer.collect_str(&format_args!("{percent}%")),
        None => serializer.serialize_none(),
    }
}
