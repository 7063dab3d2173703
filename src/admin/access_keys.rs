//! `/_mock/v1/sandboxes/{sandbox}/access-keys`: what requests to a sandbox are signed with.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Body};
use super::problem::Problem;
use super::query;
use crate::app::Startup;
use crate::model::access_key::{AccessKey, ActionPattern, SecurityToken, Status};
use crate::model::time::Time;

/// Patterns of allowed actions at most.
const PATTERNS: usize = 100;

/// An access key, as it is sent and shown. Secret and token are shown to whoever makes or changes the key, and else only
/// when asked for.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AccessKeyEntry {
    /// 1 to 64 letters, digits, dots, underscores and hyphens; a random one, if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Za-z0-9._-]{1,64}$")]
    access_key_id: Option<String>,
    /// 1 to 128 visible characters; random ones, if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[!-~]{1,128}$")]
    access_key_secret: Option<String>,
    /// `Active`, if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// Of a temporary key: requests must carry it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[!-~]{1,4096}$")]
    security_token: Option<String>,
    /// Of a temporary key: when its token ends, in real time; never, if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<Time>,
    /// As the element Action of a RAM policy has them: `ecs:DescribeSnapshots`, `ecs:Describe*`, `*`. All actions, if it
    /// is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    allowed_actions: Option<Vec<ActionPattern>>,
}

/// The keys of a sandbox, by their ids.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKeyList {
    access_keys: Vec<AccessKeyEntry>,
}

/// Whether secrets are shown.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "PascalCase")]
#[allow(dead_code, reason = "a description")]
pub struct Shown {
    /// `true` shows secrets and tokens too.
    #[param(rename = "show-secrets")]
    show_secrets: Option<bool>,
}

impl AccessKeyEntry {
    fn of(key: &AccessKey, shows_secrets: bool) -> Self {
        let token = key.security_token.as_ref();
        Self {
            access_key_id: Some(key.access_key_id.clone()),
            access_key_secret: shows_secrets.then(|| key.access_key_secret.clone()),
            status: Some(key.status),
            security_token: token.filter(|_| shows_secrets).map(|token| token.text.clone()),
            expiration: token.and_then(|token| token.expiration),
            allowed_actions: key.allowed_actions.clone(),
        }
    }

    /// The key that it describes; `default` fills in id and secret.
    fn key(self, default: impl FnOnce() -> (String, String)) -> Result<AccessKey, Problem> {
        if self.allowed_actions.as_ref().is_some_and(|patterns| patterns.len() > PATTERNS) {
            return Err(Problem::wrong("AllowedActions", format!("expected {PATTERNS} patterns at most")));
        }
        if self.expiration.is_some() && self.security_token.is_none() {
            return Err(Problem::wrong("Expiration", "only a key with a SecurityToken has one"));
        }
        let (access_key_id, access_key_secret) = match (self.access_key_id, self.access_key_secret) {
            (Some(id), Some(secret)) => (id, secret),
            (id, secret) => {
                let (default_id, default_secret) = default();
                (id.unwrap_or(default_id), secret.unwrap_or(default_secret))
            }
        };
        let expiration = self.expiration;
        Ok(AccessKey {
            access_key_id,
            access_key_secret,
            status: self.status.unwrap_or_default(),
            security_token: self.security_token.map(|text| SecurityToken { text, expiration }),
            allowed_actions: self.allowed_actions,
        })
    }
}

/// Shows the keys of a sandbox.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/access-keys", tag = "access keys",
    params(("sandbox" = String, Path,), Shown), responses((status = 200, body = AccessKeyList),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(startup: Data<Startup>, request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let shows_secrets = shows_secrets(&request)?;
    let keys = app.sandboxes.keys_of(&sandbox);
    let access_keys = keys.iter().map(|key| AccessKeyEntry::of(key, shows_secrets)).collect();
    body::ok(&AccessKeyList { access_keys })
}

/// Gives a sandbox one more key.
#[utoipa::path(post, path = "/_mock/v1/sandboxes/{sandbox}/access-keys", tag = "access keys",
    params(("sandbox" = String, Path,)), request_body = AccessKeyEntry,
    responses((status = 201, body = AccessKeyEntry),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn create(startup: Data<Startup>, name: Path<String>, sent: Body) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let entry: AccessKeyEntry = sent.json().await?;
    let key = entry.key(|| app.sandboxes.random_key())?;
    let known = app.sandboxes.add_key(&sandbox, key).await?;
    body::respond(StatusCode::CREATED, &AccessKeyEntry::of(&known.key, true))
}

/// Shows one key.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/access-keys/{key}", tag = "access keys",
    params(("sandbox" = String, Path,), ("key" = String, Path,), Shown),
    responses((status = 200, body = AccessKeyEntry),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn get(
    startup: Data<Startup>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let shows_secrets = shows_secrets(&request)?;
    body::ok(&AccessKeyEntry::of(&app.sandboxes.key_of(&sandbox, &id)?.key, shows_secrets))
}

/// Changes a key by a JSON merge patch: switches it off, ends its token, restricts it. Its id stays.
#[utoipa::path(patch, path = "/_mock/v1/sandboxes/{sandbox}/access-keys/{key}", tag = "access keys",
    params(("sandbox" = String, Path,), ("key" = String, Path,)),
    request_body(content = AccessKeyEntry, content_type = "application/merge-patch+json"),
    responses((status = 200, body = AccessKeyEntry),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn patch(startup: Data<Startup>, path: Path<(String, String)>, sent: Body) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let changes: Value = sent.json().await?;
    let known = app.sandboxes.change_key(&sandbox, &id, |key| patched(key, &changes)).await?;
    body::ok(&AccessKeyEntry::of(&known.key, true))
}

fn patched(key: &AccessKey, patch: &Value) -> Result<AccessKey, Problem> {
    if !patch.is_object() {
        return Err(Problem::bad_request("a merge patch is a JSON object"));
    }
    let mut value = serde_json::to_value(AccessKeyEntry::of(key, true)).unwrap_or_default();
    json_patch::merge(&mut value, patch);
    let entry: AccessKeyEntry = body::read(value)?;
    if entry.access_key_id.as_ref().is_some_and(|id| *id != key.access_key_id) {
        return Err(Problem::wrong("AccessKeyId", "it cannot be changed"));
    }
    entry.key(|| (key.access_key_id.clone(), key.access_key_secret.clone()))
}

/// Takes a key away.
#[utoipa::path(delete, path = "/_mock/v1/sandboxes/{sandbox}/access-keys/{key}", tag = "access keys",
    params(("sandbox" = String, Path,), ("key" = String, Path,)), responses((status = 204),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn delete(startup: Data<Startup>, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (name, id) = path.into_inner();
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    app.sandboxes.delete_key(&sandbox, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn shows_secrets(request: &HttpRequest) -> Result<bool, Problem> {
    query::flag(request, "show-secrets")
}
