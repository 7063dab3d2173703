//! Why a list is what it is, and why something is not on it.

mod conditions;
mod hints;
mod many;
mod places;
mod properties;

use serde_json::{Value, json};

use crate::support::TestApp;

/// The explanation of a request, which is its query with the action first, and of one resource.
pub async fn explain(app: &TestApp, query: &str, id: Option<&str>) -> Value {
    let (action, query) = query.split_once('&').unwrap_or((query, ""));
    app.arrange("POST", "/explain", json!({"Action": action, "Url": query, "Id": id})).await
}

/// What keeps the resource from the list, as name, what was asked for, what it has, and the hint.
pub async fn failed(app: &TestApp, query: &str, id: &str) -> Vec<[String; 4]> {
    let row = explain(app, query, Some(id)).await["Row"].clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let failed = row["Failed"].as_array().unwrap().iter();
    failed.map(|failed| ["Name", "Asked", "Has", "Hint"].map(|field| text(&failed[field]))).collect()
}
