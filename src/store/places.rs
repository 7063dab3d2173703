//! Places in use: the regions that hold resources, and the zones in them.

use super::Error;
use super::lists::Scope;
use super::session::Session;
use super::sql::Sql;
use super::sums::{Seen, seen};
use crate::model::kinds::KINDS;

/// The regions that hold a resource of any kind, by id.
pub async fn regions(session: &mut Session, scope: Scope) -> Result<Seen<Vec<String>>, Error> {
    Ok(sorted(seen(regions_statement(scope), session).await?))
}

/// The zones of a region that a resource of any kind is in, by id.
pub async fn zones(session: &mut Session, scope: Scope, region_id: &str) -> Result<Seen<Vec<String>>, Error> {
    Ok(sorted(seen(zones_statement(scope, region_id), session).await?))
}

fn sorted(mut seen: Seen<Vec<String>>) -> Seen<Vec<String>> {
    seen.found.sort();
    seen
}

/// Goes from one region to the next in the index of each kind, since few of them hold all rows.
fn regions_statement(scope: Scope) -> Sql {
    let mut statement = Sql::new("SELECT sandbox.state_id, sandbox.version, (SELECT json_group_array(id) FROM (");
    for (number, kind) in KINDS.iter().enumerate() {
        statement.push(if number == 0 { "" } else { " UNION " });
        statement.push("SELECT id FROM (WITH RECURSIVE region (id) AS (SELECT min(region_id) FROM ").push(kind.table);
        statement.push(" WHERE state_id = ").bind(scope.state_id);
        statement.push(" UNION ALL SELECT (SELECT min(region_id) FROM ").push(kind.table);
        statement.push(" WHERE state_id = ").bind(scope.state_id).push(" AND region_id > region.id) FROM region");
        statement.push(" WHERE region.id IS NOT NULL) SELECT region.id FROM region WHERE EXISTS (SELECT 1 FROM ");
        statement.push(kind.table).push(" WHERE state_id = ").bind(scope.state_id);
        statement.push(" AND region_id = region.id AND (expiration_time IS NULL OR expiration_time > ");
        statement.bind(scope.now).push(")))");
    }
    statement.push(")) FROM sandbox WHERE sandbox.sandbox_id = ").bind(scope.sandbox_id);
    statement
}

fn zones_statement(scope: Scope, region_id: &str) -> Sql {
    let mut statement = Sql::new("SELECT sandbox.state_id, sandbox.version, (SELECT json_group_array(zone_id) FROM (");
    let in_zones = KINDS.iter().filter(|kind| kind.columns.contains(&"zone_id"));
    for (number, kind) in in_zones.enumerate() {
        statement.push(if number == 0 { "SELECT zone_id FROM " } else { " UNION SELECT zone_id FROM " });
        statement.push(kind.table).push(" WHERE state_id = ").bind(scope.state_id).push(" AND region_id = ");
        statement.bind(region_id).push(" AND (expiration_time IS NULL OR expiration_time > ").bind(scope.now);
        statement.push(")");
    }
    statement.push(")) FROM sandbox WHERE sandbox.sandbox_id = ").bind(scope.sandbox_id);
    statement
}

/// The plans of [`regions`] and [`zones`], a line per step. Tests use them to see that both search.
pub async fn explain(session: &mut Session, scope: Scope, region_id: &str) -> Result<[Vec<String>; 2], Error> {
    let regions = regions_statement(scope).explain(session).await?;
    Ok([regions, zones_statement(scope, region_id).explain(session).await?])
}
