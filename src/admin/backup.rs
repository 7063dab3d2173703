//! `/_mock/v1/backup`: a copy of the whole database while the server runs.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use crate::app::Startup;
use crate::sandboxes::SandboxError;

/// A backup that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Backup {
    /// The name of the file, in the folder that the server was given with `--backups`.
    file: String,
    size_in_bytes: u64,
}

/// Writes a consistent copy of the database into the configured folder.
#[utoipa::path(post, path = "/_mock/v1/backup", tag = "backup", responses((status = 201, body = Backup),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn create(startup: Data<Startup>) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let Some(folder) = &app.backups else {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "the server was started without --backups, the folder for them",
        ));
    };
    let time = app.clock.now().to_string().replace(':', "");
    let file = format!("ecs-mock-{time}-{}.db", &startup.request_id()[..8]);
    let path = folder.join(&file);
    let failed = |error: std::io::Error| {
        tracing::error!(%error, folder = %folder.display(), "a backup could not be written");
        Problem::new(StatusCode::CONFLICT, format!("the folder for backups cannot be written to: {error}"))
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    app.store.backup(&path).await.map_err(SandboxError::from)?;
    let size_in_bytes = std::fs::metadata(&path).map_err(failed)?.len();
    body::respond(StatusCode::CREATED, &Backup { file, size_in_bytes })
}
