//! The head of a request: whether it is HTTP that may go on, and where the request ends.

use std::ops::Range;

use actix_web::http::header::HeaderName;
use actix_web::http::{Method, Uri};
use httparse::{EMPTY_HEADER, Header, Request, Status};

/// Bytes of a head at most.
pub const LIMIT: usize = 128 * 1024;

/// Headers of a request at most; the HTTP layer takes no more.
const HEADERS: usize = 96;

/// The first byte of a TLS handshake, with which no request begins.
const HANDSHAKE: u8 = 0x16;

/// A head that is complete.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    /// Bytes of the head itself.
    pub length: usize,
    pub body: Body,
    /// Where the request asks for another protocol. The HTTP layer would take what follows for that protocol, and the
    /// server has none, so it is to see spaces there.
    pub upgrades: Vec<Range<usize>>,
}

/// How a body is sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Body {
    /// It has so many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
}

/// Why a request cannot be taken, before there is one.
#[derive(Debug, PartialEq, Eq)]
pub enum Mistake {
    /// It is no HTTP/1.1; says what is wrong.
    Malformed(String),
    TooLarge,
    /// It asks for a tunnel to another server.
    Tunnel,
    /// Its head was not there in time.
    TooSlow,
    /// A client that speaks TLS.
    Tls,
}

/// Reads as much as has come; `None`: the rest of the head is to come.
pub fn read(bytes: &[u8]) -> Result<Option<Head>, Mistake> {
    if bytes.first() == Some(&HANDSHAKE) {
        return Err(Mistake::Tls);
    }
    let mut headers = [EMPTY_HEADER; HEADERS];
    let mut request = Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(Status::Complete(length)) if length <= LIMIT => {
            Ok(Some(Head { length, body: body(&request)?, upgrades: upgrades(bytes, request.headers) }))
        }
        Ok(Status::Partial) if bytes.len() < LIMIT => Ok(None),
        Ok(_) | Err(httparse::Error::TooManyHeaders) => Err(Mistake::TooLarge),
        Err(error) => Err(malformed(&error)),
    }
}

/// How the body is sent. What the HTTP layer would not take is a mistake, and so is what can be read in two ways: it and
/// whatever stands before it could take different ones.
fn body(request: &Request<'_, '_>) -> Result<Body, Mistake> {
    let target = Uri::try_from(request.path.unwrap_or_default()).map_err(|error| malformed(&error))?;
    for header in &*request.headers {
        HeaderName::from_bytes(header.name.as_bytes()).map_err(|error| malformed(&error))?;
    }
    let is_old = request.version == Some(0);
    let host = only(request.headers, "Host")?;
    let length = only(request.headers, "Content-Length")?;
    let encoding = only(request.headers, "Transfer-Encoding")?;
    if host.is_none() && !is_old {
        return Err(malformed(&"there is no Host"));
    }
    if request.method == Some(Method::CONNECT.as_str()) {
        return Err(if target.authority().is_some() { Mistake::Tunnel } else { malformed(&"CONNECT names no host") });
    }
    match (length, encoding) {
        (None, Some(encoding)) if !is_old && encoding.eq_ignore_ascii_case(b"chunked") => Ok(Body::Chunked),
        (_, Some(_)) => Err(malformed(&"the Transfer-Encoding is not chunked alone")),
        (Some(length), None) => {
            let is_number = !length.is_empty() && length.iter().all(u8::is_ascii_digit);
            let length = str::from_utf8(length).ok().filter(|_| is_number).and_then(|length| length.parse().ok());
            length.map(Body::Length).ok_or_else(|| malformed(&"the Content-Length is no number"))
        }
        (None, None) if is_old && request.method == Some(Method::POST.as_str()) => {
            Err(malformed(&"a POST of HTTP/1.0 has no Content-Length"))
        }
        (None, None) => Ok(Body::Length(0)),
    }
}

/// The values of Upgrade, and what announces them among the options of Connection.
fn upgrades(bytes: &[u8], headers: &[Header<'_>]) -> Vec<Range<usize>> {
    let mut upgrades = Vec::new();
    for header in headers {
        if header.name.eq_ignore_ascii_case("Upgrade") {
            upgrades.push(header.value);
        } else if header.name.eq_ignore_ascii_case("Connection") {
            let options = header.value.split(|&byte| byte == b',');
            upgrades.extend(options.filter(|option| option.trim_ascii().eq_ignore_ascii_case(b"upgrade")));
        }
    }
    let place = |part: &[u8]| {
        let start = part.as_ptr().addr() - bytes.as_ptr().addr();
        start..start + part.len()
    };
    upgrades.into_iter().filter(|part| !part.is_empty()).map(place).collect()
}

/// The value of a header that may be there once.
fn only<'a>(headers: &'a [Header<'_>], name: &str) -> Result<Option<&'a [u8]>, Mistake> {
    let mut values = headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(malformed(&format!("there is more than one {name}"))),
        (value, None) => Ok(value.map(|header| header.value.trim_ascii())),
    }
}

fn malformed(reason: &impl ToString) -> Mistake {
    Mistake::Malformed(reason.to_string())
}
