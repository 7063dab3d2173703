//! `/_mock/v1/sandboxes/{sandbox}/settings`: how the emulated service behaves in a sandbox.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::body::{self, Body};
use super::problem::Problem;
use crate::app::Startup;
use crate::model::settings::{Settings, SettingsPatch};

/// Shows all settings.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}/settings", tag = "settings",
    params(("sandbox" = String, Path,)), responses((status = 200, body = Settings),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    body::ok(&app.sandboxes.view(&sandbox).await?.settings.in_full())
}

/// Changes settings by a JSON merge patch: null brings a default back.
#[utoipa::path(patch, path = "/_mock/v1/sandboxes/{sandbox}/settings", tag = "settings",
    params(("sandbox" = String, Path,)),
    request_body(content = SettingsPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Settings),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn patch(startup: Data<Startup>, name: Path<String>, sent: Body) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    let patch: SettingsPatch = sent.json().await?;
    body::ok(&app.sandboxes.change_settings(&sandbox, patch).await?.in_full())
}
