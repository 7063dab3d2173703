//! What automatic snapshot policies go by, beside the lists of kinds: their disks, and what is there of those.

use super::Error;
use super::rows::{self, Stored};
use super::session::Session;
use super::sql::{Sql, json_array};
use crate::model::auto_snapshot_policy::AutoSnapshotPolicy;
use crate::model::instance;
use crate::model::kind::Entry as _;
use crate::model::snapshot::Snapshot;
use crate::model::time::Time;

/// All policies of a state, by id.
pub async fn all(session: &mut Session, state_id: i64) -> Result<Vec<AutoSnapshotPolicy>, Error> {
    let mut statement = Sql::new("SELECT ");
    rows::push_stored::<AutoSnapshotPolicy>(&mut statement);
    statement.push(" FROM auto_snapshot_policy WHERE state_id = ").bind(state_id).push(" ORDER BY id");
    let items: Vec<String> = statement.scalars(session).await?;
    let stored = rows::read::<AutoSnapshotPolicy>(&items.join(","))?;
    Ok(stored.into_iter().map(|stored| stored.resource).collect())
}

/// Whether a state has policies that find their disks by tags.
pub async fn is_any_by_tags(session: &mut Session, state_id: i64) -> Result<bool, Error> {
    let any = "SELECT EXISTS (SELECT 1 FROM auto_snapshot_policy WHERE state_id = ? AND is_by_tags = 1)";
    Sql::new(any).with(state_id).scalar(session).await
}

/// The ids of the disks that a policy finds by tags: those of the instances of its region that have all of them, by id.
pub async fn disks_by_tags(
    session: &mut Session,
    state_id: i64,
    policy: &AutoSnapshotPolicy,
) -> Result<Vec<String>, Error> {
    disks_of(state_id, policy).scalars(session).await
}

/// The plan of [`disks_by_tags`], a line per step. Tests use it to see that it searches indexes.
pub async fn explain_disks_by_tags(session: &mut Session, policy: &AutoSnapshotPolicy) -> Result<Vec<String>, Error> {
    disks_of(1, policy).explain(session).await
}

fn disks_of(state_id: i64, policy: &AutoSnapshotPolicy) -> Sql {
    let mut statement = Sql::new("SELECT disk.id FROM tag AS tag_0");
    for number in 1..policy.target_tags.len() {
        statement.push(" CROSS JOIN tag AS tag_").push_number(number).push(" ON TRUE");
        for column in [".state_id", ".kind", ".region_id", ".reverse_time", ".id"] {
            statement.push(" AND tag_").push_number(number).push(column).push(" = tag_0").push(column);
        }
    }
    statement.push(" CROSS JOIN disk ON disk.state_id = tag_0.state_id AND disk.instance_id = tag_0.id");
    statement.push(" AND disk.region_id = tag_0.region_id WHERE tag_0.state_id = ").bind(state_id);
    statement.push(" AND tag_0.kind = ").bind(instance::KIND.number);
    statement.push(" AND tag_0.region_id = ").bind(policy.key().region_id);
    for (number, tag) in policy.target_tags.iter().enumerate() {
        statement.push(" AND tag_").push_number(number).push(".tag_key = ").bind(tag.key.as_str());
        statement.push(" AND tag_").push_number(number).push(".tag_value = ").bind(tag.value.as_str());
    }
    statement.push(" ORDER BY disk.id");
    statement
}

/// Of disks of a region, the automatic snapshots that do not expire by `since`, and all in the making then or later.
pub async fn snapshots_of_disks(
    session: &mut Session,
    state_id: i64,
    region_id: &str,
    disk_ids: &[&str],
    since: Time,
) -> Result<Vec<Stored<Snapshot>>, Error> {
    let items: Vec<String> = of_disks(state_id, region_id, disk_ids, since).scalars(session).await?;
    rows::read(&items.join(","))
}

/// The plan of [`snapshots_of_disks`], a line per step.
pub async fn explain_snapshots_of_disks(session: &mut Session) -> Result<Vec<String>, Error> {
    of_disks(1, "cn-hangzhou", &["d-x"], Time(0)).explain(session).await
}

fn of_disks(state_id: i64, region_id: &str, disk_ids: &[&str], since: Time) -> Sql {
    let mut statement = Sql::new("SELECT ");
    rows::push_stored::<Snapshot>(&mut statement);
    statement.push(" FROM snapshot WHERE state_id = ").bind(state_id).push(" AND region_id = ").bind(region_id);
    statement.push(" AND source_disk_id IN (SELECT value FROM json_each(");
    statement.bind(json_array(disk_ids.iter().copied()));
    statement.push(")) AND ((is_automatic = 1 AND (expiration_time IS NULL OR expiration_time > ").bind(since);
    statement.push(")) OR ready_time > ").bind(since).push(" OR pinned_status = 'progressing') ORDER BY id");
    statement
}

/// The ids of the snapshots of a state that policies made and that expired by `until`.
pub async fn expired(session: &mut Session, state_id: i64, until: Time) -> Result<Vec<String>, Error> {
    select_expired(state_id, until).scalars(session).await
}

/// The plan of [`expired`], a line per step.
pub async fn explain_expired(session: &mut Session) -> Result<Vec<String>, Error> {
    select_expired(1, Time(0)).explain(session).await
}

fn select_expired(state_id: i64, until: Time) -> Sql {
    let expired = Sql::new(
        "SELECT id FROM snapshot WHERE state_id = ? AND expiration_time <= ?
           AND json_extract(body, '$.AutoSnapshotPolicyId') IS NOT NULL",
    );
    expired.with(state_id).with(until)
}
