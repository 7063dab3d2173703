//! The rules of time that makes snapshots, one by one.

mod associations;
mod clocks;
mod copies;
mod looks;
mod month;
mod points;
mod quota;
mod sandboxes;
mod schedule;
mod skips;

use serde_json::{Value, json};

use crate::support::TestApp;

/// Where most of these begin: a Sunday, 20:00 in UTC+8.
const BEGIN: &str = "2026-03-15T12:00:00Z";
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// The sandbox `default` with this document, at this time, which stands still.
async fn at(time: &str, document: Value) -> TestApp {
    let app = TestApp::empty().await;
    app.arrange("PUT", "/clock", json!({"Mode": "frozen", "Time": time})).await;
    app.arrange("PUT", "/state", document).await;
    app
}

async fn begin(document: Value) -> TestApp {
    at(BEGIN, document).await
}

/// Disks of an instance that runs: `d-1` and `d-2` of the ESSD family, `d-old` of an old kind.
fn disks() -> Value {
    json!([
        {"DiskId": "d-1", "Category": "cloud_essd", "InstanceId": "i-1"},
        {"DiskId": "d-2", "Category": "cloud_auto", "InstanceId": "i-1"},
        {"DiskId": "d-old", "Category": "cloud_efficiency", "InstanceId": "i-1"},
    ])
}

/// Every day at 01:00, of d-1, but for these fields.
fn policy(fields: Value) -> Value {
    let mut policy = json!({
        "AutoSnapshotPolicyId": "sp-1",
        "TimePoints": [1],
        "RepeatWeekdays": [1, 2, 3, 4, 5, 6, 7],
        "DiskIds": ["d-1"],
    });
    let Value::Object(fields) = fields else { panic!("{fields} has no fields") };
    policy.as_object_mut().unwrap().extend(fields);
    policy
}

/// The disks, their instance, and these policies.
fn with(policies: Value) -> Value {
    let mut document = json!({"Instances": [{"InstanceId": "i-1"}], "Disks": disks()});
    document["AutoSnapshotPolicies"] = policies;
    document
}

/// As [`with`] a policy alone, and settings.
fn set(settings: Value, fields: Value) -> Value {
    let mut document = with(json!([policy(fields)]));
    document["Settings"] = settings;
    document
}

/// Moves the clock, and says how many were made and how many went.
async fn advance(app: &TestApp, seconds: i64) -> (i64, i64) {
    caught_up(&app.arrange("POST", "/clock/advance", json!({"Seconds": seconds})).await)
}

fn caught_up(reply: &Value) -> (i64, i64) {
    let count = |name: &str| reply["CaughtUp"][name].as_i64().unwrap_or_else(|| panic!("{name} in {reply}"));
    (count("Made"), count("Expired"))
}

/// All snapshots, in the order of their creation, then of disk and region.
async fn snapshots(app: &TestApp) -> Vec<Value> {
    let mut state = app.arrange("GET", "/state", Value::Null).await;
    let mut snapshots = match state["Snapshots"].take() {
        Value::Array(snapshots) => snapshots,
        _ => Vec::new(),
    };
    let key = |snapshot: &Value| {
        let text = |field: &str| snapshot[field].as_str().unwrap().to_owned();
        (text("CreationTime"), text("SourceDiskId"), text("RegionId"), text("SnapshotId"))
    };
    snapshots.sort_by_key(key);
    snapshots
}

/// What each of them says of a field.
async fn all(app: &TestApp, field: &str) -> Vec<Value> {
    snapshots(app).await.into_iter().map(|mut snapshot| snapshot[field].take()).collect()
}

/// Where, of which disk and when each was made.
async fn made(app: &TestApp) -> Vec<String> {
    let text = |snapshot: &Value, field: &str| snapshot[field].as_str().unwrap().to_owned();
    let told = |snapshot: &Value| {
        let (disk, time) = (text(snapshot, "SourceDiskId"), text(snapshot, "CreationTime"));
        match text(snapshot, "RegionId").as_str() {
            "cn-hangzhou" => format!("{disk} {time}"),
            region => format!("{disk} {time} {region}"),
        }
    };
    snapshots(app).await.iter().map(told).collect()
}
