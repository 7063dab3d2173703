//! Forms that come in. A change is made by a [`Posted`] or an [`Uploaded`] only, which there is none of without the token
//! that the page has put into its form.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::dev::{self, Payload};
use actix_web::error::PayloadError;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, BytesMut, Query};
use actix_web::{FromRequest, HttpRequest};
use futures_util::{Stream, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use super::page::{Failed, Visit};
use super::session::{Pass, SessionKey};
use crate::admin::problem::Problem;
use crate::admin::recorded::{self, Told, user_agent};
use crate::app::App;
use crate::model::document::ENTRY_LIMIT;
use crate::model::params::Params;
use crate::sandboxes::Sandbox;

/// The field that holds the token of a form.
pub const FORM_TOKEN: &str = "form-token";

/// Bytes of a form at most: an entry, whose signs may take three each.
const LIMIT: usize = 3 * ENTRY_LIMIT;

/// The same of whoever has not logged in.
const STRANGER_LIMIT: usize = 16 * 1024;

/// How long all of a form may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The body of a request, or what takes its place.
type BoxedPayloadStream = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Failed>>>>;

/// A form that one of our pages has sent, with its fields as parameters.
pub struct Posted {
    pub visit: Visit,
    pub fields: Params,
}

impl FromRequest for Posted {
    type Error = Failed;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Reading<Self> {
        let visit = Visit::extract(request);
        let body = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let (visit, body) = (visit.await?, body.await.map_err(unreadable)?);
            let limit = if *visit.pass() == Pass::Stranger { STRANGER_LIMIT } else { LIMIT };
            let mut pairs = pairs(&text(body, limit).await?)?;
            let token = take_token(&mut pairs);
            check(&visit, token.as_deref())?;
            Ok(Self { visit, fields: Params::new(pairs) })
        })
    }
}

impl Posted {
    /// The fields as they were sent.
    pub fn sent(&self) -> Vec<(String, String)> {
        self.fields.pairs().iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    /// The fields that are not empty, as they were sent.
    pub fn filled(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.fields.pairs().iter().filter(|(_, value)| !value.is_empty());
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Makes a change, which the sandbox's journal tells of as of the request to the control plane that makes it: its method,
    /// and the pattern of its path behind the sandbox, as in `/snapshots/{id}`.
    pub async fn changing<T, E>(
        &self,
        app: &App,
        sandbox: &Arc<Sandbox>,
        (method, action): (&Method, &str),
        change: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        recorded::changing(app, sandbox, told(&self.visit, method, action), change).await
    }
}

fn told<'v>(visit: &'v Visit, method: &'v Method, action: &str) -> Told<'v> {
    let user_agent = user_agent(visit.request.headers());
    Told { method, action: action.to_owned(), user_agent, params: Params::default() }
}

/// A form with a file, which stands behind its other fields.
pub struct Uploaded {
    pub visit: Visit,
    pub fields: Params,
    pub file_name: String,
    pub content: web::Payload,
}

impl FromRequest for Uploaded {
    type Error = Failed;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Reading<Self> {
        let visit = Visit::extract(request);
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let visit = visit.await?;
            let mut parts = Multipart::new(request.headers(), payload);
            let (mut fields, mut room) = (Vec::new(), LIMIT);
            let deadline = Instant::now() + PATIENCE;
            loop {
                let part = timeout_at(deadline, parts.next()).await.map_err(|_| too_slow())?;
                let mut part = part.ok_or_else(|| Failed::bad_request("the form has no file"))?.map_err(unreadable)?;
                let name = part.name().unwrap_or_default().to_owned();
                let file_name = part.content_disposition().and_then(|disposition| disposition.get_filename());
                if let Some(file_name) = file_name.map(str::to_owned) {
                    let token = take_token(&mut fields);
                    check(&visit, token.as_deref())?;
                    let content = content(&request, part, parts).await?;
                    return Ok(Self { visit, fields: Params::new(fields), file_name, content });
                }
                let value = timeout_at(deadline, part.bytes(room)).await.map_err(|_| too_slow())?;
                let value = value.map_err(|_| too_large(LIMIT))?.map_err(unreadable)?;
                // A field takes memory beside its texts.
                let taken = name.len() + value.len() + size_of::<(String, String)>();
                room = room.checked_sub(taken).ok_or_else(|| too_large(LIMIT))?;
                fields.push((name, String::from_utf8_lossy(&value).into_owned()));
            }
        })
    }
}

impl Uploaded {
    /// As [`Posted::changing`].
    pub async fn changing<T, E>(
        visit: &Visit,
        app: &App,
        sandbox: &Arc<Sandbox>,
        (method, action): (&Method, &str),
        change: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        recorded::changing(app, sandbox, told(visit, method, action), change).await
    }
}

/// What a part holds, as the body of a request of its own.
async fn content(request: &HttpRequest, part: Field, parts: Multipart) -> Result<web::Payload, Failed> {
    // The part is read through the whole, which has to stay.
    let stream = part.map(move |chunk| {
        let _ = &parts;
        chunk.map_err(|error| PayloadError::Io(std::io::Error::other(error.to_string())))
    });
    let mut payload = dev::Payload::from(Box::pin(stream) as BoxedPayloadStream);
    web::Payload::from_request(request, &mut payload).await.map_err(unreadable)
}

fn take_token(pairs: &mut Vec<(String, String)>) -> Option<String> {
    let place = pairs.iter().position(|(name, _)| name == FORM_TOKEN)?;
    Some(pairs.remove(place).1)
}

/// Refuses a form that no page of this session has shown. Where there are no sessions, the guard has seen that the form is
/// from a page of ours; and a program that sends the admin token is no browser that somebody else leads.
fn check(visit: &Visit, given: Option<&str>) -> Result<(), Failed> {
    let is_ours = match visit.pass() {
        Pass::Open | Pass::Bearer | Pass::Stranger => true,
        Pass::Session(cookie) => {
            let given = visit.token().zip(given);
            given.is_some_and(|(token, given)| SessionKey::of(token).is_form_token(cookie, given))
        }
    };
    if is_ours {
        return Ok(());
    }
    let detail = "the form is not of a page that this session was shown: load the page again";
    Err(Problem::new(StatusCode::FORBIDDEN, detail).into())
}

async fn text(mut body: web::Payload, limit: usize) -> Result<String, Failed> {
    let mut bytes = BytesMut::new();
    let deadline = Instant::now() + PATIENCE;
    while let Some(chunk) = timeout_at(deadline, body.next()).await.map_err(|_| too_slow())? {
        let chunk = chunk.map_err(unreadable)?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes.to_vec()).map_err(unreadable)
}

fn pairs(text: &str) -> Result<Vec<(String, String)>, Failed> {
    let pairs = Query::<Vec<(String, String)>>::from_query(text).map_err(unreadable)?;
    // Browsers send the ends of lines as mail has them.
    Ok(pairs.into_inner().into_iter().map(|(name, value)| (name, value.replace("\r\n", "\n"))).collect())
}

fn unreadable(error: impl std::fmt::Display) -> Failed {
    Failed::bad_request(format!("the form cannot be read: {error}"))
}

fn too_slow() -> Failed {
    Problem::new(StatusCode::REQUEST_TIMEOUT, "the form does not come").into()
}

fn too_large(limit: usize) -> Failed {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the form exceeds {limit} bytes")).into()
}
