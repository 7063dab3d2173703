//! The texts of errors as others may see them: some repeat what was signed, and with it what the request has of secrets.

use actix_web::HttpRequest;

use super::signature::encoded;
use crate::model::params::Params;
use crate::model::sent::{MASK, is_secret};

/// Headers whose values nobody is shown.
const SECRETS: [&str; 2] = ["authorization", "x-acs-security-token"];

/// The text without the values of secret parameters and headers, as they are, and as they are percent-encoded in what was
/// signed: once, or once more where what is encoded is a part of what is encoded.
pub fn masked(text: &str, request: &HttpRequest, params: &Params) -> String {
    let of_params = params.pairs().iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value.as_str());
    let of_headers = request.headers().iter().filter(|(name, _)| SECRETS.contains(&name.as_str()));
    let of_headers = of_headers.filter_map(|(_, value)| value.to_str().ok());
    let mut masked = text.to_owned();
    for value in of_params.chain(of_headers).filter(|value| !value.is_empty()) {
        let once = encoded(value);
        // What is longest comes first: an encoded value has the value in it, if nothing had to be encoded.
        for secret in [&*encoded(&once), &*once, value] {
            masked = masked.replace(secret, MASK);
        }
    }
    masked
}
