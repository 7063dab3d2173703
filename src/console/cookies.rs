//! Cookies of the console: both of them hold what the server has written, and neither is seen by scripts.

use actix_web::HttpRequest;
use actix_web::http::header::COOKIE;

use super::ROOT;

/// The value of a cookie that a request comes with.
pub fn read<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let all = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|all| all.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value)
}

/// A cookie that lasts so many seconds; with 0 it is taken away.
pub fn written(request: &HttpRequest, name: &str, value: &str, seconds: i64) -> String {
    let secure = if is_https(request) { "; Secure" } else { "" };
    format!("{name}={value}; Path={ROOT}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// Whether whoever stands before the server says that the request came to them by https. If that is a lie, it is one to the
/// liar's own browser.
pub fn is_https(request: &HttpRequest) -> bool {
    let protocol = request.headers().get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    protocol.is_some_and(|protocol| protocol.split(',').next().unwrap_or_default().trim() == "https")
}
