//! A snapshot as a row of `snapshot`, and back.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::query_builder::Separated;
use sqlx::sqlite::Sqlite;
use sqlx::{QueryBuilder, SqliteConnection};

use super::Error;
use crate::model::snapshot::{Snapshot, SnapshotType, Status, Tag, Usage};
use crate::model::time::Time;

/// The columns that only `snapshot` has.
macro_rules! own_columns {
    () => {
        "snapshot_name, description, creation_time, last_modified_time, source_disk_id, source_disk_type, \
         source_disk_size, source_storage_type, instance_id, encrypted, kms_key_id, usage, snapshot_type, category, \
         product_code, resource_group_id, retention_days, snapshot_link_id, snapshot_sn, instant_access, \
         instant_access_retention_days, source_snapshot_id, source_region_id, full_snapshot_size_in_bytes, available, \
         ready_time, outcome, pinned_status, pinned_progress"
    };
}

/// The columns of a snapshot, in the order in which [`insert`] takes them.
pub const COLUMNS: &str = concat!("snapshot_id, region_id, expiration_time, ", own_columns!(), ", tags");

/// A snapshot as one value, an array in JSON that [`read`] takes: what crosses from SQLite's thread costs by the row and by
/// the column.
pub const ITEM: &str = concat!(
    "json_array(snapshot.snapshot_id, snapshot.region_id, snapshot.expiration_time, ",
    own_columns!(),
    ", json(tags))"
);

/// Rows per INSERT: enough to make the trip to SQLite's thread rare, few enough for its limit on binds.
pub const BATCH: usize = 100;

/// Inserts snapshots, each with its row id; at least one.
pub async fn insert(
    connection: &mut SqliteConnection,
    state_id: i64,
    snapshots: &[(i64, &Snapshot)],
) -> Result<(), Error> {
    let mut statement = QueryBuilder::<Sqlite>::new("INSERT INTO snapshot (row_id, state_id, ");
    statement.push(COLUMNS).push(") ");
    statement.push_values(snapshots, |mut row, (row_id, snapshot)| {
        row.push_bind(*row_id).push_bind(state_id);
        push_columns(&mut row, snapshot);
    });
    statement.build().execute(connection).await?;
    Ok(())
}

fn push_columns(row: &mut Separated<'_, Sqlite, &str>, snapshot: &Snapshot) {
    let seconds = |time: Option<Time>| time.map(|time| time.0);
    row.push_bind(snapshot.snapshot_id.clone())
        .push_bind(snapshot.region_id.clone())
        .push_bind(seconds(snapshot.expiration_time))
        .push_bind(snapshot.snapshot_name.clone())
        .push_bind(snapshot.description.clone())
        .push_bind(snapshot.creation_time.0)
        .push_bind(seconds(snapshot.last_modified_time))
        .push_bind(snapshot.source_disk_id.clone())
        .push_bind(snapshot.source_disk_type.clone())
        .push_bind(snapshot.source_disk_size)
        .push_bind(snapshot.source_storage_type.clone())
        .push_bind(snapshot.instance_id.clone())
        .push_bind(snapshot.encrypted)
        .push_bind(snapshot.kms_key_id.clone())
        .push_bind(<&str>::from(snapshot.usage))
        .push_bind(<&str>::from(snapshot.snapshot_type))
        .push_bind(snapshot.category.clone())
        .push_bind(snapshot.product_code.clone())
        .push_bind(snapshot.resource_group_id.clone())
        .push_bind(snapshot.retention_days)
        .push_bind(snapshot.snapshot_link_id.clone())
        .push_bind(snapshot.snapshot_sn.clone())
        .push_bind(snapshot.instant_access)
        .push_bind(snapshot.instant_access_retention_days)
        .push_bind(snapshot.source_snapshot_id.clone())
        .push_bind(snapshot.source_region_id.clone())
        .push_bind(snapshot.full_snapshot_size_in_bytes)
        .push_bind(snapshot.available)
        .push_bind(seconds(snapshot.ready_time))
        .push_bind(<&str>::from(snapshot.outcome))
        .push_bind(snapshot.pinned_status.map(<&str>::from))
        .push_bind(snapshot.pinned_progress)
        .push_bind(written(&snapshot.tags));
}

/// Tags as an object in JSON, by key.
fn written(tags: &[Tag]) -> String {
    let tags: BTreeMap<&str, &str> = tags.iter().map(|tag| (&*tag.key, &*tag.value)).collect();
    serde_json::json!(tags).to_string()
}

/// Reads one [`ITEM`], or several with commas between them.
pub fn read(items: &str) -> Result<Vec<Snapshot>, Error> {
    let items: Vec<Item> =
        serde_json::from_str(&format!("[{items}]")).map_err(|error| Error::Decode(Box::new(error)))?;
    Ok(items.into_iter().map(Snapshot::from).collect())
}

/// An [`ITEM`], read by position.
#[derive(Deserialize)]
struct Item {
    snapshot_id: String,
    region_id: String,
    expiration_time: Option<i64>,
    snapshot_name: Option<String>,
    description: String,
    creation_time: i64,
    last_modified_time: Option<i64>,
    source_disk_id: String,
    source_disk_type: String,
    source_disk_size: i64,
    source_storage_type: String,
    instance_id: Option<String>,
    encrypted: u8,
    kms_key_id: Option<String>,
    usage: Usage,
    snapshot_type: SnapshotType,
    category: String,
    product_code: String,
    resource_group_id: Option<String>,
    retention_days: Option<i64>,
    snapshot_link_id: Option<String>,
    snapshot_sn: Option<String>,
    instant_access: Option<u8>,
    instant_access_retention_days: Option<i64>,
    source_snapshot_id: Option<String>,
    source_region_id: Option<String>,
    full_snapshot_size_in_bytes: Option<i64>,
    available: Option<u8>,
    ready_time: Option<i64>,
    outcome: Status,
    pinned_status: Option<Status>,
    pinned_progress: Option<u8>,
    tags: BTreeMap<String, String>,
}

impl From<Item> for Snapshot {
    fn from(item: Item) -> Self {
        Self {
            snapshot_id: item.snapshot_id,
            region_id: item.region_id,
            snapshot_name: item.snapshot_name,
            description: item.description,
            creation_time: Time(item.creation_time),
            last_modified_time: item.last_modified_time.map(Time),
            source_disk_id: item.source_disk_id,
            source_disk_type: item.source_disk_type,
            source_disk_size: item.source_disk_size,
            source_storage_type: item.source_storage_type,
            instance_id: item.instance_id,
            encrypted: item.encrypted != 0,
            kms_key_id: item.kms_key_id,
            usage: item.usage,
            snapshot_type: item.snapshot_type,
            category: item.category,
            product_code: item.product_code,
            resource_group_id: item.resource_group_id,
            retention_days: item.retention_days,
            snapshot_link_id: item.snapshot_link_id,
            snapshot_sn: item.snapshot_sn,
            instant_access: item.instant_access.map(|flag| flag != 0),
            instant_access_retention_days: item.instant_access_retention_days,
            source_snapshot_id: item.source_snapshot_id,
            source_region_id: item.source_region_id,
            full_snapshot_size_in_bytes: item.full_snapshot_size_in_bytes,
            available: item.available.map(|flag| flag != 0),
            ready_time: item.ready_time.map(Time),
            outcome: item.outcome,
            pinned_status: item.pinned_status,
            pinned_progress: item.pinned_progress,
            expiration_time: item.expiration_time.map(Time),
            tags: item.tags.into_iter().map(|(key, value)| Tag { key, value }).collect(),
        }
    }
}
