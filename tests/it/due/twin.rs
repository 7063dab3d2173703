//! A sandbox of a server that can begin anew, and how time goes on there: in one jump or in many steps.

use std::path::{Path, PathBuf};

use ecs_mock::admin::guard::Access;
use ecs_mock::app::Config;
use ecs_mock::seed::Source;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::calendar;
use super::steps::Draw;
use crate::support::{Reply, TestApp};

/// What a clock's move said that it made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaughtUp {
    pub made: usize,
    pub expired: usize,
}

pub struct Twin {
    pub app: TestApp,
    pub sandbox: String,
    folder: TempDir,
    starts: usize,
}

impl Twin {
    /// A server whose seed is a document, and the sandbox `life` of it with a frozen clock.
    pub async fn begin(document: &Value, now: i64, id_seed: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seed = folder.path().join("seed.json");
        std::fs::write(&seed, document.to_string()).unwrap();
        let app = Self::open(folder.path().join("0.db"), &seed).await;
        let clock = json!({"Mode": "frozen", "Time": calendar::text(now)});
        let sandbox = json!({"Name": "life", "Clock": clock, "IdSeed": id_seed});
        let made = app.control("POST", "/sandboxes", sandbox).await;
        assert_eq!(made.status, 201, "{}", made.body);
        Self { app, sandbox: "life".to_owned(), folder, starts: 0 }
    }

    async fn open(database: PathBuf, seed: &Path) -> TestApp {
        let source = Source::Path(seed.to_path_buf());
        TestApp::configured(source, |config| Config { database, ..config }, Access::default()).await
    }

    /// Another server over what the database of this one holds.
    pub async fn restart(&mut self) {
        self.starts += 1;
        let database = self.folder.path().join(format!("{}.db", self.starts));
        self.app.app().store.backup(&database).await.unwrap();
        self.app = Self::open(database, &self.folder.path().join("seed.json")).await;
    }

    pub async fn control(&self, method: &str, path: &str, body: Value) -> Reply {
        self.app.control(method, &format!("/sandboxes/{}{path}", self.sandbox), body).await
    }

    /// What a call of the control plane says that must succeed.
    pub async fn arrange(&self, method: &str, path: &str, body: Value) -> Value {
        let reply = self.control(method, path, body).await;
        assert!(reply.status < 300, "{method} {path}: {}", reply.body);
        if reply.body.is_empty() { Value::Null } else { reply.json() }
    }

    pub async fn send(&self, query: &str) -> Reply {
        self.app.get(&format!("Action={query}&Format=JSON&AccessKeyId={}", self.sandbox)).await
    }

    pub async fn state(&self) -> Value {
        self.arrange("GET", "/state", Value::Null).await
    }

    pub async fn now(&self) -> i64 {
        calendar::time(self.arrange("GET", "/clock", Value::Null).await["Now"].as_str().unwrap())
    }

    /// Moves the clock at once.
    pub async fn jump(&self, seconds: i64, catches_up: bool) -> CaughtUp {
        let mut body = json!({"Seconds": seconds});
        if !catches_up {
            body["CatchUp"] = json!(false);
        }
        caught_up(&self.arrange("POST", "/clock/advance", body).await)
    }

    /// As [`Twin::jump`], in steps of any length, with looks and new starts between them.
    pub async fn walk(&mut self, seconds: i64, catches_up: bool, draw: &mut Draw) -> CaughtUp {
        let mut all = CaughtUp::default();
        let mut left = seconds;
        for _ in 0..draw.below(7) {
            let part = draw.below(left + 1);
            left -= part;
            let next = self.step(part, catches_up, draw).await;
            all = CaughtUp { made: all.made + next.made, expired: all.expired + next.expired };
        }
        let last = self.jump(left, catches_up).await;
        CaughtUp { made: all.made + last.made, expired: all.expired + last.expired }
    }

    async fn step(&mut self, seconds: i64, catches_up: bool, draw: &mut Draw) -> CaughtUp {
        let caught_up = if draw.is(50) {
            self.jump(seconds, catches_up).await
        } else {
            let time = calendar::text(self.now().await + seconds);
            let mut body = json!({"Mode": "frozen", "Time": time});
            if !catches_up {
                body["CatchUp"] = json!(false);
            }
            caught_up(&self.arrange("PUT", "/clock", body).await)
        };
        match draw.below(12) {
            0 => drop(self.state().await),
            1 => drop(self.send("DescribeDisks&RegionId=cn-hangzhou").await),
            2 => drop(self.arrange("GET", "/schedule", Value::Null).await),
            3 => self.restart().await,
            _ => {}
        }
        caught_up
    }
}

pub fn caught_up(reply: &Value) -> CaughtUp {
    let count = |name: &str| {
        let count = reply["CaughtUp"][name].as_u64();
        usize::try_from(count.unwrap_or_else(|| panic!("{name} in {reply}"))).unwrap()
    };
    CaughtUp { made: count("Made"), expired: count("Expired") }
}
