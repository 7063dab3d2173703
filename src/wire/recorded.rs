//! The entry of a request in the journal of its sandbox: what is known of it when it comes, and what was answered.

use std::sync::Arc;
use std::time::Instant as Started;

use actix_web::body::{BodySize, MessageBody as _};
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse};

use crate::actions;
use crate::actions::faults::Fault;
use crate::app::App;
use crate::client::Client;
use crate::journal::effects::{End, Recording};
use crate::model::cut::Cut;
use crate::model::journal_entry::{Happening, Instant, JournalEntry, SignatureVersion};
use crate::model::params::Params;
use crate::model::sent::Sent;
use crate::model::time::Time;
use crate::sandboxes::Sandbox;
use crate::store::sandboxes::DEFAULT;
use crate::wire::masked::masked;

/// What a client says of how often it has tried before.
const RETRY_ATTEMPTS: &str = "x-acs-retry-attempts";

/// Asks for the place of the explanation, which the other header names.
const EXPLAIN: &str = "x-ecs-mock-explain";
const EXPLANATION: HeaderName = HeaderName::from_static("x-ecs-mock-explanation");

/// Names the planned fault that an answer was touched by.
const FAULT: &str = "x-ecs-mock-fault";

/// A request, as far as it could be read.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub request: &'a HttpRequest,
    /// Empty where it names none.
    pub access_key_id: &'a str,
    pub action: &'a str,
    pub params: &'a Arc<Params>,
}

/// An entry to be.
#[derive(Debug)]
pub struct Recorded<'a> {
    app: &'a App,
    asked: Asked<'a>,
    recording: Arc<Recording>,
}

impl<'a> Recorded<'a> {
    /// Begins it, in the journal of the sandbox that the request means as far as that is known.
    pub async fn begin(
        app: &'a App,
        asked: &Asked<'a>,
        sandbox: Option<&Arc<Sandbox>>,
        (moment, started): (Instant, Started),
    ) -> Self {
        let Asked { request, access_key_id, action, params } = *asked;
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let mut entry = JournalEntry::new(Happening::Request, moment, sandbox_time(sandbox, moment));
        entry.access_key_id = access_key_id.into();
        entry.action = actions::spelling(action).into();
        entry.method = request.method().as_str().into();
        entry.user_agent = header(USER_AGENT.as_str()).unwrap_or_default().into();
        entry.signature_version = signature_version(header(AUTHORIZATION.as_str()), params);
        (entry.parameters, entry.cut) = Sent::new(params);
        entry.retry_attempts = header(RETRY_ATTEMPTS).and_then(|attempts| attempts.parse().ok());
        entry.unknown = is_unknown(app, access_key_id, sandbox);
        let place = match sandbox {
            Some(sandbox) => Some(app.sandboxes.journals().place(&sandbox.journal).await),
            None => None,
        };
        let recording = Recording::new(entry, place, started);
        Self { app, asked: *asked, recording }
    }

    /// Does something, and gathers what it sees and changes.
    pub fn scope<F: Future>(&self, work: F) -> impl Future<Output = F::Output> {
        self.recording.scope(work)
    }

    /// Writes it, before the answer is sent: whoever has the answer finds it.
    pub async fn end(
        self,
        sandbox: Option<&Arc<Sandbox>>,
        response: &mut HttpResponse,
        fault: Option<&Fault>,
        request_id: &str,
    ) {
        let Self { app, asked, recording } = self;
        let sandbox = match sandbox {
            Some(sandbox) => sandbox.clone(),
            // A key that would have got a sandbox of its own.
            None => match app.sandboxes.by_name(DEFAULT) {
                Ok(sandbox) => sandbox,
                Err(_) => return recording.give_up(),
            },
        };
        recording.belong_to(app.sandboxes.journals(), &sandbox.journal).await;
        recording.amend(|entry| {
            entry.unknown = is_unknown(app, asked.access_key_id, Some(&sandbox));
            entry.sandbox_time = sandbox_time(Some(&sandbox), entry.time);
        });
        let cut = response.extensions().get::<Cut>().copied();
        let is_gone = Client::of(asked.request).is_lost();
        let is_silent = is_gone || cut.is_some_and(Cut::is_silent);
        let status = if is_silent { 0 } else { response.status().as_u16() };
        let bytes = match response.body().size() {
            BodySize::Sized(bytes) => bytes,
            BodySize::None | BodySize::Stream => 0,
        };
        let sequence = recording.end(End {
            status,
            code: fault.map(|fault| fault.code.to_string()),
            message: fault.map(|fault| masked(&fault.message, asked.request, asked.params)),
            request_id: request_id.into(),
            bytes,
            fault: response.headers().get(FAULT).and_then(|name| name.to_str().ok()).map(str::to_owned),
            is_lost: is_gone || cut.is_some_and(Cut::is_lost),
        });
        let wants_explanation = asked.request.headers().get(EXPLAIN).is_some_and(|value| value.as_bytes() == b"1")
            && actions::find(asked.action).is_some_and(|action| action.run.listing().is_some());
        if let Some(sequence) = sequence.filter(|_| wants_explanation && sandbox.journal.is_sure()) {
            let place = format!("/_mock/v1/sandboxes/{}/requests/{sequence}/explanation", sandbox.name());
            if let Ok(place) = HeaderValue::from_str(&place) {
                response.headers_mut().insert(EXPLANATION, place);
            }
        }
    }
}

fn sandbox_time(sandbox: Option<&Arc<Sandbox>>, moment: Instant) -> Time {
    let real = Time(moment.0.div_euclid(1_000));
    sandbox.map_or(real, |sandbox| sandbox.time_at(real))
}

/// Whether a request names a key that is not this sandbox's: that of none, or of one whose time is over.
fn is_unknown(app: &App, access_key_id: &str, sandbox: Option<&Arc<Sandbox>>) -> bool {
    !access_key_id.is_empty() && !sandbox.is_some_and(|sandbox| app.sandboxes.is_key_of(access_key_id, sandbox))
}

/// How it was signed, by what was sent.
fn signature_version(authorization: Option<&str>, params: &Params) -> SignatureVersion {
    let has_signature =
        || params.pairs().iter().any(|(name, value)| name.eq_ignore_ascii_case("Signature") && !value.is_empty());
    match authorization {
        Some(authorization) if authorization.starts_with("ACS3-") => SignatureVersion::Acs3,
        _ if has_signature() => SignatureVersion::V1,
        _ => SignatureVersion::None,
    }
}
