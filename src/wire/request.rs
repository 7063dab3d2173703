//! From an HTTP request to a call: where parameters, Action, Version and Format come from.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderMap};
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

/// Reads a request.
///
/// # Errors
///
/// The faults of the gateway, in this order: method, path, origin, body, parameters, Action, Version.
pub async fn read(request: &HttpRequest, payload: Payload) -> Result<Incoming, Fault> {
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
    let mut pairs = Vec::new();
    decode_pairs(request.query_string().as_bytes(), &mut pairs)?;
    decode_pairs(&body, &mut pairs)?;
    let params = Params::new(pairs);
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
        let fields = header("authorization")?.split([' ', ',']);
        fields.filter_map(|field| field.strip_prefix("Credential=")).map(str::to_owned).next()
    });
    let access_key_id = access_key_id.or_else(|| header("x-acs-accesskey-id").map(str::to_owned));
    Ok(Incoming { action, params, access_key_id })
}

/// The format to answer in: the parameter `Format` of the query, then of the body, else the header `Accept`, else XML. A
/// Format that is neither `JSON` nor `XML`, in any case, is as good as none: one client sends the literal `None`.
#[must_use]
pub fn format(request: &HttpRequest, params: Option<&Params>) -> Format {
    // Before the parameters are known, and where they cannot be read, the query as it stands has to do.
    let from_query = || {
        let pairs = request.query_string().split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(name, _)| name.eq_ignore_ascii_case("Format")).find_map(|(_, value)| named(value))
    };
    let from_accept = || {
        let accept = request.headers().get(ACCEPT)?.to_str().ok()?.to_ascii_lowercase();
        let (json, xml) = (accept.find("json"), accept.find("xml"));
        match (json, xml) {
            (Some(json), Some(xml)) if xml < json => Some(Format::Xml),
            (Some(_), _) => Some(Format::Json),
            (None, _) => None,
        }
    };
    let from_params = params.map_or_else(from_query, |params| params.text("Format").and_then(named));
    from_params.or_else(from_accept).unwrap_or(Format::Xml)
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

/// Decodes `name=value&...`: percent-encoding and `+` for a space, in names and values.
fn decode_pairs(text: &[u8], pairs: &mut Vec<(String, String)>) -> Result<(), Fault> {
    for pair in text.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        if pairs.len() == PARAMETER_LIMIT {
            return Err(Fault::from(&TOO_MANY_PARAMETERS));
        }
        let (name, value) = match pair.iter().position(|&byte| byte == b'=') {
            Some(equals) => (&pair[..equals], &pair[equals + 1..]),
            None => (pair, &[][..]),
        };
        match (decode(name), decode(value)) {
            (Some(name), Some(value)) => pairs.push((name, value)),
            (Some(name), None) => return Err(INVALID_PARAMETER.about(&name)),
            (None, _) => return Err(INVALID_PARAMETER.about(&printable(name))),
        }
    }
    Ok(())
}

/// `None`: a percent sign without two hexadecimal digits, or bytes that are not UTF-8.
fn decode(text: &[u8]) -> Option<String> {
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

/// A name that cannot be decoded, as it was sent.
fn printable(name: &[u8]) -> String {
    String::from_utf8_lossy(name).escape_default().to_string()
}
