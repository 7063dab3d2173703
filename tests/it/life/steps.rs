//! What can happen next, drawn from numbers: mostly what could succeed, on what is there.

use serde_json::{Value, json};

use super::model::{Model, Snapshot, Tags};

/// All actions of the model; each is carried out at least once.
pub const ACTIONS: [&str; 25] = [
    "AddTags",
    "AttachDisk",
    "CopySnapshot",
    "CreateDisk",
    "CreateImage",
    "CreateSnapshot",
    "DeleteDisk",
    "DeleteImage",
    "DeleteSnapshot",
    "DetachDisk",
    "JoinResourceGroup",
    "LockSnapshot",
    "ModifyDiskAttribute",
    "ModifyImageAttribute",
    "ModifySnapshotAttribute",
    "ModifySnapshotCategory",
    "ReInitDisk",
    "RemoveTags",
    "ResetDisk",
    "ResizeDisk",
    "StartInstance",
    "StopInstance",
    "TagResources",
    "UnlockSnapshot",
    "UntagResources",
];

#[derive(Debug)]
pub enum Step {
    Call(Call),
    /// The last call with a ClientToken once more.
    Repeat,
    Advance(i64),
    Set(Value),
    Save,
    Restore,
    Fork,
}

/// A call of an action, with its parameters.
#[derive(Debug, Clone)]
pub struct Call {
    pub action: &'static str,
    pub query: String,
    parameters: Vec<(String, String)>,
    pub has_client_token: bool,
}

impl Call {
    fn new(action: &'static str, parameters: &[(&str, &str)]) -> Self {
        let mut query = action.to_owned();
        for (name, value) in parameters {
            query.push_str(&format!("&{name}={}", value.replace(' ', "%20")));
        }
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let has_client_token = ecs_mock::actions::find(action).unwrap().client_token_mismatch.is_some();
        Self { action, query, parameters, has_client_token }
    }

    pub fn has(&self, name: &str) -> bool {
        self.parameters.iter().any(|(other, _)| other == name)
    }

    /// An absent one is empty.
    pub fn text(&self, name: &str) -> String {
        self.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }

    /// `Tag.1` and `Tag.2`.
    pub fn tags(&self) -> Tags {
        let tag = |n: usize| (self.text(&format!("Tag.{n}.Key")), self.text(&format!("Tag.{n}.Value")));
        [tag(1), tag(2)].into_iter().filter(|(key, _)| !key.is_empty()).collect()
    }

    /// The keys of tags to be taken away.
    pub fn keys(&self) -> Vec<String> {
        ["TagKey.1", "TagKey.2", "Tag.1.Key"].iter().map(|name| self.text(name)).filter(|key| !key.is_empty()).collect()
    }

    /// The resources that a call on tags names.
    pub fn resources(&self) -> Vec<String> {
        ["ResourceId", "ResourceId.1", "ResourceId.2"]
            .iter()
            .map(|name| self.text(name))
            .filter(|id| !id.is_empty())
            .collect()
    }
}

/// One of those that are there, or, rarely or if there is none, one that is not.
fn one<'a>(of: impl Iterator<Item = &'a String>, number: u32, unknown: &str) -> String {
    let of: Vec<&String> = of.collect();
    let place = number as usize % (of.len() * 16 + 1);
    if place == of.len() * 16 { unknown.to_owned() } else { of[place % of.len()].clone() }
}

/// What the numbers say is to happen.
pub fn step(model: &Model, (kind, a, b, c): (u32, u32, u32, u32)) -> Step {
    let disk = |number| one(model.disks.keys(), number, "d-unknown");
    let snapshot = |number| one(model.visible().map(|(id, _)| id), number, "s-unknown");
    // Three times of four, one for which the call can be right.
    let snapshot_with = |number: u32, is_right: &dyn Fn(&Snapshot) -> bool| {
        let is_chosen = |snapshot: &Snapshot| number % 4 == 3 || is_right(snapshot);
        let chosen = model.visible().filter(|(_, snapshot)| is_chosen(snapshot)).map(|(id, _)| id);
        one(chosen, number / 4, "s-unknown")
    };
    let image = |number| one(model.images.keys(), number, "m-unknown");
    let instance = |number| one(model.instances.keys(), number, "i-unknown");
    let name = format!("name-{}", b % 5);
    let days = (1 + c % 3).to_string();
    let (key, value) = (["env", "team", "k"][c as usize % 3], ["1", "2", ""][b as usize % 3]);
    let typed = |number: u32| match number % 3 {
        0 => ("snapshot", snapshot(a), snapshot(b)),
        1 => ("disk", disk(a), disk(b)),
        _ => ("image", image(a), image(b)),
    };
    const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");
    let call = |action, parameters: &[(&str, &str)]| Step::Call(Call::new(action, parameters));
    match kind {
        0..=19 => {
            let id = disk(a);
            let mut parameters =
                vec![("DiskId", id.as_str()), ("SnapshotName", &name), ("Tag.1.Key", key), ("Tag.1.Value", value)];
            if c % 2 == 0 {
                parameters.push(("RetentionDays", &days));
            }
            call("CreateSnapshot", &parameters)
        }
        20..=23 => {
            let (id, region) = (snapshot(a), if b % 8 == 0 { "cn-hangzhou" } else { "cn-beijing" });
            call(
                "CopySnapshot",
                &[REGION, ("SnapshotId", &id), ("DestinationRegionId", region), ("DestinationSnapshotName", &name)],
            )
        }
        24..=30 => call(
            "DeleteSnapshot",
            &[("SnapshotId", &snapshot(a)), ("Force", if b % 2 == 0 { "true" } else { "false" })],
        ),
        31..=33 => {
            let id = snapshot(a);
            match b % 3 {
                0 => call("ModifySnapshotAttribute", &[("SnapshotId", &id), ("SnapshotName", &name)]),
                1 => call("ModifySnapshotAttribute", &[("SnapshotId", &id), ("Description", &name)]),
                _ => call("ModifySnapshotAttribute", &[("SnapshotId", &id), ("RetentionDays", &days)]),
            }
        }
        34..=35 => {
            let id = snapshot_with(a, &|snapshot| {
                model.now - snapshot.created >= 14 * 86_400 && snapshot.retention.is_none()
            });
            call("ModifySnapshotCategory", &[("SnapshotId", &id), ("Category", "Archive")])
        }
        36..=39 => {
            let (id, hours) = (snapshot(a), ["0", "1", "24"][b as usize % 3]);
            call(
                "LockSnapshot",
                &[
                    REGION,
                    ("SnapshotId", &id),
                    ("LockMode", "compliance"),
                    ("LockDuration", &days),
                    ("CoolOffPeriod", hours),
                ],
            )
        }
        40..=41 => {
            let id = snapshot_with(a, &|snapshot| snapshot.lock.is_some());
            call("UnlockSnapshot", &[REGION, ("SnapshotId", &id)])
        }
        42..=45 => {
            let (kind, first, second) = typed(c / 3);
            let mut parameters = vec![
                REGION,
                ("ResourceType", kind),
                ("ResourceId.1", &first),
                ("Tag.1.Key", key),
                ("Tag.1.Value", value),
            ];
            if first != second {
                parameters.push(("ResourceId.2", &second));
            }
            call("TagResources", &parameters)
        }
        46..=48 => {
            let (kind, first, _) = typed(c / 3);
            call("UntagResources", &[REGION, ("ResourceType", kind), ("ResourceId.1", &first), ("TagKey.1", key)])
        }
        49 => {
            let (kind, first, _) = typed(c / 3);
            let tag =
                [REGION, ("ResourceType", kind), ("ResourceId", &first), ("Tag.1.Key", key), ("Tag.1.Value", value)];
            call("AddTags", &tag)
        }
        50 => {
            let (kind, first, _) = typed(c / 3);
            call("RemoveTags", &[REGION, ("ResourceType", kind), ("ResourceId", &first), ("Tag.1.Key", key)])
        }
        51..=52 => {
            let (kind, first, _) = typed(c / 3);
            let group = format!("rg-{}", b % 3);
            call(
                "JoinResourceGroup",
                &[REGION, ("ResourceType", kind), ("ResourceId", &first), ("ResourceGroupId", &group)],
            )
        }
        53..=57 => {
            let (id, size) = (snapshot(a), (20 + b % 60).to_string());
            let mut parameters =
                vec![REGION, ("ZoneId", "cn-hangzhou-h"), ("DiskCategory", "cloud_essd"), ("DiskName", &name)];
            if c % 4 == 0 {
                parameters.push(("Size", &size));
            } else {
                parameters.push(("SnapshotId", &id));
            }
            call("CreateDisk", &parameters)
        }
        58..=61 => call("AttachDisk", &[("DiskId", &disk(a)), ("InstanceId", &instance(b))]),
        62..=64 => {
            let id = disk(a);
            let of = model.disks.get(&id).and_then(|disk| disk.instance.clone()).unwrap_or_else(|| instance(b));
            call("DetachDisk", &[("DiskId", &id), ("InstanceId", &of)])
        }
        65..=67 => call("DeleteDisk", &[("DiskId", &disk(a))]),
        68 => call("ModifyDiskAttribute", &[REGION, ("DiskId", &disk(a)), ("DiskName", &name)]),
        69..=70 => call("ResizeDisk", &[("DiskId", &disk(a)), ("NewSize", &(60 + b % 100).to_string())]),
        71..=73 => {
            // Mostly of the disk that the snapshot is of.
            let id = snapshot(a);
            let of = model
                .snapshots
                .get(&id)
                .filter(|_| b % 8 != 0)
                .map_or_else(|| disk(c), |snapshot| snapshot.disk.clone());
            call("ResetDisk", &[("DiskId", &of), ("SnapshotId", &id)])
        }
        74 => call("ReInitDisk", &[("DiskId", &disk(a))]),
        75..=76 => call("StartInstance", &[("InstanceId", &instance(a))]),
        77..=79 => call("StopInstance", &[("InstanceId", &instance(a))]),
        80..=82 => {
            let image_name = format!("image-{}", c % 50);
            let is_right = |snapshot: &Snapshot| snapshot.is_system && snapshot.status(model.now) == "accomplished";
            let id = snapshot_with(a, &is_right);
            call(
                "CreateImage",
                &[REGION, ("SnapshotId", &id), ("ImageName", &image_name), ("Tag.1.Key", key), ("Tag.1.Value", value)],
            )
        }
        83..=84 => {
            call("DeleteImage", &[REGION, ("ImageId", &image(a)), ("Force", if b % 2 == 0 { "true" } else { "false" })])
        }
        85 => {
            call("ModifyImageAttribute", &[REGION, ("ImageId", &image(a)), ("ImageName", &format!("image-{}", b % 50))])
        }
        86 => Step::Repeat,
        87..=92 => Step::Advance([1, 30, 3_600, 86_400, 20 * 86_400, 20 * 86_400][a as usize % 6]),
        93..=95 => Step::Set(match a % 6 {
            0 => json!({"SnapshotSeconds": "never"}),
            1 => json!({"SnapshotSeconds": 60}),
            2 => json!({"FailNextSnapshots": b % 3}),
            3 => json!({"ImageSeconds": c % 3}),
            _ => json!({"SnapshotSeconds": 0}),
        }),
        96 => Step::Save,
        97..=98 => Step::Restore,
        _ => Step::Fork,
    }
}
