//! Why something cannot be done to a sandbox.

use std::fmt::Display;

use crate::model::kind::{DocumentError, Kind};
use crate::store;
use crate::store::derived::Dangling;

/// What the control plane makes a problem of, and the cloud plane a fault.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("there is no sandbox {0:?}")]
    NoSuchSandbox(String),
    #[error("the sandbox has no checkpoint {0:?}")]
    NoSuchCheckpoint(String),
    #[error("the sandbox has no {} {id:?}", kind.table)]
    NoSuchResource { kind: &'static Kind, id: String },
    #[error("the sandbox has no planned fault {0:?}")]
    NoSuchPlannedFault(String),
    #[error("the sandbox has {0} planned faults, which is the limit: remove some")]
    TooManyPlannedFaults(usize),
    #[error(
        "the planned faults of the sandbox would take {bytes} bytes, and {limit} are the most: remove some, or plan shorter \
         texts"
    )]
    PlannedFaultsTooLong { bytes: usize, limit: usize },
    #[error("the server keeps no journals: start it with another --journal-memory than 0")]
    NoJournals,
    #[error("the sandbox has no access key {0:?}")]
    NoSuchKey(String),
    /// Its value is not repeated.
    #[error("{field}: it is {reason}")]
    InvalidSecret { field: &'static str, reason: &'static str },
    #[error("{field}: {value:?} is {reason}")]
    InvalidName { field: &'static str, value: String, reason: &'static str },
    #[error("{field}: {value:?} is in use")]
    InUse { field: &'static str, value: String },
    #[error("{field}: {value:?} is there twice")]
    Duplicate { field: &'static str, value: String },
    #[error(
        "{}: {} {:?} names {:?}, which is not there in {}",
        .0.field, .0.kind.table, .0.id, .0.value, .0.region_id
    )]
    Dangling(Box<Dangling>),
    #[error(
        "automatic snapshot policies would leave more than a million snapshots: move the clock in smaller steps, or with \
         CatchUp false"
    )]
    TooMuchDue,
    #[error("no automatic snapshot policy has anything to make")]
    NothingDue,
    #[error("the sandbox default cannot be deleted")]
    Undeletable,
    #[error(
        "there are {0} sandboxes, which is the limit: delete some, or start the server with another --max-sandboxes"
    )]
    TooManySandboxes(usize),
    #[error(
        "the sandbox has {0} checkpoints, which is the limit: delete some, or start the server with another \
         --max-checkpoints"
    )]
    TooManyCheckpoints(i64),
    #[error("the sandbox would hold more than {limit} {}s, which is the limit: see --max-snapshots", kind.table)]
    TooManyResources { kind: &'static Kind, limit: i64 },
    #[error("{0}")]
    Document(#[from] DocumentError),
    #[error("others change the sandbox all the time: try again")]
    Busy,
    #[error("other lists are being explained: try again")]
    OthersLook,
    #[error("the change was broken off")]
    Panicked,
    #[error("the store failed")]
    Store(#[from] store::Error),
}

impl SandboxError {
    /// About the entry of a document that stands at this place among those of its kind, if it is one that names what is not
    /// there.
    pub(super) fn at(self, place: impl Display) -> Self {
        match self {
            Self::Dangling(mut dangling) => {
                dangling.field = format!("{}[{place}].{}", dangling.kind.words, dangling.field);
                Self::Dangling(dangling)
            }
            other => other,
        }
    }
}

impl From<Dangling> for SandboxError {
    fn from(dangling: Dangling) -> Self {
        Self::Dangling(Box::new(dangling))
    }
}
