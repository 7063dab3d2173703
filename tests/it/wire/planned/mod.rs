//! Planned faults, as those who call the API meet them.

mod catalogue;
mod effects;
mod gone;
mod lasting;
mod lost;

use serde_json::{Value, json};

use crate::support::TestApp;

/// Plans a fault in the sandbox `default`.
pub(super) async fn plan(app: &TestApp, matching: Value, effect: Value, more: Value) -> Value {
    let mut plan = json!({"Match": matching, "Effect": effect});
    if let Value::Object(more) = more {
        plan.as_object_mut().unwrap().extend(more);
    }
    app.arrange("POST", "/faults", plan).await
}

/// What has become of the planned faults of a sandbox: name, matches, hits, and whether it is spent.
pub(super) async fn counts(app: &TestApp, sandbox: &str) -> Vec<(String, i64, i64, bool)> {
    let list = app.control("GET", &format!("/sandboxes/{sandbox}/faults"), Value::Null).await.json();
    let count = |fault: &Value| {
        let number = |name: &str| fault[name].as_i64().unwrap();
        let name = fault["Name"].as_str().unwrap().to_owned();
        (name, number("Matches"), number("Hits"), fault["Spent"].as_bool().unwrap())
    };
    list["Faults"].as_array().unwrap().iter().map(count).collect()
}
