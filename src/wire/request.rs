//! From an HTTP request to a call: where parameters, Action, Version and Format come from.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;
use percent_encoding::percent_decode;
use tokio::time::{Instant, timeout_at};

use super::render::Format;
use super::signature;
use crate::actions::faults::{
    BODY_TOO_LARGE, BODY_UNREADABLE, FOREIGN_ORIGIN, Fault, INVALID_ACTION, INVALID_PARAMETER, PARAMETER_TOO_LONG,
    TOO_MANY_PARAMETERS, UNSUPPORTED_HTTP_METHOD,
};
use crate::model::params::Params;
use crate::origin;

/// The one version of the API.
pub const VERSION: &str = "2014-05-26";

/// Bytes of a body at most.
const BODY_LIMIT: usize = 1024 * 1024;

/// Parameters of a request at most; no action documents more than some hundreds.
const PARAMETER_LIMIT: usize = 1_000;

/// Bytes of a parameter's name at most, and of its value: the longest names that any action documents have some dozens, and the
/// longest values are scripts of 32 KiB. What is asked for is also remembered, with its answer.
const NAME_LIMIT: usize = 256;
const VALUE_LIMIT: usize = 64 * 1024;

/// The host that a client calls which does not say.
pub const UNKNOWN_HOST: &str = "ecs.aliyuncs.com";

/// How long a sender may pause in the middle of a body, and how long all of the body may take.
const PAUSE: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_mins(1);

/// What a request asks for.
#[derive(Debug)]
pub struct Incoming {
    /// The action's name, as sent.
    pub action: Option<String>,
    pub version: Option<String>,
    pub params: Arc<Params>,
    /// How many of the parameters come from the query; the others come from the form.
    pub query_count: usize,
    /// As it came, form or not.
    pub body: Bytes,
}

/// A request as far as it could be read.
#[derive(Debug)]
pub struct Received {
    /// The format to answer in, whatever becomes of the request.
    pub format: Format,
    /// The key that it names, whatever becomes of it.
    pub access_key_id: Option<String>,
    /// The action that it names, and the parameters that could be read, whatever becomes of it.
    pub action: Option<String>,
    pub params: Arc<Params>,
    /// What it asks for, or the fault of the gateway; the faults come in this order: method, path, origin, body,
    /// parameters.
    pub incoming: Result<Incoming, Fault>,
}

/// Reads a request.
pub async fn read(request: &HttpRequest, payload: Payload) -> Received {
    let mut pairs = Vec::new();
    let query = decode_pairs(request.query_string().as_bytes(), &mut pairs);
    let query_count = pairs.len();
    let body = body(request, payload).await.and_then(|body| {
        let form = if is_form(request.headers()) { decode_pairs(&body, &mut pairs) } else { Ok(()) };
        query.and(form).map(|()| body)
    });
    let params = Arc::new(Params::new(pairs));
    let format = format(request, &params);
    let access_key_id = signature::access_key_id(request.headers(), &params).map(str::to_owned);
    // Clients of the newer signature scheme name both in headers only.
    let text = |parameter, header: &str| {
        let header = || request.headers().get(header).and_then(|value| value.to_str().ok());
        params.text(parameter).or_else(header).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let (action, version) = (text("Action", "x-acs-action"), text("Version", "x-acs-version"));
    let incoming =
        body.map(|body| Incoming { action: action.clone(), version, params: params.clone(), query_count, body });
    Received { format, access_key_id, action, params, incoming }
}

/// The body of a request that may have one.
async fn body(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, Fault> {
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return Err(Fault::from(&UNSUPPORTED_HTTP_METHOD));
    }
    if request.path() != "/" {
        return Err(Fault::from(&INVALID_ACTION));
    }
    if origin::is_foreign(request.headers()) {
        return Err(Fault::from(&FOREIGN_ORIGIN));
    }
    let length = request.headers().get(CONTENT_LENGTH);
    let announced = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(Fault::from(&BODY_TOO_LARGE));
    }
    let mut body = BytesMut::new();
    let deadline = Instant::now() + PATIENCE;
    loop {
        match timeout_at(deadline.min(Instant::now() + PAUSE), payload.next()).await {
            Ok(Some(Ok(chunk))) if body.len() + chunk.len() > BODY_LIMIT => return Err(Fault::from(&BODY_TOO_LARGE)),
            Ok(Some(Ok(chunk))) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(Err(_))) | Err(_) => return Err(Fault::from(&BODY_UNREADABLE)),
        }
    }
}

/// Whether the body holds parameters: what has another content type than a form's does not.
fn is_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_none_or(|content_type| {
        content_type.to_str().is_ok_and(|content_type| {
            let essence = content_type.split(';').next().unwrap_or(content_type).trim();
            essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    })
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

/// The format that the target of a request asks for, where there is nothing else to go by.
pub fn format_of_target(target: &[u8]) -> Format {
    let query = target.splitn(2, |&byte| byte == b'?').nth(1).unwrap_or_default();
    let mut pairs = Vec::new();
    // What is wrong with the query is not what is wrong with the request.
    let _ = decode_pairs(query, &mut pairs);
    Params::new(pairs).text("Format").and_then(named).unwrap_or(Format::Xml)
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
    sent_host(request).unwrap_or(UNKNOWN_HOST)
}

/// The Host header, if there is one; HTTP/1.0 has none.
#[must_use]
pub fn sent_host(request: &HttpRequest) -> Option<&str> {
    request.headers().get(HOST).map(|host| host.to_str().unwrap_or_default())
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
            (Some(name), Some(value)) if name.len() > NAME_LIMIT || value.len() > VALUE_LIMIT => {
                result = result.and(Err(Fault::from(&PARAMETER_TOO_LONG)));
            }
            (Some(name), Some(value)) => pairs.push((name, value)),
            (decoded, _) => {
                // Neither format can carry every character that a name may hold.
                let name = decoded.unwrap_or_else(|| String::from_utf8_lossy(name).into_owned());
                let name: String = name.chars().take(NAME_LIMIT).collect();
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
