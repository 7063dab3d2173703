//! The head of a request: whether it is HTTP that may go on, and where the request ends.

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
    /// Bytes of the body; `None`: only the HTTP layer finds its end.
    pub body: Option<u64>,
}

/// Why a request cannot be taken, before there is one.
#[derive(Debug, PartialEq, Eq)]
pub enum Mistake {
    /// It is no HTTP/1.1; says what is wrong.
    Malformed(String),
    TooLarge,
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
        Ok(Status::Complete(length)) => Ok(Some(Head { length, body: body(&request)? })),
        Ok(Status::Partial) if bytes.len() < LIMIT => Ok(None),
        Ok(Status::Partial) | Err(httparse::Error::TooManyHeaders) => Err(Mistake::TooLarge),
        Err(error) => Err(malformed(&error)),
    }
}

/// The length of the body. Two readings of a request are none: the HTTP layer and whatever stands before it could take
/// different ones.
fn body(request: &Request<'_, '_>) -> Result<Option<u64>, Mistake> {
    Uri::try_from(request.path.unwrap_or_default()).map_err(|error| malformed(&error))?;
    let is_old = request.version == Some(0);
    let host = only(request.headers, "Host")?;
    let length = only(request.headers, "Content-Length")?;
    let encoding = only(request.headers, "Transfer-Encoding")?;
    if host.is_none() && !is_old {
        return Err(malformed(&"there is no Host"));
    }
    let is_unframed = request.method == Some(Method::CONNECT.as_str())
        || request.headers.iter().any(|header| header.name.eq_ignore_ascii_case("Upgrade"));
    match (length, encoding) {
        (None, Some(encoding)) if !is_old && encoding.eq_ignore_ascii_case(b"chunked") => Ok(None),
        (_, Some(_)) => Err(malformed(&"the Transfer-Encoding is not chunked alone")),
        (Some(length), None) => {
            let is_number = !length.is_empty() && length.iter().all(u8::is_ascii_digit);
            let length = str::from_utf8(length).ok().filter(|_| is_number).and_then(|length| length.parse().ok());
            length.map(Some).ok_or_else(|| malformed(&"the Content-Length is no number"))
        }
        (None, None) if is_unframed => Ok(None),
        (None, None) => Ok(Some(0)),
    }
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
