//! Automatic snapshots, against a naive model of them: policies, disks, instances, images, settings and clocks at random, and
//! after each step everything that can be seen. Each life is led twice, with a clock that jumps and with one that walks, and the
//! two must hold the same, entry by entry. The rules one by one are in `rules`.
//!
//! `DUE_LIVES=1000 DUE_FIRST=0 cargo test --test it due::` leads more lives.

mod calendar;
mod effects;
mod ids;
mod model;
mod play;
mod rules;
mod seen;
mod steps;
mod twin;

use std::collections::BTreeMap;

use actix_web::rt::System;
use ecs_mock::model::ids::Ids;
use serde_json::{Value, json};

use self::calendar::{DAY, HOUR};
use self::model::Model;
use self::steps::{Draw, Step};
use self::twin::{CaughtUp, Twin};
use crate::support::{NOW, Reply};

/// Where each life begins.
fn document() -> Value {
    json!({
        "Instances": [
            {"InstanceId": "i-1", "Tags": {"env": "prod"}},
            {"InstanceId": "i-2", "Status": "Stopped", "Tags": {"env": "prod", "team": "a"}},
            {"InstanceId": "i-3", "Status": "Starting", "Tags": {"env": "prod"}},
            {"InstanceId": "i-b", "RegionId": "cn-beijing", "Tags": {"env": "prod"}},
        ],
        "Disks": [
            {"DiskId": "d-1", "Category": "cloud_essd", "Type": "system", "InstanceId": "i-1", "Tags": {"of": "disk"}},
            {"DiskId": "d-2", "Category": "cloud", "InstanceId": "i-1"},
            {"DiskId": "d-3", "Category": "cloud_efficiency", "InstanceId": "i-2", "Encrypted": true},
            {"DiskId": "d-4", "Category": "cloud_auto"},
            {"DiskId": "d-5", "Category": "cloud_essd", "NeverAttached": true},
            {"DiskId": "d-6", "Category": "cloud_ssd", "InstanceId": "i-3"},
            {"DiskId": "d-b", "Category": "cloud_essd", "RegionId": "cn-beijing", "InstanceId": "i-b"},
        ],
        "AutoSnapshotPolicies": [
            {
                "AutoSnapshotPolicyId": "sp-1", "TimePoints": [1, 13], "RepeatWeekdays": [1, 2, 3, 4, 5, 6, 7],
                "RetentionDays": 2, "DiskIds": ["d-1", "d-2", "d-5"], "Tags": {"of": "policy"},
            },
            {
                "AutoSnapshotPolicyId": "sp-2", "TimePoints": [1], "RepeatWeekdays": [1, 3, 5, 7],
                "AssociationType": "AssociatedWithInstanceTag", "TargetTags": {"env": "prod"},
                "EnableCrossRegionCopy": true, "TargetCopyRegions": ["cn-beijing"], "CopiedSnapshotsRetentionDays": 3,
            },
            {
                "AutoSnapshotPolicyId": "sp-b", "RegionId": "cn-beijing", "TimePoints": [0, 12],
                "RepeatWeekdays": [6, 7], "RetentionDays": 7, "DiskIds": ["d-b"],
            },
        ],
    })
}

const BEGIN: i64 = NOW.0;

/// One life in two servers, and what the model says of it.
struct Life {
    jumping: Twin,
    walking: Twin,
    draw: Draw,
    model: Model,
    checkpoint: Option<Model>,
    forks: usize,
    /// Sandboxes that were forked from, and what they held.
    left: Vec<(String, Value)>,
    /// How often each kind of thing happened.
    done: BTreeMap<&'static str, usize>,
}

impl Life {
    async fn begin(seed: u64) -> Self {
        let id_seed = i64::try_from(seed).unwrap();
        let document = document();
        Self {
            jumping: Twin::begin(&document, BEGIN, id_seed).await,
            walking: Twin::begin(&document, BEGIN, id_seed).await,
            draw: Draw::new(seed),
            model: Model::of(&document, BEGIN, id_seed),
            checkpoint: None,
            forks: 0,
            left: Vec::new(),
            done: BTreeMap::new(),
        }
    }

    fn note(&mut self, what: &'static str, count: usize) {
        *self.done.entry(what).or_default() += count;
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Advance(seconds) => self.go_on(seconds, true).await,
            Step::Skip(seconds) => self.go_on(seconds, false).await,
            Step::ToNextDue => self.go_to_next_due().await,
            Step::SetBack(seconds) => {
                for twin in [&self.jumping, &self.walking] {
                    assert_eq!(twin.jump(-seconds, true).await, CaughtUp::default(), "a clock that is set back");
                }
                self.model.now -= seconds;
                self.note("set back", 1);
            }
            Step::Control { method, path, body } => self.control(method, &path, body).await,
            Step::Act { action, parameters } => self.act(action, &parameters).await,
            Step::Save => {
                self.both("PUT", "/checkpoints/kept", Value::Null).await;
                self.checkpoint = Some(self.model.clone());
            }
            Step::Restore => {
                if let Some(model) = self.checkpoint.clone() {
                    self.both("POST", "/checkpoints/kept/restore", Value::Null).await;
                    self.model = model;
                    self.note("restored", 1);
                }
            }
            Step::Fork => self.fork().await,
            Step::Reset => {
                self.both("POST", "/reset?to=seed", Value::Null).await;
                self.both("PUT", "/clock", json!({"Mode": "frozen"})).await;
                // With the time of the seed, and what its ids follow from.
                self.model = Model::of(&document(), BEGIN, Ids::seeded(1).seed());
                self.note("reset", 1);
            }
            Step::Restart => self.jumping.restart().await,
        }
    }

    async fn go_on(&mut self, seconds: i64, catches_up: bool) {
        let until = self.model.now + seconds;
        if catches_up {
            seen::compare_schedule(&self.model, &self.jumping, until).await;
        }
        let jumped = self.jumping.jump(seconds, catches_up).await;
        let walked = self.walking.walk(seconds, catches_up, &mut self.draw).await;
        assert_eq!(walked, jumped, "in steps and at once");
        let played = if catches_up { self.model.play(until) } else { self.model.skip(until) };
        assert_eq!(jumped, CaughtUp { made: played.made, expired: played.expired }, "{played:?}");
        self.note(if catches_up { "made" } else { "skipped a time" }, played.made.max(usize::from(!catches_up)));
        self.note("expired", played.expired);
        for point in &played.points {
            self.note(point.skipped.unwrap_or("fired"), 1);
            self.note("made room", usize::from(!point.removes.is_empty()));
        }
    }

    async fn go_to_next_due(&mut self) {
        let replies = self.each("POST", "/clock/advance", json!({"ToNextDue": true})).await;
        let Some(due) = self.model.next_due() else {
            assert_eq!(replies.status, 409, "nothing is due: {}", replies.body);
            return;
        };
        assert_eq!(replies.status, 200, "{} is due: {}", calendar::text(due), replies.body);
        let reply = replies.json();
        assert_eq!(reply["Due"], calendar::text(due));
        assert_eq!(reply["Now"], reply["Due"]);
        let played = self.model.play(due);
        assert_eq!(twin::caught_up(&reply), CaughtUp { made: played.made, expired: played.expired });
        self.note("went to the next", 1);
    }

    /// The reply of both servers to a call of the control plane.
    async fn each(&self, method: &str, path: &str, body: Value) -> Reply {
        let one = self.jumping.control(method, path, body.clone()).await;
        let other = self.walking.control(method, path, body.clone()).await;
        assert_eq!((one.status, &one.body), (other.status, &other.body), "{method} {path} {body}");
        one
    }

    async fn both(&self, method: &str, path: &str, body: Value) {
        let reply = self.each(method, path, body).await;
        assert!(reply.status < 300, "{method} {path}: {}", reply.body);
    }

    async fn control(&mut self, method: &'static str, path: &str, body: Value) {
        let reply = self.each(method, path, body.clone()).await;
        // Nothing that is drawn is wrong here.
        assert!(reply.status < 300, "{method} {path} {body}: {}", reply.body);
        self.model.control(method, path, &body);
    }

    async fn act(&mut self, action: &'static str, parameters: &[(&'static str, String)]) {
        let pairs = parameters.iter().map(|(name, value)| format!("&{name}={value}"));
        let query: String = std::iter::once(action.to_owned()).chain(pairs).collect();
        let (one, other) = (self.jumping.send(&query).await, self.walking.send(&query).await);
        assert_eq!(one.status, other.status, "{query}: {} {}", one.body, other.body);
        assert!(one.status < 500, "{query}: {}", one.body);
        if one.status == 200 {
            self.model.act(action, parameters, &one.json());
            self.note(action, 1);
        }
    }

    async fn fork(&mut self) {
        self.forks += 1;
        let name = format!("fork-{}", self.forks);
        self.left.push((self.jumping.sandbox.clone(), self.jumping.state().await));
        for twin in [&mut self.jumping, &mut self.walking] {
            let fork = json!({"Name": name, "From": {"Sandbox": twin.sandbox}});
            let made = twin.app.control("POST", "/sandboxes", fork).await;
            assert_eq!(made.status, 201, "{}", made.body);
            twin.sandbox.clone_from(&name);
        }
        self.checkpoint = None;
        self.note("forked", 1);
    }

    async fn compare(&self) {
        let (jumped, walked) = (self.jumping.state().await, self.walking.state().await);
        assert_eq!(walked, jumped, "in steps and at once");
        seen::compare_state(&self.model, &jumped);
        seen::compare_described(&self.model, &self.jumping).await;
        assert_eq!(self.jumping.now().await, self.model.now);
    }

    /// What was forked from has not changed.
    async fn look_back(&mut self) {
        for (name, held) in std::mem::take(&mut self.left) {
            self.jumping.sandbox = name;
            assert_eq!(self.jumping.state().await, held, "{}", self.jumping.sandbox);
        }
    }
}

/// Panics unless the life that belongs to a seed goes as the model says; then it says what happened in it.
async fn lead(seed: u64, steps: usize) -> BTreeMap<&'static str, usize> {
    let mut life = Life::begin(seed).await;
    life.compare().await;
    for number in 0..steps {
        let step = life.draw.step(&life.model);
        if std::env::var_os("DUE_STEPS").is_some() {
            eprintln!("{seed}/{number} at {}: {step:?}", calendar::text(life.model.now));
        }
        life.take(step).await;
        life.compare().await;
    }
    life.look_back().await;
    life.done
}

/// Lives that are led where nobody says how many.
const LIVES: u64 = 16;

/// Steps of each.
const STEPS: usize = 24;

/// What happens in that many.
const HAPPENS: [&str; 21] = [
    "made",
    "expired",
    "fired",
    "made room",
    "NeverAttached",
    "CreatingSnapshot",
    "InstanceStatus",
    "Quota",
    "set back",
    "restored",
    "reset",
    "forked",
    "went to the next",
    "skipped a time",
    "CreateSnapshot",
    "DeleteSnapshot",
    "DeleteDisk",
    "AttachDisk",
    "DetachDisk",
    "TagResources",
    "UntagResources",
];

/// A number from the environment.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Leads the lives of these seeds.
fn lead_all(seeds: impl Iterator<Item = u64>) -> BTreeMap<&'static str, usize> {
    let mut done = BTreeMap::new();
    for seed in seeds {
        let of_life = std::panic::catch_unwind(|| System::new().block_on(lead(seed, STEPS)));
        let of_life = of_life.unwrap_or_else(|_| panic!("DUE_FIRST={seed} DUE_LIVES=1 shows it; DUE_STEPS=1 tells it"));
        for (what, count) in of_life {
            *done.entry(what).or_default() += count;
        }
    }
    done
}

#[test]
fn random_lives_of_policies_are_as_the_model_says() {
    let (first, lives) = (number("DUE_FIRST", 0), number("DUE_LIVES", LIVES));
    let mut done = BTreeMap::<&str, usize>::new();
    std::thread::scope(|scope| {
        let parts = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let begin = |part| scope.spawn(move || lead_all((first..first + lives).skip(part).step_by(parts)));
        let running: Vec<_> = (0..parts).map(begin).collect();
        for part in running {
            for (what, count) in part.join().unwrap() {
                *done.entry(what).or_default() += count;
            }
        }
    });
    // A model that sees nothing happen would agree with everything.
    for what in HAPPENS.iter().filter(|_| lives >= LIVES) {
        assert!(done.get(what).is_some_and(|count| *count > 0), "{what} never happened: {done:?}");
    }
}

#[test]
fn the_model_sees_the_same_when_it_looks_at_every_second() {
    let mut document = document();
    document["Settings"] = json!({
        "SnapshotSeconds": 5_000, "CopySeconds": 77, "FailNextSnapshots": 3, "AutomaticSnapshotsPerDisk": 2,
        "PolicyUtcOffsetHours": -5,
    });
    let begun = Model::of(&document, BEGIN + 17, 1);
    let (mut hourly, mut every_second) = (begun.clone(), begun);
    for seconds in [1, 59, 5 * HOUR, 3 * DAY, 1, 2 * DAY] {
        let until = hourly.now + seconds;
        assert_eq!(every_second.play_every_second(until), hourly.play(until));
        assert_eq!(every_second.snapshots, hourly.snapshots);
    }
    assert!(hourly.snapshots.len() > 10, "something happened");
}
