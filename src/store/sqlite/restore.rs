//! A backup put in the place of a database that nobody uses.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::file::{DatabaseFile, OpenError, check_header, make_private, unusable};
use super::migrate;
use super::upgrade::{beside, remove, sync, version};
use crate::store::Error;

/// What belongs to a database file while somebody has it open.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Makes `database` what `backup` holds, and names the file that keeps what it held before; `None`: it held nothing. The backup
/// is looked through first, all of it, and stays as it is. Whatever goes wrong, the database is there as it was, or as it is to
/// be.
pub async fn run(database: &Path, backup: &Path) -> Result<Option<PathBuf>, OpenError> {
    let file = match DatabaseFile::lock(database) {
        Ok(mut file) => {
            file.hold()?;
            Some(file)
        }
        // One that is damaged from its first bytes on is no reason not to put a backup in its place.
        Err(OpenError::NotADatabase(_)) => None,
        Err(error) => return Err(error),
    };
    let database = file.as_ref().map_or_else(|| database.to_path_buf(), |file| file.path().to_path_buf());
    let new = beside(&database, ".restoring");
    for ending in ["", "-wal", "-shm", "-journal"] {
        remove(&beside(&new, ending))?;
    }
    copy(backup, &new)?;
    let checked = check(backup, &new).await;
    if checked.is_err() {
        remove(&new)?;
    }
    checked?;
    sync(&new)?;

    let kept = keep(&database).await?;
    fs::rename(&new, &database).map_err(|error| unusable(&database, error))?;
    if let Some(folder) = database.parent() {
        sync(folder)?;
    }
    Ok(kept)
}

/// Copies a database with what its log holds.
fn copy(from: &Path, to: &Path) -> Result<(), OpenError> {
    let mut file = File::open(from).map_err(|error| unusable(from, error))?;
    if check_header(from, &mut file)? {
        return Err(OpenError::NotADatabase(from.to_path_buf()));
    }
    for ending in ["", "-wal"] {
        let (from, to) = (beside(from, ending), beside(to, ending));
        if ending.is_empty() || from.exists() {
            // Into the file that is there, which keeps its mode; fs::copy would take over that of the backup.
            make_private(&to).map_err(|error| unusable(&to, error))?;
            let copied = File::open(&from)
                .and_then(|mut from| io::copy(&mut from, &mut OpenOptions::new().write(true).open(&to)?));
            copied.map_err(|error| unusable(&from, error))?;
        }
    }
    Ok(())
}

/// Whether a copy is whole, and one that this program can open.
async fn check(backup: &Path, copy: &Path) -> Result<(), OpenError> {
    let failed = |error: Error| OpenError::from_sqlite(backup, error);
    let mut connection = SqliteConnectOptions::new().filename(copy).connect().await.map_err(failed)?;
    let checked = async {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
        let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_all(&mut connection).await?;
        let strays = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut connection).await?;
        Ok((found, strays.is_some(), version(&mut connection).await?))
    };
    let (found, has_strays, version) = checked.await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    let path = backup.to_path_buf();
    match version {
        _ if found != ["ok"] || has_strays => Err(OpenError::Damaged(path)),
        None => Err(OpenError::Foreign(path)),
        Some(found) if i64::from(found) > migrate::newest() => {
            Err(OpenError::Newer { path, found: i64::from(found), known: migrate::newest() })
        }
        Some(_) => Ok(()),
    }
}

/// Gives a database another name beside its own, with all that its log holds; `None` for one that is not there or empty.
async fn keep(database: &Path) -> Result<Option<PathBuf>, OpenError> {
    if !fs::metadata(database).is_ok_and(|metadata| metadata.len() > 0) {
        return Ok(None);
    }
    // Where that fails, the log is kept beside it.
    let _ = move_log(database).await;
    let name = |number: usize| if number == 1 { ".old".to_owned() } else { format!(".old-{number}") };
    let free = (1..usize::MAX).map(|number| beside(database, &name(number))).find(|path| !path.exists());
    let kept = free.unwrap_or_else(|| beside(database, ".old"));
    for ending in COMPANIONS {
        let companion = beside(database, ending);
        if companion.exists() {
            fs::rename(&companion, beside(&kept, ending)).map_err(|error| unusable(&companion, error))?;
        }
    }
    // A second name first: at no moment is there no database at its own.
    fs::hard_link(database, &kept)
        .or_else(|_| fs::copy(database, &kept).map(drop))
        .map_err(|error| unusable(&kept, error))?;
    Ok(Some(kept))
}

/// Closing the last connection moves what the log holds and removes it.
async fn move_log(database: &Path) -> Result<(), Error> {
    let mut connection = SqliteConnectOptions::new().filename(database).connect().await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
    connection.close().await
}
