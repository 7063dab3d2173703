//! The entries of changes by the control plane in the journals of sandboxes: one for each that was made.

use std::sync::Arc;
use std::time::Instant;

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, USER_AGENT};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use percent_encoding::percent_decode_str;

use super::query;
use crate::app::{App, Startup};
use crate::journal::effects::{End, Recording};
use crate::model::journal_entry::{Happening, JournalEntry};
use crate::model::kind::Kind;
use crate::model::kinds::KINDS;
use crate::model::params::Params;
use crate::model::sent::Sent;
use crate::model::time::Time;
use crate::sandboxes::Sandbox;

/// The pattern of every path in a sandbox.
const IN_SANDBOX: &str = "/_mock/v1/sandboxes/{sandbox}/";

/// What lies behind the sandbox in paths that look at it only, whatever their method is.
const LOOKS: [&str; 2] = ["requests", "explain"];

/// Says on a request that nobody wants more than to know what it would do.
const DRY_RUN: &str = "dry-run";

/// What a request would change.
struct Change {
    sandbox: String,
    /// The pattern of the path behind the sandbox.
    action: String,
    params: Params,
}

impl Change {
    /// `None`: nothing in a sandbox.
    fn of(request: &ServiceRequest) -> Option<Self> {
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let pattern = request.match_pattern()?;
        let behind = pattern.strip_prefix(IN_SANDBOX)?;
        if LOOKS.contains(&behind.split('/').next().unwrap_or_default()) {
            return None;
        }
        let sandbox = request.path().split('/').nth(IN_SANDBOX.split('/').count() - 2)?;
        let sandbox = percent_decode_str(sandbox).decode_utf8().ok()?.into_owned();
        let params = query::any(request.request()).ok()?;
        let is_dry_run = params.text(DRY_RUN).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        // The one of a kind is `{id}`, whatever the kind is.
        let is_one = |kind: &&&Kind| behind.strip_prefix(kind.path).is_some_and(|rest| rest.starts_with("/{"));
        let action = match KINDS.iter().find(is_one) {
            Some(kind) => format!("/{}/{{id}}", kind.path),
            None => format!("/{behind}"),
        };
        (!is_dry_run).then_some(Self { sandbox, action, params })
    }
}

/// Records a request that changes a sandbox; one that fails leaves nothing.
pub async fn record(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let startup = request.app_data::<Data<Startup>>().cloned();
    let Some((change, app)) = Change::of(&request).zip(startup.as_ref().and_then(|startup| startup.app())) else {
        return next.call(request).await;
    };
    let Ok(sandbox) = app.sandboxes.by_name(&change.sandbox) else { return next.call(request).await };
    let user_agent = user_agent(request.headers());
    let told = Told { method: request.method(), action: change.action, user_agent, params: change.params };
    let Some(recording) = begin(app, &sandbox, told, started).await else { return next.call(request).await };
    let response = recording.scope(next.call(request)).await?;
    if response.status().is_success() {
        recording.end(End { status: response.status().as_u16(), ..End::default() });
    } else {
        recording.give_up();
    }
    Ok(response)
}

/// What an entry tells of a change before it is made.
pub(crate) struct Told<'a> {
    pub method: &'a Method,
    /// The pattern of the path of the control plane that makes such a change, behind the sandbox.
    pub action: String,
    pub user_agent: &'a str,
    pub params: Params,
}

/// What made a request, as far as it says.
pub(crate) fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Makes a change, and records it; one that fails leaves nothing.
pub(crate) async fn changing<T, E>(
    app: &App,
    sandbox: &Arc<Sandbox>,
    told: Told<'_>,
    change: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let status = if *told.method == Method::DELETE { StatusCode::NO_CONTENT } else { StatusCode::OK };
    let Some(recording) = begin(app, sandbox, told, Instant::now()).await else { return change.await };
    let result = recording.scope(change).await;
    if result.is_ok() {
        recording.end(End { status: status.as_u16(), ..End::default() });
    } else {
        recording.give_up();
    }
    result
}

/// `None`: no journals are kept.
async fn begin(app: &App, sandbox: &Arc<Sandbox>, told: Told<'_>, started: Instant) -> Option<Arc<Recording>> {
    if !app.sandboxes.journals().is_on() {
        return None;
    }
    let moment = app.clock.moment();
    let mut entry = JournalEntry::new(Happening::Control, moment, sandbox.time_at(Time(moment.0.div_euclid(1_000))));
    entry.method = told.method.as_str().into();
    entry.user_agent = told.user_agent.into();
    entry.action = told.action.into();
    (entry.parameters, entry.cut) = Sent::new(&told.params.into());
    let place = app.sandboxes.journals().place(&sandbox.journal).await;
    Some(Recording::new(entry, Some(place), started))
}
