//! Planned faults: which requests are to go wrong, how, and how often they have. What may be planned is in `checking`, which
//! requests are hit in `deciding`.

mod checking;
mod deciding;
mod matching;
mod naming;
pub mod templates;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use utoipa::ToSchema;

use super::cut::Cut;
use super::journal_entry::Instant;
use super::time::Time;
pub use checking::{Catalogue, DocumentedRow};
pub use deciding::{Asked, Moments, meet};

/// Planned faults of a sandbox at most.
pub const LIMIT: usize = 100;

/// Bytes of the planned faults of a sandbox at most, as JSON: all of them are in memory, and each checkpoint holds them.
pub const ROOM: usize = 2 * 1024 * 1024;

/// What a throttled call is answered, unless another code is planned.
pub const THROTTLING_USER: DocumentedRow =
    DocumentedRow { status: 400, code: "Throttling.User", message: "Request was denied due to user flow control." };

/// What any call may be answered that comes too often: clients go by both codes, and tables of errors have the second one for some
/// actions only, perhaps with another text.
pub const THROTTLED: [DocumentedRow; 2] = [
    THROTTLING_USER,
    DocumentedRow { status: 400, code: "Throttling", message: "Request was denied due to request throttling." },
];

/// What somebody plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Plan {
    /// 1 to 64 letters, digits, dots, underscores and hyphens; `fault-1` and so on, if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(rename = "Match")]
    pub matching: Match,
    /// So many matches pass before the first hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub after: Option<i64>,
    /// Hits at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub times: Option<i64>,
    /// How likely a match is a hit. Which matches are, follows from the seed and the number of the match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1)]
    pub probability: Option<f64>,
    /// What chance follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// How long it lasts, in real seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub ttl_seconds: Option<i64>,
    #[serde(default)]
    pub when: When,
    pub effect: Effect,
}

/// Which requests a fault is about: those of which all is true that is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Match {
    /// The name of an action, or its beginning and `*`.
    #[schema(example = "Describe*")]
    pub action: String,
    /// The value of the parameter RegionId.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// Names, in any case, with their values. Null: it is not there, or has no value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Option<String>>,
}

/// When the effect sets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// In place of the action, or ahead of it, where the effect is a delay and nothing else.
    #[default]
    Before,
    /// Once the action is carried out, whether it succeeds or not.
    After,
}

/// What becomes of a request: one of these, or a delay, or both.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Effect {
    /// The code of an error of the action's table, or of one that all actions have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// With a code: which of its rows. With Message, too, any code is permitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 400, maximum = 599)]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling: Option<Throttling>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<Quota>,
    /// What becomes of the answer on its way. With `before` that is the answer of a server that is not available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Cut>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<Delay>,
}

/// The call is denied, since there are too many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Throttling {
    /// `Throttling.User`, if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When to try again, as the header `x-acs-retry-after` says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub retry_after_ms: Option<i64>,
}

/// Calls beyond so many are denied, by the sandbox's clock. A window begins with the first call that falls into none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Quota {
    /// Calls of a window that are let through.
    #[schema(minimum = 0)]
    pub limit: i64,
    #[schema(minimum = 1)]
    pub window_seconds: i64,
    /// As of [`Throttling`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub retry_after_ms: Option<i64>,
}

/// What [`Throttling`] and [`Quota`] both say.
#[derive(Debug, Clone, Copy)]
struct Denial<'a> {
    code: Option<&'a str>,
    retry_after_ms: Option<i64>,
}

/// An answer, word for word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Reply {
    /// 200, if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 200, maximum = 599)]
    pub status: Option<u16>,
    /// An object, which is written in the format that the request asks for and with the request's id, or a text, which is sent
    /// as it is.
    #[schema(value_type = Object)]
    pub body: Value,
}

/// Milliseconds by which an answer is late.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "expected milliseconds, {\"Min\", \"Max\"} or {\"Median\", \"Sigma\", \"Max\"}")]
pub enum Delay {
    Fixed(i64),
    Uniform(Uniform),
    LogNormal(LogNormal),
}

/// Each as likely as the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Uniform {
    pub min: i64,
    pub max: i64,
}

/// Most near the median, few far beyond, none beyond the maximum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct LogNormal {
    pub median: i64,
    /// The standard deviation of the logarithm.
    pub sigma: f64,
    pub max: i64,
}

/// A planned fault, and what has become of it so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PlannedFault {
    pub name: String,
    /// Shared: it never changes, and may hold a long reply.
    #[serde(serialize_with = "shared", deserialize_with = "to_be_shared")]
    pub plan: Arc<Plan>,
    /// Requests that it was about, while it was not spent.
    pub matches: i64,
    /// Of these, how many it had its effect on.
    pub hits: i64,
    /// A real time.
    pub creation_time: Time,
    /// Of a quota: the window under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

/// Calls of a window of a [`Quota`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Window {
    /// When it began, by the sandbox's clock.
    pub since: Instant,
    pub calls: i64,
}

fn shared<S: Serializer>(plan: &Arc<Plan>, serializer: S) -> Result<S::Ok, S::Error> {
    plan.as_ref().serialize(serializer)
}

fn to_be_shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Plan>, D::Error> {
    Plan::deserialize(deserializer).map(Arc::new)
}

impl Plan {
    /// Bytes that it takes as JSON.
    #[must_use]
    pub fn bytes(&self) -> usize {
        serde_json::to_string(self).map_or(usize::MAX, |text| text.len())
    }
}

impl PlannedFault {
    /// One that has met no request yet. `others` has the names that are in use.
    #[must_use]
    pub fn new(plan: Plan, creation_time: Time, others: &[&str]) -> Self {
        let name = plan.name.clone().unwrap_or_else(|| {
            let mut names = (1..).map(|number| format!("fault-{number}"));
            names.find(|name| !others.contains(&name.as_str())).unwrap_or_default()
        });
        let plan = Arc::new(Plan { name: Some(name.clone()), ..plan });
        Self { name, plan, matches: 0, hits: 0, creation_time, window: None }
    }

    /// Whether it can have no effect any more when it is `real`.
    #[must_use]
    pub fn is_spent(&self, real: Time) -> bool {
        self.plan.times.is_some_and(|times| self.hits >= times)
            || self.plan.ttl_seconds.is_some_and(|ttl| real >= self.creation_time.plus(ttl))
    }
}

impl Effect {
    /// Whether the answer is only late.
    #[must_use]
    pub fn is_delay_alone(&self) -> bool {
        self.parts().is_empty()
    }

    /// What it is, in a word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.parts().first().copied().unwrap_or("DelayMs")
    }

    /// Its parts beside a delay.
    fn parts(&self) -> Vec<&'static str> {
        let all = [
            ("Code", self.code.is_some()),
            ("Throttling", self.throttling.is_some()),
            ("Quota", self.quota.is_some()),
            ("Connection", self.connection.is_some()),
            ("Reply", self.reply.is_some()),
        ];
        all.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }

    /// What a call hears that is denied, and the field that says so.
    fn denial(&self) -> Option<(&'static str, Denial<'_>)> {
        match (&self.throttling, &self.quota) {
            (Some(Throttling { code, retry_after_ms }), _) => {
                Some(("Throttling", Denial { code: code.as_deref(), retry_after_ms: *retry_after_ms }))
            }
            (_, Some(Quota { code, retry_after_ms, .. })) => {
                Some(("Quota", Denial { code: code.as_deref(), retry_after_ms: *retry_after_ms }))
            }
            _ => None,
        }
    }

    /// The code that it answers with, if with one of an error.
    #[must_use]
    pub fn answered_code(&self) -> Option<&str> {
        let denied = || self.denial().map(|(_, denial)| denial.code.unwrap_or(THROTTLING_USER.code));
        self.code.as_deref().or_else(denied)
    }

    /// When to try again, in milliseconds.
    #[must_use]
    pub fn retry_after_ms(&self) -> Option<i64> {
        self.denial()?.1.retry_after_ms
    }
}
