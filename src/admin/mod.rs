//! The control plane, under `/_mock`. Its errors are RFC 9457 problem documents.

pub mod health;

mod problem;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

/// What is asked of a path that does not exist, or with a method that it does not have.
pub async fn not_found() -> HttpResponse {
    problem::respond(StatusCode::NOT_FOUND, "the control plane has no such path, or not with this method")
}
