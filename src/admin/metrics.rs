//! `/_mock/metrics`: what the server counts of itself, and the control plane's own part of it.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use super::problem::Problem;
use crate::app::Startup;
use crate::metrics::{CONTENT_TYPE, Held, OTHER, Plane, Word};

/// What the server has done since it started, as Prometheus reads it: text format 0.0.4.
#[utoipa::path(get, path = "/_mock/metrics", tag = "metrics", responses(
    (status = 200, body = String, content_type = "text/plain; version=0.0.4; charset=utf-8"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let sizes = app.store.sizes();
    let held = Held {
        database_bytes: sizes.database,
        log_bytes: sizes.log,
        sandboxes: app.sandboxes.count(),
        journal_evicted: app.sandboxes.journals().evicted().unsigned_abs(),
    };
    let text = app.metrics.text(held).map_err(|error| {
        tracing::error!(%error, "the metrics cannot be written down");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be written down")
    })?;
    Ok(HttpResponse::Ok().content_type(CONTENT_TYPE).body(text))
}

/// Counts a request to the control plane by the pattern of its route, which has no name of a sandbox in it.
pub async fn count(
    startup: Data<Startup>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let response = next.call(request).await?;
    if let Some(app) = startup.app() {
        let route = response.request().match_pattern().map_or(Word::from(OTHER), Word::from);
        let status = response.status().as_u16().to_string();
        app.metrics.took(Plane::Control, route.clone(), started.elapsed());
        app.metrics.request(Plane::Control, route, status);
    }
    Ok(response)
}
