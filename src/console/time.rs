//! `s/{sandbox}/time`: what time it is in a sandbox, what that time is making, what is due next; and moving it.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use askama::Template;
use serde_json::{Map, Number, Value};

use super::forms::Posted;
use super::page::{Failed, Frame, Visit};
use super::{filters, kinds, links};
use crate::admin::problem::Problem;
use crate::admin::{body, clock, query};
use crate::model::clock::SandboxClock;
use crate::model::image::Image;
use crate::model::kind::{Entry as _, Resource as _};
use crate::model::play::Firing;
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;
use crate::sandboxes::{Moved, SandboxError, Schedule, View};

/// Resources of each kind that are shown in the making, and points of policies that are shown as due.
const MAKING: i64 = 20;
const DUE: usize = 20;

/// How far behind the next point others are shown, in seconds.
const BEHIND_NEXT: i64 = 86_400;

#[derive(Template)]
#[template(path = "time.html")]
struct TimePage {
    frame: Frame,
    here: String,
    now: Time,
    mode: &'static str,
    facts: Vec<(&'static str, String)>,
    /// Whether time passes by itself.
    is_running: bool,
    making: Vec<Making>,
    next_due: Option<Time>,
    due: Vec<DueRow>,
    is_truncated: bool,
    timeline: String,
    form: Form,
}

/// A resource that is being made.
struct Making {
    kind: &'static str,
    id: String,
    link: String,
    percent: u8,
    ready_time: Option<Time>,
}

/// A point of a policy for a disk.
struct DueRow {
    firing: Firing,
    skipped: String,
    policy_link: String,
    disk_link: String,
}

/// What was filled in, where it was not accepted.
#[derive(Default)]
struct Form {
    error: Option<Problem>,
    /// Whether the clock was to be set, and not moved.
    is_of_clock: bool,
    sent: Vec<(String, String)>,
}

impl Form {
    /// What a field of the form that was refused held.
    fn value(&self, is_of_clock: bool, name: &str) -> &str {
        let mut sent = self.sent.iter().filter(|_| self.is_of_clock == is_of_clock);
        sent.find(|(other, _)| other == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    fn holds(&self, is_of_clock: bool, name: &str, value: &str) -> bool {
        self.value(is_of_clock, name) == value
    }

    fn error(&self, is_of_clock: bool) -> Option<&Problem> {
        self.error.as_ref().filter(|_| self.is_of_clock == is_of_clock)
    }
}

/// Shows it.
pub async fn show(visit: Visit, name: Path<String>) -> Result<HttpResponse, Failed> {
    query::params(&visit.request, &[])?;
    page(&visit, &name, Form::default()).await
}

async fn page(visit: &Visit, name: &str, form: Form) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = visit.sandbox(name)?;
    let view = app.sandboxes.view(&sandbox).await?;
    let making = making(app, &view, name).await?;
    let until = view.next_due.unwrap_or(view.now).plus(BEHIND_NEXT);
    let Schedule { due, is_truncated, .. } = app.sandboxes.schedule(&sandbox, |_| until, DUE).await?;
    let of_clock = |rest: &[&str]| {
        let segments: Vec<&str> = ["clock"].iter().chain(rest).copied().collect();
        visit.curl(&links::of_control_plane(name, &segments))
    };
    let schedule =
        links::with_query(&links::of_control_plane(name, &["schedule"]), [("until", until.to_string().as_str())]);
    let sent = "-X POST -H 'Content-Type: application/json' -d '{\"Seconds\": 60}'";
    let (mode, mut facts) = told(&view.clock);
    facts.insert(0, ("Mode", mode.to_owned()));
    let status = form.error.as_ref().map_or(StatusCode::OK, actix_web::ResponseError::status_code);
    visit.show_as(
        status,
        &TimePage {
            frame: visit
                .frame("Time")
                .within(name, "time")
                .with_curl(of_clock(&[]))
                .with_curl(format!("{} {sent}", of_clock(&["advance"])))
                .with_curl(visit.curl(&schedule)),
            here: links::in_sandbox(name, &["time"]),
            now: view.now,
            mode,
            facts,
            is_running: !view.clock.stands_still(),
            making,
            next_due: view.next_due,
            due: due.into_iter().map(|firing| due_row(firing, name)).collect(),
            is_truncated,
            timeline: links::in_sandbox(name, &["timeline"]),
            form,
        },
    )
}

/// A clock's mode, and what else there is to say of it.
fn told(clock: &SandboxClock) -> (&'static str, Vec<(&'static str, String)>) {
    match *clock {
        SandboxClock::Real => ("real", Vec::new()),
        SandboxClock::Frozen { .. } => ("frozen", Vec::new()),
        SandboxClock::Offset { seconds } => ("offset", vec![("Seconds", seconds.to_string())]),
        SandboxClock::Scaled { rate, .. } => ("scaled", vec![("Rate", rate.to_string())]),
    }
}

async fn making(app: &crate::app::App, view: &View, name: &str) -> Result<Vec<Making>, Failed> {
    let mut look = app.sandboxes.glance_at(view).await?;
    let now = look.now();
    let mut all = Vec::new();
    macro_rules! look_for {
        ($($resource:ident),*) => {
            $(
                let found = look.in_the_making::<$resource>(MAKING).await.map_err(SandboxError::from)?;
                all.extend(found.into_iter().map(|stored| Making {
                    kind: kinds::name($resource::KIND),
                    id: stored.resource.key().id.to_owned(),
                    link: links::in_sandbox(name, &[$resource::KIND.path, stored.resource.key().id]),
                    percent: stored.resource.progress(now),
                    ready_time: stored.resource.ready_time,
                }));
            )*
        };
    }
    look_for!(Snapshot, Image);
    Ok(all)
}

fn due_row(firing: Firing, name: &str) -> DueRow {
    DueRow {
        // The word that the control plane has for it.
        skipped: firing.skipped.map(|skip| format!("{skip:?}")).unwrap_or_default(),
        policy_link: links::in_sandbox(name, &["auto-snapshot-policies", &firing.auto_snapshot_policy_id]),
        disk_link: links::in_sandbox(name, &["disks", &firing.disk_id]),
        firing,
    }
}

/// Sets the clock, as `PUT /clock` of the control plane does.
pub async fn set(posted: Posted, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let setting = Box::pin(async { clock::put(app, &sandbox, body::read(described(&posted))?).await });
    let set = posted.changing(app, &sandbox, (&Method::PUT, "/clock"), setting).await;
    answer(&posted, &name, set, true).await
}

/// Moves the clock, as `POST /clock/advance` does.
pub async fn advance(posted: Posted, name: Path<String>) -> Result<HttpResponse, Failed> {
    let (app, sandbox) = posted.visit.sandbox(&name)?;
    let moving = Box::pin(async { clock::advance_by(app, &sandbox, body::read(described(&posted))?).await });
    let moved = posted.changing(app, &sandbox, (&Method::POST, "/clock/advance"), moving).await;
    answer(&posted, &name, moved, false).await
}

async fn answer(
    posted: &Posted,
    name: &str,
    moved: Result<Moved, Problem>,
    is_of_clock: bool,
) -> Result<HttpResponse, Failed> {
    match moved {
        Ok(Moved { now, tally, .. }) => {
            let mut message = format!("It is {now} now.");
            if tally.made > 0 {
                message.push_str(" Policies have made ");
                message.push_str(&tally.made.to_string());
                message.push('.');
            }
            if tally.expired > 0 {
                message.push(' ');
                message.push_str(&tally.expired.to_string());
                message.push_str(" have expired.");
            }
            Ok(posted.visit.lead(&links::in_sandbox(name, &["time"]), &message))
        }
        Err(problem) => {
            let sent = posted.sent();
            page(&posted.visit, name, Form { error: Some(problem), is_of_clock, sent }).await
        }
    }
}

/// What the control plane is told of it. What is no number stays a text, which it refuses by its name.
fn described(posted: &Posted) -> Value {
    let read = |name: &str, text: &str| match name {
        "Seconds" => text.parse::<i64>().ok().map(Value::from),
        "Rate" => text.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number),
        "CatchUp" | "ToNextDue" => text.parse::<bool>().ok().map(Value::Bool),
        _ => None,
    };
    let value = |name: &str, text: &str| read(name, text.trim()).unwrap_or_else(|| Value::String(text.to_owned()));
    let pairs = posted.filled().map(|(name, text)| (name.to_owned(), value(name, text)));
    Value::Object(pairs.collect::<Map<String, Value>>())
}
