//! `/_mock/v1/sandboxes/{sandbox}/clock`: what time it is in a sandbox.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{self, Body};
use super::problem::Problem;
use crate::app::{App, Startup};
use crate::model::clock::{FARTHEST, SandboxClock};
use crate::model::play::Tally;
use crate::model::time::Time;
use crate::sandboxes::{Move, Moved, Sandbox};

/// The clock of a sandbox, and what it shows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ClockView {
    #[serde(flatten)]
    clock: SandboxClock,
    /// The sandbox's time.
    now: Time,
}

/// The clock of a sandbox after it was moved.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct MovedClock {
    #[serde(flatten)]
    view: ClockView,
    /// If it was moved to the next due moment: that moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Time>,
    caught_up: CaughtUp,
}

/// What automatic snapshot policies did in the time between.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct CaughtUp {
    /// Snapshots and copies that they made, whether or not they are left.
    made: u64,
    /// Those of them, and of earlier ones, that went: their retention was over, or they gave way to newer ones.
    expired: u64,
}

/// How far to move a clock: by Seconds, or ToNextDue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Advance {
    /// Back, if it is negative.
    #[schema(minimum = -315_576_000_000_i64, maximum = 315_576_000_000_i64)]
    seconds: Option<i64>,
    /// To the moment at which an automatic snapshot policy has something to make for the next time.
    #[serde(default)]
    to_next_due: bool,
    /// Whether what is due in the time between is made; it is, if it is left out.
    #[serde(default = "catches_up")]
    catch_up: bool,
}

fn catches_up() -> bool {
    true
}

/// A clock to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SetClock {
    mode: Mode,
    /// Of `frozen` and `scaled`: where it starts; where it stands, if it is left out.
    time: Option<Time>,
    /// Of `offset`, which needs it: ahead of the real time; behind it, if it is negative.
    #[schema(minimum = -315_576_000_000_i64, maximum = 315_576_000_000_i64)]
    seconds: Option<i64>,
    /// Of `scaled`, which needs it: seconds of the sandbox for one real second.
    #[schema(minimum = 0, maximum = 1_000_000)]
    rate: Option<f64>,
    /// Of `scaled`: the real time at which it stands at `Time`; now, if it is left out.
    since: Option<Time>,
    /// Whether what automatic snapshot policies have to make in the time between is made; it is, if it is left out.
    #[serde(default = "catches_up")]
    catch_up: bool,
}

/// How a clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Real,
    Frozen,
    Offset,
    Scaled,
}

impl SetClock {
    pub fn checked(self) -> Result<SandboxClock, Problem> {
        use Mode::{Frozen, Offset, Scaled};
        let Self { mode, time, seconds, rate, since, catch_up: _ } = self;
        for (field, is_there, modes) in [
            ("Time", time.is_some(), &[Frozen, Scaled][..]),
            ("Seconds", seconds.is_some(), &[Offset]),
            ("Rate", rate.is_some(), &[Scaled]),
            ("Since", since.is_some(), &[Scaled]),
        ] {
            if is_there && !modes.contains(&mode) {
                return Err(Problem::wrong(field, "a clock of this mode has none"));
            }
        }
        match (mode, seconds, rate) {
            (Mode::Real, ..) => Ok(SandboxClock::Real),
            (Frozen, ..) => Ok(SandboxClock::Frozen { time }),
            (Offset, Some(seconds), _) => Ok(SandboxClock::Offset { seconds: within_reach(seconds)? }),
            (Offset, None, _) => Err(Problem::wrong("Seconds", "an offset clock needs it")),
            (Scaled, _, Some(rate)) if (0.0..=1_000_000.0).contains(&rate) => {
                Ok(SandboxClock::Scaled { rate, time, since })
            }
            (Scaled, ..) => Err(Problem::wrong("Rate", "a scaled clock needs it, a number from 0 to 1000000")),
        }
    }
}

fn within_reach(seconds: i64) -> Result<i64, Problem> {
    if (-FARTHEST..=FARTHEST).contains(&seconds) {
        return Ok(seconds);
    }
    Err(Problem::wrong("Seconds", format!("expected a number from -{FARTHEST} to {FARTHEST}, not {seconds}")))
}

/// Shows the clock.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/clock", tag = "clock", params(("sandbox" = String, Path,)),
    responses((status = 200, body = ClockView), (status = "4XX", body = Problem,
    content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let view = app.sandboxes.view(&sandbox).await?;
    body::ok(&ClockView { clock: view.clock, now: view.now })
}

/// Sets the clock: `{"Mode": "real"}`, or `frozen` with a Time, `offset` with Seconds, `scaled` with a Rate.
#[utoipa::path(put, path = "/_mock/v1/sandboxes/{sandbox}/clock", tag = "clock", params(("sandbox" = String, Path,)),
    request_body = SetClock, responses((status = 200, body = MovedClock), (status = "4XX", body = Problem,
    content_type = "application/problem+json")))]
pub async fn set(startup: Data<Startup>, name: Path<String>, sent: Body) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    moved(put(app, &sandbox, sent.json().await?).await?)
}

pub(crate) async fn put(app: &App, sandbox: &Arc<Sandbox>, set: SetClock) -> Result<Moved, Problem> {
    let catches_up = set.catch_up;
    Ok(app.sandboxes.move_clock(sandbox, Move::Set(set.checked()?), catches_up).await?)
}

/// Moves the clock, whatever its mode: by some seconds, or to the next moment at which an automatic snapshot policy has something
/// to make.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/clock/advance", tag = "clock",
    params(("sandbox" = String, Path,)), request_body = Advance, responses((status = 200, body = MovedClock),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn advance(startup: Data<Startup>, name: Path<String>, sent: Body) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    moved(advance_by(app, &sandbox, sent.json().await?).await?)
}

pub(crate) async fn advance_by(app: &App, sandbox: &Arc<Sandbox>, advance: Advance) -> Result<Moved, Problem> {
    let Advance { seconds, to_next_due, catch_up } = advance;
    let to = match (seconds, to_next_due) {
        (Some(_), true) => return Err(Problem::wrong("ToNextDue", "not together with Seconds")),
        (Some(seconds), false) => Move::Advance(within_reach(seconds)?),
        (None, true) => Move::ToNextDue,
        (None, false) => {
            return Err(Problem::wrong("Seconds", "neither it nor ToNextDue is there"));
        }
    };
    Ok(app.sandboxes.move_clock(sandbox, to, catch_up).await?)
}

fn moved(moved: Moved) -> Result<HttpResponse, Problem> {
    let Moved { clock, now, due, tally: Tally { made, expired } } = moved;
    body::ok(&MovedClock { view: ClockView { clock, now }, due, caught_up: CaughtUp { made, expired } })
}
