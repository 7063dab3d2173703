//! What is remembered of a request to the cloud plane, and of what else has changed a sandbox: one entry of its journal.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;
use utoipa::ToSchema;

use super::named::NamedIds;
use super::sent::Sent;
use super::time::Time;

/// What an entry tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Happening {
    /// A request to the cloud plane.
    Request,
    /// What policies had due was made.
    CatchUp,
    /// A change by the control plane.
    Control,
}

/// How a request was signed, whether or not anybody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub enum SignatureVersion {
    #[serde(rename = "1.0")]
    V1,
    #[serde(rename = "ACS3")]
    Acs3,
    #[default]
    #[serde(rename = "none")]
    None,
}

/// What became of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum ChangeKind {
    Added,
    Changed,
    Removed,
}

/// A resource that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ChangedResource {
    /// The word of its kind, as in `Snapshot`.
    #[schema(value_type = String)]
    pub kind: CompactString,
    #[schema(value_type = String)]
    pub id: CompactString,
    pub change: ChangeKind,
}

/// How many resources there were and are, where a whole state took the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Replaced {
    pub before: i64,
    pub after: i64,
}

/// Which content of a sandbox a list was read from, and at which of its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Saw {
    pub state_id: i64,
    pub version: i64,
    pub now: Time,
}

/// An entry. Texts that an entry has no use for are empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct JournalEntry {
    /// Its number in the journal of its sandbox, from 1. No number is used twice.
    pub sequence: i64,
    pub kind: Happening,
    /// Real time, with milliseconds: `2026-01-31T12:00:00.123Z`.
    #[schema(value_type = String)]
    pub time: Instant,
    pub sandbox_time: Time,
    #[schema(value_type = String)]
    pub access_key_id: CompactString,
    #[schema(value_type = String)]
    pub user_agent: CompactString,
    /// The HTTP method.
    #[schema(value_type = String)]
    pub method: CompactString,
    pub signature_version: SignatureVersion,
    /// The action; of a change by the control plane its path behind the sandbox, as in `/snapshots/{id}`.
    #[schema(value_type = String)]
    pub action: CompactString,
    pub parameters: Sent,
    /// The HTTP status of the answer; 0 where the connection was cut before any was sent.
    pub status: u16,
    /// Of an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[schema(value_type = String)]
    pub request_id: CompactString,
    pub duration_microseconds: u64,
    /// Of the answer's body.
    pub bytes: u64,
    /// Resources that the answer shows.
    pub seen: i64,
    /// Resources that were changed. With `Replaced`, all that there were and all that there are: they were taken out and put in,
    /// and those that are as they were before are among them.
    pub changed: i64,
    /// The first of those that were seen or changed.
    #[schema(value_type = Vec<String>)]
    pub ids: NamedIds,
    /// The first of those that were changed.
    pub changes: Vec<ChangedResource>,
    /// Of a reset or a restore, where both states are too large to compare them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Replaced>,
    /// The name of the planned fault that it met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// What the client says of how often it has tried before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_attempts: Option<u32>,
    /// The sequence of the first attempt at the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<i64>,
    /// Its number among those attempts, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// The parameters of which only the beginning is kept; `*` for those of which not even the name is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub cut: Vec<CompactString>,
    /// Whether its key belongs to no sandbox: then this is an entry of `default`, and no verification counts it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// What its list was read from, if it is of a request that was answered with one. The store keeps it; nobody is shown it.
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    pub saw: Option<Saw>,
}

impl JournalEntry {
    /// What begins at this moment, of which nothing else is known yet.
    #[must_use]
    pub fn new(kind: Happening, time: Instant, sandbox_time: Time) -> Self {
        Self {
            sequence: 0,
            kind,
            time,
            sandbox_time,
            access_key_id: CompactString::default(),
            user_agent: CompactString::default(),
            method: CompactString::default(),
            signature_version: SignatureVersion::None,
            action: CompactString::default(),
            parameters: Sent::default(),
            status: 0,
            code: None,
            message: None,
            request_id: CompactString::default(),
            duration_microseconds: 0,
            bytes: 0,
            seen: 0,
            changed: 0,
            ids: NamedIds::default(),
            changes: Vec::new(),
            replaced: None,
            fault: None,
            retry_attempts: None,
            chain: None,
            attempt: None,
            cut: Vec::new(),
            unknown: false,
            saw: None,
        }
    }
}

/// A moment of real time, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub i64);

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written())
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.written())
    }
}

impl Instant {
    fn written(self) -> String {
        let time = chrono::DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = chrono::DateTime::parse_from_rfc3339(&text).map_err(serde::de::Error::custom)?;
        Ok(Self(time.timestamp_millis()))
    }
}

impl std::str::FromStr for Instant {
    type Err = super::time::NotATime;

    /// A time of the API, with or without a fraction of its second.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((seconds, fraction)) = text.split_once('.') else {
            return text.parse::<Time>().map(|time| Self(time.0.saturating_mul(1_000)));
        };
        let digits = fraction.strip_suffix('Z').unwrap_or_default();
        if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(super::time::NotATime);
        }
        let time: Time = format!("{seconds}Z").parse()?;
        let milliseconds: i64 = format!("{digits}00").get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        Ok(Self(time.0.saturating_mul(1_000).saturating_add(milliseconds)))
    }
}
