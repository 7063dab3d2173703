//! Who may use the control plane: nobody by accident.
//!
//! With a token, whoever has it, under whatever name the server is reached. Without one, only programs on the same machine,
//! under a loopback name, so that no web page gets in through a name that it controls. Pages of other sites never.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, ResponseError as _};
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use crate::origin;

/// The rules of one server.
#[derive(Clone, Default)]
pub struct Access {
    /// What `Authorization: Bearer` must carry.
    pub token: Option<String>,
    /// The only address that the control plane answers on; `None`: wherever the cloud plane does.
    pub address: Option<SocketAddr>,
}

impl std::fmt::Debug for Access {
    /// Without the token, which must not reach a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Access").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The address that a request came in on.
#[derive(Debug, Clone, Copy)]
pub struct Listener(pub SocketAddr);

/// Refuses requests that pages of other sites make.
pub async fn same_site(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if origin::is_foreign(request.headers()) || origin::is_sibling(request.headers()) {
        let problem =
            Problem::new(StatusCode::FORBIDDEN, "requests that a page of another site makes are not accepted");
        return Ok(request.into_response(problem.error_response()).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Lets a request to the control plane through, or answers it; in the log either way.
pub async fn guard(
    access: Data<Access>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let response = match check(&access, &request) {
        Ok(()) => next.call(request).await?.map_into_left_body(),
        Err(problem) => request.into_response(problem.error_response()).map_into_right_body(),
    };
    tracing::info!(
        %method,
        path,
        status = response.status().as_u16(),
        microseconds = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "control"
    );
    Ok(response)
}

fn check(access: &Access, request: &ServiceRequest) -> Result<(), Problem> {
    check_place(access, request)?;
    match &access.token {
        Some(token) if bears(request.headers(), token) => Ok(()),
        Some(_) => {
            let detail = "Authorization: Bearer with the admin token is needed";
            Err(Problem::new(StatusCode::UNAUTHORIZED, detail))
        }
        None => Ok(()),
    }
}

/// Whether this is where the control plane is: at its address and, without a token, under a loopback name.
pub(crate) fn check_place(access: &Access, request: &ServiceRequest) -> Result<(), Problem> {
    let listener = request.app_data::<Listener>().map(|listener| listener.0);
    if access.address.is_some() && access.address != listener {
        return Err(Problem::new(StatusCode::NOT_FOUND, "the control plane has an address of its own"));
    }
    let host = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    if access.token.is_none() && !host.is_some_and(is_loopback) {
        let detail = "without an admin token, the control plane is reached under a loopback name or address only";
        return Err(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    Ok(())
}

/// Whether a request comes with the token.
pub(crate) fn bears(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    given.is_some_and(|given| is_token(given, token))
}

/// Whether what was given is the token. Digests compare in a time that says nothing about it.
pub(crate) fn is_token(given: &str, token: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(token)
}

/// Whether a Host header names this machine to itself.
fn is_loopback(host: &str) -> bool {
    let name = origin::name(host);
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
