//! From an HTTP request to a call: where parameters, Action, Version and Format come from.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap};
use actix_web::web::{Bytes, Payload};
use percent_encoding::percent_decode;

use super::render::Format;
use crate::fault::{
    BODY_TOO_LARGE, BODY_UNREADABLE, FOREIGN_ORIGIN, Fault, INVALID_ACTION, INVALID_PARAMETER, INVALID_VERSION,
    MISSING_PARAMETER, TOO_MANY_PARAMETERS, UNSUPPORTED_HTTP_METHOD,
};
use crate::model::params::Params;
use crate::origin;

/// The one version of the API.
const VERSION: &str = "2014-05-26";

/// Bytes of a body at most.
const BODY_LIMIT: usize = 1024 * 1024;

/// Parameters of a request at most; no action documents more than some hundreds.
const PARAMETER_LIMIT: usize = 1_000;

/// What a request asks for.
#[derive(Debug)]
pub struct Incoming {
    /// The action's name, as sent.
    pub action: String,
    pub params: Params,
    /// Who signed it, if anybody.
    pub access_key_id: Option<String>,
}

/// A request as far as it could be read.
#[derive(Debug)]
pub struct Received {
    /// The format to answer in, whatever becomes of the request.
    pub format: Format,
    /// What it asks for, or the fault of the gateway; the faults come in this order: method, path, origin, body,
    /// parameters, Action, Version.
    pub incoming: Result<Incoming, Fault>,
}

/// Reads a request.
pub async fn read(request: &HttpRequest, payload: Payload) -> Received {
    let mut pairs = Vec::new();
    let decoded = decode(request, payload, &mut pairs).await;
    let params = Params::new(pairs);
    let format = format(request, &params);
    Received { format, incoming: decoded.and_then(|()| incoming(request, params)) }
}

/// Puts the parameters into `pairs`, as far as they can be read.
async fn decode(request: &HttpRequest, payload: Payload, pairs: &mut Vec<(String, String)>) -> Result<(), Fault> {
    let query = decode_pairs(request.query_string().as_bytes(), pairs);
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return Err(Fault::from(&UNSUPPORTED_HTTP_METHOD));
    }
    if request.path() != "/" {
        return Err(Fault::from(&INVALID_ACTION));
    }
    if origin::is_foreign(request.headers()) {
        return Err(Fault::from(&FOREIGN_ORIGIN));
    }
    let body = form_body(request.headers(), payload).await?;
    let body = decode_pairs(&body, pairs);
    query.and(body)
}

fn incoming(request: &HttpRequest, params: Params) -> Result<Incoming, Fault> {
    // Clients of the newer signature scheme name both in headers only.
    let header =
        |name| request.headers().get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
    let action = params.text("Action").or_else(|| header("x-acs-action"));
    let action = action.ok_or_else(|| MISSING_PARAMETER.about("Action"))?.to_owned();
    if params.text("Version").or_else(|| header("x-acs-version")).is_some_and(|version| version != VERSION) {
        return Err(Fault::from(&INVALID_VERSION));
    }
    let access_key_id = params.owned("AccessKeyId").or_else(|| {
        // `ACS3-HMAC-SHA256 Credential=<id>,SignedHeaders=...,Signature=...`, in any order.
        let mut fields = header("authorization")?.split([' ', ',']);
        fields.find_map(|field| field.strip_prefix("Credential=")).map(str::to_owned)
    });
    let access_key_id = access_key_id.or_else(|| header("x-acs-accesskey-id").map(str::to_owned));
    Ok(Incoming { action, params, access_key_id })
}

/// The format to answer in: the parameter `Format`, else the header `Accept`, else XML. A
/// Format that is neither `JSON` nor `XML`, in any case, is as good as none: one client sends the literal `None`.
fn format(request: &HttpRequest, params: &Params) -> Format {
    let from_accept = || {
        let accept = request.headers().get(ACCEPT)?.to_str().ok()?.to_ascii_lowercase();
        let (json, xml) = (accept.find("json"), accept.find("xml"));
        match (json, xml) {
            (Some(json), Some(xml)) if xml < json => Some(Format::Xml),
            (Some(_), _) => Some(Format::Json),
            (None, _) => None,
        }
    };
    params.text("Format").and_then(named).or_else(from_accept).unwrap_or(Format::Xml)
}

fn named(format: &str) -> Option<Format> {
    match format {
        _ if format.eq_ignore_ascii_case("json") => Some(Format::Json),
        _ if format.eq_ignore_ascii_case("xml") => Some(Format::Xml),
        _ => None,
    }
}

/// The host that the client called, for `HostId`.
#[must_use]
pub fn host(request: &HttpRequest) -> &str {
    request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("ecs.aliyuncs.com")
}

/// Whether this is a person who opened the address in a browser.
#[must_use]
pub fn is_visitor(request: &HttpRequest) -> bool {
    let wants_page = || {
        let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
        accept.is_some_and(|accept| accept.contains("text/html"))
    };
    let names_action = || {
        let mut names = request.query_string().split('&').map(|pair| pair.split('=').next().unwrap_or(pair));
        names.any(|name| name.eq_ignore_ascii_case("Action")) || request.headers().contains_key("x-acs-action")
    };
    request.method() == Method::GET && request.path() == "/" && wants_page() && !names_action()
}

/// The body, if it is a form: what has another content type holds no parameters.
async fn form_body(headers: &HeaderMap, payload: Payload) -> Result<Bytes, Fault> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(Fault::from(&BODY_TOO_LARGE));
    }
    let body = match payload.to_bytes_limited(BODY_LIMIT).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(Fault::from(&BODY_UNREADABLE)),
        Err(_) => return Err(Fault::from(&BODY_TOO_LARGE)),
    };
    let is_form = match headers.get(CONTENT_TYPE) {
        None => true,
        Some(content_type) => content_type.to_str().is_ok_and(|content_type| {
            let essence = content_type.split(';').next().unwrap_or(content_type).trim();
            essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        }),
    };
    Ok(if is_form { body } else { Bytes::new() })
}

/// Decodes `name=value&...`: percent-encoding and `+` for a space, in names and values. What is broken is left out; the
/// first break is the fault.
fn decode_pairs(text: &[u8], pairs: &mut Vec<(String, String)>) -> Result<(), Fault> {
    let mut result = Ok(());
    for pair in text.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        if pairs.len() == PARAMETER_LIMIT {
            return result.and(Err(Fault::from(&TOO_MANY_PARAMETERS)));
        }
        let (name, value) = match pair.iter().position(|&byte| byte == b'=') {
            Some(equals) => (&pair[..equals], &pair[equals + 1..]),
            None => (pair, &[][..]),
        };
        match (decoded(name), decoded(value)) {
            (Some(name), Some(value)) => pairs.push((name, value)),
            (decoded, _) => {
                // Neither format can carry every character that a name may hold.
                let name = decoded.unwrap_or_else(|| String::from_utf8_lossy(name).into_owned());
                result = result.and(Err(INVALID_PARAMETER.about(&name.escape_default().to_string())));
            }
        }
    }
    result
}

/// `None`: a percent sign without two hexadecimal digits, or bytes that are not UTF-8.
fn decoded(text: &[u8]) -> Option<String> {
    let is_broken = |index: usize| {
        let digits = text.get(index + 1..index + 3);
        digits.is_none_or(|digits| !digits.iter().all(u8::is_ascii_hexdigit))
    };
    if (0..text.len()).any(|index| text[index] == b'%' && is_broken(index)) {
        return None;
    }
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    let decoded = percent_decode(&spaced).decode_utf8().ok()?.into_owned();
    Some(decoded)
}
