//! Whether the server lives, and whether it is ready.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use crate::app::Startup;
use crate::store::Trouble;

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `live` or `ready`.
    status: &'static str,
}

/// 200 as long as the server answers at all.
#[utoipa::path(get, path = "/_mock/health/live", tag = "health", responses((status = 200, body = Health)))]
pub async fn live() -> Result<HttpResponse, Problem> {
    body::ok(&Health { status: "live" })
}

/// 200 once migrations and seeds are done, unless changes cannot be written; else 503 with the reason.
#[utoipa::path(get, path = "/_mock/health/ready", tag = "health",
    responses((status = 200, body = Health), (status = 503, body = Problem, content_type = "application/problem+json")))]
pub async fn ready(startup: Data<Startup>) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let unwritable = |trouble: Trouble| Problem::new(StatusCode::SERVICE_UNAVAILABLE, trouble.to_string());
    app.store.check_writable().await.map_err(unwritable)?;
    body::ok(&Health { status: "ready" })
}
