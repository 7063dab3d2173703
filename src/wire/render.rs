//! The one renderer: what an action returns, or a fault, as an HTTP response.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::actions::faults::Fault;
pub use crate::actions::output::Format;
use crate::actions::output::{self, Output, WriteError};

/// Clients compare these letter by letter.
fn content_type(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json;charset=utf-8",
        Format::Xml => "text/xml;charset=utf-8",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failure<'a> {
    request_id: &'a str,
    host_id: &'a str,
    code: &'a str,
    message: &'a str,
    recommend: &'a str,
}

/// The answer to a call that went well: the output under the action's name, with the request's id.
#[must_use]
pub fn success(format: Format, action: &str, request_id: &str, output: &dyn Output) -> HttpResponse {
    let body = output.write(format, &format!("{action}Response"), request_id);
    respond(format, StatusCode::OK, request_id, body)
}

/// An answer that somebody has planned: with this status, an object as an output is written, a text as it is.
#[must_use]
pub fn planned(format: Format, status: u16, action: &str, request_id: &str, body: &Value) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match body {
        Value::String(text) => Ok(text.clone()),
        body => {
            let mut body = body.clone();
            // The id is the request's own.
            if let Some(fields) = body.as_object_mut() {
                fields.remove("RequestId");
            }
            body.write(format, &format!("{action}Response"), request_id)
        }
    };
    respond(format, status, request_id, body)
}

/// The answer to a call that did not. `host` is the one that the client called.
#[must_use]
pub fn failure(format: Format, request_id: &str, host: &str, fault: &Fault) -> HttpResponse {
    let Fault { status, code, message } = fault;
    let recommend = format!("https://api.aliyun.com/troubleshoot?q={code}&product=Ecs&requestId={request_id}");
    let body = Failure { request_id, host_id: host, code, message, recommend: &recommend };
    let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = respond(format, status, request_id, output::write(format, "Error", &body));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
    }
    response
}

fn respond(format: Format, status: StatusCode, request_id: &str, body: Result<String, WriteError>) -> HttpResponse {
    match body {
        Ok(body) => HttpResponse::build(status)
            .insert_header(("content-type", content_type(format)))
            .insert_header(("x-acs-request-id", request_id))
            .body(body),
        // Outputs are plain structures with text keys, which both formats can write.
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
