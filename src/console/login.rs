//! `login` and `logout`: a session in exchange for the admin token.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use askama::Template;

use super::forms::Posted;
use super::page::{Failed, Frame, Visit};
use super::session::{LIFE, SessionKey};
use super::{ROOT, filters};
use crate::admin::guard::is_token;

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    frame: Frame,
    next: String,
    is_wrong: bool,
    has_token: bool,
}

impl Login {
    fn of(visit: &Visit, next: &str, is_wrong: bool) -> Self {
        let (frame, has_token) = (visit.frame("Log in"), visit.token().is_some());
        Self { frame, next: within(next).to_owned(), is_wrong, has_token }
    }
}

/// Asks for the token.
pub async fn form(visit: Visit) -> Result<HttpResponse, Failed> {
    let params = visit.params()?;
    visit.show(&Login::of(&visit, params.text("next").unwrap_or_default(), false))
}

/// Begins a session.
pub async fn enter(posted: Posted) -> Result<HttpResponse, Failed> {
    let Posted { visit, fields } = posted;
    let next = fields.text("next").unwrap_or_default();
    let Some(token) = visit.token() else { return Ok(to(within(next))) };
    if !is_token(fields.raw("token").unwrap_or_default(), token) {
        return visit.show_as(StatusCode::UNAUTHORIZED, &Login::of(&visit, next, true));
    }
    let key = SessionKey::of(token);
    let cookie = key.cookie(visit.app()?.clock.now().plus(LIFE));
    let mut response = to(within(next));
    visit.set_cookie(&mut response, &key.cookie_name(), &cookie, LIFE);
    Ok(response)
}

/// Takes the cookie away. The session itself, wherever else it may be, ends at its time.
pub async fn leave(posted: Posted) -> Result<HttpResponse, Failed> {
    let visit = posted.visit;
    let mut response = visit.lead(&format!("{ROOT}/login"), "You have logged out.");
    if let Some(token) = visit.token() {
        visit.set_cookie(&mut response, &SessionKey::of(token).cookie_name(), "", 0);
    }
    Ok(response)
}

/// The page to go on to: one of the console, whatever a link to the login says. Browsers follow `..`, also where it is encoded, out
/// of the console, to a request that would then come from a page of ours.
fn within(next: &str) -> &str {
    let is_within = next.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let path = next.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    let leads_elsewhere = path.split('/').any(|segment| matches!(segment, "." | ".."));
    if is_within && is_plain && !leads_elsewhere { next } else { ROOT }
}

fn to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}
