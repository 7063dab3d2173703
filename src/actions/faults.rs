//! Errors of the cloud plane. What the documentation gives is a row: an HTTP status, a code and a text; the same code has
//! other texts and statuses in other actions. Rows that all actions share are here, an action's own are in its file.

use std::borrow::Cow;

use crate::model::params::{Reason, Refusal};
use crate::sandboxes::SandboxError;
use crate::store::{self, Trouble};

/// A documented row of an error table.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// HTTP status.
    pub status: u16,
    pub code: &'static str,
    /// May hold `{}`, where the name of the parameter goes, or what else the row is about.
    pub message: &'static str,
}

impl Row {
    #[must_use]
    pub const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }

    /// This row, saying what it is about: most often a parameter.
    #[must_use]
    pub fn about(&'static self, subject: &str) -> Fault {
        Fault { message: Cow::Owned(self.message.replacen("{}", subject, 1)), ..Fault::from(self) }
    }

    /// As [`Row::about`], of a row that is about two things.
    #[must_use]
    pub fn about_both(&'static self, first: &str, second: &str) -> Fault {
        // The second one goes in first: what the first one says is not looked at for places.
        let message = match self.message.rsplit_once("{}") {
            Some((before, after)) => format!("{before}{second}{after}").replacen("{}", first, 1),
            None => self.message.to_owned(),
        };
        Fault { message: Cow::Owned(message), ..Fault::from(self) }
    }
}

/// Declares the rows of an action's own table: `ROWS`, those that the emulation can reach, each under a name, and in brackets those
/// that other actions have too; and `UNREACHABLE`, in braces, those that nothing in a sandbox leads to, each with one word why.
macro_rules! rows {
    (
        $($(#[$attribute:meta])* $name:ident = $status:literal $code:literal $message:literal;)*
        $([$($shared:ident),+])?
        $({ $($why:literal $other_status:literal $other_code:literal $other_message:literal;)* })?
    ) => {
        $($(#[$attribute])* static $name: Row = Row::new($status, $code, $message);)*
        static ROWS: &[&Row] = &[$(&$name,)* $($(&$shared),+)?];
        static UNREACHABLE: &[Unreachable] =
            &[$($(Unreachable { row: Row::new($other_status, $other_code, $other_message), why: $why }),*)?];
    };
}
pub(super) use rows;

/// A documented row that nothing in a sandbox leads to.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreachable {
    pub row: Row,
    /// What it would take, in one word.
    pub why: &'static str,
}

/// One error, as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status, 4xx or 5xx.
    pub status: u16,
    pub code: Cow<'static, str>,
    pub message: Cow<'static, str>,
}

impl From<&'static Row> for Fault {
    fn from(row: &'static Row) -> Self {
        Self { status: row.status, code: Cow::Borrowed(row.code), message: Cow::Borrowed(row.message) }
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

impl From<SandboxError> for Fault {
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::Store(error) => error.into(),
            SandboxError::NoSuchSandbox(_) => Self::from(&INVALID_ACCESS_KEY_ID),
            SandboxError::Busy
            | SandboxError::TooManyResources { .. }
            | SandboxError::TooManySandboxes(_)
            | SandboxError::TooMuchDue => {
                tracing::warn!(%error, "a request is refused for now");
                Self::from(&SERVICE_UNAVAILABLE)
            }
            error => {
                tracing::error!(%error, "a request failed");
                Self::from(&INTERNAL_ERROR)
            }
        }
    }
}

impl From<store::Error> for Fault {
    /// The one place where trouble with the store becomes an answer. The cause goes to the log and nowhere else.
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "the store failed");
        let is_passing = store::is_overload(&error) || Trouble::of(&error).is_some();
        Self::from(if is_passing { &SERVICE_UNAVAILABLE } else { &INTERNAL_ERROR })
    }
}

/// Rows that every action can answer. Sources: the API's common error table, and the gateway's for what comes before an
/// action; those that no table has say so.
pub const SHARED: &[&Row] = &[
    &MISSING_PARAMETER,
    &INVALID_PARAMETER,
    &TOO_MANY_PARAMETERS,
    &PARAMETER_TOO_LONG,
    &BODY_TOO_LARGE,
    &BODY_UNREADABLE,
    &MALFORMED_REQUEST,
    &HEAD_TOO_LARGE,
    &REQUEST_TIMEOUT,
    &MISSING_VERSION,
    &MISSING_ACCESS_KEY_ID,
    &MISSING_SIGNATURE_METHOD,
    &MISSING_SIGNATURE_VERSION,
    &MISSING_SIGNATURE_NONCE,
    &MISSING_TIMESTAMP,
    &MISSING_SIGNATURE,
    &MISSING_SECURITY_TOKEN,
    &INCOMPLETE_SIGNATURE,
    &INVALID_VERSION,
    &INVALID_ACTION,
    &NOT_EMULATED,
    &UNSUPPORTED_HTTP_METHOD,
    &FOREIGN_ORIGIN,
    &FOREIGN_HOST,
    &INVALID_SIGNATURE_TYPE,
    &INVALID_SIGNATURE_METHOD,
    &INVALID_SIGNATURE_VERSION,
    &INVALID_TIMESTAMP_FORMAT,
    &INVALID_TIMESTAMP_EXPIRED,
    &INVALID_ACCESS_KEY_ID,
    &INACTIVE_ACCESS_KEY_ID,
    &MALFORMED_SECURITY_TOKEN,
    &MISMATCHED_SECURITY_TOKEN,
    &EXPIRED_SECURITY_TOKEN,
    &SIGNATURE_MISMATCH_V1,
    &SIGNATURE_MISMATCH_V3,
    &SIGNATURE_NONCE_USED,
    &FORBIDDEN_RAM,
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
pub static PARAMETER_TOO_LONG: Row = Row::new(
    400,
    "InvalidParameter",
    "The length of a parameter exceeds the limit of 256 bytes for its name or 65536 bytes for its value.",
);
/// Not in a table: a limit of this server.
pub static BODY_TOO_LARGE: Row =
    Row::new(413, "RequestEntityTooLarge", "The request body exceeds the limit of 1048576 bytes.");
pub static BODY_UNREADABLE: Row = Row::new(400, "InvalidParameter.Format", "Specified parameter format is not valid.");
/// Not in a table, as the next two: what comes is no request yet.
pub static MALFORMED_REQUEST: Row = Row::new(400, "MalformedRequest", "The request is not well-formed HTTP/1.1: {}.");
pub static HEAD_TOO_LARGE: Row = Row::new(
    431,
    "RequestHeaderFieldsTooLarge",
    "The request line and the headers exceed the limit of 131072 bytes or 96 headers.",
);
pub static REQUEST_TIMEOUT: Row = Row::new(408, "RequestTimeout", "The request did not come in time.");
pub static INVALID_VERSION: Row = Row::new(400, "InvalidVersion", "Specified parameter Version is not valid.");
pub static INVALID_ACTION: Row =
    Row::new(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.");
/// Not in a table. A 404 would tell clients that what they are about is gone, a 5xx that they should try again for minutes.
pub static NOT_EMULATED: Row =
    Row::new(400, "UnsupportedAction.NotEmulated", "The action {} is not emulated by ecs-mock.");
pub static UNSUPPORTED_HTTP_METHOD: Row = Row::new(405, "UnsupportedHTTPMethod", "This http method is not supported.");
/// Not in a table: the real service has no pages of other sites to fear.
pub static FOREIGN_ORIGIN: Row =
    Row::new(403, "Forbidden.Origin", "Requests that a page of another site makes are not accepted.");
/// Not in a table: as the one before.
pub static FOREIGN_HOST: Row = Row::new(
    403,
    "Forbidden.Host",
    "This server is not to be reached under the name \"{}\". If the name is yours, start it with --allowed-host.",
);
pub static INVALID_ACCESS_KEY_ID: Row =
    Row::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");

// What the gateway says of keys and signatures. The rows of parameters that have no table of their own follow the
// gateway's patterns: Missing<Parameter> and Invalid<Parameter>.

pub static MISSING_VERSION: Row = Row::new(400, "MissingVersion", "Version is mandatory for this action.");
pub static MISSING_ACCESS_KEY_ID: Row =
    Row::new(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.");
pub static MISSING_SIGNATURE_METHOD: Row =
    Row::new(400, "MissingSignatureMethod", "SignatureMethod is mandatory for this action.");
pub static MISSING_SIGNATURE_VERSION: Row =
    Row::new(400, "MissingSignatureVersion", "SignatureVersion is mandatory for this action.");
pub static MISSING_SIGNATURE_NONCE: Row =
    Row::new(400, "MissingSignatureNonce", "SignatureNonce is mandatory for this action.");
pub static MISSING_TIMESTAMP: Row = Row::new(400, "MissingTimestamp", "Timestamp is mandatory for this action.");
pub static MISSING_SIGNATURE: Row = Row::new(400, "MissingSignature", "Signature is mandatory for this action.");
pub static MISSING_SECURITY_TOKEN: Row =
    Row::new(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.");
pub static INCOMPLETE_SIGNATURE: Row =
    Row::new(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.");
pub static INVALID_SIGNATURE_TYPE: Row =
    Row::new(400, "InvalidSignatureType", "Specified parameter SignatureType is not valid.");
pub static INVALID_SIGNATURE_METHOD: Row =
    Row::new(400, "InvalidSignatureMethod", "Specified signature method is not valid.");
pub static INVALID_SIGNATURE_VERSION: Row =
    Row::new(400, "InvalidSignatureVersion", "Specified parameter SignatureVersion is not valid.");
pub static INVALID_TIMESTAMP_FORMAT: Row =
    Row::new(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.");
pub static INVALID_TIMESTAMP_EXPIRED: Row =
    Row::new(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
pub static INACTIVE_ACCESS_KEY_ID: Row =
    Row::new(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.");
pub static MALFORMED_SECURITY_TOKEN: Row =
    Row::new(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.");
pub static MISMATCHED_SECURITY_TOKEN: Row =
    Row::new(400, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey.");
pub static EXPIRED_SECURITY_TOKEN: Row =
    Row::new(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.");
/// Ends with the text that should have been signed: SDKs compare it with their own.
pub static SIGNATURE_MISMATCH_V1: Row = Row::new(
    400,
    "SignatureDoesNotMatch",
    "Specified signature is not matched with our calculation. server string to sign is:{}",
);
/// Holds the text that should have been signed, and the request as it should have been written down for it.
pub static SIGNATURE_MISMATCH_V3: Row =
    Row::new(400, "SignatureDoesNotMatch", "Specified signature does not match our calculation. server {}");
pub static SIGNATURE_NONCE_USED: Row =
    Row::new(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
pub static FORBIDDEN_RAM: Row = Row::new(
    403,
    "Forbidden.RAM",
    "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
);
pub static DRY_RUN_OPERATION: Row =
    Row::new(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.");
pub static INTERNAL_ERROR: Row =
    Row::new(500, "InternalError", "The request processing has failed due to some unknown error.");
pub static SERVICE_UNAVAILABLE: Row =
    Row::new(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.");

// Rows about tags, regions, groups and tokens that several actions have.

pub static INVALID_TAG_MISMATCH: Row =
    Row::new(400, "InvalidTag.Mismatch", "The specified Tag.n.Key and Tag.n.Value are not match.");
pub static INVALID_TAG_COUNT: Row =
    Row::new(400, "InvalidTagCount", "The specified tags are beyond the permitted range.");
pub static INVALID_TAG_KEY: Row = Row::new(400, "InvalidTagKey.Malformed", "The specified Tag.n.Key is not valid.");
pub static INVALID_TAG_VALUE: Row =
    Row::new(400, "InvalidTagValue.Malformed", "The specified Tag.n.Value is not valid.");

/// The row for a tag that cannot be asked for.
#[must_use]
pub fn of_tag(refusal: &Refusal) -> &'static Row {
    match refusal.reason {
        Reason::TooMany => &INVALID_TAG_COUNT,
        Reason::Unpaired => &INVALID_TAG_MISMATCH,
        _ if refusal.parameter.ends_with("Key") => &INVALID_TAG_KEY,
        _ => &INVALID_TAG_VALUE,
    }
}

pub static INVALID_REGION_ID: Row = Row::new(404, "InvalidRegionId.NotFound", "The specified RegionId does not exist.");
/// Of actions whose own table has no row for a ClientToken that came with other parameters before.
pub static IDEMPOTENT_PARAMETER_MISMATCH: Row =
    Row::new(400, "IdempotentParameterMismatch", "The request is retried with updated parameters.");
pub static DUPLICATE_TAG_KEY: Row = Row::new(400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key.");
pub static INVALID_RESOURCE_GROUP: Row =
    Row::new(404, "InvalidResourceGroup.NotFound", "The ResourceGroup provided does not exist in our records.");

// Rows about disks, instances and snapshots that actions of several families have.

pub static INCORRECT_DISK_STATUS: Row =
    Row::new(403, "IncorrectDiskStatus", "The current disk status does not support this operation.");
pub static INVALID_INSTANCE_ID: Row =
    Row::new(404, "InvalidInstanceId.NotFound", "The specified InstanceId does not exist.");
pub static INCORRECT_INSTANCE_STATUS: Row =
    Row::new(403, "IncorrectInstanceStatus", "The current status of the resource does not support this operation.");
pub static INVALID_SNAPSHOT_ID: Row =
    Row::new(404, "InvalidSnapshotId.NotFound", "The specified SnapshotId does not exist.");
pub static INVALID_RESOURCE_TYPE: Row =
    Row::new(404, "InvalidResourceType.NotFound", "The ResourceType provided does not exist in our records.");
pub static SNAPSHOT_NOT_READY: Row =
    Row::new(403, "InvalidSnapshotId.NotReady", "The specified snapshot has not completed yet.");
pub static INVALID_DESCRIPTION: Row =
    Row::new(404, "InvalidDescription.Malformed", "The specified description is wrongly formed.");
