//! `/_mock/v1/sandboxes/{sandbox}/schedule`: what automatic snapshot policies are going to make.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use super::query;
use crate::app::Startup;
use crate::model::play::{Firing, Skip};
use crate::model::time::Time;
use crate::sandboxes::Schedule;

/// How far it is seen ahead where nobody says so, in seconds.
const WEEK: i64 = 7 * 86_400;

/// Points that are listed, where nobody says so, and at most.
const POINTS: usize = 100;
const MOST_POINTS: usize = 1_000;

/// The points in time that are to come, in their order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduleView {
    /// The sandbox's time.
    now: Time,
    until: Time,
    due: Vec<Due>,
    /// Whether there are more.
    truncated: bool,
}

/// A point of a policy, for one of its disks, with what it will do if nobody changes anything until then.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Due {
    time: Time,
    auto_snapshot_policy_id: String,
    disk_id: String,
    region_id: String,
    snapshot_name: String,
    snapshot_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_time: Option<Time>,
    /// Why it makes no snapshot, if it makes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<Skip>,
    /// The ids of the automatic snapshots that give way.
    removes: Vec<String>,
    /// The regions that the snapshot is copied to once it is accomplished.
    copies_to: Vec<String>,
}

impl From<Firing> for Due {
    fn from(firing: Firing) -> Self {
        Self {
            time: firing.time,
            auto_snapshot_policy_id: firing.auto_snapshot_policy_id,
            disk_id: firing.disk_id,
            region_id: firing.region_id,
            snapshot_name: firing.snapshot_name,
            snapshot_id: firing.snapshot_id,
            expiration_time: firing.expiration_time,
            skipped: firing.skipped,
            removes: firing.removes,
            copies_to: firing.copies_to,
        }
    }
}

/// Shows what automatic snapshot policies are going to make.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/schedule", tag = "clock", params(("sandbox" = String, Path,),
    ("until" = Option<Time>, Query, description = "How far ahead; a week from the sandbox's now, if it is left out"),
    ("limit" = Option<i32>, Query, description = "Points at most, up to 1000; 100, if it is left out")),
    responses((status = 200, body = ScheduleView), (status = "4XX", body = Problem,
    content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let params = query::params(&request, &["until", "limit"])?;
    let until = params.text("until").map(str::parse::<Time>).transpose();
    let until = until.map_err(|error| Problem::wrong("until", error))?;
    let limit = match params.text("limit").map(str::parse::<usize>) {
        None => POINTS,
        Some(Ok(limit)) if (1..=MOST_POINTS).contains(&limit) => limit,
        Some(_) => return Err(Problem::wrong("limit", "expected a number from 1 to 1000")),
    };
    let ahead = move |now: Time| until.unwrap_or(now.plus(WEEK));
    let Schedule { now, until, due, is_truncated } = app.sandboxes.schedule(&sandbox, ahead, limit).await?;
    body::ok(&ScheduleView { now, until, due: due.into_iter().map(Due::from).collect(), truncated: is_truncated })
}
