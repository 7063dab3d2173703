//! What is told of a list: how each condition narrows it, and what keeps a resource from being on it.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

use super::faults::Fault;
use crate::model::journal_entry::Saw;
use crate::model::params::Refusal;
use crate::model::time::Time;
use crate::sandboxes::SandboxError;

/// What is asked beside the request.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// A resource that it lists or does not list.
    pub id: Option<&'a str>,
    /// What the request was answered from, if it is an earlier one.
    pub saw: Option<&'a Saw>,
}

/// How a list comes about, in the state that the sandbox has now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Explanation {
    pub action: String,
    /// Resources of the kind in the sandbox.
    pub total: Count,
    /// Those that meet all conditions.
    pub matching: Count,
    /// In the order of the request; what is implied comes last.
    pub conditions: Vec<Condition>,
    /// The resource that was asked for by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<Row>,
    /// At most three resources that fail exactly one condition, newest first. The newest 20000 are looked at, in the region and in
    /// all others together, of those that the condition selects that has an index and selects the fewest.
    pub nearest: Vec<Row>,
    /// Whether the sandbox has changed since the request of the journal that this is about.
    pub changed: bool,
}

/// How many there are. Beyond 100000 they are not counted; and where more than a million resources would have to be looked at,
/// there are at least as many as were found among those.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Count {
    Exactly(i64),
    AtLeast {
        #[serde(rename = "AtLeast")]
        at_least: i64,
    },
}

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => count.fmt(formatter),
            Self::AtLeast { at_least } => write!(formatter, "{at_least} or more"),
        }
    }
}

/// A condition: one parameter, or those that belong together, as in `Tag.1`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Condition {
    pub name: String,
    pub asked: String,
    /// How many meet it, of those of the region.
    pub alone: Count,
    /// How many meet it and all before it.
    pub left: Count,
}

/// A resource, and what keeps it from the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Row {
    pub id: String,
    pub listed: bool,
    /// Whether there is a resource of this id.
    #[serde(skip)]
    pub is_there: bool,
    /// Counted from 1, with as many on a page as the request asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<i64>,
    /// The conditions that it does not meet: without all of these it would be listed, and without some of them it would not. Where
    /// no resource of the kind has the id that was asked about, but one has nearly the same, or one of another kind has it, the
    /// only one is `Id`, with the other id or with the word of the other kind.
    pub failed: Vec<Failed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Elsewhere>,
}

/// A condition that a resource does not meet. In both texts, what is not seen is written as in `\u{a0}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Failed {
    pub name: String,
    pub asked: String,
    /// As the reply shows it; empty where the resource has none.
    pub has: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Hint>,
}

/// What may be wrong with what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Hint {
    /// There is a space too many at an end.
    Space,
    /// It is the same in another case.
    Case,
    /// It is another type of thing: the id of another kind, a name for an id, a text for a number.
    Type,
}

/// Where a resource is that is not on the list.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Elsewhere {
    /// Another sandbox has one of its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<String>,
    /// It is in another region than the one that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region_id: Option<String>,
    /// It is gone since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<Time>,
    /// The sequence of the journal's entry that took it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_by: Option<i64>,
    /// Where no entry says that it took it out: the sequences of those that changed more resources than they name, newest first, 20
    /// at most. If it was there before, one of them may have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may_be_deleted_by: Vec<i64>,
}

/// Why nothing can be explained.
#[derive(Debug, thiserror::Error)]
pub enum NotExplained {
    /// The action does not list resources of a kind.
    #[error("Action: {0}")]
    Action(String),
    /// A parameter without which, or with which, the action answers an error.
    #[error("{0}")]
    Parameter(#[from] Refusal),
    /// The action answers an error, as far as is known about this parameter.
    #[error("{parameter}: the request is answered with {} {}: {}", fault.status, fault.code, fault.message)]
    Fault { parameter: String, fault: Fault },
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
}
