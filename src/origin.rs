//! Keeps pages of other sites from acting through the browser of somebody who can reach this server: neither as
//! themselves, nor under a name of their own that leads here.

use std::net::IpAddr;

use actix_web::http::header::{HOST, HeaderMap, ORIGIN};

/// Endings of names that nobody can buy, so that no page of another site is reached under them.
const LOCAL: [&str; 3] = [".localhost", ".internal", ".local"];

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

/// Whether it may be a page of another host of the same site that made this request: the browser says so, and nothing
/// tells which one.
#[must_use]
pub fn is_sibling(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-site") && !headers.contains_key(ORIGIN)
}

/// The name or address in a Host header, without the port.
#[must_use]
pub fn name(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    }
}

/// Whether a server may be reached under this name: any address, a name without a dot, one that only a local network
/// knows, or one of those that are `allowed`, where `*.` stands for whatever is before the rest.
#[must_use]
pub fn is_allowed(name: &str, allowed: &[String]) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let is_local = !name.contains('.') || LOCAL.iter().any(|ending| name.ends_with(ending));
    is_local
        || name.parse::<IpAddr>().is_ok()
        || allowed.iter().any(|allowed| match allowed.strip_prefix('*') {
            Some(ending) => name.ends_with(&ending.to_ascii_lowercase()),
            None => name.eq_ignore_ascii_case(allowed),
        })
}
