//! The cloud plane's HTTP: from a request to a call and from its result to an answer. Knows no action.

mod counted;
mod gateway;
mod recorded;
mod render;
mod request;
pub mod signature;
mod welcome;

use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::actions::faults::{Fault, SERVICE_UNAVAILABLE};
use crate::actions::output::Output;
use crate::actions::{Action, dispatch};
use crate::app::{App, Auth, Startup};
use crate::journal::effects;
use crate::model::params::Params;
use crate::sandboxes::Sandbox;
use gateway::Admitted;
use recorded::{Asked, Recorded};
use request::{Incoming, Received};
use signature::Refusal;

/// Characters of what a request names that reach the log; actions and keys that exist are shorter.
const LOGGED: usize = 64;

/// With `--auth warn`, the code of the error that `enforce` would have answered.
const WOULD_REFUSE: HeaderName = HeaderName::from_static("x-ecs-mock-would-refuse");
/// Where a signature is wrong, the well-known mistake that gives it.
const DIAGNOSIS: HeaderName = HeaderName::from_static("x-ecs-mock-diagnosis");

/// The parameters that the action did not look at, since it has none of these names or does not emulate them.
const IGNORED: HeaderName = HeaderName::from_static("x-ecs-mock-ignored");

/// Of these, how many are named.
const IGNORED_LIMIT: usize = 20;

/// What is known of a request beside its outcome, for the log and for headers.
#[derive(Debug, Default)]
struct Trace {
    sandbox: Option<Arc<Sandbox>>,
    /// The action, once it is found.
    action: Option<&'static Action>,
    would_refuse: Option<&'static str>,
    diagnosis: Option<&'static str>,
    /// See [`IGNORED`]; separated by commas.
    ignored: Option<String>,
}

impl Trace {
    /// A refusal ends the request where it is enforced. Elsewhere it is noted, and the request goes on without what
    /// was refused.
    fn judge<T>(&mut self, auth: Auth, outcome: Result<T, Refusal>) -> Result<Option<T>, Fault> {
        let Refusal { fault, diagnosis } = match outcome {
            Ok(value) => return Ok(Some(value)),
            Err(refusal) => refusal,
        };
        self.diagnosis = diagnosis;
        if auth == Auth::Enforce {
            return Err(fault);
        }
        self.would_refuse = Some(fault.code);
        Ok(None)
    }
}

/// Answers any request that is not the control plane's.
pub async fn answer(request: HttpRequest, payload: Payload, startup: Data<Startup>) -> HttpResponse {
    if request::is_visitor(&request) {
        return welcome::page();
    }
    let started = Instant::now();
    let request_id = startup.request_id();
    let moment = startup.app().map(|app| app.clock.moment());
    let Received { format, access_key_id, action, params, incoming } = request::read(&request, payload).await;
    let action = action.unwrap_or_default();
    let access_key_id = access_key_id.unwrap_or_default();
    // A request that is refused before its sandbox is found means one nevertheless.
    let sandbox = startup.app().and_then(|app| gateway::meant(app, &access_key_id));
    let asked = Asked { request: &request, access_key_id: &access_key_id, action: &action, params: &params };
    let recorded = startup
        .app()
        .filter(|app| app.sandboxes.journals().is_on())
        .zip(moment)
        .map(|(app, moment)| Recorded::begin(app, &asked, sandbox.as_ref(), (moment, started)));
    let mut trace = Trace { sandbox, ..Trace::default() };
    let result = match (incoming, startup.app()) {
        (Err(fault), _) => Err(fault),
        (Ok(_), None) => Err(Fault::from(&SERVICE_UNAVAILABLE)),
        (Ok(incoming), Some(app)) => {
            let running = run(app, &request, &incoming, &mut trace);
            match &recorded {
                Some(recorded) => recorded.scope(running).await,
                None => running.await,
            }
        }
    };
    let (mut response, code) = match &result {
        Ok(output) => (render::success(format, &action, &request_id, &**output), counted::OK),
        Err(fault) => (render::failure(format, &request_id, request::host(&request), fault), fault.code),
    };
    for (name, value) in [(WOULD_REFUSE, trace.would_refuse), (DIAGNOSIS, trace.diagnosis)] {
        if let Some(value) = value {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    if let Some(ignored) = trace.ignored.as_deref().and_then(|ignored| HeaderValue::from_str(ignored).ok()) {
        response.headers_mut().insert(IGNORED, ignored);
    }
    if let Some(recorded) = recorded {
        recorded.end(trace.sandbox.as_ref(), &mut response, result.as_ref().err(), &request_id).await;
    }
    let taken = started.elapsed();
    if let Some(app) = startup.app() {
        counted::count(&app.metrics, trace.action, &action, code, taken);
    }
    let meant = result.is_err().then(|| logged(&access_key_id));
    tracing::info!(
        action = %logged(&action),
        access_key_id = meant.as_deref().map(display),
        sandbox = trace.sandbox.as_ref().map_or("", |sandbox| sandbox.name()),
        status = response.status().as_u16(),
        code,
        would_refuse = trace.would_refuse,
        diagnosis = trace.diagnosis,
        ignored = trace.ignored,
        request_id,
        microseconds = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

/// What a request names, as it may stand in a line of the log.
fn logged(text: &str) -> String {
    text.chars().take(LOGGED).collect::<String>().escape_debug().to_string()
}

/// What is answered to something that is no request, which has this target as far as one can tell.
#[must_use]
pub fn refusal(app: Option<&App>, target: &[u8], request_id: &str, fault: &Fault) -> HttpResponse {
    if let Some(app) = app {
        counted::count_none(&app.metrics, fault.code);
    }
    render::failure(request::format_of_target(target), request_id, request::UNKNOWN_HOST, fault)
}

/// Runs the action, if the gateway lets the request through.
async fn run(
    app: &App,
    request: &HttpRequest,
    incoming: &Incoming,
    trace: &mut Trace,
) -> Result<Box<dyn Output>, Fault> {
    let Admitted { action, sandbox } = gateway::admit(app, request, incoming, trace).await?;
    effects::belong_to(&sandbox.journal);
    let result = dispatch::run(&app.sandboxes, &sandbox, action, &incoming.params, request::host(request)).await;
    // Where the server failed, perhaps the action never came to look.
    if result.as_ref().map_or_else(|fault| fault.status < 500, |_| true) {
        trace.ignored = ignored(&incoming.params);
    }
    result
}

/// The parameters that nobody has looked at, but for those that every request may have.
fn ignored(params: &Params) -> Option<String> {
    let is_of_every_request = |name: &str| {
        let mut names = dispatch::OF_THE_REQUEST.iter().chain(&OF_THE_OWNER);
        names.any(|other| other.eq_ignore_ascii_case(name))
    };
    let unread: Vec<String> =
        params.unread().filter(|name| !is_of_every_request(name)).take(IGNORED_LIMIT).map(logged).collect();
    (!unread.is_empty()).then(|| unread.join(","))
}

/// Parameters of every action that say on whose behalf it is called: here, the access key alone tells.
const OF_THE_OWNER: [&str; 4] = ["OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"];
