//! Keeps pages of other sites from acting through the browser of somebody who can reach this server.

use actix_web::http::header::{HOST, HeaderMap, ORIGIN};

/// Whether a page of another site made this request: its `Origin` is not the host that it calls, or the browser says
/// `Sec-Fetch-Site: cross-site`. Programs that are not browsers send neither.
#[must_use]
pub fn is_foreign(headers: &HeaderMap) -> bool {
    let is_cross_site = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    let is_other_host = headers.get(ORIGIN).is_some_and(|origin| {
        let host = headers.get(HOST).map_or(&b""[..], |host| host.as_bytes());
        let origin = origin.as_bytes();
        let authority = [&b"http://"[..], b"https://"].iter().find_map(|scheme| origin.strip_prefix(*scheme));
        authority.is_none_or(|authority| !authority.eq_ignore_ascii_case(host))
    });
    is_cross_site || is_other_host
}
