//! Errors of the cloud plane. What the documentation gives is a row: an HTTP status, a code and a text; the same code has
//! other texts and statuses in other actions. Rows that all actions share are here, an action's own are in its file.

use std::borrow::Cow;

use crate::model::params::{Reason, Refusal};
use crate::store;

/// A documented row of an error table.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// HTTP status.
    pub status: u16,
    pub code: &'static str,
    /// May hold one `{}`, where the name of the parameter goes.
    pub message: &'static str,
}

impl Row {
    #[must_use]
    pub const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }

    /// This row, saying which parameter it is about.
    #[must_use]
    pub fn about(&'static self, parameter: &str) -> Fault {
        Fault { message: Cow::Owned(self.message.replacen("{}", parameter, 1)), ..Fault::from(self) }
    }
}

/// One error, as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status, 4xx or 5xx.
    pub status: u16,
    pub code: &'static str,
    pub message: Cow<'static, str>,
}

impl From<&'static Row> for Fault {
    fn from(row: &'static Row) -> Self {
        Self { status: row.status, code: row.code, message: Cow::Borrowed(row.message) }
    }
}

impl From<Refusal> for Fault {
    /// What every action answers to a parameter that is missing or malformed. For values that are not permitted each
    /// action has rows of its own.
    fn from(refusal: Refusal) -> Self {
        match refusal.reason {
            Reason::Missing => MISSING_PARAMETER.about(&refusal.parameter),
            _ => INVALID_PARAMETER.about(&refusal.parameter),
        }
    }
}

impl From<store::Error> for Fault {
    /// The one place where trouble with the store becomes an answer. The cause goes to the log and nowhere else.
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "the store failed");
        Self::from(if store::is_overload(&error) { &SERVICE_UNAVAILABLE } else { &INTERNAL_ERROR })
    }
}

/// Rows that every action can answer. Sources: the API's common error table, and the gateway's for what comes before an
/// action; the two that no table has say so.
pub const SHARED: &[&Row] = &[
    &MISSING_PARAMETER,
    &INVALID_PARAMETER,
    &TOO_MANY_PARAMETERS,
    &BODY_TOO_LARGE,
    &BODY_UNREADABLE,
    &INVALID_VERSION,
    &INVALID_ACTION,
    &UNSUPPORTED_HTTP_METHOD,
    &FOREIGN_ORIGIN,
    &INVALID_ACCESS_KEY_ID,
    &DRY_RUN_OPERATION,
    &INTERNAL_ERROR,
    &SERVICE_UNAVAILABLE,
];

pub static MISSING_PARAMETER: Row = Row::new(
    400,
    "MissingParameter",
    "The input parameter \"{}\" that is mandatory for processing this request is not supplied.",
);
pub static INVALID_PARAMETER: Row = Row::new(400, "InvalidParameter", "The specified parameter \"{}\" is not valid.");
/// Not in a table: a limit of this server.
pub static TOO_MANY_PARAMETERS: Row =
    Row::new(400, "InvalidParameter", "The number of parameters exceeds the limit of 1000.");
/// Not in a table: a limit of this server.
pub static BODY_TOO_LARGE: Row =
    Row::new(413, "RequestEntityTooLarge", "The request body exceeds the limit of 1048576 bytes.");
pub static BODY_UNREADABLE: Row = Row::new(400, "InvalidParameter.Format", "Specified parameter format is not valid.");
pub static INVALID_VERSION: Row = Row::new(400, "InvalidVersion", "Specified parameter Version is not valid.");
pub static INVALID_ACTION: Row =
    Row::new(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.");
pub static UNSUPPORTED_HTTP_METHOD: Row = Row::new(405, "UnsupportedHTTPMethod", "This http method is not supported.");
/// Not in a table: the real service has no pages of other sites to fear.
pub static FOREIGN_ORIGIN: Row =
    Row::new(403, "Forbidden.Origin", "Requests that a page of another site makes are not accepted.");
pub static INVALID_ACCESS_KEY_ID: Row =
    Row::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
pub static DRY_RUN_OPERATION: Row =
    Row::new(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.");
pub static INTERNAL_ERROR: Row =
    Row::new(500, "InternalError", "The request processing has failed due to some unknown error.");
pub static SERVICE_UNAVAILABLE: Row =
    Row::new(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.");

// Rows that several actions have in common.

pub static INVALID_TAG_MISMATCH: Row =
    Row::new(400, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not match.");
pub static INVALID_TAG_COUNT: Row =
    Row::new(400, "InvalidTagCount", "The specified tags are beyond the permitted range.");
pub static INVALID_TAG_KEY: Row = Row::new(400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.");
pub static INVALID_TAG_VALUE: Row =
    Row::new(400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid.");
pub static INVALID_REGION_ID: Row = Row::new(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.");
