//! Sandboxes never show through: random operations in two of them, each against its own model.

use std::collections::BTreeMap;

use actix_web::rt::System;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{TestApp, property};

#[derive(Debug, Clone)]
enum Operation {
    Add(u8),
    Delete(u8),
    Rename(u8, u8),
    Replace(Vec<u8>),
    Merge(Vec<u8>),
    Save(u8),
    Restore(u8),
    Reset,
    Fork,
}

fn operation() -> impl Strategy<Value = Operation> {
    let id = || 0..8_u8;
    prop_oneof![
        4 => id().prop_map(Operation::Add),
        2 => id().prop_map(Operation::Delete),
        2 => (id(), any::<u8>()).prop_map(|(id, name)| Operation::Rename(id, name)),
        1 => vec(id(), 0..5).prop_map(Operation::Replace),
        1 => vec(id(), 0..5).prop_map(Operation::Merge),
        1 => (0..2_u8).prop_map(Operation::Save),
        1 => (0..2_u8).prop_map(Operation::Restore),
        1 => Just(Operation::Reset),
        1 => Just(Operation::Fork),
    ]
}

/// What a sandbox must hold: the names of its snapshots by id, and so for its checkpoints.
#[derive(Debug, Clone, Default)]
struct Model {
    rows: BTreeMap<String, String>,
    checkpoints: BTreeMap<u8, BTreeMap<String, String>>,
}

fn id(number: u8) -> String {
    format!("s-{number}")
}

fn document(numbers: &[u8]) -> (Value, BTreeMap<String, String>) {
    let rows: BTreeMap<String, String> = numbers.iter().map(|number| (id(*number), format!("n-{number}"))).collect();
    let entries: Vec<Value> = rows.iter().map(|(id, name)| json!({"SnapshotId": id, "SnapshotName": name})).collect();
    (json!({"Snapshots": entries}), rows)
}

async fn apply(app: &TestApp, sandbox: &str, other: &str, models: &mut BTreeMap<String, Model>, operation: &Operation) {
    let base = format!("/sandboxes/{sandbox}");
    let theirs = models[other].rows.clone();
    let model = models.get_mut(sandbox).unwrap();
    let (method, path, body) = match operation {
        Operation::Add(number) => {
            model.rows.entry(id(*number)).or_insert_with(|| format!("n-{number}"));
            let (document, _) = document(&[*number]);
            ("POST", "/snapshots".to_owned(), document["Snapshots"][0].clone())
        }
        Operation::Delete(number) => {
            model.rows.remove(&id(*number));
            ("DELETE", format!("/snapshots/{}", id(*number)), Value::Null)
        }
        Operation::Rename(number, name) => {
            let name = format!("renamed-{name}");
            model.rows.entry(id(*number)).and_modify(|old| old.clone_from(&name));
            ("PATCH", format!("/snapshots/{}", id(*number)), json!({"SnapshotName": name}))
        }
        Operation::Replace(numbers) => {
            let (document, rows) = document(numbers);
            model.rows = rows;
            ("PUT", "/state".to_owned(), document)
        }
        Operation::Merge(numbers) => {
            let (document, rows) = document(numbers);
            model.rows.extend(rows);
            ("POST", "/state".to_owned(), document)
        }
        Operation::Save(name) => {
            model.checkpoints.insert(*name, model.rows.clone());
            ("PUT", format!("/checkpoints/c{name}"), Value::Null)
        }
        Operation::Restore(name) => {
            if let Some(rows) = model.checkpoints.get(name) {
                model.rows.clone_from(rows);
            }
            ("POST", format!("/checkpoints/c{name}/restore"), Value::Null)
        }
        Operation::Reset => {
            model.rows.clear();
            ("POST", "/reset?to=empty".to_owned(), Value::Null)
        }
        // Deleted and made anew, as a fork of the other one.
        Operation::Fork => {
            *model = Model { rows: theirs, ..Model::default() };
            app.control("DELETE", &base, Value::Null).await;
            app.sandbox(sandbox, json!({"Sandbox": other})).await;
            return;
        }
    };
    let reply = app.control(method, &format!("{base}{path}"), body).await;
    assert!(reply.status < 500, "{}", reply.body);
}

async fn seen(app: &TestApp, sandbox: &str) -> BTreeMap<String, String> {
    let query = format!("Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&PageSize=100&AccessKeyId={sandbox}");
    let reply = app.get(&query).await.json();
    let rows = reply["Snapshots"]["Snapshot"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows.map(|row| (text(&row["SnapshotId"]), text(&row["SnapshotName"]))).collect()
}

#[test]
fn random_operations_in_two_sandboxes_never_show_through() {
    let system = System::new();
    let app = system.block_on(TestApp::empty());
    let operations = vec((any::<bool>(), operation()), 1..25);
    let outcome = property(40).run(&operations, |operations| {
        system.block_on(async {
            let mut models = BTreeMap::new();
            for name in ["left", "right"] {
                app.control("DELETE", &format!("/sandboxes/{name}"), Value::Null).await;
                app.sandbox(name, json!("empty")).await;
                models.insert(name.to_owned(), Model::default());
            }
            for (is_left, operation) in &operations {
                let (sandbox, other) = if *is_left { ("left", "right") } else { ("right", "left") };
                apply(&app, sandbox, other, &mut models, operation).await;
                for (name, model) in &models {
                    prop_assert_eq!(&seen(&app, name).await, &model.rows, "{} after {:?}", name, operation);
                }
            }
            Ok(())
        })
    });
    outcome.unwrap();
}

#[actix_web::test]
async fn a_reader_sees_all_of_the_old_state_or_all_of_the_new() {
    let app = TestApp::empty().await;
    app.sandbox("mine", json!("empty")).await;
    let document = |prefix: &str, count: usize| {
        let entries =
            (0..count).map(|number| json!({"SnapshotId": format!("{prefix}-{number}"), "Tags": {"p": prefix}}));
        json!({"Snapshots": entries.collect::<Vec<_>>()})
    };
    app.control("PUT", "/sandboxes/mine/state", document("a", 30)).await;
    app.control("PUT", "/sandboxes/mine/checkpoints/a", Value::Null).await;
    let writing = async {
        for round in 0..20 {
            if round % 2 == 0 {
                app.control("PUT", "/sandboxes/mine/state", document("b", 70)).await;
            } else {
                app.control("POST", "/sandboxes/mine/checkpoints/a/restore", Value::Null).await;
            }
        }
    };
    let reading = async {
        let query = "Action=DescribeSnapshots&RegionId=cn-hangzhou&Format=JSON&PageSize=100&AccessKeyId=mine";
        for _ in 0..100 {
            let reply = app.get(query).await.json();
            let rows = reply["Snapshots"]["Snapshot"].as_array().unwrap();
            let prefixes: Vec<&str> = rows.iter().map(|row| &row["SnapshotId"].as_str().unwrap()[..1]).collect();
            let expected = if prefixes[0] == "a" { vec!["a"; 30] } else { vec!["b"; 70] };
            assert_eq!(prefixes, expected);
            assert_eq!(reply["TotalCount"], expected.len());
        }
    };
    futures_util::future::join(writing, reading).await;
}
