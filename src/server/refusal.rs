//! What is answered, and logged, when something comes that is no request.

use actix_web::HttpResponse;
use actix_web::body::MessageBody as _;

use super::head::Mistake;
use crate::actions::faults::{Fault, HEAD_TOO_LARGE, MALFORMED_REQUEST, REQUEST_TIMEOUT, UNSUPPORTED_HTTP_METHOD};
use crate::app::Startup;
use crate::{admin, wire};

/// The answer in bytes, in the form of the plane that was called as far as one can tell; none to a client that could
/// not read it.
pub fn answer(startup: &Startup, mistake: &Mistake, received: &[u8]) -> Vec<u8> {
    let fault = match mistake {
        Mistake::Malformed(reason) => MALFORMED_REQUEST.about(reason),
        Mistake::Tunnel => Fault::from(&UNSUPPORTED_HTTP_METHOD),
        Mistake::TooLarge => Fault::from(&HEAD_TOO_LARGE),
        Mistake::TooSlow => Fault::from(&REQUEST_TIMEOUT),
        Mistake::Tls => {
            tracing::info!("a client speaks TLS here: the server speaks plain http, so its URL begins with http://");
            return Vec::new();
        }
    };
    let line = received.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let target = line.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
    let request_id = startup.request_id();
    tracing::info!(status = fault.status, code = &*fault.code, reason = %fault.message, request_id, "no request");
    if target.starts_with(b"/_mock") {
        written(admin::refusal(fault.status, &fault.message))
    } else {
        written(wire::refusal(startup.app(), target, &request_id, &fault))
    }
}

/// An answer as HTTP/1.1 writes it down, as the last one of its connection.
fn written(response: HttpResponse) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    let body = response.into_body().try_into_bytes().unwrap_or_default();
    bytes.extend(format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len()).into_bytes());
    bytes.extend(body);
    bytes
}
