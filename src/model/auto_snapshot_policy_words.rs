//! The words that fields of an automatic snapshot policy may hold, and what it says of each of its disks.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

use super::fields::{self, Text, check_characters};
use super::lists;
use super::time::Time;

/// Whether it makes snapshots (DescribeAutoSnapshotPolicyEx, Status).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
pub enum PolicyStatus {
    #[default]
    Normal,
    /// It is over, and makes none.
    Expire,
}

/// Whose it is (DescribeAutoSnapshotPolicyEx, Type).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
pub enum PolicyType {
    #[default]
    Custom,
    /// The service's own, which nobody can change.
    System,
}

/// How it finds its disks (CreateAutoSnapshotPolicy, AssociationType).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
pub enum AssociationType {
    /// It is applied to them one by one.
    #[default]
    AssociatedWithDisk,
    /// They are the disks of the instances that have all of its TargetTags.
    AssociatedWithInstanceTag,
}

/// How its copies are encrypted (CreateAutoSnapshotPolicy, CopyEncryptionConfiguration).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct CopyEncryptionConfiguration {
    #[serde(deserialize_with = "fields::or_default", skip_serializing_if = "std::ops::Not::not")]
    pub encrypted: bool,
    #[serde(rename = "KMSKeyId", deserialize_with = "fields::optional_text", skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
}

impl CopyEncryptionConfiguration {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Up to when the points in time of a policy have fired, or were never to: those behind it are due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FiredUntil {
    /// Of each disk that none is named for, if the entry names one time for all.
    pub of_all: Option<Time>,
    /// By DiskId.
    pub of_disks: BTreeMap<String, Time>,
}

impl FiredUntil {
    #[must_use]
    pub fn is_unsaid(&self) -> bool {
        *self == Self::default()
    }
}

impl Serialize for FiredUntil {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.of_all {
            Some(time) if self.of_disks.is_empty() => time.serialize(serializer),
            _ => self.of_disks.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for FiredUntil {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;

        impl<'de> Visitor<'de> for Form {
            type Value = FiredUntil;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a time, or a map from DiskId to time")
            }

            fn visit_unit<E: Error>(self) -> Result<FiredUntil, E> {
                Ok(FiredUntil::default())
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<FiredUntil, E> {
                if text.is_empty() {
                    return Ok(FiredUntil::default());
                }
                let time = text.parse().map_err(E::custom)?;
                Ok(FiredUntil { of_all: Some(time), ..FiredUntil::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FiredUntil, A::Error> {
                let mut of_disks = BTreeMap::new();
                while let Some(disk_id) = map.next_key::<String>()? {
                    check_characters(&disk_id)?;
                    of_disks.insert(disk_id, map.next_value()?);
                }
                Ok(FiredUntil { of_all: None, of_disks })
            }
        }

        deserializer.deserialize_any(Form)
    }
}

/// Numbers of hours or of weekdays as requests and replies have them: a JSON array of texts, as in `["1","22"]`. `None`: it is
/// none, or one of them is not in the range, or there is none. One that is there twice counts once.
#[must_use]
pub fn numbers_of_text(text: &str, range: std::ops::RangeInclusive<u8>) -> Option<Vec<u8>> {
    let items: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    let mut numbers = Vec::with_capacity(items.len().min(32));
    for item in items {
        let number = match item {
            serde_json::Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok()?,
            serde_json::Value::Number(number) => u8::try_from(number.as_u64()?).ok()?,
            _ => return None,
        };
        if !range.contains(&number) {
            return None;
        }
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    Some(numbers).filter(|numbers| !numbers.is_empty())
}

/// A list as replies have it: a JSON array of texts in a text.
#[must_use]
pub fn to_text(items: impl IntoIterator<Item = impl fmt::Display>) -> String {
    let items: Vec<serde_json::Value> = items.into_iter().map(|item| item.to_string().into()).collect();
    serde_json::Value::Array(items).to_string()
}

/// The hours of a day at which it fires.
pub const HOURS: std::ops::RangeInclusive<u8> = 0..=23;
/// The days of a week on which it fires; Monday is 1.
pub const WEEKDAYS: std::ops::RangeInclusive<u8> = 1..=7;

pub fn hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    deserializer.deserialize_any(Numbers { range: HOURS, expected: "a list of hours from 0 to 23" })
}

pub fn weekdays<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    deserializer.deserialize_any(Numbers { range: WEEKDAYS, expected: "a list of weekdays from 1 to 7" })
}

struct Numbers {
    range: std::ops::RangeInclusive<u8>,
    expected: &'static str,
}

impl<'de> Visitor<'de> for Numbers {
    type Value = Vec<u8>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_unit<E: Error>(self) -> Result<Vec<u8>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
        // What a reply says of a policy without any.
        if text.is_empty() || text == "[]" {
            return Ok(Vec::new());
        }
        numbers_of_text(text, self.range.clone())
            .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u8>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element::<serde_json::Value>()? {
            items.push(item);
        }
        self.visit_str(&serde_json::Value::Array(items).to_string())
    }
}

/// Regions: a list of texts, or the API's text, which is such a list in JSON.
pub fn regions<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = lists::texts(deserializer)?;
    match texts.as_slice() {
        [text] if text.starts_with('[') => {
            let items: Vec<Text> = serde_json::from_str(text).map_err(D::Error::custom)?;
            Ok(items.into_iter().map(|Text(text)| text).filter(|text| !text.is_empty()).collect())
        }
        _ => Ok(texts),
    }
}

/// A number of days: -1 for ever, or 1 to 65536; for ever, if it is left out.
pub fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    struct Days;

    impl Visitor<'_> for Days {
        type Value = i32;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("-1 or a number of days from 1 to 65536")
        }

        fn visit_unit<E: Error>(self) -> Result<i32, E> {
            Ok(FOR_EVER)
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<i32, E> {
            let days = i32::try_from(number).ok().filter(|days| *days == FOR_EVER || (1..=65_536).contains(days));
            days.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Signed(number), &self))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<i32, E> {
            self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<i32, E> {
            match text.parse() {
                _ if text.is_empty() => Ok(FOR_EVER),
                Ok(number) => self.visit_i64(number),
                Err(_) => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
            }
        }
    }

    deserializer.deserialize_any(Days)
}

/// The retention of what is kept until somebody deletes it.
pub const FOR_EVER: i32 = -1;
