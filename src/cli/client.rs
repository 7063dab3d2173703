//! The client of the verbs that talk to a running server: where it is, calls, and what went wrong with one.

use std::fmt::Display;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use ureq::http::{Method, Request, Response, StatusCode, Uri, request};
use ureq::{Agent, Body, BodyReader, SendBody};

use super::secret::{self, SecretError};
use super::{Failure, output};

/// Which server a verb talks to, and how it says what it learnt.
#[derive(Debug, Args)]
pub struct Target {
    /// Where the server is
    #[arg(long, env = "ECS_MOCK_URL", value_name = "URL", default_value = "http://127.0.0.1:4590", value_parser = base_url, global = true)]
    pub url: String,
    /// The token that the server was started with
    #[arg(long, env = "ECS_MOCK_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true, global = true)]
    admin_token: Option<String>,
    /// File that holds it, so that it is in no list of processes
    #[arg(long, env = "ECS_MOCK_ADMIN_TOKEN_FILE", value_name = "FILE", global = true)]
    admin_token_file: Option<PathBuf>,
    /// Print JSON: the server's answer as it is, `{}` if it is empty
    #[arg(long, global = true)]
    pub json: bool,
}

/// Which sandbox of which server a verb is about.
#[derive(Debug, Args)]
pub struct InSandbox {
    /// The sandbox that it is about
    #[arg(long, env = "ECS_MOCK_SANDBOX", value_name = "NAME", default_value = crate::store::sandboxes::DEFAULT, value_parser = NonEmptyStringValueParser::new(), global = true)]
    pub sandbox: String,
    #[command(flatten)]
    pub target: Target,
}

/// How long it may take to be connected; answers may take as long as the work does.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

pub const JSON: &str = "application/json";

/// A stream of entries, one a line.
pub const LINES: &str = "application/x-ndjson";

/// A stream of events.
const EVENTS: &str = "text/event-stream";

/// Where the server says whether it is ready.
pub const READY: &str = "/_mock/health/ready";

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{url}: {cause}: is a server running there?")]
    Unreachable { url: String, cause: String },
    #[error("{url}: {detail}")]
    Refused { url: String, detail: String },
    #[error("{url}: the answer breaks off or makes no sense: {cause}")]
    Garbled { url: String, cause: String },
}

#[derive(Debug)]
pub struct Client {
    agent: Agent,
    url: String,
    authorization: Option<String>,
    /// Whether answers are printed as they are.
    pub json: bool,
}

impl Client {
    /// A client that prints answers as the target says, with the token that it says, itself or in a file.
    pub fn new(target: &Target) -> Result<Self, SecretError> {
        let token = secret::given("admin-token", target.admin_token.as_deref(), target.admin_token_file.as_deref())?;
        let authorization = token.map(|token| format!("Bearer {token}"));
        Ok(Self { authorization, json: target.json, ..Self::at(&target.url, None) })
    }

    /// A client without a token, for which nothing may take longer than `timeout`.
    pub fn at(url: &str, timeout: Option<Duration>) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(timeout)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .http_status_as_error(false)
            // A proxy of the environment is for the world outside.
            .proxy(None)
            .build()
            .into();
        Self { agent, url: url.to_owned(), authorization: None, json: false }
    }

    /// A call without a body: the text of the answer, which is JSON or empty.
    pub fn call(&self, method: &Method, path: &str) -> Result<String, ClientError> {
        self.text(self.exchange(method, path, JSON, None)?)
    }

    /// A call with this body.
    pub fn send(&self, method: &Method, path: &str, body: &Value) -> Result<String, ClientError> {
        let body = body.to_string();
        let mut bytes = body.as_bytes();
        self.text(self.exchange(method, path, JSON, Some((JSON, SendBody::from_reader(&mut bytes))))?)
    }

    /// A call with a body of this type, if with one, whose answer is to be of the type `accept`.
    pub fn exchange(
        &self,
        method: &Method,
        path: &str,
        accept: &str,
        body: Option<(&str, SendBody<'_>)>,
    ) -> Result<Response<Body>, ClientError> {
        let mut request = self.request(method, path, accept);
        if let Some((content_type, _)) = &body {
            request = request.header(CONTENT_TYPE, *content_type);
        }
        let response = match body {
            Some((_, body)) => request.body(body).map_err(Into::into).and_then(|request| self.agent.run(request)),
            None => request.body(()).map_err(Into::into).and_then(|request| self.agent.run(request)),
        };
        self.answered(method, path, response)
    }

    /// The events of a stream that come behind the one with this id.
    pub fn events(&self, path: &str, last_event_id: i64) -> Result<Events, ClientError> {
        let request = self.request(&Method::GET, path, EVENTS).header("last-event-id", last_event_id).body(());
        let response = request.map_err(Into::into).and_then(|request| self.agent.run(request));
        let body = self.answered(&Method::GET, path, response)?.into_body();
        Ok(Events(BufReader::new(body.into_with_config().limit(u64::MAX).reader()).lines()))
    }

    fn request(&self, method: &Method, path: &str, accept: &str) -> request::Builder {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.url)).header(ACCEPT, accept);
        match &self.authorization {
            Some(authorization) => request.header(AUTHORIZATION, authorization),
            None => request,
        }
    }

    fn answered(
        &self,
        method: &Method,
        path: &str,
        response: Result<Response<Body>, ureq::Error>,
    ) -> Result<Response<Body>, ClientError> {
        let response = response.map_err(|error| self.unreachable(error))?;
        if response.status().is_success() { Ok(response) } else { Err(self.refusal(method, path, response)) }
    }

    /// The whole body of an answer.
    pub fn text(&self, mut response: Response<Body>) -> Result<String, ClientError> {
        let text = response.body_mut().with_config().limit(u64::MAX).read_to_string();
        text.map_err(|error| self.garbled(cause(error)))
    }

    pub fn read<T: DeserializeOwned>(&self, text: &str) -> Result<T, ClientError> {
        serde_json::from_str(text).map_err(|error| self.garbled(error))
    }

    /// Prints an answer: as it is, or as `human` puts it.
    pub fn show<T: DeserializeOwned>(&self, text: &str, human: impl FnOnce(&T) -> String) -> Result<(), Failure> {
        if self.json { output::line(text) } else { output::line(&human(&self.read(text)?)) }
    }

    /// Says that a call whose answer is empty has done its work.
    pub fn done(&self, human: &str) -> Result<(), Failure> {
        output::line(if self.json { "{}" } else { human })
    }

    pub fn garbled(&self, cause: impl Display) -> ClientError {
        ClientError::Garbled { url: self.url.clone(), cause: cause.to_string() }
    }

    fn unreachable(&self, error: ureq::Error) -> ClientError {
        ClientError::Unreachable { url: self.url.clone(), cause: cause(error) }
    }

    fn refusal(&self, method: &Method, path: &str, response: Response<Body>) -> ClientError {
        #[derive(Deserialize)]
        struct Problem {
            detail: String,
        }
        let status = response.status();
        let problem = self.text(response).ok().and_then(|text| serde_json::from_str(&text).ok());
        let detail = match problem {
            Some(Problem { detail }) if status == StatusCode::UNAUTHORIZED => {
                format!("{detail}: give it with --admin-token-file, --admin-token or ECS_MOCK_ADMIN_TOKEN")
            }
            Some(Problem { detail }) => detail,
            None => format!("{method} {path} is answered with {status}: is it an ecs-mock?"),
        };
        ClientError::Refused { url: self.url.clone(), detail }
    }
}

/// The data of the events of a stream, each of one line. It ends where the stream does, in order or not.
pub struct Events(Lines<BufReader<BodyReader<'static>>>);

impl Iterator for Events {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut lines = self.0.by_ref().map_while(Result::ok);
        lines.find_map(|line| line.strip_prefix("data: ").map(ToOwned::to_owned))
    }
}

/// The path of something under a sandbox.
pub fn under(sandbox: &str, rest: &str) -> String {
    format!("/_mock/v1/sandboxes/{}{rest}", encoded(sandbox))
}

/// A text as a segment of a path or as the value of a parameter.
pub fn encoded(text: &str) -> impl Display {
    const OTHERS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, OTHERS)
}

fn cause(error: ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}

/// Scheme, host and port.
fn base_url(text: &str) -> Result<String, String> {
    let expected = || "an address such as http://127.0.0.1:4590 is needed".to_owned();
    let url: Uri = text.parse().map_err(|_| expected())?;
    match (url.scheme_str(), url.authority()) {
        (Some("http"), Some(authority)) if url.path() == "/" && url.query().is_none() => {
            Ok(format!("http://{authority}"))
        }
        (Some("https"), _) => Err("the server speaks plain http: http://HOST:PORT is needed".to_owned()),
        _ => Err(expected()),
    }
}
