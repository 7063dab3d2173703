//! What actions do, against a naive model of it: random sequences of actions that write, with settings, moves of the clock,
//! checkpoints, restores and forks between them. A call that is refused is answered with a row of its action and changes nothing;
//! one that is not has the effects that the model says. After each step, everything that can be described is compared.

mod calls;
mod effects;
mod groups;
mod model;
mod moved;
mod seen;
mod steps;

use std::collections::BTreeMap;

use actix_web::rt::System;
use ecs_mock::actions::faults::SHARED;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Reply, TestApp, property};
use model::Model;
use steps::{Call, Step};

/// Where everything begins: instances that run and that do not, disks of new and old kinds, attached and not.
fn document() -> Value {
    json!({
        "RegionId": "cn-hangzhou",
        "Instances": [{"InstanceId": "i-1"}, {"InstanceId": "i-2", "Status": "Stopped"}],
        "Disks": [
            {"DiskId": "d-1", "Category": "cloud_essd", "Type": "system", "Size": 40, "InstanceId": "i-1"},
            {"DiskId": "d-2", "Category": "cloud_essd", "Size": 100, "InstanceId": "i-1"},
            {"DiskId": "d-3", "Category": "cloud", "Type": "system", "Size": 50, "InstanceId": "i-2"},
            {"DiskId": "d-4", "Category": "cloud_efficiency", "Size": 60},
            {"DiskId": "d-5", "Category": "cloud_essd", "Size": 20, "NeverAttached": true},
        ],
    })
}

/// A server, the sandbox that is being worked with, and what the model says of it.
struct Life {
    app: TestApp,
    sandbox: String,
    forks: usize,
    model: Model,
    checkpoint: Option<Model>,
    /// The last call with a ClientToken that was carried out, with the answer.
    repeatable: Option<(String, Value)>,
    tokens: usize,
    /// How often each action was carried out.
    done: BTreeMap<&'static str, usize>,
}

impl Life {
    async fn begin() -> Self {
        let app = TestApp::empty().await;
        let clock = json!({"Mode": "frozen", "Time": "2026-03-15T12:00:00Z"});
        let sandbox = json!({"Name": "life", "From": "empty", "Clock": clock});
        let made = app.control("POST", "/sandboxes", sandbox).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let document = document();
        let put = app.control("PUT", "/sandboxes/life/state", document.clone()).await;
        assert_eq!(put.status, 200, "{}", put.body);
        Self {
            app,
            sandbox: "life".to_owned(),
            forks: 0,
            model: Model::of(&document),
            checkpoint: None,
            repeatable: None,
            tokens: 0,
            done: BTreeMap::new(),
        }
    }

    async fn control(&self, method: &str, path: &str, body: Value) {
        let reply = self.app.control(method, &format!("/sandboxes/{}{path}", self.sandbox), body).await;
        assert!(reply.status < 300, "{method} {path}: {}", reply.body);
    }

    async fn send(&self, query: &str) -> Reply {
        self.app.get(&format!("Action={query}&Format=JSON&AccessKeyId={}", self.sandbox)).await
    }

    /// The answer to a call that must succeed.
    async fn ask(&self, query: &str) -> Value {
        let reply = self.send(query).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        reply.json()
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Call(call) => self.call(call).await,
            Step::Repeat => {
                if let Some((query, answer)) = self.repeatable.clone() {
                    let mut again = self.ask(&query).await;
                    again["RequestId"] = answer["RequestId"].clone();
                    assert_eq!(again, answer, "{query} is answered as before");
                }
            }
            Step::Advance(seconds) => {
                self.control("POST", "/clock/advance", json!({"Seconds": seconds})).await;
                self.model.now += seconds;
            }
            Step::Set(settings) => {
                self.control("PATCH", "/settings", settings.clone()).await;
                self.model.set(&settings);
            }
            Step::Save => {
                self.control("PUT", "/checkpoints/kept", Value::Null).await;
                self.checkpoint = Some(self.model.clone());
            }
            Step::Restore => {
                if let Some(model) = self.checkpoint.clone() {
                    self.control("POST", "/checkpoints/kept/restore", Value::Null).await;
                    self.model = model;
                    self.repeatable = None;
                }
            }
            Step::Fork => {
                self.forks += 1;
                let name = format!("fork-{}", self.forks);
                let fork = json!({"Name": name, "From": {"Sandbox": self.sandbox}});
                let made = self.app.control("POST", "/sandboxes", fork).await;
                assert_eq!(made.status, 201, "{}", made.body);
                self.sandbox = name;
                (self.checkpoint, self.repeatable) = (None, None);
            }
        }
    }

    async fn call(&mut self, call: Call) {
        let mut query = call.query.clone();
        if call.has_client_token {
            self.tokens += 1;
            query = format!("{query}&ClientToken=token-{}", self.tokens);
        }
        let reply = self.send(&query).await;
        if reply.status == 200 {
            let answer = reply.json();
            let made = match call.action {
                "CreateImage" => self.mappings(&answer).await,
                "CreateSnapshotGroup" => self.members(&answer).await,
                _ => Vec::new(),
            };
            self.model.apply(&call, &answer, &made);
            if call.action == "CreateAutoSnapshotPolicy" {
                // What a policy makes is not what this is about: it is over before it begins.
                let path = format!("/auto-snapshot-policies/{}", answer["AutoSnapshotPolicyId"].as_str().unwrap());
                self.control("PATCH", &path, json!({"Status": "Expire"})).await;
            }
            *self.done.entry(call.action).or_default() += 1;
            if call.has_client_token {
                self.repeatable = Some((query, answer));
            }
            return;
        }
        let fault = reply.fault();
        let action = ecs_mock::actions::find(call.action).unwrap();
        let mut rows = action.faults.iter().chain(SHARED);
        let is_row = rows.any(|row| (row.status, row.code) == (fault.status, fault.code.as_str()));
        assert!(is_row, "{query}: {fault:?} is no row of {}", call.action);
    }

    /// The snapshots that a new image is made of.
    async fn mappings(&self, answer: &Value) -> Vec<String> {
        let id = answer["ImageId"].as_str().unwrap();
        let images = self.ask(&format!("DescribeImages&RegionId=cn-hangzhou&Status=ALL&ImageId={id}")).await;
        let mappings = images["Images"]["Image"][0]["DiskDeviceMappings"]["DiskDeviceMapping"].as_array().unwrap();
        mappings.iter().map(|mapping| mapping["SnapshotId"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn random_lives_are_as_the_model_says() {
    let numbers = vec((0..126_u32, any::<u32>(), any::<u32>(), any::<u32>()), 1..80);
    let done = std::cell::RefCell::new(BTreeMap::<&str, usize>::new());
    let ran = property(50).run(&numbers, |numbers| {
        System::new().block_on(async {
            let mut life = Life::begin().await;
            life.compare().await;
            for numbers in numbers {
                let step = steps::step(&life.model, numbers);
                life.take(step).await;
                life.compare().await;
            }
            life.move_house().await;
            for (action, count) in life.done {
                *done.borrow_mut().entry(action).or_default() += count;
            }
        });
        Ok(())
    });
    ran.unwrap();
    // A model that sees nothing but refusals would agree with everything.
    for action in steps::ACTIONS {
        assert!(done.borrow().contains_key(action), "{action} was never carried out: {:?}", done.borrow());
    }
}
