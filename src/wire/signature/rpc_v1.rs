//! Signature version 1.0 of RPC requests: HMAC-SHA1 over the sorted parameters of query and form body.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::{Claim, Encoding, Manner, Scheme, Signed};
use crate::actions::faults::{
    Fault, INVALID_SIGNATURE_METHOD, INVALID_SIGNATURE_VERSION, MISSING_ACCESS_KEY_ID, MISSING_SIGNATURE,
    MISSING_SIGNATURE_METHOD, MISSING_SIGNATURE_NONCE, MISSING_SIGNATURE_VERSION, MISSING_TIMESTAMP,
    SIGNATURE_MISMATCH_V1,
};

struct RpcV1<'a> {
    signature: &'a str,
}

/// Reads the claim of a request whose parameters carry it.
pub fn claim<'a>(request: &Signed<'a>) -> Result<Claim<'a>, Fault> {
    let text = |name| request.params.text(name);
    let access_key_id = text("AccessKeyId").ok_or(&MISSING_ACCESS_KEY_ID)?;
    let method = text("SignatureMethod").ok_or(&MISSING_SIGNATURE_METHOD)?;
    let version = text("SignatureVersion").ok_or(&MISSING_SIGNATURE_VERSION)?;
    let nonce = text("SignatureNonce").ok_or(&MISSING_SIGNATURE_NONCE)?;
    let timestamp = text("Timestamp").ok_or(&MISSING_TIMESTAMP)?;
    let signature = text("Signature").ok_or(&MISSING_SIGNATURE)?;
    if method != "HMAC-SHA1" {
        return Err(Fault::from(&INVALID_SIGNATURE_METHOD));
    }
    if version != "1.0" {
        return Err(Fault::from(&INVALID_SIGNATURE_VERSION));
    }
    let security_token = text("SecurityToken");
    let scheme = Box::new(RpcV1 { signature });
    Ok(Claim { access_key_id, security_token, timestamp, nonce, scheme })
}

impl Scheme for RpcV1<'_> {
    fn sent(&self) -> &str {
        self.signature
    }

    fn manners<'m>(&self, request: &Signed<'m>) -> Vec<Manner<'m>> {
        vec![Manner {
            method: request.method,
            path: "%2F",
            encoding: Encoding::RIGHT,
            has_body: true,
            host: None,
            key_suffix: "&",
            encodes_names: true,
        }]
    }

    fn sign(&self, request: &Signed<'_>, manner: &Manner<'_>, secret: &str) -> String {
        let key = format!("{secret}{}", manner.key_suffix);
        // A key of any length will do.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else { return String::new() };
        mac.update(string_to_sign(request, manner).as_bytes());
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }

    fn mismatch(&self, request: &Signed<'_>, manner: &Manner<'_>) -> Fault {
        SIGNATURE_MISMATCH_V1.about(&string_to_sign(request, manner))
    }
}

/// Method, path and parameters, encoded twice. Of a parameter that is there twice the first counts, as for the action.
fn string_to_sign(request: &Signed<'_>, manner: &Manner<'_>) -> String {
    let all = if manner.has_body { request.params.pairs() } else { request.query() };
    let mut pairs: Vec<_> = all.iter().filter(|(name, _)| name != "Signature").collect();
    pairs.sort_by_key(|(name, _)| name);
    pairs.dedup_by_key(|(name, _)| name);
    let mut canonical = String::new();
    for (index, (name, value)) in pairs.into_iter().enumerate() {
        let separator = if index == 0 { "" } else { "&" };
        // Writing to a text does not fail.
        let _ = write!(canonical, "{separator}{}={}", manner.encoding.of(name), manner.encoding.of(value));
    }
    format!("{}&{}&{}", manner.method, manner.path, manner.encoding.of(&canonical))
}
