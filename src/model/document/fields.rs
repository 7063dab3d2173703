//! How single fields of a state document are written: more than one way where replies, YAML and people differ.

use std::fmt;
use std::marker::PhantomData;

use serde::Serializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, IntoDeserializer as _, Unexpected, Visitor};

/// A text; an empty one is one that was not given. Characters that XML 1.0 cannot carry are refused, since no reply could
/// show them.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<Text>::deserialize(deserializer)?.map(|Text(text)| text).filter(|text| !text.is_empty());
    if let Some(text) = &text {
        check_characters(text)?;
    }
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

pub fn check_characters<E: Error>(text: &str) -> Result<(), E> {
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

/// What is read and says nothing; exports leave it out.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Ignored(IgnoredAny);

impl Ignored {
    #[allow(clippy::unused_self, clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub fn always(&self) -> bool {
        true
    }
}

impl serde::Serialize for Ignored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
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
