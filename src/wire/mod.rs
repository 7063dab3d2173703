//! The cloud plane's HTTP: from a request to a call and from its result to an answer. Knows no action.

mod counted;
mod gateway;
mod masked;
mod planned;
mod recorded;
mod render;
mod request;
pub mod signature;
pub mod welcome;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::actions::faults::{Fault, SERVICE_UNAVAILABLE};
use crate::actions::output::Output;
use crate::actions::{self, Action, dispatch};
use crate::app::{App, Auth, Startup};
use crate::client::Client;
use crate::journal::effects;
use crate::metrics::OTHER;
use crate::model::common_parameters::is_common;
use crate::model::cut::Cut;
use crate::model::params::Params;
use crate::sandboxes::Sandbox;
use gateway::Admitted;
use planned::Met;
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
    would_refuse: Option<Cow<'static, str>>,
    diagnosis: Option<&'static str>,
    /// See [`IGNORED`]; separated by commas.
    ignored: Option<String>,
    /// The name of the planned fault that it has met.
    fault: Option<String>,
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
        return welcome::answer(&request);
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
    let recorded = match startup.app().filter(|app| app.sandboxes.journals().is_on()).zip(moment) {
        Some((app, moment)) => Some(Recorded::begin(app, &asked, sandbox.as_ref(), (moment, started)).await),
        None => None,
    };
    let client = Client::of(&request);
    let mut trace = Trace { sandbox, ..Trace::default() };
    let mut met = None;
    let result = match (incoming, startup.app()) {
        (Err(fault), _) => Err(fault),
        (Ok(_), None) => Err(Fault::from(&SERVICE_UNAVAILABLE)),
        (Ok(incoming), Some(app)) => {
            let caller = Caller { request: &request, client: &client, access_key_id: &access_key_id };
            let running = run(app, &caller, &incoming, &mut trace, &mut met);
            match &recorded {
                Some(recorded) => recorded.scope(running).await,
                None => running.await,
            }
        }
    };
    let (mut response, mut error) = match result {
        Ok(output) => (render::success(format, &action, &request_id, &*output), None),
        Err(fault) => (render::failure(format, &request_id, request::host(&request), &fault), Some(fault)),
    };
    if let Some(met) = met {
        let answering = planned::Answering { format, request_id: &request_id, host: request::host(&request) };
        (response, error) = met.answer(&client, &answering, response, error).await;
    }
    for (name, value) in [(WOULD_REFUSE, trace.would_refuse.as_deref()), (DIAGNOSIS, trace.diagnosis)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    if let Some(ignored) = trace.ignored.as_deref().and_then(|ignored| HeaderValue::from_str(ignored).ok()) {
        response.headers_mut().insert(IGNORED, ignored);
    }
    if let Some(recorded) = recorded {
        recorded.end(trace.sandbox.as_ref(), &mut response, error.as_ref(), &request_id).await;
    }
    let taken = started.elapsed();
    let is_lost = client.is_lost() || response.extensions().get::<Cut>().is_some_and(|cut| cut.is_lost());
    let code = match &error {
        _ if is_lost => counted::LOST,
        Some(error) => &*error.code,
        // What was planned word for word may be an error without a code.
        None if response.status().as_u16() >= 400 => OTHER,
        None => counted::OK,
    };
    if let Some(app) = startup.app() {
        counted::count(&app.metrics, trace.action, &action, code, taken);
    }
    let meant = error.is_some().then(|| logged(&access_key_id));
    tracing::info!(
        action = %logged(&action),
        access_key_id = meant.as_deref().map(display),
        sandbox = trace.sandbox.as_ref().map_or("", |sandbox| sandbox.name()),
        status = response.status().as_u16(),
        code,
        fault = trace.fault,
        would_refuse = trace.would_refuse.as_deref(),
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
        counted::count_none(&app.metrics, &fault.code);
    }
    render::failure(request::format_of_target(target), request_id, request::UNKNOWN_HOST, fault)
}

/// Who calls.
struct Caller<'a> {
    request: &'a HttpRequest,
    client: &'a Client,
    access_key_id: &'a str,
}

/// Runs the action, if the gateway lets the request through and nothing that is planned to go wrong takes its place.
async fn run(
    app: &App,
    caller: &Caller<'_>,
    incoming: &Incoming,
    trace: &mut Trace,
    met: &mut Option<Met>,
) -> Result<Box<dyn Output>, Fault> {
    let Admitted { name, action, sandbox } = gateway::admit(app, caller.request, incoming, trace).await?;
    effects::belong_to(app.sandboxes.journals(), &sandbox.journal).await;
    *met = planned::meet(app, &sandbox, actions::spelling(&name), caller.access_key_id, &incoming.params).await?;
    if let Some(met) = met {
        trace.fault = Some(met.name().to_owned());
        app.metrics.fault_hit(met.effect());
        met.take_place(caller.client).await?;
    }
    let action = action.ok_or_else(|| gateway::not_emulated(&name))?;
    let host = request::host(caller.request);
    let result = dispatch::run(&app.sandboxes, &sandbox, action, &incoming.params, host).await;
    // Where the server failed, perhaps the action never came to look.
    if result.as_ref().map_or_else(|fault| fault.status < 500, |_| true) {
        trace.ignored = ignored(&incoming.params);
    }
    result
}

/// The parameters that nobody has looked at, without the common ones: they may come with any action, and none has to look at them.
fn ignored(params: &Params) -> Option<String> {
    let unread: Vec<String> = params.unread().filter(|name| !is_common(name)).take(IGNORED_LIMIT).map(logged).collect();
    (!unread.is_empty()).then(|| unread.join(","))
}
