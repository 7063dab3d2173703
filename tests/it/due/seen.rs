//! What the server shows, compared with the model.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::calendar;
use super::model::{Model, Ready, Snapshot, tags};
use super::play::Fired;
use super::twin::Twin;

/// A snapshot as the model has it, in the form of an export. What the export leaves out is null here.
fn expected(id: &str, snapshot: &Snapshot) -> Value {
    json!({
        "SnapshotId": id,
        "RegionId": snapshot.region,
        "SourceDiskId": snapshot.disk,
        "SnapshotName": Some(&snapshot.name).filter(|name| !name.is_empty()),
        "CreationTime": calendar::text(snapshot.created),
        "SnapshotType": snapshot.kind,
        "RetentionDays": snapshot.retention,
        "ExpirationTime": snapshot.expires.map(calendar::text),
        "AutoSnapshotPolicyId": snapshot.policy,
        "SourceSnapshotId": snapshot.source,
        "Encrypted": snapshot.encrypted,
        "Tags": snapshot.tags,
    })
}

/// The same of an entry.
fn shown(entry: &Value) -> Value {
    let or = |field: &str, default: Value| if entry[field].is_null() { default } else { entry[field].clone() };
    json!({
        "SnapshotId": entry["SnapshotId"],
        "RegionId": entry["RegionId"],
        "SourceDiskId": entry["SourceDiskId"],
        "SnapshotName": entry["SnapshotName"],
        "CreationTime": entry["CreationTime"],
        "SnapshotType": or("SnapshotType", json!("user")),
        "RetentionDays": entry["RetentionDays"],
        "ExpirationTime": entry["ExpirationTime"],
        "AutoSnapshotPolicyId": entry["AutoSnapshotPolicyId"],
        "SourceSnapshotId": entry["SourceSnapshotId"],
        "Encrypted": or("Encrypted", json!(false)),
        "Tags": tags(&entry["Tags"]),
    })
}

/// Panics unless an export holds what the model does.
pub fn compare_state(model: &Model, state: &Value) {
    let entries = state["Snapshots"].as_array().cloned().unwrap_or_default();
    let by_id = |entry: &Value| entry["SnapshotId"].as_str().unwrap().to_owned();
    let entries: BTreeMap<String, Value> = entries.iter().map(|entry| (by_id(entry), shown(entry))).collect();
    for (id, snapshot) in &model.snapshots {
        let entry = entries.get(id).unwrap_or_else(|| panic!("{id} is not there: {snapshot:?}"));
        assert_eq!(entry, &expected(id, snapshot));
    }
    for (id, entry) in &entries {
        assert!(model.snapshots.contains_key(id), "{id} should not be there: {entry}");
    }
    let fail_next = state["Settings"]["FailNextSnapshots"].as_i64().unwrap_or(0);
    assert_eq!(fail_next, model.settings.fail_next, "FailNextSnapshots");
    for entry in state["AutoSnapshotPolicies"].as_array().into_iter().flatten() {
        let id = entry["AutoSnapshotPolicyId"].as_str().unwrap();
        let fired = model.policies[id].fired.iter();
        let expected: BTreeMap<&String, String> = fired.map(|(id, time)| (id, calendar::text(*time))).collect();
        let shown: BTreeMap<String, String> = if entry["FiredUntil"].is_null() {
            BTreeMap::new()
        } else {
            serde_json::from_value(entry["FiredUntil"].clone()).unwrap()
        };
        assert_eq!(json!(shown), json!(expected), "FiredUntil of {id}");
    }
}

/// Panics unless DescribeSnapshots shows what the model says, in both regions.
pub async fn compare_described(model: &Model, twin: &Twin) {
    for region in ["cn-hangzhou", "cn-beijing"] {
        let mut seen = BTreeMap::new();
        let mut token = String::new();
        loop {
            let query = format!("DescribeSnapshots&RegionId={region}&MaxResults=100&NextToken={token}");
            let reply = twin.send(&query).await;
            assert_eq!(reply.status, 200, "{}", reply.body);
            let page = reply.json();
            for row in page["Snapshots"]["Snapshot"].as_array().unwrap() {
                let status = row["Status"].as_str().unwrap().to_owned();
                seen.insert(row["SnapshotId"].as_str().unwrap().to_owned(), (status, row["Available"] == true));
            }
            page["NextToken"].as_str().unwrap_or_default().clone_into(&mut token);
            if token.is_empty() {
                break;
            }
        }
        let there = model.snapshots.iter().filter(|(id, _)| model.is_there(id, model.now));
        let expected: BTreeMap<String, (String, bool)> = there
            .filter(|(_, snapshot)| snapshot.region == region)
            .map(|(id, snapshot)| {
                let status = snapshot.status(model.now);
                (id.clone(), (status.to_owned(), is_available(model, snapshot, status)))
            })
            .collect();
        let seen: BTreeMap<String, (String, bool)> = seen
            .into_iter()
            // What it says of a disk that is gone goes by what the disk was.
            .map(|(id, (status, available))| {
                let is_known = expected.get(&id).is_some_and(|_| model.disks.contains_key(&model.snapshots[&id].disk));
                let available = if is_known { available } else { status == "accomplished" };
                (id, (status, available))
            })
            .collect();
        assert_eq!(seen, expected, "{region}");
    }
}

/// Snapshots of the ESSD family serve from the beginning, unless they fail; copies once they are accomplished.
fn is_available(model: &Model, snapshot: &Snapshot, status: &str) -> bool {
    let is_early = snapshot.source.is_none()
        && snapshot.ready != Ready::ALWAYS
        && model.disks.get(&snapshot.disk).is_some_and(super::model::Disk::is_essd);
    status == "accomplished" || (is_early && status == "progressing" && !snapshot.fails)
}

/// Panics unless the schedule until a time is what the model plays until then.
pub async fn compare_schedule(model: &Model, twin: &Twin, until: i64) {
    let path = format!("/schedule?until={}&limit=1000", calendar::text(until));
    let schedule = twin.arrange("GET", &path, Value::Null).await;
    assert_eq!(schedule["Truncated"], false, "{schedule}");
    assert_eq!(schedule["Now"], calendar::text(model.now));
    assert_eq!(schedule["Until"], calendar::text(until));
    let mut future = model.clone();
    let points = future.play(until).points;
    let expected: Vec<Value> = points.iter().map(|point| due(model, point)).collect();
    let shown: Vec<Value> = schedule["Due"].as_array().unwrap().iter().map(simplified).collect();
    assert_eq!(shown, expected);
}

fn due(model: &Model, point: &Fired) -> Value {
    json!({
        "Time": calendar::text(point.time),
        "AutoSnapshotPolicyId": point.policy,
        "DiskId": point.disk,
        "RegionId": model.policies[&point.policy].region,
        "SnapshotId": point.id,
        "Skipped": point.skipped,
        "Removes": point.removes,
    })
}

fn simplified(entry: &Value) -> Value {
    let fields = ["Time", "AutoSnapshotPolicyId", "DiskId", "RegionId", "SnapshotId", "Skipped", "Removes"];
    fields.iter().map(|field| ((*field).to_owned(), entry[*field].clone())).collect::<serde_json::Map<_, _>>().into()
}
