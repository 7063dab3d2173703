//! Problem documents (RFC 9457): what the control plane says when something cannot be done.

use std::fmt::{self, Display};

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::WWW_AUTHENTICATE;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::explanation::NotExplained;
use crate::documents::ReadError;
use crate::model::kind::DocumentError;
use crate::model::params::Refusal;
use crate::sandboxes::SandboxError;
use crate::spool::SpoolError;
use crate::store::{self, Trouble};

/// A problem.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    /// The name of the status.
    title: String,
    /// As the HTTP status.
    status: u16,
    /// What is wrong, naming the value.
    detail: String,
    /// The field or the parameter that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What is wrong with that field.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Self { kind: "about:blank", title, status: status.as_u16(), detail: detail.into(), field: None, reason: None }
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The field or the parameter that it is about.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The name of the status.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// A bad request, because of this field.
    pub fn wrong(field: impl Into<String> + Display, reason: impl Display) -> Self {
        Self::bad_request(format!("{field}: {reason}")).about(field)
    }

    /// About a field, whose name stands in the detail with a colon, and the reason behind it.
    pub fn about(self, field: impl Into<String>) -> Self {
        let field = field.into();
        let reason = self.detail.split_once(&format!("{field}: ")).map_or(&*self.detail, |(_, reason)| reason);
        Self { reason: Some(reason.to_owned()), field: Some(field), ..self }
    }
}

impl Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let body = serde_json::to_string(self).unwrap_or_default();
        let mut response = HttpResponse::build(self.status_code());
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        response.content_type("application/problem+json").body(body)
    }
}

impl From<SandboxError> for Problem {
    fn from(error: SandboxError) -> Self {
        let status = match &error {
            SandboxError::NoSuchSandbox(_)
            | SandboxError::NoSuchCheckpoint(_)
            | SandboxError::NoSuchResource { .. }
            | SandboxError::NoSuchPlannedFault(_)
            | SandboxError::NoSuchKey(_) => StatusCode::NOT_FOUND,
            SandboxError::InvalidName { .. }
            | SandboxError::InvalidSecret { .. }
            | SandboxError::Duplicate { .. }
            | SandboxError::Dangling(_)
            | SandboxError::Document(_) => StatusCode::BAD_REQUEST,
            SandboxError::InUse { .. }
            | SandboxError::NoJournals
            | SandboxError::Undeletable
            | SandboxError::NothingDue => StatusCode::CONFLICT,
            SandboxError::TooManySandboxes(_)
            | SandboxError::TooManyCheckpoints(_)
            | SandboxError::TooManyPlannedFaults(_)
            | SandboxError::PlannedFaultsTooLong { .. }
            | SandboxError::TooManyResources { .. }
            | SandboxError::TooMuchDue => StatusCode::INSUFFICIENT_STORAGE,
            SandboxError::Busy | SandboxError::OthersLook => StatusCode::SERVICE_UNAVAILABLE,
            SandboxError::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            SandboxError::Store(cause) => {
                tracing::error!(error = %cause, "the store failed");
                match Trouble::of(cause) {
                    Some(trouble) => return trouble.into(),
                    None if store::is_overload(cause) => StatusCode::SERVICE_UNAVAILABLE,
                    None => StatusCode::INTERNAL_SERVER_ERROR,
                }
            }
        };
        let problem = Self::new(status, error.to_string());
        match error {
            SandboxError::InvalidName { field, .. }
            | SandboxError::InvalidSecret { field, .. }
            | SandboxError::Duplicate { field, .. }
            | SandboxError::InUse { field, .. } => problem.about(field),
            SandboxError::Dangling(dangling) => problem.about(dangling.field),
            SandboxError::Document(error) => error.into(),
            _ => problem,
        }
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        let status = match trouble {
            Trouble::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Trouble::Replaced | Trouble::DiskFails(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, trouble.to_string())
    }
}

impl From<SpoolError> for Problem {
    fn from(error: SpoolError) -> Self {
        match error {
            SpoolError::TooMuch(_) => Self::new(StatusCode::INSUFFICIENT_STORAGE, error.to_string()),
            SpoolError::Busy(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            SpoolError::Io(cause) => {
                tracing::error!(error = %cause, "a temporary file cannot be written");
                Trouble::of_io(&cause).into()
            }
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Document(error) => error.into(),
            ReadError::Panicked => SandboxError::Panicked.into(),
        }
    }
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        let problem = Self::bad_request(error.to_string());
        if error.path.is_empty() { problem } else { problem.about(error.path) }
    }
}

impl From<NotExplained> for Problem {
    fn from(error: NotExplained) -> Self {
        match error {
            NotExplained::Sandbox(error) => error.into(),
            NotExplained::Parameter(refusal) => refusal.into(),
            NotExplained::Action(_) => Self::bad_request(error.to_string()).about("Action"),
            NotExplained::Fault { ref parameter, ref fault } => {
                // What is no fault of the request is none of the explanation either.
                let status = StatusCode::from_u16(fault.status).ok().filter(StatusCode::is_server_error);
                Self::new(status.unwrap_or(StatusCode::BAD_REQUEST), error.to_string()).about(parameter)
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::bad_request(refusal.to_string()).about(refusal.parameter)
    }
}
