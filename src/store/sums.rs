//! Sums over snapshots: how many there are and how large they are together.
//!
//! SQLite refuses a sum that does not fit 64 bits, and sizes are what documents say. So the upper and the lower half of each
//! size are added apart, and what comes of both is brought into 64 bits.

use serde::Deserialize;
use sqlx::Row as _;

use super::Error;
use super::lists::Scope;
use super::sandboxes::Pointer;
use super::session::Session;
use super::sql::Sql;
use crate::model::time::Time;

/// What was found, and where the sandbox pointed then; if it is not to the state of the scope, the rest is worth nothing. `None`
/// for a sandbox that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<T> {
    pub pointer: Option<Pointer>,
    pub found: T,
}

/// Some snapshots, taken together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub count: i64,
    pub bytes: i64,
}

/// A sum as a statement gives it: the count, and both halves of the bytes.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Halves(i64, i64, i64);

impl From<Halves> for Sum {
    fn from(Halves(count, upper, lower): Halves) -> Self {
        let bytes = (i128::from(upper) << 32) + i128::from(lower);
        let limit = if bytes < 0 { i64::MIN } else { i64::MAX };
        Self { count, bytes: i64::try_from(bytes).unwrap_or(limit) }
    }
}

/// The halves of the sum over what [`push_counted`] pushes.
pub(super) const HALVES: &str =
    "count(*) AS count, coalesce(sum(bytes >> 32), 0) AS upper, coalesce(sum(bytes & 4294967295), 0) AS lower";

/// Pushes a query for the snapshots of a region that are there at the time of the scope, each with the bytes that it counts for.
pub(super) fn push_counted(statement: &mut Sql, scope: Scope, region_id: &str, column: &'static str) {
    statement.push("SELECT ").push(column).push(", CASE coalesce(pinned_status, CASE WHEN ready_time > ");
    statement
        .bind(scope.now)
        .push(" THEN 'progressing' ELSE outcome END) WHEN 'failed' THEN 0 ELSE bytes END AS bytes");
    statement.push(" FROM snapshot WHERE state_id = ").bind(scope.state_id).push(" AND region_id = ").bind(region_id);
    statement.push(" AND (expiration_time IS NULL OR expiration_time > ").bind(scope.now).push(")");
}

/// Where the sandbox points, and a value in JSON.
pub(super) async fn seen<T>(statement: Sql, session: &mut Session) -> Result<Seen<T>, Error>
where
    T: Default + for<'d> Deserialize<'d>,
{
    let Some(row) = statement.fetch_optional(session).await? else {
        return Ok(Seen { pointer: None, found: T::default() });
    };
    let found = serde_json::from_str(row.try_get(2)?).map_err(|error| Error::Decode(Box::new(error)))?;
    Ok(Seen { pointer: Some(Pointer { state_id: row.try_get(0)?, version: row.try_get(1)? }), found })
}

/// All snapshots of a region.
pub async fn usage(session: &mut Session, scope: Scope, region_id: &str) -> Result<Seen<Sum>, Error> {
    let Seen { pointer, found } = seen::<Option<Halves>>(usage_statement(scope, region_id), session).await?;
    Ok(Seen { pointer, found: found.map(Sum::from).unwrap_or_default() })
}

fn usage_statement(scope: Scope, region_id: &str) -> Sql {
    let mut statement =
        Sql::new("SELECT sandbox.state_id, sandbox.version, (SELECT json_array(count, upper, lower) FROM (SELECT ");
    statement.push(HALVES).push(" FROM (");
    push_counted(&mut statement, scope, region_id, "id");
    statement.push("))) FROM sandbox WHERE sandbox.sandbox_id = ").bind(scope.sandbox_id);
    statement
}

/// The points at which the size of the snapshots of a category is asked for: one at the end of each period behind `start`, up to
/// `end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Points {
    pub region_id: String,
    /// In lower case.
    pub category: String,
    pub start: Time,
    pub end: Time,
    /// Seconds, at least 1.
    pub period: i64,
}

/// By how much the snapshots that are there now have grown at each point: its number, from 1, and the bytes of those that were
/// made in the period before it; of the first, of those that were made by then. Points without growth are left out.
pub async fn growth(session: &mut Session, scope: Scope, points: &Points) -> Result<Seen<Vec<(i64, i64)>>, Error> {
    let Seen { pointer, found } = seen::<Vec<(i64, Halves)>>(growth_statement(scope, points), session).await?;
    let mut grown: Vec<(i64, i64)> =
        found.into_iter().map(|(point, halves)| (point, Sum::from(halves).bytes)).collect();
    grown.sort_unstable();
    Ok(Seen { pointer, found: grown })
}

fn growth_statement(scope: Scope, points: &Points) -> Sql {
    let mut statement = Sql::new("SELECT sandbox.state_id, sandbox.version, (SELECT json_group_array(json_array(");
    statement.push("point, json_array(count, upper, lower))) FROM (SELECT max(1, (-reverse_time - ");
    statement.bind(points.start).push(" + ").bind(points.period - 1).push(") / ").bind(points.period);
    statement.push(") AS point, ").push(HALVES).push(" FROM (");
    push_counted(&mut statement, scope, &points.region_id, "reverse_time");
    statement.push(" AND reverse_time >= ").bind(-points.end.0).push(" AND category = ").bind(points.category.as_str());
    statement.push(") GROUP BY point)) FROM sandbox WHERE sandbox.sandbox_id = ").bind(scope.sandbox_id);
    statement
}

/// The plans of [`usage`] and [`growth`], a line per step. Tests use them to see that neither looks at a table row.
pub async fn explain(session: &mut Session, scope: Scope, points: &Points) -> Result<[Vec<String>; 2], Error> {
    let usage = usage_statement(scope, &points.region_id).explain(session).await?;
    Ok([usage, growth_statement(scope, points).explain(session).await?])
}
