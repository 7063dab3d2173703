//! Signatures of requests: which scheme one is of, whether the secret of its key gives it, and if not, what may be wrong.
//! Each scheme has a file of its own.

mod acs3;
mod mistakes;
mod rpc_v1;

use std::borrow::Cow;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use subtle::ConstantTimeEq as _;

use crate::actions::faults::{Fault, INVALID_SIGNATURE_TYPE, Row};
use crate::model::params::{Pair, Params};

/// A request, with all that a signature may cover.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    pub method: &'a str,
    pub headers: &'a HeaderMap,
    pub params: &'a Params,
    /// How many of the parameters come from the query; the others come from the form.
    pub query_count: usize,
    pub body: &'a [u8],
}

impl<'a> Signed<'a> {
    /// The value of a header that is not empty.
    fn header(&self, name: &str) -> Option<&'a str> {
        header(self.headers, name)
    }

    fn query(&self) -> &'a [Pair] {
        self.params.pairs().get(..self.query_count).unwrap_or_default()
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|value| !value.is_empty())
}

/// Who a request says it is from, and how it proves that.
pub struct Claim<'a> {
    pub access_key_id: &'a str,
    pub security_token: Option<&'a str>,
    pub timestamp: &'a str,
    pub nonce: &'a str,
    scheme: Box<dyn Scheme + 'a>,
}

impl std::fmt::Debug for Claim<'_> {
    /// Without token and signature, which must not reach a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Claim").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Why a request is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub fault: Fault,
    /// For people: which well-known mistake gives the signature that was sent.
    pub diagnosis: Option<&'static str>,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self { fault, diagnosis: None }
    }
}

impl From<&'static Row> for Refusal {
    fn from(row: &'static Row) -> Self {
        Fault::from(row).into()
    }
}

/// A scheme, with what a request says in it.
trait Scheme {
    /// The signature as it was sent.
    fn sent(&self) -> &str;

    /// How the scheme wants a request to be written down; the alternatives are as good.
    fn manners<'m>(&self, request: &Signed<'m>) -> Vec<Manner<'m>>;

    /// The signature that a secret gives to a request that is written down in this manner.
    fn sign(&self, request: &Signed<'_>, manner: &Manner<'_>, secret: &str) -> String;

    /// What makes the request wrong whatever its signature.
    fn objection(&self, _request: &Signed<'_>) -> Option<&'static str> {
        None
    }

    /// The fault that shows what should have been signed.
    fn mismatch(&self, request: &Signed<'_>, manner: &Manner<'_>) -> Fault;
}

/// How a request is written down to be signed.
#[derive(Debug, Clone)]
struct Manner<'a> {
    method: &'a str,
    path: &'static str,
    encoding: Encoding,
    has_body: bool,
    /// Instead of the header that was sent.
    host: Option<String>,
    /// What follows the secret in the key.
    key_suffix: &'static str,
    encodes_names: bool,
}

/// How values are percent-encoded.
#[derive(Debug, Clone, Copy)]
struct Encoding {
    encoded: &'static AsciiSet,
    has_plus: bool,
}

impl Encoding {
    /// All but letters, digits and `-_.~`; a space is `%20`.
    const RIGHT: Self = Self { encoded: ENCODED, has_plus: false };

    fn of<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let encoded = Cow::from(utf8_percent_encode(text, self.encoded));
        if self.has_plus { Cow::Owned(encoded.replace("%20", "+")) } else { encoded }
    }
}

/// A text as it stands in what is signed.
pub(super) fn encoded(text: &str) -> Cow<'_, str> {
    Encoding::RIGHT.of(text)
}

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Reads who a request says it is from.
///
/// # Errors
///
/// In this order: a bearer token instead of a signature; what is mandatory and missing (AccessKeyId, SignatureMethod,
/// SignatureVersion, SignatureNonce, Timestamp, Signature, as far as the scheme has them); a method or version of
/// signature that is not supported; a signature that leaves out what it must cover.
pub fn claim<'a>(request: &Signed<'a>) -> Result<Claim<'a>, Fault> {
    let is_bearer = request.params.text("SignatureType").is_some() || request.header("x-acs-bearer-token").is_some();
    if is_bearer {
        return Err(Fault::from(&INVALID_SIGNATURE_TYPE));
    }
    // What is of no scheme is told what the older one misses.
    acs3::claim(request).unwrap_or_else(|| rpc_v1::claim(request))
}

/// The key id that a request names, however incomplete the rest is.
#[must_use]
pub fn access_key_id<'a>(headers: &'a HeaderMap, params: &'a Params) -> Option<&'a str> {
    let header = |name| header(headers, name);
    let credential = || {
        let mut fields = header(AUTHORIZATION.as_str())?.split([' ', ',']);
        fields.find_map(|field| field.strip_prefix("Credential="))
    };
    params.text("AccessKeyId").or_else(credential).or_else(|| header("x-acs-accesskey-id"))
}

impl Claim<'_> {
    /// Whether the secret gives the request's signature.
    ///
    /// # Errors
    ///
    /// SignatureDoesNotMatch, with what should have been signed, never with the secret.
    pub fn check(&self, request: &Signed<'_>, secret: &str) -> Result<(), Refusal> {
        let scheme = &*self.scheme;
        let gives = |manner: &Manner<'_>| is_equal(&scheme.sign(request, manner, secret), scheme.sent());
        let manners = scheme.manners(request);
        let objection = scheme.objection(request);
        if objection.is_none() && manners.iter().any(gives) {
            return Ok(());
        }
        let right = manners.first().ok_or_else(|| Refusal::from(&INVALID_SIGNATURE_TYPE))?;
        let diagnosis = objection.or_else(|| mistakes::find(request, right, gives));
        Err(Refusal { fault: scheme.mismatch(request, right), diagnosis })
    }
}

/// In a time that does not tell how much of it is right.
#[must_use]
pub fn is_equal(right: &str, sent: &str) -> bool {
    right.as_bytes().ct_eq(sent.as_bytes()).into()
}
