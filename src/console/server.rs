//! `server`: how the server is, what it runs with, and backups.

use actix_web::HttpResponse;
use askama::Template;

use super::forms::Posted;
use super::page::{Failed, Frame, Visit};
use super::sandboxes::mebibytes;
use super::{ROOT, filters};
use crate::admin::{backup, query};
use crate::app::Auth;

#[derive(Template)]
#[template(path = "server.html")]
struct ServerPage {
    frame: Frame,
    /// What keeps it from being ready.
    trouble: Option<String>,
    facts: Vec<(&'static str, String)>,
    limits: Vec<(&'static str, String)>,
    backups: Option<Backups>,
}

/// The folder of backups, and what is in it.
struct Backups {
    folder: String,
    files: Vec<(String, String)>,
    /// Why nobody knows what is in it.
    error: Option<String>,
}

/// Shows it.
pub async fn show(visit: Visit) -> Result<HttpResponse, Failed> {
    query::params(&visit.request, &[])?;
    let app = visit.app()?;
    let trouble = app.store.check_writable().await.err().map(|trouble| trouble.to_string());
    let (schema, sqlite) = app.store.versions().await.map_err(crate::sandboxes::SandboxError::from)?;
    let (sizes, journals, options) = (app.store.sizes(), app.sandboxes.journals(), app.options);
    let bytes = |bytes: u64| mebibytes(i64::try_from(bytes).unwrap_or(i64::MAX));
    let in_memory = u64::try_from(journals.bytes()).unwrap_or(u64::MAX);
    let limit = |limit: Option<i64>| limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
    let signatures = match app.auth {
        Auth::Off => "not looked at",
        Auth::Warn => "looked at, and wrong ones marked",
        Auth::Enforce => "looked at, and wrong ones refused",
    };
    let backups = app.backups.as_ref().map(|folder| {
        let (listed, error) = match backup::listed(folder) {
            Ok(listed) => (listed, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let files = listed.into_iter().map(|backup| (backup.file, bytes(backup.size_in_bytes))).collect();
        Backups { folder: folder.display().to_string(), files, error }
    });
    visit.show(&ServerPage {
        frame: visit
            .frame("Server")
            .with_curl(visit.curl_of("/_mock/health/ready"))
            .with_curl(visit.curl_of("/_mock/metrics"))
            .with_curl(format!("{} -X POST", visit.curl("/backup"))),
        trouble,
        facts: vec![
            ("Version", env!("CARGO_PKG_VERSION").to_owned()),
            ("Version of the API", "2014-05-26".to_owned()),
            ("Version of the schema", schema.to_string()),
            ("Version of SQLite", sqlite),
            ("Time", app.clock.now().to_string()),
            ("Database", app.store.path().display().to_string()),
            ("Size of the database", bytes(sizes.database)),
            ("Size of its write-ahead log", bytes(sizes.log)),
            ("Sandboxes", app.sandboxes.count().to_string()),
            ("Memory of journals", bytes(in_memory)),
            ("Requests that had to go from journals", journals.evicted().to_string()),
            ("Temporary files", bytes(app.spool.used())),
            ("Signatures", signatures.to_owned()),
        ],
        limits: vec![
            ("Sandboxes", options.limits.sandboxes.to_string()),
            ("Checkpoints of a sandbox", options.limits.checkpoints.to_string()),
            ("Resources of a kind in a sandbox", limit(options.limits.resources)),
            ("Memory of journals", bytes(options.journal_memory)),
            ("Memory of pages", bytes(options.page_cache)),
            ("Temporary files", bytes(app.spool.limit())),
            ("Uploads and exports at once", app.spool.transfers().to_string()),
            ("Seconds of an upload", app.upload_patience.as_secs().to_string()),
            ("Seconds of a sandbox that was made for an unknown key", limit(options.auto_sandbox_ttl)),
        ],
        backups,
    })
}

/// Writes a backup.
pub async fn back_up(posted: Posted) -> Result<HttpResponse, Failed> {
    let made = backup::make(posted.visit.startup()).await?;
    Ok(posted.visit.lead(&format!("{ROOT}/server"), &format!("The backup {} is written.", made.file)))
}
