//! `/_mock/v1/sandboxes/{sandbox}/clock`: what time it is in a sandbox.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use crate::app::{App, Startup};
use crate::model::clock::SandboxClock;
use crate::model::time::Time;
use crate::sandboxes::Sandbox;

/// The clock of a sandbox, and what it shows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ClockView {
    #[serde(flatten)]
    clock: SandboxClock,
    /// The sandbox's time.
    now: Time,
}

/// How far to move a clock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Advance {
    /// Back, if it is negative.
    #[schema(minimum = -315_576_000_000_i64, maximum = 315_576_000_000_i64)]
    seconds: i64,
}

/// Ten thousand years, in seconds: beyond it no clock of the API goes.
const FARTHEST: i64 = 315_576_000_000;

/// Shows the clock.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/clock", tag = "clock", params(("sandbox" = String, Path,)),
    responses((status = 200, body = ClockView), (status = "4XX", body = Problem,
    content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let sandbox = app.sandboxes.by_name(&name)?;
    view(app, &sandbox)
}

/// Sets the clock: `{"Mode": "real"}`, or `frozen` with a Time, `offset` with Seconds, `scaled` with a Rate.
#[utoipa::path(put, path = "/_mock/v1/sandboxes/{sandbox}/clock", tag = "clock", params(("sandbox" = String, Path,)),
    request_body = SandboxClock, responses((status = 200, body = ClockView), (status = "4XX", body = Problem,
    content_type = "application/problem+json")))]
pub async fn set(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let sandbox = app.sandboxes.by_name(&name)?;
    let clock: SandboxClock = body::json(&request, payload).await?;
    match clock {
        SandboxClock::Scaled { rate, .. } if !(0.0..=1_000_000.0).contains(&rate) => {
            return Err(Problem::bad_request("Rate: expected a number from 0 to 1000000").about("Rate"));
        }
        SandboxClock::Offset { seconds } if !(-FARTHEST..=FARTHEST).contains(&seconds) => return Err(too_far()),
        _ => {}
    }
    app.sandboxes.change_clock(&sandbox, |_| clock).await?;
    view(app, &sandbox)
}

/// Moves the clock by some seconds, whatever its mode.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/clock/advance", tag = "clock",
    params(("sandbox" = String, Path,)), request_body = Advance, responses((status = 200, body = ClockView),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn advance(
    startup: Data<Startup>,
    request: HttpRequest,
    name: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let sandbox = app.sandboxes.by_name(&name)?;
    let Advance { seconds } = body::json(&request, payload).await?;
    if !(-FARTHEST..=FARTHEST).contains(&seconds) {
        return Err(too_far());
    }
    let real = app.clock.now();
    app.sandboxes.change_clock(&sandbox, |clock| clock.advanced(seconds, real)).await?;
    view(app, &sandbox)
}

fn too_far() -> Problem {
    Problem::bad_request("Seconds: expected a number from -315576000000 to 315576000000").about("Seconds")
}

fn view(app: &App, sandbox: &Sandbox) -> Result<HttpResponse, Problem> {
    let clock = sandbox.clock();
    body::ok(&ClockView { clock, now: clock.at(app.clock.now()) })
}
