//! The one renderer: what an action returns, or a fault, as JSON or XML.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

use crate::actions::Output;
use crate::fault::Fault;

/// How to write an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Xml,
}

impl Format {
    /// Clients compare these letter by letter.
    fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json;charset=utf-8",
            Self::Xml => "text/xml;charset=utf-8",
        }
    }
}

#[derive(Serialize)]
struct Success<'a> {
    #[serde(flatten)]
    output: &'a Output,
    #[serde(rename = "RequestId")]
    request_id: &'a str,
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
pub fn success(format: Format, action: &str, request_id: &str, output: &Output) -> HttpResponse {
    respond(format, StatusCode::OK, request_id, &format!("{action}Response"), &Success { output, request_id })
}

/// The answer to a call that did not. `host` is the one that the client called.
#[must_use]
pub fn failure(format: Format, request_id: &str, host: &str, fault: &Fault) -> HttpResponse {
    let Fault { status, code, message } = fault;
    let recommend = format!("https://api.aliyun.com/troubleshoot?q={code}&product=Ecs&requestId={request_id}");
    let body = Failure { request_id, host_id: host, code, message, recommend: &recommend };
    let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    respond(format, status, request_id, "Error", &body)
}

fn respond(format: Format, status: StatusCode, request_id: &str, root: &str, body: &impl Serialize) -> HttpResponse {
    let body = match format {
        Format::Json => serde_json::to_string(body).map_err(|error| error.to_string()),
        Format::Xml => xml(root, body).map_err(|error| error.to_string()),
    };
    match body {
        Ok(body) => HttpResponse::build(status)
            .insert_header(("content-type", format.content_type()))
            .insert_header(("x-acs-request-id", request_id))
            .body(body),
        // Outputs are plain structures with text keys, which both formats can write.
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn xml(root: &str, body: &impl Serialize) -> Result<String, quick_xml::SeError> {
    let mut text = String::from("<?xml version='1.0' encoding='UTF-8'?>");
    quick_xml::se::to_writer_with_root(&mut text, root, body)?;
    Ok(text)
}
