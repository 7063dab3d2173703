//! What is planned to go wrong, where a request meets it: in place of its action, ahead of it, or once it is carried out.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use serde_json::Value;

use super::render::{self, Format};
use crate::actions::faults::{Fault, SERVICE_UNAVAILABLE};
use crate::app::App;
use crate::client::Client;
use crate::model::cut::Cut;
use crate::model::params::Params;
use crate::model::planned_fault::{
    Asked, Catalogue as _, DocumentedRow, Effect, Match, PlannedFault, THROTTLING_USER, When,
};
use crate::sandboxes::Sandbox;

/// The name of the planned fault that an answer was touched by.
const FAULT: HeaderName = HeaderName::from_static("x-ecs-mock-fault");
/// After how many milliseconds clients are to try again.
const RETRY_AFTER: HeaderName = HeaderName::from_static("x-acs-retry-after");

/// A planned fault that hits a request.
#[derive(Debug)]
pub struct Met {
    fault: PlannedFault,
    /// The action that the request asks for.
    action: String,
    /// The error that its code stands for, if it has one.
    error: Option<Fault>,
}

/// What an answer needs beside what it says.
#[derive(Debug, Clone, Copy)]
pub struct Answering<'a> {
    pub format: Format,
    pub request_id: &'a str,
    pub host: &'a str,
}

/// The planned fault that hits a request, if one does. That it was met is written down by then; where it cannot be, nobody could
/// say afterwards what the request has met, so it is refused.
pub async fn meet(
    app: &App,
    sandbox: &Arc<Sandbox>,
    action: &str,
    access_key_id: &str,
    params: &Arc<Params>,
) -> Result<Option<Met>, Fault> {
    let asked = || Asked { action: action.to_owned(), access_key_id: access_key_id.to_owned(), params: params.clone() };
    let met = app.sandboxes.meet_fault(sandbox, asked).await.map_err(|error| {
        tracing::error!(%error, "that a planned fault was met cannot be written down");
        Fault::from(&SERVICE_UNAVAILABLE)
    })?;
    Ok(met.map(|fault| {
        let error = error(app, &fault, action);
        Met { fault, action: action.to_owned(), error }
    }))
}

impl Met {
    /// What is said of it in logs and headers.
    pub fn name(&self) -> &str {
        &self.fault.name
    }

    /// The word for what it does.
    pub fn effect(&self) -> &'static str {
        self.fault.plan.effect.name()
    }

    fn is_before(&self) -> bool {
        self.fault.plan.when == When::Before
    }

    /// What it does ahead of the action: it waits.
    ///
    /// # Errors
    ///
    /// What stands for the answer of an action that it takes the place of, until [`Met::answer`].
    pub async fn take_place(&self, client: &Client) -> Result<(), Fault> {
        if !self.is_before() {
            return Ok(());
        }
        self.wait(client).await;
        let stands_for = || self.error.clone().unwrap_or_else(|| Fault::from(&SERVICE_UNAVAILABLE));
        if self.fault.plan.effect.is_delay_alone() { Ok(()) } else { Err(stands_for()) }
    }

    /// A client that goes away meanwhile is not waited for: what it has asked for is done, as the cloud does what reaches it
    /// late.
    async fn wait(&self, client: &Client) {
        if let Some(delay) = self.fault.delay() {
            client.wait(tokio::time::sleep(delay)).await;
        }
    }

    /// What becomes of the answer that there is, and of the error that it tells, if it tells one.
    pub async fn answer(
        self,
        client: &Client,
        answering: &Answering<'_>,
        response: HttpResponse,
        error: Option<Fault>,
    ) -> (HttpResponse, Option<Fault>) {
        let is_before = self.is_before();
        if !is_before {
            self.wait(client).await;
        }
        let Answering { format, request_id, host } = *answering;
        let Effect { connection, reply, .. } = &self.fault.plan.effect;
        let (mut response, error) = match (self.error, reply) {
            (Some(fault), _) => (render::failure(format, request_id, host, &fault), Some(fault)),
            (None, Some(reply)) => {
                let status = reply.status.unwrap_or(200);
                (render::planned(format, status, &self.action, request_id, &reply.body), told(status, &reply.body))
            }
            // Of what stands for the action of an answer that nobody sees a byte of, nothing is told.
            (None, None) if is_before && connection.is_some_and(Cut::is_silent) => (response, None),
            (None, None) => (response, error),
        };
        if let Some(cut) = connection {
            response.extensions_mut().insert(*cut);
        }
        if let Some(milliseconds) = self.fault.plan.effect.retry_after_ms() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(milliseconds));
        }
        if let Ok(name) = HeaderValue::from_str(&self.fault.name) {
            response.headers_mut().insert(FAULT, name);
        }
        (response, error)
    }
}

/// The error that a reply of one's own tells, if it tells one: a text has no code.
fn told(status: u16, body: &Value) -> Option<Fault> {
    let code = body["Code"].as_str().filter(|code| status >= 400 && !code.is_empty())?;
    let message = body["Message"].as_str().unwrap_or_default();
    Some(Fault { status, code: Cow::Owned(code.to_owned()), message: Cow::Owned(message.to_owned()) })
}

/// The error that a fault answers to a call of this action. A code that only others of the actions that it is about have is
/// answered as one of those has it.
fn error(app: &App, fault: &PlannedFault, action: &str) -> Option<Fault> {
    let (effect, matching) = (&fault.plan.effect, &fault.plan.matching);
    let code = effect.answered_code()?.to_owned();
    if let (Some(status), Some(message)) = (effect.status, &effect.message) {
        return Some(Fault { status, code: Cow::Owned(code), message: Cow::Owned(message.clone()) });
    }
    let of_others = || {
        let others = app.catalogue.actions().into_iter().filter(|other| matching.is_of_action(other));
        others.into_iter().find_map(|other| effect.row(&app.catalogue.rows(other)))
    };
    let row = effect.row(&app.catalogue.rows(action)).or_else(of_others);
    let DocumentedRow { status, message: text, .. } = row.unwrap_or(THROTTLING_USER);
    let message = effect.message.clone().unwrap_or_else(|| about(&code, text, action, matching));
    Some(Fault { status, code: Cow::Owned(code), message: Cow::Owned(message) })
}

/// The text of a row that leaves open what it is about: the parameter that the fault goes by, if it goes by one. Else it says
/// no less for leaving that out, and a text that is nothing else becomes the code.
///
/// `The input parameter "{}" that is mandatory for processing this request is not supplied.` has `"DiskId"` in it where the fault
/// goes by the parameter DiskId, and else begins with `The input parameter that is mandatory`.
fn about(code: &str, text: &'static str, action: &str, matching: &Match) -> String {
    let subject = match matching.parameters.first_key_value() {
        _ if text.starts_with("The action {}") => Some(action),
        Some((name, _)) => Some(name.as_str()),
        None => matching.region_id.as_ref().map(|_| "RegionId"),
    };
    if text == "{}" {
        return code.to_owned();
    }
    let said = subject.map_or_else(|| text.to_owned(), |subject| text.replacen("{}", subject, 1));
    [" \"{}\"", ": {}", ", {}", " {}", "{}"].iter().fold(said, |text, place| text.replace(place, ""))
}
