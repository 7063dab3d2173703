//! Signature version 3 (`ACS3-HMAC-SHA256`): HMAC-SHA256 over method, path, query, headers of the client's choice, and body.

use std::borrow::Cow;
use std::fmt::Write as _;

use actix_web::http::header::{AUTHORIZATION, HOST};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{Claim, Encoding, Manner, Scheme, Signed};
use crate::actions::faults::{
    Fault, INCOMPLETE_SIGNATURE, INVALID_SIGNATURE_METHOD, MISSING_ACCESS_KEY_ID, MISSING_SIGNATURE,
    MISSING_SIGNATURE_NONCE, MISSING_TIMESTAMP, SIGNATURE_MISMATCH_V3,
};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// Headers that mean something here: where one is sent, the signature must cover it.
const COVERED: [&str; 7] = [
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
    "x-acs-security-token",
    "x-acs-accesskey-id",
];

struct Acs3<'a> {
    signature: &'a str,
    /// As the client lists them: lower-case names with semicolons between them.
    signed_headers: &'a str,
}

/// Reads the claim of a request whose header `Authorization` carries it; `None`: it is of another scheme.
pub fn claim<'a>(request: &Signed<'a>) -> Option<Result<Claim<'a>, Fault>> {
    let authorization = request.header(AUTHORIZATION.as_str()).filter(|value| value.starts_with("ACS3-"))?;
    Some(read(request, authorization))
}

fn read<'a>(request: &Signed<'a>, authorization: &'a str) -> Result<Claim<'a>, Fault> {
    let (algorithm, fields) = authorization.split_once(' ').unwrap_or((authorization, ""));
    // Clients differ in the order of the fields.
    let field = |name: &str| {
        let mut fields = fields.split(',').filter_map(|field| field.trim().split_once('='));
        fields.find_map(|(other, value)| (other == name && !value.is_empty()).then_some(value))
    };
    let access_key_id = field("Credential").ok_or(&MISSING_ACCESS_KEY_ID)?;
    let nonce = request.header("x-acs-signature-nonce").ok_or(&MISSING_SIGNATURE_NONCE)?;
    let timestamp = request.header("x-acs-date").ok_or(&MISSING_TIMESTAMP)?;
    let signature = field("Signature").ok_or(&MISSING_SIGNATURE)?;
    if algorithm != ALGORITHM {
        return Err(Fault::from(&INVALID_SIGNATURE_METHOD));
    }
    let signed_headers = field("SignedHeaders").ok_or(&INCOMPLETE_SIGNATURE)?;
    let is_covered = |name: &str| signed_headers.split(';').any(|signed| signed.eq_ignore_ascii_case(name));
    if COVERED.iter().any(|name| request.headers.contains_key(*name) && !is_covered(name)) {
        return Err(Fault::from(&INCOMPLETE_SIGNATURE));
    }
    let security_token = request.header("x-acs-security-token").or_else(|| request.params.text("SecurityToken"));
    let scheme = Box::new(Acs3 { signature, signed_headers });
    Ok(Claim { access_key_id, security_token, timestamp, nonce, scheme })
}

impl Scheme for Acs3<'_> {
    fn sent(&self) -> &str {
        self.signature
    }

    fn manners<'m>(&self, request: &Signed<'m>) -> Vec<Manner<'m>> {
        let plain = Manner {
            method: request.method,
            path: "/",
            encoding: Encoding::RIGHT,
            has_body: true,
            host: None,
            key_suffix: "",
            encodes_names: false,
        };
        // Some clients encode the names of parameters, some do not; for all documented names it is the same.
        let is_same = request.query().iter().all(|(name, _)| Encoding::RIGHT.of(name) == *name);
        if is_same {
            return vec![plain];
        }
        let encoded = Manner { encodes_names: true, ..plain.clone() };
        vec![plain, encoded]
    }

    fn sign(&self, request: &Signed<'_>, manner: &Manner<'_>, secret: &str) -> String {
        let key = format!("{secret}{}", manner.key_suffix);
        // A key of any length will do.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
        mac.update(string_to_sign(&self.canonical_request(request, manner)).as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    fn objection(&self, request: &Signed<'_>) -> Option<&'static str> {
        let said = request.header("x-acs-content-sha256")?;
        let is_true = said == hex(&Sha256::digest(request.body));
        (!is_true).then_some("x-acs-content-sha256 is not the SHA-256 of the body, in lower-case hexadecimal")
    }

    fn mismatch(&self, request: &Signed<'_>, manner: &Manner<'_>) -> Fault {
        let canonical_request = self.canonical_request(request, manner);
        let string_to_sign = string_to_sign(&canonical_request);
        let texts = format!("StringToSign is [{string_to_sign}] server CanonicalRequest is [{canonical_request}]");
        SIGNATURE_MISMATCH_V3.about(&texts)
    }
}

impl Acs3<'_> {
    fn canonical_request(&self, request: &Signed<'_>, manner: &Manner<'_>) -> String {
        let mut pairs: Vec<_> = request.query().iter().collect();
        pairs.sort_by_key(|(name, _)| name);
        pairs.dedup_by_key(|(name, _)| name);
        // Writing to a text does not fail.
        let mut text = format!("{}\n{}\n", manner.method, manner.path);
        for (index, (name, value)) in pairs.into_iter().enumerate() {
            let separator = if index == 0 { "" } else { "&" };
            let name = if manner.encodes_names { manner.encoding.of(name) } else { Cow::from(name) };
            let _ = write!(text, "{separator}{name}={}", manner.encoding.of(value));
        }
        text.push('\n');
        for name in self.signed_headers.split(';') {
            let name = name.to_ascii_lowercase();
            let _ = writeln!(text, "{name}:{}", header(request, manner, &name));
        }
        let body = if manner.has_body { request.body } else { b"" };
        let _ = write!(text, "\n{}\n{}", self.signed_headers, hex(&Sha256::digest(body)));
        text
    }
}

/// The value of a header as it was received, without the spaces around it.
fn header<'a>(request: &Signed<'a>, manner: &'a Manner<'_>, name: &str) -> Cow<'a, str> {
    if let Some(host) = manner.host.as_deref().filter(|_| name == HOST.as_str()) {
        return Cow::from(host);
    }
    let mut values = request.headers.get_all(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let Some(first) = values.next() else { return Cow::from("") };
    let others: Vec<_> = values.collect();
    if others.is_empty() {
        return match first {
            Cow::Borrowed(first) => Cow::Borrowed(first.trim()),
            Cow::Owned(first) => Cow::Owned(first.trim().to_owned()),
        };
    }
    Cow::Owned(std::iter::once(first).chain(others).map(|value| value.trim().to_owned()).collect::<Vec<_>>().join(","))
}

fn string_to_sign(canonical_request: &str) -> String {
    format!("{ALGORITHM}\n{}", hex(&Sha256::digest(canonical_request)))
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
