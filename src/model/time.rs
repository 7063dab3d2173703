//! Points in time as the API writes them: UTC, whole seconds.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// Seconds since 1970-01-01T00:00:00Z.
///
/// Written as `yyyy-MM-ddTHH:mm:ssZ`; read in that form or without the seconds, the two forms that the API documents
/// (DescribeSnapshots, Filter.N.Value and CreationTime). Years run from 0000 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, pattern = r"^(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z)?$", example = "2014-07-24T13:00:52Z")]
pub struct Time(pub i64);

/// The text is not a time in one of the two documented forms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time in UTC such as 2014-07-24T13:00:52Z or 2014-07-24T13:00Z")]
pub struct NotATime;

impl Default for Time {
    /// [`Time::UNSAID`].
    fn default() -> Self {
        Self::UNSAID
    }
}

impl Time {
    /// Stands in an entry of a document that names no time, until now is put in its place. Nothing that is stored has it.
    pub const UNSAID: Self = Self(i64::MIN);

    /// Whether nobody has named it.
    #[must_use]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub fn is_unsaid(&self) -> bool {
        *self == Self::UNSAID
    }

    /// The first second that the API can write, and the last.
    pub const FIRST: i64 = -62_167_219_200;
    pub const LAST: i64 = 253_402_300_799;

    /// As the API writes times of instances and disks that it shows to the minute: `yyyy-MM-ddTHH:mmZ`.
    #[must_use]
    pub fn to_the_minute(self) -> String {
        let mut text = self.to_string();
        text.replace_range("yyyy-MM-ddTHH:mm".len().., "Z");
        text
    }

    /// This time `seconds` later, as far as that can be written.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds).clamp(Self::FIRST, Self::LAST))
    }
}

impl FromStr for Time {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        const WITH_SECONDS: usize = "yyyy-MM-ddTHH:mm:ssZ".len();
        const WITHOUT_SECONDS: usize = "yyyy-MM-ddTHH:mmZ".len();
        let bytes = text.as_bytes();
        if !text.is_ascii() || bytes.get(10) != Some(&b'T') || bytes.last() != Some(&b'Z') {
            return Err(NotATime);
        }
        let parsed = match text.len() {
            WITH_SECONDS => DateTime::parse_from_rfc3339(text),
            WITHOUT_SECONDS => DateTime::parse_from_rfc3339(&format!("{}:00Z", &text[..WITHOUT_SECONDS - 1])),
            _ => return Err(NotATime),
        };
        parsed.map(|time| Self(time.timestamp())).map_err(|_| NotATime)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only times that were parsed or taken from the clock exist, so the fallback is never seen.
        let time = DateTime::from_timestamp(self.0, 0).unwrap_or(DateTime::UNIX_EPOCH);
        formatter.write_str(&time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(|_| {
            de::Error::invalid_value(
                de::Unexpected::Str(&text),
                &"a time in UTC such as 2014-07-24T13:00:52Z or 2014-07-24T13:00Z",
            )
        })
    }
}
