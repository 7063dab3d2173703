//! Chains of snapshots, a page at a time: snapshots of a region that have the same SnapshotLinkId, in the order of those.
//!
//! What a chain is of, its newest snapshot says; how many there are and how large, all of them say together.

use std::collections::HashMap;

use serde::Deserialize;

use super::Error;
use super::lists::Scope;
use super::rows::{self, Stored};
use super::session::Session;
use super::sql::{Sql, json_array};
use super::sums::{HALVES, Halves, Seen, Sum, push_counted, seen};
use crate::model::kind::Resource as _;
use crate::model::paging::Start;
use crate::model::snapshot::Snapshot;
use crate::model::snapshot_links::LinkFilter;

/// A chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub snapshot_link_id: String,
    pub newest: Stored<Snapshot>,
    pub sum: Sum,
    /// Of the instance and of the disk that it is of, if those are there and have one.
    pub instance_name: Option<String>,
    pub disk_name: Option<String>,
}

/// A page of chains.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinkPage {
    /// How many match, on whatever page.
    pub total_count: i64,
    pub links: Vec<Link>,
}

/// What a statement says of a page: the count, the newest snapshots as items, and what else there is of each chain.
#[derive(Default, Deserialize)]
struct Said(i64, String, Vec<Chain>);

/// The chain, its sum, and the names.
#[derive(Deserialize)]
struct Chain(String, Halves, Option<String>, Option<String>);

/// The page of at most `limit` chains that match, from `start` on.
pub async fn page(
    session: &mut Session,
    scope: Scope,
    filter: &LinkFilter,
    start: &Start,
    limit: i64,
) -> Result<Seen<LinkPage>, Error> {
    let Seen { pointer, found: Said(total_count, items, chains) } =
        seen::<Said>(statement(scope, filter, start, limit), session).await?;
    let mut newest: HashMap<String, Stored<Snapshot>> = HashMap::with_capacity(chains.len());
    for stored in rows::read::<Snapshot>(&items)? {
        if let Some(snapshot_link_id) = stored.resource.snapshot_link_id.clone() {
            newest.insert(snapshot_link_id, stored);
        }
    }
    let links = chains.into_iter().filter_map(|Chain(snapshot_link_id, halves, instance_name, disk_name)| {
        let newest = newest.remove(&snapshot_link_id)?;
        Some(Link { snapshot_link_id, newest, sum: halves.into(), instance_name, disk_name })
    });
    let mut links: Vec<Link> = links.collect();
    // SQL promises no order of what is put together. SQLite keeps that of the page, so this finds them sorted.
    links.sort_by(|left, right| left.snapshot_link_id.cmp(&right.snapshot_link_id));
    Ok(Seen { pointer, found: LinkPage { total_count, links } })
}

/// The plan of [`page`], a line per step. Tests use it to see that each filter has its index.
pub async fn explain(session: &mut Session, scope: Scope, filter: &LinkFilter) -> Result<Vec<String>, Error> {
    statement(scope, filter, &Start::Offset(0), 10).explain(session).await
}

fn statement(scope: Scope, filter: &LinkFilter, start: &Start, limit: i64) -> Sql {
    let mut statement = Sql::new("SELECT sandbox.state_id, sandbox.version, json_array((SELECT count(*) FROM (");
    push_chains(&mut statement, scope, filter, "SELECT 1");
    statement.push(")), coalesce(page.items, ''), json(coalesce(page.chains, '[]'))) FROM sandbox LEFT JOIN (");
    statement.push("SELECT group_concat(item) AS items, json_group_array(json(chain)) AS chains FROM (SELECT ");
    rows::push_item(&mut statement, Snapshot::KIND);
    statement.push(" AS item, json_array(chain.link_id, json_array(chain.count, chain.upper, chain.lower), (");
    push_name(&mut statement, scope, "instance", "$.InstanceName", "snapshot.instance_id");
    statement.push("), (");
    push_name(&mut statement, scope, "disk", "$.DiskName", "snapshot.source_disk_id");
    statement.push(")) AS chain FROM (SELECT link_id, ").push(HALVES).push(" FROM (");
    push_counted(&mut statement, scope, &filter.region_id, "snapshot_link_id AS link_id");
    push_conditions(&mut statement, scope, filter);
    let skip = match start {
        Start::Offset(skip) => *skip,
        Start::After(position) => {
            statement.push(" AND snapshot_link_id > ").bind(position.id.as_str());
            0
        }
    };
    statement.push(") GROUP BY link_id ORDER BY link_id LIMIT ").bind(limit).push(" OFFSET ").bind(skip);
    statement.push(") AS chain JOIN snapshot ON snapshot.state_id = ").bind(scope.state_id);
    statement.push(" AND snapshot.id = (");
    push_newest(&mut statement, scope, &filter.region_id, "chain.link_id");
    statement.push(") ORDER BY chain.link_id)) AS page ON TRUE WHERE sandbox.sandbox_id = ").bind(scope.sandbox_id);
    statement
}

/// Pushes a query with a row for each chain that matches.
fn push_chains(statement: &mut Sql, scope: Scope, filter: &LinkFilter, select: &'static str) {
    statement.push(select).push(" FROM snapshot WHERE state_id = ").bind(scope.state_id);
    statement.push(" AND region_id = ").bind(filter.region_id.as_str());
    statement.push(" AND (expiration_time IS NULL OR expiration_time > ").bind(scope.now).push(")");
    push_conditions(statement, scope, filter);
    statement.push(" GROUP BY snapshot_link_id");
}

/// Pushes which snapshots are of chains that match. A chain is told by its newest snapshot, and then all of it counts.
fn push_conditions(statement: &mut Sql, scope: Scope, filter: &LinkFilter) {
    statement.push(" AND snapshot_link_id IS NOT NULL");
    if let Some(ids) = &filter.snapshot_link_ids {
        push_among(statement, " AND snapshot_link_id IN (", ids);
    }
    if filter.disk_ids.is_none() && filter.instance_id.is_none() {
        return;
    }
    statement.push(" AND snapshot_link_id IN (SELECT candidate.snapshot_link_id FROM snapshot AS candidate");
    statement.push(" WHERE candidate.state_id = ").bind(scope.state_id);
    statement.push(" AND candidate.region_id = ").bind(filter.region_id.as_str());
    if let Some(ids) = &filter.disk_ids {
        push_among(statement, " AND candidate.source_disk_id IN (", ids);
    }
    if let Some(instance_id) = &filter.instance_id {
        statement.push(" AND candidate.instance_id = ").bind(instance_id.as_str());
    }
    statement.push(" AND candidate.snapshot_link_id IS NOT NULL AND candidate.id = (");
    push_newest(statement, scope, &filter.region_id, "candidate.snapshot_link_id");
    statement.push("))");
}

fn push_among(statement: &mut Sql, condition: &'static str, ids: &[String]) {
    let ids = json_array(ids.iter().map(String::as_str));
    statement.push(condition).push("SELECT value FROM json_each(").bind(ids).push("))");
}

/// Pushes a query for the id of the newest snapshot of a chain.
fn push_newest(statement: &mut Sql, scope: Scope, region_id: &str, link_id: &'static str) {
    statement.push("SELECT newest.id FROM snapshot AS newest WHERE newest.state_id = ").bind(scope.state_id);
    statement.push(" AND newest.region_id = ").bind(region_id).push(" AND newest.snapshot_link_id = ").push(link_id);
    statement.push(" AND (newest.expiration_time IS NULL OR newest.expiration_time > ").bind(scope.now);
    statement.push(") ORDER BY newest.reverse_time, newest.id LIMIT 1");
}

/// Pushes a query for a name of what the snapshot is of, if that is there in the same region.
fn push_name(statement: &mut Sql, scope: Scope, table: &'static str, path: &'static str, id: &'static str) {
    statement.push("SELECT json_extract(other.body, '").push(path).push("') FROM ").push(table).push(" AS other");
    statement.push(" WHERE other.state_id = ").bind(scope.state_id).push(" AND other.id = ").push(id);
    statement.push(" AND other.region_id = snapshot.region_id");
}
