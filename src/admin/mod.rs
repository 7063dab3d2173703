//! The control plane, under `/_mock`: sandboxes, their keys, states, resources, checkpoints, settings, clocks, journals and
//! planned faults. JSON, described by OpenAPI; its errors are RFC 9457 problem documents.

pub mod guard;
pub mod metrics;
pub mod openapi;
pub mod recorded;
pub mod request_stream;
pub mod routes;

pub(crate) mod backup;
pub(crate) mod body;
pub(crate) mod checkpoints;
pub(crate) mod clock;
pub(crate) mod explain;
pub(crate) mod faults;
pub(crate) mod paths;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod requests;
pub(crate) mod sandboxes;
pub(crate) mod state;
pub(crate) mod upload;

mod access_keys;
mod health;
mod resources;
mod schedule;
mod settings;
mod verify;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, ResponseError as _};

use crate::app::{App, Startup};
use crate::sandboxes::Sandbox;
use problem::Problem;

/// What is asked of a path that does not exist.
pub async fn not_found() -> Result<&'static str, Problem> {
    Err(Problem::new(StatusCode::NOT_FOUND, "the control plane has no such path"))
}

/// What is answered to something that is no request.
#[must_use]
pub fn refusal(status: u16, detail: &str) -> HttpResponse {
    Problem::new(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), detail).error_response()
}

/// The app, once it is ready.
pub(crate) fn ready(startup: &Data<Startup>) -> Result<&App, Problem> {
    startup.app().ok_or_else(|| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "migrations and seeds are not done yet"))
}

/// The app and the sandbox of this name.
pub(crate) fn in_sandbox<'a>(startup: &'a Data<Startup>, name: &str) -> Result<(&'a App, Arc<Sandbox>), Problem> {
    let app = ready(startup)?;
    Ok((app, app.sandboxes.by_name(name)?))
}
