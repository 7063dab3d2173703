//! Whether the server lives, and whether it is ready.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use crate::app::Startup;

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

/// 200 once migrations and seeds are done, 503 until then.
#[utoipa::path(get, path = "/_mock/health/ready", tag = "health",
    responses((status = 200, body = Health), (status = 503, body = Problem, content_type = "application/problem+json")))]
pub async fn ready(startup: Data<Startup>) -> Result<HttpResponse, Problem> {
    super::ready(&startup)?;
    body::ok(&Health { status: "ready" })
}
