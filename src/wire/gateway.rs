//! What the gateway checks before an action runs, in this order; the documentation has none, so it is settled here.
//!
//! | | checked | refused with |
//! |---|---|---|
//! | 1 | method, path, origin, body and parameters can be read; the host is one of the server's | see `request`, Forbidden.Host |
//! | 2 | Action is there | MissingParameter |
//! | 3 | * Version is there | MissingVersion |
//! | 4 | * there is a signature, not a bearer token | InvalidSignatureType |
//! | 5 | * AccessKeyId, SignatureMethod, SignatureVersion, SignatureNonce, Timestamp, Signature are there; with ACS3 those that its headers have | Missing... |
//! | 6 | * the method and version of the signature are supported; it covers the headers that it must | InvalidSignatureMethod, InvalidSignatureVersion, IncompleteSignature |
//! | 7 | Version is the one that there is | InvalidVersion |
//! | 8 | the action exists | InvalidAction.NotFound |
//! | 9 | * the timestamp is well formed, and within 15 minutes of the real time | InvalidTimeStamp.Format, .Expired |
//! | 10 | * the key exists, and is active | InvalidAccessKeyId.NotFound, .Inactive |
//! | 11 | * a temporary key comes with its security token, any other without | MissingSecurityToken, InvalidSecurityToken... |
//! | 12 | * the signature is right | SignatureDoesNotMatch |
//! | 13 | * the key has not used the nonce yet | SignatureNonceUsed |
//! | 14 | * the key permits the action | Forbidden.RAM |
//!
//! Those with a star are made with `--auth warn` and `enforce` only. Then comes what is planned to go wrong (`planned`), which
//! may answer an action that is not emulated, too; any other is refused with UnsupportedAction.NotEmulated. Then the action makes
//! its own checks, and DryRun is last of all.

use std::sync::Arc;

use actix_web::HttpRequest;

use super::Trace;
use super::request::{Incoming, VERSION, sent_host};
use super::signature::{self, Claim, Refusal, Signed};
use crate::actions::faults::{
    EXPIRED_SECURITY_TOKEN, FORBIDDEN_RAM, FOREIGN_HOST, Fault, INACTIVE_ACCESS_KEY_ID, INVALID_ACCESS_KEY_ID,
    INVALID_ACTION, INVALID_TIMESTAMP_EXPIRED, INVALID_TIMESTAMP_FORMAT, INVALID_VERSION, MALFORMED_SECURITY_TOKEN,
    MISMATCHED_SECURITY_TOKEN, MISSING_PARAMETER, MISSING_SECURITY_TOKEN, MISSING_VERSION, NOT_EMULATED,
    SIGNATURE_NONCE_USED,
};
use crate::actions::{self, Action};
use crate::app::{App, Auth};
use crate::model::access_key::{AccessKey, Status};
use crate::model::time::Time;
use crate::origin;
use crate::sandboxes::{KnownKey, Sandbox, SandboxError};
use crate::store::sandboxes::DEFAULT;

/// Seconds that a timestamp may be away from the real time, either way.
const WINDOW: i64 = 15 * 60;

/// A request that may go on.
pub struct Admitted {
    /// As the documentation spells it.
    pub name: String,
    /// `None`: it is not emulated.
    pub action: Option<&'static Action>,
    pub sandbox: Arc<Sandbox>,
}

/// Makes the checks.
pub async fn admit(
    app: &App,
    request: &HttpRequest,
    incoming: &Incoming,
    trace: &mut Trace,
) -> Result<Admitted, Fault> {
    let signed = Signed {
        method: request.method().as_str(),
        headers: request.headers(),
        params: &incoming.params,
        query_count: incoming.query_count,
        body: &incoming.body,
    };
    if let Some(host) = sent_host(request)
        && !origin::is_allowed(origin::name(host), &app.allowed_hosts)
    {
        return Err(FOREIGN_HOST.about(origin::name(host)));
    }
    let name = incoming.action.as_deref().ok_or_else(|| MISSING_PARAMETER.about("Action"))?;
    let version = incoming.version.as_deref();
    let mut claim = None;
    if app.auth != Auth::Off {
        let read = version.ok_or_else(|| Fault::from(&MISSING_VERSION)).and_then(|_| signature::claim(&signed));
        claim = trace.judge(app.auth, read.map_err(Refusal::from))?;
    }
    if version.is_some_and(|version| version != VERSION) {
        return Err(Fault::from(&INVALID_VERSION));
    }
    let action = actions::find(name);
    if action.is_none() && actions::known_name(name).is_none() {
        return Err(Fault::from(&INVALID_ACTION));
    }
    trace.action = action;
    let name = action.map_or(name, |action| action.name);
    let mut known = None;
    if let Some(claim) = claim {
        known = trace.judge(app.auth, verify(app, &signed, &claim, name))?;
    }
    let sandbox = match known {
        Some(known) => known.sandbox.clone(),
        None => named(app, signature::access_key_id(request.headers(), &incoming.params).unwrap_or_default()).await?,
    };
    Ok(Admitted { name: name.to_owned(), action, sandbox: trace.sandbox.insert(sandbox).clone() })
}

/// The sandbox that a request with this key means, as far as that is known without making one.
pub fn meant(app: &App, access_key_id: &str) -> Option<Arc<Sandbox>> {
    match app.sandboxes.key(access_key_id) {
        Some(known) => Some(known.sandbox.clone()),
        None if app.is_auto_sandbox && !access_key_id.is_empty() => None,
        None => app.sandboxes.by_name(DEFAULT).ok(),
    }
}

/// What is answered to an action that is not emulated.
pub fn not_emulated(name: &str) -> Fault {
    tracing::warn!(action = name, "this action is not emulated");
    NOT_EMULATED.about(name)
}

/// The key that a request is signed with, if everything about it is in order.
fn verify(app: &App, signed: &Signed<'_>, claim: &Claim<'_>, action: &str) -> Result<Arc<KnownKey>, Refusal> {
    let now = app.clock.now();
    let timestamp = timestamp(claim.timestamp).ok_or(&INVALID_TIMESTAMP_FORMAT)?;
    if (now.0 - timestamp.0).abs() > WINDOW {
        return Err(Refusal::from(&INVALID_TIMESTAMP_EXPIRED));
    }
    let known = app.sandboxes.key(claim.access_key_id).ok_or(&INVALID_ACCESS_KEY_ID)?;
    let key = &known.key;
    if key.status == Status::Inactive {
        return Err(Refusal::from(&INACTIVE_ACCESS_KEY_ID));
    }
    check_token(app, key, claim.security_token, now)?;
    claim.check(signed, &key.access_key_secret)?;
    let expiration = timestamp.plus(WINDOW);
    if !app.nonces.is_first_use(&key.access_key_id, claim.nonce, now, expiration) {
        return Err(Refusal::from(&SIGNATURE_NONCE_USED));
    }
    if !key.permits(action) {
        return Err(Refusal::from(&FORBIDDEN_RAM));
    }
    Ok(known)
}

/// `yyyy-MM-ddTHH:mm:ssZ`, with seconds and without fractions of them.
fn timestamp(text: &str) -> Option<Time> {
    text.parse().ok().filter(|time: &Time| time.to_string() == text)
}

/// A token that is of no key is malformed, one of another key is a mismatch.
fn check_token(app: &App, key: &AccessKey, sent: Option<&str>, now: Time) -> Result<(), Refusal> {
    match (&key.security_token, sent) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(Refusal::from(&MISSING_SECURITY_TOKEN)),
        (Some(token), Some(sent)) if signature::is_equal(&token.text, sent) => match token.expiration {
            Some(expiration) if expiration <= now => Err(Refusal::from(&EXPIRED_SECURITY_TOKEN)),
            _ => Ok(()),
        },
        (_, Some(sent)) if app.sandboxes.knows_token(sent) => Err(Refusal::from(&MISMATCHED_SECURITY_TOKEN)),
        (_, Some(_)) => Err(Refusal::from(&MALFORMED_SECURITY_TOKEN)),
    }
}

/// The sandbox of a key that nobody checks. One that nobody registered falls to the sandbox `default`, or gets one of its
/// own, as the server was started.
async fn named(app: &App, access_key_id: &str) -> Result<Arc<Sandbox>, Fault> {
    if let Some(known) = app.sandboxes.key(access_key_id) {
        return Ok(known.sandbox.clone());
    }
    let is_new = app.is_auto_sandbox && !access_key_id.is_empty();
    let sandbox =
        if is_new { app.sandboxes.by_key_or_create(access_key_id).await } else { app.sandboxes.by_name(DEFAULT) };
    sandbox.map_err(|error| match error {
        // An id that no sandbox may have as its name.
        SandboxError::InvalidName { .. } | SandboxError::InUse { .. } => Fault::from(&INVALID_ACCESS_KEY_ID),
        error => error.into(),
    })
}
