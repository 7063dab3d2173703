//! The cloud plane's HTTP: from a request to a call and from its result to an answer. Knows no action.

mod render;
mod request;
mod welcome;

use std::time::Instant;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::actions::{self, Call, Output};
use crate::app::{App, Startup};
use crate::fault::{DRY_RUN_OPERATION, Fault, INVALID_ACTION, SERVICE_UNAVAILABLE};
use request::Incoming;

/// Answers any request that is not the control plane's.
pub async fn answer(request: HttpRequest, payload: Payload, startup: Data<Startup>) -> HttpResponse {
    if request::is_visitor(&request) {
        return welcome::page();
    }
    let started = Instant::now();
    let request_id = startup.request_id();
    let incoming = request::read(&request, payload).await;
    let format = request::format(&request, incoming.as_ref().ok().map(|incoming| &incoming.params));
    let action = incoming.as_ref().map_or_else(|_| String::new(), |incoming| incoming.action.clone());
    let sandbox = startup.app().map_or("", |app| app.default_sandbox.name.as_str());
    let result = match (incoming, startup.app()) {
        (Err(fault), _) => Err(fault),
        (Ok(_), None) => Err(Fault::from(&SERVICE_UNAVAILABLE)),
        (Ok(incoming), Some(app)) => run(app, &incoming).await,
    };
    let (response, code) = match &result {
        Ok(output) => (render::success(format, &action, &request_id, output), "OK"),
        Err(fault) => (render::failure(format, &request_id, request::host(&request), fault), fault.code),
    };
    tracing::info!(
        action = %action.escape_debug(),
        sandbox,
        status = response.status().as_u16(),
        code,
        request_id,
        microseconds = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

/// Looks the action up and runs it. DryRun is one rule for all actions: every check is made, then this is answered.
async fn run(app: &App, incoming: &Incoming) -> Result<Output, Fault> {
    let action = actions::find(&incoming.action).ok_or_else(|| Fault::from(&INVALID_ACTION))?;
    let params = &incoming.params;
    let call = Call { app, sandbox: &app.default_sandbox, params, now: app.clock.now() };
    let output = (action.run)(&call).await?;
    if params.boolean("DryRun")? == Some(true) {
        return Err(Fault::from(&DRY_RUN_OPERATION));
    }
    Ok(output)
}
