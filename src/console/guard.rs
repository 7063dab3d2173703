//! Who may use the console: whoever may use the control plane. What is added is what browsers need: a link from anywhere
//! opens a page, a session stands for the token, and a form comes from a page of ours.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, LOCATION, ORIGIN};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, HttpResponse, ResponseError as _};

use super::page::Failed;
use super::session::{Pass, SessionKey};
use super::{ROOT, cookies, links};
use crate::admin::guard::{Access, bears, check_place};
use crate::admin::problem::Problem;
use crate::app::Startup;
use crate::origin;

/// Lets a request to the console through, or answers it; in the log either way.
pub async fn guard(
    access: Data<Access>,
    startup: Data<Startup>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let response = match check(&access, &startup, &request) {
        Ok(pass) => {
            request.extensions_mut().insert(pass);
            next.call(request).await?.map_into_left_body()
        }
        Err(response) => request.into_response(response).map_into_right_body(),
    };
    tracing::info!(
        %method,
        path,
        status = response.status().as_u16(),
        microseconds = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "console"
    );
    Ok(response)
}

#[allow(clippy::result_large_err, reason = "it is answered where it is made, and goes nowhere")]
fn check(access: &Access, startup: &Startup, request: &ServiceRequest) -> Result<Pass, HttpResponse> {
    let refused = |problem: Problem| Err(Failed::from(problem).error_response());
    if let Err(problem) = check_place(access, request) {
        return refused(problem);
    }
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let headers = request.headers();
    let is_elsewhere = origin::is_foreign(headers) || origin::is_sibling(headers);
    if is_elsewhere && !(*request.method() == Method::GET && is_opened(headers)) {
        let detail = "requests that a page of another site makes are not accepted, but for links to a page";
        return refused(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let is_bearer = access.token.as_ref().is_some_and(|token| bears(headers, token));
    // What is not foreign and names an origin names ours.
    if !is_reading && !is_bearer && !headers.contains_key(ORIGIN) {
        let detail = "a form comes with the Origin of the page that it is on: send no forms from elsewhere";
        return refused(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let Some(token) = &access.token else { return Ok(Pass::Open) };
    if is_bearer {
        return Ok(Pass::Bearer);
    }
    let path = request.path();
    // The login asks for no form token, since a stranger has none. So it must not count as a form of a session, or whoever logs in
    // from a second window would be refused.
    if path == format!("{ROOT}/login") || path.starts_with(&format!("{ROOT}/assets/")) {
        return Ok(Pass::Stranger);
    }
    let Some(app) = startup.app() else {
        return refused(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the server is not ready yet"));
    };
    let key = SessionKey::of(token);
    let cookie = cookies::read(request.request(), &key.cookie_name());
    if let Some(cookie) = cookie.filter(|cookie| key.is_session(cookie, app.clock.now())) {
        return Ok(Pass::Session(cookie.to_owned()));
    }
    // A part of a page that is refreshed stays as it is: a login in its place would look as if there were nothing.
    if !is_reading || headers.contains_key("hx-request") {
        let detail = "the session is over: log in, and load the page again";
        return refused(Problem::new(StatusCode::UNAUTHORIZED, detail));
    }
    let next = request.uri().path_and_query().map_or(path, |whole| whole.as_str());
    let login = links::with_query(&format!("{ROOT}/login"), [("next", next)]);
    Err(HttpResponse::SeeOther().insert_header((LOCATION, login)).finish())
}

/// Whether a person opens a page: a browser goes there, in a window of its own.
fn is_opened(headers: &HeaderMap) -> bool {
    let says = |name, word| headers.get(name).is_some_and(|value| value == word);
    says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document")
}
