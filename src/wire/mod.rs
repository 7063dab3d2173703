//! The cloud plane's HTTP: from a request to a call and from its result to an answer. Knows no action.

mod render;
mod request;
mod welcome;

use std::sync::Arc;
use std::time::Instant;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::actions::{self, Call, Output};
use crate::app::{App, Startup};
use crate::fault::{DRY_RUN_OPERATION, Fault, INVALID_ACCESS_KEY_ID, INVALID_ACTION, SERVICE_UNAVAILABLE};
use crate::sandboxes::{Sandbox, SandboxError};
use crate::store::sandboxes::DEFAULT;
use request::{Incoming, Received};

/// Characters of an action's name that reach the log; those that exist are shorter.
const LOGGED_ACTION: usize = 64;

/// Answers any request that is not the control plane's.
pub async fn answer(request: HttpRequest, payload: Payload, startup: Data<Startup>) -> HttpResponse {
    if request::is_visitor(&request) {
        return welcome::page();
    }
    let started = Instant::now();
    let request_id = startup.request_id();
    let Received { format, incoming } = request::read(&request, payload).await;
    let action = incoming.as_ref().map_or_else(|_| String::new(), |incoming| incoming.action.clone());
    let mut sandbox = None;
    let result = match (incoming, startup.app()) {
        (Err(fault), _) => Err(fault),
        (Ok(_), None) => Err(Fault::from(&SERVICE_UNAVAILABLE)),
        (Ok(incoming), Some(app)) => match authenticate(app, &incoming).await {
            Ok(found) => run(app, sandbox.insert(found), &incoming).await,
            Err(fault) => Err(fault),
        },
    };
    let (response, code) = match &result {
        Ok(output) => (render::success(format, &action, &request_id, output), "OK"),
        Err(fault) => (render::failure(format, &request_id, request::host(&request), fault), fault.code),
    };
    let sandbox = sandbox.as_ref().map_or("", |sandbox| sandbox.name());
    tracing::info!(
        action = %action.chars().take(LOGGED_ACTION).collect::<String>().escape_debug(),
        sandbox,
        status = response.status().as_u16(),
        code,
        request_id,
        microseconds = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

/// The sandbox of the request's access key. A key that nobody registered falls to the sandbox `default`, or gets one of its
/// own, as the server was started.
async fn authenticate(app: &App, incoming: &Incoming) -> Result<Arc<Sandbox>, Fault> {
    let key = incoming.access_key_id.as_deref().unwrap_or_default();
    if let Some(sandbox) = app.sandboxes.by_key(key) {
        return Ok(sandbox);
    }
    let is_new = app.is_auto_sandbox && !key.is_empty();
    let sandbox = if is_new { app.sandboxes.by_key_or_create(key).await } else { app.sandboxes.by_name(DEFAULT) };
    sandbox.map_err(|error| match error {
        SandboxError::Store(error) => error.into(),
        SandboxError::TooManySandboxes(_) => {
            tracing::warn!(%error, "no sandbox for a new access key");
            Fault::from(&SERVICE_UNAVAILABLE)
        }
        _ => Fault::from(&INVALID_ACCESS_KEY_ID),
    })
}

/// Looks the action up and runs it. DryRun is one rule for all actions: every check is made, then this is answered.
async fn run(app: &App, sandbox: &Sandbox, incoming: &Incoming) -> Result<Output, Fault> {
    let action = actions::find(&incoming.action).ok_or_else(|| Fault::from(&INVALID_ACTION))?;
    let params = &incoming.params;
    let call = Call { app, params, scope: sandbox.scope(app.clock.now()) };
    let output = (action.run)(&call).await?;
    if params.boolean("DryRun")? == Some(true) {
        return Err(Fault::from(&DRY_RUN_OPERATION));
    }
    Ok(output)
}
