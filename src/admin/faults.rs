//! `/_mock/v1/sandboxes/{sandbox}/faults`: what is planned to go wrong in a sandbox.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{self, Body};
use super::problem::Problem;
use crate::app::{App, Startup};
use crate::model::planned_fault::{Catalogue as _, Effect, Match, Plan, PlannedFault, When};
use crate::model::time::Time;
use crate::sandboxes::Sandbox;

/// A planned fault, and how often requests have met it. It has the fields of a [`Plan`] by themselves: in the description, a plan
/// has no others.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct FaultView<'f> {
    name: &'f str,
    #[serde(rename = "Match")]
    matching: &'f Match,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl_seconds: Option<i64>,
    when: When,
    effect: &'f Effect,
    /// Requests that it was about, while it was not spent.
    matches: i64,
    /// Of these, how many it had its effect on.
    hits: i64,
    /// Whether it has no effect any more: it had all its hits, or its time is over.
    spent: bool,
    /// A real time.
    creation_time: Time,
}

/// The planned faults of a sandbox. A request meets them in this order, and the first that hits it counts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct FaultList<'f> {
    faults: Vec<FaultView<'f>>,
}

impl<'f> FaultView<'f> {
    fn of(app: &App, fault: &'f PlannedFault) -> Self {
        let Plan { name: _, matching, after, times, probability, seed, ttl_seconds, when, effect } = &*fault.plan;
        Self {
            name: &fault.name,
            matching,
            after: *after,
            times: *times,
            probability: *probability,
            seed: *seed,
            ttl_seconds: *ttl_seconds,
            when: *when,
            effect,
            matches: fault.matches,
            hits: fault.hits,
            spent: fault.is_spent(app.clock.now()),
            creation_time: fault.creation_time,
        }
    }
}

/// Shows all planned faults.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/faults", tag = "faults",
    params(("sandbox" = String, Path,)), responses((status = 200, body = FaultList),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let faults = app.sandboxes.planned_faults(&sandbox).await?;
    body::ok(&FaultList { faults: faults.iter().map(|fault| FaultView::of(app, fault)).collect() })
}

/// Plans a fault, behind those that are planned already.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/faults", tag = "faults",
    params(("sandbox" = String, Path,)), request_body = Plan,
    responses((status = 201, body = FaultView, headers(("Location" = String, description = "Where it is"))),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 507, description = "The limit is reached", body = Problem, content_type = "application/problem+json")))]
pub async fn create(startup: Data<Startup>, name: Path<String>, sent: Body) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let plan: Plan = sent.json().await?;
    let planned = planned(app, &sandbox, plan).await?;
    let location = format!("/_mock/v1/sandboxes/{}/faults/{}", sandbox.name(), planned.name);
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(FaultView::of(app, &planned)))
}

/// Plans a fault, if it can be carried out.
pub async fn planned(app: &App, sandbox: &Arc<Sandbox>, plan: Plan) -> Result<PlannedFault, Problem> {
    plan.check(&app.catalogue, &regions(app, sandbox, &plan.matching).await?)?;
    Ok(app.sandboxes.plan_fault(sandbox, plan).await?)
}

/// The regions that resources of the sandbox are in, where the match is of one that is no public region.
async fn regions(app: &App, sandbox: &Arc<Sandbox>, matching: &Match) -> Result<Vec<String>, Problem> {
    let known = app.catalogue.regions();
    if matching.regions().all(|region_id| known.contains(&region_id)) {
        return Ok(Vec::new());
    }
    let view = app.sandboxes.view(sandbox).await?;
    Ok(app.sandboxes.regions_in_use(&view).await?)
}

/// Removes all planned faults.
#[utoipa::path(delete, path = "/_mock/v1/sandboxes/{sandbox}/faults", tag = "faults",
    params(("sandbox" = String, Path,)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn clear(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.clear_planned_faults(&sandbox).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Shows one planned fault.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/faults/{name}", tag = "faults",
    params(("sandbox" = String, Path,), ("name" = String, Path,)), responses((status = 200, body = FaultView),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, fault) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    body::ok(&FaultView::of(app, &app.sandboxes.planned_fault(&sandbox, &fault).await?))
}

/// Removes one planned fault.
#[utoipa::path(delete, path = "/_mock/v1/sandboxes/{sandbox}/faults/{name}", tag = "faults",
    params(("sandbox" = String, Path,), ("name" = String, Path,)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn delete(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, fault) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.remove_planned_fault(&sandbox, &fault).await?;
    Ok(HttpResponse::NoContent().finish())
}
