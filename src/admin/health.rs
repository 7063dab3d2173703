//! Whether the server lives, and whether it is ready.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, Responder};
use serde::Serialize;

use super::problem;
use crate::app::Startup;

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// 200 as long as the server answers at all.
pub async fn live() -> impl Responder {
    actix_web::web::Json(Health { status: "live" })
}

/// 200 once migrations and seeds are done, 503 until then.
pub async fn ready(startup: Data<Startup>) -> HttpResponse {
    match startup.app() {
        Some(_) => HttpResponse::Ok().json(Health { status: "ready" }),
        None => problem::respond(StatusCode::SERVICE_UNAVAILABLE, "migrations and seeds are not done yet"),
    }
}
