//! Databases of version 4 and older, in which a field of a snapshot was a column: they are filled into a new file, which then
//! takes the old one's place. However the process ends meanwhile, the file at the path is all of the old one or all of the new.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqliteConnection};

use super::file::{OpenError, unusable};
use super::migrate::{self, Target};
use crate::store::Error;

/// The last version that kept each field in a column.
const OLD: i32 = 4;

/// The version that has the tables of kinds, before their indexes.
const TABLES: i32 = 5;

/// Rows between two lines that tell how far it is.
const STEP: i64 = 50_000;

/// Small tables that the new schema has as the old one.
const KEPT: [&str; 5] = [
    "INSERT INTO state (state_id, id_seed, next_id, clock) SELECT state_id, id_seed, next_id, clock FROM old.state",
    "INSERT INTO sandbox (sandbox_id, name, state_id, creation_time, last_used_time, ttl_seconds, labels)
     SELECT sandbox_id, name, state_id, creation_time, last_used_time, ttl_seconds, labels FROM old.sandbox",
    "INSERT INTO access_key
         (access_key_id, access_key_secret, sandbox_id, status, security_token, expiration, allowed_actions)
     SELECT access_key_id, access_key_secret, sandbox_id, status, security_token, expiration, allowed_actions
     FROM old.access_key",
    "INSERT INTO checkpoint (sandbox_id, name, state_id, creation_time)
     SELECT sandbox_id, name, state_id, creation_time FROM old.checkpoint",
    "INSERT INTO seed (seed_id, state_id, digest) SELECT seed_id, state_id, digest FROM old.seed",
];

/// What else is told by the tables once they are filled.
const FOLLOWING: [&str; 3] = [
    "INSERT INTO nonce (expiration, digest) SELECT expiration, digest FROM old.nonce",
    "UPDATE counter SET value = CASE name
         WHEN 'sandbox' THEN (SELECT coalesce(max(sandbox_id), 0) FROM sandbox)
         WHEN 'state' THEN (SELECT coalesce(max(state_id), 0) FROM state)
         ELSE value END",
    "INSERT INTO resource_count (state_id, kind, count) SELECT state_id, 0, count(*) FROM snapshot GROUP BY state_id",
];

/// The snapshots of a range of old rows. The body has no field with its default value: null is none, and a merge patch onto an
/// empty object drops what is null.
const SNAPSHOTS: &str = "
    INSERT INTO snapshot (
        state_id, id, region_id, reverse_time, expiration_time, snapshot_name, source_disk_id, instance_id, encrypted,
        kms_key_id, usage, is_automatic, source_disk_type, category, resource_group_id, snapshot_link_id, pinned_status,
        ready_time, outcome, body
    )
    SELECT
        state_id, snapshot_id, region_id, -creation_time, expiration_time, snapshot_name, source_disk_id, instance_id,
        encrypted, kms_key_id, usage, snapshot_type IN ('auto', 'timer'), lower(source_disk_type), lower(category),
        resource_group_id, snapshot_link_id, pinned_status, ready_time, outcome,
        json_patch('{}', json_object(
            'SnapshotName', snapshot_name,
            'Description', nullif(description, ''),
            'LastModifiedTime', strftime('%Y-%m-%dT%H:%M:%SZ', last_modified_time, 'unixepoch'),
            'Status', pinned_status,
            'Progress', pinned_progress || '%',
            'SourceDiskId', source_disk_id,
            'SourceDiskType', nullif(source_disk_type, 'system'),
            'SourceDiskSize', nullif(source_disk_size, 40),
            'SourceStorageType', nullif(source_storage_type, 'disk'),
            'InstanceId', instance_id,
            'Encrypted', CASE encrypted WHEN 1 THEN json('true') END,
            'KMSKeyId', kms_key_id,
            'Usage', nullif(usage, 'none'),
            'SnapshotType', nullif(snapshot_type, 'user'),
            'Category', nullif(category, 'standard'),
            'ProductCode', nullif(product_code, ''),
            'ResourceGroupId', resource_group_id,
            'RetentionDays', retention_days,
            'SnapshotLinkId', snapshot_link_id,
            'SnapshotSN', snapshot_sn,
            'InstantAccess', CASE instant_access WHEN 1 THEN json('true') WHEN 0 THEN json('false') END,
            'InstantAccessRetentionDays', instant_access_retention_days,
            'SourceSnapshotId', source_snapshot_id,
            'SourceRegionId', source_region_id,
            'FullSnapshotSizeInBytes', full_snapshot_size_in_bytes,
            'Available', CASE available WHEN 1 THEN json('true') WHEN 0 THEN json('false') END,
            'ReadyTime', strftime('%Y-%m-%dT%H:%M:%SZ', ready_time, 'unixepoch'),
            'Outcome', CASE WHEN ready_time IS NOT NULL THEN outcome END,
            'Tags', CASE WHEN tags <> '{}' THEN json(tags) END
        ))
    FROM old.snapshot WHERE row_id > ? AND row_id <= ?
    ORDER BY row_id";

/// Their tags, in the order of the new key.
const TAGS: &str = "
    INSERT INTO tag (state_id, kind, tag_key, region_id, reverse_time, id, tag_value, expiration_time)
    SELECT state_id, 0, tag_key, region_id, reverse_time, snapshot_id, tag_value, expiration_time
    FROM old.snapshot_tag ORDER BY state_id, tag_key, region_id, reverse_time, snapshot_id";

/// Brings a file of an old schema to the newest one, and names the migrations that took; none for a file that is not of an
/// old schema. `copies`: what it was before stays beside it, under its name and `.v4`.
pub async fn run(path: &Path, options: &SqliteConnectOptions, copies: bool) -> Result<Vec<String>, OpenError> {
    let failed = |error: Error| OpenError::from_sqlite(path, error);
    let (new, copy) = (beside(path, ".migrating"), beside(path, ".v4"));
    for left in [new.clone(), beside(path, ".v4.part")] {
        remove(&left)?;
    }
    let mut connection = options.clone().connect().await.map_err(failed)?;
    let is_old = version(&mut connection).await.map_err(failed)?.is_some_and(|version| version <= OLD);
    if !is_old {
        connection.close().await.map_err(failed)?;
        return Ok(Vec::new());
    }
    check_room(path, copies)?;
    let mut migrated = migrate::up_to(path, &mut connection, Target::Version(OLD)).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;

    if copies {
        tracing::info!(copy = %copy.display(), "the database is of an older schema: copying it before it is migrated");
        let part = beside(path, ".v4.part");
        fs::copy(path, &part).map_err(|error| unusable(&part, error))?;
        sync(&part)?;
        fs::rename(&part, &copy).map_err(|error| unusable(&copy, error))?;
    }
    migrate::claim(&new).await?;
    // Until it takes the old one's place nobody needs this file, so nothing has to survive its making.
    let filling = SqliteConnectOptions::new()
        .filename(&new)
        .disable_statement_logging()
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-262144");
    let mut connection = filling.connect().await.map_err(failed)?;
    migrate::up_to(path, &mut connection, Target::Version(OLD)).await?;
    migrated.extend(migrate::up_to(path, &mut connection, Target::Version(TABLES)).await?);
    fill(&mut connection, path).await.map_err(failed)?;
    tracing::info!("migrating: building indexes");
    migrated.extend(migrate::up_to(path, &mut connection, Target::Latest).await?);
    migrate::write_statistics(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    sync(&new)?;
    fs::rename(&new, path).map_err(|error| unusable(path, error))?;
    if let Some(folder) = path.parent() {
        // The new name lasts once its folder does.
        sync(folder)?;
    }
    tracing::info!("migrated");
    Ok(migrated)
}

/// The version of the schema; `None` for a file without one.
pub(super) async fn version(connection: &mut SqliteConnection) -> Result<Option<i32>, Error> {
    let has_history = "SELECT count(*) FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    if sqlx::query_scalar::<_, i64>(has_history).fetch_one(&mut *connection).await? == 0 {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT max(version) FROM refinery_schema_history").fetch_one(connection).await
}

/// Fills the tables of the new file, which the connection is of, from the old one.
async fn fill(connection: &mut SqliteConnection, old: &Path) -> Result<(), Error> {
    sqlx::query("ATTACH ? AS old").bind(old.to_string_lossy().into_owned()).execute(&mut *connection).await?;
    for statement in KEPT {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    let row = sqlx::query("SELECT coalesce(max(row_id), 0), count(*) FROM old.snapshot").fetch_one(&mut *connection);
    let row = row.await?;
    let (last, count): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let (mut after, mut moved) = (0, 0);
    while after < last {
        sqlx::query("BEGIN").execute(&mut *connection).await?;
        let result = sqlx::query(SNAPSHOTS).bind(after).bind(after + STEP).execute(&mut *connection).await?;
        sqlx::query("COMMIT").execute(&mut *connection).await?;
        moved += result.rows_affected();
        after += STEP;
        tracing::info!("migrating: {moved} of {count} snapshots");
    }
    tracing::info!("migrating: tags");
    sqlx::query("BEGIN").execute(&mut *connection).await?;
    sqlx::query(TAGS).execute(&mut *connection).await?;
    for statement in FOLLOWING {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    sqlx::query("DETACH old").execute(connection).await?;
    Ok(())
}

/// Whether there is room, before anything is touched. The new file takes up to 1.3 times the old one.
fn check_room(path: &Path, copies: bool) -> Result<(), OpenError> {
    let size = fs::metadata(path).map_err(|error| unusable(path, error))?.len();
    let without_copy = size + size * 3 / 10;
    let needed = if copies { without_copy + size } else { without_copy };
    let folder = path.parent().unwrap_or(path);
    let status = rustix::fs::statvfs(folder).map_err(|error| unusable(folder, error.into()))?;
    let available = status.f_bavail.saturating_mul(status.f_frsize);
    if needed > available {
        return Err(OpenError::NoRoom { path: path.to_path_buf(), needed, available, without_copy });
    }
    Ok(())
}

pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Removes a file that a process left which ended early.
pub(super) fn remove(path: &Path) -> Result<(), OpenError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unusable(path, error)),
        _ => Ok(()),
    }
}

pub fn sync(path: &Path) -> Result<(), OpenError> {
    fs::File::open(path).and_then(|file| file.sync_all()).map_err(|error| unusable(path, error))
}
