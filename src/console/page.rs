//! What every page has: who asks for it, what stands around it, and how it is answered.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HOST, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use percent_encoding::percent_decode_str;

use super::sections::SECTIONS;
use super::session::{Pass, SessionKey};
use super::{ROOT, cookies, embedded, filters, links};
use crate::admin::guard::Access;
use crate::admin::problem::Problem;
use crate::admin::{self, query};
use crate::app::{App, Startup};
use crate::connection::quoted;
use crate::model::kinds::KINDS;
use crate::model::params::Params;
use crate::sandboxes::Sandbox;

/// Holds what was done, until the next page has shown it.
const MESSAGE: &str = "ecs-mock-message";

/// Characters of a message at most, so that it fits a cookie, and seconds that it waits for a page.
const MESSAGE_LENGTH: usize = 500;
const MESSAGE_LIFE: i64 = 60;

/// Headers of every answer of the console. Forms need the Origin that browsers leave out where they must not refer at all.
const HEADERS: [(&str, &str); 4] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// Gives every answer the headers that keep a page to itself.
pub async fn guarded_headers(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    for (name, value) in HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !response.headers().contains_key(CACHE_CONTROL) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// What is asked of a path that does not exist.
pub async fn not_found() -> Result<HttpResponse, Failed> {
    Err(Failed::no_such_page())
}

/// Why there is no page: a problem, as the control plane has it.
#[derive(Debug)]
pub struct Failed(Problem);

impl Failed {
    pub fn no_such_page() -> Self {
        Problem::new(StatusCode::NOT_FOUND, "the console has no such page").into()
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Problem::bad_request(detail).into()
    }

    pub fn into_problem(self) -> Problem {
        self.0
    }
}

impl<E: Into<Problem>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

#[derive(Template)]
#[template(path = "failed.html")]
struct FailedPage<'a> {
    frame: Frame,
    detail: String,
    field: Option<&'a str>,
}

impl ResponseError for Failed {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    /// A page without what only the request tells: it may be that the request has no right to a sandbox's page.
    fn error_response(&self) -> HttpResponse {
        let frame = Frame::new(self.0.title().to_owned());
        html(self.status_code(), &FailedPage { frame, detail: self.0.to_string(), field: self.0.field() })
    }
}

fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        // Pages show secrets, and what they show changes.
        Ok(text) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(text),
        Err(error) => {
            tracing::error!(%error, "a page cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// A place in the navigation.
#[derive(Debug)]
pub struct Place {
    pub path: String,
    pub name: &'static str,
    pub is_here: bool,
}

/// What stands around a page: `base.html` shows it.
#[derive(Debug)]
pub struct Frame {
    /// What the page is, as its heading says.
    pub title: String,
    /// What it is about, which somebody has named.
    pub subject: Option<String>,
    pub sandbox: Option<String>,
    pub places: Vec<Place>,
    /// What was done just before.
    pub message: Option<String>,
    /// The lines that get the same data from the control plane.
    pub curl: Vec<String>,
    /// What forms carry, where there is a session.
    pub form_token: Option<String>,
}

impl Frame {
    fn new(title: String) -> Self {
        Self {
            title,
            subject: None,
            sandbox: None,
            places: Vec::new(),
            message: None,
            curl: Vec::new(),
            form_token: None,
        }
    }

    /// About something that somebody has named.
    #[must_use]
    pub fn about(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// In a sandbox, at this place of its navigation: a kind's path, a segment of [`SECTIONS`], or nothing.
    #[must_use]
    pub fn within(self, sandbox: &str, here: &str) -> Self {
        let of_kinds = KINDS.iter().map(|kind| (kind.path, super::kinds::title(kind)));
        let all = [("", "Overview")].into_iter().chain(of_kinds).chain(SECTIONS.iter().copied());
        let place = |(segment, name): (&'static str, &'static str)| {
            let segments: &[&str] = if segment.is_empty() { &[] } else { &[segment] };
            Place { path: links::in_sandbox(sandbox, segments), name, is_here: segment == here }
        };
        Self { places: all.map(place).collect(), sandbox: Some(sandbox.to_owned()), ..self }
    }

    /// With one more line for curl.
    #[must_use]
    pub fn with_curl(mut self, line: String) -> Self {
        self.curl.push(line);
        self
    }

    /// Where an asset is.
    #[allow(clippy::unused_self, reason = "templates have the frame to ask")]
    pub fn asset(&self, name: &str) -> String {
        embedded::url(name)
    }

    #[allow(clippy::unused_self, reason = "templates have the frame to ask")]
    pub fn root(&self) -> &'static str {
        ROOT
    }
}

/// A request for a page, which [`guard`](super::guard) has let through.
pub struct Visit {
    pub request: HttpRequest,
    startup: Data<Startup>,
    pass: Pass,
}

impl FromRequest for Visit {
    type Error = Failed;
    type Future = Ready<Result<Self, Failed>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pass = request.extensions().get::<Pass>().cloned();
        let startup = request.app_data::<Data<Startup>>().cloned();
        // Both are there for every route of the console.
        let visit = startup.zip(pass).map(|(startup, pass)| Self { request: request.clone(), startup, pass });
        ready(visit.ok_or_else(Failed::no_such_page))
    }
}

impl Visit {
    /// The app, once it is ready.
    pub fn app(&self) -> Result<&App, Failed> {
        Ok(admin::ready(&self.startup)?)
    }

    /// The app and the sandbox of this name, which counts as used.
    pub fn sandbox(&self, name: &str) -> Result<(&App, Arc<Sandbox>), Failed> {
        Ok(admin::in_sandbox(&self.startup, name)?)
    }

    /// The parameters in the address. A form sends its empty fields as well, unless a script leaves them out: they ask for
    /// nothing.
    pub fn params(&self) -> Result<Params, Failed> {
        let params = query::any(&self.request)?;
        let filled = params.pairs().iter().filter(|(_, value)| !value.is_empty());
        Ok(Params::new(filled.cloned()))
    }

    pub fn pass(&self) -> &Pass {
        &self.pass
    }

    /// The server, ready or not.
    pub fn startup(&self) -> &Data<Startup> {
        &self.startup
    }

    /// The admin token, if the server has one.
    pub fn token(&self) -> Option<&str> {
        self.request.app_data::<Data<Access>>()?.token.as_deref()
    }

    /// What forms on the page are to carry, and what they have to when they come.
    pub fn form_token(&self) -> Option<String> {
        match (&self.pass, self.token()) {
            (Pass::Session(cookie), Some(token)) => Some(SessionKey::of(token).form_token(cookie)),
            _ => None,
        }
    }

    /// What stands around a page with this heading.
    pub fn frame(&self, title: impl Into<String>) -> Frame {
        let message = cookies::read(&self.request, MESSAGE);
        let message = message.and_then(|text| percent_decode_str(text).decode_utf8().ok()).map(String::from);
        Frame { message, form_token: self.form_token(), ..Frame::new(title.into()) }
    }

    /// The host and port under which the server was reached, for what is to reach it again.
    pub fn host(&self) -> &str {
        self.request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")
    }

    /// The URL under which the server was reached, without a slash at its end.
    pub fn origin(&self) -> String {
        format!("{}://{}", if cookies::is_https(&self.request) { "https" } else { "http" }, self.host())
    }

    /// The line that gets this path below `/_mock/v1`, encoded already.
    pub fn curl(&self, path: &str) -> String {
        self.curl_of(&format!("/_mock/v1{path}"))
    }

    /// The line that gets this path, encoded already.
    pub fn curl_of(&self, path: &str) -> String {
        let bearer = if self.token().is_some() { "-H \"Authorization: Bearer $ECS_MOCK_ADMIN_TOKEN\" " } else { "" };
        format!("curl -s {bearer}{}", quoted(&format!("{}{path}", self.origin())))
    }

    /// Answers a page.
    pub fn show(&self, page: &impl Template) -> Result<HttpResponse, Failed> {
        self.show_as(StatusCode::OK, page)
    }

    /// Answers a page with this status.
    #[allow(clippy::unnecessary_wraps, reason = "handlers end with it")]
    pub fn show_as(&self, status: StatusCode, page: &impl Template) -> Result<HttpResponse, Failed> {
        let mut response = html(status, page);
        if cookies::read(&self.request, MESSAGE).is_some() {
            self.set_cookie(&mut response, MESSAGE, "", 0);
        }
        Ok(response)
    }

    /// Leads to a page of the console, which says what was done.
    pub fn lead(&self, path: &str, message: &str) -> HttpResponse {
        let mut response = HttpResponse::SeeOther().insert_header((LOCATION, path)).finish();
        let message: String = message.chars().take(MESSAGE_LENGTH).collect();
        self.set_cookie(&mut response, MESSAGE, &links::encoded(&message), MESSAGE_LIFE);
        response
    }

    pub fn set_cookie(&self, response: &mut HttpResponse, name: &str, value: &str, seconds: i64) {
        let cookie = cookies::written(&self.request, name, value, seconds);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
}
