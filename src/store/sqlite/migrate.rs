//! refinery over sqlx's own connection: the scripts in `migrations/` are part of the program and run at start.

use std::path::{Path, PathBuf};

pub use refinery::Target;
use refinery::{Error, Migration};
use refinery_core::error::Kind;
use refinery_core::traits::r#async::{AsyncMigrate, AsyncQuery, AsyncTransaction};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::types::time::OffsetDateTime;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _, SqliteConnection};

use super::file::{APPLICATION_ID, OpenError, make_private, unusable};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The statistics of the newest schema.
const STATISTICS: &str = include_str!("statistics.sql");

/// Brings the schema up to date and names the migrations that took.
pub async fn run(path: &Path, options: &SqliteConnectOptions) -> Result<Vec<String>, OpenError> {
    let mut connection = options.clone().connect().await.map_err(|error| OpenError::from_sqlite(path, error))?;
    let migrated = up_to(path, &mut connection, Target::Latest).await?;
    let statistics = async {
        if !migrated.is_empty() {
            write_statistics(&mut connection).await?;
        }
        connection.close().await
    };
    statistics.await.map_err(|error| OpenError::from_sqlite(path, error))?;
    Ok(migrated)
}

/// Fixes what the planner knows.
pub async fn write_statistics(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(STATISTICS).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// The version of the newest schema.
pub fn newest() -> i64 {
    let migrations = embedded::migrations::runner();
    migrations.get_migrations().iter().map(|migration| i64::from(migration.version())).max().unwrap_or(0)
}

/// Brings the schema up to a version and names the migrations that took.
pub async fn up_to(path: &Path, connection: &mut SqliteConnection, target: Target) -> Result<Vec<String>, OpenError> {
    let runner = embedded::migrations::runner();
    let known = newest();
    let runner = runner.set_abort_divergent(true).set_abort_missing(true).set_target(target);
    let report = runner.run_async(&mut Connection(connection)).await.map_err(|error| refused(path, known, error))?;
    let applied = report.applied_migrations().iter();
    Ok(applied.map(|migration| format!("V{} {}", migration.version(), migration.name())).collect())
}

/// Marks a new file as ours, in the file itself, so that whoever looks at the header sees it. That is done beside it, and what
/// comes of it takes the place of the empty file at once: a process that ends meanwhile leaves that, and no half of a header.
pub async fn claim(path: &Path) -> Result<(), OpenError> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let new = beside(".new");
    for left in [new.clone(), beside(".new-journal")] {
        if left.exists() {
            std::fs::remove_file(&left).map_err(|error| unusable(&left, error))?;
        }
    }
    make(&new).await?;
    std::fs::rename(&new, path).map_err(|error| unusable(path, error))
}

/// Makes a file that has our mark and no table yet.
async fn make(path: &Path) -> Result<(), OpenError> {
    make_private(path).map_err(|error| unusable(path, error))?;
    let claimed = async {
        let mut connection = SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await?;
        // A pragma takes no binds; the number is a constant. That a file can be shortened has to be said before it has a table.
        let mark = format!("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = {APPLICATION_ID}");
        let mark = AssertSqlSafe(mark);
        sqlx::raw_sql(mark).execute(&mut connection).await?;
        connection.close().await
    };
    claimed.await.map_err(|error| OpenError::from_sqlite(path, error))
}

fn refused(path: &Path, known: i64, error: Error) -> OpenError {
    let path = path.to_path_buf();
    match error.kind() {
        Kind::MissingVersion(migration) if i64::from(migration.version()) > known => {
            OpenError::Newer { path, found: i64::from(migration.version()), known }
        }
        Kind::MissingVersion(migration) | Kind::DivergentVersion(migration, _) => {
            OpenError::Diverged { path, version: i64::from(migration.version()) }
        }
        _ => OpenError::Migration { path, error: Box::new(error) },
    }
}

struct Connection<'c>(&'c mut SqliteConnection);

impl AsyncTransaction for Connection<'_> {
    type Error = sqlx::Error;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &'a mut self,
        scripts: T,
    ) -> Result<usize, sqlx::Error> {
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let mut count = 0;
        for script in scripts {
            // The scripts are files of this repository and refinery's own bookkeeping.
            sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *transaction).await?;
            count += 1;
        }
        transaction.commit().await?;
        Ok(count)
    }
}

impl AsyncQuery<Vec<Migration>> for Connection<'_> {
    async fn query<'a>(&'a mut self, query: &'a str) -> Result<Vec<Migration>, sqlx::Error> {
        let rows = sqlx::raw_sql(AssertSqlSafe(query)).fetch_all(&mut *self.0).await?;
        rows.iter().map(applied).collect()
    }
}

impl AsyncMigrate for Connection<'_> {}

fn applied(row: &SqliteRow) -> Result<Migration, sqlx::Error> {
    // Unchecked: the column is declared VARCHAR, and sqlx would expect DATETIME.
    let applied_on: OffsetDateTime = row.try_get_unchecked("applied_on")?;
    let checksum: String = row.try_get("checksum")?;
    let checksum = checksum.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Migration::applied(row.try_get("version")?, row.try_get("name")?, applied_on, checksum))
}
