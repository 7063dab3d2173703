//! Settings of a sandbox: how the emulated service behaves there.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

use super::schemas;

/// How long something takes, by the sandbox's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duration {
    /// Seconds; 0 is at once.
    Seconds(i32),
    Never,
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seconds(seconds) => serializer.serialize_i32(*seconds),
            Self::Never => serializer.serialize_str("never"),
        }
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seconds;

        impl Visitor<'_> for Seconds {
            type Value = Duration;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a whole number of seconds from 0 to 2147483647, or \"never\"")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Duration, E> {
                let seconds = i32::try_from(number).ok().filter(|seconds| *seconds >= 0);
                seconds
                    .map(Duration::Seconds)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Signed(number), &self))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Duration, E> {
                self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Duration, E> {
                match word {
                    "never" => Ok(Duration::Never),
                    other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
                }
            }
        }

        deserializer.deserialize_any(Seconds)
    }
}

/// What becomes of a request to delete what is not there. The documentation says both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownOnDelete {
    /// The error row of the action's table.
    #[default]
    Error,
    /// Success, as the action's text has it.
    Ignore,
}

/// Which tags a snapshot gets that a policy makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AutomaticSnapshotTags {
    #[default]
    None,
    /// Those of the policy.
    Policy,
    /// Those of the disk.
    Disk,
}

/// All settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct Settings {
    /// How long making a snapshot takes by the sandbox's clock: seconds, or `never`.
    #[schema(schema_with = schemas::duration)]
    pub snapshot_seconds: Duration,
    /// How long copying one takes; `None`: as long as making one.
    #[schema(schema_with = schemas::optional_duration)]
    pub copy_seconds: Option<Duration>,
    /// How long making an image takes.
    #[schema(schema_with = schemas::duration)]
    pub image_seconds: Duration,
    /// So many creations to come end failed.
    #[serde(deserialize_with = "count")]
    #[schema(minimum = 0)]
    pub fail_next_snapshots: i32,
    pub unknown_on_delete: UnknownOnDelete,
    /// How many snapshots a disk may have that nobody made automatically.
    #[serde(deserialize_with = "count")]
    #[schema(minimum = 0)]
    pub manual_snapshots_per_disk: i32,
    /// How many automatic snapshots a disk may have: the oldest goes for a new one.
    #[serde(deserialize_with = "count")]
    #[schema(minimum = 0)]
    pub automatic_snapshots_per_disk: i32,
    /// How many automatic snapshot policies may be applied to a disk.
    #[serde(deserialize_with = "count")]
    #[schema(minimum = 0)]
    pub policies_per_disk: i32,
    /// How many automatic snapshot policies a region may have.
    #[serde(deserialize_with = "count")]
    #[schema(minimum = 0)]
    pub policies_per_region: i32,
    pub automatic_snapshot_tags: AutomaticSnapshotTags,
    /// Hours, weekdays and dates of automatic snapshot policies are those of UTC plus so many hours.
    #[serde(deserialize_with = "utc_offset_hours")]
    #[schema(minimum = -12, maximum = 14)]
    pub policy_utc_offset_hours: i32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            snapshot_seconds: Duration::Seconds(2),
            copy_seconds: None,
            image_seconds: Duration::Seconds(0),
            fail_next_snapshots: 0,
            unknown_on_delete: UnknownOnDelete::Error,
            manual_snapshots_per_disk: 256,
            automatic_snapshots_per_disk: 1_000,
            policies_per_disk: 10,
            policies_per_region: 100,
            automatic_snapshot_tags: AutomaticSnapshotTags::None,
            policy_utc_offset_hours: 8,
        }
    }
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let count = i32::deserialize(deserializer)?;
    if count < 0 {
        return Err(D::Error::invalid_value(serde::de::Unexpected::Signed(count.into()), &"a whole number from 0"));
    }
    Ok(count)
}

/// The clocks of the world are that far from UTC at most.
fn utc_offset_hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let hours = i32::deserialize(deserializer)?;
    if !(-12..=14).contains(&hours) {
        let unexpected = serde::de::Unexpected::Signed(hours.into());
        return Err(D::Error::invalid_value(unexpected, &"a whole number of hours from -12 to 14"));
    }
    Ok(hours)
}

/// A JSON merge patch of [`Settings`]: names that it has are set, null brings the default back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct SettingsPatch(serde_json::Map<String, serde_json::Value>);

impl<'de> Deserialize<'de> for SettingsPatch {
    /// Each value is read as the setting is, while its name is known, so that what is wrong is named with its place.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = SettingsPatch;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map from setting to value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SettingsPatch, A::Error> {
                let mut patch = SettingsPatch::default();
                while let Some(name) = map.next_key_seed(Name)? {
                    let value = map.next_value_seed(Setting(&name))?;
                    patch.0.insert(name, value);
                }
                Ok(patch)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// The name of a setting.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = serde_json::to_value(Settings::default()).unwrap_or_default();
        match known.as_object() {
            Some(known) if !known.contains_key(&name) => {
                let known: Vec<String> = known.keys().map(|known| format!("`{known}`")).collect();
                Err(D::Error::custom(format!("unknown field `{name}`, expected one of {}", known.join(", "))))
            }
            _ => Ok(name),
        }
    }
}

/// The value of the setting of this name.
struct Setting<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Setting<'_> {
    type Value = serde_json::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<serde_json::Value, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        if !value.is_null() {
            let one = serde_json::Value::Object([(self.0.to_owned(), value.clone())].into_iter().collect());
            serde_json::from_value::<Settings>(one).map_err(D::Error::custom)?;
        }
        Ok(value)
    }
}

impl SettingsPatch {
    /// Both, the other one last.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Settings {
    /// How long copying a snapshot takes.
    #[must_use]
    pub fn copy_seconds(self) -> Duration {
        self.copy_seconds.unwrap_or(self.snapshot_seconds)
    }

    /// These settings with everything said that follows from another one.
    #[must_use]
    pub fn in_full(self) -> Self {
        Self { copy_seconds: Some(self.copy_seconds()), ..self }
    }

    /// These settings with those that the patch names.
    #[must_use]
    pub fn patched(self, patch: &SettingsPatch) -> Self {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        json_patch::merge(&mut value, &serde_json::Value::Object(patch.0.clone()));
        // The patch was read as settings, and so is what comes of it.
        serde_json::from_value(value).unwrap_or(self)
    }

    /// A patch that makes these settings of the default ones.
    #[must_use]
    pub fn changes(self) -> SettingsPatch {
        let (own, default) = (serde_json::to_value(self), serde_json::to_value(Self::default()));
        let (Ok(serde_json::Value::Object(own)), Ok(default)) = (own, default) else { return SettingsPatch::default() };
        SettingsPatch(own.into_iter().filter(|(name, value)| default.get(name) != Some(value)).collect())
    }
}
