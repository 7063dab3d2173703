//! Access keys: what requests are signed with, and what a key permits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};
use utoipa::ToSchema;

use super::time::Time;

/// What a client signs with.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    pub access_key_id: String,
    pub access_key_secret: String,
    pub status: Status,
    /// Of a temporary key: what requests must carry beside the signature.
    pub security_token: Option<SecurityToken>,
    /// `None`: all.
    pub allowed_actions: Option<Vec<ActionPattern>>,
}

/// What makes a key a temporary one.
#[derive(Clone, PartialEq, Eq)]
pub struct SecurityToken {
    pub text: String,
    /// Of no use from then on, in real time; `None`: never.
    pub expiration: Option<Time>,
}

/// Whether a key is accepted, in the words of RAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Display, EnumString, Serialize, Deserialize, ToSchema)]
pub enum Status {
    #[default]
    Active,
    Inactive,
}

impl AccessKey {
    /// A permanent, active key that permits everything.
    #[must_use]
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<String>) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            access_key_secret: access_key_secret.into(),
            status: Status::Active,
            security_token: None,
            allowed_actions: None,
        }
    }

    /// The key of the documentation's examples, which belongs to the sandbox `default` unless another one is configured.
    #[must_use]
    pub fn of_examples() -> Self {
        Self::new("testid", "testsecret")
    }

    /// Whether it permits an action of ECS.
    #[must_use]
    pub fn permits(&self, action: &str) -> bool {
        self.allowed_actions.as_ref().is_none_or(|patterns| patterns.iter().any(|pattern| pattern.matches(action)))
    }
}

impl fmt::Debug for AccessKey {
    /// Without secret and token, which must not reach a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("AccessKey");
        debug.field("access_key_id", &self.access_key_id).field("status", &self.status).finish_non_exhaustive()
    }
}

impl fmt::Debug for SecurityToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SecurityToken").field("expiration", &self.expiration).finish_non_exhaustive()
    }
}

/// Actions as a RAM policy names them in its element Action: `ecs:DescribeSnapshots`, `ecs:Describe*`, `*`. A `*` stands
/// for any characters; upper and lower case are one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActionPattern(String);

/// The text is not a pattern of actions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a pattern of actions such as ecs:DescribeSnapshots, ecs:Describe* or *")]
pub struct NotAPattern;

impl ActionPattern {
    #[must_use]
    pub fn matches(&self, action: &str) -> bool {
        let action = format!("ecs:{action}").to_ascii_lowercase();
        let pattern = self.0.to_ascii_lowercase();
        let mut pieces = pattern.split('*');
        let first = pieces.next().unwrap_or_default();
        let Some(mut rest) = action.strip_prefix(first) else { return false };
        let Some(last) = pieces.next_back() else { return rest.is_empty() };
        for piece in pieces {
            match rest.split_once(piece) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

impl FromStr for ActionPattern {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<Self, NotAPattern> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*-_".contains(&byte))
        };
        match text.split_once(':') {
            Some((service, action)) if is_word(service) && is_word(action) => {}
            None if text == "*" => {}
            _ => return Err(NotAPattern),
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for ActionPattern {
    type Error = NotAPattern;

    fn try_from(text: String) -> Result<Self, NotAPattern> {
        text.parse()
    }
}

impl From<ActionPattern> for String {
    fn from(pattern: ActionPattern) -> Self {
        pattern.0
    }
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
