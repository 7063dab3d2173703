//! What can happen next: a random step, mostly one that could succeed, on what is there.

use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;
use serde_json::{Value, json};

use super::calendar::{self, DAY, HOUR};
use super::model::Model;

/// One step.
#[derive(Debug, Clone)]
pub enum Step {
    /// The clock goes on by so many seconds.
    Advance(i64),
    /// To the next point or copy.
    ToNextDue,
    /// Likewise by so many seconds, without what was due meanwhile.
    Skip(i64),
    SetBack(i64),
    /// A call of the control plane to the sandbox.
    Control {
        method: &'static str,
        path: String,
        body: Value,
    },
    /// A call of the cloud plane: the action, and its parameters.
    Act {
        action: &'static str,
        parameters: Vec<(&'static str, String)>,
    },
    Save,
    Restore,
    Fork,
    Reset,
    /// The server begins anew over what its database holds.
    Restart,
}

/// Points that a jump may fire at most, so that what is compared stays small.
const POINTS: usize = 300;

/// Draws steps. Two with the same seed draw the same of the same model.
pub struct Draw {
    rng: ChaCha12Rng,
    /// How many resources were given names.
    named: usize,
}

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self { rng: ChaCha12Rng::seed_from_u64(seed), named: 0 }
    }

    pub fn below(&mut self, end: i64) -> i64 {
        self.rng.random_range(0..end)
    }

    pub fn is(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    pub fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items.choose(&mut self.rng).unwrap().clone()
    }

    fn name(&mut self, prefix: &str) -> String {
        self.named += 1;
        format!("{prefix}-new{}", self.named)
    }

    fn key<T>(&mut self, map: &std::collections::BTreeMap<String, T>) -> Option<String> {
        let keys: Vec<&String> = map.keys().collect();
        keys.choose(&mut self.rng).map(|key| (*key).clone())
    }

    pub fn step(&mut self, model: &Model) -> Step {
        let drawn = match self.below(100) {
            0..=29 => Some(self.clock(model)),
            30..=47 => self.policy(model),
            48..=57 => self.disk(model),
            58..=65 => self.instance(model),
            66..=80 => self.snapshot(model),
            81..=90 => Some(self.settings()),
            _ => Some(self.of(&[
                Step::Save,
                Step::Save,
                Step::Restore,
                Step::Restore,
                Step::Fork,
                Step::Reset,
                Step::Restart,
            ])),
        };
        drawn.unwrap_or(Step::Advance(DAY))
    }

    fn clock(&mut self, model: &Model) -> Step {
        let mut seconds = match self.below(8) {
            0 => 1 + self.below(120),
            1..=2 => 1 + self.below(12 * HOUR),
            3..=4 => 1 + self.below(4 * DAY),
            // To the hour, where points are.
            5 => HOUR - model.now.rem_euclid(HOUR) + self.below(48) * HOUR,
            _ => 1 + self.below(20 * DAY),
        };
        while seconds > 60 && model.clone().play(model.now + seconds).points.len() > POINTS {
            seconds /= 2;
        }
        match self.below(12) {
            0 => Step::Skip(seconds),
            1 => Step::SetBack(seconds),
            2..=3 => Step::ToNextDue,
            _ => Step::Advance(seconds),
        }
    }

    fn hours(&mut self) -> Value {
        if self.is(8) {
            return json!((0..24).collect::<Vec<i64>>());
        }
        let mut hours: Vec<i64> = (0..=self.below(3)).map(|_| self.below(24)).collect();
        hours.sort_unstable();
        hours.dedup();
        json!(hours)
    }

    fn weekdays(&mut self) -> Value {
        if self.is(50) {
            return json!([1, 2, 3, 4, 5, 6, 7]);
        }
        let mut days: Vec<i64> = (0..=self.below(4)).map(|_| 1 + self.below(7)).collect();
        days.sort_unstable();
        days.dedup();
        json!(days)
    }

    fn days(&mut self) -> i64 {
        self.of(&[-1, 1, 1, 2, 3, 7])
    }

    fn tags(&mut self) -> Value {
        self.of(&[json!({}), json!({"env": "prod"}), json!({"env": "test"}), json!({"env": "prod", "team": "a"})])
    }

    /// Some of the disks of a region.
    fn disks(&mut self, model: &Model, region: &str) -> Vec<String> {
        let of_region = model.disks.iter().filter(|(_, disk)| disk.region == region).map(|(id, _)| id.clone());
        of_region.collect::<Vec<_>>().into_iter().filter(|_| self.is(45)).collect()
    }

    fn policy(&mut self, model: &Model) -> Option<Step> {
        if model.policies.len() < 2 || self.is(10) {
            return Some(self.new_policy(model));
        }
        let id = self.key(&model.policies)?;
        let policy = &model.policies[&id];
        let path = format!("/auto-snapshot-policies/{id}");
        if self.is(8) {
            return Some(Step::Control { method: "DELETE", path, body: Value::Null });
        }
        let body = match self.below(11) {
            0..=1 => json!({"TimePoints": self.hours()}),
            2 => json!({"RepeatWeekdays": self.weekdays()}),
            3 => json!({"RetentionDays": self.days(), "CopiedSnapshotsRetentionDays": self.days()}),
            4 => json!({"Status": self.of(&["Normal", "Normal", "Expire"])}),
            5 => json!({"EnableCrossRegionCopy": self.is(60), "TargetCopyRegions": [target(&policy.region)]}),
            6 => json!({"Tags": self.tags(), "CopyEncryptionConfiguration": {"Encrypted": self.is(50)}}),
            7..=8 if policy.target_tags.is_none() => json!({"DiskIds": self.disks(model, &policy.region)}),
            7..=8 => json!({"TargetTags": self.of(&[json!({"env": "prod"}), json!({"env": "prod", "team": "a"})])}),
            _ => json!({"FiredUntil": self.fired_until(model, &id)}),
        };
        Some(Step::Control { method: "PATCH", path, body })
    }

    /// Mostly in the past: what was fired fires again.
    fn fired_until(&mut self, model: &Model, policy: &str) -> Value {
        let time = calendar::text(model.now - self.below(3 * DAY) + self.of(&[0, 0, 0, 2 * DAY]));
        let disk = self.key(&model.policies[policy].fired);
        match disk {
            Some(disk) if self.is(50) => json!({disk: time}),
            _ => time.into(),
        }
    }

    fn new_policy(&mut self, model: &Model) -> Step {
        let region = self.of(&["cn-hangzhou", "cn-hangzhou", "cn-hangzhou", "cn-beijing"]);
        let mut body = json!({
            "AutoSnapshotPolicyId": self.name("sp"),
            "RegionId": region,
            "TimePoints": self.hours(),
            "RepeatWeekdays": self.weekdays(),
            "RetentionDays": self.days(),
            "EnableCrossRegionCopy": self.is(50),
            "TargetCopyRegions": [target(region)],
            "CopiedSnapshotsRetentionDays": self.days(),
            "Tags": self.tags(),
        });
        if self.is(40) {
            body["AssociationType"] = json!("AssociatedWithInstanceTag");
            body["TargetTags"] = json!({"env": "prod"});
        } else {
            body["DiskIds"] = json!(self.disks(model, region));
        }
        if self.is(30) {
            body["FiredUntil"] = calendar::text(model.now - self.below(2 * DAY)).into();
        }
        Step::Control { method: "POST", path: "/auto-snapshot-policies".to_owned(), body }
    }

    fn disk(&mut self, model: &Model) -> Option<Step> {
        if model.disks.len() < 5 || self.is(8) {
            let body = json!({
                "DiskId": self.name("d"),
                "RegionId": self.of(&["cn-hangzhou", "cn-hangzhou", "cn-beijing"]),
                "Category": self.of(&["cloud", "cloud_essd", "cloud_efficiency", "cloud_regional_disk_auto"]),
                "NeverAttached": self.is(20),
                "Tags": self.tags(),
                "Encrypted": self.is(20),
            });
            return Some(Step::Control { method: "POST", path: "/disks".to_owned(), body });
        }
        let id = self.key(&model.disks)?;
        let disk = &model.disks[&id];
        let instance = self.key(&model.instances);
        Some(match (self.below(10), instance) {
            (0, _) => Step::Control { method: "DELETE", path: format!("/disks/{id}"), body: Value::Null },
            (1..=2, _) => act("DeleteDisk", &[("DiskId", &id)]),
            (3, _) => {
                let body = json!({"Tags": self.tags()});
                Step::Control { method: "PATCH", path: format!("/disks/{id}"), body }
            }
            (_, instance) => match (&disk.instance, instance) {
                (Some(instance), _) => act("DetachDisk", &[("DiskId", &id), ("InstanceId", instance)]),
                (None, Some(instance)) => act("AttachDisk", &[("DiskId", &id), ("InstanceId", &instance)]),
                (None, None) => return None,
            },
        })
    }

    fn instance(&mut self, model: &Model) -> Option<Step> {
        if model.instances.len() < 3 {
            let body = json!({"InstanceId": self.name("i"), "Tags": self.tags()});
            return Some(Step::Control { method: "POST", path: "/instances".to_owned(), body });
        }
        let id = self.key(&model.instances)?;
        let region = model.instances[&id].region.clone();
        let path = format!("/instances/{id}");
        let of_instance = [("RegionId", region.as_str()), ("ResourceType", "instance"), ("ResourceId.1", id.as_str())];
        Some(match self.below(10) {
            0 => Step::Control { method: "DELETE", path, body: Value::Null },
            1..=4 => {
                let status = self.of(&["Running", "Running", "Stopped", "Starting", "Stopping"]);
                Step::Control { method: "PATCH", path, body: json!({"Status": status}) }
            }
            5..=6 => {
                let value = self.of(&["prod", "prod", "test"]);
                act("TagResources", &[&of_instance[..], &[("Tag.1.Key", "env"), ("Tag.1.Value", value)]].concat())
            }
            7..=8 => act("UntagResources", &[&of_instance[..], &[("TagKey.1", "env")]].concat()),
            _ => Step::Control { method: "PATCH", path, body: json!({"Tags": self.tags()}) },
        })
    }

    fn snapshot(&mut self, model: &Model) -> Option<Step> {
        let disk = self.key(&model.disks)?;
        let kind = self.below(20);
        if kind < 6 {
            let days = self.of(&["1", "3", "30"]);
            return Some(act("CreateSnapshot", &[("DiskId", &disk), ("RetentionDays", days)]));
        }
        if kind == 6 {
            let body = json!({
                "SnapshotId": self.name("s"),
                "RegionId": model.disks[&disk].region,
                "SourceDiskId": disk,
                "SnapshotType": self.of(&["auto", "timer", "user"]),
                "CreationTime": calendar::text(model.now - self.below(30 * DAY)),
                "ExpirationTime": calendar::text(model.now + self.below(10 * DAY)),
            });
            return Some(Step::Control { method: "POST", path: "/snapshots".to_owned(), body });
        }
        if kind == 7 && !model.images.is_empty() {
            let path = format!("/images/{}", self.key(&model.images)?);
            return Some(Step::Control { method: "DELETE", path, body: Value::Null });
        }
        let visible: Vec<&String> = model.snapshots.keys().filter(|id| model.is_there(id, model.now)).collect();
        let id = (*visible.choose(&mut self.rng)?).clone();
        let region = model.snapshots[&id].region.clone();
        Some(match kind {
            8..=10 => {
                let body = json!({"ImageId": self.name("m"), "RegionId": region, "SnapshotIds": [id]});
                Step::Control { method: "POST", path: "/images".to_owned(), body }
            }
            11..=14 => {
                let now = calendar::text(model.now);
                let days = 1 + self.below(6);
                let lock = json!({"LockDuration": days, "LockCreationTime": now, "LockDurationStartTime": now});
                Step::Control { method: "PATCH", path: format!("/snapshots/{id}"), body: json!({"Lock": lock}) }
            }
            15 => act("ModifySnapshotAttribute", &[("SnapshotId", &id), ("RetentionDays", "9")]),
            _ => act("DeleteSnapshot", &[("SnapshotId", &id)]),
        })
    }

    fn settings(&mut self) -> Step {
        let body = match self.below(10) {
            0..=2 => json!({
                "SnapshotSeconds": self.of(&[json!(0), json!(0), json!(2), json!(1_800), json!(3_600), json!(90_000), json!("never")])
            }),
            3 => json!({"CopySeconds": self.of(&[Value::Null, json!(0), json!(100), json!("never")])}),
            4 => json!({"FailNextSnapshots": self.below(4)}),
            5..=7 => json!({"AutomaticSnapshotsPerDisk": self.of(&[0, 0, 1, 1, 2, 3, 1_000])}),
            8 => json!({"AutomaticSnapshotTags": self.of(&["none", "policy", "disk"])}),
            _ => json!({"PolicyUtcOffsetHours": self.of(&[8, 8, 0, -5, 14])}),
        };
        Step::Control { method: "PATCH", path: "/settings".to_owned(), body }
    }
}

/// Where a policy of a region copies to.
fn target(region: &str) -> &'static str {
    if region == "cn-beijing" { "cn-hangzhou" } else { "cn-beijing" }
}

fn act(action: &'static str, parameters: &[(&'static str, &str)]) -> Step {
    let parameters = parameters.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Step::Act { action, parameters }
}
