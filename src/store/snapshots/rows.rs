//! A snapshot as a row of `snapshot` and rows of `snapshot_tag`, and back.

use sqlx::query_builder::Separated;
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, QueryBuilder, Row as _, SqliteConnection, Type};

use super::Error;
use crate::model::snapshot::{Snapshot, Tag};
use crate::model::time::Time;

/// The columns of a snapshot, in the order in which [`read`] and [`insert`] take them.
pub const COLUMNS: &str = "snapshot_id, region_id, snapshot_name, description, creation_time, last_modified_time, \
     source_disk_id, source_disk_type, source_disk_size, source_storage_type, instance_id, encrypted, kms_key_id, usage, \
     snapshot_type, category, product_code, resource_group_id, retention_days, snapshot_link_id, snapshot_sn, \
     instant_access, instant_access_retention_days, source_snapshot_id, source_region_id, full_snapshot_size_in_bytes, \
     available, ready_time, outcome, pinned_status, pinned_progress, expiration_time";

/// The tags of a snapshot as one value, so that a row of the reply is one row of the result.
pub const TAGS: &str = "(SELECT json_group_array(json_array(tag_key, tag_value)) FROM snapshot_tag \
     WHERE snapshot_tag.row_id = snapshot.row_id)";

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
    statement.build().execute(&mut *connection).await?;

    let tags = snapshots.iter().flat_map(|(row_id, snapshot)| snapshot.tags.iter().map(move |tag| (row_id, tag)));
    let tags: Vec<_> = tags.collect();
    for batch in tags.chunks(BATCH) {
        let mut statement =
            QueryBuilder::<Sqlite>::new("INSERT INTO snapshot_tag (row_id, tag_key, tag_value, state_id) ");
        statement.push_values(batch, |mut row, (row_id, tag)| {
            row.push_bind(**row_id).push_bind(tag.key.clone()).push_bind(tag.value.clone()).push_bind(state_id);
        });
        statement.build().execute(&mut *connection).await?;
    }
    Ok(())
}

fn push_columns(row: &mut Separated<'_, Sqlite, &str>, snapshot: &Snapshot) {
    let seconds = |time: Option<Time>| time.map(|time| time.0);
    row.push_bind(snapshot.snapshot_id.clone())
        .push_bind(snapshot.region_id.clone())
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
        .push_bind(seconds(snapshot.expiration_time));
}

/// Reads [`COLUMNS`] and [`TAGS`] behind the first `others` columns of a row. `None`: an outer join found no snapshot.
pub fn read(row: &SqliteRow, others: usize) -> Result<Option<Snapshot>, Error> {
    let mut columns = Columns { row, next: others };
    let Some(snapshot_id) = columns.take()? else { return Ok(None) };
    let seconds = |time: Option<i64>| time.map(Time);
    Ok(Some(Snapshot {
        snapshot_id,
        region_id: columns.take()?,
        snapshot_name: columns.take()?,
        description: columns.take()?,
        creation_time: Time(columns.take()?),
        last_modified_time: seconds(columns.take()?),
        source_disk_id: columns.take()?,
        source_disk_type: columns.take()?,
        source_disk_size: columns.take()?,
        source_storage_type: columns.take()?,
        instance_id: columns.take()?,
        encrypted: columns.take()?,
        kms_key_id: columns.take()?,
        usage: columns.word()?,
        snapshot_type: columns.word()?,
        category: columns.take()?,
        product_code: columns.take()?,
        resource_group_id: columns.take()?,
        retention_days: columns.take()?,
        snapshot_link_id: columns.take()?,
        snapshot_sn: columns.take()?,
        instant_access: columns.take()?,
        instant_access_retention_days: columns.take()?,
        source_snapshot_id: columns.take()?,
        source_region_id: columns.take()?,
        full_snapshot_size_in_bytes: columns.take()?,
        available: columns.take()?,
        ready_time: seconds(columns.take()?),
        outcome: columns.word()?,
        pinned_status: columns.optional_word()?,
        pinned_progress: columns.take()?,
        expiration_time: seconds(columns.take()?),
        tags: columns.tags()?,
    }))
}

/// The columns of a row, one after the other.
struct Columns<'r> {
    row: &'r SqliteRow,
    next: usize,
}

impl<'r> Columns<'r> {
    fn take<T: Decode<'r, Sqlite> + Type<Sqlite>>(&mut self) -> Result<T, Error> {
        self.next += 1;
        self.row.try_get(self.next - 1)
    }

    /// A text that the schema restricts to the words of `T`.
    fn word<T: std::str::FromStr<Err = strum::ParseError>>(&mut self) -> Result<T, Error> {
        parse(self.take()?)
    }

    fn optional_word<T: std::str::FromStr<Err = strum::ParseError>>(&mut self) -> Result<Option<T>, Error> {
        self.take::<Option<&str>>()?.map(parse).transpose()
    }

    fn tags(&mut self) -> Result<Vec<Tag>, Error> {
        let tags: Vec<(String, String)> =
            serde_json::from_str(self.take()?).map_err(|error| Error::Decode(Box::new(error)))?;
        let mut tags: Vec<Tag> = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
        tags.sort_by(|left, right| left.key.cmp(&right.key));
        Ok(tags)
    }
}

fn parse<T: std::str::FromStr<Err = strum::ParseError>>(word: &str) -> Result<T, Error> {
    word.parse().map_err(|error| Error::Decode(Box::new(error)))
}
