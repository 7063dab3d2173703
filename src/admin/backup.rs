//! `/_mock/v1/backup`: a copy of the whole database while the server runs.

use std::io::ErrorKind;
use std::path::Path;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use crate::app::Startup;
use crate::sandboxes::SandboxError;

/// What the name of a backup begins with, before its time, and ends with.
const BEGINNING: &str = "ecs-mock-";
const END: &str = ".db";

/// A backup that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Backup {
    /// The name of the file, in the folder that the server was given with `--backups`.
    pub file: String,
    pub size_in_bytes: u64,
}

/// Writes a consistent copy of the database into the configured folder.
#[utoipa::path(post, path = "/_mock/v1/backup", tag = "backup", responses((status = 201, body = Backup),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn create(startup: Data<Startup>) -> Result<HttpResponse, Problem> {
    body::respond(StatusCode::CREATED, &make(&startup).await?)
}

/// Writes a backup, if there is a folder for it.
pub async fn make(startup: &Data<Startup>) -> Result<Backup, Problem> {
    let app = super::ready(startup)?;
    let Some(folder) = &app.backups else {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "the server was started without --backups, the folder for them",
        ));
    };
    let time = app.clock.now().to_string().replace(':', "");
    let file = format!("{BEGINNING}{time}-{}{END}", &startup.request_id()[..8]);
    let path = folder.join(&file);
    let failed = |error: std::io::Error| {
        tracing::error!(%error, folder = %folder.display(), "a backup could not be written");
        Problem::new(StatusCode::CONFLICT, format!("the folder for backups cannot be written to: {error}"))
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    app.store.backup(&path).await.map_err(SandboxError::from)?;
    let size_in_bytes = std::fs::metadata(&path).map_err(failed)?.len();
    Ok(Backup { file, size_in_bytes })
}

/// The backups in a folder, the newest first.
pub fn listed(folder: &Path) -> Result<Vec<Backup>, std::io::Error> {
    let files = match std::fs::read_dir(folder) {
        // The first backup makes it.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    let mut backups = Vec::new();
    for entry in files {
        let entry = entry?;
        let Ok(file) = entry.file_name().into_string() else { continue };
        if file.starts_with(BEGINNING) && file.ends_with(END) {
            backups.push(Backup { size_in_bytes: entry.metadata()?.len(), file });
        }
    }
    // Behind the beginning of a name comes its time.
    backups.sort_by(|left, right| right.file.cmp(&left.file));
    Ok(backups)
}
