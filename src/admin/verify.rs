//! `/_mock/v1/sandboxes/{sandbox}/requests/verify`: whether the requests to a sandbox were what somebody expects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};
use utoipa::ToSchema;

use super::body::{self, Body};
use super::problem::Problem;
use super::request_stream::Stopping;
use crate::app::Startup;
use crate::client::Client;
use crate::journal::question::{Asked, Bound, Expected, Question, Since};
use crate::journal::verification::{self, Verdict};
use crate::model::journal_entry;
use crate::model::planned_fault::Catalogue;
use crate::model::sent;

/// Seconds that an answer can be waited for.
const LONGEST_WAIT: u64 = 60;

/// Parameters, and entries of an order, at most: each may have to be held against each entry of the journal.
const LIMIT: usize = 100;

/// What is expected. Of Count, AtLeast and AtMost there is one at most, and without them it is AtLeast 1. InOrder stands alone, but
/// for WaitSeconds and one of SinceSequence and SinceTime.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct VerifyRequest {
    /// An action of the API, emulated or not.
    action: Option<String>,
    /// Names, which match in any case, and texts as they were sent; null: it was not sent. A hundred at most.
    parameters: Option<BTreeMap<String, Option<String>>>,
    /// The code of an error, or `OK` for an answer that is none.
    code: Option<String>,
    #[schema(minimum = 0)]
    count: Option<u64>,
    #[schema(minimum = 0)]
    at_least: Option<u64>,
    #[schema(minimum = 0)]
    at_most: Option<u64>,
    /// Only the entry of this number and those behind it count.
    since_sequence: Option<i64>,
    /// Only what came at this real time or later counts: `2026-01-31T12:00:00.123Z`.
    since_time: Option<String>,
    /// Entries that follow one another, with anything between them.
    #[schema(min_items = 1, max_items = 100)]
    in_order: Option<Vec<Step>>,
    /// How long to wait for an answer that nothing to come can change; it is the answer as soon as it is one.
    #[schema(minimum = 0, maximum = 60)]
    wait_seconds: Option<u64>,
}

/// An entry of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Step {
    /// An action of the API, emulated or not.
    action: String,
    /// As beside InOrder.
    parameters: Option<BTreeMap<String, Option<String>>>,
    /// As beside InOrder.
    code: Option<String>,
}

impl VerifyRequest {
    fn question(self, known: &KnownActions<'_>) -> Result<Question, Problem> {
        let since = match (self.since_sequence, self.since_time) {
            (Some(_), Some(_)) => return Err(Problem::wrong("SinceTime", "not together with SinceSequence")),
            (Some(sequence), None) => Since::Sequence(sequence),
            (None, Some(text)) => Since::Time(instant(&text)?),
            (None, None) => Since::Beginning,
        };
        let bounds = [
            ("Count", self.count.map(Bound::Exactly)),
            ("AtLeast", self.at_least.map(Bound::AtLeast)),
            ("AtMost", self.at_most.map(Bound::AtMost)),
        ];
        let mut there = bounds.into_iter().filter_map(|(field, bound)| Some((field, bound?)));
        let bound = there.next();
        if let (Some((first, _)), Some((field, _))) = (bound, there.next()) {
            return Err(Problem::wrong(field, format!("not together with {first}")));
        }
        let Some(steps) = self.in_order else {
            let asked = asked("", known, self.action, self.parameters, self.code)?;
            let bound = bound.map_or(Bound::AtLeast(1), |(_, bound)| bound);
            return Ok(Question { since, expected: Expected::Counted(asked, bound) });
        };
        let others = [
            ("Action", self.action.is_some()),
            ("Parameters", self.parameters.is_some()),
            ("Code", self.code.is_some()),
        ];
        let other = others.into_iter().find(|(_, is_there)| *is_there).map(|(field, _)| field);
        if let Some(field) = other.or(bound.map(|(field, _)| field)) {
            return Err(Problem::wrong(field, "not together with InOrder"));
        }
        if steps.is_empty() {
            return Err(Problem::wrong("InOrder", "expected one entry at least"));
        }
        if steps.len() > LIMIT {
            return Err(Problem::wrong("InOrder", format!("expected {LIMIT} entries at most")));
        }
        let steps = steps.into_iter().enumerate().map(|(place, step)| {
            asked(&format!("InOrder[{place}]."), known, Some(step.action), step.parameters, step.code)
        });
        Ok(Question { since, expected: Expected::InOrder(steps.collect::<Result<_, _>>()?) })
    }
}

/// What is known of actions, and their names.
struct KnownActions<'c> {
    catalogue: &'c dyn Catalogue,
    names: Vec<&'static str>,
}

/// `place` stands before the names of the fields.
fn asked(
    place: &str,
    known: &KnownActions<'_>,
    action: Option<String>,
    parameters: Option<BTreeMap<String, Option<String>>>,
    code: Option<String>,
) -> Result<Asked, Problem> {
    let action = action.map(|action| known.catalogue.spelling(&action).to_owned());
    if let Some(action) = action.as_ref().filter(|action| !known.names.contains(&action.as_str())) {
        return Err(Problem::wrong(format!("{place}Action"), format!("the API has no action {action:?}")));
    }
    if code.as_ref().is_some_and(String::is_empty) {
        return Err(Problem::wrong(format!("{place}Code"), "expected a code, or OK for an answer that is no error"));
    }
    let mut names = BTreeSet::new();
    let parameters = parameters.unwrap_or_default();
    if parameters.len() > LIMIT {
        return Err(Problem::wrong(format!("{place}Parameters"), format!("expected {LIMIT} at most")));
    }
    for (name, value) in &parameters {
        let field = format!("{place}Parameters.{name}");
        if !names.insert(name.to_ascii_lowercase()) {
            return Err(Problem::wrong(field, "it is there twice: names match in any case"));
        }
        if value.is_some() && sent::is_secret(name) {
            return Err(Problem::wrong(field, "the journal does not show its value: only null can be asked for"));
        }
    }
    Ok(Asked { action, code, parameters: parameters.into_iter().collect() })
}

/// A real time, with or without a fraction of its second.
fn instant(text: &str) -> Result<journal_entry::Instant, Problem> {
    text.parse().map_err(|_| Problem::wrong("SinceTime", "expected a time in UTC such as 2026-01-31T12:00:00.123Z"))
}

/// Tells whether the requests to the sandbox were as expected: `yes`, `no`, or `unknown` if that hangs on entries that the journal
/// does not keep any more, or not whole.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/requests/verify", tag = "requests",
    params(("sandbox" = String, Path,)), request_body = VerifyRequest, responses((status = 200, body = Verdict),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn verify(
    startup: Data<Startup>,
    stopping: Data<Stopping>,
    request: HttpRequest,
    name: Path<String>,
    sent: Body,
) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let asked: VerifyRequest = sent.json().await?;
    let seconds = asked.wait_seconds.unwrap_or_default();
    if seconds > LONGEST_WAIT {
        return Err(Problem::wrong(
            "WaitSeconds",
            format!("expected a number from 0 to {LONGEST_WAIT}, not {seconds}"),
        ));
    }
    let known = KnownActions { catalogue: &app.catalogue, names: app.catalogue.actions() };
    let question = Arc::new(asked.question(&known)?);
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let mut is_over = seconds == 0;
    let client = Client::of(&request);
    loop {
        let kept = app.sandboxes.journal_of(&sandbox).await?;
        let last_sequence = kept.last_sequence;
        let question = question.clone();
        // A long question over many entries takes a while, and others have work to do on this thread.
        let verdict = spawn_blocking(move || verification::verify(&question, &kept)).await;
        let verdict = verdict.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "it broke off"))?;
        if is_over || verdict.is_final {
            return body::ok(&verdict);
        }
        let something = async {
            tokio::select! {
                () = sandbox.journal.changed(last_sequence) => false,
                () = sleep_until(deadline) => true,
                () = stopping.0.notified() => true,
            }
        };
        // A client that is gone is told what is known by now.
        is_over = client.wait(something).await.unwrap_or(true);
    }
}
