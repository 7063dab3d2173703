//! What a timeline shows of disks and their snapshots, over all regions: each statement goes from place to place in an index, and
//! reads no more rows than it is asked for, however many there are.

use sqlx::Row as _;

use super::Error;
use super::lists::Scope;
use super::rows::{self, Stored};
use super::session::Session;
use super::sql::{Sql, json_array};
use super::tables::Table;
use crate::model::image;
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;

/// A disk that is there, or that snapshots are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub disk_id: String,
    /// Whether the disk is there, or anything that somebody sees is of it.
    pub is_shown: bool,
}

/// An image, and a snapshot that it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageOf {
    pub snapshot_id: String,
    pub image_id: String,
    pub creation_time: Time,
}

/// Snapshots of some disks in some regions.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    pub scope: Scope,
    pub regions: &'a [String],
    pub disk_ids: &'a [&'a str],
}

impl Of<'_> {
    fn regions(&self) -> String {
        json_array(self.regions.iter().map(String::as_str))
    }

    fn disks(&self) -> String {
        json_array(self.disk_ids.iter().copied())
    }
}

/// Pushes the snapshots of `disk.value` in one of the regions that somebody sees, with ` WHERE ` before more conditions.
fn push_snapshots(statement: &mut Sql, of: Of<'_>) {
    statement.push("json_each(").bind(of.regions()).push(") AS region CROSS JOIN snapshot WHERE ");
    statement.push("snapshot.state_id = ").bind(of.scope.state_id);
    statement.push(" AND snapshot.region_id = region.value AND snapshot.source_disk_id = disk.value");
    statement.push(" AND (snapshot.expiration_time IS NULL OR snapshot.expiration_time > ").bind(of.scope.now);
    statement.push(")");
}

/// At most `limit` disks, those whose ids follow `after`, by id.
pub async fn sources(
    session: &mut Session,
    scope: Scope,
    regions: &[String],
    after: &str,
    limit: i64,
) -> Result<Vec<Source>, Error> {
    let rows = sources_statement(scope, regions, after, limit).fetch_all(session).await?;
    let source = |row: &sqlx::sqlite::SqliteRow| Ok(Source { disk_id: row.try_get(0)?, is_shown: row.try_get(1)? });
    rows.iter().map(source).collect()
}

/// Goes from one disk to the next, as tables of resources and of snapshots have them.
fn sources_statement(scope: Scope, regions: &[String], after: &str, limit: i64) -> Sql {
    let regions = json_array(regions.iter().map(String::as_str));
    let mut statement = Sql::new("WITH RECURSIVE source (id) AS (SELECT ");
    statement.bind(after).push(" UNION ALL SELECT (SELECT min(id) FROM (SELECT min(disk.id) AS id FROM disk");
    statement.push(" WHERE disk.state_id = ").bind(scope.state_id).push(" AND disk.id > source.id");
    statement.push(" UNION ALL SELECT (SELECT min(snapshot.source_disk_id) FROM snapshot WHERE snapshot.state_id = ");
    statement.bind(scope.state_id).push(" AND snapshot.region_id = region.value");
    statement.push(" AND snapshot.source_disk_id > source.id) FROM json_each(").bind(regions.clone());
    statement.push(") AS region)) FROM source WHERE source.id IS NOT NULL LIMIT ").bind(limit.saturating_add(1));
    statement.push(") SELECT source.id, EXISTS (SELECT 1 FROM disk WHERE disk.state_id = ").bind(scope.state_id);
    statement.push(" AND disk.id = source.id) OR EXISTS (SELECT 1 FROM json_each(").bind(regions);
    statement.push(") AS region CROSS JOIN snapshot WHERE snapshot.state_id = ").bind(scope.state_id);
    statement.push(" AND snapshot.region_id = region.value AND snapshot.source_disk_id = source.id");
    statement.push(" AND (snapshot.expiration_time IS NULL OR snapshot.expiration_time > ").bind(scope.now);
    statement.push(")) FROM source WHERE source.id > ").bind(after);
    statement
}

/// When the first and the last snapshot of these disks was made, expired ones included.
pub async fn extent(session: &mut Session, of: Of<'_>) -> Result<Option<(Time, Time)>, Error> {
    let Some(row) = extent_statement(of).fetch_optional(session).await? else { return Ok(None) };
    let (first, last): (Option<i64>, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
    Ok(first.map(Time).zip(last.map(Time)))
}

fn extent_statement(of: Of<'_>) -> Sql {
    let mut statement = Sql::new("SELECT -max(latest), -min(earliest) FROM (SELECT ");
    for (number, bound) in ["min", "max"].into_iter().enumerate() {
        statement.push(if number == 0 { "(SELECT " } else { ", (SELECT " }).push(bound);
        statement.push("(snapshot.reverse_time) FROM snapshot WHERE snapshot.state_id = ").bind(of.scope.state_id);
        statement.push(" AND snapshot.region_id = region.value AND snapshot.source_disk_id = disk.value) AS ");
        statement.push(if number == 0 { "earliest" } else { "latest" });
    }
    statement.push(" FROM json_each(").bind(of.disks()).push(") AS disk CROSS JOIN json_each(").bind(of.regions());
    statement.push(") AS region)");
    statement
}

/// How many snapshots each disk has in each stretch from one of the times, which ascend, to the next, up to `limit` in one: by the
/// disk's place, the counts of all stretches.
pub async fn counts(session: &mut Session, of: Of<'_>, bounds: &[Time], limit: i64) -> Result<Vec<Vec<i64>>, Error> {
    let all: String = counts_statement(of, bounds, limit).scalar(session).await?;
    let all: Vec<(usize, usize, i64)> = serde_json::from_str(&all).map_err(|error| Error::Decode(Box::new(error)))?;
    let mut counts = vec![vec![0; bounds.len().saturating_sub(1)]; of.disk_ids.len()];
    for (disk, stretch, count) in all {
        if let Some(place) = counts.get_mut(disk).and_then(|of_disk| of_disk.get_mut(stretch)) {
            *place = count;
        }
    }
    Ok(counts)
}

fn counts_statement(of: Of<'_>, bounds: &[Time], limit: i64) -> Sql {
    // In the order of the index, which goes back in time.
    let stretches = bounds.windows(2).map(|pair| serde_json::json!([-pair[1].0, -pair[0].0]));
    let stretches = json_array(stretches);
    let mut statement = Sql::new("SELECT json_group_array(json_array(disk.key, stretch.key, (SELECT count(*) FROM (");
    statement.push("SELECT 1 FROM ");
    push_snapshots(&mut statement, of);
    statement.push(" AND snapshot.reverse_time > json_extract(stretch.value, '$[0]')");
    statement.push(" AND snapshot.reverse_time <= json_extract(stretch.value, '$[1]') LIMIT ").bind(limit);
    statement.push(")))) FROM json_each(").bind(of.disks()).push(") AS disk CROSS JOIN json_each(").bind(stretches);
    statement.push(") AS stretch");
    statement
}

/// The snapshots of these disks from a time until before another, at most so many.
pub async fn snapshots(
    session: &mut Session,
    of: Of<'_>,
    from: Time,
    until: Time,
    limit: i64,
) -> Result<Vec<Stored<Snapshot>>, Error> {
    let items: Vec<String> = snapshots_statement(of, from, until, limit).scalars(session).await?;
    rows::read(&items.join(","))
}

fn snapshots_statement(of: Of<'_>, from: Time, until: Time, limit: i64) -> Sql {
    let mut statement = Sql::new("SELECT ");
    rows::push_stored::<Snapshot>(&mut statement);
    statement.push(" FROM json_each(").bind(of.disks()).push(") AS disk CROSS JOIN ");
    push_snapshots(&mut statement, of);
    statement.push(" AND snapshot.reverse_time > ").bind(-until.0).push(" AND snapshot.reverse_time <= ");
    statement.bind(-from.0).push(" LIMIT ").bind(limit);
    statement
}

/// The images that are made of these snapshots, at most so many.
pub async fn images(
    session: &mut Session,
    scope: Scope,
    snapshot_ids: &[&str],
    limit: i64,
) -> Result<Vec<ImageOf>, Error> {
    let rows = images_statement(scope, snapshot_ids, limit).fetch_all(session).await?;
    let image = |row: &sqlx::sqlite::SqliteRow| {
        let creation_time = Time(row.try_get(2)?);
        Ok(ImageOf { snapshot_id: row.try_get(0)?, image_id: row.try_get(1)?, creation_time })
    };
    rows.iter().map(image).collect()
}

fn images_statement(scope: Scope, snapshot_ids: &[&str], limit: i64) -> Sql {
    let mut statement = Sql::new("SELECT link.linked_id, image.id, -image.reverse_time FROM json_each(");
    statement.bind(json_array(snapshot_ids.iter().copied())).push(") AS used CROSS JOIN link CROSS JOIN image");
    statement.push(" WHERE link.state_id = ").bind(scope.state_id).push(" AND link.linked_id = used.value");
    statement.push(" AND link.kind = ").bind(image::KIND.number).push(" AND image.state_id = link.state_id");
    statement.push(" AND image.id = link.id AND (image.expiration_time IS NULL OR image.expiration_time > ");
    statement.bind(scope.now).push(") LIMIT ").bind(limit);
    statement
}

/// What the clock makes ready next, of a kind that has such times, at most so many.
pub async fn in_the_making<R: Table>(session: &mut Session, scope: Scope, limit: i64) -> Result<Vec<Stored<R>>, Error> {
    let items: Vec<String> = making_statement::<R>(scope, limit).scalars(session).await?;
    rows::read(&items.join(","))
}

fn making_statement<R: Table>(scope: Scope, limit: i64) -> Sql {
    let mut statement = Sql::new("SELECT ");
    rows::push_stored::<R>(&mut statement);
    statement.push(" FROM ").push(R::KIND.table).push(" WHERE state_id = ").bind(scope.state_id);
    statement.push(" AND ready_time > ").bind(scope.now).push(" AND +pinned_status IS NULL");
    statement.push(" AND (+expiration_time IS NULL OR +expiration_time > ").bind(scope.now);
    statement.push(") ORDER BY ready_time LIMIT ").bind(limit);
    statement
}

/// The plans of all of these, a line per step. Tests use them to see that each searches its index.
pub async fn explain(session: &mut Session, scope: Scope) -> Result<[Vec<String>; 6], Error> {
    let of = Of { scope, regions: &["cn-hangzhou".to_owned()], disk_ids: &["d-x"] };
    Ok([
        sources_statement(scope, of.regions, "", 1).explain(session).await?,
        extent_statement(of).explain(session).await?,
        counts_statement(of, &[Time(0), Time(1)], 1).explain(session).await?,
        snapshots_statement(of, Time(0), Time(1), 1).explain(session).await?,
        images_statement(scope, &["s-x"], 1).explain(session).await?,
        making_statement::<Snapshot>(scope, 1).explain(session).await?,
    ])
}
